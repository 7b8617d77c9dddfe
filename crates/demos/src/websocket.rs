//! Clients that talk to the companion server over real WebSockets.
//!
//! Each client has its own socket. In the first scene the server returns every message, in the
//! second the clients share a room, in the third the server hangs up after a few messages. In all
//! of them, a client that loses its socket, or does not get one, tries again, and waits twice as
//! long before each attempt, up to a limit: a server in trouble is not helped by clients that
//! hammer at its door.

mod echo;
mod room;

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use wakeline::time::{Instant, now, sleep};
use wakeline::{eprintln, println};

use crate::gate::{Gate, Place};
use crate::outside::{Close, NetworkError, Outside, Socket};
use crate::parameters::{choice, parameters};

parameters! {
    /// Who talks to whom, how much, and how patiently.
    pub struct Settings {
        /// What the server does with messages.
        scene: Scene = Room;
        /// How many clients there are.
        clients: u32 = 3, 1..=50;
        /// How many messages each sends.
        messages: u32 = 4, 0..=1_000;
        /// The pause after each message.
        interval_ms: u64 = 300 ms, 0..=60_000;
        /// The length of a message.
        size: usize = 40 bytes, 1..=60_000;
        /// How many messages may be on their way at once in an echo.
        window: u32 = 1, 1..=1_000;
        /// The name of the room.
        room: String = "lobby", 32;
        /// After how many messages the server hangs up, in the scene in which it does.
        drop_after: u32 = 3, 1..=1_000;
        /// How often a client tries to connect before it gives up.
        attempts: u32 = 6, 1..=100;
        /// The pause before the second attempt. Each further one is twice as long.
        backoff_ms: u64 = 250 ms, 1..=60_000;
        /// The longest pause. A socket that held for so long was a good one: after it the pauses
        /// begin anew.
        backoff_cap_ms: u64 = 2_000 ms, 1..=60_000;
        /// How long a client waits for an answer before it takes the socket for dead.
        patience_ms: u64 = 5_000 ms, 1..=120_000;
    }
    ordered { backoff_ms <= backoff_cap_ms; }
    presets {
        echo { scene = "echo"; }
        hang_up { scene = "drop"; clients = 2; messages = 10; drop_after = 3; interval_ms = 150; }
        crowd { clients = 20; messages = 2; interval_ms = 500; }
        heavy { scene = "echo"; clients = 2; messages = 100; size = 60000; interval_ms = 0; window = 50; }
    }
}

choice! {
    /// What the server does with messages.
    pub enum Scene {
        /// It returns them.
        Echo = "echo",
        /// It passes them on to everybody in the room.
        Room = "room",
        /// It returns them, and hangs up after a few.
        Drop = "drop",
    }
}

/// What all clients share.
struct Shared {
    settings: Settings,
    outside: Rc<dyn Outside>,
    url: String,
    /// Opens when every client has connected (or given up): nobody misses a message.
    all_here: Rc<Gate>,
    /// Opens when every client has sent what it had to send (or given up).
    all_said: Rc<Gate>,
}

/// What one client did, over all of its sockets.
#[derive(Default)]
struct Tally {
    sent: u32,
    received: u32,
    sockets: u32,
}

/// What a client has yet to do before the others go on.
struct Places {
    here: Option<Place>,
    said: Option<Place>,
}

/// Why a socket is of no more use.
#[derive(Debug)]
enum Trouble {
    Network(NetworkError),
    Gone(Close),
    NoAnswer(Duration),
    Wrong,
}

/// Sends every client on its way and tells what became of them.
pub async fn main(
    settings: Settings,
    outside: Rc<dyn Outside>,
    server: String,
) -> Result<(), String> {
    let shared = Rc::new(Shared {
        url: settings.address(&server)?,
        all_here: Gate::new("everybody is here", settings.clients),
        all_said: Gate::new("everything is said", settings.clients),
        settings,
        outside,
    });
    println!("{} clients of {}", shared.settings.clients, shared.url);

    let mut clients = Vec::new();
    for number in 1..=shared.settings.clients {
        let name = format!("client {number}");
        let task = wakeline::task::Builder::new().name(name);
        clients.push(task.spawn_fallible(client(number, shared.clone())));
    }

    let mut total = Tally::default();
    let mut lost = Vec::new();
    for client in clients {
        match client.await.map_err(|error| error.to_string())? {
            Ok(tally) => {
                total.sent += tally.sent;
                total.received += tally.received;
                total.sockets += tally.sockets;
            }
            Err(reason) => lost.push(reason),
        }
    }
    println!(
        "{} sent, {} received, {} sockets",
        total.sent, total.received, total.sockets
    );
    match lost.first() {
        None => Ok(()),
        Some(first) => {
            let (url, lost, all) = (&shared.url, lost.len(), shared.settings.clients);
            Err(format!("{url}: {lost} of {all} clients gave up; {first}"))
        }
    }
}

/// One client: connects, talks, and starts over when it loses its socket.
async fn client(number: u32, shared: Rc<Shared>) -> Result<Tally, String> {
    let settings = &shared.settings;
    // Whoever gives up must not keep the others waiting: a place is taken when it is dropped, too.
    let mut places = Places {
        here: Some(shared.all_here.place()),
        said: Some(shared.all_said.place()),
    };
    let mut backoff = Backoff::new(settings);
    let mut tally = Tally::default();
    loop {
        let start = now();
        let trouble = match shared.outside.connect(&shared.url).await {
            Ok(socket) => {
                tally.sockets += 1;
                println!("client {number}: connected");
                let talk = match settings.scene {
                    Scene::Echo | Scene::Drop => {
                        echo::talk(number, settings, &*socket, &mut tally).await
                    }
                    Scene::Room => {
                        room::talk(number, &shared, socket.into(), &mut places, &mut tally).await
                    }
                };
                match talk {
                    Ok(()) => return Ok(tally),
                    Err(trouble) => trouble,
                }
            }
            Err(error) => error.into(),
        };
        eprintln!("client {number}: {trouble}");
        let Some(pause) = backoff.next(start) else {
            return Err(format!("client {number}: {trouble}"));
        };
        println!("client {number}: tries again in {} ms", pause.as_millis());
        sleep(pause).await;
    }
}

/// How long to wait before the next attempt.
struct Backoff {
    base: Duration,
    cap: Duration,
    attempts_left: u32,
    attempts: u32,
    pause: Duration,
}

impl Backoff {
    fn new(settings: &Settings) -> Self {
        let base = Duration::from_millis(settings.backoff_ms);
        Self {
            base,
            cap: Duration::from_millis(settings.backoff_cap_ms),
            attempts_left: settings.attempts,
            attempts: settings.attempts,
            pause: base,
        }
    }

    /// The pause after an attempt that began at `start`; `None` if it was the last.
    fn next(&mut self, start: Instant) -> Option<Duration> {
        if now() - start >= self.cap {
            // That one held for a while. Its end is a new story.
            self.attempts_left = self.attempts;
            self.pause = self.base;
        }
        self.attempts_left -= 1;
        let pause = self.pause;
        self.pause = self.cap.min(pause * 2);
        (self.attempts_left > 0).then_some(pause)
    }
}

impl Settings {
    /// The address of the scene on this server.
    fn address(&self, server: &str) -> Result<String, String> {
        let Some(host) = server.strip_prefix("http") else {
            return Err(format!("{server:?} is no address of a server"));
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let path = match self.scene {
            Scene::Echo => "echo".to_owned(),
            Scene::Drop => format!("drop?after={}", self.drop_after),
            Scene::Room if self.room.is_empty() || !self.room.chars().all(plain) => {
                let room = &self.room;
                return Err(format!(
                    "{room:?} is no name of a room: letters, digits, - and _"
                ));
            }
            Scene::Room => format!("room/{}", self.room),
        };
        // `http` becomes `ws`, and `https` becomes `wss`.
        Ok(format!("ws{host}/api/socket/{path}"))
    }
}

/// A message of so many bytes: who says it, which one it is, and padding.
fn words(number: u32, message: u32, size: usize) -> String {
    let mut text = format!("client {number}, message {message} ");
    while text.len() < size {
        text.push('.');
    }
    text.truncate(size);
    text
}

impl From<NetworkError> for Trouble {
    fn from(error: NetworkError) -> Self {
        match error {
            NetworkError::Closed(close) => Self::Gone(close),
            error => Self::Network(error),
        }
    }
}

impl Trouble {
    /// The socket was closed, in the way that it says.
    fn gone(socket: &dyn Socket) -> Self {
        Self::Gone(socket.closed().unwrap_or(Close {
            code: Close::DROPPED,
            reason: String::new(),
        }))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(error) => error.fmt(f),
            Self::Gone(close) => write!(f, "the server hung up ({close})"),
            Self::NoAnswer(after) => write!(f, "no answer for {} ms", after.as_millis()),
            Self::Wrong => f.write_str("the server returned something else"),
        }
    }
}
