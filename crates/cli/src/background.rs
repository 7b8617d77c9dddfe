//! What goes on beside a run: signals, the network, and a companion server if none was named.
//!
//! A run has the main thread to itself, on our own executor. Everything here is on threads of a
//! tokio runtime and reaches the run through wakers, and through [`Background::interrupted`].

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use wakeline_phrases::Language;

use crate::machine::Machine;
use crate::network::{Alive, Network};
use crate::server::{Config, Server};
use crate::signals::Signals;

/// How long sockets that a run left open may take to close.
const FAREWELL: Duration = Duration::from_secs(1);

/// Threads for the network. The run itself is busy with what they deliver.
const THREADS: usize = 2;

/// See the module.
#[derive(Debug)]
pub(crate) struct Background {
    runtime: Runtime,
    interrupted: Arc<AtomicBool>,
    alive: Alive,
    all_gone: mpsc::Receiver<Infallible>,
}

impl Background {
    /// Starts it. From now on the first interrupt is a wish and not the end, and wakes the thread
    /// that called this if it is parked.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .enable_all()
            .build()?;
        let signals = {
            let _inside = runtime.enter();
            Signals::listen()?
        };
        let interrupted = Arc::new(AtomicBool::new(false));
        let (flag, main) = (Arc::clone(&interrupted), std::thread::current());
        runtime.spawn(async move {
            signals.first().await;
            flag.store(true, Ordering::Release);
            main.unpark();
        });
        let (alive, all_gone) = mpsc::channel(1);
        Ok(Self {
            runtime,
            interrupted,
            alive,
            all_gone,
        })
    }

    /// Whether somebody asked for an end.
    pub(crate) fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Acquire)
    }

    /// The machine for a live run.
    ///
    /// # Errors
    /// If the system's network cannot be set up at all; in its own words.
    pub(crate) fn machine(&self) -> Result<Rc<Machine>, String> {
        let threads = self.runtime.handle().clone();
        let network = Network::new(threads.clone(), self.alive.clone())?;
        Ok(Rc::new(Machine::new(Rc::new(network), threads)))
    }

    /// Starts a companion server on a free port of this machine, and gives its address. It ends
    /// with this.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn serve(&self, language: Language) -> io::Result<String> {
        let config = Config {
            language,
            ..Config::default()
        };
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = self.runtime.block_on(Server::bind(here, config))?;
        let url = format!("http://{}", server.address());
        self.runtime.spawn(server.run(std::future::pending()));
        Ok(url)
    }

    /// Ends it, after sockets have said goodbye. The run and its network must be gone.
    pub(crate) fn end(mut self) {
        drop(self.alive);
        let gone = async { tokio::time::timeout(FAREWELL, self.all_gone.recv()).await };
        // Who does not say goodbye in time is cut off.
        let _ = self.runtime.block_on(gone);
        self.runtime.shutdown_background();
    }
}
