//! Requests and responses.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use serde_json::Value;

use super::body::Body;
use super::incoming::Incoming;

/// Header fields in their order. Names are kept in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The first value of a field, whose name must be given in lower case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| &**value)
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let matching = self.0.iter().filter(move |(known, _)| known == name);
        matching.map(|(_, value)| &**value)
    }

    /// Adds a field, behind others of its name.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_ascii_lowercase(), value.into()));
    }

    /// Sets a field, in place of others of its name.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let name = name.to_ascii_lowercase();
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value.into()));
    }

    /// The fields.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether a field that is a list has this element, whatever its case.
    pub(crate) fn lists(&self, name: &str, element: &str) -> bool {
        self.elements(name)
            .any(|known| known.eq_ignore_ascii_case(element))
    }

    /// The elements of a field that is a list.
    pub(crate) fn elements<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let elements = self.all(name).flat_map(|value| value.split(','));
        elements
            .map(str::trim)
            .filter(|element| !element.is_empty())
    }
}

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path: percent-decoded, and with a slash at its beginning.
    pub path: String,
    /// The pairs of the query, percent-decoded.
    pub query: Vec<(String, String)>,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
    /// What stood in the path in place of the parameters of its route.
    pub parameters: Vec<(String, String)>,
    /// The host that sent it; empty until it has been received.
    pub peer: String,
}

impl Request {
    /// A request without a body. The target is a path, with its query if it has one.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = super::target::split(target);
        Self {
            method: method.to_owned(),
            path: super::target::decode(path, false).unwrap_or_else(|| path.to_owned()),
            query: super::target::pairs(query).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The same with a JSON body.
    #[must_use]
    pub fn json(method: &str, target: &str, value: &Value) -> Self {
        let mut request = Self::new(method, target);
        request.headers.set("content-type", "application/json");
        request.body = value.to_string().into_bytes();
        request
    }

    /// What stands in the path in place of a parameter of the route.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        find(&self.parameters, name)
    }

    /// The first value of a name in the query.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// The answer to send: status 415 if the request does not say that it is JSON, 400 if it is
    /// none.
    pub fn body_as_json(&self) -> Result<Value, Response> {
        let kind = self.headers.get("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Response::error(415, "the body must be application/json"));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| Response::error(400, &format!("the body is no JSON: {error}")))
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| &**value)
}

/// What takes a connection over.
pub(crate) type Upgrade = Box<dyn FnOnce(Incoming) -> Pin<Box<dyn Future<Output = ()>>>>;

/// A response.
#[derive(Default)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header fields. Those that say how the body is framed are added when it is sent.
    pub headers: Headers,
    /// The body.
    pub body: Body,
    pub(crate) upgrade: Option<Upgrade>,
}

impl Response {
    /// A response without a body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// A response with a body of this type.
    #[must_use]
    pub fn with(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut response = Self::new(status);
        response.headers.set("content-type", kind);
        response.body = Body::Whole(body.into());
        response
    }

    /// Text.
    #[must_use]
    pub fn text(status: u16, text: impl Into<String>) -> Self {
        Self::with(status, "text/plain; charset=utf-8", text.into())
    }

    /// JSON.
    #[must_use]
    pub fn json(status: u16, value: &Value) -> Self {
        Self::with(status, "application/json", value.to_string())
    }

    /// An error, as JSON: its status and what is wrong.
    #[must_use]
    pub fn error(status: u16, message: &str) -> Self {
        let error = serde_json::json!({ "error": { "status": status, "message": message } });
        Self::json(status, &error)
    }

    /// The same with a field.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.set(name, value);
        self
    }

    /// After this answer, the connection belongs to something else than HTTP.
    #[must_use]
    pub fn upgrade(
        mut self,
        take_over: impl FnOnce(Incoming) -> Pin<Box<dyn Future<Output = ()>>> + 'static,
    ) -> Self {
        self.upgrade = Some(Box::new(take_over));
        self
    }

    /// The body as far as it is known: that of a received response is.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::Whole(bytes) => bytes,
            Body::Stream(_) => &[],
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
