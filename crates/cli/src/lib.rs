//! The `wakeline` command: the companion server, and demos without a browser.
//!
//! The binary is this library and nothing else, so that tests and the project's own tools can use
//! its parts; [`server`] in particular runs inside of other programs.
//!
//! Every text for people comes from the phrase table, help and mistakes in the arguments
//! included; that is why `arguments` builds its description at run time.

mod arguments;
mod background;
mod console;
mod diagnose;
mod export;
mod language;
mod lesson;
mod list;
mod machine;
mod mistakes;
mod network;
mod pictures;
mod run;
mod scenario;
mod serve;
pub mod server;
mod signals;
mod source;
mod subject;
mod time;

use std::ffi::OsString;
use std::process::ExitCode;

use arguments::{Command, Parsed};
use wakeline_phrases::Language;

/// What the command was asked for went wrong: a run that failed, an address that is taken.
const FAILED: u8 = 1;

/// What the command was asked for makes no sense.
const USAGE: u8 = 2;

/// It was interrupted: 128 and the number of the signal, as a shell has it.
const INTERRUPTED: u8 = 130;

/// Runs the command with these arguments, the first of which is its own name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let language = language::choose(&arguments, |name| std::env::var(name).ok());
    match arguments::parse(&arguments, language) {
        Parsed::Command(command) => obey(*command, language),
        Parsed::Text(text) => {
            console::out(&text);
            ExitCode::SUCCESS
        }
        Parsed::Mistake(message) => {
            console::complain(&message);
            ExitCode::from(USAGE)
        }
    }
}

fn obey(command: Command, language: Language) -> ExitCode {
    match command {
        Command::Lesson(options) => lesson::lesson(&options, language),
        Command::List(options) => list::list(&options, language),
        Command::Diagnose(options) => diagnose::diagnose(&options, language),
        Command::Export(options) => export::export(&options, language),
        Command::Pictures => pictures::pictures(),
        Command::Run(options) => run::run(&options, language),
        Command::Scenario(options) => scenario::scenario(&options, language),
        Command::Source(options) => source::source(&options, language),
        Command::Serve(options) => serve::serve(&options, language),
    }
}
