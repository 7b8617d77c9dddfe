//! A program that says what it knows, beside the log up to that moment.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use wakeline::Builder;
use wakeline::log::{Event, Kind, Log};
use wakeline_timeline::state::{Resource, State};

/// What a program knows of the resource called "it", and the log up to that moment.
pub(crate) struct Sight<T> {
    pub(crate) log: Log,
    pub(crate) known: T,
}

/// Runs a program on a runtime of its own. The log is the one at the moment when the program
/// returns what it sees; whatever it spawned lives on.
pub(crate) fn look<T: 'static, F: Future<Output = T> + 'static>(program: F) -> Sight<T> {
    let runtime = Builder::new().build();
    let seen = Rc::new(RefCell::new(None));
    let handle = runtime.clone();
    let into = Rc::clone(&seen);
    runtime.block_on(async move {
        let known = program.await;
        let log = handle.log().clone();
        *into.borrow_mut() = Some(Sight { log, known });
    });
    let sight = seen.borrow_mut().take();
    sight.unwrap()
}

impl<T> Sight<T> {
    pub(crate) fn state(&self) -> State {
        let mut state = State::new();
        for event in self.log.columns.iter_from(0) {
            state.apply(&event);
        }
        state
    }

    /// The resource called "it".
    pub(crate) fn resource(&self) -> Resource {
        let state = self.state();
        let mut found = state
            .resources()
            .filter(|resource| self.log.text(resource.name) == "it");
        let resource = found.next().unwrap().clone();
        assert!(found.next().is_none());
        resource
    }

    pub(crate) fn name(&self, task: u32) -> String {
        let state = self.state();
        self.log.text(state.task(task).unwrap().name).to_owned()
    }

    pub(crate) fn waiters(&self) -> Vec<String> {
        let resource = self.resource();
        resource
            .waiters()
            .map(|waiter| self.name(waiter.task))
            .collect()
    }

    pub(crate) fn senders(&self) -> Vec<String> {
        let resource = self.resource();
        resource
            .blocked_senders()
            .map(|waiter| self.name(waiter.task))
            .collect()
    }

    pub(crate) fn holders(&self) -> Vec<(String, u64)> {
        let holders = self.resource().holders();
        holders
            .iter()
            .map(|holder| (self.name(holder.task), holder.permits))
            .collect()
    }

    pub(crate) fn events(&self, kind: Kind) -> Vec<Event> {
        let events = self.log.columns.iter_from(0);
        events.filter(|event| event.kind == kind).collect()
    }
}
