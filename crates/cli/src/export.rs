//! `wakeline export`: a run in a form that other programs read.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use wakeline::log::{Log, encode, to_json_lines};
use wakeline_phrases::Language;
use wakeline_timeline::export::{chrome_trace, svg};
use wakeline_timeline::{Axis, Model};

use crate::arguments::Export;
use crate::run::{Place, Refusal};
use crate::subject;

/// Writes a run in another form.
pub(crate) fn export(options: &Export, language: Language) -> ExitCode {
    match try_export(options, language) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => refusal.tell(language),
    }
}

fn try_export(options: &Export, language: Language) -> Result<(), Refusal> {
    let cannot_write = |path: &Path, error: &io::Error| {
        let (path, reason) = (path.display().to_string(), error.to_string());
        let pairs = [("path", &*path), ("reason", &*reason)];
        Refusal::Obstacle(language.say_with("cli.export.cannot-write", &pairs))
    };
    // Before the run, so that nobody waits for a file that cannot be kept.
    let place = match options.output.as_deref() {
        Some(path) => Some((
            path,
            Place::create(path).map_err(|e| cannot_write(path, &e))?,
        )),
        None => None,
    };
    let log = subject::log(&options.subject, language)?;
    let bytes = bytes(log, options, language);
    match place {
        Some((path, place)) => place.keep(&bytes).map_err(|e| cannot_write(path, &e)),
        None => {
            let mut stdout = io::stdout().lock();
            // A reader that went away wants no more.
            let _ = stdout.write_all(&bytes).and_then(|()| stdout.flush());
            Ok(())
        }
    }
}

fn bytes(log: Log, options: &Export, language: Language) -> Vec<u8> {
    match &*options.format {
        "json" => to_json_lines(&log).into_bytes(),
        "binary" => encode(&log),
        "svg" => {
            let view = svg::View {
                width: options.width.unwrap_or(svg::WIDTH),
                axis: Axis::from_name(&options.axis).unwrap_or_default(),
                dark: options.dark,
                language,
                ..svg::View::default()
            };
            svg::svg(&Model::from_log(log), &view).into_bytes()
        }
        _ => {
            let mut trace = chrome_trace(&log);
            trace.push('\n');
            trace.into_bytes()
        }
    }
}
