//! A made-up site for crawlers: the same as in the simulated network.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use wakeline_demos::companion::site::{self, Answer};

/// The pages, relative to `/api`.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/site", get(|| page(Path(String::new()))))
        .route("/site/{*path}", get(page))
}

/// What crawlers are asked, for the root of the server.
pub(in crate::server) async fn robots() -> &'static str {
    site::ROBOTS
}

async fn page(Path(path): Path<String>) -> Response {
    match site::answer(&path) {
        Answer::Page(html) => {
            ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
        }
        Answer::Data(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Answer::Moved(path) => (StatusCode::FOUND, [(header::LOCATION, path)]).into_response(),
        Answer::Missing => StatusCode::NOT_FOUND.into_response(),
    }
}
