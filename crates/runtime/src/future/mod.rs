//! Many at once: wait for all, for the first, for so many; try again.
//!
//! - Every output, errors beside results: [`gather`]. Every result, or the first error:
//!   [`try_gather`].
//! - Until the first has ended, the first has failed, all have, or a deadline: [`wait`].
//! - In the order in which they end: [`as_completed`].
//! - Again until it works: [`retry`], with a [`Backoff`].
//! - A limit of time: [`timeout`](crate::time::timeout), or
//!   [`deadline_after`](crate::time::deadline_after), which those inside know of.
//! - Until somebody says stop:
//!   [`run_until_cancelled`](crate::sync::CancellationToken::run_until_cancelled).
//!
//! These take the handles of tasks, so that each of many costs the same however many there are,
//! and each has a lane of its own in the log. They differ from a
//! [`JoinSet`](crate::task::JoinSet), to which tasks can be added, and from a
//! [`group`](crate::task::group), in which they end together.
//!
//! # Combinators of other crates
//!
//! For a few futures in one task, what `futures-util` has works here, and the log stays exact:
//! `join!`, `try_join!`, `select!`, `future::select` (a race of two), `join_all`, `select_all`,
//! `FuturesUnordered` and the adapters of streams. Each future that waits appears as a wait of the task that polls it, and the waits
//! of those that are dropped end when they are. Two things to know: `select!` polls its branches
//! in a random order that no seed decides, so use `select_biased!` where a run is to be the same
//! again; and what wakes one of the futures in `join!` has the task poll all of them.

mod as_completed;
mod backoff;
mod gather;
mod retry;
mod try_gather;
mod wait;

pub use as_completed::{AsCompleted, as_completed};
pub use backoff::{Backoff, Delays};
pub use gather::{Gather, gather};
pub use retry::{Retry, retry};
pub use try_gather::{GatherError, TryGather, try_gather};
pub use wait::{Until, WaitFor, Waited, wait};
