//! Requests by the browser's own `fetch`.
//!
//! A request stands in the log as a connection of the task that makes it: begun, sent, headers
//! with the status, each part of the body as a message, body with its length, ended. While it is
//! pending the task waits for the
//! network, which is no deadlock. Dropping the future, or the [`Response`] before its body was
//! read to the end, aborts the request.
//!
//! A browser tells a program little about why a request failed, so that a page cannot spy on the
//! network it is in. [`FetchError`] tells apart what can be told apart. A server that does not
//! allow this page to read its answers (CORS) is told from one that is not there by a second
//! request, `HEAD`, whose answer nobody reads.
//!
//! There is no time limit here: put `wakeline::time::timeout` around the future.

mod unread;

use std::fmt;

use js_sys::{Array, Reflect, Uint8Array};
use wakeline::log::{MessageDirection, NetworkPhase};
use wakeline::outside::Connection;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, ReadableStreamDefaultReader};

use crate::globals;
use crate::promise::Settlement;

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The method, in capitals; `GET` if empty.
    pub method: String,
    /// The address. A relative one is relative to the page, or to the worker's script.
    pub url: String,
    /// Headers. The browser adds its own and refuses those that are not for programs to set.
    pub headers: Vec<(String, String)>,
    /// The body; `None` for the methods that have none.
    pub body: Option<Vec<u8>>,
}

impl Request {
    /// A `GET` request without headers of its own.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            method: "GET".to_owned(),
            url: url.into(),
            ..Self::default()
        }
    }
}

/// Why a request came to nothing. What is in it is the browser's own account, in English, for
/// people to read; it differs between browsers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchError {
    /// The browser refuses to make such a request: the address, the method or a header is wrong.
    Malformed(String),
    /// There is no answer: a wrong address, no server, or content that the browser blocks. In a
    /// page that is isolated (`Cross-Origin-Embedder-Policy: require-corp`) also what is
    /// [`NotAllowed`](Self::NotAllowed) elsewhere, unless the server allows its answers to be
    /// embedded.
    Unreachable(String),
    /// There is a server, and it does not allow this page to read its answers: it is of another
    /// origin and does not give permission (CORS).
    NotAllowed(String),
    /// The answer broke off.
    Broken(String),
    /// The browser aborted it, for instance because the page is being left.
    Aborted,
    /// The browser's own time limit ran out.
    TimedOut,
    /// The body is longer than this many bytes.
    TooLarge(usize),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(detail) => write!(f, "not a request: {detail}"),
            Self::Unreachable(detail) => write!(f, "no answer: {detail}"),
            Self::NotAllowed(detail) => write!(f, "an answer that may not be read: {detail}"),
            Self::Broken(detail) => write!(f, "the answer broke off: {detail}"),
            Self::Aborted => f.write_str("aborted by the browser"),
            Self::TimedOut => f.write_str("timed out by the browser"),
            Self::TooLarge(limit) => write!(f, "the answer is longer than {limit} bytes"),
        }
    }
}

impl std::error::Error for FetchError {}

/// Makes a request and waits for status and headers of the answer. An answer such as 404 is an
/// answer, not an error.
///
/// # Errors
/// If there is no answer: see [`FetchError`].
///
/// # Panics
/// Outside of a task.
///
/// # Cancel safety
/// Dropping the future aborts the request. Whether the server has seen it is unknown then.
pub async fn fetch(request: Request) -> Result<Response, FetchError> {
    let method = match &*request.method {
        "" => "GET",
        method => method,
    };
    let connection = Connection::begin(&format!("{method} {}", request.url));
    match begin(&connection, method, &request).await {
        Ok(answer) => Ok(Response::new(connection, answer)),
        Err(error) => {
            connection.end_with_error(&error.to_string());
            Err(error)
        }
    }
}

/// An answer of the browser, and the means to stop its body.
struct Answer {
    response: web_sys::Response,
    abort: AbortOnDrop,
}

async fn begin(
    connection: &Connection,
    method: &str,
    request: &Request,
) -> Result<Answer, FetchError> {
    let abort = AbortOnDrop::new()?;
    let request = build(method, request, &abort).map_err(|error| malformed(&error))?;
    let settlement = Settlement::of(&globals::fetch(&request));
    connection.phase(NetworkPhase::Sent, "", 0);
    let answer = connection.wait(settlement).await;
    match answer.map_err(|error| classify(&error, FetchError::Unreachable)) {
        Ok(answer) => Ok(Answer {
            response: answer.unchecked_into(),
            abort,
        }),
        Err(FetchError::Unreachable(detail))
            if unread::is_kept_from_us(connection, &request.url()).await =>
        {
            Err(FetchError::NotAllowed(detail))
        }
        Err(error) => Err(error),
    }
}

fn build(
    method: &str,
    request: &Request,
    abort: &AbortOnDrop,
) -> Result<web_sys::Request, JsValue> {
    let init = web_sys::RequestInit::new();
    init.set_method(method);
    init.set_signal(Some(&abort.controller.signal()));
    let headers = web_sys::Headers::new()?;
    for (name, value) in &request.headers {
        headers.append(name, value)?;
    }
    init.set_headers(&headers);
    if let Some(body) = &request.body {
        init.set_body(&Uint8Array::from(&**body));
    }
    web_sys::Request::new_with_str_and_init(&request.url, &init)
}

/// An answer whose body has yet to come. Dropping it before the body was read to its end aborts
/// the request.
#[derive(Debug)]
#[must_use = "dropping an answer aborts it"]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The text that goes with the status; often empty.
    pub status_text: String,
    /// The address that answered in the end, after redirections.
    pub url: String,
    /// The headers that the page may see, names in lower case.
    pub headers: Vec<(String, String)>,
    body: Body,
}

/// How much of an answer's body is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The bytes that have arrived.
    pub received: usize,
    /// How many there will be, if the server has said so. Unknown as well if the body travels
    /// compressed: what is announced then is another number.
    pub expected: Option<usize>,
}

impl Response {
    fn new(connection: Connection, answer: Answer) -> Self {
        let Answer { response, abort } = answer;
        let (status, status_text) = (response.status(), response.status_text());
        connection.phase(NetworkPhase::Headers, &status_text, u32::from(status));
        Self {
            status,
            status_text,
            url: response.url(),
            headers: headers(&response.headers()),
            body: Body {
                connection: Some(connection),
                abort,
                reader: response.body().and_then(|stream| {
                    // Nobody else has the stream, so it is not locked.
                    ReadableStreamDefaultReader::new(&stream).ok()
                }),
                pending: None,
                length: 0,
            },
        }
    }

    /// Whether the status is one of 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// How much of the body has been taken by [`chunk`](Self::chunk).
    #[must_use]
    pub fn progress(&self) -> Progress {
        let received = self.body.length;
        let header = |wanted: &str| {
            let found = self.headers.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| &**value)
        };
        let expected = match header("content-encoding") {
            None | Some("identity") => header("content-length").and_then(|n| n.parse().ok()),
            Some(_) => None,
        };
        Progress {
            received,
            // A server may compress and not let this page see that it does.
            expected: expected.filter(|expected| received <= *expected),
        }
    }

    /// The next part of the body as it comes from the network, `None` at its end.
    ///
    /// # Errors
    /// If the answer breaks off. Afterwards there is nothing more to read.
    ///
    /// # Cancel safety
    /// Safe: a part that was not returned is returned by the next call.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, FetchError> {
        self.body.chunk().await
    }

    /// The rest of the body, at most `limit` bytes of it.
    ///
    /// # Errors
    /// [`FetchError::TooLarge`] as soon as it is longer; the request is aborted then, and no more
    /// than `limit` bytes and one part were in memory. Otherwise as [`chunk`](Self::chunk).
    ///
    /// # Cancel safety
    /// Dropping the future aborts the request.
    pub async fn bytes(mut self, limit: usize) -> Result<Vec<u8>, FetchError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.body.chunk().await? {
            if chunk.len() > limit - bytes.len() {
                let error = FetchError::TooLarge(limit);
                self.body.fail(&error);
                return Err(error);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// The rest of the body as text, at most `limit` bytes of it. What is not UTF-8 becomes
    /// U+FFFD, as in the browser's own `Response.text`.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes).
    ///
    /// # Cancel safety
    /// Dropping the future aborts the request.
    pub async fn text(self, limit: usize) -> Result<String, FetchError> {
        let bytes = self.bytes(limit).await?;
        Ok(match String::from_utf8_lossy(&bytes) {
            std::borrow::Cow::Borrowed(text) => text.to_owned(),
            std::borrow::Cow::Owned(text) => text,
        })
    }
}

#[derive(Debug)]
struct Body {
    /// `None` once the end is in the log.
    connection: Option<Connection>,
    abort: AbortOnDrop,
    /// `None` for an answer without a body, and at the end of one.
    reader: Option<ReadableStreamDefaultReader>,
    /// A part that was asked for and has not been taken.
    pending: Option<Settlement>,
    length: usize,
}

impl Body {
    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, FetchError> {
        let (Some(reader), Some(connection)) = (&self.reader, &self.connection) else {
            self.end();
            return Ok(None);
        };
        let pending = self
            .pending
            .get_or_insert_with(|| Settlement::of(&reader.read()));
        let answer = connection.wait(pending).await;
        self.pending = None;
        match answer.and_then(|part| part_of(&part)) {
            Ok(Some(chunk)) => {
                self.length += chunk.len();
                connection.message(MessageDirection::ReceivedBytes, "", chunk.len());
                Ok(Some(chunk))
            }
            Ok(None) => {
                self.end();
                Ok(None)
            }
            Err(error) => {
                let error = classify(&error, FetchError::Broken);
                self.fail(&error);
                Err(error)
            }
        }
    }

    /// The body is complete.
    fn end(&mut self) {
        self.reader = None;
        self.abort.disarm();
        if let Some(connection) = self.connection.take() {
            let length = u32::try_from(self.length).unwrap_or(u32::MAX);
            connection.phase(NetworkPhase::Body, "", length);
            connection.end_well("");
        }
    }

    fn fail(&mut self, error: &FetchError) {
        self.reader = None;
        if let Some(connection) = self.connection.take() {
            connection.end_with_error(&error.to_string());
        }
    }
}

/// What a stream's `read` promises: a part, or the end.
fn part_of(result: &JsValue) -> Result<Option<Vec<u8>>, JsValue> {
    if Reflect::get(result, &"done".into())?.is_truthy() {
        return Ok(None);
    }
    let part: Uint8Array = Reflect::get(result, &"value".into())?.dyn_into()?;
    Ok(Some(part.to_vec()))
}

fn headers(headers: &web_sys::Headers) -> Vec<(String, String)> {
    let pair = |entry: JsValue| {
        let entry: Array = entry.dyn_into().ok()?;
        Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
    };
    let entries = headers.entries().into_iter();
    entries.filter_map(|entry| pair(entry.ok()?)).collect()
}

/// Aborts a request unless it is told that there is nothing left to abort.
#[derive(Debug)]
struct AbortOnDrop {
    controller: AbortController,
    armed: bool,
}

impl AbortOnDrop {
    fn new() -> Result<Self, FetchError> {
        Ok(Self {
            controller: AbortController::new().map_err(|error| malformed(&error))?,
            armed: true,
        })
    }

    fn disarm(&mut self) {
        self.armed = false;
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if self.armed {
            self.controller.abort();
        }
    }
}

fn malformed(error: &JsValue) -> FetchError {
    FetchError::Malformed(describe(error))
}

fn classify(error: &JsValue, otherwise: fn(String) -> FetchError) -> FetchError {
    match &*property(error, "name") {
        "AbortError" => FetchError::Aborted,
        "TimeoutError" => FetchError::TimedOut,
        _ => otherwise(describe(error)),
    }
}

/// What the browser says about an error, in its own words.
pub(crate) fn describe(error: &JsValue) -> String {
    match property(error, "message") {
        message if message.is_empty() => error.as_string().unwrap_or_default(),
        message => message,
    }
}

pub(crate) fn property(value: &JsValue, name: &str) -> String {
    // Asking a primitive for a property is an error; then there is no such property.
    let property = Reflect::get(value, &name.into()).ok();
    property
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}
