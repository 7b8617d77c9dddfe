//! One task of a group, as its body sees it.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::task::{TaskHandle, TaskRef, Watched};

/// A task of a group: await it for its value, `None` if it has none, because it failed or was
/// cancelled. Failures are the group's to report. Dropping this changes nothing.
///
/// # Cancel safety
/// Awaiting `&mut member` is cancel safe.
///
/// # Panics
/// If it is polled again after it gave the value.
pub struct GroupMember<T> {
    pub(super) task: TaskRef,
    pub(super) watched: Watched,
    pub(super) value: Rc<RefCell<Option<T>>>,
}

impl<T> GroupMember<T> {
    /// The task.
    #[must_use]
    pub fn handle(&self) -> TaskHandle {
        TaskHandle::new(self.task.clone())
    }
}

impl<T> Unpin for GroupMember<T> {}

impl<T> Future for GroupMember<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        std::task::ready!(self.watched.poll_next(cx))
            .unwrap_or_else(|| panic!("a member of a group was polled after it was ready"));
        let value = self.value.borrow_mut().take();
        Poll::Ready(value)
    }
}

impl<T> fmt::Debug for GroupMember<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupMember")
            .field("task", &self.task)
            .finish_non_exhaustive()
    }
}
