//! The client's decisions, carried out.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use yew::Callback;

use super::Event;
use super::client::{Client, Command, PATIENCE_MS};
use super::worker::{Heard, Worker};
use crate::browser::Timeout;
use crate::state::RunPlan;

/// The page's engine. Clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    inner: Rc<Inner>,
}

struct Inner {
    address: String,
    tell: Callback<Event>,
    client: RefCell<Client>,
    worker: RefCell<Option<Worker>>,
    patience: RefCell<Option<Timeout>>,
}

impl Engine {
    /// Begins to load the engine at `address`; `tell` is called with all news of it.
    #[must_use]
    pub fn load(address: String, tell: Callback<Event>) -> Self {
        let engine = Self {
            inner: Rc::new(Inner {
                address,
                tell,
                client: RefCell::new(Client::new()),
                worker: RefCell::new(None),
                patience: RefCell::new(None),
            }),
        };
        engine.retry();
        engine
    }

    /// Loads the engine anew.
    pub fn retry(&self) {
        self.with(Client::load);
    }

    /// Asks for a run; its number.
    pub fn run(&self, plan: RunPlan) -> u32 {
        self.with(|client| client.run(plan))
    }

    /// Stops a run.
    pub fn stop(&self, run: u32) {
        self.with(|client| client.stop(run));
    }

    /// Stops whatever is under way.
    pub fn abandon(&self) {
        self.with(Client::abandon);
    }

    /// The page has taken in this many events of a run.
    pub fn taken(&self, run: u32, events: u32) {
        self.with(|client| client.taken(run, events));
    }

    fn hear(&self, heard: Heard) {
        self.with(|client| match heard {
            Heard::Reply(reply, bytes) => client.hear(reply, bytes),
            Heard::Nonsense => client.hear_nonsense(),
            Heard::Broken(detail) => client.broken(detail),
        });
    }

    /// Lets the client decide and does what it decided. No borrow lasts while anybody else is
    /// called, since whoever hears news may ask for something at once.
    fn with<R>(&self, decide: impl FnOnce(&mut Client) -> R) -> R {
        let (result, commands) = {
            let mut client = self.inner.client.borrow_mut();
            (decide(&mut client), client.take_commands())
        };
        for command in commands {
            self.carry_out(command);
        }
        result
    }

    fn carry_out(&self, command: Command) {
        match command {
            Command::Load => self.load_worker(),
            Command::Terminate => drop(self.inner.worker.take()),
            Command::Send(request) => {
                let sent = match &*self.inner.worker.borrow() {
                    Some(worker) => worker.send(&request),
                    None => Ok(()),
                };
                if let Err(detail) = sent {
                    self.hear(Heard::Broken(detail));
                }
            }
            Command::StartWaiting => {
                let engine = self.clone();
                let patience = Timeout::after(PATIENCE_MS, move || {
                    engine.with(Client::patience_over);
                });
                self.inner.patience.replace(Some(patience));
            }
            Command::StopWaiting => drop(self.inner.patience.take()),
            Command::Tell(event) => self.inner.tell.emit(event),
        }
    }

    fn load_worker(&self) {
        drop(self.inner.worker.take());
        // Weak, because the worker is owned by what it would otherwise own.
        let inner = Rc::downgrade(&self.inner);
        let hear = Rc::new(move |heard| {
            if let Some(inner) = inner.upgrade() {
                Self { inner }.hear(heard);
            }
        });
        match Worker::load(&self.inner.address, hear) {
            Ok(worker) => drop(self.inner.worker.replace(Some(worker))),
            Err(detail) => self.hear(Heard::Broken(detail)),
        }
    }
}

impl PartialEq for Engine {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("address", &self.inner.address)
            .finish_non_exhaustive()
    }
}
