//! Our client and our server with each other, over a network that fails.

mod support;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::{AsyncReadExt, AsyncWriteExt, stream};
use serde_json::json;
use wakeline::time::sleep;
use wakeline_net::http::{
    Body, Client, ClientError, Limits, Next, Request, Response, Router, serve,
};
use wakeline_net::{Conditions, Network};

use support::{ms, run};

fn start(latency_ms: u64, router: Router) -> (Network, Client) {
    let network = Network::new(Conditions::with_latency(Duration::from_millis(latency_ms)));
    let host = network.host("server");
    let listener = host.listen(80).unwrap();
    wakeline::spawn(serve(host.clone(), listener, router, Limits::default()));
    let client = Client::new(network.host("client"), Limits::default());
    (network, client)
}

fn pages() -> Router {
    Router::new()
        .route("GET", "/pages/{name}", async |request: Request| {
            Ok(Response::text(
                200,
                request.parameter("name").unwrap().to_owned(),
            ))
        })
        .route("POST", "/data", async |request: Request| {
            Ok(Response::json(201, &request.body_as_json()?))
        })
}

#[test]
fn a_connection_is_used_again() {
    run(0, async {
        let (_network, client) = start(10, pages());
        let get = async |name: &str| {
            let request = Request::new("GET", &format!("/pages/{name}"));
            let response = client.send("server", request).await.unwrap();
            (
                response.status,
                String::from_utf8(response.bytes().to_vec()).unwrap(),
            )
        };
        assert_eq!(get("one").await, (200, "one".to_owned()));
        assert_eq!(ms(), 40, "there and back to connect, there and back to ask");
        assert_eq!(get("a%20b").await, (200, "a b".to_owned()));
        assert_eq!(ms(), 60, "on the same connection");
        let value = json!({ "name": "x", "list": [1, 2] });
        let response = client
            .send("server:80", Request::json("POST", "/data", &value))
            .await
            .unwrap();
        assert_eq!(response.status, 201);
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(response.bytes()).unwrap(),
            value
        );
    });
}

#[test]
fn a_kept_connection_that_the_server_has_closed_is_replaced() {
    run(0, async {
        let (network, client) = start(10, pages());
        let request = || Request::new("GET", "/pages/x");
        client.send("server", request()).await.unwrap();
        network.crash("server");
        network.restart("server");
        let host = network.host("server");
        let listener = host.listen(80).unwrap();
        wakeline::spawn(serve(host, listener, pages(), Limits::default()));
        sleep(Duration::from_secs(1)).await;
        assert_eq!(client.send("server", request()).await.unwrap().status, 200);
    });
}

#[test]
fn middleware_wraps_every_answer_the_first_outermost() {
    run(0, async {
        let seen = Rc::new(Cell::new(0));
        let counter = Rc::clone(&seen);
        let router = pages()
            .layer(move |request: Request, next: Next| {
                counter.set(counter.get() + 1);
                async move {
                    let response = next.run(request).await;
                    response.header("x-order", "outer")
                }
            })
            .layer(async |request: Request, next: Next| {
                if request.query("stop").is_some() {
                    return Response::error(403, "not today");
                }
                next.run(request).await.header("x-order", "inner")
            });
        let (_network, client) = start(1, router);
        for (target, status) in [("/pages/a", 200), ("/pages/a?stop", 403), ("/nothing", 404)] {
            let response = client
                .send("server", Request::new("GET", target))
                .await
                .unwrap();
            assert_eq!(response.status, status);
            assert_eq!(response.headers.get("x-order"), Some("outer"));
        }
        assert_eq!(seen.get(), 3);
    });
}

#[test]
fn a_body_can_be_made_while_it_is_sent() {
    run(0, async {
        let router = Router::new().route("GET", "/{how}", async |request: Request| {
            let breaks = request.parameter("how") == Some("broken");
            let pieces = stream::unfold(0, move |number| async move {
                sleep(Duration::from_millis(100)).await;
                match number {
                    3 if breaks => Some((Err(std::io::ErrorKind::Other.into()), 4)),
                    5 => None,
                    _ => Some((Ok(vec![b'0' + number; 3]), number + 1)),
                }
            });
            let mut response = Response::new(200);
            response.body = Body::Stream(Box::pin(pieces));
            Ok(response)
        });
        let (_network, client) = start(10, router);
        let response = client
            .send("server", Request::new("GET", "/whole"))
            .await
            .unwrap();
        assert_eq!(response.bytes(), b"000111222333444");
        assert_eq!(ms(), 20 + 20 + 600);
        let error = client
            .send("server", Request::new("GET", "/broken"))
            .await
            .unwrap_err();
        assert!(matches!(error, ClientError::Io(_)), "{error}");
    });
}

#[test]
fn what_is_no_answer_or_too_long_is_an_error() {
    run(0, async {
        let network = Network::new(Conditions::default());
        let answers: [&[u8]; 6] = [
            b"nonsense\r\n\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort",
            b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n",
            b"",
        ];
        let mut listener = network.host("server").listen(80).unwrap();
        wakeline::spawn(async move {
            for answer in answers {
                let mut stream = listener.accept().await.unwrap();
                let mut request = [0; 500];
                let _ = stream.read(&mut request).await;
                stream.write_all(answer).await.unwrap();
            }
        });
        let client = Client::new(network.host("client"), Limits::default());
        let mut errors = Vec::new();
        for _ in answers {
            let error = client
                .send("server", Request::new("GET", "/"))
                .await
                .unwrap_err();
            errors.push(match error {
                ClientError::Io(_) => "io",
                ClientError::Malformed => "malformed",
                ClientError::TooLong => "too long",
                _ => "other",
            });
        }
        assert_eq!(
            errors,
            [
                "malformed",
                "io",
                "malformed",
                "malformed",
                "too long",
                "io"
            ]
        );
        let error = client
            .send("nobody", Request::new("GET", "/"))
            .await
            .unwrap_err();
        assert!(matches!(error, ClientError::Connect(_)));
    });
}

#[test]
fn many_requests_over_a_bad_line_are_all_answered_with_what_they_asked_for() {
    run(5, async {
        let (network, client) = start(20, pages());
        network.set_conditions_between(
            "client",
            "server",
            Conditions {
                loss: 0.2,
                jitter: Duration::from_millis(30),
                bandwidth: Some(50_000),
                ..Conditions::with_latency(Duration::from_millis(20))
            },
        );
        let tasks: Vec<_> = (0..40)
            .map(|number| {
                let client = client.clone();
                wakeline::spawn(async move {
                    for round in 0..3 {
                        let name = format!("{number}-{round}");
                        let request = Request::new("GET", &format!("/pages/{name}"));
                        let response = client.send("server", request).await.unwrap();
                        assert_eq!(response.bytes(), name.as_bytes());
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}
