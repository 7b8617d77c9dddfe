//! What the runtime notices about the program: by reading its own log, a poll at a time.
//!
//! Nothing is watched while it happens, so primitives know nothing of this, and a run that records
//! nothing pays nothing. At the end of a poll the events since the last reading are looked at; most
//! are of kinds that do not matter here and cost one comparison.
//!
//! What a finding says is certain from the log alone, except for its being a mistake.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::log::{Event, FindingKind, Kind, Log, PollResult, Reason, ResourceKind};

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

/// What was read so far, as far as it matters later.
#[derive(Debug, Default)]
pub(super) struct Diagnosis {
    /// In nanoseconds.
    longest_poll: u64,
    read: usize,
    /// The poll that is under way: its event.
    poll: usize,
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
            ..Self::default()
        }
    }

    /// Reads on to the end of the log and gives what there is to tell, in order.
    pub(super) fn read(&mut self, log: &Log) -> Vec<Event> {
        let end = log.columns.len();
        for at in self.read..end {
            if log.columns.kind(at).is_some_and(is_of_interest)
                && let Some(event) = log.columns.get(at)
            {
                self.follow(&event, at, log);
            }
        }
        self.read = end;
        std::mem::take(&mut self.found)
    }

    fn follow(&mut self, event: &Event, at: usize, log: &Log) {
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
            Kind::PollBegun => self.poll = at,
            Kind::PollEnded => self.poll_ended(event, at, log),
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

    fn poll_ended(&mut self, event: &Event, at: usize, log: &Log) {
        let task = event.subject;
        let length = event.time.saturating_sub(log.columns.time(self.poll));
        let events = at.saturating_sub(self.poll + 1);
        if length > self.longest_poll || events > MOST_EVENTS {
            self.found.push(Event {
                object: u32::try_from(events).unwrap_or(u32::MAX),
                value: length,
                ..finding(FindingKind::LongPoll, task, 0)
            });
        }
        if PollResult::from_code(event.flags) != Some(PollResult::Pending) {
            return;
        }
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
        let poll = self.poll;
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

/// Whether an event of this kind changes what is known here.
fn is_of_interest(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ResourceCreated
            | Kind::Acquired
            | Kind::Released
            | Kind::HandedOver
            | Kind::WaitEnded
            | Kind::Notified
            | Kind::Cleared
            | Kind::PollBegun
            | Kind::PollEnded
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
