//! What a request was, as its own answer.

use std::fmt::Write;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode};
use http_body::Body as _;
use serde_json::{Map, Value, json};
use wakeline_protocol::Problem;

use super::Api;
use crate::server::refusal::Refusal;

/// Answers with method, address, headers and body of the request. A body that is no UTF-8 comes
/// back in hexadecimal.
pub(super) async fn echo(
    State(api): State<Api>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refusal> {
    let body = read(body, api).await?;
    let length = body.len();
    let (body, encoding) = match String::from_utf8(body) {
        Ok(text) => (text, "utf-8"),
        Err(error) => (hexadecimal(error.as_bytes()), "hex"),
    };
    Ok(Json(json!({
        "method": method.as_str(),
        "path": uri.path(),
        "query": uri.query(),
        "headers": list(&headers),
        "body": body,
        "body_encoding": encoding,
        "body_bytes": length,
    })))
}

async fn read(body: Body, api: Api) -> Result<Vec<u8>, Refusal> {
    let limit = api.limits.body;
    let too_large = || {
        let problem = Problem::new("body-too-large").with("limit", limit);
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, problem, api.language)
    };
    // What says of itself that it is too long need not be read.
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    let reading = to_bytes(body, limit);
    match tokio::time::timeout(api.limits.body_time, reading).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(error)) if is_length(&error) => Err(too_large()),
        Ok(Err(_)) => Err(Refusal::bad(Problem::new("bad-body"), api.language)),
        Err(_) => {
            let problem = Problem::new("body-too-slow");
            Err(Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                problem,
                api.language,
            ))
        }
    }
}

fn is_length(error: &axum::Error) -> bool {
    std::error::Error::source(error)
        .is_some_and(|source| source.is::<http_body_util::LengthLimitError>())
}

/// Headers by name; of a name that stands several times, a list.
fn list(headers: &HeaderMap) -> Map<String, Value> {
    let mut all = Map::new();
    for name in headers.keys() {
        let mut values: Vec<Value> = headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into())
            .collect();
        let value = match values.len() {
            1 => values.remove(0),
            _ => values.into(),
        };
        all.insert(name.as_str().to_owned(), value);
    }
    all
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
