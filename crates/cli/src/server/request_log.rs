//! The log lines of a request: one when its head is answered, one more if its client went away
//! before the answer was complete.
//!
//! A client that goes away is seen by whoever is dropped for it: the handler that was still at
//! work, or the body that was still being sent. Nobody answers on after that.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Frame, SizeHint};

/// Logs a request.
pub(super) async fn log_request(request: Request, next: Next) -> Response {
    let under_way = UnderWay {
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        begun: Instant::now(),
        is_over: false,
    };
    let response = next.run(request).await;
    under_way.answered(response.status());
    let length = length(&response);
    response.map(|body| Body::new(Watched::new(body, under_way, length)))
}

/// How long the body says that it is.
fn length(response: &Response) -> Option<u64> {
    let announced = response.headers().get(header::CONTENT_LENGTH);
    announced.and_then(|length| length.to_str().ok()?.parse().ok())
}

/// A request. Dropping it before it is over means that the client went away.
#[derive(Debug)]
struct UnderWay {
    method: Method,
    path: String,
    begun: Instant,
    is_over: bool,
}

impl UnderWay {
    fn answered(&self, status: StatusCode) {
        tracing::debug!(
            method = %self.method,
            path = ?self.path,
            status = status.as_u16(),
            took_us = self.begun.elapsed().as_micros(),
            "request"
        );
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if !self.is_over {
            tracing::debug!(
                method = %self.method,
                path = ?self.path,
                took_us = self.begun.elapsed().as_micros(),
                "the client went away"
            );
        }
    }
}

/// A body that knows how much of it has left.
struct Watched {
    body: Body,
    under_way: UnderWay,
    /// The bytes that are still to leave, if it is known how many there are.
    left: Option<u64>,
}

impl Watched {
    fn new(body: Body, under_way: UnderWay, length: Option<u64>) -> Self {
        let left = length.or_else(|| http_body::Body::size_hint(&body).exact());
        let mut this = Self {
            body,
            under_way,
            left,
        };
        // Nobody asks for a body that is empty or not to be sent.
        if this.under_way.method == Method::HEAD {
            this.under_way.is_over = true;
        }
        this.note_end();
        this
    }

    /// hyper does not ask a body for its end when everything that was announced has left.
    fn note_end(&mut self) {
        if self.left == Some(0) || http_body::Body::is_end_stream(&self.body) {
            self.under_way.is_over = true;
        }
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                let sent = frame.data_ref().map_or(0, Bytes::len) as u64;
                self.left = self.left.map(|left| left.saturating_sub(sent));
                self.note_end();
            }
            // It is complete, or breaks off by itself.
            Poll::Ready(None | Some(Err(_))) => self.under_way.is_over = true,
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
