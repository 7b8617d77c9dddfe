//! The server: reads requests, has them answered, keeps connections alive.

use std::io;
use std::rc::Rc;

use futures_util::AsyncWriteExt;
use wakeline::time::timeout;

use super::body::{self, Body, BodyError, Framing};
use super::head::{self, Malformed, RequestHead};
use super::incoming::Incoming;
use super::limits::Limits;
use super::message::{Request, Response, Upgrade};
use super::router::Router;
use super::status::{has_no_body, reason};
use crate::listener::Listener;
use crate::stream::Stream;

/// Accepts connections for as long as the listener lives, and answers the requests on each, one
/// after the other, in a task of its own on `host`.
///
/// What the standard demands is answered by the server itself: 400 for what is malformed, 408 for
/// what takes too long, 411 for a body of unknown length, 413, 414 and 431 for what is too long, 417
/// for an unknown expectation, 501 for an unknown method or coding, 505 for another version; after
/// each of these the connection ends, since nobody knows where the next request begins. The router
/// says the rest.
///
/// # Errors
/// When the host has crashed.
///
/// # Cancel safety
/// Dropping the future ends the listening. Connections go on.
///
/// ```
/// use wakeline_net::http::{Client, Limits, Request, Response, Router, serve};
/// use wakeline_net::{Conditions, Network};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let network = Network::new(Conditions::default());
///     let host = network.host("shop");
///     let router = Router::new().route("GET", "/books/{id}", async |request: Request| {
///         Ok(Response::text(200, format!("book {}", request.parameter("id").unwrap())))
///     });
///     let listener = host.listen(80).unwrap();
///     wakeline::spawn(serve(host.clone(), listener, router, Limits::default()));
///     let client = Client::new(network.host("reader"), Limits::default());
///     let response = client.send("shop", Request::new("GET", "/books/7")).await.unwrap();
///     assert_eq!((response.status, response.bytes()), (200, &b"book 7"[..]));
/// });
/// ```
pub async fn serve(
    host: crate::Host,
    mut listener: Listener,
    router: Router,
    limits: Limits,
) -> io::Result<()> {
    let router = Rc::new(router);
    let mut number = 0_u32;
    loop {
        let stream = listener.accept().await?;
        number += 1;
        let name = format!("{} connection {number}", host.name());
        let connection = converse(stream, Rc::clone(&router), limits);
        drop(host.spawn(name, connection));
    }
}

/// What becomes of the connection after an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Stay,
    Close,
}

/// What comes of a request.
enum Outcome {
    Answered(Then),
    TakenOver(Upgrade),
}

/// Answers the requests on one connection.
async fn converse(stream: Stream, router: Rc<Router>, limits: Limits) {
    let peer = stream.peer().to_owned();
    let mut incoming = Incoming::new(stream);
    for number in 1..=limits.requests {
        let then = if number == limits.requests {
            Then::Close
        } else {
            Then::Stay
        };
        match exchange(&mut incoming, &router, &limits, &peer, then).await {
            Ok(Outcome::Answered(Then::Stay)) => {}
            Ok(Outcome::TakenOver(upgrade)) => return upgrade(incoming).await,
            // Whoever has gone does not want to hear more.
            Ok(Outcome::Answered(Then::Close)) | Err(_) => break,
        }
    }
    let _ = incoming.stream.close().await;
}

/// One request and its answer.
async fn exchange(
    incoming: &mut Incoming,
    router: &Router,
    limits: &Limits,
    peer: &str,
    then: Then,
) -> io::Result<Outcome> {
    let head = match read_head(incoming, limits).await? {
        Some(Ok(head)) => head,
        Some(Err(malformed)) => return refuse(incoming, malformed, false).await,
        None => return Ok(Outcome::Answered(Then::Close)),
    };
    let then = if head.keeps_alive() {
        then
    } else {
        Then::Close
    };
    let is_old = head.minor == 0;
    let is_head = head.request.method == "HEAD";
    let mut request = match read_body(incoming, head, limits).await? {
        Ok(request) => request,
        Err(malformed) => return refuse(incoming, malformed, is_head).await,
    };
    peer.clone_into(&mut request.peer);
    let mut response = router.answer(request).await;
    let upgrade = response.upgrade.take();
    let then = write(&mut incoming.stream, response, is_head, is_old, then).await?;
    Ok(match upgrade {
        Some(upgrade) => Outcome::TakenOver(upgrade),
        None => Outcome::Answered(then),
    })
}

/// Answers what is no request of ours. Nobody knows where the next one begins.
async fn refuse(
    incoming: &mut Incoming,
    malformed: Malformed,
    is_head: bool,
) -> io::Result<Outcome> {
    let response = Response::error(malformed.status, malformed.what);
    let then = write(&mut incoming.stream, response, is_head, false, Then::Close).await?;
    Ok(Outcome::Answered(then))
}

/// Reads a head; `None` if there will be no further request.
async fn read_head(
    incoming: &mut Incoming,
    limits: &Limits,
) -> io::Result<Option<Result<RequestHead, Malformed>>> {
    // Some clients send an empty line behind a body.
    while incoming.bytes().starts_with(b"\r\n") {
        incoming.consume(2);
    }
    if incoming.bytes().is_empty() {
        match timeout(limits.idle, incoming.more()).await {
            Ok(Ok(true)) => {}
            Ok(Err(error)) => return Err(error),
            Ok(Ok(false)) | Err(_) => return Ok(None),
        }
    }
    let whole = async {
        loop {
            while incoming.bytes().starts_with(b"\r\n") {
                incoming.consume(2);
            }
            let bytes = incoming.bytes();
            if let Some(end) = head::end(bytes).filter(|end| *end <= limits.head) {
                return Ok(Ok(end));
            }
            let line = bytes.iter().position(|byte| *byte == b'\n');
            if line.is_none() && bytes.len() > limits.target + 64 {
                return Ok(Err(Malformed::new(414, "the target is too long")));
            }
            if bytes.len() > limits.head {
                return Ok(Err(Malformed::new(431, "the head is too long")));
            }
            if !incoming.more().await? {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            }
        }
    };
    let end = match timeout(limits.time, whole).await {
        Ok(Ok(Ok(end))) => end,
        Ok(Ok(Err(malformed))) => return Ok(Some(Err(malformed))),
        Ok(Err(error)) => return Err(error),
        Err(_) => {
            return Ok(Some(Err(Malformed::new(408, "the head took too long"))));
        }
    };
    let parsed = head::request(&incoming.bytes()[..end], limits.target);
    incoming.consume(end);
    Ok(Some(parsed))
}

/// Reads the body that belongs to a head.
async fn read_body(
    incoming: &mut Incoming,
    head: RequestHead,
    limits: &Limits,
) -> io::Result<Result<Request, Malformed>> {
    let RequestHead { mut request, minor } = head;
    let framing = match Framing::of(&request.headers, minor) {
        Ok(framing) => framing,
        Err(malformed) => return Ok(Err(malformed)),
    };
    let usually_has_body = matches!(&*request.method, "POST" | "PUT" | "PATCH");
    let framing = match framing {
        Some(framing) => framing,
        None if usually_has_body => {
            return Ok(Err(Malformed::new(
                411,
                "the length of the body is missing",
            )));
        }
        None => return Ok(Ok(request)),
    };
    let too_long = Malformed::new(413, "the body is too long");
    if let Framing::Length(length) = framing
        && usize::try_from(length).is_ok_and(|length| length > limits.body)
    {
        return Ok(Err(too_long));
    }
    match request.headers.get("expect") {
        None => {}
        Some(expected) if minor == 0 || !expected.eq_ignore_ascii_case("100-continue") => {
            return Ok(Err(Malformed::new(417, "this cannot be expected here")));
        }
        Some(_) if incoming.bytes().is_empty() => {
            let go_on = b"HTTP/1.1 100 Continue\r\n\r\n";
            incoming.stream.write_all(go_on).await?;
        }
        // The body has begun: whoever sends it does not wait for leave.
        Some(_) => {}
    }
    let read = timeout(limits.time, body::read(incoming, framing, limits.body));
    Ok(match read.await {
        Ok(Ok(body)) => {
            request.body = body;
            Ok(request)
        }
        Ok(Err(BodyError::TooLong)) => Err(too_long),
        Ok(Err(BodyError::Malformed)) => Err(Malformed::new(400, "the chunks are malformed")),
        Ok(Err(BodyError::Io(error))) => return Err(error),
        Err(_) => Err(Malformed::new(408, "the body took too long")),
    })
}

/// Sends an answer.
async fn write(
    stream: &mut Stream,
    response: Response,
    is_head: bool,
    is_old: bool,
    then: Then,
) -> io::Result<Then> {
    let Response {
        status,
        headers,
        body,
        ..
    } = response;
    let bare = has_no_body(status);
    let mut then = then;
    let mut head = format!("HTTP/1.1 {status} {}\r\n", reason(status));
    let mut field = |name: &str, value: &str| {
        head.push_str(name);
        head.push_str(": ");
        // A line break in a value would be the end of the field.
        head.extend(value.chars().filter(|c| !c.is_control()));
        head.push_str("\r\n");
    };
    for (name, value) in headers.iter() {
        field(name, value);
    }
    match &body {
        Body::Whole(_) if bare => {}
        Body::Whole(bytes) => field("content-length", &bytes.len().to_string()),
        // Whoever speaks HTTP/1.0 knows no chunks: the end of the connection is the end.
        Body::Stream(_) if is_old => then = Then::Close,
        Body::Stream(_) => field("transfer-encoding", "chunked"),
    }
    match then {
        Then::Close => field("connection", "close"),
        Then::Stay if is_old => field("connection", "keep-alive"),
        Then::Stay => {}
    }
    head.push_str("\r\n");
    let mut message = head.into_bytes();
    let sends_body = !is_head && !bare;
    match body {
        Body::Whole(bytes) => {
            if sends_body {
                message.extend(bytes);
            }
            stream.write_all(&message).await?;
        }
        Body::Stream(pieces) => {
            stream.write_all(&message).await?;
            if sends_body && is_old {
                write_plainly(stream, pieces).await?;
            } else if sends_body {
                body::write_chunks(stream, pieces).await?;
            }
        }
    }
    Ok(then)
}

/// Sends pieces as they are, to the end of the connection.
async fn write_plainly(
    stream: &mut Stream,
    mut pieces: std::pin::Pin<Box<dyn futures_core::Stream<Item = io::Result<Vec<u8>>>>>,
) -> io::Result<()> {
    while let Some(piece) = std::future::poll_fn(|cx| pieces.as_mut().poll_next(cx)).await {
        stream.write_all(&piece?).await?;
    }
    Ok(())
}
