//! The demo endpoints, asked by a client over real sockets.

mod support;

use serde_json::json;
use support::Running;

#[tokio::test]
async fn health_says_who_is_there() {
    let server = Running::start().await;
    let (status, health) = server.json("/api/health").await;
    assert_eq!(status, 200);
    assert_eq!(health["name"], "wakeline");
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn delays_are_answered_and_bad_ones_refused() {
    let server = Running::start().await;
    assert_eq!(
        server.json("/api/delay/5").await,
        (200, json!({ "delay_ms": 5 }))
    );
    for (path, code) in [
        ("/api/delay/60001", "out-of-range"),
        ("/api/delay/99999999999999999999999", "out-of-range"),
        ("/api/delay/-1", "not-a-whole-number"),
        ("/api/delay/1e3", "not-a-whole-number"),
        ("/api/delay/%20", "not-a-whole-number"),
        ("/api/delay/%F0%9F%90%A2", "not-a-whole-number"),
    ] {
        let (status, answer) = server.json(path).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(code)),
            "{path}"
        );
        assert!(!answer["error"]["message"].as_str().unwrap().contains('{'));
    }
}

#[tokio::test]
async fn every_final_status_can_be_had() {
    let server = Running::start().await;
    for code in [
        200_u16, 201, 204, 205, 301, 304, 400, 404, 418, 429, 500, 503, 599,
    ] {
        let response = server.get(&format!("/api/status/{code}")).await;
        assert_eq!(response.status().as_u16(), code);
        let body = response.text().await.unwrap();
        let has_none = matches!(code, 204 | 205 | 304);
        assert_eq!(body.is_empty(), has_none, "{code}: {body}");
    }
    for path in [
        "/api/status/100",
        "/api/status/199",
        "/api/status/600",
        "/api/status/ok",
    ] {
        assert_eq!(server.json(path).await.0, 400, "{path}");
    }
}

#[tokio::test]
async fn the_sample_object_holds_the_query() {
    let server = Running::start().await;
    let (status, sample) = server.json("/api/json?a=1&b=%E4%BD%A0%20%26&a=2&c").await;
    assert_eq!(status, 200);
    assert_eq!(sample["query"], json!({ "a": "2", "b": "你 &", "c": "" }));
    assert_eq!(sample["name"], "Wakeline");
}

#[tokio::test]
async fn invalid_json_is_invalid() {
    let server = Running::start().await;
    let response = server.get("/api/invalid-json").await;
    assert_eq!(response.headers()["content-type"], "application/json");
    let text = response.text().await.unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_err());
}

#[tokio::test]
async fn bytes_are_the_ones_that_were_promised() {
    let server = Running::start().await;
    for n in [0_usize, 1, 65_536, 65_537, 10 * 1024 * 1024] {
        let response = server.get(&format!("/api/bytes/{n}")).await;
        assert_eq!(response.headers()["content-length"], n.to_string());
        let bytes = response.bytes().await.unwrap();
        assert_eq!(bytes.len(), n);
        assert!(
            bytes
                .iter()
                .enumerate()
                .all(|(i, b)| usize::from(*b) == i % 251)
        );
    }
    assert_eq!(server.json("/api/bytes/10485761").await.0, 400);
}

#[tokio::test]
async fn a_drip_is_whole_and_comes_in_pieces() {
    let server = Running::start().await;
    let mut response = server.get("/api/drip?bytes=1000&ms=200").await;
    assert_eq!(response.headers()["content-length"], "1000");
    let (mut pieces, mut bytes) = (0, Vec::new());
    while let Some(piece) = response.chunk().await.unwrap() {
        pieces += 1;
        bytes.extend(piece);
    }
    assert!(
        bytes
            .iter()
            .enumerate()
            .all(|(i, b)| usize::from(*b) == i % 251)
    );
    assert_eq!(bytes.len(), 1000);
    assert!(pieces > 1, "{pieces}");
    let nothing = server.get("/api/drip?bytes=0&ms=0").await;
    assert!(nothing.bytes().await.unwrap().is_empty());
    for query in ["bytes=1048577", "ms=60001", "ms=soon", "bytes=-1"] {
        assert_eq!(
            server.json(&format!("/api/drip?{query}")).await.0,
            400,
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_dropped_answer_breaks_off_in_its_middle() {
    let server = Running::start().await;
    let mut response = server.get("/api/drop?bytes=2000").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-length"], "2000");
    let mut received = 0;
    let error = loop {
        match response.chunk().await {
            Ok(Some(piece)) => received += piece.len(),
            Ok(None) => panic!("the answer was complete"),
            Err(error) => break error,
        }
    };
    assert_eq!(received, 1000);
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    // The server itself is none the worse for it.
    assert_eq!(server.json("/api/health").await.0, 200);
}

#[tokio::test]
async fn redirects_lead_to_their_end() {
    let server = Running::start().await;
    let mut path = "/api/redirect/3".to_owned();
    let mut seen = 0;
    loop {
        let response = server.get(&path).await;
        if response.status() == 200 {
            break;
        }
        assert_eq!(response.status(), 302);
        path = response.headers()["location"].to_str().unwrap().to_owned();
        seen += 1;
    }
    assert_eq!((seen, &*path), (3, "/api/redirect/0"));
    assert_eq!(server.json("/api/redirect/51").await.0, 400);
}

#[tokio::test]
async fn failures_depend_on_seed_and_case_alone() {
    let server = Running::start().await;
    let sequence = async |rate: u32, seed: u64| {
        let mut failed = Vec::new();
        for n in 0..20 {
            let path = format!("/api/fail?rate={rate}&seed={seed}&n={n}");
            let (status, answer) = server.json(&path).await;
            assert_eq!(answer["failed"], status == 503);
            failed.push(status == 503);
        }
        failed
    };
    let first = sequence(50, 1).await;
    assert_eq!(sequence(50, 1).await, first);
    assert_ne!(sequence(50, 2).await, first);
    assert!(!sequence(0, 1).await.contains(&true));
    assert!(!sequence(100, 1).await.contains(&false));
    assert_eq!(server.json("/api/fail?rate=101").await.0, 400);
}

#[tokio::test]
async fn an_echo_is_the_request() {
    let server = Running::start().await;
    let request = server
        .client
        .request(reqwest::Method::PATCH, server.url("/api/echo?x=1"))
        .header("x-one", "1")
        .header("x-two", "a")
        .header("x-two", "b")
        .body("你好");
    let response = request.send().await.unwrap();
    let echo: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(echo["method"], "PATCH");
    assert_eq!(
        (&echo["path"], &echo["query"]),
        (&json!("/api/echo"), &json!("x=1"))
    );
    assert_eq!(echo["headers"]["x-one"], "1");
    assert_eq!(echo["headers"]["x-two"], json!(["a", "b"]));
    assert_eq!(echo["body"], "你好");
    assert_eq!(
        (&echo["body_encoding"], &echo["body_bytes"]),
        (&json!("utf-8"), &json!(6))
    );

    let request = server.client.post(server.url("/api/echo"));
    let response = request.body(vec![0, 255, 16]).send().await.unwrap();
    let echo: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(
        (&echo["body"], &echo["body_encoding"]),
        (&json!("00ff10"), &json!("hex"))
    );
}

#[tokio::test]
async fn a_body_has_its_limit_whether_announced_or_not() {
    let server = Running::start().await;
    let post = async |body: reqwest::Body| {
        let sent = server
            .client
            .post(server.url("/api/echo"))
            .body(body)
            .send();
        sent.await.unwrap().status().as_u16()
    };
    let limit = 1024 * 1024;
    assert_eq!(post(vec![b'a'; limit].into()).await, 200);
    assert_eq!(post(vec![b'a'; limit + 1].into()).await, 413);
    let pieces = (0..9).map(move |_| Ok::<_, std::io::Error>(vec![b'a'; limit / 8]));
    let stream = futures_util::stream::iter(pieces);
    assert_eq!(post(reqwest::Body::wrap_stream(stream)).await, 413);
}

#[tokio::test]
async fn what_does_not_exist_is_said_in_json() {
    let server = Running::start().await;
    let (status, answer) = server.json("/api/nothing/here").await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (404, &json!("no-such-endpoint"))
    );
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.contains("/api/nothing/here"), "{message}");

    let response = server
        .client
        .post(server.url("/api/health"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "GET,HEAD");
    let text = response.text().await.unwrap();
    assert!(text.contains("not-this-method"), "{text}");
}

#[tokio::test]
async fn pages_of_other_origins_may_use_it() {
    let server = Running::start().await;
    let preflight = server
        .client
        .request(reqwest::Method::OPTIONS, server.url("/api/echo"))
        .header("origin", "https://example.org")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
        .header("access-control-request-private-network", "true");
    let response = preflight.send().await.unwrap();
    assert!(response.status().is_success());
    let headers = response.headers();
    assert_eq!(headers["access-control-allow-origin"], "*");
    assert_eq!(headers["access-control-allow-methods"], "GET,POST,OPTIONS");
    assert_eq!(headers["access-control-allow-headers"], "*");
    assert_eq!(headers["access-control-allow-private-network"], "true");
    // Failures too, or a page could not tell a failure from a missing server.
    for path in [
        "/api/json",
        "/api/status/500",
        "/api/nothing",
        "/api/delay/x",
    ] {
        let request = server.client.get(server.url(path));
        let response = request.header("origin", "null").send().await.unwrap();
        let headers = response.headers();
        assert_eq!(headers["access-control-allow-origin"], "*", "{path}");
        assert_eq!(
            headers["cross-origin-resource-policy"], "cross-origin",
            "{path}"
        );
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
    }
}

#[tokio::test]
async fn a_query_that_is_badly_encoded_is_read_as_it_stands() {
    let server = Running::start().await;
    let answer = server.raw_get("/api/json?a=%zz&b=%ff").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains("\"a\":\"%zz\",\"b\":\"\u{fffd}\""),
        "{answer}"
    );
}

#[tokio::test]
async fn the_site_has_pages_that_link_to_each_other_and_says_what_crawlers_may_see() {
    use wakeline_demos::companion::site;

    let server = Running::start().await;
    let robots = server.get("/robots.txt").await;
    assert_eq!(robots.headers()["access-control-allow-origin"], "*");
    assert_eq!(robots.text().await.unwrap(), site::ROBOTS);
    for number in [0, 1, site::PAGES - 1] {
        let page = server.get(&format!("/api/site/{number}")).await;
        assert_eq!(page.status(), 200);
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        let html = page.text().await.unwrap();
        assert!(html.contains(&format!("<title>Page {number}</title>")));
        for link in site::links(number) {
            assert!(html.contains(&format!("href=\"{link}\"")), "{link}");
        }
    }
    assert_eq!(server.get("/api/site").await.status(), 200);
    for (path, status) in [
        ("/api/site/private/1", 200),
        ("/api/site/data/4", 200),
        ("/api/site/moved/7", 302),
        ("/api/site/missing/2", 404),
        ("/api/site/60", 404),
        ("/api/site/x", 404),
        ("/api/site/0/1", 404),
        ("/api/site/-1", 404),
    ] {
        assert_eq!(server.get(path).await.status(), status, "{path}");
    }
    let moved = server.get("/api/site/moved/7").await;
    assert_eq!(moved.headers()["location"], "/api/site/7");
}
