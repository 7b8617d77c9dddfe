//! Channels, queues, locks, permits and notifications between tasks.
//!
//! - One value, once: [`oneshot`].
//! - Many values from many tasks to one: [`mpsc`], bounded (senders wait for room: *backpressure*)
//!   or unbounded.
//! - Many values from many tasks to many, each to one of them: [`mpmc`]. Without any room, so that a
//!   send is over when the value is received: [`rendezvous`].
//! - Bytes: [`pipe`].
//! - Work for many tasks, with a count of what is done: [`queue`].
//! - Every message to every receiver: [`broadcast`]. The last value to every receiver: [`watch`].
//! - Exclusive access to a value across an await: [`Mutex`]. (For access without an await in
//!   between, a `RefCell` is enough: there is one thread.)
//! - Many readers or one writer: [`RwLock`].
//! - At most so many at once: [`Semaphore`].
//! - Everybody waits for everybody: [`Barrier`].
//! - A flag: [`Event`]. A condition on a value under a lock: [`Condvar`].
//! - A value that whoever needs it first makes: [`OnceCell`].
//! - A value given by hand, once, to everybody who wants it: [`Promise`].
//! - "Something happened": [`Notify`]. "Please stop", to a tree of tasks: [`CancellationToken`].
//!
//! # Fairness
//!
//! Whoever waits is served in the order of arrival. What is given back goes straight to the first
//! in line and is never free in between, so a newcomer cannot overtake. A waiter that is dropped
//! leaves the line; one that is dropped after its turn has come passes it on.
//!
//! # Cancel safety
//!
//! Every waiting operation here is a future that can be dropped at any moment without losing a
//! message, a permit or a notification. A wait that is dropped loses its place in line. Where a
//! value goes with the future ([`mpsc::Sender::send`], [`queue::Queue::put`]), it is dropped with
//! it: reserve first where that matters.

mod arrivals;
mod barrier;
pub mod broadcast;
mod cancellation_token;
mod channel;
mod condvar;
mod event;
mod fifo;
mod holders;
mod line;
pub mod mpmc;
pub mod mpsc;
mod mutex;
mod notify;
mod once_cell;
pub mod oneshot;
mod owned;
mod permits;
pub mod pipe;
mod promise;
pub mod queue;
pub mod rendezvous;
mod rwlock;
mod semaphore;
mod sink;
mod wait_list;
pub mod watch;

pub use barrier::{Barrier, BarrierResult, BarrierWait};
pub use cancellation_token::{CancellationToken, Cancelled};
pub use condvar::{Condvar, CondvarNotified};
pub use event::{Event, EventWait};
pub use mutex::{Lock, Mutex, MutexGuard, TryLockError};
pub use notify::{Notified, Notify};
pub use once_cell::{OnceCell, SetError};
pub use owned::{OwnedMutexGuard, OwnedPermit};
pub use promise::{AlreadyComplete, Promise, PromiseWait, Registration};
pub use rwlock::{Read, ReadGuard, RwLock, Write, WriteGuard};
pub use semaphore::{Acquire, Closed, Permit, Semaphore, TryAcquireError};
