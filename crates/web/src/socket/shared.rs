//! What the browser's handlers and the program's tasks share about a socket.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};

use super::{Close, Limits, Message, SocketError};

/// The state of a socket as events have told it, and the messages that were not received yet.
///
/// No borrow is held while a waker is called: a waker may be anybody's code.
#[derive(Debug)]
pub(super) struct Shared {
    limits: Limits,
    open: Cell<bool>,
    close: RefCell<Option<Close>>,
    queue: RefCell<VecDeque<Result<Message, SocketError>>>,
    queued_bytes: Cell<usize>,
    /// An arrival did not fit; nothing is queued after that.
    overflowed: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

impl Shared {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            open: Cell::new(false),
            close: RefCell::new(None),
            queue: RefCell::new(VecDeque::new()),
            queued_bytes: Cell::new(0),
            overflowed: Cell::new(false),
            waiting: RefCell::new(Vec::new()),
        }
    }

    // ===== the handlers' side =====

    pub(super) fn open(&self) {
        self.open.set(true);
        self.wake_all();
    }

    /// Queues an arrival; false as soon as there is too much.
    pub(super) fn push(&self, arrival: Result<Message, SocketError>) -> bool {
        if self.overflowed.get() {
            return false;
        }
        let bytes = self.queued_bytes.get() + arrival.as_ref().map_or(0, Message::len);
        let messages = self.queue.borrow().len() + 1;
        if bytes > self.limits.queued_bytes || messages > self.limits.queued_messages {
            self.overflowed.set(true);
            return false;
        }
        self.queued_bytes.set(bytes);
        self.queue.borrow_mut().push_back(arrival);
        self.wake_all();
        true
    }

    pub(super) fn closed(&self, close: Close) {
        self.close.replace(Some(close));
        self.wake_all();
    }

    fn wake_all(&self) {
        for waker in self.waiting.take() {
            waker.wake();
        }
    }

    // ===== the tasks' side =====

    pub(super) fn close(&self) -> Option<Close> {
        self.close.borrow().clone()
    }

    pub(super) fn take(&self) -> Option<Result<Message, SocketError>> {
        let arrival = self.queue.borrow_mut().pop_front()?;
        let bytes = arrival.as_ref().map_or(0, Message::len);
        self.queued_bytes.set(self.queued_bytes.get() - bytes);
        Some(arrival)
    }

    /// Ready when the socket is open, or will never be.
    pub(super) fn poll_open(&self, context: &Context<'_>) -> Poll<Result<(), Close>> {
        if self.open.get() {
            return Poll::Ready(Ok(()));
        }
        match self.close() {
            Some(close) => Poll::Ready(Err(close)),
            None => self.wait(context),
        }
    }

    /// Ready with the next arrival, or with `None` when none can come.
    pub(super) fn poll_receive(
        &self,
        context: &Context<'_>,
    ) -> Poll<Option<Result<Message, SocketError>>> {
        match self.take() {
            Some(arrival) => Poll::Ready(Some(arrival)),
            None if self.close.borrow().is_some() => Poll::Ready(None),
            None => self.wait(context),
        }
    }

    /// Ready when the socket is closed, whether or not everything was received.
    pub(super) fn poll_closed(&self, context: &Context<'_>) -> Poll<Close> {
        match self.close() {
            Some(close) => Poll::Ready(close),
            None => self.wait(context),
        }
    }

    fn wait<T>(&self, context: &Context<'_>) -> Poll<T> {
        let known = |waiting: &Vec<Waker>| waiting.iter().any(|w| w.will_wake(context.waker()));
        if !known(&self.waiting.borrow()) {
            let waker = context.waker().clone();
            self.waiting.borrow_mut().push(waker);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        message_bytes: 8,
        queued_messages: 3,
        queued_bytes: 10,
    };

    fn text(length: usize) -> Result<Message, SocketError> {
        Ok(Message::Text("x".repeat(length)))
    }

    fn receive(shared: &Shared) -> Poll<Option<Result<Message, SocketError>>> {
        shared.poll_receive(&Context::from_waker(Waker::noop()))
    }

    #[test]
    fn messages_come_out_in_the_order_in_which_they_arrived() {
        let shared = Shared::new(LIMITS);
        assert_eq!(receive(&shared), Poll::Pending);
        assert!(shared.push(text(1)) && shared.push(text(2)));
        assert_eq!(receive(&shared), Poll::Ready(Some(text(1))));
        assert_eq!(receive(&shared), Poll::Ready(Some(text(2))));
        assert_eq!(receive(&shared), Poll::Pending);
    }

    #[test]
    fn too_many_bytes_or_messages_are_refused_and_nothing_after_them_is_queued() {
        let shared = Shared::new(LIMITS);
        assert!(shared.push(text(8)));
        assert!(!shared.push(text(3)));
        assert_eq!(receive(&shared), Poll::Ready(Some(text(8))));
        assert!(!shared.push(text(1)), "a gap in the messages");

        let shared = Shared::new(LIMITS);
        assert!((0..3).all(|_| shared.push(text(1))));
        assert!(!shared.push(text(1)));
    }

    #[test]
    fn room_comes_back_when_messages_are_received() {
        let shared = Shared::new(LIMITS);
        for _ in 0..100 {
            assert!(shared.push(text(8)));
            assert_eq!(receive(&shared), Poll::Ready(Some(text(8))));
        }
    }

    #[test]
    fn what_arrived_before_the_close_is_received_before_the_end() {
        let shared = Shared::new(LIMITS);
        shared.push(text(1));
        shared.closed(Close {
            code: 1000,
            reason: String::new(),
        });
        assert_eq!(receive(&shared), Poll::Ready(Some(text(1))));
        assert_eq!(receive(&shared), Poll::Ready(None));
        assert_eq!(receive(&shared), Poll::Ready(None));
    }

    #[test]
    fn a_close_before_the_opening_is_a_failure_to_open() {
        let (shared, context) = (Shared::new(LIMITS), Context::from_waker(Waker::noop()));
        assert_eq!(shared.poll_open(&context), Poll::Pending);
        let close = Close {
            code: super::super::DROPPED,
            reason: String::new(),
        };
        shared.closed(close.clone());
        assert_eq!(shared.poll_open(&context), Poll::Ready(Err(close)));
    }
}
