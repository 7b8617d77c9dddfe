//! The scene in which the server returns every message.

use std::collections::VecDeque;
use std::time::Duration;

use wakeline::println;
use wakeline::time::{now, sleep, timeout};

use super::{Settings, Tally, Trouble, words};
use crate::outside::{Message, Socket};

/// Sends what is still to be sent, and waits for each message to come back.
///
/// # Errors
/// When the socket is of no more use. What had not come back by then is sent again on the next.
pub(super) async fn talk(
    number: u32,
    settings: &Settings,
    socket: &dyn Socket,
    tally: &mut Tally,
) -> Result<(), Trouble> {
    let patience = Duration::from_millis(settings.patience_ms);
    let mut sent = tally.received;
    // When each message that is on its way was sent.
    let mut under_way = VecDeque::new();
    let mut most_waiting = 0;
    while tally.received < settings.messages {
        let has_window = under_way.len() < settings.window as usize;
        if sent < settings.messages && has_window {
            sent += 1;
            under_way.push_back(now());
            let text = words(number, sent, settings.size);
            // Ready when there is room for the next: whoever sends faster than the network
            // carries waits here.
            socket.send(Message::Text(text)).await?;
            tally.sent += 1;
            most_waiting = most_waiting.max(socket.buffered());
        } else {
            let expected = words(number, tally.received + 1, settings.size);
            receive(socket, patience, &expected).await?;
            tally.received += 1;
            if let Some(start) = under_way.pop_front() {
                let (message, after) = (tally.received, (now() - start).as_millis());
                println!("client {number}: message {message} is back after {after} ms");
            }
            sleep(Duration::from_millis(settings.interval_ms)).await;
        }
    }
    println!("client {number}: at most {most_waiting} bytes waited to go out");
    goodbye(socket, patience).await;
    Ok(())
}

/// Waits for a message and compares it with what was sent.
async fn receive(socket: &dyn Socket, patience: Duration, expected: &str) -> Result<(), Trouble> {
    match timeout(patience, socket.receive()).await {
        Ok(Some(Ok(Message::Text(text)))) if text == expected => Ok(()),
        Ok(Some(Ok(_))) => Err(Trouble::Wrong),
        Ok(Some(Err(error))) => Err(error.into()),
        Ok(None) => Err(Trouble::gone(socket)),
        Err(_) => Err(Trouble::NoAnswer(patience)),
    }
}

/// Closes the socket and waits until the server has done so, too.
async fn goodbye(socket: &dyn Socket, patience: Duration) {
    socket.close(1000, "goodbye");
    let closed = timeout(patience, async {
        while socket.receive().await.is_some() {}
    });
    if closed.await.is_err() {
        println!("the server does not say goodbye");
    }
}
