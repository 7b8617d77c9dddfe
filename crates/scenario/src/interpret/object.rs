//! Locks, events, conditions and queues, as a program knows them.
//!
//! What a program acquires need not be released by the same task, nor in any order, so the guards
//! lie in the object.

use std::cell::RefCell;
use std::rc::Rc;

use wakeline::cancel::cancellable;
use wakeline::sync::queue::{Builder, LifoQueue, PriorityQueue, Queue};
use wakeline::sync::{Condvar, Event, Mutex, OwnedMutexGuard, OwnedPermit, Semaphore};

use super::exit::{Exit, Flow};
use crate::Value;
use crate::program::ObjectKind;

/// An object of a program. The name check at reading guarantees that each is asked only for what
/// its kind can do.
pub(super) enum Object {
    Lock(Lock),
    Condition(Lock, Condvar),
    Semaphore(Permits),
    Event(Event),
    Queue(Items),
}

/// A mutex and whoever holds it.
pub(super) struct Lock {
    mutex: Rc<Mutex<()>>,
    holder: RefCell<Option<OwnedMutexGuard<()>>>,
}

/// A semaphore and the permits that are out.
pub(super) struct Permits {
    semaphore: Rc<Semaphore>,
    held: RefCell<Vec<OwnedPermit>>,
    /// How many may be free at most.
    most: Option<usize>,
}

/// A queue of one of three orders.
pub(super) enum Items {
    FirstIn(Queue<Value>),
    Smallest(PriorityQueue<Value>),
    LastIn(LifoQueue<Value>),
}

impl Object {
    /// The object of this name; a future is none.
    pub(super) fn new(name: &str, kind: ObjectKind) -> Option<Self> {
        let permits = |value, most| {
            Self::Semaphore(Permits {
                semaphore: Rc::new(Semaphore::named(name, value)),
                held: RefCell::default(),
                most,
            })
        };
        Some(match kind {
            ObjectKind::Lock => Self::Lock(Lock::new(name)),
            ObjectKind::Condition => Self::Condition(Lock::new(name), Condvar::named(name)),
            ObjectKind::Semaphore { value } => permits(value, None),
            ObjectKind::BoundedSemaphore { value } => permits(value, Some(value)),
            ObjectKind::Event => Self::Event(Event::named(name)),
            ObjectKind::Queue { room } => Self::Queue(Items::FirstIn(match room {
                Some(room) => builder(name).bounded(room),
                None => builder(name).unbounded(),
            })),
            ObjectKind::PriorityQueue { room } => Self::Queue(Items::Smallest(match room {
                Some(room) => builder(name).bounded_in_order(room),
                None => builder(name).unbounded_in_order(),
            })),
            ObjectKind::LifoQueue { room } => Self::Queue(Items::LastIn(match room {
                Some(room) => builder(name).bounded_in_order(room),
                None => builder(name).unbounded_in_order(),
            })),
            ObjectKind::Future => return None,
        })
    }

    pub(super) async fn acquire(&self) -> Flow {
        match self {
            Self::Lock(lock) | Self::Condition(lock, _) => lock.acquire().await,
            Self::Semaphore(permits) => permits.acquire().await,
            Self::Event(_) | Self::Queue(_) => Err(Exit::misuse()),
        }
    }

    pub(super) fn release(&self) -> Flow {
        match self {
            Self::Lock(lock) | Self::Condition(lock, _) => lock.release(),
            Self::Semaphore(permits) => permits.release(),
            Self::Event(_) | Self::Queue(_) => Err(Exit::misuse()),
        }
    }

    pub(super) fn is_locked(&self) -> bool {
        match self {
            // A lock that was handed over is held only when its new holder has had its turn.
            Self::Lock(lock) | Self::Condition(lock, _) => lock.is_held(),
            Self::Semaphore(permits) => permits.semaphore.available_permits() == 0,
            Self::Event(_) | Self::Queue(_) => false,
        }
    }

    pub(super) async fn wait(&self) -> Flow {
        match self {
            Self::Event(event) => Ok(cancellable(event.wait()).await?),
            Self::Condition(lock, condvar) => lock.wait(condvar).await,
            Self::Lock(_) | Self::Semaphore(_) | Self::Queue(_) => Err(Exit::misuse()),
        }
    }

    pub(super) fn notify(&self, count: usize) -> Flow {
        match self {
            Self::Condition(lock, condvar) if lock.is_held() => {
                condvar.notify_many(count);
                Ok(())
            }
            _ => Err(Exit::misuse()),
        }
    }

    pub(super) fn set(&self, to: bool) {
        if let Self::Event(event) = self {
            if to {
                event.set();
            } else {
                event.clear();
            }
        }
    }

    /// The queue, if it is one.
    pub(super) fn items(&self) -> Flow<&Items> {
        match self {
            Self::Queue(items) => Ok(items),
            _ => Err(Exit::misuse()),
        }
    }
}

fn builder(name: &str) -> Builder<Value> {
    Builder::new(name).describe(ToString::to_string)
}

impl Lock {
    fn new(name: &str) -> Self {
        Self {
            mutex: Rc::new(Mutex::named(name, ())),
            holder: RefCell::new(None),
        }
    }

    fn is_held(&self) -> bool {
        self.holder.borrow().is_some()
    }

    async fn acquire(&self) -> Flow {
        let guard = cancellable(self.mutex.lock_owned()).await?;
        *self.holder.borrow_mut() = Some(guard);
        Ok(())
    }

    fn release(&self) -> Flow {
        let guard = self.holder.borrow_mut().take();
        guard.map(drop).ok_or_else(Exit::misuse)
    }

    /// Releases the lock, waits for the condition, and comes back with the lock in any case.
    async fn wait(&self, condvar: &Condvar) -> Flow {
        self.release()?;
        let mut result: Flow = cancellable(condvar.notified()).await.map_err(Exit::from);
        while let Err(exit) = self.acquire().await {
            result = Err(exit);
        }
        result
    }
}

impl Permits {
    async fn acquire(&self) -> Flow {
        match cancellable(self.semaphore.acquire_owned()).await? {
            Ok(permit) => {
                self.held.borrow_mut().push(permit);
                Ok(())
            }
            Err(_) => Err(Exit::misuse()),
        }
    }

    /// A release without an acquisition adds a permit, unless that is forbidden.
    fn release(&self) -> Flow {
        let free = self.semaphore.available_permits();
        if self.most.is_some_and(|most| free >= most) {
            return Err(Exit::misuse());
        }
        let permit = self.held.borrow_mut().pop();
        match permit {
            Some(permit) => drop(permit),
            None => self.semaphore.add_permits(1),
        }
        Ok(())
    }
}

/// Does the same with a queue of any order.
macro_rules! with_queue {
    ($items:expr, $queue:ident => $then:expr) => {
        match $items {
            Items::FirstIn($queue) => $then,
            Items::Smallest($queue) => $then,
            Items::LastIn($queue) => $then,
        }
    };
}

impl Items {
    pub(super) async fn put(&self, value: Value) -> Flow {
        let put = with_queue!(self, queue => cancellable(queue.put(value)).await?.is_ok());
        match put {
            true => Ok(()),
            false => Err(Exit::misuse()),
        }
    }

    pub(super) async fn get(&self) -> Flow<Value> {
        let got = with_queue!(self, queue => cancellable(queue.get()).await?);
        got.ok_or_else(Exit::misuse)
    }

    pub(super) fn put_now(&self, value: Value) -> Flow {
        let put = with_queue!(self, queue => queue.try_put(value).is_ok());
        match put {
            true => Ok(()),
            false => Err(Exit::raise("QueueFull")),
        }
    }

    pub(super) fn get_now(&self) -> Flow<Value> {
        let got = with_queue!(self, queue => queue.try_get());
        got.map_err(|_| Exit::raise("QueueEmpty"))
    }

    pub(super) fn task_done(&self) -> Flow {
        with_queue!(self, queue => {
            if queue.unfinished() == 0 {
                return Err(Exit::misuse());
            }
            queue.task_done();
        });
        Ok(())
    }

    pub(super) async fn join(&self) -> Flow {
        with_queue!(self, queue => cancellable(queue.join()).await?);
        Ok(())
    }

    pub(super) fn size(&self) -> usize {
        with_queue!(self, queue => queue.len())
    }
}
