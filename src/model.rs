//! The run that the page shows, as its components share it.
//!
//! The model of a run holds up to a million events, so it is shared, never copied. A component
//! must still notice that it grew: a [`ModelHandle`] is a pointer with the number of the change
//! it has seen, and two handles are equal when both are.

use std::cell::{Ref, RefCell};
use std::fmt;
use std::rc::Rc;

use wakeline_timeline::Model;

/// A shared model of a run, comparable at no cost.
#[derive(Clone)]
pub struct ModelHandle {
    model: Rc<RefCell<Model>>,
    revision: u64,
}

impl ModelHandle {
    /// A handle of a model that nobody else has.
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self {
            model: Rc::new(RefCell::new(model)),
            revision: 0,
        }
    }

    /// The model as it is now.
    ///
    /// The borrow must end before control returns to the browser: the next batch of events
    /// changes the model.
    ///
    /// # Panics
    /// Inside of [`change`](Self::change), which nothing that draws runs in.
    #[must_use]
    pub fn read(&self) -> Ref<'_, Model> {
        self.model.borrow()
    }

    /// Counts the changes of the model since its creation.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether both point to the same model, however much it has grown between them.
    #[must_use]
    pub fn is_same_model(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.model, &other.model)
    }

    /// Changes the model. The handle returned is unequal to every one before it; those still
    /// point to the same model.
    ///
    /// # Panics
    /// If something holds the model that [`read`](Self::read) returned.
    pub fn change<R>(&self, change: impl FnOnce(&mut Model) -> R) -> (Self, R) {
        let result = change(&mut self.model.borrow_mut());
        let next = Self {
            model: Rc::clone(&self.model),
            revision: self.revision + 1,
        };
        (next, result)
    }
}

impl PartialEq for ModelHandle {
    fn eq(&self, other: &Self) -> bool {
        self.revision == other.revision && self.is_same_model(other)
    }
}

impl fmt::Debug for ModelHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelHandle")
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}
