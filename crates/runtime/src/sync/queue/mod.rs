//! Work queues: many tasks put, many take, and one can wait until all work is done.
//!
//! The queue of Python's `asyncio`: each unit of work that is put is counted until somebody says
//! [`task_done`](Queue::task_done) for it, and [`join`](Queue::join) waits until none remains.

mod error;
mod order;
mod wait;

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

pub use error::{PutError, TryGetError, TryPutError};
pub use order::{FirstIn, LastIn, Order, Smallest};
pub use wait::{Get, Join, Put};

use super::fifo::{Describe, Fifo};
use super::permits::Stake;
use super::wait_list::WaitList;
use crate::log::{Kind, ResourceKind};
use crate::record::{Site, Wait};
use crate::task::waker;

/// A queue of work. Clones are the same queue.
///
/// ```
/// use wakeline::sync::queue::Queue;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let queue = Queue::named("jobs", 2);
///     let worker = wakeline::spawn({
///         let queue = queue.clone();
///         async move {
///             while let Some(_job) = queue.get().await {
///                 queue.task_done();
///             }
///         }
///     });
///     for job in 0..5 {
///         queue.put(job).await.unwrap();
///     }
///     queue.join().await; // every job is done
///     queue.close();
///     worker.await.unwrap();
/// });
/// ```
///
/// Items come out in the order in which they went in, unless the second type says otherwise: see
/// [`PriorityQueue`] and [`LifoQueue`].
pub struct Queue<T, O: Order<T> = FirstIn> {
    shared: Rc<Shared<T, O>>,
}

/// A queue from which the smallest item comes first, of equal ones the one that went in first.
/// An item that arrives later comes before all that are greater, but nothing is taken away from
/// a task that was promised one: it gets whatever is smallest at its turn.
///
/// ```
/// use wakeline::sync::queue::{Builder, PriorityQueue};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let queue: PriorityQueue<(u32, &str)> = Builder::new("jobs").unbounded_in_order();
///     for job in [(2, "later"), (1, "soon"), (0, "now")] {
///         queue.put(job).await.unwrap();
///     }
///     assert_eq!(queue.get().await, Some((0, "now")));
///     assert_eq!(queue.get().await, Some((1, "soon")));
/// });
/// ```
pub type PriorityQueue<T> = Queue<T, Smallest>;

/// A queue from which the item that went in last comes first: a stack to wait at.
pub type LifoQueue<T> = Queue<T, LastIn>;

struct Shared<T, O: Order<T>> {
    fifo: Fifo<T, O::Store>,
    unfinished: Cell<usize>,
    joiners: WaitList,
    capacity: Option<usize>,
}

/// Settings of a queue: what the log calls it and its items.
pub struct Builder<T> {
    name: Option<String>,
    describe: Option<Describe<T>>,
}

impl<T> Builder<T> {
    /// A queue with a name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            describe: None,
        }
    }

    /// How an item appears in the log. Called once an item, only while recording.
    #[must_use]
    pub fn describe(mut self, describe: impl Fn(&T) -> String + 'static) -> Self {
        self.describe = Some(Box::new(describe));
        self
    }

    /// A queue with room for so many items.
    ///
    /// # Panics
    /// If the capacity is 0.
    #[must_use]
    #[track_caller]
    pub fn bounded(self, capacity: usize) -> Queue<T> {
        self.bounded_in_order(capacity)
    }

    /// As [`bounded`](Self::bounded), with the order that the type of the queue says.
    ///
    /// # Panics
    /// If the capacity is 0.
    #[must_use]
    #[track_caller]
    pub fn bounded_in_order<O: Order<T>>(self, capacity: usize) -> Queue<T, O> {
        assert!(
            capacity > 0,
            "the capacity of a bounded queue must not be 0"
        );
        self.build(Some(capacity))
    }

    /// As [`unbounded`](Self::unbounded), with the order that the type of the queue says.
    #[must_use]
    #[track_caller]
    pub fn unbounded_in_order<O: Order<T>>(self) -> Queue<T, O> {
        self.build(None)
    }

    /// A queue with room for any number of items.
    #[must_use]
    #[track_caller]
    pub fn unbounded(self) -> Queue<T> {
        self.build(None)
    }

    #[track_caller]
    fn build<O: Order<T>>(self, capacity: Option<usize>) -> Queue<T, O> {
        let name = self.name.as_deref();
        Queue {
            shared: Rc::new(Shared {
                fifo: Fifo::new(ResourceKind::Queue, capacity, name, self.describe),
                unfinished: Cell::new(0),
                joiners: WaitList::default(),
                capacity,
            }),
        }
    }
}

impl<T> fmt::Debug for Builder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl<T> Queue<T> {
    /// A queue with room for so many items.
    ///
    /// # Panics
    /// If the capacity is 0.
    #[must_use]
    #[track_caller]
    pub fn bounded(capacity: usize) -> Self {
        Builder {
            name: None,
            describe: None,
        }
        .bounded(capacity)
    }

    /// The same with a name for the log.
    ///
    /// # Panics
    /// If the capacity is 0.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str, capacity: usize) -> Self {
        Builder::new(name).bounded(capacity)
    }

    /// A queue with room for any number of items.
    #[must_use]
    #[track_caller]
    pub fn unbounded() -> Self {
        Builder {
            name: None,
            describe: None,
        }
        .unbounded()
    }
}

impl<T, O: Order<T>> Queue<T, O> {
    /// Puts an item, waiting for room if there is none.
    ///
    /// # Errors
    /// If the queue is closed; the error holds the item.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is ready, the item was not put and is dropped with it.
    #[track_caller]
    pub fn put(&self, item: T) -> Put<'_, T, O> {
        Put {
            shared: &self.shared,
            item: Some(item),
            stake: Stake::default(),
            site: Site::caller(),
        }
    }

    /// Puts an item if there is room now and nobody stands in line for it.
    ///
    /// # Errors
    /// If there is no room, or the queue is closed; the error holds the item.
    #[track_caller]
    pub fn try_put(&self, item: T) -> Result<(), TryPutError<T>> {
        match self.shared.fifo.try_reserve() {
            Ok(true) => {
                self.shared.put(item, Site::caller());
                Ok(())
            }
            Ok(false) => Err(TryPutError::Full(item)),
            Err(_) => Err(TryPutError::Closed(item)),
        }
    }

    /// Takes the next item, waiting for one if there is none. `None` if the queue is empty and
    /// closed.
    ///
    /// # Cancel safety
    /// Yes. A dropped future has taken no item.
    #[track_caller]
    pub fn get(&self) -> Get<'_, T, O> {
        Get {
            shared: &self.shared,
            stake: Stake::default(),
            site: Site::caller(),
        }
    }

    /// Takes the next item if there is one and nobody stands in line for it.
    ///
    /// # Errors
    /// If there is none now, or there will be none.
    #[track_caller]
    pub fn try_get(&self) -> Result<T, TryGetError> {
        match self.shared.fifo.try_take(Site::caller()) {
            Ok(Some(item)) => Ok(item),
            Ok(None) => Err(TryGetError::Empty),
            Err(_) => Err(TryGetError::Closed),
        }
    }

    /// Says that the work on one item that was taken is done.
    ///
    /// # Panics
    /// If it is said more often than items were put.
    #[track_caller]
    pub fn task_done(&self) {
        let remaining = self.shared.unfinished.get().checked_sub(1);
        let remaining = remaining.expect("`task_done` was called more often than items were put");
        self.shared.unfinished.set(remaining);
        self.shared
            .fifo
            .resource
            .record(Kind::UnitDone, Site::caller(), remaining as u64);
        if remaining == 0 {
            let wakers = self.shared.joiners.call_all();
            wakers.into_iter().for_each(waker::call);
        }
    }

    /// Waits until the work on every item that was put is done.
    ///
    /// # Cancel safety
    /// Yes.
    #[track_caller]
    pub fn join(&self) -> Join<'_, T, O> {
        Join {
            shared: &self.shared,
            key: None,
            wait: Wait::default(),
            site: Site::caller(),
        }
    }

    /// How many items were put whose work is not done.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.shared.unfinished.get()
    }

    /// Lets nothing more in. What is inside can still be taken; then everybody gets `None`.
    pub fn close(&self) {
        self.shared.fifo.close();
    }

    /// Whether it is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.fifo.is_closing()
    }

    /// Number of items inside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shared.fifo.len()
    }

    /// Whether no item is inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items there is room for, `None` if unbounded.
    #[must_use]
    pub fn capacity(&self) -> Option<usize> {
        self.shared.capacity
    }
}

impl<T, O: Order<T>> Shared<T, O> {
    fn put(&self, item: T, site: Site) {
        self.unfinished.set(self.unfinished.get() + 1);
        self.fifo.put(item, site);
    }
}

impl<T, O: Order<T>> Clone for Queue<T, O> {
    fn clone(&self) -> Self {
        Self {
            shared: Rc::clone(&self.shared),
        }
    }
}

impl<T, O: Order<T>> fmt::Debug for Queue<T, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("len", &self.len())
            .field("unfinished", &self.unfinished())
            .finish_non_exhaustive()
    }
}
