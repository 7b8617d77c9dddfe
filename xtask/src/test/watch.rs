//! Running a step: progress while it runs, its output if it fails.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::outcome::{Outcome, seconds};
use super::steps::{Commands, Plan, Step};
use crate::program::Shown;

/// How often a terminal sees that time passes.
const TICK: Duration = Duration::from_millis(500);

/// How often a log file sees it.
const LOG_TICK: Duration = Duration::from_secs(30);

/// How long to wait for output after a command has ended: something that it left running may hold
/// the pipe open for ever.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Runs a step and says how it ended.
///
/// # Errors
/// If its log cannot be written.
pub(super) fn run(step: &Step, plan: &Plan<'_>, log: &Path, verbose: bool) -> Result<Outcome> {
    let mut progress = Progress::begin(step.name, verbose);
    let outcome = match (step.commands)(plan)? {
        Commands::Skip(reason) => Outcome::Skipped(reason),
        Commands::Run(commands) => {
            let file =
                File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
            let mut record = Record {
                lines: Vec::new(),
                file,
                tests: 0,
            };
            let failure = run_all(commands, &mut record, &mut progress)?;
            let time = progress.start.elapsed();
            let failure = failure.or_else(|| {
                let idle = step.runs_tests && record.tests == 0;
                idle.then(|| "it ran no test".to_owned())
            });
            match failure {
                Some(reason) => {
                    progress.show_output(&record.lines);
                    Outcome::Failed { time, reason }
                }
                None => Outcome::Passed {
                    time,
                    tests: step.runs_tests.then_some(record.tests),
                },
            }
        }
    };
    progress.end(&outcome);
    Ok(outcome)
}

/// What a step printed.
struct Record {
    lines: Vec<String>,
    file: File,
    tests: u64,
}

impl Record {
    fn add(&mut self, line: String) -> io::Result<()> {
        writeln!(self.file, "{line}")?;
        self.tests += passed_tests(&line);
        self.lines.push(line);
        Ok(())
    }
}

/// The number of tests in a line such as `test result: ok. 7 passed; 0 failed; …`.
fn passed_tests(line: &str) -> u64 {
    let count = || {
        let (_, rest) = line.split_once("test result: ")?;
        let (before, _) = rest.split_once(" passed")?;
        before.rsplit(' ').next()?.parse().ok()
    };
    count().unwrap_or(0)
}

/// Runs the commands until one fails; returns what failed.
fn run_all(
    commands: Vec<Command>,
    record: &mut Record,
    progress: &mut Progress,
) -> Result<Option<String>> {
    for mut command in commands {
        let shown = Shown(&command).to_string();
        record.add(format!("$ {shown}"))?;
        progress.line(&format!("$ {shown}"));
        let (mut child, lines) = match start(&mut command) {
            Ok(started) => started,
            Err(error) => return Ok(Some(format!("cannot start {shown}: {error}"))),
        };
        // The command holds the pipe's end for writing, which must close with the child.
        drop(command);
        let status = follow(&mut child, &lines, record, progress)?;
        if !status.success() {
            return Ok(Some(format!("{shown}: {status}")));
        }
    }
    Ok(None)
}

fn start(command: &mut Command) -> io::Result<(std::process::Child, Receiver<String>)> {
    let (reader, writer) = io::pipe()?;
    let child = command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .spawn()?;
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut bytes = Vec::new();
        while reader
            .read_until(b'\n', &mut bytes)
            .is_ok_and(|count| count > 0)
        {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    Ok((child, lines))
}

fn follow(
    child: &mut std::process::Child,
    lines: &Receiver<String>,
    record: &mut Record,
    progress: &mut Progress,
) -> Result<ExitStatus> {
    let mut ended = None;
    loop {
        let patience = if ended.is_some() { LAST_WORDS } else { TICK };
        match lines.recv_timeout(patience) {
            Ok(line) => {
                progress.line(&line);
                record.add(line)?;
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Some(status) = ended {
                    return Ok(status);
                }
                ended = child.try_wait()?;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(child.wait()?),
        }
        progress.tick();
    }
}

/// What is shown while a step runs: every line, or one line that is rewritten, or now and then a
/// line for a log file.
struct Progress {
    name: &'static str,
    start: Instant,
    shown: Instant,
    last: String,
    verbose: bool,
    terminal: bool,
}

impl Progress {
    fn begin(name: &'static str, verbose: bool) -> Self {
        let terminal = io::stdout().is_terminal();
        if verbose || !terminal {
            println!("{name} …");
        }
        let start = Instant::now();
        Self {
            name,
            start,
            shown: start,
            last: String::new(),
            verbose,
            terminal,
        }
    }

    fn line(&mut self, line: &str) {
        if self.verbose {
            println!("{line}");
        } else if !line.trim().is_empty() {
            line.trim().clone_into(&mut self.last);
        }
    }

    fn tick(&mut self) {
        let period = if self.terminal { TICK } else { LOG_TICK };
        if self.verbose || self.shown.elapsed() < period {
            return;
        }
        self.shown = Instant::now();
        let time = seconds(self.start.elapsed());
        if self.terminal {
            // One line of an ordinary window, so that it can be rewritten.
            let last: String = self.last.chars().take(50).collect();
            print!("\r\x1b[2K{:<12} {time}  {last}", self.name);
            let _ = io::stdout().flush();
        } else {
            println!("  {time}  {}", self.last);
        }
    }

    fn show_output(&self, lines: &[String]) {
        if self.verbose {
            return;
        }
        self.wipe();
        println!("----- {} printed:", self.name);
        for line in lines {
            println!("{line}");
        }
        println!("-----");
    }

    fn wipe(&self) {
        if self.terminal && !self.verbose {
            print!("\r\x1b[2K");
        }
    }

    fn end(&self, outcome: &Outcome) {
        self.wipe();
        println!("{:<12} {}", self.name, outcome.line());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program;

    fn record(folder: &Path) -> Record {
        Record {
            lines: Vec::new(),
            file: File::create(folder.join("log")).unwrap(),
            tests: 0,
        }
    }

    #[test]
    fn tests_are_counted_in_what_test_programs_print() {
        let line = "test result: ok. 12 passed; 0 failed; 0 ignored; finished in 0.01s";
        assert_eq!(passed_tests(line), 12);
        assert_eq!(passed_tests("test result: FAILED. 3 passed; 1 failed"), 3);
        assert_eq!(passed_tests("I passed 3 tests"), 0);
    }

    #[test]
    fn the_first_failing_command_ends_the_step_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let cargo = |argument: &str| {
            let mut command = program::cargo();
            command.arg(argument);
            command
        };
        let commands = vec![cargo("--version"), cargo("--no-such-flag"), cargo("--list")];
        let mut record = record(folder.path());
        let mut progress = Progress::begin("sample", false);
        let failure = run_all(commands, &mut record, &mut progress)
            .unwrap()
            .unwrap();
        assert!(failure.contains("--no-such-flag"), "{failure}");
        let text = record.lines.join("\n");
        assert!(text.contains("cargo 1."), "{text}");
        assert!(!text.contains("--list"), "{text}");
    }

    #[test]
    fn a_command_that_cannot_start_is_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let commands = vec![Command::new("/no/such/program")];
        let mut progress = Progress::begin("sample", false);
        let failure = run_all(commands, &mut record(folder.path()), &mut progress).unwrap();
        assert!(failure.unwrap().contains("cannot start"));
    }
}
