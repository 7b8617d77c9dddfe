//! Problems, said to a person.

use wakeline_phrases::Language;
use wakeline_protocol::Problem;

/// How much alike two names must be for the one to be a slip of the other, from 0 to 1.
const ALIKE: f64 = 0.7;

/// What a problem says, with what was perhaps meant.
pub(crate) fn say(problem: &Problem, language: Language) -> String {
    let pairs: Vec<(&str, &str)> = problem
        .arguments
        .iter()
        .map(|(name, text)| (&**name, &**text))
        .collect();
    let mut text = language.say_with(&format!("problem.{}", problem.code), &pairs);
    if let Some(meant) = meant(problem) {
        text.push(' ');
        text.push_str(&language.say_with("cli.mistake.meant", &[("meant", meant)]));
    }
    text
}

/// The known name that is most like the one that is not, if it is like it at all. A problem that
/// names alternatives lists them in `known` or `options`; what was given instead is `input`, or
/// the name of whatever the problem says does not exist.
fn meant(problem: &Problem) -> Option<&str> {
    let argument = |wanted: &str| {
        let mut pairs = problem.arguments.iter();
        pairs
            .find(|(name, _)| name == wanted)
            .map(|(_, text)| &**text)
    };
    let known = argument("known").or_else(|| argument("options"))?;
    let given = match &*problem.code {
        "unknown-demo" => argument("demo")?,
        "unknown-parameter" => argument("name")?,
        _ => argument("input")?,
    };
    let likeness = |name: &&str| strsim::jaro_winkler(&given.to_lowercase(), name);
    known
        .split(", ")
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
        .filter(|name| likeness(name) >= ALIKE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_name() {
        let unknown = |demo| {
            let known = "hello, semaphore, timeout";
            let problem = Problem::new("unknown-demo").with("demo", demo);
            meant(&problem.with("known", known)).map(str::to_owned)
        };
        assert_eq!(unknown("helo").as_deref(), Some("hello"));
        assert_eq!(unknown("Semaphor").as_deref(), Some("semaphore"));
        assert_eq!(unknown("xyz"), None);
        assert_eq!(unknown(""), None);
    }
}
