//! Every bound of the server, in one place.

use std::time::Duration;

/// The bounds of a server. [`Limits::default`] is what the command uses and the documentation
/// states; tests make some of them smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open connections. One more is answered with status 503 and closed. A browser opens six
    /// for requests to one host; the number leaves room for a class of thirty.
    pub connections: usize,
    /// How long the head of a request may take from its first byte, and how long a connection
    /// may stay open without a request.
    pub head_time: Duration,
    /// How long the body of a request may take.
    pub body_time: Duration,
    /// The longest body that `/api/echo` takes in, in bytes.
    pub body: usize,
    /// The longest head of a request, in bytes.
    pub head: usize,
    /// How long a client may take in nothing at all while there is something for it.
    pub stall: Duration,
    /// How long a closed connection is read from, and thrown away, so that the client gets to
    /// see the last answer instead of a reset.
    pub linger: Duration,
    /// How long answers under way may take once the server is to stop.
    pub grace: Duration,
    /// Open WebSockets. One more is refused with status 503.
    pub sockets: usize,
    /// The longest message on a WebSocket, in bytes. A longer one ends it with code 1009.
    pub message: usize,
    /// Rooms that exist at once. A room exists as long as somebody is in it.
    pub rooms: usize,
    /// Members of one room.
    pub members: usize,
    /// Messages that may wait for one socket. One more, and it is closed with code 1013.
    pub waiting_messages: usize,
    /// Bytes that may wait for one socket. More, and it is closed with code 1013.
    pub waiting_bytes: usize,
    /// How long a last close frame may take to leave. Who is too slow for messages is slow here.
    pub last_word: Duration,
    /// A socket that has nothing else to say is sent a ping this often.
    pub ping_every: Duration,
    /// A socket from which nothing came for so long, not even a pong, is gone.
    pub silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            head_time: Duration::from_secs(20),
            body_time: Duration::from_secs(20),
            body: 1024 * 1024,
            head: 64 * 1024,
            stall: Duration::from_secs(30),
            linger: Duration::from_secs(1),
            grace: Duration::from_secs(5),
            sockets: 256,
            message: 64 * 1024,
            rooms: 64,
            members: 64,
            waiting_messages: 256,
            waiting_bytes: 1024 * 1024,
            last_word: Duration::from_secs(1),
            ping_every: Duration::from_secs(20),
            silence: Duration::from_secs(60),
        }
    }
}
