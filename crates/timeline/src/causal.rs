//! How long a chain of events led to an event.
//!
//! One event comes after another by necessity if it is about the same task, about the same
//! resource, or if one of them is the wake, the spawn or the request that connects their tasks.
//! What has no such connection could as well have happened at the same time, however the executor
//! put it in line. The *depth* of an event is the length of the longest chain that ends with it:
//! the logical clock of Lamport, with tasks and resources as its processes.

use wakeline::log::{Cause, Columns, Event, Kind, Reason};

use crate::lanes::push;
use crate::rows::Rows;
use crate::state::State;

/// The depths of the events, up to some event. Four bytes an event, and a few for each task and
/// resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct Depths {
    /// The number of the first event that has a depth: those before it were let go.
    begin: usize,
    of: Vec<u32>,
    tasks: Rows<Clock>,
    resources: Rows<Clock>,
    /// The task that runs, 0 for none.
    running: u32,
    /// The first event of each depth: every depth up to the greatest occurs.
    first: Vec<u32>,
}

/// Whom an event is about: a task, another task, a resource; 0 for none.
pub(crate) fn parties(event: &Event) -> [u32; 3] {
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

/// How far a task or resource is.
#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    /// The depth that its next event has at least.
    next: u32,
    /// Whether there is such a thing: an event may name any number.
    exists: bool,
    /// Of a task: whether it has ended.
    ended: bool,
}

impl Depths {
    /// The depths of a log that begins with this state: whatever is there then is as deep as
    /// nothing.
    pub(crate) fn begin(state: &State) -> Self {
        let exists = |clocks: &mut Rows<Clock>, id: u32, ended: bool| {
            if let Some(clock) = clocks.row(id) {
                (clock.exists, clock.ended) = (true, ended);
            }
        };
        let (tasks, resources) = (state.tasks_len() as u32, state.resources_len() as u32);
        let mut depths = Self {
            begin: state.step(),
            tasks: Rows::begin(state.tasks().map(|task| task.id), tasks),
            resources: Rows::begin(state.resources().map(|it| it.id), resources),
            running: state.running().unwrap_or(0),
            ..Self::default()
        };
        for task in state.tasks() {
            exists(&mut depths.tasks, task.id, task.end().is_some());
        }
        for resource in state.resources() {
            exists(&mut depths.resources, resource.id, false);
        }
        depths
    }

    /// Takes in what is new in a log.
    pub(crate) fn follow(&mut self, columns: &Columns) {
        for event in columns.iter_from(self.len()) {
            let ran = self.running;
            self.note(&event);
            self.add(&event, ran);
        }
    }

    /// Notes who exists and who runs after an event, as a state does.
    fn note(&mut self, event: &Event) {
        let subject = event.subject;
        match event.kind {
            Kind::TaskCreated => self.create(subject, true),
            Kind::ResourceCreated => self.create(subject, false),
            Kind::NetworkBegun => self.create(event.object, false),
            Kind::PollBegun => {
                let task = clock(&self.tasks, subject);
                if task.exists && !task.ended {
                    self.running = subject;
                }
            }
            Kind::PollEnded if self.running == subject => self.running = 0,
            Kind::TaskCompleted | Kind::TaskFailed | Kind::TaskCancelled | Kind::TaskDropped => {
                if let Some(task) = self.tasks.get_mut(subject) {
                    task.ended |= task.exists;
                }
            }
            _ => {}
        }
    }

    /// There is such a task or resource from now on. Ids count from 1, and each takes an event.
    fn create(&mut self, id: u32, task: bool) {
        let clocks = match task {
            true => &mut self.tasks,
            false => &mut self.resources,
        };
        if id == 0 || id as usize > self.begin + self.of.len() + 1 {
            return;
        }
        if let Some(clock) = clocks.row(id) {
            clock.exists = true;
        }
    }

    fn add(&mut self, event: &Event, ran: u32) {
        let [task, other, resource] = parties(event);
        // In a log of our own, nothing runs when a poll begins. In any other, that poll is cut
        // short here.
        let cut = match event.kind {
            Kind::PollBegun => ran,
            _ => 0,
        };
        let top = self.first.len() as u32;
        // What belongs to the run as a whole comes after everything so far.
        let mut depth = match event.kind {
            Kind::RunEnded => top,
            Kind::ClockAdvanced => top.saturating_sub(1),
            _ => 0,
        };
        for id in [task, other, cut] {
            depth = depth.max(clock(&self.tasks, id).next);
        }
        depth = depth.max(clock(&self.resources, resource).next);
        for id in [task, other, cut] {
            set(&mut self.tasks, id, depth + 1);
        }
        set(&mut self.resources, resource, depth + 1);
        if depth >= top {
            self.first.push(self.len() as u32);
        }
        push(&mut self.of, depth);
    }

    /// How many events were taken in.
    pub(crate) fn len(&self) -> usize {
        self.begin + self.of.len()
    }

    /// The depth of an event: of one that was let go, the least.
    #[inline]
    pub(crate) fn get(&self, event: u32) -> Option<u32> {
        match (event as usize).checked_sub(self.begin) {
            Some(place) => self.of.get(place).copied(),
            None => Some(0),
        }
    }

    /// The number of depths that occur.
    pub(crate) fn count(&self) -> usize {
        self.first.len()
    }

    /// The first event that is as deep as this; the number of events if none is.
    pub(crate) fn first(&self, depth: usize) -> usize {
        match self.first.get(depth) {
            Some(&event) => event as usize,
            None => self.len(),
        }
    }

    /// Bytes of memory held.
    pub(crate) fn memory(&self) -> usize {
        let clocks = self.tasks.memory() + self.resources.memory();
        let depths = self.of.capacity() + self.first.capacity();
        clocks + depths * size_of::<u32>()
    }
}

/// Nobody's clock stands still.
fn clock(clocks: &Rows<Clock>, id: u32) -> Clock {
    clocks.get(id).copied().unwrap_or_default()
}

fn set(clocks: &mut Rows<Clock>, id: u32, next: u32) {
    if let Some(clock) = clocks.get_mut(id).filter(|clock| clock.exists) {
        clock.next = next;
    }
}
