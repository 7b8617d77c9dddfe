//! A gate at which everybody waits for everybody.

use std::cell::Cell;
use std::rc::Rc;

use wakeline::sync::Event;

/// Opens when every place was given up, and stays open.
pub(crate) struct Gate {
    missing: Cell<u32>,
    opened: Event,
}

/// A place at a gate. Dropping it gives it up, so that whoever fails keeps nobody waiting.
pub(crate) struct Place(Rc<Gate>);

impl Gate {
    /// A gate with so many places, each of which must be taken.
    pub(crate) fn new(name: &str, places: u32) -> Rc<Self> {
        Rc::new(Self {
            missing: Cell::new(places),
            opened: Event::named(name),
        })
    }

    /// Takes a place.
    pub(crate) fn place(self: &Rc<Self>) -> Place {
        Place(self.clone())
    }

    /// Waits until the gate is open.
    pub(crate) async fn opened(&self) {
        self.opened.wait().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let missing = self.0.missing.get() - 1;
        self.0.missing.set(missing);
        if missing == 0 {
            self.0.opened.set();
        }
    }
}
