//! `cargo xtask test`: every check of the project, one after another.

mod outcome;
mod steps;
mod watch;

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use self::outcome::{Outcome, Report};
use self::steps::{Plan, STEPS, Step};
use crate::tools::{self, Browser};
use crate::workspace::Workspace;

/// Run every check: formatting, lints, native, browser and end-to-end tests.
///
/// Prints each step with its time, the whole output of a step that fails, and at the end how many
/// steps passed and failed. The status is 0 only if none failed. What every step printed is kept
/// in target/xtask/logs.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Run only this step; can be given several times
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Do not run this step; can be given several times
    #[arg(long, value_name = "STEP")]
    skip: Vec<String>,
    /// Run the remaining steps after one has failed
    #[arg(long)]
    keep_going: bool,
    /// Also run the step `miri`: the runtime's tests under Miri, which looks for undefined
    /// behaviour; needs the nightly toolchain with Miri and takes long
    #[arg(long)]
    miri: bool,
    /// Show what the steps print as they print it
    #[arg(long, short)]
    verbose: bool,
    /// Print the names of the steps and what they do
    #[arg(long)]
    list: bool,
}

/// Runs the steps.
///
/// # Errors
/// If a step's name is unknown, or a tool is missing and cannot be installed.
pub(crate) fn test(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    if options.list {
        for step in STEPS {
            println!("{:<12} {}", step.name, step.what);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let steps = chosen(options)?;
    let needs: Vec<_> = steps.iter().flat_map(|step| step.needs).copied().collect();
    let plan = Plan {
        workspace,
        tools: tools::ensure(workspace, &needs)?,
    };
    let logs = workspace.state().join("logs");
    fs::create_dir_all(&logs).with_context(|| format!("cannot create {}", logs.display()))?;

    let start = Instant::now();
    let mut report = Report::default();
    let mut failed = false;
    for step in steps {
        let outcome = if failed && !options.keep_going {
            Outcome::NotRun
        } else {
            let log = logs.join(format!("{}.log", step.name));
            watch::run(step, &plan, &log, options.verbose)?
        };
        failed |= matches!(outcome, Outcome::Failed { .. });
        report.add(step.name, outcome);
    }
    print!("{}", report.summary(start.elapsed()));
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn chosen(options: &Options) -> Result<Vec<&'static Step>> {
    let named: BTreeSet<&str> = options
        .only
        .iter()
        .chain(&options.skip)
        .map(String::as_str)
        .collect();
    for name in named {
        if !STEPS.iter().any(|step| step.name == name) {
            let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
            bail!(
                "there is no step {name}; the steps are {}",
                names.join(", ")
            );
        }
    }
    let is_in = |names: &[String], step: &Step| names.iter().any(|name| name == step.name);
    let steps = STEPS.iter().filter(|step| {
        let asked_for = if step.on_request {
            is_in(&options.only, step) || options.miri
        } else {
            options.only.is_empty() || is_in(&options.only, step)
        };
        asked_for && !is_in(&options.skip, step)
    });
    Ok(steps.collect())
}

/// Tells the end-to-end tests what to test, and with which browser.
pub(crate) fn environment(command: &mut Command, workspace: &Workspace, browser: &Browser) {
    command
        .env("WAKELINE_SITE", workspace.site())
        .env("WAKELINE_PROGRAM", workspace.wakeline())
        .env("CHROME", browser.program())
        .env("CHROMEDRIVER", browser.driver());
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn names(arguments: &[&str]) -> Result<Vec<&'static str>> {
        let line = Line::try_parse_from([&["test"], arguments].concat()).unwrap();
        Ok(chosen(&line.options)?
            .iter()
            .map(|step| step.name)
            .collect())
    }

    #[test]
    fn steps_are_chosen_by_name() {
        let all = names(&[]).unwrap();
        assert!(all.contains(&"native") && all.contains(&"e2e") && !all.contains(&"miri"));
        assert_eq!(
            names(&["--only", "e2e", "--only", "build"]).unwrap(),
            ["build", "e2e"]
        );
        assert_eq!(names(&["--only", "miri"]).unwrap(), ["miri"]);
        let without = names(&["--skip", "e2e", "--miri"]).unwrap();
        assert_eq!(without.len(), all.len());
        assert!(without.contains(&"miri") && !without.contains(&"e2e"));
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_known_ones() {
        let message = names(&["--skip", "lunch"]).unwrap_err().to_string();
        assert!(
            message.contains("lunch") && message.contains("e2e"),
            "{message}"
        );
    }
}
