//! The demo endpoints: each answers in one particular way, so that a demo can show what comes of
//! it. All of them are deterministic in what they answer; only when is up to the network.

mod answers;
mod echo;
mod failures;
pub(super) mod site;
mod streams;

use axum::Router;
use axum::routing::{any, get};
use wakeline_phrases::Language;

use super::Limits;
use super::input::Speaks;

/// What the endpoints know.
#[derive(Clone, Copy, Debug)]
struct Api {
    limits: Limits,
    language: Language,
}

impl Speaks for Api {
    fn language(&self) -> Language {
        self.language
    }
}

/// The endpoints, relative to `/api`.
pub(super) fn routes(limits: Limits, language: Language) -> Router {
    Router::new()
        .route("/health", get(answers::health))
        .route("/delay/{ms}", get(answers::delay))
        .route("/status/{code}", any(answers::status))
        .route("/json", get(answers::sample))
        .route("/invalid-json", get(answers::invalid_json))
        .route("/redirect/{n}", get(answers::redirect))
        .route("/bytes/{n}", get(streams::bytes))
        .route("/drip", get(streams::drip))
        .route("/drop", get(streams::cut_off))
        .route("/fail", get(failures::fail))
        .route("/echo", any(echo::echo))
        .merge(site::routes())
        .with_state(Api { limits, language })
}
