//! Valid and invalid requests as bytes, and the status that the standard demands for each.

mod support;

use std::time::Duration;

use futures_util::{AsyncReadExt, AsyncWriteExt};
use wakeline::time::sleep;
use wakeline_net::http::{Files, Limits, Request, Response, Router, serve};
use wakeline_net::{Conditions, Network, Stream};

use support::{ms, run};

const LIMITS: Limits = Limits {
    target: 100,
    head: 600,
    body: 50,
    time: Duration::from_secs(5),
    idle: Duration::from_secs(10),
    requests: 5,
};

fn router() -> Router {
    Router::new()
        .route("GET", "/", async |_| Ok(Response::text(200, "home")))
        .route("POST", "/echo", async |request: Request| {
            Ok(Response::with(
                200,
                "application/octet-stream",
                request.body,
            ))
        })
        .route("POST", "/json", async |request: Request| {
            Ok(Response::json(201, &request.body_as_json()?))
        })
        .route("GET", "/fails", async |_| Err(Response::error(500, "no")))
        .route("GET", "/users/{id}", async |request: Request| {
            let verbose = request.query("verbose").unwrap_or("-").to_owned();
            let id = request.parameter("id").unwrap_or_default().to_owned();
            Ok(Response::text(200, format!("{id} {verbose}")))
        })
        .route("GET", "/users/me", async |_| Ok(Response::text(200, "me")))
        .files("/static", Files::new().with("a/b.css", "body {}"))
}

async fn connected() -> Stream {
    let network = Network::new(Conditions::with_latency(Duration::from_millis(5)));
    let host = network.host("server");
    let listener = host.listen(80).unwrap();
    wakeline::spawn(serve(host, listener, router(), LIMITS));
    network.host("client").connect("server", 80).await.unwrap()
}

/// The text of the whole answer to these bytes, read until the server closes.
async fn answers(request: &[u8]) -> String {
    answers_to_pieces(request, usize::MAX).await
}

/// The same for bytes that come in pieces of this size, some time apart.
async fn answers_to_pieces(request: &[u8], size: usize) -> String {
    let (mut read, mut write) = connected().await.into_split();
    let request = request.to_owned();
    drop(wakeline::spawn(async move {
        for piece in request.chunks(size) {
            // A server that has answered and closed needs no more of it.
            if write.write_all(piece).await.is_err() {
                break;
            }
            sleep(Duration::from_millis(1)).await;
        }
        let _ = write.close().await;
    }));
    let mut bytes = Vec::new();
    // A server that closes before it has read everything resets the connection behind its answer.
    let _ = read.read_to_end(&mut bytes).await;
    String::from_utf8(bytes).unwrap()
}

/// The statuses of the answers to these bytes, in pieces of this size.
async fn statuses(request: &[u8], size: usize) -> Vec<u16> {
    let text = answers_to_pieces(request, size).await;
    let lines = text
        .split("\r\n")
        .flat_map(|line| line.split("HTTP/1.1 ").skip(1));
    lines
        .filter_map(|line| line.get(..3)?.parse().ok())
        .collect()
}

fn long(count: usize) -> String {
    "x".repeat(count)
}

#[test]
fn each_request_of_the_corpus_gets_the_status_that_the_standard_demands() {
    let long_target = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", long(200));
    let long_line = format!("GET /{}", long(500));
    let long_field = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", long(700));
    let many_fields = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "a:b\r\n".repeat(70));
    let long_body = format!(
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 51\r\n\r\n{}",
        long(51)
    );
    let corpus: &[(&str, &[u16])] = &[
        // Requests that are well formed.
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", &[200]),
        ("GET / HTTP/1.0\r\n\r\n", &[200]),
        ("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", &[200]),
        (
            "GET http://a/users/7?verbose=1 HTTP/1.1\r\nHost: a\r\n\r\n",
            &[200],
        ),
        ("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", &[200]),
        ("OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", &[204]),
        ("GET /users/a%20b HTTP/1.1\r\nhOST:a\r\n\r\n", &[200]),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            &[200],
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /no HTTP/1.1\r\nHost: a\r\n\r\n",
            &[200, 404],
        ),
        ("GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n", &[200]),
        (
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n",
            &[200, 200],
        ),
        // Bodies.
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            &[200, 200],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            &[200, 200],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
            &[200],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\nx",
            &[417],
        ),
        ("POST /echo HTTP/1.1\r\nHost: a\r\n\r\n", &[411]),
        (&long_body, &[413]),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n",
            &[413],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            &[400],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            &[400],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
            &[400],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            &[400],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            &[400],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
            &[400],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3x\r\n\r\nabc",
            &[400],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
            &[400],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            &[501],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
            &[400],
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
            &[400],
        ),
        (
            "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            &[400],
        ),
        (
            "POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}",
            &[201],
        ),
        (
            "POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{",
            &[400],
        ),
        (
            "POST /json HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
            &[415],
        ),
        // Resources and methods.
        ("GET /none HTTP/1.1\r\nHost: a\r\n\r\n", &[404]),
        ("GET /users/ HTTP/1.1\r\nHost: a\r\n\r\n", &[404]),
        ("GET /users/1/2 HTTP/1.1\r\nHost: a\r\n\r\n", &[404]),
        ("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", &[405]),
        ("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", &[405]),
        ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", &[501]),
        (
            "GET /fails HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            &[500, 200],
        ),
        ("GET /static/a/b.css HTTP/1.1\r\nHost: a\r\n\r\n", &[200]),
        ("GET /static/a HTTP/1.1\r\nHost: a\r\n\r\n", &[404]),
        ("GET /static/../a/b.css HTTP/1.1\r\nHost: a\r\n\r\n", &[400]),
        (
            "GET /static/%2e%2e/b.css HTTP/1.1\r\nHost: a\r\n\r\n",
            &[400],
        ),
        // Heads that are none.
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", &[505]),
        ("GET / HTTP/3\r\nHost: a\r\n\r\n", &[505]),
        ("GET / HTTQ/1.1\r\nHost: a\r\n\r\n", &[400]),
        ("GET /\r\nHost: a\r\n\r\n", &[400]),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", &[400]),
        ("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", &[400]),
        ("GET x HTTP/1.1\r\nHost: a\r\n\r\n", &[400]),
        ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", &[400]),
        ("GET / HTTP/1.1\r\n\r\n", &[400]),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", &[400]),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", &[400]),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", &[400]),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n",
            &[400],
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", &[400]),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", &[400]),
        ("\u{16}\u{3}\u{1}\u{2}hello\r\n\r\n", &[400]),
        (&long_target, &[414]),
        (&long_line, &[414]),
        (&long_field, &[431]),
        (&many_fields, &[431]),
        // Nothing, and half a request: nobody is there to be answered.
        ("", &[]),
        ("GET / HT", &[]),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
            &[],
        ),
    ];
    // Whole, byte by byte, and in pieces that end anywhere.
    for size in [usize::MAX, 1, 13] {
        for (request, expected) in corpus {
            let (request, expected) = ((*request).to_owned(), expected.to_vec());
            run(0, async move {
                let found = statuses(request.as_bytes(), size).await;
                // The news that the body may come is no answer.
                let found: Vec<u16> = found.into_iter().filter(|status| *status >= 200).collect();
                assert_eq!(found, expected, "{request:?} in pieces of {size}");
            });
        }
    }
}

#[test]
fn answers_say_what_they_must() {
    run(0, async {
        let text = answers(b"DELETE / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(text.contains("\r\nallow: GET, HEAD, OPTIONS\r\n"), "{text}");
        let text = answers(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(
            text.contains("\r\ncontent-length: 4\r\n") && text.ends_with("\r\n\r\n"),
            "{text}"
        );
        let text = answers(b"GET /x HTTP/1.0\r\n\r\n").await;
        assert!(text.contains("\r\nconnection: close\r\n"), "{text}");
        let text = answers(b"GET /users/me HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(
            text.ends_with("\r\n\r\nme"),
            "the more definite route: {text}"
        );
        let text = answers(b"GET /users/a%2Fb?verbose=x+y HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(
            text.contains("404"),
            "a slash is a slash however it is written: {text}"
        );
        let waits =
            b"POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";
        let mut stream = connected().await;
        stream.write_all(waits).await.unwrap();
        let mut news = [0; 25];
        stream.read_exact(&mut news).await.unwrap();
        assert_eq!(&news, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(b"!").await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        let tag = {
            let text = answers(b"GET /static/a/b.css HTTP/1.1\r\nHost: a\r\n\r\n").await;
            let at = text.find("etag: ").unwrap() + 6;
            text[at..at + 18].to_owned()
        };
        let again =
            format!("GET /static/a/b.css HTTP/1.1\r\nHost: a\r\nIf-None-Match: W/{tag}\r\n\r\n");
        assert!(answers(again.as_bytes()).await.starts_with("HTTP/1.1 304"));
    });
}

#[test]
fn a_request_may_come_in_any_pieces() {
    let request = b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for size in [1, 2, 3, 7, 50] {
        run(0, async move {
            let (mut read, mut write) = connected().await.into_split();
            wakeline::spawn(async move {
                for piece in request.chunks(size) {
                    write.write_all(piece).await.unwrap();
                    sleep(Duration::from_millis(1)).await;
                }
                sleep(Duration::from_secs(1)).await;
            });
            let mut text = String::new();
            read.read_to_string(&mut text).await.unwrap();
            assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 2, "{text}");
            assert!(
                text.contains("\r\n\r\nabcHTTP") && text.ends_with("home"),
                "{text}"
            );
        });
    }
}

#[test]
fn who_is_slow_is_answered_with_408_and_who_is_silent_is_closed() {
    run(0, async {
        for (sent, answer, at) in [
            (&b"GET / HT"[..], "HTTP/1.1 408", 5_000),
            (
                b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
                "HTTP/1.1 408",
                5_000,
            ),
            (b"", "", 10_000),
        ] {
            let mut stream = connected().await;
            stream.write_all(sent).await.unwrap();
            let begun = ms();
            let mut text = String::new();
            stream.read_to_string(&mut text).await.unwrap();
            assert!(text.starts_with(answer), "{text}");
            assert!((at..=at + 10).contains(&(ms() - begun)), "{}", ms() - begun);
        }
    });
}

#[test]
fn a_connection_ends_after_its_last_request() {
    run(0, async {
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(9);
        let text = answers(request.as_bytes()).await;
        assert_eq!(text.matches("HTTP/1.1 200").count(), 5);
        assert_eq!(text.matches("connection: close").count(), 1);
    });
}
