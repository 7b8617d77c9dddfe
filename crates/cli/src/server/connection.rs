//! Accepting connections, and the life of one.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Limits;
use super::stop::{Stage, Stop};
use super::stream::{ClientStream, linger};

/// Connections that are being refused at once. Beyond that they are closed without a word.
const REFUSALS: usize = 32;

/// How long to wait after the operating system could not accept, for want of descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// How much of a request is read before it is refused, in bytes.
const REFUSED_HEAD: usize = 8 * 1024;

/// What a connection beyond the limit is told.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\n\
content-length: 0\r\n\r\n";

/// Accepts connections for as long as it is polled.
pub(super) async fn accept(
    listener: &TcpListener,
    app: &Router,
    slots: &Arc<Semaphore>,
    stop: &Stop,
    limits: Limits,
) {
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        // Small answers leave at once. A connection that is gone already shows it later.
        let _ = stream.set_nodelay(true);
        match Arc::clone(slots).try_acquire_owned() {
            Ok(slot) => {
                let stream = ClientStream::new(stream, slot, limits);
                tokio::spawn(serve(stream, app.clone(), stop.clone(), limits));
            }
            Err(_) => {
                tracing::warn!(limit = limits.connections, "too many connections");
                if let Ok(slot) = Arc::clone(&refusals).try_acquire_owned() {
                    tokio::spawn(refuse(stream, slot, limits.linger));
                }
            }
        }
    }
}

/// Whether every connection is closed within `limit`.
pub(super) async fn all_closed(slots: &Semaphore, number: usize, limit: Duration) -> bool {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    let all = slots.acquire_many(number);
    tokio::time::timeout(limit, all).await.is_ok()
}

fn serve(
    stream: ClientStream,
    app: Router,
    stop: Stop,
    limits: Limits,
) -> impl Future<Output = ()> {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_header_size(limits.head)
        .max_buf_size(2 * limits.head)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app))
        .with_upgrades();
    async move {
        let mut connection = pin!(connection);
        let result = tokio::select! {
            result = &mut connection => result,
            () = stop.at(Stage::Draining) => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    result = &mut connection => result,
                    () = stop.at(Stage::Over) => return,
                }
            }
        };
        if let Err(error) = result {
            // A client that went away, or one that sent what is no HTTP: its affair.
            tracing::debug!(%error, "connection ended early");
        }
    }
}

/// Answers the first request of a connection that there is no room for. The answer must not come
/// before the request: a client would take it for an answer to nothing.
async fn refuse(mut stream: TcpStream, slot: OwnedSemaphorePermit, limit: Duration) {
    let answer = async {
        let mut head = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < REFUSED_HEAD {
            if stream.read_buf(&mut head).await? == 0 {
                break;
            }
        }
        stream.write_all(FULL).await
    };
    // If there is no request, or nobody takes the answer, there is nobody to tell.
    let _ = tokio::time::timeout(limit, answer).await;
    linger(stream, slot, limit).await;
}
