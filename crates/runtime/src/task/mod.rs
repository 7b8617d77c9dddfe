//! Tasks: spawn them, name them, await them, abort or [cancel](crate::cancel) them; callbacks.
//!
//! - One task: [`spawn`], [`JoinHandle`], [`AbortOnDrop`]. The [current one](handle) and
//!   [all of them](list).
//! - Many, taken as they end: [`JoinSet`]. Many that end together: [`group`].
//! - Data of a task's own: [`Local`].
//! - Functions that run by themselves: [`call_soon`], [`JoinHandle::on_end`].
//! - Giving way: [`yield_now`]; heavy work in pieces: [`Budget`].
//!
//! # The argument for the unsafe code
//!
//! A task is one allocation: a [`Header`](header::Header) and behind it the future or its
//! output. Pointers to it are counted; a [`TaskRef`] is such a pointer with a safe face. The
//! unsafe code of the crate is in this folder, and in one function that finds the current
//! runtime.
//!
//! 1. **Exclusive access to the future.** `poll` and `cancel` are called by the run loop and by
//!    shutdown only, on the owner thread. The run loop refuses to be entered twice, and shutdown
//!    waits for it. A task is in the [ready queue](queue) at most once (`QUEUED`), so it is not
//!    popped twice.
//! 2. **Valid stage.** The flags `FUTURE` and `OUTPUT` say what the stage holds, never both; each
//!    transition is in one function of `raw.rs`, which clears the flag before it drops or moves
//!    what it stands for. Panics of a poll, of the future's drop and of the output's drop are
//!    caught one by one, so that the flags are always written.
//! 3. **Pinning.** The future is moved into its allocation before the first poll and dropped
//!    there.
//! 4. **Lifetime.** The allocation is freed when the count reaches zero. The registry, the join
//!    handle, each abort handle and each waker count; that the registry's reference does for the
//!    ready queue and for a turn is argued in [`ready`]. Each allocation counts a reference to the
//!    runtime's core, so that it may be used while any of them lives; a runtime that ends drops
//!    the futures of all registered tasks first and thereby breaks the cycle. The block then goes
//!    to the runtime's [`pool`], a part of the core.
//! 5. **Provenance.** A pointer to a header is always the one that the pool gave, and good for the
//!    whole task and for the beginning of its chunk, where the core is found. References to the
//!    header are made for access to its fields only and never turned back into pointers.
//! 6. **Threads, natively.** Everything but [`Waker`](std::task::Waker) is neither `Send` nor
//!    `Sync`. Each of a waker's four functions first compares the owner, which the core knows,
//!    with the thread it runs on, and on another thread touches nothing but immutable fields of
//!    task and core; see [`remote`].
//! 7. **Threads, in WebAssembly.** Without the `atomics` feature there is one thread for one
//!    memory. With it this crate does not compile.

#![allow(
    unsafe_code,
    reason = "a task is a pinned future behind a thin counted pointer"
)]

#[cfg(not(target_arch = "wasm32"))]
mod blocking;
mod budget;
mod builder;
pub(crate) mod callback;
mod end;
mod ends;
mod group;
mod handle;
mod header;
mod join;
mod join_set;
mod joiner;
mod local;
mod owned;
pub(crate) mod pool;
mod priority;
mod queue;
mod raw;
mod ready;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod remote;
mod state;
pub(crate) mod waker;
mod yield_now;

use std::fmt;

#[cfg(not(target_arch = "wasm32"))]
pub use blocking::{Blocking, spawn_blocking};
pub use budget::{Budget, PIECES_IN_VIRTUAL_TIME, for_each_within};
pub use builder::{Builder, spawn, spawn_named};
pub use callback::{Callback, call_at, call_later, call_soon};
pub use end::{EndRegistration, TaskEnd};
pub(crate) use ends::{Ends, Watched};
pub use group::{GroupError, GroupFailure, GroupMember, Stop, TaskGroup, group};
pub use handle::{TaskHandle, TaskInfo, TaskState, handle, list};
pub(crate) use header::{Identity, TaskRef};
pub use join::{AbortHandle, JoinError, JoinHandle};
pub use join_set::{JoinNext, JoinSet};
pub use local::{Local, Scope};
pub use owned::AbortOnDrop;
pub(crate) use queue::ReadyQueue;
pub(crate) use raw::{NewTask, allocate};
pub(crate) use ready::{Current, Ready, Registered, Unusual};
pub use yield_now::{YieldNow, yield_now};

#[cfg(all(target_arch = "wasm32", target_feature = "atomics"))]
compile_error!("wakeline keeps a task on one thread and is built without the `atomics` feature");

/// The number of a task, as in the log: counted from 1 in the order of creation, never reused
/// within a runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub(crate) u32);

impl TaskId {
    /// The number.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The task that is being polled, `None` outside of any.
#[must_use]
pub fn current() -> Option<TaskId> {
    crate::runtime::try_with_core(|core| core.current())
        .filter(|id| *id != 0)
        .map(TaskId)
}
