//! Answers whose body takes its time, or never comes to its end.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use tokio::time::Instant;

use super::Api;
use crate::server::input::{Figures, number};
use crate::server::refusal::Refusal;

/// The longest answer of `/api/bytes`, in bytes.
const MOST_BYTES: u64 = 10 * 1024 * 1024;

/// The longest answer of `/api/drip`, in bytes.
const MOST_DRIPPED: u64 = 1024 * 1024;

/// The longest time of `/api/drip`, in milliseconds.
const LONGEST_DRIP: u64 = 60_000;

/// One piece of a drip comes at most this often, in milliseconds: as often as a person can tell.
const DRIP_EVERY: u64 = 50;

/// The piece in which a long answer is made.
const PIECE: u64 = 64 * 1024;

/// What `/api/drop` promises, in bytes, when the query does not say.
const PROMISED: u64 = 1000;

/// How long `/api/drop` leaves its half answer to travel before it cuts the connection.
const TRAVEL: Duration = Duration::from_millis(20);

/// `n` bytes, each its own place in the answer modulo 251.
pub(super) async fn bytes(
    State(api): State<Api>,
    Path(n): Path<String>,
) -> Result<Response, Refusal> {
    let n = number("n", &n, 0..=MOST_BYTES, api.language)?;
    let pieces = stream::unfold(0, move |from| async move {
        (from < n).then(|| {
            let to = n.min(from + PIECE);
            (Ok(piece(from, to)), to)
        })
    });
    Ok(answer(n, pieces))
}

/// So many bytes, spread evenly over so many milliseconds.
pub(super) async fn drip(figures: Figures) -> Result<Response, Refusal> {
    let total = figures.number("bytes", 1000, 0..=MOST_DRIPPED)?;
    let ms = figures.number("ms", 2000, 0..=LONGEST_DRIP)?;
    let pieces = (ms / DRIP_EVERY).clamp(1, total.max(1));
    let begun = Instant::now();
    let drops = stream::unfold(0, move |done| async move {
        if done == pieces || total == 0 {
            return None;
        }
        let (from, to) = (total * done / pieces, total * (done + 1) / pieces);
        // Measured from the beginning: delays of the network do not add up.
        let due = begun + Duration::from_millis(ms * (done + 1) / pieces);
        tokio::time::sleep_until(due).await;
        Some((Ok(piece(from, to)), done + 1))
    });
    Ok(answer(total, drops))
}

/// Promises `bytes`, sends half of them, and closes the connection.
pub(super) async fn cut_off(figures: Figures) -> Result<Response, Refusal> {
    let promised = figures.number("bytes", PROMISED, 1..=MOST_DRIPPED)?;
    let half = stream::unfold(false, move |sent| async move {
        if sent {
            tokio::time::sleep(TRAVEL).await;
            let cut = io::Error::from(io::ErrorKind::ConnectionAborted);
            return Some((Err(cut), true));
        }
        Some((Ok(piece(0, promised / 2)), true))
    });
    Ok(answer(promised, half))
}

fn answer<S>(length: u64, pieces: S) -> Response
where
    S: Stream<Item = io::Result<Bytes>> + Send + 'static,
{
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    (headers, Body::from_stream(pieces)).into_response()
}

fn piece(from: u64, to: u64) -> Bytes {
    // A remainder of 251 fits a byte.
    (from..to).map(|place| (place % 251) as u8).collect()
}
