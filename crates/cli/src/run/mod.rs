//! `wakeline run`: a demo from its beginning to its end, without a browser.

mod drive;
mod lines;
mod log_file;
mod report;
mod setup;

use std::io;
use std::process::ExitCode;
use std::rc::Rc;

use wakeline::log::Log;
use wakeline_demos::outside::{NoOutside, Outside};
use wakeline_demos::{RealClock, RunSetup, prepare};
use wakeline_phrases::Language;
use wakeline_protocol::{Clock, Problem};

use crate::arguments::Run;
use crate::background::Background;
use crate::console::{complain, out};
use crate::{FAILED, INTERRUPTED, USAGE, mistakes};
use lines::Lines;
use log_file::LogFile;
use report::Report;
use setup::Choice;

pub(crate) use log_file::Place;
pub(crate) use setup::unknown_demo;

/// Why there is no run, or no result of one.
pub(crate) enum Refusal {
    /// What was asked for makes no sense.
    Problems(Vec<Problem>),
    /// Something else is in the way; a message.
    Obstacle(String),
}

/// Runs a demo and tells what came of it.
pub(crate) fn run(options: &Run, language: Language) -> ExitCode {
    let status = try_run(options, language);
    status.unwrap_or_else(|refusal| refusal.tell(language))
}

impl Refusal {
    /// Says why, and gives the status that the command ends with.
    pub(crate) fn tell(self, language: Language) -> ExitCode {
        match self {
            Self::Problems(problems) => {
                for problem in &problems {
                    complain(&mistakes::say(problem, language));
                }
                ExitCode::from(USAGE)
            }
            Self::Obstacle(message) => {
                complain(&message);
                ExitCode::from(FAILED)
            }
        }
    }
}

/// The log of a run of which nothing else is told.
pub(crate) fn log_of(options: &Run, language: Language) -> Result<Log, Refusal> {
    let choice = setup::choose(options).map_err(Refusal::Problems)?;
    let background = Background::start().map_err(|error| Refusal::Obstacle(error.to_string()))?;
    let clock = drive::machine_clock();
    let setup = set_up(&choice, &background, &clock, language)?;
    let mut run = prepare(setup).map_err(Refusal::Problems)?;
    drive::drive(&mut run, &clock, &background, |_| {});
    run.finish();
    let log = run.runtime().log().clone();
    // Sockets that it left open are closed with the run.
    drop(run);
    background.end();
    Ok(log)
}

fn try_run(options: &Run, language: Language) -> Result<ExitCode, Refusal> {
    let choice = setup::choose(options).map_err(Refusal::Problems)?;
    // Before the run, so that nobody waits for a log that cannot be kept.
    let cannot_write = |error: io::Error| cannot_write(options, &error, language);
    let log_file = options.log.as_deref().map(LogFile::create).transpose();
    let log_file = log_file.map_err(cannot_write)?;
    let background = Background::start().map_err(|error| Refusal::Obstacle(error.to_string()))?;
    let clock = drive::machine_clock();
    let setup = set_up(&choice, &background, &clock, language)?;
    let mut run = prepare(setup).map_err(Refusal::Problems)?;

    let mut lines = Lines::new(!options.json);
    drive::drive(&mut run, &clock, &background, |run| lines.print_new(run));
    let summary = run.finish();

    out(&match options.json {
        true => Report::new(&run, &summary, &choice).to_json(),
        false => report::summary(&summary, choice.clock, language),
    });
    if let Some(file) = log_file {
        file.keep(&run.runtime().log()).map_err(cannot_write)?;
    }
    // Sockets that it left open are closed with the run.
    drop(run);
    background.end();
    Ok(ExitCode::from(match &*summary.outcome {
        "completed" => 0,
        "stopped" => INTERRUPTED,
        _ => FAILED,
    }))
}

fn cannot_write(options: &Run, error: &io::Error, language: Language) -> Refusal {
    let path = options.log.iter().map(|path| path.display().to_string());
    let (path, reason) = (path.collect::<String>(), error.to_string());
    let pairs = [("path", &*path), ("reason", &*reason)];
    Refusal::Obstacle(language.say_with("cli.run.cannot-write", &pairs))
}

/// What the choice comes to on this machine: its clock, the machine itself for a live run, and a
/// companion server if the demo needs one and none was named.
fn set_up(
    choice: &Choice,
    background: &Background,
    clock: &RealClock,
    language: Language,
) -> Result<RunSetup, Refusal> {
    let mut server = choice.server.clone().unwrap_or_default();
    let mut outside: Rc<dyn Outside> = Rc::new(NoOutside);
    if choice.clock == Clock::Live {
        outside = background.machine().map_err(Refusal::Obstacle)?;
    }
    if choice.needs_network && choice.server.is_none() {
        let served = background.serve(language);
        server = served.map_err(|error| Refusal::Obstacle(error.to_string()))?;
        complain(&language.say_with("cli.run.own-server", &[("url", &server)]));
    }
    Ok(RunSetup {
        values: choice.values.clone(),
        seed: choice.seed,
        policy: choice.policy.clone(),
        clock: choice.clock,
        real_clock: (choice.clock == Clock::Live).then(|| clock.clone()),
        server,
        outside,
        limit: choice.limit,
        ..RunSetup::of(&choice.demo)
    })
}
