//! A run of a demo, the same way everywhere.
//!
//! The engine in the browser and the command line both drive a [`Run`], so that the same demo,
//! parameters and seed give the same log. What differs is only who calls [`Run::step`]: a loop, or
//! the browser's event loop in slices.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use serde::Serialize;
use sha2::{Digest, Sha256};
use wakeline::log::{Kind, LineLevel, Log, Outcome, encode};
use wakeline::task::JoinHandle;
use wakeline::{Builder, Runtime};
use wakeline_protocol::{Clock, DemoSpec, Modes, Policy, Problem, RunSummary, TaskCounts, Values};

use crate::catalogue::{self, Demo, Surroundings};
use crate::outside::{NoOutside, Outside};

/// Nanoseconds since the run began, never going back.
pub type RealClock = Rc<dyn Fn() -> u64>;

/// Everything that a run depends on.
#[derive(Clone)]
pub struct RunSetup {
    /// The demo's slug.
    pub demo: String,
    /// Values of its parameters; what is missing has its default.
    pub values: Values,
    /// The seed of everything random.
    pub seed: u64,
    /// Which of the ready tasks goes next.
    pub policy: Policy,
    /// Whose time.
    pub clock: Clock,
    /// The machine's clock. Needed for [`Clock::Live`], not used otherwise.
    pub real_clock: Option<RealClock>,
    /// Where the companion server is, such as `http://127.0.0.1:8080`. Only live demos need it;
    /// it does not go into the log by itself.
    pub server: String,
    /// The network, workers and files. Only live runs use them.
    pub outside: Rc<dyn Outside>,
    /// The run ends with the outcome `limit` when its log has this many events.
    pub limit: u32,
}

/// The number of events at which a run ends, unless another is asked for: 28 MB of log.
const LIMIT: u32 = 1_000_000;

impl RunSetup {
    /// A demo as it is: default parameters, seed 0, first in first out, virtual clock, no network.
    #[must_use]
    pub fn of(demo: &str) -> Self {
        Self {
            demo: demo.to_owned(),
            values: Values::new(),
            seed: 0,
            policy: Policy::Fifo,
            clock: Clock::Virtual,
            real_clock: None,
            server: String::new(),
            outside: Rc::new(NoOutside),
            limit: LIMIT,
        }
    }
}

impl fmt::Debug for RunSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunSetup")
            .field("demo", &self.demo)
            .field("values", &self.values)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// Prepares a run. Nothing of it has happened yet: that takes [`Run::step`].
///
/// # Errors
/// Every problem with the setup at once: an unknown demo, what
/// [`DemoSpec::complete`](wakeline_protocol::DemoSpec::complete) finds, a demo that cannot run on
/// this clock, a server's address that is none.
pub fn prepare(setup: RunSetup) -> Result<Run, Vec<Problem>> {
    let demo = catalogue::find(&setup.demo).ok_or_else(|| vec![unknown_demo(&setup.demo)])?;
    let spec = demo.spec();
    let mut problems = Vec::new();
    if spec.modes == Modes::Live && setup.clock == Clock::Virtual {
        problems.push(Problem::new("live-only").with("demo", &spec.slug));
    }
    let needs_server = match spec.modes {
        Modes::Any => false,
        Modes::Live => true,
        Modes::Network => setup.clock == Clock::Live,
    };
    if needs_server && !is_http_address(&setup.server) {
        problems.push(Problem::of("server", "not-an-address").with("input", &setup.server));
    }
    if setup.clock == Clock::Live && setup.real_clock.is_none() {
        problems.push(Problem::new("no-clock"));
    }
    let policy = policy(&setup.policy).map_err(|problem| problems.push(problem));
    let values = spec.complete(&setup.values);
    let values = values.map_err(|more| problems.extend(more));
    if let Ok(values) = &values
        && setup.clock == Clock::Virtual
        && spec.modes == Modes::Any
        && spec.modes_with(values) == Modes::Live
    {
        problems.push(Problem::new("real-is-live"));
    }
    match (values, policy) {
        (Ok(values), Ok(policy)) if problems.is_empty() => {
            Ok(Run::new(demo, &spec, values, policy, setup))
        }
        _ => Err(problems),
    }
}

/// The policy as the runtime knows it.
fn policy(policy: &Policy) -> Result<wakeline::Policy, Problem> {
    policy
        .to_string()
        .parse()
        .map_err(|error: wakeline::ParsePolicyError| {
            // Choices are counted from 1 for people.
            let at = error.choices().map_or(1, |choices| choices.at() + 1);
            Problem::new("not-choices").with("at", at)
        })
}

/// The problem that there is no demo called `slug`.
fn unknown_demo(slug: &str) -> Problem {
    let known: Vec<&str> = catalogue::demos().iter().map(Demo::slug).collect();
    Problem::new("unknown-demo")
        .with("demo", slug)
        .with("known", known.join(", "))
}

/// Whether the text can be put before a path to make an address. What is behind it, the network
/// will tell.
fn is_http_address(text: &str) -> bool {
    let host = ["http://", "https://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    host.is_some_and(|host| {
        !host.is_empty()
            && !host.starts_with('/')
            && !host.contains(|c: char| c.is_whitespace() || "?#\\".contains(c))
    })
}

/// What a log says about the run it records. Nothing else that a run depends on may be in here,
/// and nothing that it does not depend on.
#[derive(Serialize)]
struct Meta<'a> {
    demo: &'a str,
    params: &'a Values,
    seed: String,
    policy: &'a Policy,
    clock: Clock,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do now.
    Ready,
    /// Nothing to do until this time, in nanoseconds since the run began, or until something
    /// outside happens. Only on the real clock.
    Waiting {
        /// The earliest deadline; `None` if only the outside can go on.
        until: Option<u64>,
    },
    /// It is over; [`Run::finish`] has the figures.
    Ended,
}

/// A run of a demo.
#[derive(Debug)]
pub struct Run {
    runtime: Runtime,
    main: JoinHandle<Result<(), String>>,
    ended: bool,
}

impl Run {
    fn new(
        demo: &'static Demo,
        spec: &DemoSpec,
        values: Values,
        policy: wakeline::Policy,
        setup: RunSetup,
    ) -> Self {
        let meta = Meta {
            demo: &spec.slug,
            params: &values,
            seed: setup.seed.to_string(),
            policy: &setup.policy,
            clock: setup.clock,
        };
        let meta = serde_json::to_string(&meta).expect("a struct of plain values has a JSON form");
        let clock = match (setup.clock, setup.real_clock) {
            (Clock::Live, Some(real)) => wakeline::Clock::Real(real),
            _ => wakeline::Clock::Virtual,
        };
        let runtime = Builder::new()
            .clock(clock)
            .policy(policy)
            .seed(setup.seed)
            .event_limit(setup.limit)
            .meta(meta)
            .build();
        let surroundings = match setup.clock {
            Clock::Live => Surroundings {
                outside: setup.outside,
                is_live: true,
                server: setup.server,
            },
            // Whatever is outside has no part in a virtual run.
            Clock::Virtual => Surroundings::simulated(),
        };
        let main = runtime.enter(|| {
            let program = (demo.main)(&values, surroundings);
            wakeline::task::Builder::new()
                .name("main")
                .spawn_fallible(program)
        });
        Self {
            runtime,
            main,
            ended: false,
        }
    }

    /// The runtime of the run: for its log, its clock and [`Runtime::on_ready`].
    #[must_use]
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Goes on for at most `polls` polls. The log does not depend on how a run is cut into steps.
    pub fn step(&mut self, polls: u32) -> Progress {
        for _ in 0..polls {
            if self.ended {
                return Progress::Ended;
            }
            // One at a time: a run is over at the very poll in which its main task ends.
            let progress = self.runtime.run_for(1);
            if self.main.is_finished() {
                self.end_with_main();
                return Progress::Ended;
            }
            match progress {
                wakeline::Progress::Ready => {}
                wakeline::Progress::Waiting { until } => {
                    return Progress::Waiting {
                        until: until.map(|instant| instant.as_nanos()),
                    };
                }
                wakeline::Progress::Stalled => {
                    let stalled = self.runtime.stalled().to_string();
                    self.end(Outcome::Deadlock, &stalled);
                }
                wakeline::Progress::Done => self.end(Outcome::Completed, ""),
                wakeline::Progress::Limit => self.end(Outcome::Limit, ""),
            }
        }
        if self.ended {
            Progress::Ended
        } else {
            Progress::Ready
        }
    }

    /// Ends the run now, with the outcome `stopped`. Does nothing if it is over.
    pub fn stop(&mut self) {
        self.end(Outcome::Stopped, "");
    }

    /// Ends the run, with the outcome `stopped` unless it is over, and gives its figures.
    pub fn finish(&mut self) -> RunSummary {
        self.stop();
        let log = self.runtime.log();
        let end = log.columns.iter_from(0).last();
        let (outcome, reason) = end.filter(|event| event.kind == Kind::RunEnded).map_or(
            (Outcome::Stopped, ""),
            |event| {
                let outcome = Outcome::from_code(event.flags).unwrap_or(Outcome::Stopped);
                (outcome, log.text(event.low()))
            },
        );
        let stats = self.runtime.stats();
        RunSummary {
            outcome: outcome.name().to_owned(),
            reason: reason.to_owned(),
            end_ns: end.map_or(0, |event| event.time),
            events: u32::try_from(log.len()).unwrap_or(u32::MAX),
            polls: u32::try_from(stats.polls).unwrap_or(u32::MAX),
            tasks: TaskCounts {
                created: stats.created,
                completed: stats.completed,
                failed: stats.failed,
                cancelled: stats.cancelled,
                dropped: stats.dropped,
            },
            // Of events that were let go, nobody can tell it.
            log_sha256: match log.columns.first() {
                0 => log_sha256(&log),
                _ => String::new(),
            },
        }
    }

    /// What the program has printed so far.
    #[must_use]
    pub fn output(&self) -> Vec<OutputLine> {
        let log = self.runtime.log();
        let lines = log
            .columns
            .iter_from(0)
            .filter(|event| event.kind == Kind::Line);
        lines
            .map(|event| OutputLine {
                time_ns: event.time,
                task: event.subject,
                level: LineLevel::from_code(event.flags).unwrap_or(LineLevel::Output),
                text: log.text(event.low()).to_owned(),
            })
            .collect()
    }

    fn end_with_main(&mut self) {
        // It is finished: its handle is ready at the first poll, whoever polls.
        let polled = Pin::new(&mut self.main).poll(&mut Context::from_waker(Waker::noop()));
        match polled {
            Poll::Ready(Ok(Ok(()))) | Poll::Pending => self.end(Outcome::Completed, ""),
            Poll::Ready(Ok(Err(reason))) => self.end(Outcome::Failed, &reason),
            Poll::Ready(Err(error)) => self.end(Outcome::Failed, &error.to_string()),
        }
    }

    fn end(&mut self, outcome: Outcome, reason: &str) {
        if !self.ended {
            self.ended = true;
            self.runtime.finish(outcome, reason);
        }
    }
}

/// A line that the program printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputLine {
    /// When, in nanoseconds since the run began.
    pub time_ns: u64,
    /// The task that printed it, 0 if none did.
    pub task: u32,
    /// Whether it is about trouble.
    pub level: LineLevel,
    /// The line.
    pub text: String,
}

/// How much of a log goes into its hash in one call, in bytes.
const HASHED_AT_ONCE: usize = 16 * 1024;

/// The SHA-256 of a log's binary form, in hexadecimal: the same log has the same one everywhere.
#[must_use]
pub fn log_sha256(log: &Log) -> String {
    let mut hasher = Sha256::new();
    // In pieces, because a browser replaces its first, slow translation of a function by a fast
    // one between two calls, and never within one.
    for piece in encode(log).chunks(HASHED_AT_ONCE) {
        hasher.update(piece);
    }
    let hash = hasher.finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
