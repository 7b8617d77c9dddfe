//! What can be asked of the command, and what was.
//!
//! [`describe`] holds the description for the parser, in the reader's language; [`mistake`] says
//! what is wrong with arguments, in that language too. Here the parser's result becomes plain
//! types.

mod describe;
mod mistake;

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::ArgMatches;
use clap::error::ErrorKind;
use tracing::level_filters::LevelFilter;
use wakeline_phrases::Language;

/// What was asked for.
#[derive(Debug)]
pub(crate) enum Parsed {
    /// To do something.
    Command(Box<Command>),
    /// To read something: help, or the version.
    Text(String),
    /// Nothing that makes sense; what is wrong.
    Mistake(String),
}

/// Something to do.
#[derive(Debug)]
pub(crate) enum Command {
    /// `wakeline diagnose`.
    Diagnose(Diagnose),
    /// `wakeline export`.
    Export(Export),
    /// `wakeline pictures`.
    Pictures,
    /// `wakeline lesson`.
    Lesson(Lesson),
    /// `wakeline list`.
    List(List),
    /// `wakeline run`.
    Run(Run),
    /// `wakeline scenario`.
    Scenario(Scenario),
    /// `wakeline source`.
    Source(Source),
    /// `wakeline serve`.
    Serve(Serve),
}

/// The options of `wakeline lesson`.
#[derive(Debug)]
pub(crate) struct Lesson {
    /// The demo; none for all.
    pub(crate) demo: Option<String>,
    /// Whether to write JSON.
    pub(crate) json: bool,
}

/// The options of `wakeline list`.
#[derive(Debug)]
pub(crate) struct List {
    /// The demo to describe; none for a list of all.
    pub(crate) demo: Option<String>,
    /// Whether to write JSON.
    pub(crate) json: bool,
}

/// The options of `wakeline run`. What depends on the demo, or is for us to judge, is text still.
#[derive(Debug)]
pub(crate) struct Run {
    /// The demo's slug.
    pub(crate) demo: String,
    /// The preset to begin with.
    pub(crate) preset: Option<String>,
    /// Assignments `name=value`, in their order.
    pub(crate) set: Vec<String>,
    /// The seed.
    pub(crate) seed: String,
    /// Which of the ready tasks goes next.
    pub(crate) policy: String,
    /// Whether to keep the machine's time, whatever the demo.
    pub(crate) live: bool,
    /// Where the companion server is.
    pub(crate) server: Option<String>,
    /// The number of events at which the run ends.
    pub(crate) limit: String,
    /// Whether to write JSON.
    pub(crate) json: bool,
    /// Where to write the log.
    pub(crate) log: Option<PathBuf>,
}

/// The options of `wakeline diagnose`.
#[derive(Debug)]
pub(crate) struct Diagnose {
    /// The demo with the options of its run, or the file of a log in place of the demo.
    pub(crate) subject: Run,
    /// Whether to write JSON.
    pub(crate) json: bool,
}

/// The options of `wakeline export`.
#[derive(Debug)]
pub(crate) struct Export {
    /// The demo with the options of its run, or the file of a log in place of the demo.
    pub(crate) subject: Run,
    /// The name of the format.
    pub(crate) format: String,
    /// Where to write; none for the standard output.
    pub(crate) output: Option<PathBuf>,
    /// Of a picture: its width in pixels.
    pub(crate) width: Option<u32>,
    /// Of a picture: the name of the axis.
    pub(crate) axis: String,
    /// Of a picture: whether its ground is dark.
    pub(crate) dark: bool,
}

/// The options of `wakeline scenario`.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// The file with the program.
    pub(crate) file: PathBuf,
    /// Whether to write JSON.
    pub(crate) json: bool,
}

/// The options of `wakeline source`.
#[derive(Debug)]
pub(crate) struct Source {
    /// The demo; none for all.
    pub(crate) demo: Option<String>,
    /// Whether to write JSON.
    pub(crate) json: bool,
}

/// The options of `wakeline serve`.
#[derive(Debug)]
pub(crate) struct Serve {
    /// The directory of the playground, if it was named.
    pub(crate) root: Option<PathBuf>,
    /// The address to listen on.
    pub(crate) address: IpAddr,
    /// The port to listen on, if it was named.
    pub(crate) port: Option<u16>,
    /// Whether to open a browser.
    pub(crate) open: bool,
    /// Which lines of the server's log to write.
    pub(crate) log: LevelFilter,
}

/// Makes sense of arguments, the first of which is the command's own name.
pub(crate) fn parse(arguments: &[OsString], language: Language) -> Parsed {
    match describe::command(language).try_get_matches_from(arguments) {
        Ok(matches) => Parsed::Command(Box::new(command(&matches))),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Parsed::Text(error.to_string().trim_end().to_owned())
            }
            _ => Parsed::Mistake(mistake::say(&error, language)),
        },
    }
}

fn command(matches: &ArgMatches) -> Command {
    match matches.subcommand() {
        Some(("lesson", lesson)) => Command::Lesson(Lesson {
            demo: text(lesson, "demo"),
            json: lesson.get_flag("json"),
        }),
        Some(("pictures", _)) => Command::Pictures,
        Some(("list", list)) => Command::List(List {
            demo: text(list, "demo"),
            json: list.get_flag("json"),
        }),
        Some(("run", run)) => Command::Run(Run {
            json: run.get_flag("json"),
            log: run.get_one("log").cloned(),
            ..subject(run)
        }),
        Some(("diagnose", diagnose)) => Command::Diagnose(Diagnose {
            subject: subject(diagnose),
            json: diagnose.get_flag("json"),
        }),
        Some(("export", export)) => Command::Export(Export {
            subject: subject(export),
            format: text(export, "format").unwrap_or_else(|| describe::FORMATS[0].to_owned()),
            output: export.get_one("output").cloned(),
            width: one(export, "width"),
            axis: text(export, "axis").unwrap_or_default(),
            dark: export.get_flag("dark"),
        }),
        Some(("scenario", scenario)) => Command::Scenario(Scenario {
            file: scenario.get_one("file").cloned().unwrap_or_default(),
            json: scenario.get_flag("json"),
        }),
        Some(("source", source)) => Command::Source(Source {
            demo: text(source, "demo"),
            json: source.get_flag("json"),
        }),
        Some(("serve", serve)) => Command::Serve(Serve {
            root: serve.get_one("root").cloned(),
            address: one(serve, "address").unwrap_or(Ipv4Addr::LOCALHOST.into()),
            port: one(serve, "port"),
            open: serve.get_flag("open"),
            log: one(serve, "log").unwrap_or(LevelFilter::INFO),
        }),
        // The parser knows the commands from the same description, and requires one.
        _ => unreachable!("a command that is described and not understood"),
    }
}

fn one<T: Copy + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> Option<T> {
    matches.get_one(name).copied()
}

fn text(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.get_one(name).cloned()
}

/// A run as every command that takes one is told of it.
fn subject(matches: &ArgMatches) -> Run {
    let set = matches.get_many("set").unwrap_or_default();
    Run {
        demo: text(matches, "demo").unwrap_or_default(),
        preset: text(matches, "preset"),
        set: set.map(String::clone).collect(),
        seed: text(matches, "seed").unwrap_or_else(|| describe::SEED.to_owned()),
        policy: text(matches, "policy").unwrap_or_else(|| describe::POLICY.to_owned()),
        live: matches.get_flag("live"),
        server: text(matches, "server"),
        limit: text(matches, "limit").unwrap_or_else(|| describe::LIMIT.to_owned()),
        json: false,
        log: None,
    }
}
