//! How steps ended, and what is printed about it.

use std::fmt::Write as _;
use std::time::Duration;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// As it should.
    Passed {
        /// How long it took.
        time: Duration,
        /// How many tests it ran, if it runs tests.
        tests: Option<u64>,
    },
    /// Not as it should.
    Failed {
        /// How long it took.
        time: Duration,
        /// Why, in a few words.
        reason: String,
    },
    /// It cannot be run on this machine, and why.
    Skipped(String),
    /// A step before it failed.
    NotRun,
}

impl Outcome {
    /// One line about it.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Passed { time, tests: None } => format!("passed   {}", seconds(*time)),
            Self::Passed {
                time,
                tests: Some(tests),
            } => format!("passed   {}  {tests} tests", seconds(*time)),
            Self::Failed { time, reason } => format!("FAILED   {}  {reason}", seconds(*time)),
            Self::Skipped(reason) => format!("skipped  {reason}"),
            Self::NotRun => "not run".to_owned(),
        }
    }
}

/// A time as people read it.
pub(super) fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:>5.1} s", time.as_secs_f64()),
        total => format!("{:>2}:{:02} m", total / 60, total % 60),
    }
}

/// How all steps ended.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<(&'static str, Outcome)>);

impl Report {
    /// Notes a step.
    pub(super) fn add(&mut self, name: &'static str, outcome: Outcome) {
        self.0.push((name, outcome));
    }

    /// A line for each step, and last how many passed and failed.
    pub(super) fn summary(&self, time: Duration) -> String {
        let count = |matches: fn(&Outcome) -> bool| {
            self.0
                .iter()
                .filter(|(_, outcome)| matches(outcome))
                .count()
        };
        let mut text = format!("\nAll steps, in {}:\n", seconds(time).trim_start());
        for (name, outcome) in &self.0 {
            let _ = writeln!(text, "  {name:<12} {}", outcome.line());
        }
        let passed = count(|outcome| matches!(outcome, Outcome::Passed { .. }));
        let failed = count(|outcome| matches!(outcome, Outcome::Failed { .. }));
        let _ = write!(text, "{passed} passed, {failed} failed");
        for (number, word) in [
            (
                count(|outcome| matches!(outcome, Outcome::Skipped(_))),
                "skipped",
            ),
            (
                count(|outcome| matches!(outcome, Outcome::NotRun)),
                "not run",
            ),
        ] {
            if number > 0 {
                let _ = write!(text, ", {number} {word}");
            }
        }
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts_the_steps() {
        let mut report = Report::default();
        let time = Duration::from_millis(1234);
        report.add("format", Outcome::Passed { time, tests: None });
        let tests = Some(7);
        report.add("native", Outcome::Passed { time, tests });
        let text = report.summary(Duration::from_secs(75));
        assert!(text.ends_with("\n2 passed, 0 failed\n"), "{text}");
        assert!(
            text.contains("native       passed     1.2 s  7 tests"),
            "{text}"
        );
        assert!(text.contains("in 1:15 m"), "{text}");

        let reason = "status 1".to_owned();
        report.add("browser", Outcome::Failed { time, reason });
        report.add("miri", Outcome::Skipped("no Miri".to_owned()));
        report.add("e2e", Outcome::NotRun);
        let text = report.summary(time);
        assert!(
            text.ends_with("\n2 passed, 1 failed, 1 skipped, 1 not run\n"),
            "{text}"
        );
    }
}
