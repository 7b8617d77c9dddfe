//! The machine's own network for demos: what stands behind `Outside` on the command line.
//!
//! Requests and sockets live on threads of a tokio runtime. A run is on our own executor, on
//! another thread; between the two are channels, whose wakers may be called from any thread.
//! Everything that goes into the log is written on the run's side, because a log belongs to its
//! thread.

mod fetch;
mod socket;

use wakeline_demos::outside::{
    FetchRequest, FetchResult, LocalBoxFuture, NetworkError, Outside, Socket,
};

/// As many redirections as a browser follows.
const MOST_REDIRECTIONS: usize = 20;

/// Held by whatever is not to be cut off at the end; nothing is ever sent.
pub(crate) type Alive = tokio::sync::mpsc::Sender<std::convert::Infallible>;

/// See the module.
#[derive(Debug)]
pub(crate) struct Network {
    threads: tokio::runtime::Handle,
    alive: Alive,
    client: reqwest::Client,
}

impl Network {
    /// A network whose work is done on the threads of this runtime. Sockets hold `alive` until
    /// they are closed.
    ///
    /// # Errors
    /// If the client cannot be set up; in its own words.
    pub(crate) fn new(threads: tokio::runtime::Handle, alive: Alive) -> Result<Self, String> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::limited(MOST_REDIRECTIONS))
            // The companion server is on this machine or beside it.
            .no_proxy()
            .build()
            .map_err(|error| fetch::innermost(&error))?;
        Ok(Self {
            threads,
            alive,
            client,
        })
    }
}

impl Outside for Network {
    fn fetch(&self, request: FetchRequest) -> LocalBoxFuture<'static, FetchResult> {
        Box::pin(fetch::fetch(
            self.threads.clone(),
            self.client.clone(),
            request,
        ))
    }

    fn connect(&self, url: &str) -> LocalBoxFuture<'static, Result<Box<dyn Socket>, NetworkError>> {
        Box::pin(socket::connect(
            self.threads.clone(),
            self.alive.clone(),
            url.to_owned(),
        ))
    }
}
