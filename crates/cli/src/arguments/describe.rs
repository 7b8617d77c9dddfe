//! The description of the command line for the parser, in the reader's language.
//!
//! The parser's own texts are English; so its headings, its usage lines and the options that it
//! would add by itself (help, version) are given here from the phrase table instead, and what it
//! would append (defaults, possible values) stands in the phrases.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgAction, Command, value_parser};
use tracing::level_filters::LevelFilter;
use wakeline_phrases::Language;

/// The seed, if none is given.
pub(super) const SEED: &str = "0";
/// The policy of a run.
pub(super) const POLICY: &str = "fifo";

/// The number of events at which a run ends, if none is given.
pub(super) const LIMIT: &str = "1000000";

/// The formats of an export, the default first.
pub(super) const FORMATS: [&str; 4] = ["chrome-trace", "json", "binary", "svg"];

/// Where the options that every command has stand in its help.
const LAST: usize = 1000;

/// The whole command line.
pub(super) fn command(language: Language) -> Command {
    let say = |key| language.say(key);
    described(Command::new("wakeline"), "cli", language)
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .subcommand_help_heading(say("cli.help.commands"))
        .arg(
            option("version", language)
                .short('V')
                .display_order(LAST)
                .action(ArgAction::Version)
                .help(say("cli.help.version")),
        )
        .arg(
            option("lang", language)
                .value_name("en|zh")
                .display_order(LAST)
                .global(true)
                .value_parser(["en", "zh"])
                .hide_possible_values(true)
                .help(say("cli.help.lang")),
        )
        .subcommand(list(language))
        .subcommand(run(language))
        .subcommand(diagnose(language))
        .subcommand(export(language))
        .subcommand(scenario(language))
        .subcommand(source(language))
        .subcommand(described(
            Command::new("pictures"),
            "cli.pictures",
            language,
        ))
        .subcommand(lesson(language))
        .subcommand(serve(language))
}

fn list(language: Language) -> Command {
    described(Command::new("list"), "cli.list", language)
        .arg(
            Arg::new("demo")
                .value_name("DEMO")
                .help_heading(language.say("cli.help.arguments"))
                .help(language.say("cli.list.demo")),
        )
        .arg(
            option("json", language)
                .action(ArgAction::SetTrue)
                .help(language.say("cli.list.json")),
        )
}

fn run(language: Language) -> Command {
    let say = |key| language.say(key);
    let run = described(Command::new("run"), "cli.run", language);
    subject(run, "DEMO", say("cli.run.demo"), language)
        .arg(
            option("json", language)
                .action(ArgAction::SetTrue)
                .help(say("cli.run.json")),
        )
        .arg(
            option("log", language)
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help(say("cli.run.log")),
        )
}

fn diagnose(language: Language) -> Command {
    let say = |key| language.say(key);
    let diagnose = described(Command::new("diagnose"), "cli.diagnose", language);
    subject(diagnose, "DEMO|FILE", say("cli.subject"), language).arg(
        option("json", language)
            .action(ArgAction::SetTrue)
            .help(say("cli.diagnose.json")),
    )
}

fn export(language: Language) -> Command {
    let say = |key| language.say(key);
    let export = described(Command::new("export"), "cli.export", language);
    subject(export, "DEMO|FILE", say("cli.subject"), language)
        .arg(
            option("format", language)
                .value_name("chrome-trace|json|binary|svg")
                .value_parser(FORMATS)
                .hide_possible_values(true)
                .help(say("cli.export.format")),
        )
        .arg(
            option("output", language)
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help(say("cli.export.output")),
        )
        .arg(
            option("width", language)
                .value_name("N")
                .value_parser(value_parser!(u32))
                .help(say("cli.export.width")),
        )
        .arg(
            option("axis", language)
                .value_name("time|step")
                .value_parser(["time", "step"])
                .hide_possible_values(true)
                .help(say("cli.export.axis")),
        )
        .arg(
            option("dark", language)
                .action(ArgAction::SetTrue)
                .help(say("cli.export.dark")),
        )
}

/// A run, and the options on which it depends.
fn subject(
    command: Command,
    name: &'static str,
    help: &'static str,
    language: Language,
) -> Command {
    let say = |key| language.say(key);
    // Values may look like options: `--set capacity=-1` and `--seed -1` are for us to judge.
    command
        .arg(
            Arg::new("demo")
                .value_name(name)
                .required(true)
                .help_heading(say("cli.help.arguments"))
                .help(help),
        )
        .arg(
            option("set", language)
                .value_name("NAME=VALUE")
                .action(ArgAction::Append)
                .allow_hyphen_values(true)
                .help(say("cli.run.set")),
        )
        .arg(
            option("preset", language)
                .value_name("NAME")
                .help(say("cli.run.preset")),
        )
        .arg(
            option("seed", language)
                .value_name("N")
                .allow_hyphen_values(true)
                .help(say("cli.run.seed")),
        )
        .arg(
            option("policy", language)
                .value_name("fifo|random|priority|recorded:…")
                .help(say("cli.run.policy")),
        )
        .arg(
            option("live", language)
                .action(ArgAction::SetTrue)
                .help(say("cli.run.live-option")),
        )
        .arg(
            option("server", language)
                .value_name("URL")
                .help(say("cli.run.server")),
        )
        .arg(
            option("limit", language)
                .value_name("N")
                .allow_hyphen_values(true)
                .help(say("cli.run.limit-option")),
        )
}

fn scenario(language: Language) -> Command {
    let say = |key| language.say(key);
    described(Command::new("scenario"), "cli.scenario", language)
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help_heading(say("cli.help.arguments"))
                .help(say("cli.scenario.file")),
        )
        .arg(
            option("json", language)
                .action(ArgAction::SetTrue)
                .help(say("cli.scenario.json")),
        )
}

fn source(language: Language) -> Command {
    let say = |key| language.say(key);
    described(Command::new("source"), "cli.source", language)
        .arg(
            Arg::new("demo")
                .value_name("DEMO")
                .required_unless_present("json")
                .help_heading(say("cli.help.arguments"))
                .help(say("cli.source.demo")),
        )
        .arg(
            option("json", language)
                .action(ArgAction::SetTrue)
                .help(say("cli.source.json")),
        )
}

fn lesson(language: Language) -> Command {
    let say = |key| language.say(key);
    described(Command::new("lesson"), "cli.lesson", language)
        .arg(
            Arg::new("demo")
                .value_name("DEMO")
                .required_unless_present("json")
                .help_heading(say("cli.help.arguments"))
                .help(say("cli.lesson.demo")),
        )
        .arg(
            option("json", language)
                .action(ArgAction::SetTrue)
                .help(say("cli.lesson.json")),
        )
}

fn serve(language: Language) -> Command {
    let say = |key| language.say(key);
    let serve = described(Command::new("serve"), "cli.serve", language);
    // The rest of the story stands below the options.
    serve
        .help_template(template(language) + "{after-help}")
        .after_help(say("cli.serve.more"))
        .arg(
            option("root", language)
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help(say("cli.serve.root")),
        )
        .arg(
            option("address", language)
                .value_name("IP")
                .value_parser(value_parser!(IpAddr))
                .help(say("cli.serve.address")),
        )
        .arg(
            option("port", language)
                .value_name("PORT")
                .allow_negative_numbers(true)
                .value_parser(value_parser!(u16))
                .help(say("cli.serve.port")),
        )
        .arg(
            option("open", language)
                .action(ArgAction::SetTrue)
                .help(say("cli.serve.open")),
        )
        .arg(
            option("log", language)
                .value_name("LEVEL")
                .value_parser(
                    PossibleValuesParser::new(["off", "error", "warn", "info", "debug", "trace"])
                        .map(|level| level.parse().unwrap_or(LevelFilter::INFO)),
                )
                .hide_possible_values(true)
                .help(say("cli.serve.log")),
        )
}

/// What every command has: a sentence, a usage line, our headings and our `--help`.
fn described(command: Command, key: &str, language: Language) -> Command {
    let say = |key| language.say(key);
    command
        .about(language.say(&format!("{key}.about")))
        .override_usage(language.say(&format!("{key}.usage")))
        .help_template(template(language))
        .disable_help_flag(true)
        .arg(
            option("help", language)
                .short('h')
                .display_order(LAST)
                .action(ArgAction::Help)
                .help(say("cli.help.help")),
        )
}

/// The order of what a help says.
fn template(language: Language) -> String {
    let usage = language.say("cli.help.usage");
    format!("{{about}}\n\n{usage} {{usage}}\n\n{{all-args}}")
}

/// An option `--name`, under our heading.
fn option(name: &'static str, language: Language) -> Arg {
    Arg::new(name)
        .long(name)
        .help_heading(language.say("cli.help.options"))
}
