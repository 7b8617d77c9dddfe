//! Streams: bodies that run only while somebody pulls.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use super::exit::{Exit, Flow};
use crate::Value;

/// What a stream and whoever pulls from it share.
#[derive(Default)]
pub(super) struct Slot {
    value: RefCell<Option<Value>>,
    closing: Cell<bool>,
}

impl Slot {
    /// Hands a value over and stands still until the next pull.
    pub(super) async fn give(&self, value: Value) -> Flow {
        *self.value.borrow_mut() = Some(value);
        let mut given = false;
        // Nobody has to be woken: the one who polls next is the one who pulls.
        poll_fn(|_| match std::mem::replace(&mut given, true) {
            false => Poll::Pending,
            true => Poll::Ready(()),
        })
        .await;
        match self.closing.get() {
            true => Err(Exit::Close),
            false => Ok(()),
        }
    }
}

type Body = Pin<Box<dyn Future<Output = Flow>>>;

/// An open stream.
pub(super) struct Generator {
    /// Gone when it has ended.
    body: Option<Body>,
    started: bool,
    slot: Rc<Slot>,
}

impl Generator {
    pub(super) fn new(slot: Rc<Slot>, body: Body) -> Self {
        Self {
            body: Some(body),
            started: false,
            slot,
        }
    }

    /// Runs the stream until it yields; `None` when it has ended.
    pub(super) async fn next(&mut self) -> Flow<Option<Value>> {
        self.started = true;
        poll_fn(|cx| {
            let Some(body) = &mut self.body else {
                return Poll::Ready(Ok(None));
            };
            match body.as_mut().poll(cx) {
                Poll::Pending => match self.slot.value.take() {
                    Some(value) => Poll::Ready(Ok(Some(value))),
                    None => Poll::Pending,
                },
                Poll::Ready(end) => {
                    self.body = None;
                    Poll::Ready(match end {
                        Ok(()) | Err(Exit::Return(_) | Exit::Break) => Ok(None),
                        Err(exit) => Err(exit),
                    })
                }
            }
        })
        .await
    }

    /// Ends the stream where it stands, with everything that it does on the way out.
    pub(super) async fn close(&mut self) -> Flow {
        if !self.started {
            self.body = None;
        }
        self.slot.closing.set(true);
        match self.next().await {
            Ok(None) | Err(Exit::Close) => Ok(()),
            // It went on in spite of it all.
            Ok(Some(_)) => {
                self.body = None;
                Err(Exit::misuse())
            }
            Err(exit) => Err(exit),
        }
    }
}
