//! The place of the timeline, and what stands there while there is none.

use std::rc::Rc;

use yew::prelude::*;

use super::context::Context;
use super::files::file_name;
use crate::element::{component, element};
use crate::model::ModelHandle;
use crate::selection::{Axis, Selection};
use crate::state::{Action, Look, Run};
use crate::view::{Marked, PathSegment, Timeline, TimelineProps, Wanted};

/// What is shown.
#[derive(Debug)]
pub struct Picture<'a> {
    /// The run on screen.
    pub run: Option<&'a Run>,
    /// Whether a run is under way.
    pub busy: bool,
    /// Whether something will be here without a person doing anything.
    pub waiting: bool,
    /// Where the reader is.
    pub look: Look,
    /// The playhead, as a number of events.
    pub step: usize,
    /// The critical path, empty for none.
    pub path: Rc<[PathSegment]>,
    /// A run to compare with.
    pub ghost: Option<ModelHandle>,
    /// Events to point at.
    pub marked: Rc<[Marked]>,
    /// What the timeline was asked to do last.
    pub wanted: Wanted,
    /// Another number for other colours: the canvas takes them from the page.
    pub theme: u32,
}

/// The place of the timeline.
pub fn picture(page: &Context, picture: &Picture<'_>) -> Html {
    let on_playhead = page.on(Action::Playhead);
    let on_select = page.on(|selection: Option<Selection>| Action::Select(selection));
    let on_bookmarks = page.on(Action::Bookmarks);
    let on_range = page.on(Action::Range);
    let on_axis = page.on(|axis: Axis| Action::Axis(axis));
    let on_line = page.on(Action::Line);
    let on_lanes = page.on(Action::Draw);
    element("section")
        .class("picture")
        .attr("aria-label", page.say("page.picture"))
        .attr("aria-busy", picture.busy.to_string())
        .child(
            if picture.busy || (picture.run.is_none() && picture.waiting) {
                element("div")
                    .class("progress")
                    .attr("aria-hidden", "true")
                    .html()
            } else {
                Html::default()
            },
        )
        .child(if let Some(run) = picture.run {
            component::<Timeline>(TimelineProps {
                model: run.model.clone(),
                playhead: picture.step,
                selection: picture.look.selection,
                bookmarks: picture.look.bookmarks,
                range: picture.look.range,
                axis: picture.look.axis,
                language: page.language,
                live: run.is_under_way(),
                theme: picture.theme,
                path: picture.path.clone(),
                ghost: picture.ghost.clone(),
                marked: picture.marked.clone(),
                wanted: picture.wanted,
                name: file_name(run, "png").into(),
                on_line,
                on_playhead,
                on_select,
                on_bookmarks,
                on_range,
                on_axis,
                on_lanes,
            })
        } else {
            element("div")
                .class("picture-note")
                .child(element("p").child(page.say(if picture.waiting {
                    "page.picture.loading"
                } else {
                    "page.picture.empty"
                })))
                .html()
        })
        .html()
}
