//! A run from its beginning to its end.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use wakeline::task::call_soon;
use wakeline::{Builder, Progress, Runtime};

use super::frame::Frame;
use super::handle::{Handle, Outcome};
use super::world::World;
use crate::report::{End, Report};
use crate::{Fault, Program};

/// Why a run was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// It performed a million operations.
    TooLong,
    /// A hundred bodies of its tasks and streams are inside of each other.
    TooDeep,
    /// It has a hundred thousand tasks, or a variable of ten thousand parts.
    TooLarge,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the program performs too many operations",
            Self::TooLarge => "the program has too many tasks, or too large a value",
            Self::TooDeep => "tasks or streams of the program call each other too deeply",
        })
    }
}

impl std::error::Error for Stopped {}

/// Runs a program under a virtual clock.
///
/// When the main task has ended, every task that has not is asked to, in the order of creation,
/// and awaited; what they do meanwhile is in the report.
///
/// # Errors
/// If the program goes beyond what a run may take.
pub fn run(program: &Program) -> Result<Report, Stopped> {
    let runtime = Builder::new().record(false).build();
    let world = World::new(program);
    let ended: Rc<RefCell<Option<Ended>>> = Rc::default();
    let leave = Rc::new(Cell::new(false));
    runtime.enter(|| begin(&world, &ended, &leave));
    drive(&runtime, &world, &leave)?;
    let ended = ended.take().unwrap_or_else(|| Ended {
        end: End::Deadlock {
            at: runtime.now().as_nanos(),
        },
        states: states(&world),
    });
    if !matches!(ended.end, End::Deadlock { .. }) {
        let left = Rc::new(Cell::new(false));
        if runtime.enter(|| cancel_all(&world, &left)) {
            drive(&runtime, &world, &left)?;
        }
    }
    Ok(Report {
        events: world.events.take(),
        end: ended.end,
        states_when_main_ends: ended.states,
    })
}

/// The end of the main task.
struct Ended {
    end: End,
    states: BTreeMap<String, String>,
}

/// Starts the main task. One turn after its end, `leave` is set.
fn begin(world: &Rc<World>, ended: &Rc<RefCell<Option<Ended>>>, leave: &Rc<Cell<bool>>) {
    let body = world.program.tasks["main"].clone();
    let main = world.start_and("main", body, Frame::new("main"), {
        let (world, ended) = (Rc::clone(world), Rc::clone(ended));
        move |outcome| {
            let at = wakeline::time::now().as_nanos();
            let end = match outcome {
                Outcome::Done(value) => End::Ok {
                    value: value.clone(),
                    at,
                },
                Outcome::Failed(fault) => End::Error {
                    error: fault.clone(),
                    at,
                },
                Outcome::Cancelled => End::Error {
                    error: Fault::Cancelled,
                    at,
                },
            };
            let states = states(&world);
            *ended.borrow_mut() = Some(Ended { end, states });
        }
    });
    let leave = Rc::clone(leave);
    main.outcome.on_complete(move |_| leave.set(true));
}

/// Runs turns until `leave` is set or nothing can go on.
fn drive(runtime: &Runtime, world: &World, leave: &Cell<bool>) -> Result<(), Stopped> {
    while !leave.get() {
        let progress = runtime.run_turn();
        if let Some(stopped) = world.stopped.get() {
            return Err(stopped);
        }
        if progress != Progress::Ready {
            break;
        }
    }
    Ok(())
}

/// Tasks and futures by name.
fn states(world: &World) -> BTreeMap<String, String> {
    let handles = world.handles.borrow();
    let states = handles.iter();
    states
        .map(|(name, handle)| (name.clone(), handle.state()))
        .collect()
}

/// Asks every task that has not ended. When the last has, `left` is set in the turn after the
/// next. False if there is none.
fn cancel_all(world: &World, left: &Rc<Cell<bool>>) -> bool {
    let tasks = world.tasks.borrow().clone();
    let pending: Vec<Handle> = tasks.into_iter().filter(|task| !task.is_done()).collect();
    for task in &pending {
        task.cancel();
    }
    let count = Rc::new(Cell::new(pending.len()));
    for task in &pending {
        let (count, left) = (Rc::clone(&count), Rc::clone(left));
        task.outcome.on_complete(move |_| {
            count.set(count.get() - 1);
            if count.get() == 0 {
                call_soon(move || left.set(true));
            }
        });
    }
    !pending.is_empty()
}
