//! The least that any executor does: boxed futures in a queue, a waker that does nothing.

use std::collections::VecDeque;
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Polls everything in turns until it is finished.
pub fn run(mut queue: VecDeque<Pin<Box<dyn Future<Output = ()>>>>) {
    let mut cx = Context::from_waker(Waker::noop());
    while let Some(mut future) = queue.pop_front() {
        match black_box(&mut future).as_mut().poll(&mut cx) {
            Poll::Pending => queue.push_back(future),
            Poll::Ready(()) => {}
        }
    }
}
