//! Bridges to whatever is not on this executor: network requests, sockets, callbacks, threads.
//!
//! A bridge records what it does in the log, so that the lane of the awaiting task shows it, and
//! says that it may wake a task, so that an idle run is not taken for a deadlock. What is simulated
//! within the run has an [`Arrival`] instead: it knows when it will wake whom.

mod arrival;

mod work;

pub use work::{Work, Working};

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::log::{Kind, MessageDirection, NetworkPhase, Reason, ResourceKind, pack};
use crate::record::{Resource, Site, Wait};
use crate::runtime::OutsideGuard;
use crate::time::Instant;

pub use self::arrival::Arrival;

/// How much of a message's text goes into the log, in bytes.
const LONGEST_TEXT: usize = 200;

/// A request or a socket, as the log shows it. Clones are the same connection.
///
/// Dropping the last clone before one of the `end` functions was called records that the
/// connection was aborted.
#[derive(Clone, Debug)]
pub struct Connection {
    inner: Rc<Inner>,
}

#[derive(Debug)]
struct Inner {
    resource: Resource,
    /// The task that began it.
    task: u32,
    over: Cell<bool>,
}

impl Connection {
    /// Begins a connection. `what` says what it is, such as `GET http://127.0.0.1:8080/api/json`.
    #[must_use]
    #[track_caller]
    pub fn begin(what: &str) -> Self {
        let resource = Resource::with_core(ResourceKind::Connection, 0, Some(what));
        let task = resource.current();
        let connection = Self {
            inner: Rc::new(Inner {
                resource,
                task,
                over: Cell::new(false),
            }),
        };
        let text = connection.inner.intern(what);
        connection
            .inner
            .resource
            .record(Kind::NetworkBegun, Site::caller(), u64::from(text));
        connection
    }

    /// The time on the clock of the run that it belongs to, also while that run is being ended;
    /// zero if it belongs to none.
    #[must_use]
    pub fn now(&self) -> Instant {
        let core = self.inner.resource.core();
        core.map_or(Instant::default(), |core| core.now())
    }

    /// It has come so far. `number` is what the phase's documentation says, else 0.
    pub fn phase(&self, phase: NetworkPhase, text: &str, number: u32) {
        let text = self.inner.intern(text);
        self.inner
            .record(Kind::NetworkPhase, phase.code(), pack(text, number));
    }

    /// A message of so many bytes crossed it. At most 200 bytes of `text` go into the log; for a
    /// message that is no text, pass an empty one.
    pub fn message(&self, direction: MessageDirection, text: &str, bytes: usize) {
        let text = self.inner.intern(beginning(text));
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.inner
            .record(Kind::NetworkMessage, direction.code(), pack(text, bytes));
    }

    /// It ended well. `how` may say more.
    pub fn end_well(&self, how: &str) {
        self.inner.end(0, how);
    }

    /// It ended with an error.
    pub fn end_with_error(&self, why: &str) {
        self.inner.end(1, why);
    }

    /// Awaits something that comes from this connection: while it is pending, the task waits for
    /// the network, and an idle run is no deadlock.
    ///
    /// # Cancel safety
    /// As that of the future.
    #[track_caller]
    pub fn wait<F: Future>(&self, future: F) -> Awaiting<F> {
        Awaiting {
            future,
            connection: self.clone(),
            wait: Wait::default(),
            outside: None,
            site: Site::caller(),
        }
    }
}

impl Inner {
    fn intern(&self, text: &str) -> u32 {
        self.resource.core().map_or(0, |core| core.intern(text))
    }

    fn record(&self, kind: Kind, flags: u8, value: u64) {
        if let Some(core) = self.resource.core() {
            // A message that arrives between polls belongs to the task that opened the socket.
            let task = if core.current() == 0 {
                self.task
            } else {
                core.current()
            };
            core.record_plain(kind, flags, task, self.resource.id(), value);
        }
    }

    fn end(&self, how: u8, text: &str) {
        if !self.over.replace(true) {
            let text = self.intern(text);
            self.record(Kind::NetworkEnded, how, u64::from(text));
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.end(2, "");
    }
}

/// The beginning of a text, cut between characters.
fn beginning(text: &str) -> &str {
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    let end = (0..=LONGEST_TEXT)
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or(0);
    &text[..end]
}

pin_project! {
    /// The future of [`Connection::wait`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct Awaiting<F> {
        #[pin]
        future: F,
        connection: Connection,
        wait: Wait,
        outside: Option<OutsideGuard>,
        site: Site,
    }

    impl<F> PinnedDrop for Awaiting<F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            this.connection.inner.resource.wait_ends(this.wait, Reason::Network);
        }
    }
}

impl<F: Future> Future for Awaiting<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let resource = &this.connection.inner.resource;
        let polled = this.future.poll(cx);
        if polled.is_pending() {
            resource.wait_begins(this.wait, Reason::Network, 0, *this.site);
            if this.outside.is_none() {
                *this.outside = resource.core().map(OutsideGuard::new);
            }
        } else {
            resource.wait_ends(this.wait, Reason::Network);
            *this.outside = None;
        }
        polled
    }
}

impl<F> fmt::Debug for Awaiting<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Awaiting")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(beginning("short"), "short");
        let long = "好".repeat(100);
        assert_eq!(beginning(&long).chars().count(), LONGEST_TEXT / 3);
    }
}
