//! An HTTP/1.1 server on the simulated network, and clients that exercise it.
//!
//! The server has routes with parameters in their paths, queries, JSON, files, and a middleware
//! that sees every request on its way in and every answer on its way out. What is wrong with a
//! request is answered with the status that says so, and a client whose request cannot even be
//! read does no harm to the others.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use futures_util::{AsyncReadExt, AsyncWriteExt};
use serde_json::{Value, json};
use wakeline::time::{now, sleep};
use wakeline::{eprintln, println};
use wakeline_net::http::{Client, Files, Handled, Limits, Next, Request, Response, Router, serve};
use wakeline_net::{Conditions, Host, Network};

use crate::parameters::{choice, parameters};

parameters! {
    /// What is asked, by how many, and over what kind of line.
    pub struct Settings {
        /// Which requests each client makes.
        script: Script = Tour;
        /// How many times each client goes through the script.
        requests: u32 = 1, 1..=100;
        /// How many clients there are at once.
        concurrency: u32 = 2, 1..=50;
        /// How long everything travels one way.
        latency_ms: u64 = 30 ms, 0..=10_000;
        /// How much longer it may travel.
        jitter_ms: u64 = 0 ms, 0..=10_000;
        /// How many bytes a second go over the line; 0 for as many as there are.
        bandwidth: u64 = 0 bytes, 0..=1_000_000_000;
        /// How many pieces in a hundred are lost, and sent again.
        loss: f64 = 0.0 percent, 0.0..=90.0;
        /// How long the server works on each request.
        work_ms: u64 = 10 ms, 0..=10_000;
        /// Whether a connection is used for more than one request.
        keep_alive: bool = true;
        /// The longest body that the server takes.
        longest: usize = 1_000 bytes, 10..=1_000_000;
    }
    presets {
        tutorial { script = "basics"; concurrency = 1; }
        errors { script = "errors"; concurrency = 1; }
        no_keep_alive { script = "basics"; requests = 3; keep_alive = false; }
        bad_line { script = "basics"; requests = 3; jitter_ms = 20; loss = 25.0; }
        crowd { script = "basics"; requests = 2; concurrency = 20; bandwidth = 20000; }
    }
}

choice! {
    /// Which requests each client makes.
    pub enum Script {
        /// A page, data, and new data.
        Basics = "basics",
        /// Those, and every other thing that the server can do.
        Tour = "tour",
        /// Requests that something is wrong with.
        Errors = "errors",
    }
}

const SERVER: &str = "server";

/// The requests of a script: method, target, and JSON to send.
fn script(script: Script) -> Vec<(&'static str, &'static str, Option<Value>)> {
    let mut requests = Vec::new();
    if script != Script::Errors {
        requests.push(("GET", "/hello?name=Ada", None));
        requests.push(("GET", "/api/books", None));
        requests.push(("POST", "/api/books", Some(json!({ "title": "Notes" }))));
    }
    if script == Script::Tour {
        requests.push(("GET", "/api/books/1", None));
        requests.push(("HEAD", "/static/style.css", None));
        requests.push(("GET", "/static/style.css", None));
        requests.push(("OPTIONS", "/api/books", None));
    }
    if script != Script::Basics {
        requests.push(("GET", "/nowhere", None));
        requests.push(("GET", "/api/books/999", None));
        requests.push(("DELETE", "/api/books", None));
        requests.push(("POST", "/api/books", Some(json!({ "title": 7 }))));
        requests.push(("GET", "/broken", None));
    }
    requests
}

/// Bytes that are no request that the server could take, each with the status that says why.
const UNREADABLE: [(&str, u16); 7] = [
    ("GET / HTTP/1.1\r\n\r\n", 400),
    ("hello?\r\n\r\n", 400),
    ("POST /api/books HTTP/1.1\r\nHost: server\r\n\r\n", 411),
    (
        "POST /api/books HTTP/1.1\r\nHost: server\r\nContent-Length: 9999999\r\n\r\n",
        413,
    ),
    ("BREW /tea HTTP/1.1\r\nHost: server\r\n\r\n", 501),
    (
        "POST /api/books HTTP/1.1\r\nHost: server\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        501,
    ),
    ("GET / HTTP/2.0\r\nHost: server\r\n\r\n", 505),
];

/// What came back, by status.
type Statuses = Rc<RefCell<BTreeMap<u16, u32>>>;

/// Starts the server, has the clients go through their script, and tells what came back.
pub async fn main(settings: Settings) -> Result<(), String> {
    let network = Network::new(Conditions {
        latency: Duration::from_millis(settings.latency_ms),
        jitter: Duration::from_millis(settings.jitter_ms),
        bandwidth: (settings.bandwidth > 0).then_some(settings.bandwidth),
        loss: settings.loss / 100.0,
        ..Conditions::default()
    });
    let host = network.host(SERVER);
    let listener = host.listen(80).map_err(|error| error.to_string())?;
    let limits = Limits {
        body: settings.longest,
        ..Limits::default()
    };
    let serving = serve(host.clone(), listener, router(&settings), limits);
    drop(host.spawn(SERVER, serving));

    let statuses = Statuses::default();
    let mut clients = Vec::new();
    for number in 1..=settings.concurrency {
        let name = format!("client {number}");
        let task = wakeline::task::Builder::new().name(&name);
        let visit = visit(network.host(&name), settings.clone(), statuses.clone());
        clients.push(task.spawn_fallible(visit));
    }
    let mut lost = None;
    for client in clients {
        if let Err(reason) = client.await.map_err(|error| error.to_string())? {
            lost.get_or_insert(reason);
        }
    }
    let statuses = statuses.borrow();
    let told: Vec<String> = statuses
        .iter()
        .map(|(status, count)| format!("{count} × {status}"))
        .collect();
    println!(
        "{} answers: {}",
        statuses.values().sum::<u32>(),
        told.join(", ")
    );
    lost.map_or(Ok(()), Err)
}

/// What the server answers.
fn router(settings: &Settings) -> Router {
    let books = Rc::new(RefCell::new(vec![
        "Sketch of the Analytical Engine".to_owned(),
    ]));
    let (list, add, one) = (books.clone(), books.clone(), books);
    let work = Duration::from_millis(settings.work_ms);
    let number = Cell::new(0_u32);
    Router::new()
        .layer(move |request: Request, next: Next| {
            number.set(number.get() + 1);
            log(number.get(), work, request, next)
        })
        .route("GET", "/hello", async |request: Request| {
            let name = request.query("name").unwrap_or("you");
            Ok(Response::text(200, format!("Hello, {name}!")))
        })
        .route("GET", "/api/books", move |_| {
            let titles = json!(*list.borrow());
            async move { Ok(Response::json(200, &titles)) }
        })
        .route("POST", "/api/books", move |request: Request| {
            let added = add_book(&add, &request);
            async move { added }
        })
        .route("GET", "/api/books/{number}", move |request: Request| {
            let found = find_book(&one.borrow(), &request);
            async move { found }
        })
        .route("GET", "/broken", async |_| {
            Err(Response::error(500, "this handler always fails"))
        })
        .files(
            "/static",
            Files::new().with("style.css", "body { margin: 0 }\n"),
        )
}

/// The middleware: sees every request and every answer, and tells how long it took.
async fn log(number: u32, work: Duration, request: Request, next: Next) -> Response {
    let start = now();
    let what = format!("{} {} from {}", request.method, request.path, request.peer);
    sleep(work).await;
    let response = next.run(request).await;
    let (status, took) = (response.status, (now() - start).as_millis());
    println!("server: {what}: {status} after {took} ms");
    response.header("x-request-number", number.to_string())
}

fn add_book(books: &RefCell<Vec<String>>, request: &Request) -> Handled {
    let book = request.body_as_json()?;
    let Some(title) = book["title"].as_str() else {
        return Err(Response::error(400, "a book has a title"));
    };
    let number = {
        let mut books = books.borrow_mut();
        books.push(title.to_owned());
        books.len()
    };
    let response = Response::json(201, &json!({ "number": number, "title": title }));
    Ok(response.header("location", format!("/api/books/{number}")))
}

fn find_book(books: &[String], request: &Request) -> Handled {
    let number = request.parameter("number").unwrap_or_default();
    let number: usize = number
        .parse()
        .map_err(|_| Response::error(400, "the number of a book is a number"))?;
    let title = number.checked_sub(1).and_then(|at| books.get(at));
    match title {
        Some(title) => Ok(Response::json(
            200,
            &json!({ "number": number, "title": title }),
        )),
        None => Err(Response::error(404, "no such book")),
    }
}

/// One client: goes through its script as often as asked.
async fn visit(host: Host, settings: Settings, statuses: Statuses) -> Result<(), String> {
    let name = host.name().to_owned();
    let client = Client::new(host.clone(), Limits::default());
    for _ in 0..settings.requests {
        for (method, target, body) in script(settings.script) {
            let mut request = match body {
                Some(body) => Request::json(method, target, &body),
                None => Request::new(method, target),
            };
            if !settings.keep_alive {
                request.headers.set("connection", "close");
            }
            let start = now();
            let response = client.send(SERVER, request).await.map_err(|error| {
                eprintln!("{name}: {method} {target}: {error}");
                format!("{name}: {method} {target}: {error}")
            })?;
            let (status, took) = (response.status, (now() - start).as_millis());
            println!("{name}: {method} {target}: {status} after {took} ms");
            note(&statuses, status);
        }
        if settings.script == Script::Errors {
            for (bytes, expected) in UNREADABLE {
                let status = send_raw(&host, bytes).await;
                let line = bytes.lines().next().unwrap_or_default();
                println!("{name}: {line:?}: {status}");
                if status != expected {
                    return Err(format!("{name}: {line:?}: {status} instead of {expected}"));
                }
                note(&statuses, status);
            }
        }
    }
    Ok(())
}

fn note(statuses: &Statuses, status: u16) {
    *statuses.borrow_mut().entry(status).or_default() += 1;
}

/// Sends bytes as they are, and reads the status that comes back; 0 if none does.
async fn send_raw(host: &Host, bytes: &str) -> u16 {
    let Ok(mut stream) = host.connect(SERVER, 80).await else {
        return 0;
    };
    let mut answer = String::new();
    let _ = stream.write_all(bytes.as_bytes()).await;
    // The server closes behind its answer, since it cannot tell where the next request begins.
    let _ = stream.read_to_string(&mut answer).await;
    let status = answer.get(9..12).and_then(|status| status.parse().ok());
    status.unwrap_or(0)
}
