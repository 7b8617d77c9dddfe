//! The built playground, from a directory.
//!
//! Names of files that carry a hash of their content never change what they stand for, and are
//! kept by the browser for good; everything else is asked for again each time, and answered with
//! 304 if it is the same. A file `name.br` or `name.gz` beside `name` is sent in its place to a
//! client that takes it; otherwise text and wasm are compressed on the way out.

use std::fmt;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use wakeline_phrases::Language;

use super::headers;

/// The longest name and path that file systems have, in bytes. They fail on longer ones instead of
/// saying that there are none.
const LONGEST_NAME: usize = 255;
const LONGEST_PATH: usize = 2048;

/// A directory that holds no playground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotASite {
    /// What is missing: the directory itself, or its `index.html`.
    pub missing: PathBuf,
}

impl fmt::Display for NotASite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is missing", self.missing.display())
    }
}

impl std::error::Error for NotASite {}

/// Whether a directory holds a playground.
///
/// # Errors
/// If there is no such directory, or no `index.html` in it.
pub fn check_site(root: &Path) -> Result<(), NotASite> {
    let index = root.join("index.html");
    for (path, there) in [(root, root.is_dir()), (&*index, index.is_file())] {
        if !there {
            let missing = path.to_owned();
            return Err(NotASite { missing });
        }
    }
    Ok(())
}

/// Serves the files under `root`.
pub(super) fn routes(root: &Path, language: Language) -> Router {
    let files = ServeDir::new(root).precompressed_br().precompressed_gzip();
    // The fastest level: it is compressed again for each client that has not got it yet.
    let compress = CompressionLayer::new().quality(CompressionLevel::Fastest);
    let routes = Router::new()
        .fallback_service(files)
        .layer(compress)
        .layer(from_fn(move |request: Request, next: Next| {
            check(request, next, language)
        }))
        .layer(from_fn(complete));
    headers::of_pages(routes)
}

/// Refuses paths that are no names of files before the file system sees them.
async fn check(request: Request, next: Next, language: Language) -> Response {
    let refused = match path_kind(request.uri().path()) {
        PathKind::Malformed => Some(StatusCode::BAD_REQUEST),
        PathKind::Hidden => Some(StatusCode::NOT_FOUND),
        PathKind::Plain => None,
    };
    let response = match refused {
        Some(status) => status.into_response(),
        None => next.run(request).await,
    };
    match response.status() {
        StatusCode::BAD_REQUEST => text(StatusCode::BAD_REQUEST, "server.bad-path", language),
        StatusCode::NOT_FOUND => text(StatusCode::NOT_FOUND, "server.not-found", language),
        _ => response,
    }
}

fn text(status: StatusCode, key: &str, language: Language) -> Response {
    (status, language.say(key).to_owned() + "\n").into_response()
}

#[derive(Debug, PartialEq, Eq)]
enum PathKind {
    /// The names of a file or directory.
    Plain,
    /// Climbs, or cannot be a name.
    Malformed,
    /// Names something that is not meant for visitors, or cannot exist.
    Hidden,
}

fn path_kind(path: &str) -> PathKind {
    let Some(path) = decode(path) else {
        return PathKind::Malformed;
    };
    if path.contains(['\\', '\0']) || path.split('/').any(|name| name == "..") {
        return PathKind::Malformed;
    }
    let hidden = |name: &str| name.starts_with('.') || name.len() > LONGEST_NAME;
    if path.split('/').any(hidden) || path.len() > LONGEST_PATH {
        return PathKind::Hidden;
    }
    PathKind::Plain
}

/// Undoes percent-encoding; `None` if it is broken or no text.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first == b'%' {
            let (digits, tail) = rest.split_at_checked(2)?;
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let value = digit(digits[0])? * 16 + digit(digits[1])?;
            bytes.push(u8::try_from(value).ok()?);
            rest = tail;
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Caching and character set.
async fn complete(request: Request, next: Next) -> Response {
    let hashed = has_hash(request.uri().path());
    let mut response = next.run(request).await;
    let fine = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(if hashed && fine {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        }),
    );
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    name_character_set(headers);
    response
}

/// Whether the name of a file carries a hash of its content: eight hexadecimal digits between a
/// dash and a dot, as `cargo xtask` writes them.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("");
    name.match_indices('-').any(|(at, _)| {
        let after = &name.as_bytes()[at + 1..];
        after.len() > 8
            && after[8] == b'.'
            && after[..8]
                .iter()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// All our text is UTF-8, and a browser that is not told so guesses.
fn name_character_set(headers: &mut HeaderMap) {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return;
    };
    let Ok(kind) = kind.to_str() else { return };
    let text = kind.starts_with("text/") || kind == "application/json";
    if text
        && !kind.contains("charset")
        && let Ok(full) = HeaderValue::from_str(&format!("{kind}; charset=utf-8"))
    {
        headers.insert(header::CONTENT_TYPE, full);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_reach_the_files() {
        for path in [
            "/",
            "/index.html",
            "/a/b-c.d",
            "/%E4%BD%A0.txt",
            "/a..b",
            "//a",
        ] {
            assert_eq!(path_kind(path), PathKind::Plain, "{path}");
        }
        for path in [
            "/..",
            "/../x",
            "/a/../../x",
            "/%2e%2e/x",
            "/.%2E/x",
            "/a/..%2fx",
            "/..%5cx",
            "/a%00",
            "/%",
            "/%2",
            "/%zz",
            "/%ff",
        ] {
            assert_eq!(path_kind(path), PathKind::Malformed, "{path}");
        }
        for path in ["/.git/config", "/a/.env", "/%2egit"] {
            assert_eq!(path_kind(path), PathKind::Hidden, "{path}");
        }
    }

    #[test]
    fn a_hash_is_eight_digits_between_dash_and_dot() {
        for path in ["/page-0123abcd.js", "/snippets/a-b-89abcdef.wasm.br"] {
            assert!(has_hash(path), "{path}");
        }
        for path in [
            "/page.js",
            "/page-0123abc.js",
            "/page-0123abcde.js",
            "/page-0123ABCD.js",
            "/page-0123abcd",
            "/dir-0123abcd.d/page.js",
            "/-",
        ] {
            assert!(!has_hash(path), "{path}");
        }
    }
}
