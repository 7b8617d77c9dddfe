//! WebSockets between our client and our server.

mod support;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::{AsyncReadExt, AsyncWriteExt};
use wakeline::time::sleep;
use wakeline_net::http::{Limits, Router, serve};
use wakeline_net::websocket::{
    Close, ConnectError, Message, Violation, WebSocket, accept, connect,
};
use wakeline_net::{Conditions, Network};

use support::{ms, run};

type Ends = Rc<RefCell<Vec<Close>>>;

/// A server that returns messages, and what it says of how sockets ended.
fn start(latency_ms: u64) -> (Network, Ends) {
    let network = Network::new(Conditions::with_latency(Duration::from_millis(latency_ms)));
    let host = network.host("server");
    let listener = host.listen(80).unwrap();
    let ends = Ends::default();
    let (accepting, noted) = (host.clone(), Rc::clone(&ends));
    let router = Router::new().route("GET", "/echo", move |request| {
        let noted = Rc::clone(&noted);
        let response = accept(
            &accepting,
            &request,
            1_000,
            async move |socket: WebSocket| {
                while let Some(Ok(message)) = socket.receive().await {
                    let _ = socket.send(message).await;
                }
                noted.borrow_mut().extend(socket.closed());
            },
        );
        async { Ok(response) }
    });
    wakeline::spawn(serve(host, listener, router, Limits::default()));
    (network, ends)
}

async fn open(network: &Network) -> WebSocket {
    let host = network.host("client");
    connect(&host, "server", "/echo", 1_000).await.unwrap()
}

fn text(text: &str) -> Message {
    Message::Text(text.to_owned())
}

#[test]
fn messages_come_back_in_order_and_closing_is_answered() {
    run(0, async {
        let (network, ends) = start(10);
        let socket = open(&network).await;
        assert_eq!(ms(), 40);
        for number in 0..20_u8 {
            socket
                .send(text(&"x".repeat(usize::from(number) * 40)))
                .await
                .unwrap();
            socket.send(Message::Bytes(vec![number; 3])).await.unwrap();
        }
        for number in 0..20_u8 {
            let expected = text(&"x".repeat(usize::from(number) * 40));
            assert_eq!(socket.receive().await, Some(Ok(expected)));
            assert_eq!(
                socket.receive().await,
                Some(Ok(Message::Bytes(vec![number; 3])))
            );
        }
        assert_eq!(ms(), 60);
        socket.close(4000, "enough");
        assert!(!socket.push(&text("too late")));
        assert_eq!(socket.receive().await, None);
        assert_eq!(socket.closed().unwrap().code, 4000);
        let expected = Close {
            code: 4000,
            reason: "enough".to_owned(),
        };
        assert_eq!(*ends.borrow(), [expected]);
    });
}

#[test]
fn a_message_that_is_too_long_closes_the_socket() {
    run(0, async {
        let (network, ends) = start(10);
        let socket = open(&network).await;
        socket.send(Message::Bytes(vec![0; 1_001])).await.unwrap();
        assert_eq!(socket.receive().await, None);
        assert_eq!(socket.closed().unwrap().code, Violation::TooLong.code());
        assert_eq!(ends.borrow()[0].code, 1009);
    });
}

#[test]
fn a_connection_that_breaks_ends_without_a_goodbye() {
    run(0, async {
        let (network, _ends) = start(10);
        let socket = open(&network).await;
        network.crash("server");
        assert_eq!(socket.receive().await, None);
        assert_eq!(socket.closed().unwrap().code, 1006);
        assert_eq!(socket.send(text("?")).await.unwrap_err().code, 1006);
    });
}

#[test]
fn who_sends_faster_than_the_line_carries_waits() {
    run(0, async {
        let (network, _ends) = start(1);
        network.set_conditions(
            "client",
            "server",
            Conditions {
                bandwidth: Some(100_000),
                window: 10_000,
                ..Conditions::default()
            },
        );
        let socket = open(&network).await;
        let begun = ms();
        for _ in 0..200 {
            socket.send(Message::Bytes(vec![0; 1_000])).await.unwrap();
            assert!(socket.buffered() < 2 * 64 * 1024);
        }
        // Nobody received meanwhile, and yet neither side waits for the other.
        for _ in 0..200 {
            assert_eq!(
                socket.receive().await,
                Some(Ok(Message::Bytes(vec![0; 1_000])))
            );
        }
        assert!(ms() - begun > 1_000, "{}", ms() - begun);
    });
}

#[test]
fn a_handshake_that_is_none_is_refused() {
    run(0, async {
        let (network, _ends) = start(1);
        let host = network.host("client");
        let refused = connect(&host, "server", "/elsewhere", 10)
            .await
            .unwrap_err();
        assert!(matches!(refused, ConnectError::Status(404)), "{refused}");
        for (fields, status) in [
            ("", "426"),
            (
                "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 8\r\n",
                "426",
            ),
            (
                "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n",
                "400",
            ),
        ] {
            let mut stream = host.connect("server", 80).await.unwrap();
            let request = format!("GET /echo HTTP/1.1\r\nHost: server\r\n{fields}\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut line = [0; 12];
            stream.read_exact(&mut line).await.unwrap();
            assert_eq!(&line[9..], status.as_bytes());
        }
        sleep(Duration::from_millis(1)).await;
    });
}
