//! A log that came from a file, shown in the place of a run.
//!
//! The runs of the engine go on behind it, and the reader comes back to where they were.

use std::ops::Range;

use wakeline_protocol::{Clock, Policy, RunSummary, TaskCounts, Values};
use wakeline_timeline::log::{Kind, Outcome};
use wakeline_timeline::{Model, Pieces};

use super::look::Look;
use super::newest::Limit;
use super::run::{Phase, Run, RunPlan};
use crate::find::find;
use crate::model::ModelHandle;

/// The size in bytes from which on a file is not read: its events would not fit into the memory
/// that a page may use on a phone.
pub const LARGEST: f64 = 128.0 * 1024.0 * 1024.0;

/// A log that was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedFile {
    /// What the file is called.
    pub name: String,
    /// Where it is on the page's server, if it came from there: the link names it.
    pub address: Option<String>,
    /// What is in it.
    pub run: Run,
    /// Where the reader was before.
    back: Look,
}

/// Why a file was not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reason: the end of a key of the phrase table.
    pub code: &'static str,
    /// The byte at which reading failed.
    pub at: usize,
}

/// A log on its way from a file into a model: a long one never lies beside its model as a whole,
/// and the page goes on between two parts.
#[derive(Debug)]
pub struct Reading {
    model: Model,
    pieces: Pieces,
    length: usize,
}

impl Reading {
    /// Begins with a file of so many bytes.
    #[must_use]
    pub fn begin(length: usize) -> Box<Self> {
        Box::new(Self {
            model: Model::new(),
            pieces: Pieces::new(length),
            length,
        })
    }

    /// The parts of the file that are to be given next.
    #[must_use]
    pub fn wanted(&self) -> Vec<Range<usize>> {
        self.pieces.wanted()
    }

    /// How much was taken in, in hundredths.
    #[must_use]
    pub fn share(&self) -> u32 {
        let share = self.pieces.position() as f64 / self.length.max(1) as f64;
        (share * 100.0) as u32
    }

    /// Takes in the parts that were wanted, and goes on until all of the file was.
    ///
    /// # Errors
    /// If it is not a whole log in the binary form.
    pub fn give(mut self: Box<Self>, parts: &[Vec<u8>]) -> Result<Progress, Refusal> {
        if let Err(error) = self.pieces.give(&mut self.model, parts) {
            return Err(Refusal {
                code: error.code(),
                at: error.offset(),
            });
        }
        match (self.pieces.is_over(), self.model.is_complete()) {
            (false, _) => Ok(Progress::Reading(self)),
            (true, true) => Ok(Progress::Read(ModelHandle::new(self.model))),
            (true, false) => Err(Refusal {
                code: "no-end",
                at: self.length,
            }),
        }
    }
}

/// How far a log is.
#[derive(Debug)]
pub enum Progress {
    /// More parts are wanted.
    Reading(Box<Reading>),
    /// All of it was taken in.
    Read(ModelHandle),
}

impl OpenedFile {
    /// A log that was read, with a number that no other run on the page has. `look` is where the
    /// reader is now.
    #[must_use]
    pub fn new(
        name: String,
        address: Option<String>,
        model: ModelHandle,
        number: u32,
        look: &Look,
    ) -> Self {
        let run = {
            let read = model.read();
            Run {
                number,
                plan: plan(&read.log().meta),
                phase: phase(&read),
                model: model.clone(),
                late: false,
                letting_go: None,
                crowded: false,
            }
        };
        Self {
            name,
            address,
            run,
            back: *look,
        }
    }

    /// Puts the reader back to where they were before the file was opened.
    pub(super) fn restore(&self, look: &mut Look) {
        *look = Look {
            playhead: self.back.playhead,
            selection: self.back.selection,
            bookmarks: self.back.bookmarks,
            // It is about the axis of that time.
            range: self.back.range.filter(|_| look.axis == self.back.axis),
            ..*look
        };
    }

    /// Another file takes the place of this one: the way back is the same.
    pub(super) fn replaced_by(&self, next: &mut Self) {
        next.back = self.back;
    }
}

/// What the log says of its program. Only the demo matters: its source can be shown.
fn plan(meta: &str) -> RunPlan {
    const NAME: &str = "\"demo\":\"";
    let demo = find(meta, NAME).map_or("", |at| &meta[at + NAME.len()..]);
    RunPlan {
        demo: demo.split('"').next().unwrap_or_default().to_owned(),
        params: Values::new(),
        seed: 0,
        policy: Policy::default(),
        clock: Clock::Live,
        server: String::new(),
        limit: Limit::default(),
    }
}

/// How the run ended, as its last event tells, with the figures counted.
fn phase(model: &Model) -> Phase {
    let (columns, tip) = (&model.log().columns, model.tip());
    let last = columns.len().checked_sub(1).and_then(|at| columns.get(at));
    let Some(end) = last.filter(|event| event.kind == Kind::RunEnded) else {
        return Phase::CutOff;
    };
    let outcome = Outcome::from_code(end.flags).map_or("unknown", Outcome::name);
    let counts = tip.counts();
    // A log has fewer events than 32 bits count.
    let number = |count: usize| count as u32;
    Phase::Ended(RunSummary {
        outcome: outcome.to_owned(),
        reason: model.log().text(end.low()).to_owned(),
        end_ns: end.time,
        events: number(columns.len()),
        polls: tip.polls() as u32,
        tasks: TaskCounts {
            created: number(counts.created),
            completed: number(counts.completed),
            failed: number(counts.failed),
            cancelled: number(counts.cancelled),
            dropped: number(counts.dropped),
        },
        // Not known without hashing the whole of it; it is shown for runs, to be compared.
        log_sha256: String::new(),
    })
}
