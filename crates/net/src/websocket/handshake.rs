//! How a WebSocket begins: with an HTTP request that asks for it, and an answer that proves that it
//! was understood.

use std::fmt;
use std::future::Future;
use std::io;

use futures_util::AsyncWriteExt;
use sha1::{Digest, Sha1};

use super::frame::Decoder;
use super::socket::WebSocket;
use crate::host::Host;
use crate::http::{Incoming, Request, Response, read_response_head, write_request_head};

/// What a server adds to a client's key, by the standard.
const SUFFIX: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Opens a WebSocket to `server`, a host or `host:port`, with messages of so many bytes at most.
///
/// # Errors
/// As [`Host::connect`]; if the server answers with a status, or with nonsense.
///
/// # Cancel safety
/// Dropping the future gives up the attempt.
pub async fn connect(
    host: &Host,
    server: &str,
    target: &str,
    longest: usize,
) -> Result<WebSocket, ConnectError> {
    let (name, port) = match server.split_once(':') {
        Some((name, port)) => (name, port.parse().map_err(|_| ConnectError::Malformed)?),
        None => (server, 80),
    };
    let stream = host.connect(name, port).await.map_err(ConnectError::Io)?;
    // Random numbers of its own, which depend on the connection alone.
    let mut random = wakeline::random::stream(&format!("websocket {}", stream.label()));
    let mut nonce = [0; 16];
    nonce[..8].copy_from_slice(&random.bits().to_be_bytes());
    nonce[8..].copy_from_slice(&random.bits().to_be_bytes());
    let key = base64(&nonce);
    let mut request = Request::new("GET", target);
    for (field, value) in [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", &*key),
    ] {
        request.headers.set(field, value);
    }
    let mut incoming = Incoming::new(stream);
    let head = write_request_head(server, &request);
    incoming
        .stream
        .write_all(&head)
        .await
        .map_err(ConnectError::Io)?;
    let response = read_response_head(&mut incoming).await?;
    if response.status != 101 {
        return Err(ConnectError::Status(response.status));
    }
    if response.headers.get("sec-websocket-accept") != Some(&*proof(&key)) {
        return Err(ConnectError::Malformed);
    }
    let (stream, rest) = incoming.into_parts();
    let decoder = Decoder::new(false, longest, rest);
    Ok(WebSocket::new(stream, decoder, Some(random), host))
}

/// The answer to a request that asks for a WebSocket, which is then given to `converse`: status 101,
/// 426 if the request asks for another protocol or version, 400 if it is malformed.
#[must_use]
pub fn accept<F, C>(host: &Host, request: &Request, longest: usize, converse: F) -> Response
where
    F: FnOnce(WebSocket) -> C + 'static,
    C: Future<Output = ()> + 'static,
{
    let headers = &request.headers;
    let asks = headers.lists("upgrade", "websocket") && headers.lists("connection", "upgrade");
    if !asks || headers.get("sec-websocket-version") != Some("13") {
        return Response::error(426, "this is a WebSocket")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13");
    }
    let key = headers.get("sec-websocket-key").unwrap_or_default();
    if key.len() != 24 {
        return Response::error(400, "the key of the WebSocket is malformed");
    }
    let host = host.clone();
    Response::new(101)
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-accept", proof(key))
        .upgrade(move |incoming| {
            let (stream, rest) = incoming.into_parts();
            let decoder = Decoder::new(true, longest, rest);
            Box::pin(converse(WebSocket::new(stream, decoder, None, &host)))
        })
}

/// What shows that a server has understood the key.
fn proof(key: &str) -> String {
    let mut hasher = Sha1::new();
    hasher.update(key.as_bytes());
    hasher.update(SUFFIX);
    base64(&hasher.finalize())
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) & 63;
            text.push(match place > three.len() {
                true => '=',
                false => char::from(DIGITS[digit as usize]),
            });
        }
    }
    text
}

/// Why there is no WebSocket.
#[derive(Debug)]
pub enum ConnectError {
    /// There is no connection, or it broke.
    Io(io::Error),
    /// The server answers with this status instead.
    Status(u16),
    /// What arrived is no answer.
    Malformed,
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Status(status) => write!(f, "status {status}"),
            Self::Malformed => f.write_str("what arrived is no answer"),
        }
    }
}

impl std::error::Error for ConnectError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_is_the_one_of_the_standards_example() {
        assert_eq!(
            proof("dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
        assert_eq!(
            (&*base64(b""), &*base64(b"f"), &*base64(b"fo")),
            ("", "Zg==", "Zm8=")
        );
    }
}
