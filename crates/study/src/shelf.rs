//! The logs that are studied.

use wakeline_protocol::Problem;
use wakeline_timeline::log::{Decoder, Log};

/// A place for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The run on the page.
    Current,
    /// One that is kept to be compared with.
    Kept,
}

impl Slot {
    /// The slot with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "current" => Some(Self::Current),
            "kept" => Some(Self::Kept),
            _ => None,
        }
    }
}

/// A log that grows by batches.
#[derive(Debug, Default)]
struct Place {
    run: u32,
    log: Log,
    decoder: Decoder,
    /// A batch was refused: what came before it stays, nothing is added.
    damage: Option<Problem>,
}

/// The logs by their slots.
#[derive(Debug, Default)]
pub struct Shelf {
    current: Option<Place>,
    kept: Option<Place>,
}

impl Shelf {
    /// Adds a file, or a further batch of the same run, to a slot. Another run replaces what was
    /// there. Damage is told to whoever asks about the log.
    pub fn give(&mut self, slot: Slot, run: u32, bytes: &[u8]) {
        let place = self.place(slot);
        let place = match place {
            Some(there) if there.run == run => there,
            _ => place.insert(Place {
                run,
                log: Log::new(),
                decoder: Decoder::new(),
                damage: None,
            }),
        };
        if place.damage.is_some() {
            return;
        }
        if let Err(error) = place.decoder.read(&mut place.log, bytes) {
            let code = format!("log-{}", error.code());
            place.damage = Some(Problem::new(&code).with("place", error.offset()));
        }
    }

    /// Empties a slot.
    pub fn clear(&mut self, slot: Slot) {
        *self.place(slot) = None;
    }

    /// The log in a slot.
    ///
    /// # Errors
    /// If there is none, or if it arrived damaged.
    pub fn log(&self, slot: Slot) -> Result<&Log, Problem> {
        let place = match slot {
            Slot::Current => &self.current,
            Slot::Kept => &self.kept,
        };
        let place = place.as_ref().ok_or_else(|| Problem::new("no-log"))?;
        match &place.damage {
            Some(problem) => Err(problem.clone()),
            None => Ok(&place.log),
        }
    }

    fn place(&mut self, slot: Slot) -> &mut Option<Place> {
        match slot {
            Slot::Current => &mut self.current,
            Slot::Kept => &mut self.kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use wakeline_timeline::log::encode;

    use super::*;

    #[test]
    fn another_run_replaces_the_one_before() {
        let (mut shelf, file) = (Shelf::default(), encode(&Log::new()));
        assert_eq!(shelf.log(Slot::Current).unwrap_err().code, "no-log");
        shelf.give(Slot::Current, 1, &file);
        assert!(shelf.log(Slot::Current).is_ok());
        assert!(shelf.log(Slot::Kept).is_err());
        // The first is complete, so nothing may follow it.
        shelf.give(Slot::Current, 1, &file);
        let problem = shelf.log(Slot::Current).unwrap_err();
        assert_eq!(problem.code, "log-data-after-the-end");
        shelf.give(Slot::Current, 2, &file);
        assert!(shelf.log(Slot::Current).is_ok());
        shelf.clear(Slot::Current);
        assert!(shelf.log(Slot::Current).is_err());
    }

    #[test]
    fn bytes_that_are_no_log_are_a_problem_with_its_place() {
        let mut shelf = Shelf::default();
        shelf.give(Slot::Kept, 1, b"what is this?");
        let problem = shelf.log(Slot::Kept).unwrap_err();
        assert_eq!(problem.code, "log-not-a-log");
        assert_eq!(problem.arguments, [("place".to_owned(), "0".to_owned())]);
    }
}
