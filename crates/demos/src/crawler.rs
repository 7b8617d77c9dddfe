//! A crawler: visits a site page by page, breadth first, and behaves.
//!
//! It asks `robots.txt` where it may go, stays on the server where it began, makes only so many
//! requests at once and not too many in a row, and visits no page twice. All pages of one depth
//! are visited before any of the next; of one depth, in the order in which links to them were
//! found, whichever answers come first.

mod html;
mod robots;
mod url;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};
use wakeline::sync::Semaphore;
use wakeline::time::{Instant, now, sleep_until, timeout};
use wakeline::{eprintln, println, spawn_named};

use self::robots::Robots;
use crate::outside::{FetchRequest, FetchResponse, NetworkError, Outside};
use crate::parameters::parameters;

parameters! {
    /// Where it begins, how far it goes, and how it behaves.
    pub struct Settings {
        /// The path of the first page.
        start: String = "/api/site/0", 500;
        /// How many links it is at most from the first page to the last.
        depth: u32 = 3, 0..=20;
        /// How many pages are visited at most.
        limit: usize = 25, 1..=500;
        /// How many requests are under way at once.
        concurrency: usize = 4, 1..=50;
        /// The least time from the beginning of one request to that of the next.
        delay_ms: u64 = 50 ms, 0..=60_000;
        /// Whether `robots.txt` is obeyed.
        robots: bool = true;
        /// How long an answer may take.
        timeout_ms: u64 = 2_000 ms, 1..=120_000;
    }
    presets {
        whole_site { depth = 20; limit = 500; }
        shallow { depth = 1; }
        one_at_a_time { concurrency = 1; delay_ms = 200; limit = 12; }
        impolite { concurrency = 20; delay_ms = 0; robots = false; }
    }
}

/// The longest page that is read, in bytes.
const LONGEST_PAGE: usize = 256 * 1024;

/// What a visit needs.
struct Crawl {
    settings: Settings,
    outside: Rc<dyn Outside>,
    server: String,
    permits: Semaphore,
    /// When the next request may begin.
    next_start: Cell<Instant>,
}

/// What came of a visit.
struct Visit {
    path: String,
    depth: u32,
    status: u16,
    title: String,
    bytes: usize,
    links: Vec<String>,
    error: Option<String>,
}

/// What was found and not visited.
#[derive(Default)]
struct Left {
    elsewhere: usize,
    forbidden: BTreeSet<String>,
    too_deep: usize,
    too_many: usize,
}

/// Crawls, and tells what it found.
pub async fn main(
    settings: Settings,
    outside: Rc<dyn Outside>,
    server: String,
) -> Result<(), String> {
    let Some(start) = url::resolve("/", &settings.start, &server) else {
        return Err(format!("{:?} is no path", settings.start));
    };
    let crawl = Rc::new(Crawl {
        permits: Semaphore::named("requests at once", settings.concurrency),
        next_start: Cell::new(now()),
        outside,
        server,
        settings,
    });
    let robots = crawl.robots().await?;
    let begun = now();
    let mut known = BTreeSet::from([start.clone()]);
    let mut level = vec![start];
    let mut visits = Vec::new();
    let mut left = Left::default();
    for depth in 0..=crawl.settings.depth {
        level.retain(|path| {
            let allowed = robots.allow(path);
            if !allowed {
                left.forbidden.insert(path.clone());
            }
            allowed
        });
        let room = crawl.settings.limit - visits.len();
        left.too_many += level.len().saturating_sub(room);
        level.truncate(room);
        if level.is_empty() {
            break;
        }
        println!("depth {depth}: {} pages", level.len());
        let mut next = Vec::new();
        for visit in crawl.visit_all(level, depth).await? {
            for link in &visit.links {
                match url::resolve(&visit.path, link, &crawl.server) {
                    None => left.elsewhere += 1,
                    Some(path) if depth == crawl.settings.depth => {
                        left.too_deep += usize::from(known.insert(path));
                    }
                    Some(path) => {
                        if known.insert(path.clone()) {
                            next.push(path);
                        }
                    }
                }
            }
            visits.push(visit);
        }
        level = next;
    }
    tell(&visits, &left, now() - begun);
    match visits.first() {
        Some(Visit {
            error: Some(error), ..
        }) if visits.len() == 1 => Err(format!("{}: {error}", crawl.server)),
        _ => Ok(()),
    }
}

impl Crawl {
    /// What `robots.txt` allows.
    async fn robots(&self) -> Result<Robots, String> {
        if !self.settings.robots {
            return Ok(Robots::default());
        }
        let answer = self.get("/robots.txt").await;
        let robots = match &answer {
            Ok(response) if response.is_success() => Robots::read(&response.body),
            // Nothing is said there: everything is allowed.
            Ok(response) if response.status < 500 => Robots::default(),
            Ok(_) => Robots::nothing(),
            Err(error) => return Err(format!("{}: {error}", self.server)),
        };
        println!("robots.txt: {robots}");
        Ok(robots)
    }

    /// Visits pages, and tells of them in their order.
    async fn visit_all(
        self: &Rc<Self>,
        paths: Vec<String>,
        depth: u32,
    ) -> Result<Vec<Visit>, String> {
        let mut tasks = Vec::new();
        for path in paths {
            let crawl = self.clone();
            tasks.push(spawn_named(path.clone(), async move {
                let permit = crawl.permits.acquire().await;
                let visit = crawl.visit(path, depth).await;
                drop(permit);
                visit
            }));
        }
        let mut visits = Vec::new();
        for task in tasks {
            visits.push(task.await.map_err(|error| error.to_string())?);
        }
        Ok(visits)
    }

    async fn visit(&self, path: String, depth: u32) -> Visit {
        let mut visit = Visit {
            path,
            depth,
            status: 0,
            title: String::new(),
            bytes: 0,
            links: Vec::new(),
            error: None,
        };
        match self.get(&visit.path).await {
            Ok(response) => {
                visit.status = response.status;
                visit.bytes = response.body.len();
                let kind = response.header("content-type").unwrap_or_default();
                if response.is_success() && kind.starts_with("text/html") {
                    let text = String::from_utf8_lossy(&response.body);
                    visit.title = html::title(&text);
                    visit.links = html::links(&text);
                }
                println!("{}: {} {:?}", visit.path, visit.status, visit.title);
            }
            Err(error) => {
                eprintln!("{}: {error}", visit.path);
                visit.error = Some(error);
            }
        }
        visit
    }

    /// Makes a request when it is its turn.
    async fn get(&self, path: &str) -> Result<FetchResponse, String> {
        let turn = self.next_start.get().max(now());
        self.next_start
            .set(turn + Duration::from_millis(self.settings.delay_ms));
        if turn > now() {
            sleep_until(turn).await;
        }
        let mut request = FetchRequest::get(format!("{}{path}", self.server));
        request.longest_body = LONGEST_PAGE;
        let limit = Duration::from_millis(self.settings.timeout_ms);
        match timeout(limit, self.outside.fetch(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(NetworkError::to_string(&error)),
            Err(_) => Err("took too long".to_owned()),
        }
    }
}

/// Tells what was found, in numbers and as JSON.
fn tell(visits: &[Visit], left: &Left, took: Duration) {
    let mut by_status = BTreeMap::new();
    let mut by_depth = BTreeMap::new();
    let (mut bytes, mut links) = (0, 0);
    for visit in visits {
        let status = match visit.error {
            Some(_) => "no answer".to_owned(),
            None => visit.status.to_string(),
        };
        *by_status.entry(status).or_insert(0_u32) += 1;
        *by_depth.entry(visit.depth.to_string()).or_insert(0_u32) += 1;
        bytes += visit.bytes;
        links += visit.links.len();
    }
    println!(
        "{} pages, {links} links, {bytes} bytes, {} ms",
        visits.len(),
        took.as_millis()
    );
    println!(
        "not visited: {} forbidden, {} elsewhere, {} too deep, {} beyond the limit",
        left.forbidden.len(),
        left.elsewhere,
        left.too_deep,
        left.too_many
    );
    let pages: Vec<Value> = visits
        .iter()
        .map(|visit| {
            json!({
                "path": visit.path,
                "depth": visit.depth,
                "status": visit.status,
                "title": visit.title,
                "links": visit.links.len(),
            })
        })
        .collect();
    let export = json!({
        "pages": pages,
        "statistics": {
            "by_status": by_status,
            "by_depth": by_depth,
            "bytes": bytes,
            "links": links,
            "milliseconds": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        },
    });
    println!("{export}");
}
