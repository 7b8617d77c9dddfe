//! What the runtime notices about the program, from the events that it records.
//!
//! Primitives know nothing of this, and a run that records nothing pays nothing. While recording,
//! an event of one of the few kinds that matter here is looked at when it is in the log, and what
//! it gives is told at the end of the poll. A poll in which there was none costs two comparisons.
//!
//! What a finding says is certain from the log alone, except for its being a mistake.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::log::{Event, FindingKind, Kind, Log, Reason, ResourceKind};

/// How long a poll may be unless another limit is set: a frame of a screen.
pub(super) const LONGEST_POLL: Duration = Duration::from_nanos(1_000_000_000 / 60);
/// How many events one poll may record: a loop that never waits passes that soon, and under a
/// virtual clock nothing else tells it from a short one.
const MOST_EVENTS: usize = 10_000;

/// Something that a task holds or was handed.
#[derive(Clone, Copy, Debug)]
struct Stake {
    task: u32,
    resource: u32,
    /// The event by which.
    at: usize,
    location: u16,
}

/// What is known of a run.
#[derive(Debug)]
pub(super) struct Diagnosis {
    /// In nanoseconds.
    longest_poll: u64,
    /// The poll that is under way: its event, and when it began.
    poll: Cell<usize>,
    began: Cell<u64>,
    /// Something is held, handed over, or to be told, so that the end of a poll matters.
    open: Cell<bool>,
    seen: RefCell<Seen>,
}

/// What was seen so far, as far as it matters later.
#[derive(Debug, Default)]
struct Seen {
    kinds: BTreeMap<u32, ResourceKind>,
    /// Locks that are held.
    guards: Vec<Stake>,
    /// Permits that were handed over and not taken yet.
    grants: Vec<Stake>,
    /// What was told already: a place that locks, a resource that lost a notification.
    told: BTreeSet<(FindingKind, u32, u16)>,
    found: Vec<Event>,
}

/// A finding with nothing else in it. Its time is that at which it is told, which may be later than
/// that of its evidence.
pub(super) fn finding(kind: FindingKind, subject: u32, object: u32) -> Event {
    Event {
        time: 0,
        kind: Kind::Finding,
        flags: kind.code(),
        location: 0,
        subject,
        object,
        value: 0,
    }
}

impl Diagnosis {
    pub(super) fn new(longest_poll: Duration) -> Self {
        Self {
            longest_poll: u64::try_from(longest_poll.as_nanos()).unwrap_or(u64::MAX),
            poll: Cell::new(0),
            began: Cell::new(0),
            open: Cell::new(false),
            seen: RefCell::default(),
        }
    }

    /// A poll begins, with the event at this place in the log.
    #[inline]
    pub(super) fn poll_begun(&self, at: usize, time: u64) {
        self.poll.set(at);
        self.began.set(time);
    }

    /// How long the poll was that ends with the event at this place, and how many events it has.
    #[inline]
    fn extent(&self, at: usize, time: u64) -> (u64, usize) {
        let length = time.saturating_sub(self.began.get());
        (length, at.saturating_sub(self.poll.get() + 1))
    }

    /// Whether there is anything to say at the end of a poll.
    #[inline]
    pub(super) fn is_to_look(&self, at: usize, time: u64) -> bool {
        let (length, events) = self.extent(at, time);
        self.open.get() || length > self.longest_poll || events > MOST_EVENTS
    }

    /// Takes note of an event, of a kind that is of interest, at its place in the log.
    pub(super) fn follow(&self, event: &Event, at: usize) {
        let mut seen = self.seen.borrow_mut();
        seen.follow(event, at);
        self.open.set(seen.is_open());
    }

    /// A task's poll has ended, with the event at this place. Gives what there is to tell, in
    /// order.
    pub(super) fn poll_ended(&self, task: u32, at: usize, time: u64, waits: bool) -> Vec<Event> {
        let mut seen = self.seen.borrow_mut();
        let (length, events) = self.extent(at, time);
        if length > self.longest_poll || events > MOST_EVENTS {
            seen.found.push(Event {
                object: u32::try_from(events).unwrap_or(u32::MAX),
                value: length,
                ..finding(FindingKind::LongPoll, task, 0)
            });
        }
        if waits {
            seen.left_waiting(task, self.poll.get());
        }
        let found = std::mem::take(&mut seen.found);
        self.open.set(seen.is_open());
        found
    }
}

impl Seen {
    /// Whether the next end of a poll may matter.
    fn is_open(&self) -> bool {
        !(self.guards.is_empty() && self.grants.is_empty() && self.found.is_empty())
    }

    fn follow(&mut self, event: &Event, at: usize) {
        let stake = Stake {
            task: event.subject,
            resource: event.object,
            at,
            location: event.location,
        };
        let is_same = |other: &Stake| (other.task, other.resource) == (stake.task, stake.resource);
        match event.kind {
            Kind::ResourceCreated => {
                if let Some(kind) = ResourceKind::from_code(event.flags)
                    && matters(kind)
                {
                    self.kinds.insert(event.subject, kind);
                }
            }
            Kind::Acquired => {
                let kind = self.kinds.get(&event.object);
                if matches!(kind, Some(ResourceKind::Mutex | ResourceKind::RwLock)) {
                    self.guards.push(stake);
                }
            }
            Kind::Released => {
                if let Some(held) = self.guards.iter().position(is_same) {
                    self.guards.remove(held);
                }
            }
            Kind::HandedOver => self.grants.push(stake),
            // It takes what it was handed, or goes without it.
            Kind::WaitEnded => {
                let reason = Reason::from_code(event.flags);
                if matches!(reason, Some(Reason::Lock | Reason::Semaphore))
                    && let Some(granted) = self.grants.iter().position(is_same)
                {
                    self.grants.remove(granted);
                }
            }
            // Who waits for a condition looks at a value first, so nobody misses anything.
            Kind::Notified
                if event.flags == 1
                    && self.kinds.get(&event.object) != Some(&ResourceKind::Condvar) =>
            {
                self.lost(event, at);
            }
            Kind::Cleared if event.value == 0 => self.lost(event, at),
            _ => {}
        }
    }

    fn lost(&mut self, event: &Event, at: usize) {
        let kind = FindingKind::LostNotification;
        if self.told.insert((kind, event.object, 0)) {
            self.found.push(Event {
                location: event.location,
                value: at as u64,
                ..finding(kind, 0, event.object)
            });
        }
    }

    /// A task's poll has ended and it waits: with what in its hands?
    fn left_waiting(&mut self, task: u32, poll: usize) {
        for guard in self.guards.iter().filter(|guard| guard.task == task) {
            let kind = FindingKind::GuardAcrossAwait;
            if self.told.insert((kind, guard.resource, guard.location)) {
                self.found.push(Event {
                    location: guard.location,
                    value: guard.at as u64,
                    ..finding(kind, task, guard.resource)
                });
            }
        }
        let missed = |grant: &Stake| grant.task == task && grant.at < poll;
        for grant in self.grants.iter().filter(|grant| missed(grant)) {
            self.found.push(Event {
                value: grant.at as u64,
                ..finding(FindingKind::GrantedNotTaken, task, grant.resource)
            });
        }
        // Said once.
        self.grants.retain(|grant| !missed(grant));
    }
}

/// Whether an event of this kind may change what is known here.
#[inline]
pub(super) fn is_of_interest(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ResourceCreated
            | Kind::Acquired
            | Kind::Released
            | Kind::HandedOver
            | Kind::WaitEnded
            | Kind::Notified
            | Kind::Cleared
    )
}

/// Whether this depends on what a resource is.
fn matters(kind: ResourceKind) -> bool {
    matches!(
        kind,
        ResourceKind::Mutex | ResourceKind::RwLock | ResourceKind::Condvar
    )
}

/// The tasks, of those that are about to be dropped, that were ready and never had their turn:
/// a finding for each.
pub(super) fn never_polled(log: &Log, dropped: &BTreeSet<u32>) -> Vec<Event> {
    let mut created = BTreeMap::new();
    let mut waiting_for_turn = BTreeSet::new();
    for (at, event) in log.columns.iter_from(0).enumerate() {
        match event.kind {
            Kind::TaskCreated if dropped.contains(&event.subject) => {
                created.insert(event.subject, (at, event.location));
            }
            // A callback whose moment has not come is not ready, and its task all right.
            Kind::TaskReady if created.contains_key(&event.subject) => {
                waiting_for_turn.insert(event.subject);
            }
            Kind::PollBegun => {
                created.remove(&event.subject);
                waiting_for_turn.remove(&event.subject);
            }
            _ => {}
        }
    }
    let tasks = waiting_for_turn.into_iter();
    tasks
        .filter_map(|task| {
            let (at, location) = created.get(&task)?;
            Some(Event {
                location: *location,
                value: *at as u64,
                ..finding(FindingKind::TaskNeverPolled, task, 0)
            })
        })
        .collect()
}
