//! The life of one socket: a reader, a writer, and the reasons for which it ends.

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Error as SocketError;
use tokio_tungstenite::tungstenite::error::ProtocolError;

use super::Limits;
use super::outbox::{End, Outbox, Outgoing};
use crate::server::stop::{Stage, Stop};

/// What a socket does after a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Wait for the next.
    Listen,
    /// Send what waits, and close the connection without a close frame.
    HangUp,
}

/// Runs a socket to its end. `answer` is given every text and binary message; what it has to say
/// it puts into the outbox.
pub(super) async fn run(
    socket: WebSocket,
    outbox: &Outbox,
    limits: Limits,
    stop: &Stop,
    answer: impl FnMut(Message) -> Next,
) {
    let (sink, stream) = socket.split();
    let mut writer = std::pin::pin!(write(sink, outbox, limits, stop));
    tokio::select! {
        () = &mut writer => return,
        end = read(stream, outbox, limits, answer) => match end {
            // The closing handshake is done, or there is nobody left to do it with.
            None => return,
            Some(end) => outbox.end(end),
        }
    }
    writer.await;
}

/// Reads until the client is done (`None`) or has to be got rid of.
async fn read(
    mut stream: SplitStream<WebSocket>,
    outbox: &Outbox,
    limits: Limits,
    mut answer: impl FnMut(Message) -> Next,
) -> Option<End> {
    loop {
        // A client that asks faster than it reads the answers is not read from meanwhile.
        outbox.has_room().await;
        let received = tokio::time::timeout(limits.silence, stream.next()).await;
        let message = match received {
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(error))) => return end_for(error),
            Ok(None) => return None,
            Err(_) => return Some(End::HangUp),
        };
        match message {
            Message::Text(_) | Message::Binary(_) => {
                if answer(message) == Next::HangUp {
                    return Some(End::HangUp);
                }
                // Messages that arrived together must not keep others from theirs.
                tokio::task::yield_now().await;
            }
            // tungstenite answers pings and close frames; reading on sends these answers.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => {}
        }
    }
}

/// The close frame for what went wrong in reading, if the client could still read it.
fn end_for(error: axum::Error) -> Option<End> {
    let code = match error.into_inner().downcast_ref::<SocketError>() {
        Some(SocketError::Capacity(_)) => close_code::SIZE,
        Some(SocketError::Utf8(_)) => close_code::INVALID,
        Some(SocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => return None,
        Some(SocketError::Protocol(_)) => close_code::PROTOCOL,
        _ => return None,
    };
    Some(End::Code(code))
}

/// Writes until the socket is to end, and then its end.
async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    outbox: &Outbox,
    limits: Limits,
    stop: &Stop,
) {
    let code = loop {
        let message = tokio::select! {
            biased;
            () = stop.at(Stage::Draining) => break close_code::AWAY,
            outgoing = outbox.next() => match outgoing {
                Outgoing::Message(message) => message,
                Outgoing::End(End::Code(code)) => break code,
                Outgoing::End(End::HangUp) => return,
            },
            () = tokio::time::sleep(limits.ping_every) => Message::Ping(bytes::Bytes::new()),
        };
        tokio::select! {
            sent = sink.send(message) => if sent.is_err() { return },
            () = stop.at(Stage::Draining) => break close_code::AWAY,
            () = outbox.overflowed() => break close_code::AGAIN,
        }
    };
    let frame = CloseFrame {
        code,
        reason: Default::default(),
    };
    let close = sink.send(Message::Close(Some(frame)));
    // A client that does not even take this in will see its connection closed.
    let _ = tokio::time::timeout(limits.last_word, close).await;
}
