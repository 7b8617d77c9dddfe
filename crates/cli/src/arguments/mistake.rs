//! What is wrong with arguments, in the reader's language.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use wakeline_phrases::Language;

/// The message for an error of the parser: what is wrong, what was perhaps meant, where to read
/// more.
pub(super) fn say(error: &Error, language: Language) -> String {
    let what = what(error, language);
    let mut lines = vec![what];
    let suggested = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    if let Some(meant) = suggested.iter().find_map(|kind| likeliest(error, *kind)) {
        lines.push(language.say_with("cli.mistake.meant", &[("meant", meant)]));
    }
    lines.push(language.say("cli.mistake.help").to_owned());
    lines.join("\n")
}

fn what(error: &Error, language: Language) -> String {
    let argument = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
    let phrase = |key, pairs: &[(&str, &str)]| language.say_with(key, pairs);
    match error.kind() {
        ErrorKind::UnknownArgument => {
            phrase("cli.mistake.unknown-argument", &[("argument", &argument)])
        }
        ErrorKind::InvalidSubcommand => {
            let command = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            phrase("cli.mistake.unknown-command", &[("command", &command)])
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            phrase("cli.mistake.no-command", &[])
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            phrase("cli.mistake.no-value", &[("argument", &argument)])
        }
        ErrorKind::InvalidValue => {
            let known = text(error, ContextKind::ValidValue).unwrap_or_default();
            phrase(
                "cli.mistake.not-one-of",
                &[
                    ("argument", &argument),
                    ("value", &value),
                    ("known", &known),
                ],
            )
        }
        ErrorKind::ValueValidation => phrase(
            "cli.mistake.bad-value",
            &[("argument", &argument), ("value", &value)],
        ),
        ErrorKind::MissingRequiredArgument => {
            phrase("cli.mistake.missing", &[("argument", &argument)])
        }
        ErrorKind::ArgumentConflict => {
            let prior = text(error, ContextKind::PriorArg).unwrap_or_default();
            if prior == argument {
                phrase("cli.mistake.twice", &[("argument", &argument)])
            } else {
                phrase(
                    "cli.mistake.conflict",
                    &[("argument", &argument), ("other", &prior)],
                )
            }
        }
        ErrorKind::InvalidUtf8 => phrase("cli.mistake.not-text", &[]),
        // The rest cannot come from our description; the parser's own words then.
        _ => error.to_string().trim_end().to_owned(),
    }
}

/// The suggestion that is most like what was given. The parser lists the best one last.
fn likeliest(error: &Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text),
        ContextValue::Strings(texts) => texts.last().map(String::as_str),
        _ => None,
    }
}

fn text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        _ => None,
    }
}
