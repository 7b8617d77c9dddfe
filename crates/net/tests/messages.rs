//! The server of messages and its clients: well-behaved ones and others.

mod support;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::{AsyncReadExt, AsyncWriteExt};
use serde_json::{Value, json};
use wakeline::time::sleep;
use wakeline_net::messages::{Client, Event, Limits, Pace, RequestError, encode, serve};
use wakeline_net::{Conditions, Network};

use support::run;

type Events = Rc<RefCell<Vec<Event>>>;

fn start(limits: Limits) -> (Network, Events) {
    let network = Network::new(Conditions::with_latency(Duration::from_millis(10)));
    let events = Events::default();
    let (host, reported) = (network.host("server"), Rc::clone(&events));
    let listener = host.listen(7000).unwrap();
    wakeline::spawn(serve(host, listener, limits, move |event| {
        reported.borrow_mut().push(event);
    }));
    (network, events)
}

async fn client(network: &Network, name: &str, pace: Pace) -> (Client, impl AsyncFnMut() -> Value) {
    let host = network.host(name);
    let (client, mut notices) = Client::connect(&host, "server", 7000, pace, 100_000)
        .await
        .unwrap();
    (client, async move || notices.recv().await.unwrap())
}

#[test]
fn each_request_has_its_own_reply() {
    run(0, async {
        let (network, events) = start(Limits::default());
        let (client, _notices) = client(&network, "a", Pace::default()).await;
        let client = Rc::new(client);
        let tasks: Vec<_> = (0..20)
            .map(|number| {
                let client = Rc::clone(&client);
                wakeline::spawn(async move {
                    let reply = client
                        .request("echo", json!({ "n": number }))
                        .await
                        .unwrap();
                    assert_eq!(reply["data"]["n"], number);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(
            client.request("ping", Value::Null).await.unwrap()["type"],
            "pong"
        );
        let listed = client.request("clients", Value::Null).await.unwrap();
        assert_eq!(
            (&listed["you"], &listed["clients"]),
            (&json!(1), &json!([1]))
        );
        let refused = client.request("dance", Value::Null).await.unwrap_err();
        assert_eq!(refused, RequestError::Refused("unknown-type".to_owned()));
        Rc::into_inner(client).unwrap().close().await;
        assert_eq!(*events.borrow(), [Event::Joined(1), Event::Left(1)]);
    });
}

#[test]
fn a_broadcast_reaches_everybody_else_once_and_in_order() {
    run(0, async {
        let (network, _events) = start(Limits::default());
        let (a, _) = client(&network, "a", Pace::default()).await;
        let (_b, mut hears_b) = client(&network, "b", Pace::default()).await;
        let (_c, mut hears_c) = client(
            &network,
            "c",
            Pace {
                piece: 1,
                pause: Duration::ZERO,
            },
        )
        .await;
        for number in 0..5 {
            assert_eq!(
                a.request("broadcast", json!(number)).await.unwrap()["to"],
                2
            );
        }
        for number in 0..5 {
            let message = json!({ "type": "message", "from": 1, "data": number });
            assert_eq!(
                (hears_b().await, hears_c().await),
                (message.clone(), message)
            );
        }
    });
}

#[test]
fn frames_in_pieces_are_whole_again() {
    for piece in [1, 2, 3, 5, 64] {
        run(0, async move {
            let (network, _events) = start(Limits::default());
            let pace = Pace {
                piece,
                pause: Duration::from_millis(2),
            };
            let (client, _) = client(&network, "a", pace).await;
            let reply = client.request("echo", json!("你好, world")).await.unwrap();
            assert_eq!(reply["data"], "你好, world");
        });
    }
}

#[test]
fn what_is_no_request_is_answered_and_what_is_too_long_ends_the_connection() {
    run(0, async {
        let (network, events) = start(Limits {
            frame: 100,
            ..Limits::default()
        });
        let (client, mut notice) = client(&network, "a", Pace::default()).await;
        for (frame, code) in [
            (encode(b"{"), "not-json"),
            (encode(b""), "not-json"),
            (encode(b"\xff\xfe"), "not-json"),
            (encode(b"[1]"), "not-a-request"),
            (encode(br#"{"type":"ping"}"#), "not-a-request"),
            (encode(br#"{"type":"ping","id":[]}"#), "not-a-request"),
            (encode(br#"{"type":7,"id":"x"}"#), "not-a-request"),
        ] {
            client.send_frame(frame);
            let answer = notice().await;
            assert_eq!(
                (&answer["type"], &answer["error"]),
                (&json!("error"), &json!(code))
            );
        }
        client.request("ping", Value::Null).await.unwrap();
        client.send_frame(encode(&[b' '; 101]));
        assert_eq!(notice().await["error"], "oversize");
        let ended = client.request("ping", Value::Null).await.unwrap_err();
        assert_eq!(ended, RequestError::Ended);
        assert_eq!(
            *events.borrow(),
            [Event::Joined(1), Event::Oversize(1, 101), Event::Left(1)]
        );
    });
}

#[test]
fn who_leaves_within_a_frame_is_gone_and_harms_nobody() {
    run(0, async {
        let (network, events) = start(Limits::default());
        let (other, _) = client(&network, "other", Pace::default()).await;
        let mut stream = network.host("a").connect("server", 7000).await.unwrap();
        stream.write_all(&encode(b"{\"type\":")[..7]).await.unwrap();
        stream.close().await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty());
        assert_eq!(events.borrow()[2..], [Event::Broken(2), Event::Left(2)]);
        let listed = other.request("clients", Value::Null).await.unwrap();
        assert_eq!(listed["clients"], json!([1]));
    });
}

#[test]
fn who_does_not_listen_is_disconnected_and_the_others_hear_everything() {
    run(0, async {
        let (network, events) = start(Limits {
            queue: 8,
            ..Limits::default()
        });
        network.set_conditions_between(
            "server",
            "deaf",
            Conditions {
                window: 2_000,
                ..Conditions::with_latency(Duration::from_millis(10))
            },
        );
        let (a, _) = client(&network, "a", Pace::default()).await;
        let (_b, mut hears_b) = client(&network, "b", Pace::default()).await;
        let deaf = network.host("deaf").connect("server", 7000).await.unwrap();
        sleep(Duration::from_millis(20)).await;
        for number in 0..50 {
            a.request(
                "broadcast",
                json!({ "n": number, "padding": "x".repeat(300) }),
            )
            .await
            .unwrap();
        }
        for number in 0..50 {
            assert_eq!(hears_b().await["data"]["n"], number);
        }
        assert_eq!(events.borrow()[3..], [Event::Slow(3), Event::Left(3)]);
        drop(deaf);
    });
}

#[test]
fn too_many_clients_are_turned_away() {
    run(0, async {
        let (network, events) = start(Limits {
            clients: 1,
            ..Limits::default()
        });
        let (_first, _) = client(&network, "a", Pace::default()).await;
        let (second, _) = client(&network, "b", Pace::default()).await;
        let ended = second.request("ping", Value::Null).await.unwrap_err();
        assert_eq!(ended, RequestError::Ended);
        assert_eq!(*events.borrow(), [Event::Joined(1), Event::Full]);
    });
}
