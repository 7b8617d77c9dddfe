//! The keys of the timeline: one table from which both the handlers and the help come.
//!
//! Letters that are chosen for their place on the keyboard (W A S D) go by the physical key, signs
//! by the character they produce, so that both are where the reader's keyboard has them. Nothing
//! here fires while somebody types: [`KeyPress::typing`] silences every binding.

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    PlayPause,
    StepForward,
    StepBack,
    PollForward,
    PollBack,
    EventForward,
    EventBack,
    Start,
    End,
    Faster,
    Slower,
    ZoomIn,
    ZoomOut,
    PanLeft,
    PanRight,
    LaneUp,
    LaneDown,
    FitSelection,
    FitAll,
    NextSlice,
    PreviousSlice,
    FollowWoken,
    FollowWaker,
    SwitchAxis,
    SkipIdle,
    AllWakes,
    Follow,
    Find,
    FindNext,
    FindPrevious,
    Pin,
    Hide,
    ShowHidden,
    Group,
    Fold,
    FoldAll,
    Bookmark,
    NextBookmark,
    PreviousBookmark,
    SavePicture,
    /// Says which lanes there are, for a drawing of them.
    SaveDrawing,
    Back,
    Help,
}

/// A key that was pressed, as the browser describes it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KeyPress<'a> {
    /// The character or name that the key produces.
    pub(crate) key: &'a str,
    /// The physical key.
    pub(crate) code: &'a str,
    pub(crate) shift: bool,
    pub(crate) alt: bool,
    /// Ctrl, or Cmd on a Mac: most of those belong to the browser.
    pub(crate) control: bool,
    /// The canvas has the focus.
    pub(crate) on_canvas: bool,
    /// A button or a link has the focus, which Space and Enter press.
    pub(crate) on_button: bool,
    /// An element that takes text or arrow keys has the focus.
    pub(crate) typing: bool,
}

/// How a binding recognises its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    /// By what it produces; with letters, either case.
    Produces(&'static str),
    /// By where it is.
    Stands(&'static str),
}

/// Which modifiers a binding wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum With {
    Nothing,
    Shift,
    Alt,
    /// Ctrl, or Cmd on a Mac.
    Control,
    /// The character already says whether Shift was needed.
    Any,
}

/// A row of the table: keys that do the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding {
    command: Command,
    keys: &'static [Key],
    with: With,
    /// Only while the canvas has the focus.
    only_on_canvas: bool,
    /// How the help writes the keys, each in its own box; modifiers are joined by `+`.
    pub(crate) shown: &'static [&'static str],
    /// The key of the phrase that says what it does.
    pub(crate) phrase: &'static str,
}

/// A group of rows under a heading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    /// The key of the heading's phrase.
    pub(crate) phrase: &'static str,
    /// The rows.
    pub(crate) bindings: &'static [Binding],
}

use Key::{Produces, Stands};

const fn row(
    command: Command,
    keys: &'static [Key],
    with: With,
    shown: &'static [&'static str],
    phrase: &'static str,
) -> Binding {
    Binding {
        command,
        keys,
        with,
        only_on_canvas: false,
        shown,
        phrase,
    }
}

const fn on_canvas(binding: Binding) -> Binding {
    Binding {
        only_on_canvas: true,
        ..binding
    }
}

/// The table, in the order of the help.
#[rustfmt::skip]
pub(crate) const KEYS: &[Group] = &[
    Group { phrase: "timeline.keys.playhead", bindings: &[
        row(Command::PlayPause, &[Produces(" ")], With::Nothing, &["Space"], "timeline.key.play"),
        row(Command::StepForward, &[Produces("ArrowRight")], With::Nothing, &["→"], "timeline.key.step-forward"),
        row(Command::StepBack, &[Produces("ArrowLeft")], With::Nothing, &["←"], "timeline.key.step-back"),
        row(Command::PollForward, &[Produces("ArrowRight")], With::Shift, &["Shift+→"], "timeline.key.poll-forward"),
        row(Command::PollBack, &[Produces("ArrowLeft")], With::Shift, &["Shift+←"], "timeline.key.poll-back"),
        row(Command::EventForward, &[Produces("ArrowRight")], With::Alt, &["Alt+→"], "timeline.key.event-forward"),
        row(Command::EventBack, &[Produces("ArrowLeft")], With::Alt, &["Alt+←"], "timeline.key.event-back"),
        row(Command::Start, &[Produces("Home")], With::Nothing, &["Home"], "timeline.key.start"),
        row(Command::End, &[Produces("End")], With::Nothing, &["End"], "timeline.key.end"),
        row(Command::Slower, &[Produces("<")], With::Any, &["<"], "timeline.key.slower"),
        row(Command::Faster, &[Produces(">")], With::Any, &[">"], "timeline.key.faster"),
    ] },
    Group { phrase: "timeline.keys.find", bindings: &[
        row(Command::Find, &[Produces("/")], With::Any, &["/"], "timeline.key.find"),
        row(Command::Find, &[Produces("f")], With::Control, &["Ctrl+F"], "timeline.key.find-too"),
    ] },
    Group { phrase: "timeline.keys.lanes", bindings: &[
        row(Command::Pin, &[Produces("p")], With::Nothing, &["P"], "timeline.key.pin"),
        row(Command::Hide, &[Produces("h")], With::Nothing, &["H"], "timeline.key.hide"),
        row(Command::ShowHidden, &[Produces("h")], With::Shift, &["Shift+H"], "timeline.key.show-hidden"),
        row(Command::Group, &[Produces("g")], With::Nothing, &["G"], "timeline.key.group"),
        row(Command::Fold, &[Produces("c")], With::Nothing, &["C"], "timeline.key.fold"),
        row(Command::FoldAll, &[Produces("c")], With::Shift, &["Shift+C"], "timeline.key.fold-all"),
    ] },
    Group { phrase: "timeline.keys.marks", bindings: &[
        row(Command::Bookmark, &[Produces("m")], With::Nothing, &["M"], "timeline.key.bookmark"),
        row(Command::NextBookmark, &[Produces("n")], With::Nothing, &["N"], "timeline.key.next-bookmark"),
        row(Command::PreviousBookmark, &[Produces("n")], With::Shift, &["Shift+N"], "timeline.key.previous-bookmark"),
    ] },
    Group { phrase: "timeline.keys.view", bindings: &[
        row(Command::ZoomIn, &[Stands("KeyW"), Produces("+"), Produces("=")], With::Any, &["W", "+"], "timeline.key.zoom-in"),
        row(Command::ZoomOut, &[Stands("KeyS"), Produces("-"), Produces("−"), Produces("_")], With::Any, &["S", "−"], "timeline.key.zoom-out"),
        row(Command::PanLeft, &[Stands("KeyA")], With::Nothing, &["A"], "timeline.key.pan-left"),
        row(Command::PanRight, &[Stands("KeyD")], With::Nothing, &["D"], "timeline.key.pan-right"),
        on_canvas(row(Command::PanLeft, &[Produces("ArrowLeft")], With::Shift, &["Shift+←"], "timeline.key.pan-left-canvas")),
        on_canvas(row(Command::PanRight, &[Produces("ArrowRight")], With::Shift, &["Shift+→"], "timeline.key.pan-right-canvas")),
        row(Command::FitSelection, &[Produces("f")], With::Nothing, &["F"], "timeline.key.fit-selection"),
        row(Command::FitAll, &[Produces("0")], With::Nothing, &["0"], "timeline.key.fit-all"),
        row(Command::SwitchAxis, &[Produces("x")], With::Nothing, &["X"], "timeline.key.axis"),
        row(Command::SkipIdle, &[Produces("i")], With::Nothing, &["I"], "timeline.key.skip-idle"),
    ] },
    Group { phrase: "timeline.keys.follow", bindings: &[
        on_canvas(row(Command::LaneUp, &[Produces("ArrowUp")], With::Nothing, &["↑"], "timeline.key.lane-up")),
        on_canvas(row(Command::LaneDown, &[Produces("ArrowDown")], With::Nothing, &["↓"], "timeline.key.lane-down")),
        row(Command::NextSlice, &[Produces(".")], With::Nothing, &["."], "timeline.key.next-slice"),
        row(Command::PreviousSlice, &[Produces(",")], With::Nothing, &[","], "timeline.key.previous-slice"),
        row(Command::FollowWoken, &[Produces("]")], With::Any, &["]"], "timeline.key.woken"),
        row(Command::FollowWaker, &[Produces("[")], With::Any, &["["], "timeline.key.waker"),
        row(Command::AllWakes, &[Produces("v")], With::Nothing, &["V"], "timeline.key.all-wakes"),
        row(Command::Follow, &[Produces("l")], With::Nothing, &["L"], "timeline.key.follow"),
        row(Command::SavePicture, &[Produces("e")], With::Nothing, &["E"], "timeline.key.save-picture"),
        row(Command::Back, &[Produces("Escape")], With::Any, &["Esc"], "timeline.key.back"),
        row(Command::Help, &[Produces("?")], With::Any, &["?"], "timeline.key.help"),
    ] },
];

/// What this key press means, if it means anything to the timeline.
pub(crate) fn command(press: &KeyPress<'_>) -> Option<Command> {
    if press.typing {
        return None;
    }
    let bindings = || KEYS.iter().flat_map(|group| group.bindings);
    let fits = |binding: &&Binding| binding.fits(press);
    // A binding of the canvas takes precedence over the general one of the same key.
    bindings()
        .filter(|binding| binding.only_on_canvas && press.on_canvas)
        .find(fits)
        .or_else(|| {
            bindings()
                .filter(|binding| !binding.only_on_canvas)
                .find(fits)
        })
        .map(|binding| binding.command)
        .filter(|&command| !(press.on_button && command == Command::PlayPause))
}

/// What the keys do, each thing once, with the key of the phrase that says it.
pub(crate) fn commands() -> Vec<(Command, &'static str)> {
    let mut all: Vec<(Command, &'static str)> = Vec::new();
    for binding in KEYS.iter().flat_map(|group| group.bindings) {
        if all.iter().all(|one| one.0 != binding.command) {
            all.push((binding.command, binding.phrase));
        }
    }
    all
}

impl Binding {
    fn fits(&self, press: &KeyPress<'_>) -> bool {
        if press.control != (self.with == With::Control) {
            return false;
        }
        let modifiers = match self.with {
            With::Nothing | With::Control => !press.shift && !press.alt,
            With::Shift => press.shift && !press.alt,
            With::Alt => press.alt && !press.shift,
            // Alt with a letter is a menu of the browser; with signs it can be the only way to
            // produce them.
            With::Any => true,
        };
        modifiers
            && self.keys.iter().any(|key| match key {
                Produces(name) => press.key.eq_ignore_ascii_case(name),
                Stands(code) => press.code == *code && !press.alt && !press.shift,
            })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn press<'a>(key: &'a str, code: &'a str) -> KeyPress<'a> {
        KeyPress {
            key,
            code,
            ..KeyPress::default()
        }
    }

    #[test]
    fn everything_that_keys_do_is_listed_once() {
        let all = commands();
        let known: HashSet<Command> = all.iter().map(|one| one.0).collect();
        assert_eq!(known.len(), all.len());
        for binding in KEYS.iter().flat_map(|group| group.bindings) {
            assert!(known.contains(&binding.command));
        }
    }

    #[test]
    fn arrows_step_by_what_the_modifier_says() {
        let right = press("ArrowRight", "ArrowRight");
        assert_eq!(command(&right), Some(Command::StepForward));
        let shift = KeyPress {
            shift: true,
            ..right
        };
        assert_eq!(command(&shift), Some(Command::PollForward));
        let alt = KeyPress { alt: true, ..right };
        assert_eq!(command(&alt), Some(Command::EventForward));
        let pan = KeyPress {
            on_canvas: true,
            ..shift
        };
        assert_eq!(command(&pan), Some(Command::PanRight));
        let control = KeyPress {
            control: true,
            ..right
        };
        assert_eq!(command(&control), None);
    }

    #[test]
    fn letters_go_by_their_place_and_signs_by_their_character() {
        // The key at the place of W on a French keyboard.
        assert_eq!(command(&press("z", "KeyW")), Some(Command::ZoomIn));
        assert_eq!(command(&press("ц", "KeyW")), Some(Command::ZoomIn));
        // `]` on a German keyboard.
        let bracket = KeyPress {
            alt: true,
            ..press("]", "Digit9")
        };
        assert_eq!(command(&bracket), Some(Command::FollowWoken));
        let less = KeyPress {
            shift: true,
            ..press("<", "Comma")
        };
        assert_eq!(command(&less), Some(Command::Slower));
        assert_eq!(command(&press(",", "Comma")), Some(Command::PreviousSlice));
        assert_eq!(command(&press("F", "KeyF")), Some(Command::FitSelection));
    }

    #[test]
    fn nothing_fires_while_somebody_types() {
        for group in KEYS {
            for binding in group.bindings {
                for key in binding.keys {
                    let (key, code) = match *key {
                        Produces(key) => (key, ""),
                        Stands(code) => ("", code),
                    };
                    let typing = KeyPress {
                        typing: true,
                        ..press(key, code)
                    };
                    assert_eq!(command(&typing), None, "{key}{code}");
                }
            }
        }
    }

    #[test]
    fn space_on_a_button_presses_the_button() {
        let space = press(" ", "Space");
        assert_eq!(command(&space), Some(Command::PlayPause));
        assert_eq!(
            command(&KeyPress {
                on_button: true,
                ..space
            }),
            None
        );
        let home = KeyPress {
            on_button: true,
            ..press("Home", "Home")
        };
        assert_eq!(command(&home), Some(Command::Start));
    }

    #[test]
    fn every_row_can_be_reached_and_says_what_it_does() {
        let mut phrases = HashSet::new();
        for group in KEYS {
            assert!(
                wakeline_phrases::Language::English
                    .find(group.phrase)
                    .is_some()
            );
            for binding in group.bindings {
                assert!(
                    phrases.insert(binding.phrase),
                    "{} stands twice",
                    binding.phrase
                );
                let known = wakeline_phrases::Language::English.find(binding.phrase);
                assert!(known.is_some(), "{}", binding.phrase);
                for key in binding.keys {
                    let (key, code) = match *key {
                        Produces(key) => (key, ""),
                        Stands(code) => ("", code),
                    };
                    let press = KeyPress {
                        shift: binding.with == With::Shift,
                        alt: binding.with == With::Alt,
                        control: binding.with == With::Control,
                        on_canvas: binding.only_on_canvas,
                        ..press(key, code)
                    };
                    assert_eq!(command(&press), Some(binding.command), "{}", binding.phrase);
                }
            }
        }
    }
}
