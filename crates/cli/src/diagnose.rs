//! `wakeline diagnose`: what in a run is likely to be a mistake.

use std::process::ExitCode;

use wakeline::log::Log;
use wakeline_phrases::Language;
use wakeline_timeline::diagnosis::{Finding, Severity, findings, general, specific};
use wakeline_timeline::json::Json;
use wakeline_timeline::{Model, duration};

use crate::arguments::Diagnose;
use crate::console::out;
use crate::{FAILED, subject};

/// Tells what was found. Trouble counts as a failure.
pub(crate) fn diagnose(options: &Diagnose, language: Language) -> ExitCode {
    let log = match subject::log(&options.subject, language) {
        Ok(log) => log,
        Err(refusal) => return refusal.tell(language),
    };
    let found = findings(&log);
    out(&match options.json {
        true => json(&found),
        false => text(&found, log, language),
    });
    let is_trouble = |finding: &Finding| finding.severity == Severity::Trouble;
    match found.iter().any(is_trouble) {
        true => ExitCode::from(FAILED),
        false => ExitCode::SUCCESS,
    }
}

fn json(found: &[Finding]) -> String {
    let mut json = Json::new();
    json.object(|json| {
        json.field("findings").array(|json| {
            for finding in found {
                finding.write(json);
            }
        });
    });
    json.finish()
}

/// For each finding its name and place, what was found, and what to do about it.
fn text(found: &[Finding], log: Log, language: Language) -> String {
    if found.is_empty() {
        return language.say("finding.none").to_owned();
    }
    let model = Model::from_log(log);
    let paragraphs: Vec<String> = found
        .iter()
        .map(|finding| {
            let (code, severity) = (finding.code.name(), finding.severity.name());
            let time = model.log().columns.time(finding.event as usize);
            let pairs = [
                ("name", language.say(&format!("finding.{code}.name"))),
                (
                    "severity",
                    language.say(&format!("finding.severity.{severity}")),
                ),
                ("event", &*finding.event.to_string()),
                ("time", &*duration::short(time)),
            ];
            let mut head = language.say_with("cli.diagnose.head", &pairs);
            if let Some(at) = model.log().location(finding.location) {
                let file = model.log().text(at.file);
                head.push_str(&format!(", {file}:{}:{}", at.line, at.column));
            }
            let specific = printable(&specific(finding).text(&model, language));
            let general = general(finding).text(&model, language);
            format!("{head}\n  {specific}\n  {general}")
        })
        .collect();
    paragraphs.join("\n\n")
}

/// Text that does nothing to a terminal: names come from the program, or from a file.
fn printable(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, c| {
        match c {
            c if c.is_control() => safe.extend(c.escape_default()),
            c => safe.push(c),
        }
        safe
    })
}
