//! What every answer carries.

use axum::Router;
use axum::extract::OriginalUri;
use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{Any, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use wakeline_phrases::Language;

use super::refusal;

/// What the playground may do. Everything comes from this server, except connections: the reader
/// may type the address of another companion server. WebAssembly must be allowed to compile.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
     style-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; \
     connect-src 'self' http: https: ws: wss:; base-uri 'none'; form-action 'none'",
);

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const EMBEDDER_POLICY: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const TIMING_ALLOW_ORIGIN: HeaderName = HeaderName::from_static("timing-allow-origin");

/// The headers of the playground's files.
///
/// Opener and embedder policy isolate the page, which gives it clocks of 5 µs instead of 100 µs.
pub(super) fn of_pages(routes: Router) -> Router {
    routes
        .layer(set(
            header::CONTENT_SECURITY_POLICY,
            CONTENT_SECURITY_POLICY,
        ))
        .layer(set(OPENER_POLICY, HeaderValue::from_static("same-origin")))
        .layer(set(
            EMBEDDER_POLICY,
            HeaderValue::from_static("require-corp"),
        ))
        .layer(set(
            RESOURCE_POLICY,
            HeaderValue::from_static("same-origin"),
        ))
        .layer(set(
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ))
        .layer(set(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
}

/// The headers of the demo endpoints, which a page of any origin may use, and the answer to an
/// endpoint that does not exist.
pub(super) fn of_api(routes: Router, language: Language) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .allow_headers(Any)
        .expose_headers(Any)
        // A page from the public web asks whether it may talk to this machine.
        .allow_private_network(true);
    routes
        .fallback(move |OriginalUri(uri): OriginalUri| async move {
            refusal::no_such_endpoint(uri.path(), language)
        })
        .method_not_allowed_fallback(move |method: Method| async move {
            refusal::not_this_method(&method, language)
        })
        .layer(cors)
        .layer(set(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(set(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(set(
            RESOURCE_POLICY,
            HeaderValue::from_static("cross-origin"),
        ))
        .layer(set(TIMING_ALLOW_ORIGIN, HeaderValue::from_static("*")))
}

fn set(name: HeaderName, value: HeaderValue) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, value)
}
