//! What waits to be sent on one socket.
//!
//! Everybody in a room puts messages into everybody's outbox, and nobody waits for anybody: an
//! outbox is bounded, and one that overflows belongs to a client that is too slow, which loses its
//! connection rather than hold up the others or the server's memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Message;
use tokio::sync::Notify;

use super::Limits;

/// How a socket ends when the server ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With a close frame.
    Code(u16),
    /// Without one.
    HangUp,
}

/// Code 1013: try again later.
const TOO_SLOW: End = End::Code(axum::extract::ws::close_code::AGAIN);

/// What [`Outbox::next`] gives.
#[derive(Debug)]
pub(super) enum Outgoing {
    Message(Message),
    End(End),
}

/// A handle to an outbox; clones are the same outbox.
#[derive(Clone, Debug)]
pub(super) struct Outbox(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    limits: Limits,
    /// Something is there to be sent.
    filled: Notify,
    /// Something was taken.
    taken: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Message>,
    bytes: usize,
    end: Option<End>,
}

impl Outbox {
    pub(super) fn new(limits: Limits) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::default(),
            limits,
            filled: Notify::new(),
            taken: Notify::new(),
        }))
    }

    /// Puts a message in. One that does not fit ends the socket, and what waits is thrown away:
    /// the client does not take it in anyway. After an end, messages vanish.
    pub(super) fn push(&self, message: Message) {
        let mut state = self.lock();
        if state.end.is_some() {
            return;
        }
        let Limits {
            waiting_messages,
            waiting_bytes,
            ..
        } = self.0.limits;
        let bytes = state.bytes + length(&message);
        if state.waiting.len() == waiting_messages || bytes > waiting_bytes {
            state.waiting.clear();
            state.bytes = 0;
            state.end = Some(TOO_SLOW);
        } else {
            state.waiting.push_back(message);
            state.bytes = bytes;
        }
        drop(state);
        self.0.filled.notify_one();
        self.0.taken.notify_one();
    }

    /// Ends the socket once everything before is sent. The first end counts.
    pub(super) fn end(&self, end: End) {
        self.lock().end.get_or_insert(end);
        self.0.filled.notify_one();
        self.0.taken.notify_one();
    }

    /// The next to be sent, waiting for it if need be. An end is given again and again.
    ///
    /// # Cancel safety
    /// Safe: nothing is taken out before the future is ready.
    pub(super) async fn next(&self) -> Outgoing {
        loop {
            if let Some(outgoing) = self.take() {
                return outgoing;
            }
            // A notification that came since is stored.
            self.0.filled.notified().await;
        }
    }

    /// Ready once at most half of the room is used, or the socket is to end. Whoever makes
    /// messages for this outbox alone waits here before the next, and so never overflows it.
    ///
    /// # Cancel safety
    /// Safe.
    pub(super) async fn has_room(&self) {
        while !self.half_empty() {
            self.0.taken.notified().await;
        }
    }

    fn half_empty(&self) -> bool {
        let state = self.lock();
        let limits = &self.0.limits;
        let half = state.waiting.len() <= limits.waiting_messages / 2
            && state.bytes <= limits.waiting_bytes / 2;
        half || state.end.is_some()
    }

    /// Ready once a message did not fit.
    ///
    /// # Cancel safety
    /// Safe. Only for whoever calls [`next`](Self::next), and not at the same time: the two share
    /// one notification.
    pub(super) async fn overflowed(&self) {
        while self.lock().end != Some(TOO_SLOW) {
            self.0.filled.notified().await;
        }
    }

    fn take(&self) -> Option<Outgoing> {
        let mut state = self.lock();
        if let Some(message) = state.waiting.pop_front() {
            state.bytes -= length(&message);
            drop(state);
            self.0.taken.notify_one();
            return Some(Outgoing::Message(message));
        }
        state.end.map(Outgoing::End)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here can panic half way.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn length(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Outbox {
        Outbox::new(Limits {
            waiting_messages: 4,
            waiting_bytes: 10,
            ..Limits::default()
        })
    }

    #[tokio::test]
    async fn messages_come_out_in_order_and_then_the_end() {
        let outbox = small();
        outbox.push("a".into());
        outbox.push("b".into());
        outbox.end(End::HangUp);
        outbox.push("late".into());
        for expected in ["a", "b"] {
            let Outgoing::Message(message) = outbox.next().await else {
                panic!("ended before {expected}");
            };
            assert_eq!(message, expected.into());
        }
        for _ in 0..2 {
            assert!(matches!(outbox.next().await, Outgoing::End(End::HangUp)));
        }
    }

    #[tokio::test]
    async fn too_many_messages_or_bytes_end_it_as_too_slow() {
        let many = small();
        (0..5).for_each(|_| many.push("a".into()));
        let large = small();
        large.push("12345678901".into());
        for outbox in [many, large] {
            assert!(matches!(
                outbox.next().await,
                Outgoing::End(End::Code(1013))
            ));
        }
    }

    #[tokio::test]
    async fn room_comes_back_when_messages_leave() {
        let outbox = small();
        (0..4).for_each(|_| outbox.push("a".into()));
        let waiting = tokio::spawn({
            let outbox = outbox.clone();
            async move { outbox.has_room().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        outbox.next().await;
        outbox.next().await;
        waiting.await.unwrap();
    }
}
