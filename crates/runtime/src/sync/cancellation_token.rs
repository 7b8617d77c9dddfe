//! A request to stop, for a whole tree of tasks.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

use super::line::{Line, Place};
use crate::log::{Kind, Reason, ResourceKind};
use crate::record::{Resource, Site};

/// A request to stop that tasks look for or wait for, at moments of their own choice. Clones are
/// the same token; a child is cancelled with its parent, but not the other way round.
///
/// Unlike [`abort`](crate::task::JoinHandle::abort) it takes nothing away from a task: whoever
/// does not look goes on.
///
/// ```
/// use wakeline::sync::CancellationToken;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let token = CancellationToken::new();
///     let worker = wakeline::spawn({
///         let token = token.child();
///         async move { token.cancelled().await }
///     });
///     token.cancel();
///     worker.await.unwrap();
/// });
/// ```
#[derive(Clone)]
pub struct CancellationToken {
    node: Rc<Node>,
}

struct Node {
    cancelled: Cell<bool>,
    children: RefCell<Vec<Weak<Node>>>,
    line: Line,
    resource: Resource,
}

impl Default for CancellationToken {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl CancellationToken {
    /// A token that nobody has cancelled.
    #[must_use]
    #[track_caller]
    pub fn new() -> Self {
        Self::build(None)
    }

    /// The same with a name for the log.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str) -> Self {
        Self::build(Some(name))
    }

    #[track_caller]
    fn build(name: Option<&str>) -> Self {
        Self {
            node: Rc::new(Node {
                cancelled: Cell::new(false),
                children: RefCell::default(),
                line: Line::default(),
                resource: Resource::new(ResourceKind::CancellationToken, 0, name),
            }),
        }
    }

    /// A token that is cancelled with this one, or alone. A child of a cancelled token is born
    /// cancelled.
    #[must_use]
    #[track_caller]
    pub fn child(&self) -> Self {
        let child = Self::new();
        if self.is_cancelled() {
            child.node.cancelled.set(true);
        } else {
            let mut children = self.node.children.borrow_mut();
            // Children that are gone are cleared away when the list would grow.
            if children.len() == children.capacity() {
                children.retain(|child| child.strong_count() > 0);
            }
            children.push(Rc::downgrade(&child.node));
        }
        child
    }

    /// Cancels this token and everything below it. The whole tree is marked before anybody is
    /// woken. Does nothing the second time.
    #[track_caller]
    pub fn cancel(&self) {
        let site = Site::caller();
        if self.node.cancelled.replace(true) {
            return;
        }
        // Without recursion: a tree may be as deep as its program likes.
        let mut marked = vec![Rc::clone(&self.node)];
        let mut next = 0;
        while let Some(node) = marked.get(next).cloned() {
            next += 1;
            let children = node.children.take();
            for child in children.iter().filter_map(Weak::upgrade) {
                if !child.cancelled.replace(true) {
                    marked.push(child);
                }
            }
        }
        for node in marked {
            let released = node.line.waiting() as u64;
            node.resource.record(Kind::Notified, site, released);
            node.line.wake_all();
        }
    }

    /// Whether it is cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.node.cancelled.get()
    }

    /// Waits until it is cancelled.
    ///
    /// # Cancel safety
    /// Yes.
    #[track_caller]
    pub fn cancelled(&self) -> Cancelled<'_> {
        Cancelled {
            token: self,
            place: Place::default(),
            site: Site::caller(),
        }
    }

    /// Awaits a future until the token is cancelled; `None` if that came first, and the future
    /// is dropped. A future that is ready at the same moment wins.
    ///
    /// # Cancel safety
    /// As that of the future.
    #[track_caller]
    pub fn run_until_cancelled<F: Future>(
        &self,
        future: F,
    ) -> impl Future<Output = Option<F::Output>> {
        let mut cancelled = self.cancelled();
        async move {
            let mut future = std::pin::pin!(future);
            std::future::poll_fn(|cx| {
                if let Poll::Ready(output) = future.as_mut().poll(cx) {
                    return Poll::Ready(Some(output));
                }
                Pin::new(&mut cancelled).poll(cx).map(|()| None)
            })
            .await
        }
    }
}

impl fmt::Debug for CancellationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancellationToken")
            .field("is_cancelled", &self.is_cancelled())
            .finish_non_exhaustive()
    }
}

/// The future of [`CancellationToken::cancelled`].
#[must_use = "futures do nothing unless awaited"]
pub struct Cancelled<'a> {
    token: &'a CancellationToken,
    place: Place,
    site: Site,
}

impl Future for Cancelled<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let node = &this.token.node;
        let (resource, site) = (&node.resource, this.site);
        node.line
            .poll(&mut this.place, resource, Reason::Event, site, cx, || {
                node.cancelled.get().then_some(())
            })
    }
}

impl Drop for Cancelled<'_> {
    fn drop(&mut self) {
        let node = &self.token.node;
        node.line
            .leave(&mut self.place, &node.resource, Reason::Event);
    }
}

impl fmt::Debug for Cancelled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cancelled")
    }
}
