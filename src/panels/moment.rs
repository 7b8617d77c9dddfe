//! The run at the playhead, as every panel needs it.

use std::fmt;
use std::rc::Rc;

use wakeline_timeline::log::SourceLocation;
use wakeline_timeline::state::State;

use crate::model::ModelHandle;

/// A run at a moment. Cheap to copy and to compare: the moment is told by the model and the step.
#[derive(Clone)]
pub(crate) struct Moment {
    /// The run.
    pub(crate) model: ModelHandle,
    /// The number of events before the moment.
    pub(crate) step: usize,
    state: Rc<State>,
}

impl Moment {
    /// The run after so many events. A moment of the same run, if one is at hand, saves the way
    /// from the last checkpoint.
    #[must_use]
    pub(crate) fn new(model: &ModelHandle, step: usize, before: Option<&Self>) -> Self {
        let near = before.filter(|before| before.model.is_same_model(model));
        let state = match near {
            Some(before) => {
                let mut state = State::clone(&before.state);
                model.read().seek(&mut state, step);
                state
            }
            None => model.read().state_at(step),
        };
        Self {
            model: model.clone(),
            step,
            state: Rc::new(state),
        }
    }

    /// The state of everything at the moment.
    #[must_use]
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// An interned text of the log.
    #[must_use]
    pub(crate) fn text(&self, index: u32) -> String {
        self.model.read().log().text(index).to_owned()
    }

    /// A source location of the log.
    #[must_use]
    pub(crate) fn location(&self, index: u16) -> Option<SourceLocation> {
        self.model.read().log().location(index)
    }
}

impl PartialEq for Moment {
    fn eq(&self, other: &Self) -> bool {
        self.step == other.step && self.model == other.model
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Moment")
            .field("model", &self.model)
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}
