//! The companion server, simulated: what the network demos talk to in virtual time.
//!
//! A host of the simulated network answers what the real companion server answers, as far as the
//! demos ask for it: late, broken and missing answers, pages with links, and WebSockets. The demo
//! is on another host, and knows of all this no more than of the real network: it is given an
//! [`Outside`].

mod answers;
pub mod feed;
mod outside;
mod room;
pub mod site;
mod sockets;

use std::cell::OnceCell;
use std::fmt;
use std::time::Duration;

use wakeline_net::http::{Client, Limits, serve};
use wakeline_net::{Conditions, Host, Network};

use crate::outside::{
    FetchRequest, FetchResult, LONGEST_BODY, LocalBoxFuture, NetworkError, Outside, Socket,
};

/// The address under which it is reached.
pub const ADDRESS: &str = "http://companion";

/// Its host.
const HOST: &str = "companion";

/// How far it is from the demo: one way.
const LATENCY: Duration = Duration::from_millis(20);

/// A simulated network with the companion server on it. Both are there from the first request on:
/// a run that asks for nothing has no network.
#[derive(Default)]
pub struct Simulated {
    parts: OnceCell<Parts>,
}

struct Parts {
    host: Host,
    client: Client,
    /// Hosts do not keep their network alive.
    _network: Network,
}

impl Simulated {
    fn parts(&self) -> &Parts {
        self.parts.get_or_init(|| {
            let network = Network::new(Conditions::with_latency(LATENCY));
            let companion = network.host(HOST);
            if let Ok(listener) = companion.listen(80) {
                let router = answers::router(&companion);
                let serving = serve(companion.clone(), listener, router, Limits::default());
                drop(companion.spawn(HOST, serving));
            }
            let host = network.host("demo");
            let limits = Limits {
                body: LONGEST_BODY,
                ..Limits::default()
            };
            Parts {
                client: Client::new(host.clone(), limits),
                host,
                _network: network,
            }
        })
    }
}

/// Inside of a run.
impl Outside for Simulated {
    fn fetch(&self, request: FetchRequest) -> LocalBoxFuture<'static, FetchResult> {
        Box::pin(outside::fetch(self.parts().client.clone(), request))
    }

    fn connect(&self, url: &str) -> LocalBoxFuture<'static, Result<Box<dyn Socket>, NetworkError>> {
        Box::pin(outside::connect(self.parts().host.clone(), url.to_owned()))
    }
}

impl fmt::Debug for Simulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulated").finish_non_exhaustive()
    }
}
