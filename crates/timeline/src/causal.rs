//! How long a chain of events led to an event.
//!
//! One event comes after another by necessity if it is about the same task, about the same
//! resource, or if one of them is the wake, the spawn or the request that connects their tasks.
//! What has no such connection could as well have happened at the same time, however the executor
//! put it in line. The *depth* of an event is the length of the longest chain that ends with it:
//! the logical clock of Lamport, with tasks and resources as its processes.

use wakeline::log::{Cause, Event, Kind, Reason};

use crate::state::State;

/// The depths of all events. Four bytes an event, and as many for each task and resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct Depths {
    of: Vec<u32>,
    /// The depth that the next event of a task has at least, by id.
    tasks: Vec<u32>,
    /// The same of a resource.
    resources: Vec<u32>,
    /// The first event of each depth: every depth up to the greatest occurs.
    first: Vec<u32>,
}

/// Whom an event is about: a task, another task, a resource; 0 for none.
fn parties(event: &Event) -> [u32; 3] {
    let (subject, object) = (event.subject, event.object);
    match event.kind {
        Kind::RunBegun | Kind::RunEnded | Kind::ClockAdvanced => [0; 3],
        Kind::TaskCreated | Kind::CancelRequested | Kind::PriorityChanged => [subject, object, 0],
        Kind::TaskReady | Kind::WakeCoalesced => match Cause::from_code(event.flags) {
            Some(Cause::Spawned | Cause::Task | Cause::Abort | Cause::Cancel) => {
                [subject, object, 0]
            }
            _ => [subject, 0, 0],
        },
        Kind::ResourceCreated | Kind::ResourceNamed | Kind::ResourceClosed | Kind::Discarded => {
            [object, 0, subject]
        }
        Kind::WaitBegun | Kind::WaitEnded => match Reason::from_code(event.flags) {
            // The end of the other task is known by the wake that it gives.
            None | Some(Reason::Timer | Reason::Join | Reason::JoinAny | Reason::Other) => {
                [subject, 0, 0]
            }
            _ => [subject, 0, object],
        },
        Kind::Acquired
        | Kind::Released
        | Kind::HandedOver
        | Kind::Sent
        | Kind::Received
        | Kind::Notified
        | Kind::Cleared
        | Kind::UnitDone
        | Kind::CapacityChanged
        | Kind::NetworkBegun
        | Kind::NetworkPhase
        | Kind::NetworkMessage
        | Kind::NetworkEnded => [subject, 0, object],
        _ => [subject, 0, 0],
    }
}

impl Depths {
    /// Takes in an event; `state` is the state after it, `ran` the task that ran before it.
    pub(crate) fn follow(&mut self, state: &State, event: &Event, ran: Option<u32>) {
        let [task, other, resource] = parties(event);
        // In a log of our own, nothing runs when a poll begins. In any other, that poll is cut
        // short here.
        let cut = match event.kind {
            Kind::PollBegun => ran.unwrap_or(0),
            _ => 0,
        };
        let top = self.first.len() as u32;
        // What belongs to the run as a whole comes after everything so far.
        let mut depth = match event.kind {
            Kind::RunEnded => top,
            Kind::ClockAdvanced => top.saturating_sub(1),
            _ => 0,
        };
        // An id that the state knows is bounded by the number of events.
        let tasks = [task, other, cut].map(|id| if state.task(id).is_some() { id } else { 0 });
        let resource = match state.resource(resource) {
            Some(_) => resource,
            None => 0,
        };
        for id in tasks {
            depth = depth.max(clock(&self.tasks, id));
        }
        depth = depth.max(clock(&self.resources, resource));
        for id in tasks {
            set(&mut self.tasks, id, depth + 1);
        }
        set(&mut self.resources, resource, depth + 1);
        if depth >= top {
            self.first.push(self.of.len() as u32);
        }
        self.of.push(depth);
    }

    /// By event.
    pub(crate) fn all(&self) -> &[u32] {
        &self.of
    }

    /// The number of depths that occur.
    pub(crate) fn count(&self) -> usize {
        self.first.len()
    }

    /// The first event that is as deep as this; the number of events if none is.
    pub(crate) fn first(&self, depth: usize) -> usize {
        match self.first.get(depth) {
            Some(&event) => event as usize,
            None => self.of.len(),
        }
    }

    pub(crate) fn shrink(&mut self) {
        self.of.shrink_to_fit();
    }
}

/// The clock of nobody stands still.
fn clock(clocks: &[u32], id: u32) -> u32 {
    clocks.get(id as usize).copied().unwrap_or(0)
}

fn set(clocks: &mut Vec<u32>, id: u32, value: u32) {
    if id == 0 {
        return;
    }
    if clocks.len() <= id as usize {
        clocks.resize(id as usize + 1, 0);
    }
    clocks[id as usize] = value;
}
