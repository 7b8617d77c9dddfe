//! Jobs with priorities, dependencies, delays, limits and retries, and a scheduler for them.
//!
//! The scheduler is one task that owns every decision. It starts jobs as long as there is a free
//! place, the most urgent first and equals in the order of the list; then it waits until a job
//! ends or a moment comes at which another may start. A job that fails gives its place away while
//! it pauses before the next attempt. A graph in which jobs wait for each other in a circle could
//! never be worked off, and is refused before anything starts.

mod graph;

use std::fmt;
use std::time::Duration;

use wakeline::random::Random;
use wakeline::sync::mpsc::{Receiver, UnboundedSender, unbounded_channel};
use wakeline::task::{Builder, JoinHandle};
use wakeline::time::{Instant, now, sleep, timeout, timeout_at};
use wakeline::{eprintln, println, random};

use self::graph::Job;
use crate::parameters::parameters;

parameters! {
    /// What is to be done, and under which limits.
    pub struct Settings {
        /// The jobs: name, milliseconds, and what else holds for it.
        graph: String = "A 1000; B 500 high; C 500 critical at 2000; D 300 after A,B; \
                         E 0 fails; F 1000 limit 5000", 1_000;
        /// How many jobs may run at once.
        concurrency: usize = 3, 1..=50;
        /// How often a failed job is tried again, unless it says so itself.
        retries: u32 = 2, 0..=100;
        /// How long it pauses before.
        pause_ms: u64 = 500 ms, 0..=60_000;
        /// How long an attempt may take, unless the job says so itself; 0 for any time.
        limit_ms: u64 = 0 ms, 0..=60_000;
        /// How many attempts in a hundred fail.
        failure_rate: f64 = 0.0 percent, 0.0..=100.0;
        /// The job that is cancelled; empty for none.
        cancel: String = "", 40;
        /// When.
        cancel_ms: u64 = 700 ms, 0..=60_000;
    }
    presets {
        tutorial { concurrency = 3; retries = 2; pause_ms = 500; }
        one_place { concurrency = 1; }
        unlucky { failure_rate = 60.0; }
        too_slow { limit_ms = 700; }
        cancelled { cancel = "A"; }
        cycle { graph = "A 500; B 500 after A,D; C 500 after B; D 500 after C"; }
    }
}

/// Reads the graph and works it off.
pub async fn main(settings: Settings) -> Result<(), String> {
    let jobs = graph::read(&settings.graph)?;
    let to_cancel = jobs.iter().position(|job| job.name == settings.cancel);
    if to_cancel.is_none() && !settings.cancel.is_empty() {
        return Err(format!(
            "{} cannot be cancelled: it is no job",
            settings.cancel
        ));
    }
    let start = now();
    let (ended, mut inbox) = unbounded_channel();
    let mut scheduler = Scheduler {
        start,
        ended,
        entries: jobs.into_iter().map(Entry::new).collect(),
        cancel: to_cancel.map(|job| (job, start + Duration::from_millis(settings.cancel_ms))),
        settings,
        attempts: 0,
        most: 0,
    };
    scheduler.run(&mut inbox).await;
    scheduler.report();
    Ok(())
}

/// What can be wrong with an attempt.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Failed,
    TimedOut,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed => "it had no luck",
            Self::TimedOut => "out of time",
        })
    }
}

/// Where a job stands.
enum State {
    /// It may start from this moment on, if all else is well.
    Waiting(Instant),
    Running(JoinHandle<Result<(), Fault>>),
    Completed,
    Faulty(Fault),
    Cancelled,
    /// It depends on a job that was not completed.
    Skipped,
}

/// A job and what was done for it.
struct Entry {
    job: Job,
    state: State,
    attempts: u32,
    random: Random,
}

impl Entry {
    fn new(job: Job) -> Self {
        Self {
            state: State::Waiting(now() + job.not_before),
            attempts: 0,
            random: random::stream(&format!("job {}", job.name)),
            job,
        }
    }

    fn has_ended(&self) -> bool {
        !matches!(self.state, State::Waiting(_) | State::Running(_))
    }
}

struct Scheduler {
    settings: Settings,
    start: Instant,
    entries: Vec<Entry>,
    /// Whom to cancel, and when.
    cancel: Option<(usize, Instant)>,
    /// For each attempt that has ended, the number of its job.
    ended: UnboundedSender<usize>,
    attempts: u32,
    most: usize,
}

impl Scheduler {
    async fn run(&mut self, inbox: &mut Receiver<usize>) {
        loop {
            self.cancel_if_due().await;
            self.skip();
            while self.running() < self.settings.concurrency {
                let Some(next) = self.next() else { break };
                self.begin(next);
            }
            if self.entries.iter().all(Entry::has_ended) {
                return;
            }
            let ended = match self.next_moment() {
                Some(moment) => timeout_at(moment, inbox.recv()).await.ok().flatten(),
                None => inbox.recv().await,
            };
            if let Some(number) = ended {
                self.end(number).await;
            }
        }
    }

    fn running(&self) -> usize {
        let states = self.entries.iter().map(|entry| &entry.state);
        states
            .filter(|state| matches!(state, State::Running(_)))
            .count()
    }

    /// The most urgent job that may start now. Of equals, the first in the list.
    fn next(&self) -> Option<usize> {
        let mut best: Option<usize> = None;
        for (number, entry) in self.entries.iter().enumerate() {
            let State::Waiting(from) = entry.state else {
                continue;
            };
            let is_free = entry
                .job
                .after
                .iter()
                .all(|job| matches!(self.entries[*job].state, State::Completed));
            let is_more_urgent =
                best.is_none_or(|best| entry.job.priority > self.entries[best].job.priority);
            if from <= now() && is_free && is_more_urgent {
                best = Some(number);
            }
        }
        best
    }

    /// The next moment at which something may be done though no job has ended.
    fn next_moment(&self) -> Option<Instant> {
        let waiting = self.entries.iter().filter_map(|entry| match entry.state {
            State::Waiting(from) if from > now() => Some(from),
            _ => None,
        });
        waiting.chain(self.cancel.map(|(_, moment)| moment)).min()
    }

    /// Starts an attempt.
    fn begin(&mut self, number: usize) {
        let entry = &mut self.entries[number];
        entry.attempts += 1;
        self.attempts += 1;
        let name = format!("{} {}", entry.job.name, entry.attempts);
        println!("{name}: begins at {} ms", (now() - self.start).as_millis());
        let limit = entry.job.limit.or(match self.settings.limit_ms {
            0 => None,
            limit => Some(Duration::from_millis(limit)),
        });
        let has_bad_luck = entry.random.chance(self.settings.failure_rate / 100.0);
        let fails = entry.job.fails || has_bad_luck;
        let work = sleep(entry.job.length);
        let ended = self.ended.clone();
        let task = Builder::new().name(name).spawn_fallible(async move {
            let in_time = match limit {
                Some(limit) => timeout(limit, work).await.is_ok(),
                None => {
                    work.await;
                    true
                }
            };
            // The scheduler is there as long as a job runs.
            let _ = ended.send(number);
            match (in_time, fails) {
                (false, _) => Err(Fault::TimedOut),
                (true, true) => Err(Fault::Failed),
                (true, false) => Ok(()),
            }
        });
        entry.state = State::Running(task);
        self.most = self.most.max(self.running());
    }

    /// An attempt has ended.
    async fn end(&mut self, number: usize) {
        let entry = &mut self.entries[number];
        let name = &entry.job.name;
        let State::Running(task) = &mut entry.state else {
            // It was cancelled at the very moment at which it ended.
            return;
        };
        let retries = entry.job.retries.unwrap_or(self.settings.retries);
        entry.state = match task.await.unwrap_or(Err(Fault::Failed)) {
            Ok(()) => State::Completed,
            Err(_) if entry.attempts <= retries => {
                let pause = Duration::from_millis(self.settings.pause_ms);
                println!("{name}: tries again in {} ms", pause.as_millis());
                State::Waiting(now() + pause)
            }
            Err(fault) => State::Faulty(fault),
        };
    }

    async fn cancel_if_due(&mut self) {
        let due = self.cancel.take_if(|(_, moment)| *moment <= now());
        let Some((number, _)) = due else { return };
        let entry = &mut self.entries[number];
        if entry.has_ended() {
            return println!("{}: too late to cancel it", entry.job.name);
        }
        println!("{}: is cancelled", entry.job.name);
        let before = std::mem::replace(&mut entry.state, State::Cancelled);
        if let State::Running(task) = before {
            task.abort();
            // Cancelled, or done at the very last moment.
            let _ = task.await;
        }
    }

    /// Gives up what can never start, and what depends on that, and so on.
    fn skip(&mut self) {
        let is_lost = |entry: &Entry| entry.has_ended() && !matches!(entry.state, State::Completed);
        while let Some(number) = self.entries.iter().position(|entry| {
            let mut after = entry.job.after.iter();
            !entry.has_ended() && after.any(|job| is_lost(&self.entries[*job]))
        }) {
            self.entries[number].state = State::Skipped;
        }
    }

    fn report(&self) {
        let mut counts = [0; 5];
        for entry in &self.entries {
            let (place, how) = match &entry.state {
                State::Completed => (0, "completed"),
                State::Faulty(Fault::Failed) => (1, "failed"),
                State::Faulty(Fault::TimedOut) => (2, "timed out"),
                State::Cancelled => (3, "was cancelled"),
                State::Skipped => (4, "was skipped"),
                State::Waiting(_) | State::Running(_) => continue,
            };
            counts[place] += 1;
            let line = format!("{}: {how}, attempts: {}", entry.job.name, entry.attempts);
            match place {
                0 => println!("{line}"),
                _ => eprintln!("{line}"),
            }
        }
        let [completed, failed, timed_out, cancelled, skipped] = counts;
        println!(
            "{completed} completed, {failed} failed, {timed_out} timed out, \
             {cancelled} cancelled, {skipped} skipped"
        );
        println!("{} attempts, at most {} at once", self.attempts, self.most);
    }
}
