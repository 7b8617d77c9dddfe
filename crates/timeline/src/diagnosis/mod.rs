//! Findings: what in a run is likely to be a mistake, with numbers and evidence.
//!
//! [`findings`] reads a log once. Some mistakes the runtime has noticed itself and told the log;
//! those are gathered here and get the figures that are known only later. The others are found
//! here: one file for each. A finding is certain as far as its figures go; that it is a mistake is
//! a guess, which its limits keep away from sound programs. Each limit stands, with the reason
//! for it, beside what it limits.

mod cancelled_in_cleanup;
mod deadlock;
mod forgotten_await;
mod lock_across_await;
mod long_poll;
mod lost_notification;
mod lost_waker;
mod never_yields;
mod retry_storm;
mod self_wakes;
mod sentence;
mod spurious_wakes;
mod starvation;
mod told;
mod unbounded_growth;

use std::collections::BTreeSet;

use wakeline::log::{Event, FindingKind, Kind, Log, Outcome, Reason};

use crate::json::Json;
use crate::state::State;
use crate::turns::{Turn, Turns};

pub use sentence::{NUMBERS, general, sentence, specific};

/// How sure it is that something has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something went wrong, or waited in vain.
    Trouble,
    /// It can be meant, and is worth a look.
    Hint,
}

impl Severity {
    /// The name: `trouble` or `hint`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trouble => "trouble",
            Self::Hint => "hint",
        }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// Tasks wait for each other, or for nobody.
    Deadlock,
    /// A task waits without anything that knows of it: nobody will wake it.
    LostWaker,
    /// A notification was given to nobody.
    LostNotification,
    /// A task was handed what one of its futures waits for, and does not poll that future.
    GrantedNotTaken,
    /// A task was polled without giving way for ages.
    NeverYields,
    /// Polls that hold up everything else.
    LongPoll,
    /// A task stands ready while others are polled again and again.
    Starvation,
    /// A future was made and not awaited.
    ForgottenAwait,
    /// A task failed, and nobody could see it.
    ErrorNeverSeen,
    /// A task was dropped while it was cleaning up.
    CancelledInCleanup,
    /// Attempts that fail come again all at once, or without a pause.
    RetryStorm,
    /// A queue that grows and grows.
    UnboundedGrowth,
    /// A lock is held while something else is waited for.
    LockAcrossAwait,
    /// A task wakes itself again and again for nothing.
    SelfWakes,
    /// A task is woken again and again for nothing.
    SpuriousWakes,
    /// A replay came to another choice than the recording.
    Diverged,
}

impl Code {
    /// Every code, the gravest first.
    pub const ALL: [Self; 16] = [
        Self::Deadlock,
        Self::LostWaker,
        Self::LostNotification,
        Self::GrantedNotTaken,
        Self::NeverYields,
        Self::LongPoll,
        Self::Starvation,
        Self::ForgottenAwait,
        Self::ErrorNeverSeen,
        Self::CancelledInCleanup,
        Self::RetryStorm,
        Self::UnboundedGrowth,
        Self::LockAcrossAwait,
        Self::SelfWakes,
        Self::SpuriousWakes,
        Self::Diverged,
    ];

    /// The name, which never changes its meaning: `finding.NAME.general` and
    /// `finding.NAME.specific` are the keys of its sentences.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Deadlock => "deadlock",
            Self::LostWaker => "lost-waker",
            Self::LostNotification => "lost-notification",
            Self::GrantedNotTaken => "granted-not-taken",
            Self::NeverYields => "never-yields",
            Self::LongPoll => "long-poll",
            Self::Starvation => "starvation",
            Self::ForgottenAwait => "forgotten-await",
            Self::ErrorNeverSeen => "error-never-seen",
            Self::CancelledInCleanup => "cancelled-in-cleanup",
            Self::RetryStorm => "retry-storm",
            Self::UnboundedGrowth => "unbounded-growth",
            Self::LockAcrossAwait => "lock-across-await",
            Self::SelfWakes => "self-wakes",
            Self::SpuriousWakes => "spurious-wakes",
            Self::Diverged => "diverged",
        }
    }
}

/// Another place that belongs to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the event.
    pub event: u32,
    /// The task, 0 if none.
    pub task: u32,
}

/// Something that is likely to be a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// How sure.
    pub severity: Severity,
    /// The number of the event that is the evidence.
    pub event: u32,
    /// The last event of a stretch that is the evidence.
    pub until: Option<u32>,
    /// The task that it is about, 0 if none.
    pub task: u32,
    /// The resource that it is about, 0 if none.
    pub resource: u32,
    /// Where in the program: an index into the log's locations, 0 if unknown.
    pub location: u16,
    /// Figures by name. A name that ends in `_ns` is a span of time in nanoseconds, any other a
    /// count. The names are those of the placeholders in the specific sentence.
    pub numbers: Vec<(&'static str, u64)>,
    /// Other places: of a deadlock, the other tasks.
    pub also: Vec<Place>,
}

impl Finding {
    fn new(code: Code, severity: Severity, event: u32) -> Self {
        Self {
            code,
            severity,
            event,
            until: None,
            task: 0,
            resource: 0,
            location: 0,
            numbers: Vec::new(),
            also: Vec::new(),
        }
    }

    /// A figure by its name.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        let mut numbers = self.numbers.iter();
        numbers.find(|(known, _)| *known == name).map(|(_, n)| *n)
    }

    /// Writes the finding as an object. Places are steps: the number of events after which the
    /// state shows the evidence.
    pub fn write(&self, json: &mut Json) {
        let step = |event: u32| u64::from(event) + 1;
        json.object(|json| {
            json.field("code").text(self.code.name());
            json.field("severity").text(self.severity.name());
            json.field("step").number(step(self.event));
            if let Some(until) = self.until {
                json.field("until").number(step(until));
            }
            for (name, id) in [("task", self.task), ("resource", self.resource)] {
                if id != 0 {
                    json.field(name).number(id.into());
                }
            }
            json.field("numbers").object(|json| {
                for (name, number) in &self.numbers {
                    json.field(name).number(*number);
                }
            });
            json.field("also").array(|json| {
                for place in &self.also {
                    json.object(|json| {
                        json.field("step").number(step(place.event));
                        if place.task != 0 {
                            json.field("task").number(place.task.into());
                        }
                    });
                }
            });
        });
    }
}

/// An event with what is known when it comes.
struct Seen<'a> {
    log: &'a Log,
    event: &'a Event,
    at: u32,
    /// After the event.
    state: &'a State,
    /// The poll that the event ended.
    turn: Option<&'a Turn>,
    /// The last poll that ended, at this event or before it.
    last_turn: Option<&'a Turn>,
    turns: &'a Turns,
}

impl Seen<'_> {
    /// What the runtime noticed, if that is what the event tells.
    fn told(&self) -> Option<FindingKind> {
        match self.event.kind {
            Kind::Finding => FindingKind::from_code(self.event.flags),
            _ => None,
        }
    }

    /// The event that a finding of the runtime names as evidence; the one that tells it, if that
    /// was let go.
    fn evidence(&self) -> u32 {
        let columns = &self.log.columns;
        let is_here = |event: u32| columns.kind(event as usize).is_some();
        match u32::try_from(self.event.value) {
            Ok(event) if event < self.at && is_here(event) => event,
            _ => self.at,
        }
    }

    fn time_of(&self, event: u32) -> u64 {
        self.log.columns.time(event as usize)
    }
}

/// What is known when the log has been read.
struct Finished<'a> {
    log: &'a Log,
    state: &'a State,
    turns: &'a Turns,
}

impl Finished<'_> {
    fn outcome(&self) -> Option<Outcome> {
        self.state.end().and_then(|end| end.outcome)
    }

    fn last_event(&self) -> u32 {
        self.log.len().saturating_sub(1) as u32
    }
}

/// Looks for one kind of mistake.
trait Detector {
    /// Takes in an event.
    fn follow(&mut self, seen: &Seen<'_>);
    /// Tells what was found.
    fn finish(&mut self, end: &Finished<'_>, found: &mut Vec<Finding>);
}

/// What in a run is likely to be a mistake, the gravest first. Takes one pass over the log.
///
/// ```
/// use wakeline::log::Log;
/// use wakeline_timeline::diagnosis::findings;
///
/// assert_eq!(findings(&Log::new()), []);
/// ```
#[must_use]
pub fn findings(log: &Log) -> Vec<Finding> {
    let mut detectors: [Box<dyn Detector>; 14] = [
        Box::<deadlock::Deadlock>::default(),
        Box::<lost_waker::LostWaker>::default(),
        Box::<lost_notification::LostNotification>::default(),
        Box::<never_yields::NeverYields>::default(),
        Box::<long_poll::LongPoll>::default(),
        Box::<starvation::Starvation>::default(),
        Box::<forgotten_await::ForgottenAwait>::default(),
        Box::<cancelled_in_cleanup::CancelledInCleanup>::default(),
        Box::<retry_storm::RetryStorm>::default(),
        Box::<unbounded_growth::UnboundedGrowth>::default(),
        Box::<lock_across_await::LockAcrossAwait>::default(),
        Box::<self_wakes::SelfWakes>::default(),
        Box::<spurious_wakes::SpuriousWakes>::default(),
        Box::<told::Told>::default(),
    ];
    let mut state = State::begin(&log.columns);
    let mut turns = Turns::begin(&state);
    let mut last_turn = None;
    for (at, event) in log.columns.numbered() {
        state.apply(&event);
        let turn = turns.follow(&state, &event, at);
        last_turn = turn.or(last_turn);
        let seen = Seen {
            log,
            event: &event,
            at,
            state: &state,
            turn: turn.as_ref(),
            last_turn: last_turn.as_ref(),
            turns: &turns,
        };
        for detector in &mut detectors {
            detector.follow(&seen);
        }
    }
    let end = Finished {
        log,
        state: &state,
        turns: &turns,
    };
    let mut found = Vec::new();
    for detector in &mut detectors {
        detector.finish(&end, &mut found);
    }
    fold(&mut found, log);
    found.sort_by_key(|finding| (finding.severity, finding.code, finding.event));
    found
}

/// Leaves out what another finding says already: that a lock was held across an await, if that is
/// what those wait for who can never go on.
fn fold(found: &mut Vec<Finding>, log: &Log) {
    let locks: BTreeSet<u32> = found
        .iter()
        .filter(|finding| finding.code == Code::Deadlock)
        .flat_map(|finding| {
            let also = finding.also.iter().map(|place| place.event);
            std::iter::once(finding.event).chain(also)
        })
        .filter_map(|wait| log.columns.get(wait as usize))
        .filter(|wait| wait.kind == Kind::WaitBegun && wait.flags == Reason::Lock.code())
        .map(|wait| wait.object)
        .collect();
    found.retain(|finding| {
        finding.code != Code::LockAcrossAwait || !locks.contains(&finding.resource)
    });
}
