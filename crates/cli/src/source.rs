//! `wakeline source`: what a demo's program says.

use std::process::ExitCode;

use serde_json::{Value as Json, json};
use wakeline_demos::{Demo, demos, find};
use wakeline_phrases::Language;

use crate::arguments::Source;
use crate::console::{complain, out};
use crate::{USAGE, mistakes, run};

/// Prints the source of a demo, or as JSON that of all.
pub(crate) fn source(options: &Source, language: Language) -> ExitCode {
    let Some(slug) = &options.demo else {
        let all = demos()
            .iter()
            .map(|demo| (demo.slug(), json!(demo.source())));
        out(&Json::from_iter(all).to_string());
        return ExitCode::SUCCESS;
    };
    let Some(demo) = find(slug) else {
        complain(&mistakes::say(&run::unknown_demo(slug), language));
        return ExitCode::from(USAGE);
    };
    out(&match options.json {
        true => json!(demo.source()).to_string(),
        false => text(demo),
    });
    ExitCode::SUCCESS
}

/// The text of the only file, or of all with their names above them.
fn text(demo: &Demo) -> String {
    let files = demo.source();
    if let [file] = &*files {
        return file.text.trim_end().to_owned();
    }
    let named = files
        .iter()
        .map(|file| format!("// {}\n\n{}", file.name, file.text.trim_end()));
    named.collect::<Vec<_>>().join("\n\n")
}
