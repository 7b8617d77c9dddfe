//! The playground's files: types, caching, compression, security, and paths that climb.

mod support;

use std::fs;
use std::path::Path;

use support::Running;
use tempfile::TempDir;

/// A directory with a playground in it, and a secret beside it.
fn site() -> (TempDir, std::path::PathBuf) {
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().join("site");
    let put = |name: &str, content: &[u8]| {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    put("index.html", b"<!doctype html><title>Wakeline</title>");
    put("start.js", "// script\n".repeat(200).as_bytes());
    put("page-0123abcd.js", b"export {};");
    put("page-0123abcd.wasm", b"\0asm\x01\0\0\0");
    put("page-0123abcd.wasm.br", b"the brotli of it");
    put("page-0123abcd.wasm.gz", b"the gzip of it");
    put("styles/base.css", b"body {}");
    put(
        "icons/wakeline.svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    );
    put(".hidden", b"secret");
    put("styles/.hidden", b"secret");
    fs::write(outer.path().join("beside.txt"), b"secret").unwrap();
    (outer, root)
}

async fn serving() -> (TempDir, Running) {
    let (outer, root) = site();
    (outer, Running::of(&root).await)
}

#[tokio::test]
async fn files_have_their_types() {
    let (_site, server) = serving().await;
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/start.js", "text/javascript; charset=utf-8"),
        ("/page-0123abcd.wasm", "application/wasm"),
        ("/styles/base.css", "text/css; charset=utf-8"),
        ("/icons/wakeline.svg", "image/svg+xml"),
    ] {
        let response = server.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], kind, "{path}");
    }
}

#[tokio::test]
async fn what_carries_a_hash_is_kept_for_good_and_the_rest_is_asked_for_again() {
    let (_site, server) = serving().await;
    let caching = async |path| server.get(path).await.headers()["cache-control"].clone();
    let for_good = "public, max-age=31536000, immutable";
    assert_eq!(caching("/page-0123abcd.js").await, for_good);
    assert_eq!(caching("/page-0123abcd.wasm").await, for_good);
    for path in [
        "/",
        "/index.html",
        "/start.js",
        "/styles/base.css",
        "/gone-0123abcd.js",
    ] {
        assert_eq!(caching(path).await, "no-cache", "{path}");
    }
    let first = server.get("/start.js").await;
    let again = server
        .client
        .get(server.url("/start.js"))
        .header("if-modified-since", &first.headers()["last-modified"]);
    let response = again.send().await.unwrap();
    assert_eq!(response.status(), 304);
    assert_eq!(response.headers()["cache-control"], "no-cache");
}

#[tokio::test]
async fn the_page_is_isolated_and_may_run_webassembly() {
    let (_site, server) = serving().await;
    for path in ["/", "/start.js", "/page-0123abcd.wasm", "/missing"] {
        let response = server.get(path).await;
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval'"),
            "{policy}"
        );
        assert!(
            policy.contains("connect-src 'self' http: https: ws: wss:"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(headers[name], value, "{path}");
        }
    }
}

#[tokio::test]
async fn what_was_compressed_before_is_sent_as_it_is() {
    let (_site, server) = serving().await;
    for (accepted, encoding, body) in [
        ("br, gzip", Some("br"), &b"the brotli of it"[..]),
        ("gzip", Some("gzip"), b"the gzip of it"),
        ("identity", None, b"\0asm\x01\0\0\0"),
    ] {
        let request = server
            .client
            .get(server.url("/page-0123abcd.wasm"))
            .header("accept-encoding", accepted);
        let response = request.send().await.unwrap();
        let headers = response.headers();
        let sent = headers.get("content-encoding").map(|v| v.to_str().unwrap());
        assert_eq!(sent, encoding);
        assert_eq!(headers["content-type"], "application/wasm");
        assert_eq!(headers["vary"], "accept-encoding");
        assert_eq!(&response.bytes().await.unwrap()[..], body);
    }
}

#[tokio::test]
async fn the_rest_is_compressed_on_the_way() {
    let (_site, server) = serving().await;
    let request = server
        .client
        .get(server.url("/start.js"))
        .header("accept-encoding", "gzip, br");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let body = response.bytes().await.unwrap();
    assert_eq!(body[..2], [0x1f, 0x8b]);
    assert!(body.len() < 200, "{}", body.len());
    // Demo answers are what they say they are, to the byte.
    let request = server
        .client
        .get(server.url("/api/bytes/5000"))
        .header("accept-encoding", "gzip");
    let response = request.send().await.unwrap();
    assert!(!response.headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn a_path_never_leads_out_of_the_playground() {
    let (_site, server) = serving().await;
    for (path, status) in [
        ("/../beside.txt", 400),
        ("/styles/../../beside.txt", 400),
        ("/%2e%2e/beside.txt", 400),
        ("/.%2E/beside.txt", 400),
        ("/..%2fbeside.txt", 400),
        ("/..%5cbeside.txt", 400),
        ("/styles/..%00/x", 400),
        ("/%ff%fe", 400),
        ("/%", 400),
        ("//beside.txt", 404),
        ("//etc/passwd", 404),
        ("/.hidden", 404),
        ("/%2ehidden", 404),
        ("/styles/.hidden", 404),
        ("/index.html/beside.txt", 404),
        ("/no/such/file", 404),
    ] {
        let answer = server.raw_get(path).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{path}: {answer}"
        );
        assert!(!answer.contains("secret"), "{path}: {answer}");
    }
    // Names too long for a file system, and too long for a request.
    let long = format!("/{}", "a".repeat(5_000));
    assert!(server.raw_get(&long).await.starts_with("HTTP/1.1 404 "));
    let endless = format!("/{}", "a".repeat(100_000));
    let answer = server.raw_get(&endless).await;
    assert!(
        answer.starts_with("HTTP/1.1 414 ") || answer.starts_with("HTTP/1.1 431 "),
        "{answer}"
    );
    assert_eq!(server.get("/").await.status(), 200);
}

#[tokio::test]
async fn files_are_only_read() {
    let (_site, server) = serving().await;
    for method in [
        reqwest::Method::POST,
        reqwest::Method::PUT,
        reqwest::Method::DELETE,
    ] {
        let request = server.client.request(method, server.url("/index.html"));
        assert_eq!(request.send().await.unwrap().status(), 405);
    }
    let head = server
        .client
        .head(server.url("/index.html"))
        .send()
        .await
        .unwrap();
    assert_eq!(head.status(), 200);
    let range = server
        .client
        .get(server.url("/index.html"))
        .header("range", "bytes=2-8");
    let response = range.send().await.unwrap();
    assert_eq!(response.status(), 206);
    assert_eq!(&response.bytes().await.unwrap()[..], b"doctype");
}

#[tokio::test]
async fn without_a_playground_the_server_says_how_to_get_one() {
    let server = Running::start().await;
    let response = server.get("/").await;
    assert_eq!(response.status(), 404);
    assert!(response.text().await.unwrap().contains("cargo xtask play"));
}

#[test]
fn a_playground_has_an_index() {
    use wakeline_cli::server::check_site;
    let (_outer, root) = site();
    assert_eq!(check_site(&root), Ok(()));
    let missing = check_site(&root.join("styles")).unwrap_err().missing;
    assert_eq!(missing, root.join("styles/index.html"));
    let nowhere = Path::new("no/such/directory");
    assert_eq!(check_site(nowhere).unwrap_err().missing, nowhere);
}
