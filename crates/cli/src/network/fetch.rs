//! Requests.

use std::error::Error;

use reqwest::{Client, Method};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use wakeline::log::NetworkPhase;
use wakeline::outside::Connection;
use wakeline_demos::outside::{FetchRequest, FetchResponse, FetchResult, NetworkError};

/// What comes before the body.
struct Head {
    status: u16,
    reason: &'static str,
    headers: Vec<(String, String)>,
}

/// Ends a transfer when nobody wants it any more.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Makes a request, with its story in the log.
pub(super) async fn fetch(threads: Handle, client: Client, request: FetchRequest) -> FetchResult {
    let connection = Connection::begin(&format!("{} {}", request.method, request.url));
    let (head_sender, head) = oneshot::channel();
    let (body_sender, body) = oneshot::channel();
    let transfer = transfer(client, request, head_sender, body_sender);
    let _abort = AbortOnDrop(threads.spawn(transfer).abort_handle());
    connection.phase(NetworkPhase::Sent, "", 0);
    let answer = async {
        // A transfer that is gone without a word was torn down with its runtime.
        let head = connection.wait(head).await;
        let head = head.unwrap_or(Err(NetworkError::Aborted))?;
        connection.phase(NetworkPhase::Headers, head.reason, u32::from(head.status));
        let body = connection.wait(body).await;
        let body = body.unwrap_or(Err(NetworkError::Aborted))?;
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        connection.phase(NetworkPhase::Body, "", length);
        Ok(FetchResponse {
            status: head.status,
            headers: head.headers,
            body,
        })
    };
    let result: FetchResult = answer.await;
    match &result {
        Ok(_) => connection.end_well(""),
        Err(error) => connection.end_with_error(&error.to_string()),
    }
    result
}

/// The part that is done elsewhere. A receiver that is gone wants nothing more, and whoever
/// dropped it has aborted this.
async fn transfer(
    client: Client,
    request: FetchRequest,
    head: oneshot::Sender<Result<Head, NetworkError>>,
    body: oneshot::Sender<Result<Vec<u8>, NetworkError>>,
) {
    let limit = request.longest_body;
    let response = match send(&client, request).await {
        Ok(response) => response,
        Err(error) => {
            let _ = head.send(Err(error));
            return;
        }
    };
    let status = response.status();
    let headers = response.headers().iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    });
    let _ = head.send(Ok(Head {
        status: status.as_u16(),
        reason: status.canonical_reason().unwrap_or_default(),
        headers: headers.collect(),
    }));
    let _ = body.send(read(response, limit).await);
}

async fn send(client: &Client, request: FetchRequest) -> Result<reqwest::Response, NetworkError> {
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|error| NetworkError::Malformed(error.to_string()))?;
    let mut builder = client.request(method, &request.url);
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    if !request.body.is_empty() {
        builder = builder.body(request.body);
    }
    builder.send().await.map_err(|error| classify(&error))
}

async fn read(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, NetworkError> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| classify(&error))? {
        if piece.len() > limit - body.len() {
            return Err(NetworkError::TooLarge(limit));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn classify(error: &reqwest::Error) -> NetworkError {
    let detail = innermost(error);
    if error.is_builder() {
        NetworkError::Malformed(detail)
    } else if error.is_timeout() {
        NetworkError::TimedOut
    } else if error.is_connect() || error.is_redirect() {
        NetworkError::Unreachable(detail)
    } else {
        NetworkError::Broken(detail)
    }
}

/// What an error comes down to. What is around it repeats the address, which the log has already.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
