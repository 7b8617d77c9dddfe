//! A feed of sensors: sends readings, and listens to nothing.

use std::future::pending;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, close_code};
use tokio::time::Instant;
use wakeline_demos::companion::feed::Feed;

use super::Limits;
use super::outbox::{End, Outbox};
use super::session::{self, Next};
use crate::server::stop::Stop;

/// Sends the readings of a feed, each at its time, and then closes the socket. Whoever does not take
/// them in loses the connection.
pub(super) async fn run(socket: WebSocket, feed: Feed, limits: Limits, stop: &Stop) {
    let outbox = Outbox::new(limits);
    tokio::select! {
        () = session::run(socket, &outbox, limits, stop, |_| Next::Listen) => {}
        () = measure(feed, &outbox) => {}
    }
}

async fn measure(feed: Feed, outbox: &Outbox) {
    let begun = Instant::now();
    for number in 0..feed.count {
        // Measured from the beginning: delays do not add up.
        let due = Duration::from_millis(feed.interval_ms.saturating_mul(number + 1));
        tokio::time::sleep_until(begun + due).await;
        outbox.push(Message::Text(feed.reading(number).to_json().into()));
    }
    outbox.end(End::Code(close_code::NORMAL));
    // The session ends when that has left.
    pending().await
}
