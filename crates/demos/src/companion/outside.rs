//! Requests and sockets of a demo on the simulated network, as a browser would make them.

use std::cell::Cell;
use std::io;

use wakeline::log::{MessageDirection, NetworkPhase};
use wakeline::outside::Connection;
use wakeline_net::Host;
use wakeline_net::http::{Client, ClientError, Request, Response};
use wakeline_net::websocket::{self, ConnectError, WebSocket};

use crate::outside::{
    Close, FetchRequest, FetchResponse, FetchResult, LONGEST_BODY, LocalBoxFuture, Message,
    NetworkError, Socket,
};

/// As many redirections as a browser follows.
const MOST_REDIRECTIONS: u32 = 20;

/// The server and the target of an address with this scheme.
fn split<'a>(url: &'a str, scheme: &str) -> Result<(&'a str, &'a str), NetworkError> {
    let rest = url.strip_prefix(scheme).unwrap_or_default();
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (server, target) = rest.split_at(at);
    if server.is_empty() {
        return Err(NetworkError::Malformed(format!("{url} is no address")));
    }
    Ok((server, if target.is_empty() { "/" } else { target }))
}

/// Makes a request and follows redirections.
pub(super) async fn fetch(client: Client, request: FetchRequest) -> FetchResult {
    let connection = Connection::begin(&format!("{} {}", request.method, request.url));
    let result = follow(&client, request, &connection).await;
    match &result {
        Ok(response) => {
            let length = u32::try_from(response.body.len()).unwrap_or(u32::MAX);
            connection.phase(NetworkPhase::Body, "", length);
            connection.end_well("");
        }
        Err(error) => connection.end_with_error(&error.to_string()),
    }
    result
}

async fn follow(client: &Client, request: FetchRequest, connection: &Connection) -> FetchResult {
    let mut url = request.url;
    for _ in 0..=MOST_REDIRECTIONS {
        let (server, target) = split(&url, "http://")?;
        let mut sent = Request::new(&request.method, target);
        for (name, value) in &request.headers {
            sent.headers.set(name, value.as_str());
        }
        sent.body.clone_from(&request.body);
        connection.phase(NetworkPhase::Sent, "", 0);
        let response = client.send(server, sent).await.map_err(refused)?;
        let status = response.status;
        connection.phase(NetworkPhase::Headers, "", u32::from(status));
        let location = response.headers.get("location");
        match location.filter(|_| (300..400).contains(&status) && status != 304) {
            Some(path) if path.starts_with('/') => url = format!("http://{server}{path}"),
            Some(other) => url = other.to_owned(),
            None => return answer(&response, request.longest_body),
        }
    }
    Err(NetworkError::Unreachable(
        "too many redirections".to_owned(),
    ))
}

fn answer(response: &Response, longest: usize) -> FetchResult {
    let body = response.bytes();
    if body.len() > longest {
        return Err(NetworkError::TooLarge(longest));
    }
    let headers = response.headers.iter();
    Ok(FetchResponse {
        status: response.status,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: body.to_vec(),
    })
}

fn refused(error: ClientError) -> NetworkError {
    match error {
        ClientError::Connect(error) => unreachable(&error),
        ClientError::TooLong => NetworkError::TooLarge(LONGEST_BODY),
        ClientError::Io(error) => NetworkError::Broken(error.to_string()),
        ClientError::Address => NetworkError::Malformed(error.to_string()),
        ClientError::Malformed => NetworkError::Broken(error.to_string()),
    }
}

fn unreachable(error: &io::Error) -> NetworkError {
    NetworkError::Unreachable(error.to_string())
}

/// Opens a WebSocket.
pub(super) async fn connect(host: Host, url: String) -> Result<Box<dyn Socket>, NetworkError> {
    let (server, target) = split(&url, "ws://")?;
    let connection = Connection::begin(&url);
    connection.phase(NetworkPhase::Sent, "", 0);
    match websocket::connect(&host, server, target, LONGEST_BODY).await {
        Ok(socket) => {
            connection.phase(NetworkPhase::Open, "", 0);
            let closing = Cell::new(false);
            Ok(Box::new(SimulatedSocket {
                connection,
                socket,
                closing,
            }))
        }
        Err(error) => {
            connection.end_with_error(&error.to_string());
            Err(match error {
                ConnectError::Io(error) => unreachable(&error),
                other => NetworkError::Unreachable(other.to_string()),
            })
        }
    }
}

#[derive(Debug)]
struct SimulatedSocket {
    connection: Connection,
    socket: WebSocket,
    closing: Cell<bool>,
}

impl SimulatedSocket {
    fn record(&self, message: &websocket::Message, is_sent: bool) {
        let (direction, text) = match (message, is_sent) {
            (websocket::Message::Text(text), true) => (MessageDirection::SentText, &**text),
            (websocket::Message::Text(text), false) => (MessageDirection::ReceivedText, &**text),
            (websocket::Message::Bytes(_), true) => (MessageDirection::SentBytes, ""),
            (websocket::Message::Bytes(_), false) => (MessageDirection::ReceivedBytes, ""),
        };
        self.connection.message(direction, text, message.len());
    }

    fn record_end(&self) {
        match self.closed() {
            Some(close) if close.code == Close::DROPPED => {
                self.connection.end_with_error(&close.to_string());
            }
            Some(close) => self.connection.end_well(&close.to_string()),
            None => {}
        }
    }

    async fn hand_on(&self, message: Message) -> Result<(), NetworkError> {
        if self.closing.get() || self.closed().is_some() {
            return Err(NetworkError::Closed(self.closed().unwrap_or(Close {
                code: 1000,
                reason: String::new(),
            })));
        }
        let message = match message {
            Message::Text(text) => websocket::Message::Text(text),
            Message::Bytes(bytes) => websocket::Message::Bytes(bytes),
        };
        self.record(&message, true);
        let sent = self.socket.send(message).await;
        sent.map_err(|close| NetworkError::Closed(read(close)))
    }

    async fn next(&self) -> Option<Result<Message, NetworkError>> {
        let Some(received) = self.socket.receive().await else {
            self.record_end();
            return None;
        };
        Some(match received {
            Ok(message) => {
                self.record(&message, false);
                Ok(match message {
                    websocket::Message::Text(text) => Message::Text(text),
                    websocket::Message::Bytes(bytes) => Message::Bytes(bytes),
                })
            }
            Err(violation) => Err(NetworkError::Broken(violation.to_string())),
        })
    }
}

fn read(close: websocket::Close) -> Close {
    let websocket::Close { code, reason } = close;
    Close { code, reason }
}

impl Socket for SimulatedSocket {
    fn send(&self, message: Message) -> LocalBoxFuture<'_, Result<(), NetworkError>> {
        Box::pin(self.hand_on(message))
    }

    fn receive(&self) -> LocalBoxFuture<'_, Option<Result<Message, NetworkError>>> {
        Box::pin(self.next())
    }

    fn buffered(&self) -> usize {
        self.socket.buffered()
    }

    fn close(&self, code: u16, reason: &str) {
        if self.closed().is_none() && !self.closing.replace(true) {
            self.connection
                .phase(NetworkPhase::Closing, reason, u32::from(code));
            self.socket.close(code, reason);
        }
    }

    fn closed(&self) -> Option<Close> {
        self.socket.closed().map(read)
    }
}

impl Drop for SimulatedSocket {
    fn drop(&mut self) {
        self.close(1000, "");
        self.record_end();
    }
}
