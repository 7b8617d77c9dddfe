//! Where in a run the reader is, and how the page looks.

use wakeline_phrases::Language;

use crate::axis_range::AxisRange;
use crate::bookmarks::Bookmarks;
use crate::selection::{Axis, Selection};

/// The moment of the run that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Playhead {
    /// The end, wherever that comes to be: a run that grows takes the playhead along.
    #[default]
    End,
    /// After this many events.
    At(usize),
}

impl Playhead {
    /// The playhead of a person who went to this step of a run with so many events. Whoever goes
    /// to the end stays there.
    #[must_use]
    pub fn at(step: usize, events: usize) -> Self {
        if step >= events {
            Self::End
        } else {
            Self::At(step)
        }
    }

    /// The number of events before it, in a run of so many.
    #[must_use]
    pub fn step(self, events: usize) -> usize {
        match self {
            Self::End => events,
            Self::At(step) => step.min(events),
        }
    }
}

/// A panel at the playhead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Panel {
    /// What to try with the demo, and what to find out.
    Lesson,
    /// The executor: who runs, who is ready, timers, who waits.
    Executor,
    /// Channels, locks and the others: contents, holders, waiters.
    Resources,
    /// What the program printed.
    #[default]
    Console,
    /// The program's source.
    Source,
    /// What looks like a mistake, and what decided the end.
    Diagnosis,
    /// The run in figures over its time.
    Metrics,
    /// The run beside another one.
    Compare,
    /// Every event in words.
    Events,
    /// How the run ended, in figures.
    Summary,
}

impl Panel {
    /// Every panel, in the order of the tabs.
    pub const ALL: [Self; 10] = [
        Self::Lesson,
        Self::Executor,
        Self::Resources,
        Self::Console,
        Self::Source,
        Self::Diagnosis,
        Self::Metrics,
        Self::Compare,
        Self::Events,
        Self::Summary,
    ];

    /// Whether it has a place of its own where there is room, and a tab only where there is not.
    #[must_use]
    pub fn is_of_the_moment(self) -> bool {
        matches!(self, Self::Executor | Self::Resources)
    }

    /// The name in a link and in the phrase table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lesson => "lesson",
            Self::Executor => "executor",
            Self::Resources => "resources",
            Self::Console => "console",
            Self::Source => "source",
            Self::Diagnosis => "diagnosis",
            Self::Metrics => "metrics",
            Self::Compare => "compare",
            Self::Events => "events",
            Self::Summary => "summary",
        }
    }

    /// The panel with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|panel| panel.name() == name)
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The name in the browser's storage, the style sheet and the phrase table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
}

/// Where the reader is and how the page looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The moment shown.
    pub playhead: Playhead,
    /// The selected task or resource.
    pub selection: Option<Selection>,
    /// The part of the axis in view; `None` for all of it.
    pub range: Option<AxisRange>,
    /// The steps to find again.
    pub bookmarks: Bookmarks,
    /// The open panel.
    pub panel: Panel,
    /// Whether the critical path is drawn.
    pub path: bool,
    /// Whether all demos are shown at a glance.
    pub overview: bool,
    /// The timeline's axis.
    pub axis: Axis,
    /// The language of every text.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_moves_with_the_run_and_a_step_stays() {
        assert_eq!(Playhead::End.step(10), 10);
        assert_eq!(Playhead::End.step(20), 20);
        assert_eq!(Playhead::At(4).step(20), 4);
        assert_eq!(Playhead::At(40).step(20), 20);
    }

    #[test]
    fn going_to_the_last_event_means_staying_at_the_end() {
        assert_eq!(Playhead::at(10, 10), Playhead::End);
        assert_eq!(Playhead::at(9, 10), Playhead::At(9));
    }
}
