//! A gate at which everybody waits for everybody.

use std::cell::Cell;
use std::rc::Rc;

use wakeline::sync::Notify;

/// Opens when every place was given up, and stays open.
pub(super) struct Gate {
    missing: Cell<u32>,
    opened: Notify,
}

/// A place at a gate. Dropping it gives it up, so that whoever fails keeps nobody waiting.
pub(super) struct Place(Rc<Gate>);

impl Gate {
    /// A gate with so many places, each of which must be taken.
    pub(super) fn new(name: &str, places: u32) -> Rc<Self> {
        Rc::new(Self {
            missing: Cell::new(places),
            opened: Notify::named(name),
        })
    }

    /// Takes a place.
    pub(super) fn place(self: &Rc<Self>) -> Place {
        Place(self.clone())
    }

    /// Waits until the gate is open.
    pub(super) async fn opened(&self) {
        while self.missing.get() > 0 {
            self.opened.notified().await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let missing = self.0.missing.get() - 1;
        self.0.missing.set(missing);
        if missing == 0 {
            self.0.opened.notify_waiters();
        }
    }
}
