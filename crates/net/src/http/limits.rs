//! What a peer may ask for.

use std::time::Duration;

/// How much a server takes from one client, and a client from one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest request target, in bytes. Beyond it: status 414.
    pub target: usize,
    /// The longest head, in bytes. Beyond it: status 431.
    pub head: usize,
    /// The longest body, in bytes. Beyond it: status 413.
    pub body: usize,
    /// How long a head, once it has begun, or a body may take to arrive. Beyond it: status 408.
    pub time: Duration,
    /// How long a connection is kept without a request.
    pub idle: Duration,
    /// How many requests are answered on one connection.
    pub requests: u32,
}

/// 2 KiB, 16 KiB and 1 MiB; 20 s for a head or body, 60 s between two; 1,000 requests.
impl Default for Limits {
    fn default() -> Self {
        Self {
            target: 2 * 1024,
            head: 16 * 1024,
            body: 1024 * 1024,
            time: Duration::from_secs(20),
            idle: Duration::from_secs(60),
            requests: 1_000,
        }
    }
}
