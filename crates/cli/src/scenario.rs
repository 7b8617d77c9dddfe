//! `wakeline scenario`: a program in the neutral language, run and reported.

use std::path::Path;
use std::process::ExitCode;

use wakeline_phrases::Language;
use wakeline_scenario::{Problem, Program, Report, Stopped, parse, run};

use crate::arguments::Scenario;
use crate::console::{complain, out};
use crate::{FAILED, USAGE};

/// Runs the program of a file, or each of its programs, and writes what happened.
pub(crate) fn scenario(options: &Scenario, language: Language) -> ExitCode {
    let programs = match read(&options.file, language) {
        Ok(programs) => programs,
        Err(message) => {
            complain(&message);
            return ExitCode::from(USAGE);
        }
    };
    let mut reports = Vec::with_capacity(programs.len());
    for program in &programs {
        match run(program) {
            Ok(report) => reports.push(report),
            Err(stopped) => {
                let id = program.id().unwrap_or("main");
                let name = [("program", id)];
                complain(&language.say_with(stopped_key(stopped), &name));
                return ExitCode::from(FAILED);
            }
        }
    }
    if options.json {
        // One program is one object; a collection is a list of them.
        let json = match &*reports {
            [report] => serde_json::to_string(report),
            reports => serde_json::to_string(reports),
        };
        // A report consists of texts and numbers, which have a JSON form.
        out(&json.unwrap_or_default());
    } else {
        for (program, report) in programs.iter().zip(&reports) {
            out(&lines(program, report, programs.len() > 1, language));
        }
    }
    ExitCode::SUCCESS
}

fn read(file: &Path, language: Language) -> Result<Vec<Program>, String> {
    let path = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| {
        let reason = error.to_string();
        let arguments = [("path", &*path), ("reason", &*reason)];
        language.say_with("cli.scenario.cannot-read", &arguments)
    })?;
    parse(&text).map_err(|problem| {
        let what = say(&problem, language);
        format!("{path}: {}: {what}", problem.place())
    })
}

/// What is wrong with a file, in words.
fn say(problem: &Problem, language: Language) -> String {
    let arguments: Vec<(&str, &str)> = problem
        .arguments()
        .iter()
        .map(|(name, text)| (*name, &**text))
        .collect();
    language.say_with(&format!("scenario.{}", problem.code()), &arguments)
}

fn stopped_key(stopped: Stopped) -> &'static str {
    match stopped {
        Stopped::TooDeep => "cli.scenario.too-deep",
        Stopped::TooLarge => "cli.scenario.too-large",
        _ => "cli.scenario.too-long",
    }
}

/// A report for people: the events, the end, and what became of tasks and futures.
fn lines(program: &Program, report: &Report, heading: bool, language: Language) -> String {
    let mut lines = Vec::new();
    if let (true, Some(id)) = (heading, program.id()) {
        lines.push(format!("# {id}"));
    }
    lines.extend(report.events.iter().map(ToString::to_string));
    let end = report.end.to_string();
    lines.push(language.say_with("cli.scenario.end", &[("end", &end)]));
    let states = report.states_when_main_ends.iter();
    lines.extend(states.map(|(name, state)| format!("  {name}: {state}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_words_in_both_languages() {
        for language in [Language::English, Language::Chinese] {
            for (code, arguments) in Problem::CODES {
                let phrase = language.find(&format!("scenario.{code}"));
                let phrase = phrase.unwrap_or_else(|| panic!("there is no scenario.{code}"));
                for argument in *arguments {
                    assert!(
                        phrase.contains(&format!("{{{argument}}}")),
                        "{code}: {phrase}"
                    );
                }
            }
        }
    }
}
