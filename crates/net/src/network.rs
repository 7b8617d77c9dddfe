//! The network: hosts, the ways between them, and what can be done to these.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::{Rc, Weak};

use wakeline::log::NetworkPhase;
use wakeline::outside::Connection;

use crate::conditions::Conditions;
use crate::direction::Direction;
use crate::host::Host;
use crate::link::Link;
use crate::wire::Wire;

/// A simulated network on the clock of a run. Clones are the same network.
///
/// It has no task and no thread of its own: what is sent has a time of arrival, and whoever waits
/// for it is woken then. All that is random comes from the run's seed, by streams of their own for
/// each direction of each connection, so the same program has the same network.
///
/// # Faults
/// Each can be set beforehand or at any time during a run, and each is in the log, as a phase of
/// the connection `network`.
///
/// | | what is under way | what is sent meanwhile | afterwards |
/// |---|---|---|---|
/// | [`hold`](Self::hold) | waits | waits | [`release`](Self::release): everything arrives at once, in order |
/// | [`cut`](Self::cut), [`partition`](Self::partition) | is lost | is lost | [`repair`](Self::repair): is sent again at the sender's next attempt; who has had no success for [`give_up`](Conditions::give_up) gets the error `TimedOut` |
/// | [`crash`](Self::crash) | is lost | is answered with a reset | [`restart`](Self::restart): the host may listen again |
///
/// Connections deliver each byte once and in order, whatever happens, or end. Acknowledgements are
/// not simulated: a one-way cut stops what is sent in its direction, the news of free room
/// included, and nothing else.
///
/// ```
/// use std::time::Duration;
/// use futures_util::{AsyncReadExt, AsyncWriteExt};
/// use wakeline_net::{Conditions, Network};
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let network = Network::new(Conditions::with_latency(Duration::from_millis(40)));
///     let mut listener = network.host("server").listen(80).unwrap();
///     let server = wakeline::spawn(async move {
///         let mut stream = listener.accept().await.unwrap();
///         let mut text = String::new();
///         stream.read_to_string(&mut text).await.unwrap();
///         text
///     });
///     let mut stream = network.host("client").connect("server", 80).await.unwrap();
///     assert_eq!(wakeline::time::now().as_nanos(), 80_000_000); // there and back
///     stream.write_all(b"hello").await.unwrap();
///     drop(stream);
///     assert_eq!(server.await.unwrap(), "hello");
/// });
/// ```
#[derive(Clone)]
pub struct Network {
    pub(crate) inner: Rc<Inner>,
}

pub(crate) struct Inner {
    conditions: Cell<Conditions>,
    links: RefCell<BTreeMap<(String, String), Rc<Link>>>,
    hosts: RefCell<BTreeMap<String, Host>>,
    pub(crate) wires: RefCell<Vec<Weak<Wire>>>,
    /// Where faults are recorded: begun with the first.
    connection: OnceCell<Connection>,
}

impl Network {
    /// A network without hosts. Every way has these conditions unless it is given others; a host's
    /// way to itself is perfect.
    #[must_use]
    pub fn new(conditions: Conditions) -> Self {
        Self {
            inner: Rc::new(Inner {
                conditions: Cell::new(conditions),
                links: RefCell::default(),
                hosts: RefCell::default(),
                wires: RefCell::default(),
                connection: OnceCell::new(),
            }),
        }
    }

    /// The host with this name, which is there from now on.
    #[must_use]
    pub fn host(&self, name: &str) -> Host {
        let mut hosts = self.inner.hosts.borrow_mut();
        if let Some(host) = hosts.get(name) {
            return host.clone();
        }
        let host = Host::new(name, &self.inner);
        hosts.insert(name.to_owned(), host.clone());
        host
    }

    /// Changes what the way from one host to another is like: for what is sent from now on.
    pub fn set_conditions(&self, from: &str, to: &str, conditions: Conditions) {
        self.inner.link(from, to).conditions.set(conditions);
        self.inner.note(&format!("{from} → {to}: {conditions}"));
    }

    /// The same for both directions.
    pub fn set_conditions_between(&self, one: &str, other: &str, conditions: Conditions) {
        self.set_conditions(one, other, conditions);
        self.set_conditions(other, one, conditions);
    }

    /// Lets nothing through from one host to the other. The way back stays as it is.
    pub fn cut(&self, from: &str, to: &str) {
        self.inner.note(&format!("cut {from} → {to}"));
        self.inner.cut(from, to);
    }

    /// Lets nothing through between two hosts.
    pub fn partition(&self, one: &str, other: &str) {
        self.inner.note(&format!("partition {one} | {other}"));
        self.inner.cut(one, other);
        self.inner.cut(other, one);
    }

    /// Lets nothing through between a host and every other one there is.
    pub fn isolate(&self, host: &str) {
        self.inner.note(&format!("isolate {host}"));
        for other in self.inner.others(host) {
            self.inner.cut(host, &other);
            self.inner.cut(&other, host);
        }
    }

    /// Ends cuts in both directions between two hosts.
    pub fn repair(&self, one: &str, other: &str) {
        self.inner.note(&format!("repair {one} – {other}"));
        self.inner.repair(one, other);
        self.inner.repair(other, one);
    }

    /// Ends every cut.
    pub fn repair_all(&self) {
        self.inner.note("repair everything");
        let links: Vec<_> = self.inner.links.borrow().values().cloned().collect();
        for link in links {
            self.inner.repair(&link.from, &link.to);
        }
    }

    /// Holds back everything between two hosts, in both directions.
    pub fn hold(&self, one: &str, other: &str) {
        self.inner.note(&format!("hold {one} – {other}"));
        self.inner.hold(one, other);
        self.inner.hold(other, one);
    }

    /// Lets everything go that was held back between two hosts.
    pub fn release(&self, one: &str, other: &str) {
        self.inner.note(&format!("release {one} – {other}"));
        self.inner.release(one, other);
        self.inner.release(other, one);
    }

    /// Stops a host: its [tasks](Host::spawn) are aborted, its listeners end, its streams fail with
    /// `ConnectionAborted`, and the other ends of these get a reset, which travels like anything
    /// else. Does nothing if it is down.
    pub fn crash(&self, host: &str) {
        let host = self.host(host);
        if !host.go_down() {
            return;
        }
        self.inner.note(&format!("crash {}", host.name()));
        for wire in self.inner.wires() {
            for side in [crate::wire::Side::Client, crate::wire::Side::Server] {
                if wire.host(side) == host.name() {
                    wire.crash(side);
                }
            }
        }
        host.stop();
    }

    /// Starts a host that had crashed. Nothing runs or listens there until somebody sees to it.
    pub fn restart(&self, host: &str) {
        if self.host(host).go_up() {
            self.inner.note(&format!("restart {host}"));
        }
    }
}

impl Inner {
    pub(crate) fn link(&self, from: &str, to: &str) -> Rc<Link> {
        let mut links = self.links.borrow_mut();
        let key = (from.to_owned(), to.to_owned());
        let make = || {
            let conditions = if from == to {
                Conditions::default()
            } else {
                self.conditions.get()
            };
            Rc::new(Link::new(from, to, conditions))
        };
        Rc::clone(links.entry(key).or_insert_with(make))
    }

    /// The host with this name, if there is one.
    pub(crate) fn find(&self, name: &str) -> Option<Host> {
        self.hosts.borrow().get(name).cloned()
    }

    fn others(&self, host: &str) -> Vec<String> {
        let hosts = self.hosts.borrow();
        hosts.keys().filter(|name| *name != host).cloned().collect()
    }

    /// The connections that are still held by somebody, in the order in which they were made.
    fn wires(&self) -> Vec<Rc<Wire>> {
        let mut wires = self.wires.borrow_mut();
        wires.retain(|wire| wire.strong_count() > 0);
        wires.iter().filter_map(Weak::upgrade).collect()
    }

    fn cut(&self, from: &str, to: &str) {
        let link = self.link(from, to);
        self.on_link(&link, Direction::block);
        link.cut.set(true);
        self.on_link(&link, |_| {});
    }

    fn repair(&self, from: &str, to: &str) {
        let link = self.link(from, to);
        if link.cut.replace(false) {
            self.on_link(&link, Direction::repair);
        }
    }

    fn hold(&self, from: &str, to: &str) {
        let link = self.link(from, to);
        self.on_link(&link, Direction::block);
        link.held.set(true);
        self.on_link(&link, |_| {});
    }

    fn release(&self, from: &str, to: &str) {
        let link = self.link(from, to);
        if link.held.replace(false) && !link.cut.get() {
            self.on_link(&link, Direction::release);
        }
    }

    fn on_link(&self, link: &Rc<Link>, change: impl Fn(&mut Direction)) {
        for wire in self.wires() {
            wire.on_link(link, &change);
        }
    }

    /// Tells the log what is done to the network.
    fn note(&self, what: &str) {
        let connection = self.connection.get_or_init(|| Connection::begin("network"));
        connection.phase(NetworkPhase::Fault, what, 0);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.get() {
            connection.end_well("");
        }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("hosts", &self.inner.hosts.borrow().keys())
            .finish_non_exhaustive()
    }
}
