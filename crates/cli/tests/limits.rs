//! Clients that are slow, many, malformed, or still there when the server stops.

mod support;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use support::{Running, read_to_end, soon};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn what_is_no_http_is_answered_with_400_and_harms_nobody() {
    let server = Running::start().await;
    for bytes in [
        &b"\r\n\r\nhello\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /api/echo HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /api/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    ] {
        let answer = server.raw(bytes).await;
        assert!(
            answer.starts_with("HTTP/1.1 400 "),
            "{:?}: {answer}",
            bytes.escape_ascii()
        );
    }
    let answer = server
        .raw(b"POST /api/echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n")
        .await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(server.json("/api/health").await.0, 200);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = Running::start().await;
    let large = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
        "a".repeat(70_000)
    );
    let answer = server.raw(large.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let many = format!(
        "GET / HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "x: y\r\n".repeat(200)
    );
    assert!(
        server
            .raw(many.as_bytes())
            .await
            .starts_with("HTTP/1.1 431 ")
    );
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let server = Running::limited(|limits| limits.head_time = Duration::from_millis(50)).await;
    for beginning in [&b""[..], b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\n"] {
        let mut stream = server.connect().await;
        stream.write_all(beginning).await.unwrap();
        // Closed by the server, which is all that this waits for.
        read_to_end(&mut stream).await;
    }
    assert_eq!(server.json("/api/health").await.0, 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let server = Running::limited(|limits| limits.body_time = Duration::from_millis(50)).await;
    let answer = server
        .raw(b"POST /api/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc")
        .await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("body-too-slow"), "{answer}");
}

#[tokio::test]
async fn who_takes_nothing_in_is_let_go() {
    let server = Running::limited(|limits| {
        limits.connections = 1;
        limits.stall = Duration::from_millis(100);
        limits.linger = Duration::from_millis(50);
    })
    .await;
    // Asks for more than all buffers hold, and reads nothing.
    let mut stream = server.connect().await;
    let request = b"GET /api/bytes/10485760 HTTP/1.1\r\nhost: x\r\n\r\n".repeat(4);
    stream.write_all(&request).await.unwrap();
    // The only connection there is becomes free again, and until then others are told so.
    soon(async {
        while server.get("/api/health").await.status() != 200 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    drop(stream);
}

#[tokio::test]
async fn one_connection_too_many_is_told_so() {
    let server = Running::limited(|limits| limits.connections = 2).await;
    let mut sockets = Vec::new();
    for _ in 0..2 {
        sockets.push(server.socket("/api/socket/echo").await);
    }
    assert_eq!(server.get("/api/health").await.status(), 503);
    // A socket counts as a connection until it is closed, and not longer.
    let mut socket = sockets.remove(0);
    socket.close(None).await.unwrap();
    while soon(socket.next()).await.is_some() {}
    soon(async {
        while server.get("/api/health").await.status() != 200 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn hundreds_of_clients_at_once_are_all_answered() {
    let server = Running::start().await;
    let mut clients = Vec::new();
    for n in 0..200 {
        let mut socket = server.socket("/api/socket/echo").await;
        clients.push(tokio::spawn(async move {
            socket.send(Message::text(n.to_string())).await.unwrap();
            let echo = soon(socket.next()).await.unwrap().unwrap();
            assert_eq!(echo, Message::text(n.to_string()));
            socket
        }));
    }
    let requests = (0..200).map(|n| {
        let request = server
            .client
            .get(server.url(&format!("/api/delay/{}", n % 7)));
        tokio::spawn(async move { request.send().await.unwrap().status().as_u16() })
    });
    for request in requests.collect::<Vec<_>>() {
        assert_eq!(soon(request).await.unwrap(), 200);
    }
    for client in clients {
        soon(client).await.unwrap();
    }
}

#[tokio::test]
async fn when_the_server_stops_answers_are_finished_and_sockets_closed() {
    let server = Running::start().await;
    let address = server.address;
    let mut echo = server.socket("/api/socket/echo").await;
    let mut room = server.socket("/api/socket/room/end").await;
    soon(room.next()).await.unwrap().unwrap();
    // An answer under way: its first piece has come.
    let mut slow = server.get("/api/drip?bytes=400&ms=400").await;
    assert!(soon(slow.chunk()).await.unwrap().is_some());
    // A connection without a request.
    let mut idle = server.connect().await;

    let stopped = server.stop();
    for socket in [&mut echo, &mut room] {
        let Some(Ok(Message::Close(Some(frame)))) = soon(socket.next()).await else {
            panic!("no close frame");
        };
        assert_eq!(u16::from(frame.code), 1001);
    }
    let mut rest = 0;
    while let Some(piece) = soon(slow.chunk()).await.unwrap() {
        rest += piece.len();
    }
    assert!(rest > 0);
    assert_eq!(read_to_end(&mut idle).await, "");
    soon(stopped).await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn an_answer_that_takes_too_long_to_finish_is_cut_off() {
    let server = Running::limited(|limits| {
        limits.grace = Duration::from_millis(50);
        limits.linger = Duration::from_millis(50);
    })
    .await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET /api/drip?bytes=60&ms=60000 HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    // The head of the answer: it is under way.
    let mut first = [0; 15];
    soon(stream.read_exact(&mut first)).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    soon(server.stop()).await.unwrap();
    read_to_end(&mut stream).await;
}
