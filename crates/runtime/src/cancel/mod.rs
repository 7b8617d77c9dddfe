//! Asking a task to stop, and letting it clean up.
//!
//! There are two ways to end a task early:
//!
//! | | [`abort`](crate::JoinHandle::abort) | [`cancel`](crate::JoinHandle::cancel) |
//! |---|---|---|
//! | what happens | the future is dropped where it waits | the waiting point returns [`Cancelled`] |
//! | cleanup | destructors, which cannot wait | any code, which may wait |
//! | can the task refuse | no | yes: it may go on, or return a value |
//! | can it be replaced by an error | no | yes, if the cleanup fails |
//! | who has to take part | nobody | the task, at each waiting point |
//!
//! A request is delivered at the task's *next waiting point*: an await through
//! [`cancellable`] that does not finish at once. One under way is interrupted; a task that runs
//! on, or that waits in another manner, gets the request when it comes to such a point. Each
//! request is delivered once: what the task awaits afterwards, to clean up, is interrupted only by
//! a further one.
//!
//! ```
//! use std::time::Duration;
//! use wakeline::cancel::{Cancelled, cancellable};
//! use wakeline::time::sleep;
//!
//! let runtime = wakeline::Builder::new().build();
//! runtime.block_on(async {
//!     let worker = wakeline::cancel::spawn("worker", async {
//!         match cancellable(sleep(Duration::from_secs(60))).await {
//!             Ok(()) => Ok("finished"),
//!             Err(cancelled) => {
//!                 sleep(Duration::from_secs(1)).await; // the cleanup takes its time
//!                 Err(cancelled)
//!             }
//!         }
//!     });
//!     sleep(Duration::from_secs(5)).await;
//!     assert!(worker.cancel());
//!     assert!(matches!(worker.await.unwrap(), Err(Cancelled { .. })));
//!     assert_eq!(wakeline::time::now().as_nanos(), 6_000_000_000);
//! });
//! ```
//!
//! - [`shield`] puts off the delivery until a future is finished.
//! - [`join`] awaits a child and passes requests on to it; [`pass_on`] does so for anything.
//! - To await a child *without* passing requests on, await its handle through [`cancellable`]:
//!   the wait is given up, and the child goes on.
//! - [`requests`] and [`uncancel`] count, so that a scope which cancels its own task (a deadline, a
//!   group) can tell its request from those of others.

mod pass_on;
mod request;
mod shield;
mod spawn;
mod wait;

pub use pass_on::{Join, PassOn, join, pass_on};
pub use request::{Cancelled, Canceller, accept, current, is_requested, requests, take, uncancel};
pub(crate) use request::{Requests, request};
pub use shield::{Shield, shield};
pub use spawn::spawn;
pub use wait::{Cancellable, cancellable};
