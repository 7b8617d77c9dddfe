//! Small programs in a neutral language, interpreted as async code on [`wakeline`].
//!
//! A [`Program`] is read from JSON and [`run`] under a virtual clock: its tasks are tasks of the
//! runtime, its locks, queues and events are the runtime's, a request to cancel goes through
//! [`wakeline::cancel`]. The [`Report`] says what happened, and can be compared with what a file
//! expects.
//!
//! ```
//! let program: wakeline_scenario::Program = r#"{
//!     "tasks": {
//!         "main": [
//!             {"op": "spawn", "task": "a"},
//!             {"op": "sleep", "s": 1},
//!             {"op": "cancel", "what": "a", "log": true}
//!         ],
//!         "a": [
//!             {"op": "try",
//!              "body": [{"op": "sleep", "s": 5}],
//!              "finally": [{"op": "log", "msg": "bye"}]}
//!         ]
//!     }
//! }"#.parse().unwrap();
//! let report = wakeline_scenario::run(&program).unwrap();
//! let lines: Vec<String> = report.events.iter().map(ToString::to_string).collect();
//! assert_eq!(lines, ["1.000 main: cancel a -> true", "1.000 a: bye"]);
//! ```
//!
//! # The order inside one instant
//!
//! The language comes from a world in which everything is a callback in one queue: a task that is
//! woken, a function that was registered, a timer. The runtime's queue holds polls of tasks and
//! [callbacks](wakeline::task::call_soon), so that one entry there is one entry here; what takes
//! two steps there (a timer completes a promise, the promise wakes the sleeper) is made of two
//! steps here. The runtime is driven in [turns](wakeline::Runtime::run_turn).

mod fault;
mod interpret;
mod program;
mod report;
mod value;

pub use fault::Fault;
pub use interpret::{Stopped, run};
pub use program::{Problem, Program, parse};
pub use report::{Difference, End, Event, Report};
pub use value::Value;
