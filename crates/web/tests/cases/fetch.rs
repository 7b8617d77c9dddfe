//! Requests: to the server that brought the tests, to nobody, and to a `fetch` of our own making
//! where an answer must be late, endless or broken.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use wakeline::log::{Kind, NetworkPhase, Outcome};
use wakeline::{Builder, Clock, Runtime};
use wakeline_web::clock;
use wakeline_web::fetch::{FetchError, Progress, Request, fetch};
use wakeline_web::pump::{Pump, Settings, Status};
use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::{Errors, Replaced, global, javascript, start, turns, until};

/// Runs a program to its end, and gives what it returned.
pub(crate) async fn run<T: 'static>(program: impl Future<Output = T> + 'static) -> (T, Runtime) {
    let runtime = Builder::new().clock(Clock::Real(clock::start())).build();
    let result = Rc::new(RefCell::new(None));
    let returned = result.clone();
    start(&runtime, async move {
        let value = program.await;
        returned.replace(Some(value));
    });
    let pump = Pump::start(&runtime, Settings::WORKER, runtime.clone());
    until(|| pump.status() == Status::Ended).await;
    let value = result
        .take()
        .expect("nothing was left to wait for, so main has returned");
    (value, runtime)
}

/// What the log says about connections, in short.
pub(crate) fn story(runtime: &Runtime) -> Vec<String> {
    let log = runtime.log();
    let events = log.columns.iter_from(0);
    let lines = events.filter_map(|event| match event.kind {
        Kind::NetworkBegun => Some(format!("begun {}", log.text(event.low()))),
        Kind::NetworkPhase => {
            let phase = NetworkPhase::from_code(event.flags)?.name();
            Some(format!("{phase} {}", event.high()))
        }
        Kind::NetworkMessage => {
            let direction = wakeline::log::MessageDirection::from_code(event.flags)?.name();
            let (text, bytes) = (log.text(event.low()), event.high());
            Some(format!("{direction} {text} {bytes}"))
        }
        Kind::NetworkEnded => Some(format!("ended {}", event.flags)),
        _ => None,
    });
    lines.collect()
}

fn origin() -> String {
    let location = global("location");
    let origin = js_sys::Reflect::get(&location, &"origin".into()).expect("an object");
    origin.as_string().expect("text")
}

#[wasm_bindgen_test]
async fn an_answer_has_status_headers_and_body_and_its_phases_are_in_the_log() {
    let url = format!("{}/", origin());
    let asked = url.clone();
    let (body, runtime) = run(async move {
        let response = fetch(Request::get(asked))
            .await
            .expect("the server answers");
        assert!(response.is_success());
        let names = response.headers.iter().map(|(name, _)| name.as_str());
        assert!(names.clone().any(|name| name == "content-type"));
        response.text(1 << 20).await.expect("it is short")
    })
    .await;
    assert!(body.contains("<html"), "{body}");
    // In how many parts it comes is the browser's business.
    let (parts, others): (Vec<String>, Vec<String>) = story(&runtime)
        .into_iter()
        .partition(|line| line.starts_with("received-bytes"));
    let length = |part: &String| {
        part.rsplit(' ')
            .next()
            .and_then(|n| n.parse::<usize>().ok())
    };
    let lengths: Vec<usize> = parts.iter().filter_map(length).collect();
    assert_eq!(lengths.iter().sum::<usize>(), body.len());
    let expected = [
        format!("begun GET {url}"),
        "sent 0".to_owned(),
        "headers 200".to_owned(),
        format!("body {}", body.len()),
        "ended 0".to_owned(),
    ];
    assert_eq!(others, expected);
    // The wait for the network was no deadlock, and every event has the task that asked.
    let log = runtime.log();
    let network = log
        .columns
        .iter_from(0)
        .filter(|e| e.kind == Kind::NetworkPhase);
    assert!(network.into_iter().all(|event| event.subject == 1));
    assert!(log.columns.iter_from(0).any(|e| e.kind == Kind::WaitBegun));
}

#[wasm_bindgen_test]
async fn an_answer_that_says_not_found_is_an_answer() {
    let url = format!("{}/there/is/no/such/file", origin());
    let (status, runtime) = run(async move {
        let response = fetch(Request::get(url)).await.expect("the server answers");
        let status = response.status;
        response.bytes(1 << 20).await.expect("it is short");
        status
    })
    .await;
    assert_eq!(status, 404);
    assert!(story(&runtime).contains(&"headers 404".to_owned()));
}

#[wasm_bindgen_test]
async fn a_server_that_is_not_there_is_unreachable() {
    // Port 1 of this machine: browsers refuse it themselves, as any server there would.
    let (result, runtime) = run(async {
        let answer = fetch(Request::get("http://127.0.0.1:1/")).await;
        answer.map(|response| response.status)
    })
    .await;
    assert!(
        matches!(result, Err(FetchError::Unreachable(_))),
        "{result:?}"
    );
    assert_eq!(story(&runtime).last().map(String::as_str), Some("ended 1"));
}

#[wasm_bindgen_test]
async fn what_is_no_request_is_malformed() {
    let request = |change: fn(&mut Request)| {
        let mut request = Request::get("/");
        change(&mut request);
        request
    };
    for request in [
        request(|request| request.url = "http://[".to_owned()),
        request(|request| request.url = "http://name:password@127.0.0.1/".to_owned()),
        request(|request| request.method = "CONNECT".to_owned()),
        request(|request| request.method = "no method".to_owned()),
        request(|request| request.headers.push(("no name".to_owned(), String::new()))),
        request(|request| request.headers.push(("a".to_owned(), "\n1\n2".to_owned()))),
        request(|request| request.body = Some(b"GET has none".to_vec())),
    ] {
        let asked = request.clone();
        let (result, runtime) = run(async move { fetch(asked).await.map(|r| r.status) }).await;
        assert!(
            matches!(result, Err(FetchError::Malformed(_))),
            "{request:?}: {result:?}"
        );
        assert_eq!(story(&runtime).last().map(String::as_str), Some("ended 1"));
    }
}

/// A `fetch` that answers with a body of parts of 4 bytes and then does what `end` says to the
/// stream.
fn answering(parts: u32, end: &str) -> Replaced {
    let expression = format!(
        "(request) => {{
             globalThis.aborted = false;
             request.signal.addEventListener('abort', () => {{ aborted = true }});
             let left = {parts};
             return Promise.resolve(new Response(new ReadableStream({{
                 pull(stream) {{
                     if (left > 0) {{
                         left -= 1;
                         stream.enqueue(new Uint8Array([1, 2, 3, left]));
                     }} else {{
                         {end};
                     }}
                 }}
             }})));
         }}"
    );
    Replaced::with("fetch", &expression)
}

#[wasm_bindgen_test]
async fn a_body_comes_in_parts() {
    let replaced = answering(3, "stream.close()");
    let (parts, runtime) = run(async {
        let mut response = fetch(Request::get("/")).await.expect("made above");
        let mut parts = Vec::new();
        while let Some(part) = response.chunk().await.expect("made above") {
            parts.push(part);
        }
        assert_eq!(response.chunk().await, Ok(None));
        parts
    })
    .await;
    drop(replaced);
    assert_eq!(parts, [[1, 2, 3, 2], [1, 2, 3, 1], [1, 2, 3, 0]]);
    let part = "received-bytes  4";
    assert_eq!(
        story(&runtime)[2..],
        ["headers 200", part, part, part, "body 12", "ended 0"]
    );
}

#[wasm_bindgen_test]
async fn progress_is_told_against_what_was_announced() {
    for (headers, expected) in [
        ("{ 'content-length': '8' }", Some(8)),
        (
            "{ 'content-length': '8', 'content-encoding': 'identity' }",
            Some(8),
        ),
        // What travels compressed has another length.
        ("{ 'content-length': '8', 'content-encoding': 'br' }", None),
        ("{ 'content-length': 'many' }", None),
        ("{}", None),
        // More arrives than was announced: it was compressed, and that is hidden from us.
        ("{ 'content-length': '2' }", Some(2)),
    ] {
        let replaced = Replaced::with(
            "fetch",
            &format!(
                "() => {{
                     let left = 2;
                     const body = new ReadableStream({{
                         pull(stream) {{
                             if (left-- > 0) stream.enqueue(new Uint8Array(4));
                             else stream.close();
                         }}
                     }});
                     return Promise.resolve(new Response(body, {{ headers: {headers} }}));
                 }}"
            ),
        );
        let (seen, _) = run(async {
            let mut response = fetch(Request::get("/")).await.expect("made above");
            let mut seen = vec![response.progress()];
            while response.chunk().await.expect("made above").is_some() {
                seen.push(response.progress());
            }
            seen
        })
        .await;
        drop(replaced);
        let told = [0, 4, 8].map(|received| Progress {
            received,
            expected: expected.filter(|expected| received <= *expected),
        });
        assert_eq!(seen, told, "{headers}");
    }
}

#[wasm_bindgen_test]
async fn method_headers_and_body_go_out() {
    let replaced = Replaced::with(
        "fetch",
        "async (request) => {
             const { method, headers } = request;
             const lines = [method, headers.get('x-one'), headers.get('x-two')];
             return new Response([...lines, await request.text()].join('|'));
         }",
    );
    let (text, _) = run(async {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let request = Request {
            method: "PUT".to_owned(),
            url: "/".to_owned(),
            headers: vec![
                header("x-one", "1"),
                header("x-two", "a"),
                header("x-two", "b"),
            ],
            body: Some("你好".into()),
        };
        let response = fetch(request).await.expect("made above");
        response.text(100).await.expect("it is short")
    })
    .await;
    drop(replaced);
    assert_eq!(text, "PUT|1|a, b|你好");
}

/// A `fetch` that fails as for a server of another origin, and a second one, for an answer that
/// nobody may read, that does `then`.
fn kept_from_us(then: &str) -> Replaced {
    let expression = format!(
        "(request) => {{
             if (request.mode !== 'no-cors') {{
                 globalThis.asked = [];
                 return Promise.reject(new TypeError('Failed to fetch'));
             }}
             asked.push(`${{request.method}} ${{new URL(request.url).pathname}}`);
             request.signal.addEventListener('abort', () => {{ asked.push('aborted') }});
             const answer = (type) =>
                 Object.defineProperty(new Response(), 'type', {{ value: type }});
             return {then};
         }}"
    );
    Replaced::with("fetch", &expression)
}

#[wasm_bindgen_test]
async fn a_server_that_does_not_allow_this_page_is_told_from_one_that_is_not_there() {
    let unreachable = FetchError::Unreachable("Failed to fetch".to_owned());
    let not_allowed = FetchError::NotAllowed("Failed to fetch".to_owned());
    for (then, expected) in [
        ("Promise.resolve(answer('opaque'))", &not_allowed),
        (
            "Promise.reject(new TypeError('Failed to fetch'))",
            &unreachable,
        ),
        // Of the same origin: there is nothing that is not allowed.
        ("Promise.resolve(answer('basic'))", &unreachable),
    ] {
        let replaced = kept_from_us(then);
        let (result, runtime) = run(async {
            let request = Request {
                method: "POST".to_owned(),
                ..Request::get("/there")
            };
            fetch(request).await.map(drop)
        })
        .await;
        drop(replaced);
        assert_eq!(result.as_ref(), Err(expected), "{then}");
        // The second request changes nothing there, and is no request of the program.
        let asked = javascript("return asked[0]");
        assert_eq!(asked.as_string().as_deref(), Some("HEAD /there"));
        assert_eq!(story(&runtime), ["begun POST /there", "sent 0", "ended 1"]);
    }
}

#[wasm_bindgen_test]
async fn asking_who_is_there_ends_with_the_request() {
    let replaced = kept_from_us("new Promise(() => {})");
    let (result, _) = run(async {
        let request = fetch(Request::get("/"));
        wakeline::time::timeout(Duration::from_millis(50), request)
            .await
            .map(drop)
    })
    .await;
    drop(replaced);
    assert!(result.is_err());
    let last = javascript("return asked.at(-1)");
    assert_eq!(last.as_string().as_deref(), Some("aborted"));
}

#[wasm_bindgen_test]
async fn a_part_that_was_asked_for_and_not_taken_is_not_lost() {
    let replaced = answering(2, "stream.close()");
    let (parts, _) = run(async {
        let mut response = fetch(Request::get("/")).await.expect("made above");
        // Polled once and dropped: nothing was there yet.
        let never = wakeline::time::timeout(Duration::ZERO, response.chunk()).await;
        assert!(never.is_err());
        let mut parts = Vec::new();
        while let Some(part) = response.chunk().await.expect("made above") {
            parts.push(part[3]);
        }
        parts
    })
    .await;
    drop(replaced);
    assert_eq!(parts, [1, 0]);
}

#[wasm_bindgen_test]
async fn a_body_beyond_the_limit_is_refused_and_aborted() {
    let replaced = answering(1000, "stream.close()");
    let (result, runtime) = run(async {
        let response = fetch(Request::get("/")).await.expect("made above");
        response.bytes(10).await
    })
    .await;
    drop(replaced);
    assert_eq!(result, Err(FetchError::TooLarge(10)));
    assert!(global("aborted").is_truthy());
    assert_eq!(story(&runtime).last().map(String::as_str), Some("ended 1"));

    let replaced = answering(3, "stream.close()");
    let (result, _) = run(async {
        let response = fetch(Request::get("/")).await.expect("made above");
        response.bytes(12).await
    })
    .await;
    drop(replaced);
    assert_eq!(
        result.map(|bytes| bytes.len()),
        Ok(12),
        "the limit itself is allowed"
    );
}

#[wasm_bindgen_test]
async fn an_answer_that_breaks_off_is_broken() {
    let replaced = answering(1, "stream.error(new TypeError('gone'))");
    let (result, _) = run(async {
        let response = fetch(Request::get("/")).await.expect("made above");
        response.bytes(100).await
    })
    .await;
    drop(replaced);
    assert_eq!(result, Err(FetchError::Broken("gone".to_owned())));
}

#[wasm_bindgen_test]
async fn the_browsers_own_ends_are_told_apart() {
    for (name, expected) in [
        ("AbortError", FetchError::Aborted),
        ("TimeoutError", FetchError::TimedOut),
    ] {
        let expression = format!("() => Promise.reject(new DOMException('over', '{name}'))");
        let replaced = Replaced::with("fetch", &expression);
        let (result, _) = run(async { fetch(Request::get("/")).await.map(|r| r.status) }).await;
        drop(replaced);
        assert_eq!(result, Err(expected));
    }
}

/// A `fetch` that answers only when it is aborted.
fn silent() -> Replaced {
    Replaced::with(
        "fetch",
        "(request) => {
             globalThis.aborted = false;
             return new Promise((_, reject) => {
                 request.signal.addEventListener('abort', () => {
                     aborted = true;
                     reject(request.signal.reason);
                 });
             });
         }",
    )
}

#[wasm_bindgen_test]
async fn a_request_that_is_dropped_is_aborted() {
    let (replaced, errors) = (silent(), Errors::watch());
    let (result, runtime) = run(async {
        let request = fetch(Request::get("/"));
        wakeline::time::timeout(Duration::from_millis(2), request)
            .await
            .map(drop)
    })
    .await;
    assert!(result.is_err());
    assert!(global("aborted").is_truthy());
    assert_eq!(story(&runtime), ["begun GET /", "sent 0", "ended 2"]);
    turns(3).await;
    drop(replaced);
    assert_eq!(errors.seen(), 0);
}

#[wasm_bindgen_test]
async fn an_answer_that_is_dropped_before_its_body_is_aborted() {
    let replaced = answering(1000, "stream.close()");
    let ((), runtime) = run(async {
        let mut response = fetch(Request::get("/")).await.expect("made above");
        response.chunk().await.expect("made above");
    })
    .await;
    drop(replaced);
    assert!(global("aborted").is_truthy());
    assert_eq!(story(&runtime).last().map(String::as_str), Some("ended 2"));
}

#[wasm_bindgen_test]
async fn a_run_that_is_stopped_aborts_its_requests() {
    let replaced = silent();
    let runtime = Builder::new().clock(Clock::Real(clock::start())).build();
    start(&runtime, async { fetch(Request::get("/")).await.map(drop) });
    let pump = Pump::start(&runtime, Settings::WORKER, runtime.clone());
    until(|| pump.status() == Status::Waiting).await;
    javascript("globalThis.aborted = false");
    drop(pump);
    runtime.finish(Outcome::Stopped, "");
    drop(replaced);
    assert!(global("aborted").is_truthy());
    assert_eq!(story(&runtime), ["begun GET /", "sent 0", "ended 2"]);
}
