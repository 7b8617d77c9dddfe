//! Answers that say no: a status, a code for programs, a message for people.

use axum::Json;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use wakeline_phrases::Language;
use wakeline_protocol::Problem;

/// The longest piece of a request that a message repeats, in characters.
const LONGEST_QUOTE: usize = 64;

/// A request that is refused.
///
/// As an answer it is `{"error":{"code":…,"message":…}}`. The message is the phrase
/// `problem.CODE`, as everywhere in Wakeline.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    problem: Problem,
    language: Language,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, problem: Problem, language: Language) -> Self {
        Self {
            status,
            problem,
            language,
        }
    }

    /// Status 400.
    pub(super) fn bad(problem: Problem, language: Language) -> Self {
        Self::new(StatusCode::BAD_REQUEST, problem, language)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = error(&self.problem, self.language);
        (self.status, Json(json!({ "error": body }))).into_response()
    }
}

/// The code and message of a problem, as they stand in answers and in messages of a room.
pub(super) fn error(problem: &Problem, language: Language) -> serde_json::Value {
    json!({ "code": problem.code, "message": say(problem, language) })
}

fn say(problem: &Problem, language: Language) -> String {
    let pairs: Vec<(&str, &str)> = problem
        .arguments
        .iter()
        .map(|(name, text)| (&**name, &**text))
        .collect();
    language.say_with(&format!("problem.{}", problem.code), &pairs)
}

/// The beginning of what somebody sent, fit to be repeated in a message.
pub(super) fn quote(input: &str) -> String {
    let mut short: String = input
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_QUOTE)
        .collect();
    if short.len() < input.len() {
        short.push('…');
    }
    short
}

/// The answer to everything outside of `/api` when there is no playground to serve.
pub(super) fn no_pages(language: Language) -> Response {
    (
        StatusCode::NOT_FOUND,
        language.say("cli.serve.no-pages").to_owned() + "\n",
    )
        .into_response()
}

/// The answer to an address under `/api` that does not exist.
pub(super) fn no_such_endpoint(path: &str, language: Language) -> Refusal {
    let problem = Problem::new("no-such-endpoint").with("path", quote(path));
    Refusal::new(StatusCode::NOT_FOUND, problem, language)
}

/// The answer to a method that an endpoint does not take. Which it does, axum adds as `Allow`.
pub(super) fn not_this_method(method: &Method, language: Language) -> Refusal {
    let problem = Problem::new("not-this-method").with("method", quote(method.as_str()));
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, problem, language)
}
