//! The sockets, with a client that we did not write, and with frames that no client writes.

mod support;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use support::{Running, Socket, read_to_end, soon};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::Message;

async fn say(socket: &mut Socket, message: Value) {
    let text = message.to_string();
    socket.send(Message::text(text)).await.unwrap();
}

/// The next message, which must be JSON.
async fn hear(socket: &mut Socket) -> Value {
    loop {
        match soon(socket.next()).await {
            Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
            Some(Ok(Message::Ping(_))) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Reads until the socket is closed; the code of the close frame, if there is one.
async fn close_code(socket: &mut Socket) -> Option<u16> {
    loop {
        match soon(socket.next()).await {
            Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return None,
        }
    }
}

/// A socket on which anything can be written, and its first answer thrown away.
async fn bare_socket(server: &Running, path: &str) -> TcpStream {
    let mut stream = server.connect().await;
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(soon(stream.read_u8()).await.unwrap());
    }
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    assert!(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{answer}");
    stream
}

#[tokio::test]
async fn an_echo_returns_text_and_bytes() {
    let server = Running::start().await;
    let mut socket = server.socket("/api/socket/echo").await;
    let largest = "好".repeat(64 * 1024 / 3);
    for message in [
        Message::text("hello"),
        Message::text(""),
        Message::text(largest),
        Message::binary(vec![0, 255, 1]),
        Message::binary(vec![7; 64 * 1024]),
    ] {
        socket.send(message.clone()).await.unwrap();
        assert_eq!(soon(socket.next()).await.unwrap().unwrap(), message);
    }
    socket.close(None).await.unwrap();
    assert_eq!(close_code(&mut socket).await, None);
}

#[tokio::test]
async fn an_echo_keeps_the_order_of_a_thousand_messages() {
    let server = Running::start().await;
    let (mut sink, mut stream) = server.socket("/api/socket/echo").await.split();
    let sending = tokio::spawn(async move {
        for n in 0..1000 {
            sink.send(Message::text(n.to_string())).await.unwrap();
        }
        sink
    });
    for n in 0..1000 {
        let message = soon(stream.next()).await.unwrap().unwrap();
        assert_eq!(message, Message::text(n.to_string()));
    }
    drop(sending.await.unwrap());
}

#[tokio::test]
async fn a_message_that_is_too_long_ends_the_socket_with_1009() {
    // What is sent after the refusal is read into the void, or the client would lose the reason.
    let server = Running::limited(|limits| limits.linger = Duration::from_secs(60)).await;
    for path in [
        "/api/socket/echo",
        "/api/socket/drop?after=9",
        "/api/socket/room/long",
    ] {
        for size in [64 * 1024 + 1, 8 * 1024 * 1024] {
            let mut socket = server.socket(path).await;
            socket.send(Message::binary(vec![0; size])).await.unwrap();
            assert_eq!(close_code(&mut socket).await, Some(1009), "{path}");
        }
    }
    assert_eq!(server.json("/api/health").await.0, 200);
}

#[tokio::test]
async fn a_message_in_pieces_has_the_same_limit() {
    let server = Running::start().await;
    let mut stream = bare_socket(&server, "/api/socket/echo").await;
    for opcode in [0x01_u8, 0x00, 0x00] {
        let length = 30_000_u16.to_be_bytes();
        let mut frame = vec![opcode, 0x80 | 126, length[0], length[1], 0, 0, 0, 0];
        frame.extend([b'a'; 30_000]);
        stream.write_all(&frame).await.unwrap();
    }
    assert_eq!(first_close_code(&mut stream).await, 1009);
}

/// The code in the close frame that comes next on a bare socket.
async fn first_close_code(stream: &mut TcpStream) -> u16 {
    let mut frame = [0; 4];
    soon(stream.read_exact(&mut frame)).await.unwrap();
    assert_eq!(frame[0], 0x88, "{frame:?}");
    u16::from_be_bytes([frame[2], frame[3]])
}

#[tokio::test]
async fn frames_that_break_the_protocol_end_the_socket_with_the_right_code() {
    let server = Running::start().await;
    for (frame, code) in [
        // Text without a mask.
        (&[0x81, 0x01, b'a'][..], 1002),
        // A reserved bit.
        (&[0xc1, 0x80, 0, 0, 0, 0], 1002),
        // An unknown kind.
        (&[0x83, 0x80, 0, 0, 0, 0], 1002),
        // A ping in pieces.
        (&[0x09, 0x80, 0, 0, 0, 0], 1002),
        // The rest of a message that never began.
        (&[0x80, 0x80, 0, 0, 0, 0], 1002),
        // Text that is no UTF-8.
        (&[0x81, 0x81, 0, 0, 0, 0, 0xff], 1007),
        // A frame of 2^63 - 1 bytes.
        (
            &[
                0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
            ],
            1009,
        ),
    ] {
        let mut stream = bare_socket(&server, "/api/socket/echo").await;
        stream.write_all(frame).await.unwrap();
        assert_eq!(first_close_code(&mut stream).await, code, "{frame:?}");
        assert_eq!(read_to_end(&mut stream).await, "");
    }
    assert_eq!(server.json("/api/health").await.0, 200);
}

#[tokio::test]
async fn a_handshake_that_is_none_is_refused() {
    let server = Running::start().await;
    for path in ["/api/socket/echo", "/api/socket/drop", "/api/socket/room/a"] {
        let (status, answer) = server.json(path).await;
        assert!(matches!(status, 400 | 426), "{status}");
        assert_eq!(answer["error"]["code"], "not-a-socket");
    }
    for path in [
        "/api/socket/room/a%20b",
        "/api/socket/room/%E4%BD%A0",
        "/api/socket/room/abcdefghijklmnopqrstuvwxyz0123456",
        "/api/socket/drop?after=0",
        "/api/socket/drop?after=x",
    ] {
        match server.try_socket(path).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status(), 400, "{path}"),
            other => panic!("{path}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_dropped_socket_has_no_close_frame() {
    let server = Running::start().await;
    for after in [1, 3] {
        let mut socket = server
            .socket(&format!("/api/socket/drop?after={after}"))
            .await;
        for n in 0..after {
            socket.send(Message::text(n.to_string())).await.unwrap();
            let message = soon(socket.next()).await.unwrap().unwrap();
            assert_eq!(message, Message::text(n.to_string()));
        }
        let end = soon(socket.next()).await;
        assert!(matches!(end, Some(Err(Error::Protocol(_)))), "{end:?}");
    }
}

#[tokio::test]
async fn a_room_replies_to_requests_with_their_ids() {
    let server = Running::start().await;
    let mut socket = server.socket("/api/socket/room/replies").await;
    assert_eq!(
        hear(&mut socket).await,
        json!({ "type": "welcome", "you": 1, "room": "replies", "clients": [1] })
    );
    for (request, reply) in [
        (
            json!({ "type": "ping", "id": 1 }),
            json!({ "type": "pong", "id": 1 }),
        ),
        (
            json!({ "type": "ping" }),
            json!({ "type": "pong", "id": null }),
        ),
        (
            json!({ "type": "echo", "id": "x", "data": { "a": [1, null] }, "more": true }),
            json!({ "type": "echo", "id": "x", "data": { "a": [1, null] } }),
        ),
        (
            json!({ "type": "clients", "id": 2.5 }),
            json!({ "type": "clients", "id": 2.5, "you": 1, "clients": [1] }),
        ),
    ] {
        say(&mut socket, request).await;
        assert_eq!(hear(&mut socket).await, reply);
    }
}

#[tokio::test]
async fn what_is_no_request_is_replied_to_and_ends_nothing() {
    let server = Running::start().await;
    let mut socket = server.socket("/api/socket/room/errors").await;
    hear(&mut socket).await;
    let deep = "[".repeat(30_000);
    for (text, id, code) in [
        ("", json!(null), "not-json"),
        ("{\"type\":\"ping\"", json!(null), "not-json"),
        (&*deep, json!(null), "not-json"),
        ("17", json!(null), "not-a-request"),
        ("[]", json!(null), "not-a-request"),
        ("{\"id\":4}", json!(4), "not-a-request"),
        ("{\"id\":5,\"type\":6}", json!(5), "not-a-request"),
        ("{\"id\":7,\"type\":\"dance\"}", json!(7), "unknown-type"),
        ("{\"id\":[8],\"type\":\"ping\"}", json!(null), "bad-id"),
    ] {
        socket.send(Message::text(text)).await.unwrap();
        let reply = hear(&mut socket).await;
        assert_eq!(reply["type"], "error", "{text}");
        assert_eq!(
            (&reply["id"], &reply["error"]["code"]),
            (&id, &json!(code)),
            "{text}"
        );
    }
    let long = json!({ "type": "ping", "id": "a".repeat(65) });
    say(&mut socket, long).await;
    assert_eq!(hear(&mut socket).await["error"]["code"], "bad-id");
    socket.send(Message::binary(vec![1, 2])).await.unwrap();
    assert_eq!(hear(&mut socket).await["error"]["code"], "not-json");
    say(&mut socket, json!({ "type": "ping", "id": 1 })).await;
    assert_eq!(hear(&mut socket).await, json!({ "type": "pong", "id": 1 }));
}

#[tokio::test]
async fn members_hear_each_other_come_speak_and_go() {
    let server = Running::start().await;
    let mut first = server.socket("/api/socket/room/talk").await;
    hear(&mut first).await;
    let mut second = server.socket("/api/socket/room/talk").await;
    assert_eq!(hear(&mut second).await["clients"], json!([1, 2]));
    assert_eq!(
        hear(&mut first).await,
        json!({ "type": "joined", "client": 2 })
    );
    // Another room hears nothing of it.
    let mut elsewhere = server.socket("/api/socket/room/quiet").await;
    assert_eq!(hear(&mut elsewhere).await["clients"], json!([1]));

    say(
        &mut second,
        json!({ "type": "broadcast", "id": 9, "data": "你好" }),
    )
    .await;
    let message = json!({ "type": "message", "from": 2, "data": "你好" });
    assert_eq!(hear(&mut first).await, message);
    assert_eq!(hear(&mut second).await, message);
    assert_eq!(
        hear(&mut second).await,
        json!({ "type": "sent", "id": 9, "to": 2 })
    );

    second.close(None).await.unwrap();
    assert_eq!(
        hear(&mut first).await,
        json!({ "type": "left", "client": 2 })
    );
    let mut third = server.socket("/api/socket/room/talk").await;
    assert_eq!(hear(&mut third).await["you"], 3);
    assert_eq!(
        hear(&mut first).await,
        json!({ "type": "joined", "client": 3 })
    );
    // Gone without a word is gone all the same.
    drop(third);
    assert_eq!(
        hear(&mut first).await,
        json!({ "type": "left", "client": 3 })
    );

    say(&mut elsewhere, json!({ "type": "ping", "id": 1 })).await;
    assert_eq!(
        hear(&mut elsewhere).await,
        json!({ "type": "pong", "id": 1 })
    );
}

#[tokio::test]
async fn all_members_see_the_same_order() {
    let server = Running::start().await;
    let mut members = Vec::new();
    for _ in 0..8 {
        let mut socket = server.socket("/api/socket/room/order").await;
        hear(&mut socket).await;
        members.push(socket);
    }
    let mut talking = Vec::new();
    for mut socket in members {
        talking.push(tokio::spawn(async move {
            for n in 0..20 {
                say(
                    &mut socket,
                    json!({ "type": "broadcast", "id": n, "data": n }),
                )
                .await;
            }
            let mut heard = Vec::new();
            while heard.len() < 8 * 20 {
                let message = hear(&mut socket).await;
                if message["type"] == "message" {
                    heard.push((message["from"].clone(), message["data"].clone()));
                }
            }
            (socket, heard)
        }));
    }
    let mut orders = Vec::new();
    // Nobody leaves before everybody has heard everything.
    let mut still_here = Vec::new();
    for member in talking {
        let (socket, heard) = soon(member).await.unwrap();
        still_here.push(socket);
        orders.push(heard);
    }
    assert!(orders.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn who_does_not_take_messages_in_is_let_go_and_the_others_are_not() {
    let server = Running::limited(|limits| {
        limits.waiting_messages = 16;
        limits.waiting_bytes = 256 * 1024;
        // However busy the machine is, the slow one gets to read the last word.
        limits.last_word = Duration::from_secs(60);
    })
    .await;
    let mut slow = server.socket("/api/socket/room/busy").await;
    hear(&mut slow).await;
    let mut quick = server.socket("/api/socket/room/busy").await;
    hear(&mut quick).await;
    // The slow one reads nothing. First the network's own buffers fill up, then its outbox, and
    // 30 MB are more than both. The quick one reads each message before it sends the next.
    let data = "x".repeat(60_000);
    for n in 0..500 {
        say(
            &mut quick,
            json!({ "type": "broadcast", "id": n, "data": data }),
        )
        .await;
        while hear(&mut quick).await["type"] != "sent" {}
    }
    // What was in the buffers arrives, and then the reason.
    assert_eq!(close_code(&mut slow).await, Some(1013));
    assert_eq!(
        hear(&mut quick).await,
        json!({ "type": "left", "client": 1 })
    );
    say(&mut quick, json!({ "type": "clients", "id": "end" })).await;
    assert_eq!(hear(&mut quick).await["clients"], json!([2]));
}

#[tokio::test]
async fn sockets_rooms_and_members_have_their_number() {
    let server = Running::limited(|limits| {
        limits.sockets = 4;
        limits.rooms = 2;
        limits.members = 2;
    })
    .await;
    let refused = async |path: &str| match server.try_socket(path).await {
        Err(Error::Http(answer)) => {
            let body = answer.body().clone().unwrap_or_default();
            let json: Value = serde_json::from_slice(&body).unwrap_or_default();
            (answer.status().as_u16(), json["error"]["code"].clone())
        }
        other => panic!("{other:?}"),
    };
    let mut first = server.socket("/api/socket/room/one").await;
    let _second = server.socket("/api/socket/room/one").await;
    assert_eq!(refused("/api/socket/room/one").await.0, 503);
    let _third = server.socket("/api/socket/room/two").await;
    assert_eq!(refused("/api/socket/room/three").await.0, 503);
    let _fourth = server.socket("/api/socket/echo").await;
    assert_eq!(refused("/api/socket/echo").await.0, 503);
    // The refusals left no trace in the room.
    for expected in ["welcome", "joined"] {
        assert_eq!(hear(&mut first).await["type"], expected);
    }
    say(&mut first, json!({ "type": "clients", "id": 1 })).await;
    assert_eq!(hear(&mut first).await["clients"], json!([1, 2]));
}

#[tokio::test]
async fn a_socket_from_which_nothing_comes_is_let_go() {
    let server = Running::limited(|limits| {
        limits.ping_every = Duration::from_millis(10);
        limits.silence = Duration::from_millis(200);
    })
    .await;
    // This one answers pings by itself, for as long as it is polled.
    let mut alive = server.socket("/api/socket/room/pings").await;
    // This one does not.
    let mut silent = bare_socket(&server, "/api/socket/room/pings").await;
    let mut seen = Vec::new();
    let listening = async {
        while seen.last() != Some(&json!("left")) {
            seen.push(hear(&mut alive).await["type"].clone());
        }
    };
    tokio::join!(read_to_end(&mut silent), listening);
    assert_eq!(seen, ["welcome", "joined", "left"]);
}

#[tokio::test]
async fn a_feed_sends_its_readings_in_order_and_says_goodbye() {
    use wakeline_demos::companion::feed::Feed;

    let server = Running::start().await;
    let feed = Feed {
        sensors: 4,
        interval_ms: 1,
        count: 30,
        seed: 9,
    };
    let path = "/api/socket/feed?sensors=4&ms=1&count=30&seed=9";
    let mut socket = server.socket(path).await;
    // What a client says is read and means nothing.
    say(&mut socket, json!("hello")).await;
    for number in 0..30 {
        let reading = hear(&mut socket).await;
        assert_eq!(reading.to_string(), feed.reading(number).to_json());
    }
    assert_eq!(close_code(&mut socket).await, Some(1000));

    let refused = server.try_socket("/api/socket/feed?ms=0").await;
    assert!(matches!(refused, Err(Error::Http(response)) if response.status() == 400));
}

#[tokio::test]
async fn who_does_not_take_a_feed_in_is_let_go_and_the_others_are_not() {
    use wakeline_demos::companion::feed::Feed;

    let server = Running::with_small_buffers(|limits| {
        // Two seconds of readings: a machine that is busy for so long must not make the quick one
        // slow.
        limits.waiting_messages = 2_000;
        limits.last_word = Duration::from_secs(60);
    })
    .await;
    let path = "/api/socket/feed?sensors=1&ms=1&count=1000000&seed=4";
    let feed = Feed {
        sensors: 1,
        interval_ms: 1,
        count: 1_000_000,
        seed: 4,
    };
    let mut slow = server.small_socket(path).await;
    let mut quick = server.socket(path).await;
    // The slow one reads nothing meanwhile. The system keeps some kilobytes for it, and these are
    // more than that and its outbox.
    for number in 0..4_000 {
        let reading = hear(&mut quick).await;
        assert_eq!(reading.to_string(), feed.reading(number).to_json());
    }
    // What was on its way arrives, in order, and then the reason.
    let mut number = 0;
    let code = loop {
        match soon(slow.next()).await {
            Some(Ok(Message::Text(text))) => {
                assert_eq!(text.as_str(), feed.reading(number).to_json());
                number += 1;
            }
            Some(Ok(Message::Ping(_))) => {}
            Some(Ok(Message::Close(frame))) => break frame.map(|frame| frame.code.into()),
            other => panic!("after {number} readings: {other:?}"),
        }
    };
    assert_eq!(code, Some(1013));
    assert!(number < 4_000, "nothing was left out");
    // The quick one goes on.
    assert_eq!(
        hear(&mut quick).await.to_string(),
        feed.reading(4_000).to_json()
    );
}
