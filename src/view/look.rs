//! How each kind of slice and mark looks: colour, sign and name, once for the canvas, the legend
//! and the tooltip.

use wakeline_timeline::log::ResourceKind;
use wakeline_timeline::{Look, Looks};

use super::icons::Icon;
use super::palette::{Color, Palette};

/// Something that stands at one place of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sign {
    /// The end of a task that returned.
    Returned,
    /// The end of a task that panicked or returned an error.
    Failed,
    /// The end of a task that was cancelled, or the request for it.
    Cancelled,
    /// The end of the run, for a task that was still alive.
    Alive,
    /// A wake.
    Wake,
    /// A line that the program printed.
    Line,
    /// A notification.
    Notified,
    /// A notification that reached nobody.
    Lost,
    /// A resource was closed.
    Closed,
    /// A line from a task to one that it spawned, or from its end to whoever awaited it.
    Branch,
    /// The deadline of a timer, and arms that were under way together.
    Deadline,
    /// A message on its way.
    Message,
}

/// A row of the legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Entry {
    /// Slices of this kind.
    Slice(Look),
    /// Marks of this kind.
    Mark(Sign),
}

impl Entry {
    /// Every row, in the order of the legend.
    pub(crate) const ALL: &'static [Self] = &[
        Self::Slice(Look::Poll),
        Self::Slice(Look::LongPoll),
        Self::Slice(Look::Ready),
        Self::Slice(Look::Cancelling),
        Self::Slice(Look::Sleep),
        // From here to the last wait, the legend says once that these are waited for.
        Self::Slice(Look::Interval),
        Self::Slice(Look::Send),
        Self::Slice(Look::Receive),
        Self::Slice(Look::Lock),
        Self::Slice(Look::Semaphore),
        Self::Slice(Look::Event),
        Self::Slice(Look::Join),
        Self::Slice(Look::Network),
        Self::Slice(Look::Outside),
        Self::Slice(Look::Other),
        Self::Mark(Sign::Wake),
        Self::Mark(Sign::Branch),
        Self::Mark(Sign::Deadline),
        Self::Mark(Sign::Message),
        Self::Mark(Sign::Line),
        Self::Mark(Sign::Notified),
        Self::Mark(Sign::Lost),
        Self::Mark(Sign::Closed),
        Self::Mark(Sign::Returned),
        Self::Mark(Sign::Failed),
        Self::Mark(Sign::Cancelled),
        Self::Mark(Sign::Alive),
    ];

    /// The name in the style sheet (`.swatch.NAME`).
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Slice(look) => look.name(),
            Self::Mark(Sign::Returned) => "mark-returned",
            Self::Mark(Sign::Failed) => "mark-failed",
            Self::Mark(Sign::Cancelled) => "mark-cancelled",
            Self::Mark(Sign::Alive) => "mark-alive",
            Self::Mark(Sign::Wake) => "mark-wake",
            Self::Mark(Sign::Line) => "mark-line",
            Self::Mark(Sign::Notified) => "mark-notified",
            Self::Mark(Sign::Lost) => "mark-lost",
            Self::Mark(Sign::Closed) => "mark-closed",
            Self::Mark(Sign::Branch) => "mark-branch",
            Self::Mark(Sign::Deadline) => "mark-deadline",
            Self::Mark(Sign::Message) => "mark-message",
        }
    }

    /// The key of its phrase.
    pub(crate) fn phrase(self) -> &'static str {
        match self {
            Self::Slice(look) => slice_phrase(look),
            Self::Mark(Sign::Returned) => "timeline.legend.returned",
            Self::Mark(Sign::Failed) => "timeline.legend.failed",
            Self::Mark(Sign::Cancelled) => "timeline.legend.cancelled",
            Self::Mark(Sign::Alive) => "timeline.legend.alive",
            Self::Mark(Sign::Wake) => "timeline.legend.wake",
            Self::Mark(Sign::Line) => "timeline.legend.line",
            Self::Mark(Sign::Notified) => "timeline.legend.notified",
            Self::Mark(Sign::Lost) => "timeline.legend.lost",
            Self::Mark(Sign::Closed) => "timeline.legend.closed",
            Self::Mark(Sign::Branch) => "timeline.legend.branch",
            Self::Mark(Sign::Deadline) => "timeline.legend.deadline",
            Self::Mark(Sign::Message) => "timeline.legend.message",
        }
    }

    /// The key of the phrase that says it in full.
    pub(crate) fn long_phrase(self) -> String {
        match self {
            Self::Slice(look) => format!("look.{}", look.name()),
            Self::Mark(_) => self.phrase().to_owned(),
        }
    }

    /// Whether the legend lists it among the things that are waited for.
    pub(crate) fn is_wait(self) -> bool {
        matches!(self, Self::Slice(look) if look.is_wait() && look != Look::Sleep)
    }

    /// The colour on the canvas.
    pub(crate) fn color(self, palette: &Palette) -> Color {
        match self {
            Self::Slice(look) => look_color(look, palette),
            Self::Mark(sign) => sign.color(palette),
        }
    }

    /// The sign in the legend; `None` where the form of the swatch says enough.
    pub(crate) fn icon(self) -> Option<Icon> {
        match self {
            Self::Slice(look) => look_icon(look),
            Self::Mark(sign) => Some(sign.icon()),
        }
    }

    /// Its bit in a set of rows; none for what the legend does not list.
    fn bit(self) -> u32 {
        let index = Self::ALL.iter().position(|&entry| entry == self);
        index.map_or(0, |index| 1 << index)
    }
}

impl Sign {
    /// The sign on the canvas.
    pub(crate) fn icon(self) -> Icon {
        match self {
            Self::Returned => Icon::Returned,
            Self::Failed => Icon::Failed,
            Self::Cancelled => Icon::Cancelled,
            Self::Alive => Icon::Alive,
            Self::Wake => Icon::Wake,
            Self::Line => Icon::Line,
            Self::Notified => Icon::Notify,
            Self::Lost => Icon::Lost,
            Self::Closed => Icon::Closed,
            Self::Branch => Icon::Join,
            Self::Deadline => Icon::Flag,
            Self::Message => Icon::Channel,
        }
    }

    /// The colour on the canvas.
    pub(crate) fn color(self, palette: &Palette) -> Color {
        match self {
            Self::Returned => palette.returned,
            Self::Failed => palette.failed,
            Self::Cancelled => palette.cancelled,
            Self::Alive => palette.alive,
            Self::Wake => palette.wake,
            Self::Line => palette.line,
            Self::Notified => palette.event,
            Self::Lost => palette.cancelled,
            Self::Closed | Self::Message => palette.text_secondary,
            Self::Branch => palette.join,
            Self::Deadline => palette.timer,
        }
    }
}

fn slice_phrase(look: Look) -> &'static str {
    match look {
        Look::LongPoll => "timeline.legend.long-poll",
        Look::Ready => "timeline.legend.ready",
        Look::Cancelling => "timeline.legend.cancelling",
        Look::Sleep => "timeline.legend.sleep",
        Look::Interval => "timeline.legend.interval",
        Look::Send => "timeline.legend.send",
        Look::Receive => "timeline.legend.receive",
        Look::Lock => "timeline.legend.lock",
        Look::Semaphore => "timeline.legend.semaphore",
        Look::Event => "timeline.legend.event",
        Look::Join => "timeline.legend.join",
        Look::Network => "timeline.legend.network",
        Look::Outside => "timeline.legend.outside",
        Look::Other => "timeline.legend.other",
        _ => "timeline.legend.poll",
    }
}

/// The sign of a kind of slice; `None` where its form says enough.
pub(crate) fn look_icon(look: Look) -> Option<Icon> {
    Some(match look {
        Look::Sleep => Icon::Sleep,
        Look::Interval => Icon::Timer,
        Look::Send => Icon::Send,
        Look::Receive => Icon::Receive,
        Look::Lock => Icon::Mutex,
        Look::Semaphore => Icon::Semaphore,
        Look::Event => Icon::Notify,
        Look::Join => Icon::Join,
        Look::Network => Icon::Connection,
        Look::Outside => Icon::Outside,
        Look::Other => Icon::Other,
        _ => return None,
    })
}

/// The colour of a kind of slice on the canvas.
pub(crate) fn look_color(look: Look, palette: &Palette) -> Color {
    match look {
        Look::Sleep => palette.sleep,
        Look::Interval => palette.timer,
        Look::Join => palette.join,
        Look::Event => palette.event,
        Look::Receive => palette.channel_receive,
        Look::Send => palette.channel_send,
        Look::Semaphore => palette.semaphore,
        Look::Lock | Look::Held => palette.lock,
        Look::Network => palette.network,
        Look::Outside => palette.outside,
        Look::Ready => palette.ready,
        Look::Cancelling | Look::Cancelled => palette.cancelled,
        Look::Poll => palette.poll,
        Look::LongPoll => palette.poll_long,
        Look::Failed => palette.failed,
        _ => palette.other,
    }
}

/// The sign of a resource.
pub(crate) fn resource_icon(kind: ResourceKind) -> Icon {
    match kind {
        ResourceKind::Channel
        | ResourceKind::Watch
        | ResourceKind::Pipe
        | ResourceKind::Rendezvous => Icon::Channel,
        ResourceKind::Broadcast => Icon::Broadcast,
        ResourceKind::Oneshot | ResourceKind::OnceCell | ResourceKind::Promise => Icon::Oneshot,
        ResourceKind::Mutex => Icon::Mutex,
        ResourceKind::RwLock => Icon::RwLock,
        ResourceKind::Semaphore => Icon::Semaphore,
        ResourceKind::Notify | ResourceKind::Condvar => Icon::Notify,
        ResourceKind::Event => Icon::Flag,
        ResourceKind::Barrier => Icon::Barrier,
        ResourceKind::CancellationToken => Icon::Cancelled,
        ResourceKind::Connection => Icon::Connection,
        ResourceKind::Queue => Icon::Queue,
        _ => Icon::Other,
    }
}

/// Rows of the legend, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries(u32);

impl Entries {
    pub(crate) fn contains(self, entry: Entry) -> bool {
        self.0 & entry.bit() != 0
    }

    pub(crate) fn insert(&mut self, entry: Entry) {
        self.0 |= entry.bit();
    }

    /// With this row if it was not in the set, without it if it was.
    pub(crate) fn toggled(self, entry: Entry) -> Self {
        Self(self.0 ^ entry.bit())
    }

    /// The rows in the order of the legend.
    pub(crate) fn iter(self) -> impl Iterator<Item = Entry> {
        Entry::ALL
            .iter()
            .copied()
            .filter(move |&entry| self.contains(entry))
    }

    /// The kinds of slices that are left when the rows of this set are hidden.
    pub(crate) fn remaining_looks(self) -> Looks {
        Look::ALL
            .into_iter()
            .filter(|&look| !self.contains(Entry::Slice(row_of(look))))
            .collect()
    }
}

/// The row of the legend that a kind of slice belongs to.
fn row_of(look: Look) -> Look {
    match look {
        Look::Failed | Look::Cancelled => Look::Poll,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use wakeline_phrases::Language;

    use super::*;

    #[test]
    fn every_row_has_a_name_of_its_own_with_a_phrase_and_a_swatch() {
        let sheet = include_str!("../../www/styles/legend.css");
        let (mut names, mut phrases) = (HashSet::new(), HashSet::new());
        for entry in Entry::ALL {
            assert!(names.insert(entry.name()));
            assert!(phrases.insert(entry.phrase()), "{entry:?}");
            assert!(
                Language::English.find(entry.phrase()).is_some(),
                "{entry:?}"
            );
            let swatch = format!(".swatch.{}", entry.name());
            let named = |end| sheet.contains(&format!("{swatch}{end}"));
            assert!(named(" {") || named(","), "{swatch}");
        }
    }

    #[test]
    fn every_kind_of_slice_that_a_task_can_show_is_in_the_legend() {
        for look in Look::ALL {
            let row = Entry::Slice(row_of(look));
            let shown = Entry::ALL.contains(&row);
            // Idle and held are about the executor and the owner of a lock.
            assert_eq!(shown, !matches!(look, Look::Idle | Look::Held), "{look:?}");
        }
    }

    #[test]
    fn hiding_a_row_hides_its_slices_and_no_others() {
        let hidden = Entries::default().toggled(Entry::Slice(Look::Poll));
        for look in Look::ALL {
            let shown = hidden.remaining_looks().contains(look);
            let expected = !matches!(look, Look::Poll | Look::Failed | Look::Cancelled);
            assert_eq!(shown, expected, "{look:?}");
        }
        let none = hidden.toggled(Entry::Slice(Look::Poll));
        assert_eq!(none.remaining_looks(), Looks::ALL);
    }

    #[test]
    fn no_two_kinds_of_wait_share_a_sign() {
        let mut signs = HashSet::new();
        for look in Look::ALL.into_iter().filter(|look| look.is_wait()) {
            assert!(signs.insert(look_icon(look).unwrap()), "{look:?}");
        }
    }
}
