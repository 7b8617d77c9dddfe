//! Requests over the real network: one after the other, all at once, or a few at a time.
//!
//! Every request has a time limit of its own, and each may fail in its own way without harm to
//! the others. Cancelling a task aborts its request: the future of the request is dropped, and
//! that is all it takes.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::Semaphore;
use wakeline::sync::mpsc::{UnboundedSender, unbounded_channel};
use wakeline::task::JoinHandle;
use wakeline::time::{now, sleep, timeout};
use wakeline::{eprintln, println, spawn_named};

use crate::outside::{FetchRequest, NetworkError, Outside};
use crate::parameters::{choice, parameters};

parameters! {
    /// What is requested, and how.
    pub struct Settings {
        /// The paths, separated by spaces or commas.
        paths: String = "/api/delay/300, /api/delay/600, /api/json, /api/bytes/20000, \
            /api/drip?bytes=600&ms=900, /api/status/404, /api/invalid-json, /api/drop, \
            /api/delay/8000", 2_000;
        /// How many times each is requested.
        times: u32 = 1, 1..=50;
        /// In which way.
        mode: Mode = Limited;
        /// How many requests are under way at once when they are limited.
        at_once: usize = 3, 1..=50;
        /// How long a request may take.
        timeout_ms: u64 = 2_000 ms, 1..=120_000;
        /// Whether whatever is still under way is cancelled at some time.
        cancel: bool = false;
        /// When.
        cancel_ms: u64 = 1_000 ms, 0..=120_000;
    }
    presets {
        delays {
            paths = "/api/delay/400, /api/delay/800, /api/delay/1200, /api/delay/1600";
            mode = "concurrent";
        }
        one_by_one { mode = "sequential"; }
        errors {
            paths = "/api/status/500, /api/invalid-json, /api/drop, /api/delay/8000";
            mode = "concurrent";
        }
        cancelled {
            paths = "/api/delay/500, /api/delay/1500, /api/delay/2500";
            mode = "concurrent"; timeout_ms = 10000; cancel = true; cancel_ms = 1000;
        }
    }
}

choice! {
    /// In which way the requests are made.
    pub enum Mode {
        /// One after the other.
        Sequential = "sequential",
        /// All at once.
        Concurrent = "concurrent",
        /// A few at a time.
        Limited = "limited",
    }
}

/// One request.
struct Job {
    path: String,
    url: String,
    limit: Duration,
    outside: Rc<dyn Outside>,
    answers: UnboundedSender<Answer>,
}

/// What came of one request.
struct Answer {
    path: String,
    took: Duration,
    result: Result<String, Failure>,
}

/// How a request can fail.
#[derive(Debug)]
enum Failure {
    TimedOut,
    Status(u16),
    NotJson(serde_json::Error),
    Network(NetworkError),
}

/// Makes the requests and tells what came of them.
pub async fn main(
    settings: Settings,
    outside: Rc<dyn Outside>,
    server: String,
) -> Result<(), String> {
    let paths = read_paths(&settings.paths)?;
    let (sender, mut answers) = unbounded_channel();
    let jobs: Vec<Job> = (0..settings.times)
        .flat_map(|_| &paths)
        .map(|path| Job {
            path: path.clone(),
            url: format!("{server}{path}"),
            limit: Duration::from_millis(settings.timeout_ms),
            outside: outside.clone(),
            answers: sender.clone(),
        })
        .collect();
    drop(sender);
    let total = jobs.len();
    println!("{total} requests to {server}");

    let start = now();
    let tasks = begin(jobs, &settings);
    let aborts: Vec<_> = tasks.iter().map(JoinHandle::abort_handle).collect();
    let canceller = settings.cancel.then(|| {
        let after = Duration::from_millis(settings.cancel_ms);
        spawn_named("canceller", async move {
            sleep(after).await;
            println!("canceller: enough");
            aborts.iter().for_each(|task| task.abort());
        })
    });

    // There is an answer for every request, or its task is gone: then so is its sender.
    let mut tally = Tally::default();
    while let Some(answer) = answers.recv().await {
        tally.take(answer);
    }
    if let Some(canceller) = canceller {
        // Unless it has done its part, it is not needed any more.
        canceller.abort();
        let _ = canceller.await;
    }

    let took = (now() - start).as_millis();
    let given_up = total - tally.good - tally.failed;
    let Tally { good, failed, .. } = tally;
    println!("after {took} ms: {good} good, {failed} failed, {given_up} given up");
    match tally.unreachable {
        Some(error) if good == 0 && tally.heard == 0 => Err(format!("{server}: {error}")),
        _ => Ok(()),
    }
}

/// Splits the list of paths. Only paths: which server they go to is not theirs to say.
fn read_paths(text: &str) -> Result<Vec<String>, String> {
    let separator = |c: char| c == ',' || c.is_whitespace();
    let paths: Vec<String> = text
        .split(separator)
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect();
    if paths.is_empty() {
        return Err("there is no path to request".to_owned());
    }
    match paths.iter().find(|path| !path.starts_with('/')) {
        Some(path) => Err(format!("{path:?} is no path: a path begins with a slash")),
        None => Ok(paths),
    }
}

/// Sets the requests going in the chosen way.
fn begin(jobs: Vec<Job>, settings: &Settings) -> Vec<JoinHandle<()>> {
    match settings.mode {
        Mode::Sequential => {
            let one_by_one = async move {
                for job in jobs {
                    job.perform().await;
                }
            };
            vec![spawn_named("one by one", one_by_one)]
        }
        Mode::Concurrent => jobs
            .into_iter()
            .map(|job| spawn_named(job.path.clone(), job.perform()))
            .collect(),
        Mode::Limited => {
            let permits = Rc::new(Semaphore::named("requests at once", settings.at_once));
            let limited = |job: Job| {
                let permits = permits.clone();
                spawn_named(job.path.clone(), async move {
                    let permit = permits.acquire().await;
                    job.perform().await;
                    drop(permit);
                })
            };
            jobs.into_iter().map(limited).collect()
        }
    }
}

impl Job {
    async fn perform(self) {
        let start = now();
        let result = self.get().await;
        let answer = Answer {
            path: self.path,
            took: now() - start,
            result,
        };
        if self.answers.send(answer).is_err() {
            eprintln!("nobody waits for answers");
        }
    }

    async fn get(&self) -> Result<String, Failure> {
        let request = self.outside.fetch(FetchRequest::get(&self.url));
        // When the time is up, the request is dropped, and thereby aborted.
        let response = match timeout(self.limit, request).await {
            Ok(result) => result.map_err(Failure::Network)?,
            Err(_) => return Err(Failure::TimedOut),
        };
        if !response.is_success() {
            return Err(Failure::Status(response.status));
        }
        let kind = response.header("content-type").unwrap_or_default();
        if kind.starts_with("application/json") {
            let text = response.text().map_err(Failure::Network)?;
            let _: serde_json::Value = serde_json::from_str(text).map_err(Failure::NotJson)?;
            return Ok(format!("{} bytes of JSON", text.len()));
        }
        Ok(format!("{} bytes", response.body.len()))
    }
}

/// Counts what came of the requests.
#[derive(Default)]
struct Tally {
    good: usize,
    failed: usize,
    /// Failures that show that there is a server.
    heard: usize,
    unreachable: Option<NetworkError>,
}

impl Tally {
    fn take(&mut self, answer: Answer) {
        let Answer { path, took, result } = answer;
        let took = took.as_millis();
        let failure = match result {
            Ok(what) => {
                println!("{path}: {what}, after {took} ms");
                self.good += 1;
                return;
            }
            Err(failure) => failure,
        };
        eprintln!("{path}: {failure}, after {took} ms");
        self.failed += 1;
        match failure {
            Failure::Network(error) if error.means_no_server() => self.unreachable = Some(error),
            _ => self.heard += 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => f.write_str("took too long"),
            Self::Status(status) => write!(f, "status {status}"),
            Self::NotJson(error) => write!(f, "no valid JSON: {error}"),
            Self::Network(error) => error.fmt(f),
        }
    }
}
