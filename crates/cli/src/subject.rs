//! What a command is about: the run of a demo, or the log in a file.

use std::fs;
use std::path::Path;

use wakeline::log::Log;
use wakeline_demos::find;
use wakeline_phrases::Language;
use wakeline_timeline::import;

use crate::arguments::Run;
use crate::run::{self, Refusal};

/// The log of the file, or of a run of the demo. What has the name of a demo is that demo; a file
/// of that name is meant by `./NAME`.
pub(crate) fn log(options: &Run, language: Language) -> Result<Log, Refusal> {
    let path = Path::new(&options.demo);
    let is_path = path.exists() || options.demo.contains(['/', '\\', '.']);
    if find(&options.demo).is_some() || !is_path {
        return run::log_of(options, language);
    }
    let refuse = |reason: &str| {
        let path = path.display().to_string();
        let pairs = [("path", &*path), ("reason", reason)];
        Refusal::Obstacle(language.say_with("cli.subject.cannot-read", &pairs))
    };
    let bytes = fs::read(path).map_err(|error| refuse(&error.to_string()))?;
    import::read(&bytes).map_err(|error| {
        let place = error.number().to_string();
        let key = format!("problem.log-{}", error.code());
        refuse(&language.say_with(&key, &[("place", &place)]))
    })
}
