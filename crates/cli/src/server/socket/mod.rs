//! WebSockets: an echo, rooms, a feed of sensors, and one that hangs up.

mod feed;
mod outbox;
mod protocol;
mod room;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, OriginalUri, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wakeline_demos::companion::feed::{Feed, MOST_SENSORS};
use wakeline_phrases::Language;
use wakeline_protocol::Problem;

use super::Limits;
use super::input::{Figures, Speaks};
use super::refusal::{Refusal, quote};
use super::stop::Stop;
use outbox::Outbox;
use room::{Member, Rooms};
use session::Next;

/// The longest name of a room, in characters.
const LONGEST_ROOM: usize = 32;

/// After how many messages `/api/socket/drop` hangs up, when the query does not say.
const DROP_AFTER: u64 = 3;

/// The most messages before `/api/socket/drop` hangs up.
const MOST_BEFORE_DROP: u64 = 1_000_000;

/// The longest time between two readings of a feed, in milliseconds, and the most readings.
const LONGEST_INTERVAL: u64 = 60_000;
const MOST_READINGS: u64 = 1_000_000;

/// How much of what a client sends is read at once, in bytes.
const READ_BUFFER: usize = 8 * 1024;

/// What the sockets share.
#[derive(Clone, Debug)]
pub(super) struct Sockets {
    limits: Limits,
    language: Language,
    stop: Stop,
    places: Arc<Semaphore>,
    rooms: Arc<Rooms>,
}

impl Sockets {
    pub(super) fn new(limits: Limits, language: Language, stop: Stop) -> Self {
        Self {
            limits,
            language,
            stop,
            places: Arc::new(Semaphore::new(limits.sockets)),
            rooms: Arc::new(Rooms::new(limits)),
        }
    }

    fn refuse(&self, status: StatusCode, problem: Problem) -> Refusal {
        Refusal::new(status, problem, self.language)
    }
}

impl Speaks for Sockets {
    fn language(&self) -> Language {
        self.language
    }
}

/// The sockets, relative to `/api`.
pub(super) fn routes(sockets: Sockets) -> Router {
    Router::new()
        .route("/socket/echo", any(echo))
        .route("/socket/drop", any(hang_up))
        .route("/socket/feed", any(measure))
        .route("/socket/room/{name}", any(room))
        .with_state(sockets)
}

/// A handshake that is sound, with a place among the open sockets.
struct Handshake {
    upgrade: WebSocketUpgrade,
    place: OwnedSemaphorePermit,
    path: String,
}

impl FromRequestParts<Sockets> for Handshake {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, sockets: &Sockets) -> Result<Self, Refusal> {
        let upgrade = WebSocketUpgrade::from_request_parts(parts, sockets)
            .await
            .map_err(|rejection| {
                let status = rejection.into_response().status();
                sockets.refuse(status, Problem::new("not-a-socket"))
            })?;
        let place = Arc::clone(&sockets.places)
            .try_acquire_owned()
            .map_err(|_| {
                let limit = sockets.limits.sockets;
                let problem = Problem::new("too-many-sockets").with("limit", limit);
                sockets.refuse(StatusCode::SERVICE_UNAVAILABLE, problem)
            })?;
        let longest = sockets.limits.message;
        let upgrade = upgrade
            .max_message_size(longest)
            .max_frame_size(longest)
            // Allocated for each socket from its beginning; most messages are short.
            .read_buffer_size(READ_BUFFER)
            // A flush follows every message, so there is nothing to gain from gathering them.
            .write_buffer_size(0)
            .max_write_buffer_size(4 * longest);
        let OriginalUri(uri) = OriginalUri::from_request_parts(parts, sockets)
            .await
            .unwrap_or_else(|never| match never {});
        let path = uri.path().to_owned();
        Ok(Self {
            upgrade,
            place,
            path,
        })
    }
}

impl Handshake {
    /// Completes it; `talk` has the socket from then on.
    fn accept<F>(self, talk: impl FnOnce(WebSocket) -> F + Send + 'static) -> Response
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let Self {
            upgrade,
            place,
            path,
        } = self;
        upgrade.on_upgrade(|socket| async move {
            talk(socket).await;
            drop(place);
            tracing::debug!(?path, "a socket has ended");
        })
    }
}

/// Returns every message.
async fn echo(State(sockets): State<Sockets>, handshake: Handshake) -> Response {
    let Sockets { limits, stop, .. } = sockets;
    handshake.accept(move |socket| async move {
        let outbox = Outbox::new(limits);
        let answer = |message| {
            outbox.push(message);
            Next::Listen
        };
        session::run(socket, &outbox, limits, &stop, answer).await;
    })
}

/// Returns `after` messages, then closes the connection without a word.
async fn hang_up(
    State(sockets): State<Sockets>,
    figures: Figures,
    handshake: Handshake,
) -> Result<Response, Refusal> {
    let mut left = figures.number("after", DROP_AFTER, 1..=MOST_BEFORE_DROP)?;
    let Sockets { limits, stop, .. } = sockets;
    Ok(handshake.accept(move |socket| async move {
        let outbox = Outbox::new(limits);
        let answer = |message| {
            outbox.push(message);
            left -= 1;
            if left == 0 {
                Next::HangUp
            } else {
                Next::Listen
            }
        };
        session::run(socket, &outbox, limits, &stop, answer).await;
    }))
}

/// Sends the readings of sensors.
async fn measure(
    State(sockets): State<Sockets>,
    figures: Figures,
    handshake: Handshake,
) -> Result<Response, Refusal> {
    let defaults = Feed::default();
    let feed = Feed {
        sensors: figures.number("sensors", defaults.sensors, 1..=MOST_SENSORS)?,
        interval_ms: figures.number("ms", defaults.interval_ms, 1..=LONGEST_INTERVAL)?,
        count: figures.number("count", defaults.count, 0..=MOST_READINGS)?,
        seed: figures.number("seed", defaults.seed, 0..=u64::MAX)?,
    };
    let Sockets { limits, stop, .. } = sockets;
    Ok(handshake.accept(move |socket| async move {
        feed::run(socket, feed, limits, &stop).await;
    }))
}

/// Lets the client into a room.
async fn room(
    State(sockets): State<Sockets>,
    Path(name): Path<String>,
    handshake: Handshake,
) -> Result<Response, Refusal> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || name.len() > LONGEST_ROOM || !name.chars().all(plain) {
        let problem = Problem::new("not-a-room")
            .with("input", quote(&name))
            .with("longest", LONGEST_ROOM);
        return Err(sockets.refuse(StatusCode::BAD_REQUEST, problem));
    }
    let outbox = Outbox::new(sockets.limits);
    // Joined before the handshake is answered, so that a full room is a status and not a socket
    // that closes. If the handshake comes to nothing, the member is dropped, which is leaving.
    let member = Member::join(&sockets.rooms, &name, &outbox)
        .map_err(|full| sockets.refuse(StatusCode::SERVICE_UNAVAILABLE, full))?;
    let Sockets {
        limits,
        language,
        stop,
        ..
    } = sockets;
    Ok(handshake.accept(move |socket| async move {
        let answer = |message| {
            protocol::answer(&member, message, language);
            Next::Listen
        };
        session::run(socket, &outbox, limits, &stop, answer).await;
    }))
}
