//! A machine on the network.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::rc::{Rc, Weak};

use wakeline::log::NetworkPhase;
use wakeline::task::{AbortHandle, JoinHandle};

use crate::direction::Content;
use crate::listener::{Listener, Port};
use crate::network::{Inner, Network};
use crate::stream::Stream;
use crate::wire::{Side, Wire};

/// A machine on the network, made by [`Network::host`]. Clones are the same machine.
#[derive(Clone)]
pub struct Host {
    inner: Rc<HostInner>,
}

struct HostInner {
    name: String,
    network: Weak<Inner>,
    is_up: Cell<bool>,
    ports: RefCell<BTreeMap<u16, Rc<Port>>>,
    tasks: RefCell<Vec<AbortHandle>>,
}

impl Host {
    pub(crate) fn new(name: &str, network: &Rc<Inner>) -> Self {
        Self {
            inner: Rc::new(HostInner {
                name: name.to_owned(),
                network: Rc::downgrade(network),
                is_up: Cell::new(true),
                ports: RefCell::default(),
                tasks: RefCell::default(),
            }),
        }
    }

    /// Its name, which is its address.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Whether it runs.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.inner.is_up.get()
    }

    /// The network that it is on, as long as that is held by somebody.
    #[must_use]
    pub fn network(&self) -> Option<Network> {
        let inner = self.inner.network.upgrade()?;
        Some(Network { inner })
    }

    /// Starts a task that runs on this host: a [crash](Network::crash) aborts it.
    #[track_caller]
    pub fn spawn<F>(&self, name: impl AsRef<str>, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let handle = wakeline::spawn_named(name, future);
        let mut tasks = self.inner.tasks.borrow_mut();
        tasks.retain(|task| !task.is_finished());
        tasks.push(handle.abort_handle());
        handle
    }

    /// Listens at a port. At most 128 connections wait to be accepted; a further one is refused.
    ///
    /// # Errors
    /// `AddrInUse` if somebody listens there, `NetworkDown` if the host is down.
    #[track_caller]
    pub fn listen(&self, port: u16) -> io::Result<Listener> {
        if !self.is_up() {
            return Err(io::ErrorKind::NetworkDown.into());
        }
        let mut ports = self.inner.ports.borrow_mut();
        if ports.get(&port).is_some_and(|port| port.is_open()) {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        let open = Port::open(&self.inner.name, port);
        ports.insert(port, Rc::clone(&open));
        Ok(Listener::new(open))
    }

    /// Opens a connection to a port of another host, or of this one: takes the way there and back.
    ///
    /// # Errors
    /// `NotFound` if there is no host of that name, `ConnectionRefused` if nobody listens there or
    /// it is down, `TimedOut` if nothing gets through, `NetworkDown` if this host is down.
    ///
    /// # Cancel safety
    /// Dropping the future gives up the attempt; a connection that was accepted ends.
    #[track_caller]
    pub fn connect(
        &self,
        host: &str,
        port: u16,
    ) -> impl Future<Output = io::Result<Stream>> + use<> {
        // Not in an `async` block: the place of the caller is lost there.
        let prepared = self.prepare(host, port);
        async move {
            let (stream, host) = prepared?;
            let wire = Rc::clone(stream.wire());
            wire.connection().phase(NetworkPhase::Sent, "", 0);
            wire.send(Side::Client, Content::Open);
            poll_fn(|cx| wire.poll_asked(cx)).await?;
            host.answer(&wire, port);
            poll_fn(|cx| wire.poll_opened(cx)).await?;
            Ok(stream)
        }
    }

    #[track_caller]
    fn prepare(&self, host: &str, port: u16) -> io::Result<(Stream, Self)> {
        let network = self.inner.network.upgrade();
        let (Some(network), true) = (network, self.is_up()) else {
            return Err(io::ErrorKind::NetworkDown.into());
        };
        let there = network.find(host).ok_or(io::ErrorKind::NotFound)?;
        let (way, back) = (
            network.link(self.name(), host),
            network.link(host, self.name()),
        );
        let number = way.connections.get() + 1;
        let name = match number {
            1 => format!("{} → {host}:{port}", self.name()),
            _ => format!("{} → {host}:{port} #{number}", self.name()),
        };
        let wire = Wire::new(&name, way, back);
        let mut wires = network.wires.borrow_mut();
        if wires.len() == wires.capacity() {
            wires.retain(|wire| wire.strong_count() > 0);
        }
        wires.push(Rc::downgrade(&wire));
        drop(wires);
        Ok((Stream::new(wire, Side::Client), there))
    }

    /// Somebody has asked for a connection: the moment at which that arrives here.
    fn answer(&self, wire: &Rc<Wire>, port: u16) {
        let port = self.inner.ports.borrow().get(&port).cloned();
        let accepts = port.filter(|port| self.is_up() && port.has_room());
        match accepts {
            Some(port) => {
                wire.send(Side::Server, Content::Opened);
                port.offer(Stream::new(Rc::clone(wire), Side::Server));
            }
            None => wire.send(Side::Server, Content::Reset),
        }
    }

    /// False if it is down already.
    pub(crate) fn go_down(&self) -> bool {
        self.inner.is_up.replace(false)
    }

    /// False if it is up already.
    pub(crate) fn go_up(&self) -> bool {
        !self.inner.is_up.replace(true)
    }

    /// Ends what runs here.
    pub(crate) fn stop(&self) {
        let ports = self.inner.ports.take();
        for port in ports.values() {
            port.close();
        }
        let tasks = self.inner.tasks.take();
        for task in tasks {
            task.abort();
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("name", &self.inner.name)
            .field("is_up", &self.is_up())
            .finish_non_exhaustive()
    }
}
