//! Reading figures out of paths and queries.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::RangeInclusive;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use wakeline_phrases::Language;
use wakeline_protocol::Problem;

use super::refusal::{Refusal, quote};

/// The state of routes, which knows in what language they answer.
pub(super) trait Speaks {
    fn language(&self) -> Language;
}

/// A whole number as it stands in an address.
///
/// # Errors
/// If it is none, or out of range.
pub(super) fn number(
    name: &str,
    input: &str,
    range: RangeInclusive<u64>,
    language: Language,
) -> Result<u64, Refusal> {
    let digits = !input.is_empty() && input.bytes().all(|byte| byte.is_ascii_digit());
    let problem = match input.parse::<u64>() {
        Ok(number) if digits && range.contains(&number) => return Ok(number),
        // More digits than 64 bits hold are out of range, not "no number".
        _ if digits => Problem::of(name, "out-of-range")
            .with("min", range.start())
            .with("max", range.end()),
        _ => Problem::of(name, "not-a-whole-number"),
    };
    Err(Refusal::bad(problem.with("input", quote(input)), language))
}

/// The query of an address. Of a name that stands twice, the last value counts.
#[derive(Debug)]
pub(super) struct Figures {
    pairs: BTreeMap<String, String>,
    language: Language,
}

impl Figures {
    /// The number with this name, `default` if there is none.
    ///
    /// # Errors
    /// As [`number`].
    pub(super) fn number(
        &self,
        name: &str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Result<u64, Refusal> {
        match self.pairs.get(name) {
            Some(input) => number(name, input, range, self.language),
            None => Ok(default),
        }
    }

    /// All of it, by name.
    pub(super) fn into_pairs(self) -> BTreeMap<String, String> {
        self.pairs
    }
}

impl<S: Speaks + Sync> FromRequestParts<S> for Figures {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        // Whatever is no proper encoding is read as it stands; there is no query of pairs of text
        // that could not be read.
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map(|Query(pairs)| pairs)
            .unwrap_or_default();
        Ok(Self {
            pairs: pairs.into_iter().collect(),
            language: state.language(),
        })
    }
}
