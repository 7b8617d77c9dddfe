//! The companion server: serves the playground, and gives its network demos something to talk to.
//!
//! Three parts share one listener. `pages` serves the built playground from a directory.
//! `api` answers requests that misbehave on purpose: late, broken, failing, cut off.
//! `socket` holds WebSockets: an echo, rooms, a feed of sensors, and one that hangs up. `docs/server.md` is their
//! contract.
//!
//! The server is meant for one machine and is written as if it were not: what it reads is
//! untrusted, and every queue, count, size and wait has a bound in [`Limits`]. Connections are
//! driven by hyper itself rather than by `axum::serve`, because the bounds on headers, on clients
//! that do not read and on shutdown are properties of a connection (`connection`, `stream`).

mod api;
mod connection;
mod headers;
mod input;
mod limits;
mod pages;
mod refusal;
mod request_log;
mod socket;
mod stop;
mod stream;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use wakeline_phrases::Language;

pub use limits::Limits;
pub use pages::{NotASite, check_site};

use stop::{Stage, Stop};

/// What a server is to do.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The directory of the built playground; none to serve the demo endpoints alone.
    pub root: Option<PathBuf>,
    /// The language of its messages.
    pub language: Language,
    /// Its bounds.
    pub limits: Limits,
}

/// A server that has its address and does not answer yet.
///
/// Dropping it gives the address back.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    config: Config,
}

impl Server {
    /// Takes an address. Port 0 is any free port.
    ///
    /// # Errors
    /// Those of the operating system, above all [`io::ErrorKind::AddrInUse`].
    pub async fn bind(address: SocketAddr, config: Config) -> io::Result<Self> {
        Self::on(TcpListener::bind(address).await?, config)
    }

    /// Takes a listener that somebody else has made, with the options that its sockets are to
    /// have.
    ///
    /// # Errors
    /// If the operating system does not tell its address.
    pub fn on(listener: TcpListener, config: Config) -> io::Result<Self> {
        let address = listener.local_addr()?;
        Ok(Self {
            listener,
            address,
            config,
        })
    }

    /// The address that it has, with the real port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is ready, then lets go: no new connections, sockets get a close frame
    /// with code 1001, and answers under way have [`Limits::grace`] to be finished.
    ///
    /// # Cancel safety
    /// Dropping the future closes the listener at once; open connections end by themselves.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let limits = self.config.limits;
        let (stages, watching) = Stop::new();
        let slots = Arc::new(Semaphore::new(limits.connections));
        let app = app(&self.config, watching.clone());
        tokio::select! {
            () = stop => {}
            () = connection::accept(&self.listener, &app, &slots, &watching, limits) => {}
        }
        // Nobody may connect from here on, and nothing but open connections keeps the demo state.
        drop((self.listener, app));
        stages.enter(Stage::Draining);
        tracing::info!("stopping");
        if !connection::all_closed(&slots, limits.connections, limits.grace).await {
            stages.enter(Stage::Over);
            if !connection::all_closed(&slots, limits.connections, limits.linger).await {
                tracing::warn!("connections were cut off");
            }
        }
        tracing::info!("stopped");
    }
}

fn app(config: &Config, stop: Stop) -> Router {
    let language = config.language;
    let api = api::routes(config.limits, language).merge(socket::routes(socket::Sockets::new(
        config.limits,
        language,
        stop,
    )));
    let robots = Router::new().route("/robots.txt", axum::routing::get(api::site::robots));
    let app = Router::new()
        .nest("/api", headers::of_api(api, language))
        .merge(headers::of_api(robots, language));
    let app = match &config.root {
        Some(root) => app.fallback_service(pages::routes(root, language)),
        None => app.fallback(move || async move { refusal::no_pages(language) }),
    };
    app.layer(axum::middleware::from_fn(request_log::log_request))
}
