//! What the simulated companion server does with sockets.

use std::rc::Rc;
use std::time::Duration;

use wakeline::time::sleep;
use wakeline_net::Host;
use wakeline_net::http::{Handled, Request, Response, Router};
use wakeline_net::websocket::{self, Message, WebSocket};

use super::room::Rooms;
use crate::companion::feed::{self, Feed};

/// The longest message, in bytes.
const LONGEST: usize = 64 * 1024;

/// Adds the sockets to what is served.
pub(super) fn add(router: Router, host: &Host) -> Router {
    let rooms = Rc::new(Rooms::default());
    let host = host.clone();
    router
        .route("GET", "/api/socket/{what}/{which...}", {
            let (host, rooms) = (host.clone(), rooms);
            move |request| open(host.clone(), Rc::clone(&rooms), request)
        })
        .route("GET", "/api/socket/{what}", move |request| {
            open(host.clone(), Rc::default(), request)
        })
}

async fn open(host: Host, rooms: Rc<Rooms>, request: Request) -> Handled {
    let what = request.parameter("what").unwrap_or_default();
    let which = request.parameter("which").unwrap_or_default().to_owned();
    let number = |name: &str, default: u64| {
        let given = request.query(name).map(str::parse);
        match given {
            None => Ok(default),
            Some(Ok(number)) => Ok(number),
            Some(Err(_)) => Err(Response::error(400, "a figure is none")),
        }
    };
    let after = match what {
        "echo" => u64::MAX,
        "drop" => number("after", 3)?,
        "feed" => {
            let defaults = Feed::default();
            let feed = Feed {
                sensors: number("sensors", defaults.sensors)?.clamp(1, feed::MOST_SENSORS),
                interval_ms: number("ms", defaults.interval_ms)?.max(1),
                count: number("count", defaults.count)?,
                seed: number("seed", defaults.seed)?,
            };
            return Ok(websocket::accept(&host, &request, LONGEST, move |socket| {
                measure(socket, feed)
            }));
        }
        "room" if is_name(&which) => {
            return Ok(websocket::accept(&host, &request, LONGEST, move |socket| {
                rooms.converse(which, socket)
            }));
        }
        _ => return Err(Response::error(404, "no such socket")),
    };
    Ok(websocket::accept(&host, &request, LONGEST, move |socket| {
        echo(socket, after)
    }))
}

fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=32).contains(&name.len()) && name.chars().all(plain)
}

/// Returns so many messages, and then breaks off.
async fn echo(socket: WebSocket, messages: u64) {
    let mut left = messages;
    while let Some(Ok(message)) = socket.receive().await {
        if socket.send(message).await.is_err() {
            return;
        }
        left -= 1;
        if left == 0 {
            return;
        }
    }
}

/// Sends readings until there are no more, or nobody wants them.
async fn measure(socket: WebSocket, feed: Feed) {
    for number in 0..feed.count {
        sleep(Duration::from_millis(feed.interval_ms)).await;
        let reading = feed.reading(number).to_json();
        if socket.send(Message::Text(reading)).await.is_err() {
            return;
        }
    }
    socket.close(1000, "no more readings");
    while socket.receive().await.is_some() {}
}
