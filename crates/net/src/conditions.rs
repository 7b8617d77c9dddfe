//! What a way from one host to another is like.

use std::fmt;
use std::time::Duration;

/// What the way from one host to another is like. Each direction has conditions of its own.
///
/// ```
/// use std::time::Duration;
/// use wakeline_net::Conditions;
///
/// let radio = Conditions {
///     latency: Duration::from_millis(80),
///     loss: 0.02,
///     ..Conditions::default()
/// };
/// assert_eq!(radio.jitter, Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// How long a piece of data is on its way at least.
    pub latency: Duration,
    /// How much longer it can be, each length as likely as any other. What is sent on one
    /// connection keeps its order all the same.
    pub jitter: Duration,
    /// How many bytes a second leave the sender; `None` for as many as there are. All connections
    /// of this direction share it, first come, first served.
    pub bandwidth: Option<u64>,
    /// How likely it is, from 0 to 1, that a piece is lost. A connection delivers everything in
    /// the end, so a loss is a stall: the piece is sent again, and what is behind it waits.
    pub loss: f64,
    /// After how long a lost piece is sent again. Each further pause is twice as long.
    pub retransmit: Duration,
    /// After how long a sender gives its connection up if nothing gets through a
    /// [cut](crate::Network::cut).
    pub give_up: Duration,
    /// How many bytes may be on their way and unread before a writer has to wait.
    pub window: usize,
    /// The longest piece that travels as one.
    pub piece: usize,
}

impl Conditions {
    /// So far away, and perfect otherwise.
    #[must_use]
    pub fn with_latency(latency: Duration) -> Self {
        Self {
            latency,
            ..Self::default()
        }
    }
}

/// No latency, no loss, any bandwidth; sent again after 200 ms, given up after 30 s; a window of
/// 64 KiB and pieces of 16 KiB.
impl Default for Conditions {
    fn default() -> Self {
        Self {
            latency: Duration::ZERO,
            jitter: Duration::ZERO,
            bandwidth: None,
            loss: 0.0,
            retransmit: Duration::from_millis(200),
            give_up: Duration::from_secs(30),
            window: 64 * 1024,
            piece: 16 * 1024,
        }
    }
}

/// What the log says of them when they change.
impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "latency {} µs", self.latency.as_micros())?;
        if !self.jitter.is_zero() {
            write!(f, ", jitter {} µs", self.jitter.as_micros())?;
        }
        if let Some(bandwidth) = self.bandwidth {
            write!(f, ", {bandwidth} bytes a second")?;
        }
        // In whole numbers: digits of floating point are code, and the engine has to be loaded.
        let loss = (self.loss.clamp(0.0, 1.0) * 10_000.0) as u32;
        if loss > 0 {
            write!(f, ", loss {}.{:02} %", loss / 100, loss % 100)?;
        }
        Ok(())
    }
}
