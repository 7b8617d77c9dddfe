//! Which language to speak.

use std::ffi::OsString;

use wakeline_phrases::Language;

/// The language of `--lang`, else that of the environment, else English.
///
/// This is settled before the arguments are parsed, because mistakes in them have to be said in
/// it. A `--lang` that names no language is left for the parser to refuse.
pub(crate) fn choose(
    arguments: &[OsString],
    environment: impl Fn(&str) -> Option<String>,
) -> Language {
    asked_for(arguments)
        .or_else(|| from_environment(environment))
        .unwrap_or_default()
}

fn asked_for(arguments: &[OsString]) -> Option<Language> {
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
    while let Some(argument) = arguments.next() {
        let tag = match argument.strip_prefix("--lang") {
            Some("") => arguments.next()?,
            Some(rest) => match rest.strip_prefix('=') {
                Some(tag) => tag,
                None => continue,
            },
            None => continue,
        };
        return Language::from_tag(tag);
    }
    None
}

/// The first of the variables that is set decides, as POSIX has it, even if it names a language
/// that we do not speak.
fn from_environment(environment: impl Fn(&str) -> Option<String>) -> Option<Language> {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| environment(name).filter(|value| !value.is_empty()))
        .and_then(|value| Language::from_tag(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(arguments: &[&str], variables: &[(&str, &str)]) -> Language {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        choose(&arguments, |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_option_wins_over_the_environment() {
        let english = [("LC_ALL", "en_GB.UTF-8")];
        assert_eq!(with(&["w", "--lang", "zh"], &english), Language::Chinese);
        assert_eq!(
            with(&["w", "list", "--lang=zh"], &english),
            Language::Chinese
        );
        assert_eq!(with(&["w", "--language"], &english), Language::English);
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let both = [("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")];
        assert_eq!(with(&["w"], &both), Language::Chinese);
        let c = [("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")];
        assert_eq!(with(&["w"], &c), Language::English);
        assert_eq!(with(&["w"], &[]), Language::English);
    }
}
