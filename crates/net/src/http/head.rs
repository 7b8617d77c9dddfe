//! The heads of requests and responses.

use super::message::{Headers, Request};
use super::target;

/// The most header fields that are taken.
const MOST_HEADERS: usize = 64;

/// Methods that the standard defines. An unknown one is not implemented; a known one that a
/// resource does not take is not allowed.
const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
];

/// Why a head is refused: the status to answer with, and what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) status: u16,
    pub(super) what: &'static str,
}

impl Malformed {
    pub(super) fn new(status: u16, what: &'static str) -> Self {
        Self { status, what }
    }
}

/// The head of a request.
#[derive(Debug)]
pub(super) struct RequestHead {
    pub(super) request: Request,
    /// 0 for HTTP/1.0, 1 for HTTP/1.1.
    pub(super) minor: u8,
}

impl RequestHead {
    /// Whether the client wants the connection to stay.
    pub(super) fn keeps_alive(&self) -> bool {
        keeps_alive(&self.request.headers, self.minor)
    }
}

pub(super) fn keeps_alive(headers: &Headers, minor: u8) -> bool {
    if headers.lists("connection", "close") {
        return false;
    }
    minor > 0 || headers.lists("connection", "keep-alive")
}

/// Where the head ends in these bytes, its empty line included; `None` if it does not.
pub(super) fn end(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    at.map(|at| at + 4)
}

/// Reads the head of a request, all of which is here.
pub(super) fn request(bytes: &[u8], longest_target: usize) -> Result<RequestHead, Malformed> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut fields);
    match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::Version) => return Err(version(bytes)),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(Malformed::new(431, "too many header fields"));
        }
        Ok(httparse::Status::Partial) | Err(_) => {
            return Err(Malformed::new(400, "this is no HTTP request"));
        }
    }
    let (Some(method), Some(raw), Some(minor)) = (parsed.method, parsed.path, parsed.version)
    else {
        return Err(Malformed::new(400, "this is no HTTP request"));
    };
    if raw.len() > longest_target {
        return Err(Malformed::new(414, "the target is too long"));
    }
    let headers = headers(parsed.headers)?;
    check_host(&headers, minor)?;
    if !METHODS.contains(&method) {
        return Err(Malformed::new(501, "the method is not known here"));
    }
    let (path, query) =
        target::read(raw, method).ok_or(Malformed::new(400, "the target is malformed"))?;
    Ok(RequestHead {
        request: Request {
            method: method.to_owned(),
            path,
            query,
            headers,
            ..Request::default()
        },
        minor,
    })
}

/// What to say to another version: 505 if it is one, 400 if it is none.
fn version(bytes: &[u8]) -> Malformed {
    let line = bytes
        .split(|byte| *byte == b'\r')
        .next()
        .unwrap_or_default();
    let version = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
    let is_version = match version.strip_prefix(b"HTTP/") {
        Some([major, b'.', minor]) => major.is_ascii_digit() && minor.is_ascii_digit(),
        Some([major]) => major.is_ascii_digit(),
        _ => false,
    };
    if is_version {
        Malformed::new(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")
    } else {
        Malformed::new(400, "this is no HTTP request")
    }
}

fn headers(fields: &[httparse::Header<'_>]) -> Result<Headers, Malformed> {
    let mut headers = Headers::default();
    for field in fields {
        let value = std::str::from_utf8(field.value)
            .map_err(|_| Malformed::new(400, "a header field is no text"))?;
        headers.add(field.name, value.trim());
    }
    Ok(headers)
}

/// A request of HTTP/1.1 must name one host.
fn check_host(headers: &Headers, minor: u8) -> Result<(), Malformed> {
    let hosts: Vec<&str> = headers.all("host").collect();
    let odd = |c: char| c.is_whitespace() || "/?#@,\\".contains(c);
    match hosts[..] {
        [] if minor == 0 => Ok(()),
        [host] if !host.contains(odd) => Ok(()),
        [] => Err(Malformed::new(400, "the host is missing")),
        [_] => Err(Malformed::new(400, "the host is malformed")),
        _ => Err(Malformed::new(400, "more than one host")),
    }
}

/// The head of a response.
#[derive(Debug)]
pub(super) struct ResponseHead {
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) minor: u8,
}

/// Reads the head of a response, all of which is here.
pub(super) fn response(bytes: &[u8]) -> Result<ResponseHead, Malformed> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Response::new(&mut fields);
    let complete = matches!(parsed.parse(bytes), Ok(httparse::Status::Complete(_)));
    match (parsed.code, parsed.version) {
        (Some(status), Some(minor)) if complete => Ok(ResponseHead {
            status,
            headers: headers(parsed.headers)?,
            minor,
        }),
        _ => Err(Malformed::new(502, "this is no HTTP response")),
    }
}
