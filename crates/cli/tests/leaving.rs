//! Who goes in the middle: clients that leave before they have their answer, and a server that is
//! told to stop while it answers. The server is a process, and what it did is read in its log.

mod support;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use support::serving::Serving;
use support::{PATIENCE, soon};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

fn serving() -> Serving {
    Serving::start(&["--port", "0", "--log", "debug"])
}

/// Asks for a path, on a connection of its own.
async fn ask(serving: &Serving, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", serving.port()))
        .await
        .unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Asks for a path and leaves, until the server has seen that. A request that is gone before the
/// server has begun with it leaves no trace, so one may not be enough.
async fn ask_and_leave(serving: &Serving, path: &str) {
    let seen = ["the client went away", "method=GET", path];
    let has_seen = |line: &str| seen.iter().all(|part| line.contains(part));
    soon(async {
        while !serving.log().lines().any(has_seen) {
            let stream = ask(serving, path).await;
            tokio::time::sleep(Duration::from_millis(30)).await;
            drop(stream);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    })
    .await;
}

fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
    builder.build().unwrap()
}

#[tokio::test]
async fn the_server_sees_that_a_client_left_and_stops_working_for_it() {
    let serving = serving();

    // Before the head of its answer: there would be one in a minute.
    ask_and_leave(&serving, "/api/delay/60000").await;

    // In the middle of its answer.
    let mut stream = ask(&serving, "/api/drip?bytes=1000&ms=60000").await;
    let mut first = [0; 15];
    soon(stream.read_exact(&mut first)).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    drop(stream);
    let gone = ["the client went away", "method=GET", "path=\"/api/drip\""];
    serving.logs(&gone).await;

    // On a socket, without a goodbye.
    let url = format!("ws://127.0.0.1:{}/api/socket/room/left", serving.port());
    let (mut socket, _) = soon(connect_async(url)).await.unwrap();
    soon(socket.next()).await.unwrap().unwrap();
    drop(socket);
    let ended = ["a socket has ended", "path=\"/api/socket/room/left\""];
    serving.logs(&ended).await;
}

#[tokio::test]
async fn nobody_left_who_has_the_whole_answer() {
    let serving = serving();
    let client = client();
    // Every way in which an answer can be complete: with a length, without a body, by its own
    // break, in pieces, for a method that wants none.
    for path in [
        "api/json",
        "api/delay/1",
        "api/status/204",
        "api/status/304",
        "api/bytes/0",
        "api/bytes/200000",
        "api/drip?bytes=100&ms=60",
        "api/drop",
        "api/nothing",
        "",
    ] {
        let url = format!("{}{path}", serving.address);
        let answer = client.get(url).send().await.unwrap();
        // That of `drop` breaks off.
        let is_whole = answer.bytes().await.is_ok();
        assert_eq!(is_whole, path != "api/drop", "{path}");
    }
    let url = format!("{}api/bytes/5", serving.address);
    client.head(url).send().await.unwrap();
    drop(client);
    // Somebody who did leave, as a mark: what came before has its lines by then.
    ask_and_leave(&serving, "/api/delay/59999").await;
    let log = serving.log();
    let gone = log.lines().filter(|line| line.contains("went away"));
    assert!(gone.into_iter().all(|line| line.contains("59999")), "{log}");
    assert_eq!(log.matches(" request ").count(), 11, "{log}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_in_the_middle_lets_answers_finish_and_closes_sockets() {
    let mut serving = serving();
    let base = format!("ws://127.0.0.1:{}/api/socket", serving.port());
    let mut sockets = Vec::new();
    for name in ["echo", "room/end", "feed?ms=60000"] {
        let (socket, _) = soon(connect_async(format!("{base}/{name}"))).await.unwrap();
        sockets.push(socket);
    }
    sockets[0].send(Message::text("here")).await.unwrap();
    let echo = soon(sockets[0].next()).await.unwrap().unwrap();
    assert_eq!(echo, Message::text("here"));
    let url = format!("{}api/drip?bytes=400&ms=1000", serving.address);
    let mut drip = client().get(url).send().await.unwrap();
    let mut received = soon(drip.chunk()).await.unwrap().unwrap().len();

    serving.signal("TERM");
    for socket in &mut sockets {
        let code = loop {
            match soon(socket.next()).await {
                Some(Ok(Message::Close(Some(frame)))) => break u16::from(frame.code),
                // The room's welcome.
                Some(Ok(Message::Text(_))) => {}
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(code, 1001);
    }
    while let Some(piece) = soon(drip.chunk()).await.unwrap() {
        received += piece.len();
    }
    assert_eq!(received, 400, "the answer is whole");
    drop(sockets);
    let (status, _, log) = serving.end();
    assert_eq!(status, Some(0), "{log}");
    assert!(!log.contains("cut off"), "{log}");
    assert!(!log.contains("went away"), "{log}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_second_signal_waits_for_nobody() {
    let mut serving = serving();
    let mut stream = ask(&serving, "/api/drip?bytes=60&ms=60000").await;
    let mut first = [0; 15];
    soon(stream.read_exact(&mut first)).await.unwrap();
    serving.signal("TERM");
    serving.logs(&["stopping"]).await;
    serving.signal("TERM");
    let (status, _, log) = serving.end();
    assert_eq!(status, Some(130), "{log}");
    assert!(!log.contains("stopped"), "{log}");
}
