//! The browser for demos: an adaptor between what demos ask for and what `wakeline_web` offers.

mod files;
mod work;

use wakeline_demos::outside::{
    Close, Directory, FetchRequest, FetchResponse, FetchResult, FileError, LocalBoxFuture, Message,
    NetworkError, Outside, Socket, Workers,
};
use wakeline_web::fetch::{FetchError, Request, fetch};
use wakeline_web::socket::{self, Limits, SocketError};

/// The longest reason that a WebSocket may be closed with, in bytes.
const LONGEST_REASON: usize = 123;

/// The browser's own `fetch`, `WebSocket`, workers and file system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Browser;

impl Outside for Browser {
    fn fetch(&self, request: FetchRequest) -> LocalBoxFuture<'static, FetchResult> {
        Box::pin(async move {
            let limit = request.longest_body;
            let response = fetch(Request {
                method: request.method,
                url: request.url,
                headers: request.headers,
                body: (!request.body.is_empty()).then_some(request.body),
            });
            let mut response = response.await.map_err(fetch_error)?;
            let (status, headers) = (response.status, std::mem::take(&mut response.headers));
            let body = response.bytes(limit).await.map_err(fetch_error)?;
            Ok(FetchResponse {
                status,
                headers,
                body,
            })
        })
    }

    fn connect(&self, url: &str) -> LocalBoxFuture<'static, Result<Box<dyn Socket>, NetworkError>> {
        let url = url.to_owned();
        Box::pin(async move {
            let socket = socket::Socket::connect(&url, Limits::default()).await;
            let socket = BrowserSocket(socket.map_err(socket_error)?);
            Ok(Box::new(socket) as Box<dyn Socket>)
        })
    }

    fn workers(&self, most: usize) -> Box<dyn Workers> {
        Box::new(work::Hands::new(most))
    }

    fn directory(&self) -> LocalBoxFuture<'static, Result<Box<dyn Directory>, FileError>> {
        Box::pin(files::create())
    }
}

fn fetch_error(error: FetchError) -> NetworkError {
    match error {
        FetchError::Malformed(detail) => NetworkError::Malformed(detail),
        FetchError::Unreachable(detail) => NetworkError::Unreachable(detail),
        FetchError::NotAllowed(detail) => NetworkError::NotAllowed(detail),
        FetchError::Aborted => NetworkError::Aborted,
        FetchError::TimedOut => NetworkError::TimedOut,
        FetchError::TooLarge(limit) => NetworkError::TooLarge(limit),
        FetchError::Broken(detail) => NetworkError::Broken(detail),
        other => NetworkError::Broken(other.to_string()),
    }
}

#[derive(Debug)]
struct BrowserSocket(socket::Socket);

impl Socket for BrowserSocket {
    fn send(&self, message: Message) -> LocalBoxFuture<'_, Result<(), NetworkError>> {
        Box::pin(async move {
            let message = match message {
                Message::Text(text) => socket::Message::Text(text),
                Message::Bytes(bytes) => socket::Message::Bytes(bytes),
            };
            self.0.send(&message).await.map_err(socket_error)
        })
    }

    fn receive(&self) -> LocalBoxFuture<'_, Option<Result<Message, NetworkError>>> {
        Box::pin(async move {
            let received = self.0.receive().await?;
            let message = received.map(|message| match message {
                socket::Message::Text(text) => Message::Text(text),
                socket::Message::Bytes(bytes) => Message::Bytes(bytes),
            });
            Some(message.map_err(socket_error))
        })
    }

    fn buffered(&self) -> usize {
        self.0.buffered()
    }

    fn close(&self, code: u16, reason: &str) {
        let code = match code {
            1000 | 3000..=4999 => code,
            _ => 1000,
        };
        let end = reason.floor_char_boundary(LONGEST_REASON);
        // Code and reason are such as a browser takes, and it refuses nothing else.
        let _ = self.0.close(code, &reason[..end]);
    }

    fn closed(&self) -> Option<Close> {
        self.0.closed().map(close)
    }
}

fn close(close: socket::Close) -> Close {
    let socket::Close { code, reason } = close;
    Close { code, reason }
}

fn socket_error(error: SocketError) -> NetworkError {
    match error {
        SocketError::Malformed(detail) => NetworkError::Malformed(detail),
        SocketError::Closed(how) => NetworkError::Closed(close(how)),
        SocketError::TooLarge(limit) => NetworkError::TooLarge(limit),
        // The browser says nothing but "code 1006", which tells a person nothing.
        SocketError::Unreachable(_) => NetworkError::Unreachable(String::new()),
        other => NetworkError::Broken(other.to_string()),
    }
}
