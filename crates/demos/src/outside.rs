//! What demos need from outside of the run: requests and sockets, workers and files.
//!
//! A demo never names a browser or an operating system. It is given an [`Outside`], and whoever
//! runs it decides what stands behind: the browser's own `fetch` and `WebSocket` in the
//! playground, native sockets on the command line, [`NoOutside`] in a test. Workers and files are
//! in modules of their own.
//!
//! # What an implementation does
//!
//! - It **records**. Everything about a request or socket that belongs in the log is written by
//!   the implementation, through `wakeline::outside::Connection`: one connection per
//!   [`fetch`](Outside::fetch) and one per [`connect`](Outside::connect), begun when the future
//!   is first polled (so that the polling task is its subject), with its phases, messages and
//!   end. Demos record nothing about the network themselves.
//! - It **waits visibly**: pending time goes through `Connection::wait`, so that the task's wait
//!   has a reason and the run is not taken for a deadlock.
//! - It **stops at once**: dropping a future of [`fetch`](Outside::fetch) aborts the request,
//!   dropping one of [`connect`](Outside::connect) abandons the attempt, dropping a [`Socket`]
//!   closes it. Time limits are therefore no business of an implementation: a demo puts
//!   `wakeline::time::timeout` around the future.
//! - It **bounds**: what arrives is untrusted, and no answer or message longer than the request
//!   allows is kept in memory.

mod files;
mod work;

use std::fmt;
use std::pin::Pin;

pub use files::{Directory, FileError};
pub use work::{WorkError, Workers};

/// A boxed future that stays on its thread.
pub type LocalBoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The longest answer or message that is accepted unless the request says otherwise, in bytes.
pub const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// The network, workers and files as a demo sees them.
pub trait Outside: fmt::Debug {
    /// Makes a request and reads the whole answer. An answer with a status such as 404 is an
    /// answer, not an error.
    ///
    /// # Cancel safety
    /// Dropping the future aborts the request. Whether the server has seen it is unknown then.
    fn fetch(&self, request: FetchRequest) -> LocalBoxFuture<'static, FetchResult>;

    /// Opens a WebSocket. The address begins with `ws://` or `wss://`.
    ///
    /// # Cancel safety
    /// Dropping the future abandons the attempt; a socket that opens nevertheless is closed.
    fn connect(&self, url: &str) -> LocalBoxFuture<'static, Result<Box<dyn Socket>, NetworkError>>;

    /// At most so many workers for heavy work, fewer if the platform has not so many. Called in a
    /// task. There are none unless an implementation says otherwise.
    fn workers(&self, _most: usize) -> Box<dyn Workers> {
        Box::new(work::NoWorkers)
    }

    /// A new, empty directory. There are no files unless an implementation says otherwise.
    ///
    /// # Cancel safety
    /// Dropping the future leaves nothing behind that is not removed some day.
    fn directory(&self) -> LocalBoxFuture<'static, Result<Box<dyn Directory>, FileError>> {
        Box::pin(async { Err(FileError::NotSupported) })
    }
}

/// What comes of [`Outside::fetch`].
pub type FetchResult = Result<FetchResponse, NetworkError>;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchRequest {
    /// The method, in capitals.
    pub method: String,
    /// The whole address, with `http://` or `https://`.
    pub url: String,
    /// Headers to send beside those that the implementation adds itself.
    pub headers: Vec<(String, String)>,
    /// What to send; empty for none.
    pub body: Vec<u8>,
    /// An answer with a longer body is [`NetworkError::TooLarge`]. In bytes.
    pub longest_body: usize,
}

impl FetchRequest {
    /// A `GET` request without further headers.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            method: "GET".to_owned(),
            url: url.into(),
            headers: Vec::new(),
            body: Vec::new(),
            longest_body: LONGEST_BODY,
        }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchResponse {
    /// The status code.
    pub status: u16,
    /// The headers that may be seen, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl FetchResponse {
    /// Whether the status is one of 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header with this name, which must be in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| &**value)
    }

    /// The body as text.
    ///
    /// # Errors
    /// [`NetworkError::NotText`] if it is not UTF-8.
    pub fn text(&self) -> Result<&str, NetworkError> {
        std::str::from_utf8(&self.body).map_err(|_| NetworkError::NotText)
    }
}

/// An open WebSocket. Its methods take `&self`, so one task may send while another receives.
///
/// Dropping it closes it with code 1000.
pub trait Socket: fmt::Debug {
    /// Sends a message: done when it has been handed on *and* little enough waits to go out
    /// ([`buffered`](Self::buffered)) that the next is welcome.
    ///
    /// # Errors
    /// [`NetworkError::Closed`] if the socket is closed or closing.
    ///
    /// # Cancel safety
    /// A future that was polled once may have handed its message on.
    fn send(&self, message: Message) -> LocalBoxFuture<'_, Result<(), NetworkError>>;

    /// The next message; `None` when the socket is closed and every message was taken. Then
    /// [`closed`](Self::closed) says how. An error concerns one message
    /// ([`NetworkError::TooLarge`]); more may follow.
    ///
    /// # Cancel safety
    /// Safe: a message that was not returned is returned by the next call.
    fn receive(&self) -> LocalBoxFuture<'_, Option<Result<Message, NetworkError>>>;

    /// How many bytes have been sent here and have not left the machine.
    fn buffered(&self) -> usize;

    /// Begins to close; [`receive`](Self::receive) returns `None` when it is done. The code is
    /// 1000 or one of 3000 to 4999, the reason at most 123 bytes. Does nothing on a socket that
    /// is closed or closing.
    fn close(&self, code: u16, reason: &str);

    /// How the socket was closed, once it is.
    fn closed(&self) -> Option<Close>;
}

/// A message of a WebSocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Message {
    /// The length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How a WebSocket was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The code of the closing side: 1000 for a plain goodbye, [`Close::DROPPED`] if the
    /// connection broke without one.
    pub code: u16,
    /// The reason of the closing side; often empty.
    pub reason: String,
}

impl Close {
    /// The code of a connection that broke without a goodbye.
    pub const DROPPED: u16 = 1006;
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {}", self.code)?;
        match &*self.reason {
            "" => Ok(()),
            reason => write!(f, ", {reason}"),
        }
    }
}

/// Why a request, an attempt to connect or a message came to nothing.
///
/// A browser hides most of what went wrong from a program; an implementation there tells apart
/// what it can and calls the rest [`Unreachable`](Self::Unreachable).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworkError {
    /// Nobody answered: wrong address, no server, refused, or not allowed by the browser. With
    /// whatever the platform says about it.
    Unreachable(String),
    /// There is a server, and it does not allow this page to read its answers (CORS). With whatever
    /// the browser says about it.
    NotAllowed(String),
    /// The connection broke before the answer was complete. With whatever the platform says.
    Broken(String),
    /// The platform's own limit ran out.
    TimedOut,
    /// The platform aborted it, for instance because the page is being closed.
    Aborted,
    /// The answer or message is longer than this many bytes.
    TooLarge(usize),
    /// What should have been text is not UTF-8.
    NotText,
    /// The address or a header cannot be used. With what is wrong.
    Malformed(String),
    /// The socket is closed.
    Closed(Close),
    /// There is no network here at all: [`NoOutside`].
    NoNetwork,
}

impl NetworkError {
    /// Whether it says that there may be no server at all, or none for us.
    #[must_use]
    pub fn means_no_server(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::NotAllowed(_) | Self::NoNetwork
        )
    }

    /// A short stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::NotAllowed(_) => "not-allowed",
            Self::Broken(_) => "broken",
            Self::TimedOut => "timed-out",
            Self::Aborted => "aborted",
            Self::TooLarge(_) => "too-large",
            Self::NotText => "not-text",
            Self::Malformed(_) => "malformed",
            Self::Closed(_) => "closed",
            Self::NoNetwork => "no-network",
        }
    }
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, detail) = match self {
            Self::Unreachable(detail) => ("unreachable", detail),
            Self::NotAllowed(detail) => ("the server does not allow this page (CORS)", detail),
            Self::Broken(detail) => ("the connection broke", detail),
            Self::Malformed(detail) => ("cannot be requested", detail),
            Self::TimedOut => return f.write_str("timed out"),
            Self::Aborted => return f.write_str("aborted"),
            Self::TooLarge(limit) => return write!(f, "longer than {limit} bytes"),
            Self::NotText => return f.write_str("not text"),
            Self::Closed(close) => return write!(f, "the socket is closed ({close})"),
            Self::NoNetwork => return f.write_str("no network here"),
        };
        f.write_str(what)?;
        if detail.is_empty() {
            Ok(())
        } else {
            write!(f, ": {detail}")
        }
    }
}

impl std::error::Error for NetworkError {}

/// No network: every call is answered with [`NetworkError::NoNetwork`].
#[derive(Clone, Copy, Debug, Default)]
pub struct NoOutside;

impl Outside for NoOutside {
    fn fetch(&self, _: FetchRequest) -> LocalBoxFuture<'static, FetchResult> {
        Box::pin(async { Err(NetworkError::NoNetwork) })
    }

    fn connect(&self, _: &str) -> LocalBoxFuture<'static, Result<Box<dyn Socket>, NetworkError>> {
        Box::pin(async { Err(NetworkError::NoNetwork) })
    }
}
