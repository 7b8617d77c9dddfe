//! Rounds in turns, and the table that comes of them.

use std::io::Write;
use std::time::{Duration, Instant};

/// One workload, and everybody who does it.
pub struct Workload {
    pub name: &'static str,
    /// What one operation is.
    pub operation: &'static str,
    pub sizes: &'static [usize],
    /// The first is Wakeline; the others are compared to it.
    pub subjects: Vec<Subject>,
}

pub struct Subject {
    pub name: &'static str,
    pub run: Run,
}

/// Does `passes` passes over `size` operations in one fresh executor; the time of the last pass
/// over the operations in it. The passes before it warm what can be warmed.
pub type Run = fn(size: usize, passes: usize) -> Cost;

#[derive(Clone, Copy)]
pub struct Cost {
    pub elapsed: Duration,
    pub operations: usize,
}

impl Cost {
    #[must_use]
    pub fn nanos(self) -> f64 {
        self.elapsed.as_nanos() as f64 / self.operations as f64
    }
}

/// Times one pass of so many operations.
pub struct Stopwatch(Instant);

impl Stopwatch {
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    #[must_use]
    pub fn stop(self, operations: usize) -> Cost {
        Cost {
            elapsed: self.0.elapsed(),
            operations,
        }
    }
}

pub struct Settings {
    pub rounds: usize,
    pub largest: usize,
    pub filter: String,
}

/// Runs and prints everything that the filter lets through.
pub fn run(workloads: &[Workload], settings: &Settings) {
    for workload in workloads {
        for &size in workload.sizes {
            // A workload of one size has no smaller one.
            if size <= settings.largest || workload.sizes.len() == 1 {
                measure(workload, size, settings);
            }
        }
    }
}

fn measure(workload: &Workload, size: usize, settings: &Settings) {
    let title = format!("{} at {size}", workload.name);
    let chosen: Vec<&Subject> = if title.contains(&settings.filter) {
        workload.subjects.iter().collect()
    } else {
        return;
    };
    // A small size is over before the machine has settled: more passes, and the last counts.
    let passes = if size <= 10_000 { 20 } else { 2 };
    let mut taken: Vec<Vec<f64>> = vec![Vec::new(); chosen.len()];
    for round in 0..settings.rounds {
        for place in 0..chosen.len() {
            // Another one begins each round, so that nobody always runs in another's wake.
            let which = (place + round) % chosen.len();
            taken[which].push((chosen[which].run)(size, passes).nanos());
        }
    }
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "\n{title} (ns per {})", workload.operation);
    let _ = writeln!(
        out,
        "  {:<34} {:>9} {:>9} {:>8}",
        "", "minimum", "median", "ratio"
    );
    let mut ours = 0.0;
    for (subject, times) in chosen.iter().zip(&mut taken) {
        times.sort_by(f64::total_cmp);
        let (least, median) = (times[0], times[times.len() / 2]);
        if ours == 0.0 {
            ours = least;
        }
        let _ = writeln!(
            out,
            "  {:<34} {least:>9.1} {median:>9.1} {:>8.2}",
            subject.name,
            least / ours
        );
    }
}

/// Runs one subject of one workload alone: for a profiler that counts.
///
/// # Errors
/// If there is no such workload or subject.
pub fn run_one(
    workloads: &[Workload],
    workload: &str,
    subject: &str,
    size: usize,
    passes: usize,
) -> Result<Cost, String> {
    let found = workloads
        .iter()
        .find(|candidate| candidate.name == workload)
        .ok_or_else(|| format!("no workload “{workload}”"))?;
    let subject = found
        .subjects
        .iter()
        .find(|candidate| candidate.name == subject)
        .ok_or_else(|| format!("nobody called “{subject}” does “{workload}”"))?;
    Ok((subject.run)(size, passes))
}

/// One row a subject: `subjects![Quiet => "name", …; function]` names the generic function for
/// each.
#[macro_export]
macro_rules! subjects {
    ($function:ident; $($executor:ty => $name:expr),* $(,)?) => {
        vec![$($crate::harness::Subject { name: $name, run: $function::<$executor> }),*]
    };
}
