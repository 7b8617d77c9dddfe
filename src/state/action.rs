//! Everything that can happen to the page.

use std::ops::Range;

use js_sys::Object;
use wakeline_phrases::Language;
use wakeline_protocol::{Clock, Policy, SourceFile};

use super::companion::Found;
use super::file::Refusal;
use super::lesson::Lesson;
use super::look::{Panel, Theme};
use super::newest::Limit;
use super::notice::Notice;
use super::sheet::Sheet;
use crate::axis_range::AxisRange;
use crate::bookmarks::Bookmarks;
use crate::engine::Event;
use crate::model::ModelHandle;
use crate::selection::{Axis, Selection};
use crate::study::Question;
use crate::view::{Command, Shown};

/// What a person asks of engine and study.
#[derive(Clone, Copy, Debug)]
pub enum Request {
    /// A run of what the form says.
    Run,
    /// The end of the run under way.
    Stop,
    /// The engine anew.
    Retry,
    /// A file of the run on screen, in this format.
    Export(&'static str),
}

/// Something that happened: an input of a person, or news of the engine.
#[derive(Clone, Debug)]
pub enum Action {
    /// The engine said something.
    Engine(Event),
    /// The run in preparation has taken so long that what there is of it should be seen.
    Late(u32),
    /// The oldest events of the run with this number have been let go.
    LetGo(u32),
    /// A person asked for the end of the run with this number.
    Stopping(u32),

    /// Something is to be done that is no change of the state.
    Do(Request),
    /// A drawing of these lanes is to be made.
    Draw(Vec<Shown>),

    /// Another demo.
    Choose(String),
    /// Another demo, chosen in a dialog, which closes.
    Visit(String),
    /// How large a log may grow.
    SetLimit(Limit),
    /// Text in the field of this parameter.
    SetParam(String, String),
    /// The default of this parameter.
    ResetParam(String),
    /// The defaults of all parameters.
    ResetParams,
    /// The preset of this name.
    Preset(String),
    /// Text in the field of the seed.
    SetSeed(String),
    /// Another scheduling policy.
    SetPolicy(Policy),
    /// Another clock.
    SetClock(Clock),
    /// Text in the field of the server's address.
    SetServer(String),
    /// This was found at this address of a server.
    Found(String, Found),

    /// The playhead goes to this step.
    Playhead(usize),
    /// Something is selected, or nothing.
    Select(Option<Selection>),
    /// Another part of the axis is in view, or all of it.
    Range(Option<AxisRange>),
    /// Other bookmarks.
    Bookmarks(Bookmarks),
    /// Another panel.
    Panel(Panel),
    /// The critical path is drawn, or no more.
    Path(bool),
    /// The evidence of a finding: these events, about this.
    Evidence {
        /// The events.
        steps: Range<usize>,
        /// The task or resource.
        subject: Option<Selection>,
    },
    /// What happened at this line of this file is pointed at, or nothing.
    Point(Option<(String, u32)>),
    /// A slice is pointed at that is at this line: an index into the log's locations, 0 for none.
    Line(u16),
    /// The timeline is to do this.
    Timeline(Command),
    /// The run on screen is kept to be compared with others, or no run is any more.
    Keep(bool),
    /// The study answered a question about the runs with these numbers.
    Answer {
        /// The run on screen, and the kept one or 0.
        of: (u32, u32),
        /// The question.
        question: Question,
        /// What the study said.
        answer: Object,
    },

    /// All demos at a glance, or the chosen one again.
    Overview(bool),
    /// A dialog is to be open, or none.
    Sheet(Option<Sheet>),
    /// Another axis.
    Axis(Axis),
    /// Another language.
    Language(Language),
    /// Another theme.
    Theme(Theme),

    /// The source of a demo has come; without files, it could not be loaded.
    Source {
        /// The demo's slug.
        demo: String,
        /// Its files.
        files: Vec<SourceFile>,
    },

    /// A log came from a file, or from an address on the page's server.
    Open {
        /// What it is called.
        name: String,
        /// Where it came from, if not from a file.
        address: Option<String>,
        /// What is in it, or why that cannot be shown.
        read: Result<ModelHandle, Refusal>,
        /// The one that was opened with it, to be compared with, and how many more there were.
        beside: Option<(String, ModelHandle, usize)>,
    },
    /// A log is on its way from a file.
    Opening {
        /// What the file is called.
        name: String,
        /// How much of it was read, in hundredths.
        share: u32,
    },
    /// A log could not be had.
    NoLog(Notice),
    /// Back from a file to the run.
    CloseFile,

    /// The lesson of a demo has come.
    Lesson {
        /// The demo's slug.
        demo: String,
        /// The language that it is in.
        language: Language,
        /// The lesson, if the demo has one.
        lesson: Option<Lesson>,
    },
    /// The step of the lesson with this number, from 0, or the evidence of its answer.
    Try(u32, bool),
    /// The answer of the step with this number, from 1.
    Reveal(u32),

    /// Something to tell.
    Tell(Notice),
    /// A notice was read.
    Dismiss(u32),
}
