//! What a task is doing at the playhead, as a sign beside its name.

use wakeline_timeline::Look;
use wakeline_timeline::state::{Fate, State, Status};

use super::icons::Icon;
use super::look::{Entry, Sign, look_icon};

/// A sign and the class of its colour in the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Badge {
    pub(crate) icon: Icon,
    /// The row of the legend that has its colour.
    pub(crate) entry: Entry,
    pub(crate) class: &'static str,
    /// The key of the phrase that says it in words.
    pub(crate) phrase: &'static str,
}

/// What a task is doing; `None` before it exists.
pub(crate) fn badge(state: &State, task: u32) -> Option<Badge> {
    let task = state.task(task)?;
    Some(match task.status() {
        Status::Running { .. } => Badge {
            icon: Icon::Play,
            entry: Entry::Slice(Look::Poll),
            class: "running",
            phrase: "look.poll",
        },
        Status::Ready(_) => Badge {
            icon: Icon::Ready,
            entry: Entry::Slice(Look::Ready),
            class: "ready",
            phrase: "look.ready",
        },
        Status::Waiting { .. } => {
            let look = task
                .main_wait()
                .map_or(Look::Other, |wait| Look::of_wait(wait.reason, wait.purpose));
            Badge {
                icon: look_icon(look).unwrap_or(Icon::Other),
                entry: Entry::Slice(look),
                class: look.name(),
                phrase: wait_phrase(look),
            }
        }
        Status::Ended(end) => {
            let (sign, class, phrase) = match end.fate {
                Fate::Completed => (Sign::Returned, "returned", "timeline.legend.returned"),
                Fate::Failed { .. } => (Sign::Failed, "failed", "timeline.legend.failed"),
                Fate::Cancelled => (Sign::Cancelled, "cancelled", "timeline.legend.cancelled"),
                Fate::Dropped => (Sign::Alive, "alive", "timeline.legend.alive"),
            };
            Badge {
                icon: sign.icon(),
                entry: Entry::Mark(sign),
                class,
                phrase,
            }
        }
    })
}

fn wait_phrase(look: Look) -> &'static str {
    match look {
        Look::Sleep => "look.sleep",
        Look::Interval => "look.interval",
        Look::Join => "look.join",
        Look::Event => "look.event",
        Look::Receive => "look.receive",
        Look::Send => "look.send",
        Look::Semaphore => "look.semaphore",
        Look::Lock => "look.lock",
        Look::Network => "look.network",
        Look::Outside => "look.outside",
        _ => "look.other",
    }
}

#[cfg(test)]
mod tests {
    use wakeline_phrases::Language;
    use wakeline_timeline::Model;
    use wakeline_timeline::log::{Event, Kind, Log, Reason};

    use super::*;

    #[test]
    fn the_badge_follows_what_the_task_does() {
        let mut log = Log::new();
        for (kind, flags) in [
            (Kind::TaskCreated, 0),
            (Kind::TaskReady, 0),
            (Kind::PollBegun, 0),
            (Kind::WaitBegun, Reason::Lock.code()),
            (Kind::PollEnded, 0),
            (Kind::TaskDropped, 0),
        ] {
            log.columns.push(Event {
                time: 0,
                kind,
                flags,
                location: 0,
                subject: 1,
                object: 0,
                value: 0,
            });
        }
        let model = Model::from_log(log);
        let classes: Vec<_> = (0..=model.len())
            .map(|step| badge(&model.state_at(step), 1).map(|badge| badge.class))
            .collect();
        let expected = [
            None,
            Some("other"),
            Some("ready"),
            Some("running"),
            Some("running"),
        ];
        assert_eq!(classes[..5], expected);
        assert_eq!(classes[5..], [Some("lock"), Some("alive")]);
    }

    #[test]
    fn every_kind_of_wait_is_in_the_phrase_table() {
        for look in Look::ALL.into_iter().filter(|look| look.is_wait()) {
            let phrase = wait_phrase(look);
            assert_eq!(phrase, format!("look.{}", look.name()));
            assert!(Language::English.find(phrase).is_some());
        }
    }
}
