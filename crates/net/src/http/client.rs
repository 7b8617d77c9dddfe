//! The client: sends requests, and keeps its connections.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::rc::Rc;

use futures_util::AsyncWriteExt;

use super::body::{self, Body, BodyError, Framing};
use super::head::{self, ResponseHead};
use super::incoming::Incoming;
use super::limits::Limits;
use super::message::{Request, Response};
use super::status::has_no_body;
use super::target;
use crate::host::Host;
use crate::websocket::ConnectError;

/// How many idle connections to one server are kept.
const MOST_IDLE: usize = 8;

/// Sends requests from a host. Clones share their connections: one that is idle is used again, and
/// requests that are under way at once have one each.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Rc<Inner>,
}

#[derive(Debug)]
struct Inner {
    host: Host,
    limits: Limits,
    idle: RefCell<BTreeMap<String, Vec<Incoming>>>,
}

impl Client {
    /// A client without connections.
    #[must_use]
    pub fn new(host: Host, limits: Limits) -> Self {
        Self {
            inner: Rc::new(Inner {
                host,
                limits,
                idle: RefCell::default(),
            }),
        }
    }

    /// Sends a request to a server, `host` or `host:port`, and reads the whole answer.
    ///
    /// A kept connection that the server has closed in the meantime is replaced by a new one, once,
    /// if nothing of an answer has arrived and the method may be repeated.
    ///
    /// # Errors
    /// When there is no connection, when it breaks, when what arrives is no answer or too long. A
    /// status such as 404 is an answer.
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection. Whether the server has seen the request is
    /// unknown then.
    pub async fn send(&self, server: &str, request: Request) -> Result<Response, ClientError> {
        let message = written(server, &request);
        let kept = self.kept(server);
        if let Some(mut connection) = kept {
            match self
                .exchange(server, &mut connection, &request, &message)
                .await
            {
                Err(ClientError::Io(_))
                    if connection.bytes().is_empty() && repeatable(&request) => {}
                result => {
                    self.keep(server, connection, &result);
                    return result;
                }
            }
        }
        let (host, port) = match server.split_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| ClientError::Address)?),
            None => (server, 80),
        };
        let stream = self.inner.host.connect(host, port).await;
        let mut connection = Incoming::new(stream.map_err(ClientError::Connect)?);
        let result = self
            .exchange(server, &mut connection, &request, &message)
            .await;
        self.keep(server, connection, &result);
        result
    }

    /// An idle connection, the one used last.
    fn kept(&self, server: &str) -> Option<Incoming> {
        self.inner.idle.borrow_mut().get_mut(server)?.pop()
    }

    /// Keeps a connection if it can be used again.
    fn keep(&self, server: &str, connection: Incoming, result: &Result<Response, ClientError>) {
        let Ok(response) = result else { return };
        // Bytes that nobody asked for mean that the two do not agree on where an answer ends.
        let reusable = connection.bytes().is_empty()
            && response.headers.get("connection") != Some("close")
            && is_framed(response);
        if !reusable {
            return;
        }
        let mut idle = self.inner.idle.borrow_mut();
        let kept = idle.entry(server.to_owned()).or_default();
        if kept.len() < MOST_IDLE {
            kept.push(connection);
        }
    }

    async fn exchange(
        &self,
        _server: &str,
        connection: &mut Incoming,
        request: &Request,
        message: &[u8],
    ) -> Result<Response, ClientError> {
        // A server that refuses a request may close before it has read it: its answer counts.
        let written = connection.stream.write_all(message).await;
        match self.read(connection, request).await {
            Err(ClientError::Io(error)) => Err(ClientError::Io(written.err().unwrap_or(error))),
            result => result,
        }
    }

    async fn read(
        &self,
        connection: &mut Incoming,
        request: &Request,
    ) -> Result<Response, ClientError> {
        let limits = &self.inner.limits;
        loop {
            let head = read_any_head(connection, limits.head).await?;
            if head.status < 200 && head.status != 101 {
                // Only news that the answer is still to come.
                continue;
            }
            let framing = Framing::of(&head.headers, head.minor);
            let framing = framing.map_err(|_| ClientError::Malformed)?;
            let mut response = Response::new(head.status);
            let keeps = head::keeps_alive(&head.headers, head.minor);
            response.headers = head.headers;
            if !keeps {
                response.headers.set("connection", "close");
            }
            if request.method != "HEAD" && !has_no_body(head.status) {
                let framing = framing.unwrap_or(Framing::ToEnd);
                let body = body::read(connection, framing, limits.body).await;
                response.body = Body::Whole(body.map_err(|error| match error {
                    BodyError::TooLong => ClientError::TooLong,
                    BodyError::Malformed => ClientError::Malformed,
                    BodyError::Io(error) => ClientError::Io(error),
                })?);
            }
            return Ok(response);
        }
    }
}

/// Reads the head of whatever the server says next.
async fn read_any_head(
    connection: &mut Incoming,
    longest: usize,
) -> Result<ResponseHead, ClientError> {
    let end = loop {
        let bytes = connection.bytes();
        if let Some(end) = head::end(bytes) {
            break end;
        }
        if bytes.len() > longest {
            return Err(ClientError::TooLong);
        }
        if !connection.more().await? {
            return Err(ClientError::Io(io::ErrorKind::UnexpectedEof.into()));
        }
    };
    let head = head::response(&connection.bytes()[..end]);
    connection.consume(end);
    head.map_err(|_| ClientError::Malformed)
}

/// Reads the head of the answer to a request for another protocol.
pub(crate) async fn read_head(connection: &mut Incoming) -> Result<Response, ConnectError> {
    let head = read_any_head(connection, Limits::default().head).await;
    let head = head.map_err(|error| match error {
        ClientError::Io(error) => ConnectError::Io(error),
        _ => ConnectError::Malformed,
    })?;
    let mut response = Response::new(head.status);
    response.headers = head.headers;
    Ok(response)
}

/// Whether the end of the answer was not the end of the connection.
fn is_framed(response: &Response) -> bool {
    let said = |name| response.headers.get(name).is_some();
    has_no_body(response.status) || said("content-length") || said("transfer-encoding")
}

/// Whether sending it twice does no more than sending it once.
fn repeatable(request: &Request) -> bool {
    !matches!(&*request.method, "POST" | "PATCH")
}

/// A request as it is sent.
pub(crate) fn written(server: &str, request: &Request) -> Vec<u8> {
    let mut head = format!("{} ", request.method);
    target::encode(&request.path, true, &mut head);
    for (number, (name, value)) in request.query.iter().enumerate() {
        head.push(if number == 0 { '?' } else { '&' });
        target::encode(name, false, &mut head);
        head.push('=');
        target::encode(value, false, &mut head);
    }
    head.push_str(" HTTP/1.1\r\nhost: ");
    head.push_str(server);
    head.push_str("\r\n");
    for (name, value) in request.headers.iter() {
        head.push_str(name);
        head.push_str(": ");
        head.extend(value.chars().filter(|c| !c.is_control()));
        head.push_str("\r\n");
    }
    let has_body = matches!(&*request.method, "POST" | "PUT" | "PATCH");
    if has_body || !request.body.is_empty() {
        head.push_str("content-length: ");
        head.push_str(&request.body.len().to_string());
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    let mut message = head.into_bytes();
    message.extend_from_slice(&request.body);
    message
}

/// Why there is no answer.
#[derive(Debug)]
pub enum ClientError {
    /// The server's address is none.
    Address,
    /// There is no connection.
    Connect(io::Error),
    /// The connection broke.
    Io(io::Error),
    /// What arrived is no answer.
    Malformed,
    /// The answer is too long.
    TooLong,
}

impl From<io::Error> for ClientError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("the address is none"),
            Self::Connect(error) => write!(f, "no connection: {error}"),
            Self::Io(error) => write!(f, "the connection broke: {error}"),
            Self::Malformed => f.write_str("what arrived is no answer"),
            Self::TooLong => f.write_str("the answer is too long"),
        }
    }
}

impl std::error::Error for ClientError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connect(error) | Self::Io(error) => Some(error),
            _ => None,
        }
    }
}
