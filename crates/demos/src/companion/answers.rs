//! What the simulated companion server answers to requests.

use std::io;
use std::time::Duration;

use futures_util::stream;
use serde_json::{Value, json};
use wakeline::time::sleep;
use wakeline_net::Host;
use wakeline_net::http::{Body, Handled, Request, Response, Router};

use super::site::{self, Answer};
use super::sockets;

/// A piece of a slow answer comes at most this often, in milliseconds.
const DRIP_EVERY: u64 = 50;

/// The longest answers, in bytes, and the longest times, in milliseconds.
const MOST_BYTES: u64 = 4 * 1024 * 1024;
const LONGEST_MS: u64 = 60_000;

/// Where everything is.
pub(super) fn router(host: &Host) -> Router {
    let router = Router::new()
        .route("GET", "/robots.txt", async |_| {
            Ok(Response::text(200, site::ROBOTS))
        })
        .route("GET", "/api/health", async |_| {
            Ok(Response::json(
                200,
                &json!({ "name": "wakeline", "status": "ok" }),
            ))
        })
        .route("GET", "/api/{what}", api)
        .route("GET", "/api/{what}/{which...}", api)
        .route("POST", "/api/echo", async |request: Request| {
            let text = String::from_utf8_lossy(&request.body).into_owned();
            Ok(Response::json(
                200,
                &json!({ "method": "POST", "body": text }),
            ))
        });
    sockets::add(router, host)
}

/// One endpoint for all, by name: a handler of its own for each would cost a browser more to load.
async fn api(request: Request) -> Handled {
    let what = request.parameter("what").unwrap_or_default();
    let which = request.parameter("which").unwrap_or_default();
    match (what, which) {
        ("json", "") => Ok(Response::json(
            200,
            &json!({ "name": "Wakeline", "numbers": [1, 1, 2, 3, 5, 8], "nothing": null }),
        )),
        ("invalid-json", "") => Ok(Response::with(
            200,
            "application/json",
            r#"{"name": "Wakeline", "numbers": [1, 2,"#,
        )),
        ("echo", "") => {
            let headers = request.headers.iter();
            let headers: Vec<Value> = headers.map(|(name, value)| json!([name, value])).collect();
            Ok(Response::json(
                200,
                &json!({ "method": "GET", "headers": headers, "body": "" }),
            ))
        }
        ("delay", ms) => {
            let ms = figure(ms, 0, LONGEST_MS)?;
            sleep(Duration::from_millis(ms)).await;
            Ok(Response::json(200, &json!({ "delay_ms": ms })))
        }
        ("status", code) => {
            let code = u16::try_from(figure(code, 200, 599)?).unwrap_or(500);
            Ok(Response::json(code, &json!({ "status": code })))
        }
        ("redirect", n) => Ok(match figure(n, 0, 50)? {
            0 => Response::json(200, &json!({ "redirected": true })),
            n => Response::new(302).header("location", format!("/api/redirect/{}", n - 1)),
        }),
        ("bytes", n) => {
            let bytes = piece(0, figure(n, 0, MOST_BYTES)?);
            Ok(Response::with(200, "application/octet-stream", bytes))
        }
        ("drip", "") => {
            let total = asked(&request, "bytes", 1000, MOST_BYTES)?;
            Ok(drip(total, asked(&request, "ms", 2000, LONGEST_MS)?))
        }
        ("drop", "") => Ok(cut_off(asked(&request, "bytes", 1000, MOST_BYTES)?)),
        ("fail", "") => {
            let rate = asked(&request, "rate", 50, 100)?;
            let seed = asked(&request, "seed", 0, u64::MAX)?;
            let n = asked(&request, "n", 0, u64::MAX)?;
            let failed = site::mix(site::mix(seed).wrapping_add(n)) % 100 < rate;
            let status = if failed { 503 } else { 200 };
            Ok(Response::json(status, &json!({ "n": n, "failed": failed })))
        }
        ("site", path) => Ok(match site::answer(path) {
            Answer::Page(html) => Response::with(200, "text/html; charset=utf-8", html),
            Answer::Data(json) => Response::with(200, "application/json", json),
            Answer::Moved(path) => Response::new(302).header("location", path),
            Answer::Missing => Response::error(404, "no such page"),
        }),
        _ => Err(Response::error(404, "no such endpoint")),
    }
}

/// A number within its bounds.
fn figure(text: &str, least: u64, most: u64) -> Result<u64, Response> {
    let number = text.parse().ok();
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| Response::error(400, "a figure is none, or out of range"))
}

/// A number of the query.
fn asked(request: &Request, name: &str, default: u64, most: u64) -> Result<u64, Response> {
    request
        .query(name)
        .map_or(Ok(default), |text| figure(text, 0, most))
}

fn piece(from: u64, to: u64) -> Vec<u8> {
    // A remainder of 251 fits a byte.
    (from..to).map(|place| (place % 251) as u8).collect()
}

/// So many bytes, spread evenly over so many milliseconds.
fn drip(total: u64, ms: u64) -> Response {
    let pieces = (ms / DRIP_EVERY).clamp(1, total.max(1));
    let drops = stream::unfold(0, move |done| async move {
        if done == pieces || total == 0 {
            return None;
        }
        let pause = ms * (done + 1) / pieces - ms * done / pieces;
        sleep(Duration::from_millis(pause)).await;
        Some((
            Ok(piece(total * done / pieces, total * (done + 1) / pieces)),
            done + 1,
        ))
    });
    streamed(Body::Stream(Box::pin(drops)))
}

/// Half of so many bytes, and then the end of the connection.
fn cut_off(promised: u64) -> Response {
    let half = stream::unfold(false, move |sent| async move {
        Some(match sent {
            false => (Ok(piece(0, promised / 2)), true),
            true => (Err(io::ErrorKind::ConnectionAborted.into()), true),
        })
    });
    streamed(Body::Stream(Box::pin(half)))
}

fn streamed(body: Body) -> Response {
    let mut response = Response::new(200).header("content-type", "application/octet-stream");
    response.body = body;
    response
}
