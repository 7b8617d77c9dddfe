//! Files that a server has.

use std::collections::BTreeMap;

use super::message::{Request, Response};

/// Files in memory, by their path without a slash at the beginning. Each is sent with a validator,
/// and asked for with that again answered with status 304.
#[derive(Clone, Debug, Default)]
pub struct Files {
    files: BTreeMap<&'static str, File>,
}

#[derive(Clone, Debug)]
struct File {
    kind: &'static str,
    bytes: Vec<u8>,
    tag: String,
}

impl Files {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. Its type follows from its name.
    #[must_use]
    pub fn with(mut self, path: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        // FNV-1a: enough to tell versions of a file apart.
        let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let tag = format!("\"{hash:016x}\"");
        let kind = kind(path);
        self.files.insert(path, File { kind, bytes, tag });
        self
    }

    pub(super) fn answer(&self, request: &Request, path: &str) -> Response {
        let Some(file) = self.files.get(path) else {
            return Response::error(404, "no such file");
        };
        let known = request.headers.elements("if-none-match");
        let mut known = known.map(|tag| tag.strip_prefix("W/").unwrap_or(tag));
        let response = if known.any(|tag| tag == file.tag || tag == "*") {
            Response::new(304)
        } else {
            Response::with(200, file.kind, file.bytes.clone())
        };
        response.header("etag", file.tag.clone())
    }
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
