//! Answers that are complete when they leave.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Api;
use crate::server::input::{Figures, number};
use crate::server::refusal::Refusal;

/// The longest delay, in milliseconds.
const LONGEST_DELAY: u64 = 60_000;

/// The longest chain of redirects: more than a browser follows (20), so that giving up can be
/// shown.
const MOST_REDIRECTS: u64 = 50;

/// Who is there.
pub(super) async fn health() -> Json<Value> {
    Json(json!({
        "name": "wakeline",
        "version": env!("CARGO_PKG_VERSION"),
        "status": "ok",
    }))
}

/// Answers after so many milliseconds.
pub(super) async fn delay(
    State(api): State<Api>,
    Path(ms): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let ms = number("ms", &ms, 0..=LONGEST_DELAY, api.language)?;
    tokio::time::sleep(Duration::from_millis(ms)).await;
    Ok(Json(json!({ "delay_ms": ms })))
}

/// Answers with this status. Codes below 200 are no answers and are refused.
pub(super) async fn status(
    State(api): State<Api>,
    Path(code): Path<String>,
) -> Result<Response, Refusal> {
    let code = number("code", &code, 200..=599, api.language)?;
    let status = u16::try_from(code)
        .ok()
        .and_then(|code| StatusCode::from_u16(code).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // These have no body by definition.
    if matches!(
        status,
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED
    ) {
        return Ok(status.into_response());
    }
    let body = json!({ "status": code, "reason": status.canonical_reason() });
    Ok((status, Json(body)).into_response())
}

/// A sample object, with the query of the request in it.
pub(super) async fn sample(figures: Figures) -> Json<Value> {
    Json(json!({
        "name": "Wakeline",
        "greeting": { "en": "Hello", "zh": "你好" },
        "numbers": [1, 1, 2, 3, 5, 8],
        "nothing": null,
        "query": figures.into_pairs(),
    }))
}

/// Says that it is JSON, and breaks off.
pub(super) async fn invalid_json() -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        r#"{"name": "Wakeline", "numbers": [1, 2,"#,
    )
        .into_response()
}

/// Redirects `n` times, then answers.
pub(super) async fn redirect(
    State(api): State<Api>,
    Path(n): Path<String>,
) -> Result<Response, Refusal> {
    let n = number("n", &n, 0..=MOST_REDIRECTS, api.language)?;
    if n == 0 {
        return Ok(Json(json!({ "redirected": true })).into_response());
    }
    let next = format!("/api/redirect/{}", n - 1);
    Ok((StatusCode::FOUND, [(header::LOCATION, next)]).into_response())
}
