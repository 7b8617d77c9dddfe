//! WebSockets: the browser's own where nobody answers, and one of our own making where somebody
//! must. Sockets that really cross the network are in the end-to-end tests.

use std::rc::Rc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use wakeline::future::{Backoff, retry};
use wakeline::time::sleep;
use wakeline_web::socket::{
    Close, DROPPED, Duplex, HIGH_WATER, Limits, Message, OVERFLOW, Socket, SocketError,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::{Replaced, count, global, javascript};
use super::fetch::{run, story};

#[wasm_bindgen_test]
async fn a_server_that_is_not_there_is_unreachable() {
    // Port 1 of this machine: browsers refuse it themselves, as any server there would.
    let (result, runtime) = run(async {
        let socket = Socket::connect("ws://127.0.0.1:1/", Limits::default()).await;
        socket.map(drop)
    })
    .await;
    let dropped = Close {
        code: DROPPED,
        reason: String::new(),
    };
    assert_eq!(result, Err(SocketError::Unreachable(dropped)));
    assert_eq!(
        story(&runtime),
        ["begun WebSocket ws://127.0.0.1:1/", "sent 0", "ended 1"]
    );
}

#[wasm_bindgen_test]
async fn what_is_no_address_is_malformed() {
    for url in ["", "ws://[", "mailto:somebody", "ws://127.0.0.1/#fragment"] {
        let (result, _) = run(async move {
            let socket = Socket::connect(url, Limits::default()).await;
            socket.map(drop)
        })
        .await;
        // A relative address is one for newer browsers; then nobody answers there.
        let is_error = match url {
            "" => result.is_err(),
            _ => matches!(result, Err(SocketError::Malformed(_))),
        };
        assert!(is_error, "{url}: {result:?}");
    }
}

/// A `WebSocket` that opens at once and echoes. What it was asked is in `globalThis.asked`, itself
/// in `globalThis.socket`.
fn echo() -> Replaced {
    Replaced::with(
        "WebSocket",
        "class {
             constructor(url) {
                 this.url = url;
                 this.readyState = 0;
                 this.bufferedAmount = 0;
                 globalThis.asked = [];
                 globalThis.socket = this;
                 setTimeout(() => { this.readyState = 1; this.onopen?.({}) });
             }
             send(data) {
                 if (ArrayBuffer.isView(data)) data = data.slice().buffer;
                 asked.push(typeof data);
                 this.bufferedAmount += this.held ?? 0;
                 setTimeout(() => this.onmessage?.({ data }));
             }
             close(code, reason) {
                 asked.push(`close ${code} ${reason ?? ''}`);
                 if (this.readyState > 1) return;
                 this.readyState = 2;
                 setTimeout(() => this.drop(code, reason ?? ''));
             }
             drop(code, reason) {
                 this.readyState = 3;
                 this.onclose?.({ code, reason, wasClean: code !== 1006 });
             }
         }",
    )
}

fn text(text: &str) -> Message {
    Message::Text(text.to_owned())
}

async fn connect(limits: Limits) -> Socket {
    let socket = Socket::connect("ws://test/", limits).await;
    socket.expect("it opens at once")
}

#[wasm_bindgen_test]
async fn text_and_bytes_go_and_come_and_are_in_the_log() {
    let replaced = echo();
    let (received, runtime) = run(async {
        let socket = connect(Limits::default()).await;
        let bytes = Message::Bytes(vec![0, 255, 7]);
        socket.send(&text("héllo")).await.expect("open");
        socket.send(&bytes).await.expect("open");
        let received = [socket.receive().await, socket.receive().await];
        socket.close(3001, "enough").expect("a legal code");
        assert_eq!(socket.receive().await, None);
        assert_eq!(socket.receive().await, None);
        let close = Close {
            code: 3001,
            reason: "enough".to_owned(),
        };
        assert_eq!(socket.closed(), Some(close.clone()));
        let late = socket.send(&text("late")).await;
        assert_eq!(late, Err(SocketError::Closed(close)));
        received
    })
    .await;
    drop(replaced);
    let bytes = Message::Bytes(vec![0, 255, 7]);
    assert_eq!(received, [Some(Ok(text("héllo"))), Some(Ok(bytes))]);
    let expected = [
        "begun WebSocket ws://test/",
        "sent 0",
        "open 0",
        "sent-text héllo 6",
        "sent-bytes  3",
        "received-text héllo 6",
        "received-bytes  3",
        "closing 3001",
        "ended 0",
    ];
    assert_eq!(story(&runtime), expected);
}

#[wasm_bindgen_test]
async fn one_task_sends_while_another_receives() {
    let replaced = echo();
    let (received, _) = run(async {
        let socket = Rc::new(connect(Limits::default()).await);
        let receiving = socket.clone();
        let receiver = wakeline::spawn(async move {
            let mut received = Vec::new();
            while let Some(Ok(message)) = receiving.receive().await {
                received.push(message);
            }
            received
        });
        for number in 0..50 {
            socket.send(&text(&number.to_string())).await.expect("open");
        }
        sleep(Duration::from_millis(20)).await;
        socket.close(1000, "").expect("a legal code");
        receiver.await.expect("nobody aborts it")
    })
    .await;
    drop(replaced);
    let expected: Vec<_> = (0..50).map(|number| text(&number.to_string())).collect();
    assert_eq!(received, expected);
}

#[wasm_bindgen_test]
async fn a_socket_is_a_stream_and_a_sink() {
    let replaced = echo();
    let (received, runtime) = run(async {
        let (mut sink, stream) = Duplex::from(connect(Limits::default()).await).split();
        let sender = wakeline::spawn(async move {
            for word in ["one", "two"] {
                sink.send(text(word)).await.expect("open");
            }
            sleep(Duration::from_millis(20)).await;
            sink.close().await.expect("the other side agrees");
            let late = sink.send(text("late")).await;
            assert!(matches!(late, Err(SocketError::Closed(close)) if close.code == 1000));
        });
        let received = stream.collect::<Vec<_>>().await;
        sender.await.expect("nobody aborts it");
        received
    })
    .await;
    drop(replaced);
    assert_eq!(received, [Ok(text("one")), Ok(text("two"))]);
    let told = story(&runtime);
    for line in ["sent-text one 3", "received-text two 3", "closing 1000"] {
        assert!(told.iter().any(|told| told == line), "{line} in {told:?}");
    }
    assert_eq!(told.last().map(String::as_str), Some("ended 0"));
}

#[wasm_bindgen_test]
async fn a_sink_is_ready_below_the_mark_and_flushed_when_nothing_waits() {
    let replaced = echo();
    let ((), runtime) = run(async {
        let mut socket = Duplex::from(connect(Limits::default()).await);
        javascript(&format!("socket.held = {}", HIGH_WATER - 1));
        socket.feed(text("below the mark")).await.expect("open");
        socket.feed(text("above it")).await.expect("open");
        assert_eq!(socket.socket().buffered(), 2 * (HIGH_WATER - 1));

        let third = wakeline::time::timeout(Duration::from_millis(20), socket.feed(text("x")));
        assert!(third.await.is_err(), "not ready");
        javascript("socket.bufferedAmount = 1");
        socket.feed(text("again")).await.expect("open");

        javascript("socket.bufferedAmount = 1");
        let flushed = wakeline::time::timeout(Duration::from_millis(20), socket.flush());
        assert!(flushed.await.is_err(), "a byte waits");
        javascript("setTimeout(() => { socket.bufferedAmount = 0 }, 10)");
        assert_eq!(socket.flush().await, Ok(()));

        javascript("socket.bufferedAmount = 1; setTimeout(() => socket.drop(1006, ''), 10)");
        let broken = socket.flush().await;
        assert!(matches!(broken, Err(SocketError::Closed(close)) if close.code == DROPPED));
    })
    .await;
    drop(replaced);
    let sent = story(&runtime);
    let sent = sent.iter().filter(|line| line.starts_with("sent-text"));
    assert_eq!(sent.count(), 3, "what was given up was not sent");
}

/// A `WebSocket` that does not open before the third attempt.
fn reluctant() -> Replaced {
    Replaced::with(
        "WebSocket",
        "class {
             constructor(url) {
                 this.url = url;
                 this.readyState = 0;
                 globalThis.attempts = (globalThis.attempts ?? 0) + 1;
                 const opens = attempts === 3;
                 setTimeout(() => {
                     this.readyState = opens ? 1 : 3;
                     if (opens) this.onopen?.({});
                     else this.onclose?.({ code: 1006, reason: '' });
                 });
             }
             close() {}
         }",
    )
}

#[wasm_bindgen_test]
async fn connecting_again_is_a_policy() {
    for (attempts, connects) in [(2, false), (5, true)] {
        javascript("globalThis.attempts = 0");
        let replaced = reluctant();
        let (result, runtime) = run(async move {
            let plan = Backoff::exponential(Duration::from_millis(5)).attempts(attempts);
            let attempt = |_| Socket::connect("ws://test/", Limits::default());
            retry(&plan, attempt).await.map(drop)
        })
        .await;
        drop(replaced);
        assert_eq!(result.is_ok(), connects);
        let made = if connects { 3 } else { 2 };
        assert_eq!(count("attempts"), made);
        let begun = story(&runtime);
        let begun = begun.iter().filter(|line| line.starts_with("begun"));
        assert_eq!(begun.count() as u32, made, "each attempt is in the log");
    }
}

#[wasm_bindgen_test]
async fn sending_waits_while_too_much_is_buffered() {
    let replaced = echo();
    let ((), _) = run(async {
        let socket = Rc::new(connect(Limits::default()).await);
        javascript(&format!("socket.held = {HIGH_WATER}"));
        let sending = socket.clone();
        let sender = wakeline::spawn(async move { sending.send(&text("much")).await });
        sleep(Duration::from_millis(20)).await;
        assert!(!sender.is_finished());
        assert_eq!(socket.buffered(), HIGH_WATER);
        javascript("socket.bufferedAmount = 0");
        assert_eq!(sender.await.expect("nobody aborts it"), Ok(()));

        // A socket that breaks ends the wait.
        let sending = socket.clone();
        let sender = wakeline::spawn(async move { sending.send(&text("more")).await });
        sleep(Duration::from_millis(1)).await;
        javascript("socket.drop(1006, '')");
        let result = sender.await.expect("nobody aborts it");
        assert!(matches!(result, Err(SocketError::Closed(close)) if close.code == DROPPED));
    })
    .await;
    drop(replaced);
}

#[wasm_bindgen_test]
async fn messages_that_nobody_receives_close_the_socket() {
    let replaced = echo();
    let limits = Limits {
        queued_messages: 3,
        ..Limits::default()
    };
    let (received, runtime) = run(async move {
        let socket = connect(limits).await;
        for _ in 0..10 {
            socket.send(&text("flood")).await.expect("open");
        }
        sleep(Duration::from_millis(20)).await;
        let mut received = 0;
        while socket.receive().await.is_some() {
            received += 1;
        }
        assert_eq!(socket.closed().map(|close| close.code), Some(OVERFLOW));
        received
    })
    .await;
    drop(replaced);
    assert_eq!(received, 3);
    assert_eq!(story(&runtime).last().map(String::as_str), Some("ended 0"));
}

#[wasm_bindgen_test]
async fn a_message_that_is_too_long_is_an_error_and_the_next_one_comes() {
    let replaced = echo();
    let limits = Limits {
        message_bytes: 5,
        ..Limits::default()
    };
    let (received, _) = run(async move {
        let socket = connect(limits).await;
        // Six bytes each; the second has fewer characters than that.
        for message in [
            text("123456"),
            text("äöü"),
            Message::Bytes(vec![0; 6]),
            text("short"),
        ] {
            socket.send(&message).await.expect("open");
        }
        let mut received = Vec::new();
        for _ in 0..4 {
            received.push(socket.receive().await.expect("four were sent"));
        }
        received
    })
    .await;
    drop(replaced);
    let too_large = Err(SocketError::TooLarge(5));
    assert_eq!(
        received,
        [
            too_large.clone(),
            too_large.clone(),
            too_large,
            Ok(text("short"))
        ]
    );
}

#[wasm_bindgen_test]
async fn a_connection_that_breaks_is_told_from_a_goodbye() {
    let replaced = echo();
    let (close, runtime) = run(async {
        let socket = connect(Limits::default()).await;
        javascript("setTimeout(() => socket.drop(1006, ''))");
        assert_eq!(socket.receive().await, None);
        socket.closed()
    })
    .await;
    drop(replaced);
    assert_eq!(close.map(|close| close.code), Some(DROPPED));
    assert_eq!(story(&runtime).last().map(String::as_str), Some("ended 1"));
}

#[wasm_bindgen_test]
async fn a_socket_that_is_dropped_is_closed_and_has_no_handlers() {
    let replaced = echo();
    let ((), runtime) = run(async {
        drop(connect(Limits::default()).await);
    })
    .await;
    drop(replaced);
    let last = javascript("return asked.at(-1)");
    assert_eq!(last.as_string().as_deref(), Some("close 1000 "));
    javascript(
        "globalThis.handlers = ['onopen', 'onmessage', 'onclose', 'onerror']
             .filter((name) => socket[name]).length",
    );
    assert_eq!(count("handlers"), 0);
    assert_eq!(story(&runtime).last().map(String::as_str), Some("ended 2"));
    assert!(global("socket").is_object());
}

#[wasm_bindgen_test]
async fn an_attempt_to_open_that_is_dropped_is_abandoned() {
    let replaced = Replaced::with(
        "WebSocket",
        "class {
             constructor(url) { this.url = url; this.readyState = 0; globalThis.closings = 0 }
             close() { closings += 1 }
         }",
    );
    let (result, runtime) = run(async {
        let attempt = Socket::connect("ws://test/", Limits::default());
        wakeline::time::timeout(Duration::from_millis(2), attempt)
            .await
            .map(drop)
    })
    .await;
    drop(replaced);
    assert!(result.is_err());
    assert_eq!(count("closings"), 1);
    assert_eq!(story(&runtime).last().map(String::as_str), Some("ended 2"));
}

#[wasm_bindgen_test]
async fn codes_and_reasons_that_are_not_for_programs_are_refused() {
    // The browser's own socket checks them, even before it is open.
    let ((), _) = run(async {
        let replaced = echo();
        let socket = connect(Limits::default()).await;
        drop(replaced);
        javascript(
            "socket.close = (code, reason) => WebSocket.prototype.close.call(
                 new WebSocket('ws://127.0.0.1:1/'), code, reason)",
        );
        for (code, reason) in [
            (1001, "".to_owned()),
            (2999, "".to_owned()),
            (1000, "x".repeat(124)),
        ] {
            let result = socket.close(code, &reason);
            assert!(matches!(result, Err(SocketError::Malformed(_))), "{code}");
        }
        javascript("socket.close = () => {}");
    })
    .await;
}
