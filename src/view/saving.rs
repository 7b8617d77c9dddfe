//! The picture as a file.

use wasm_bindgen::prelude::*;
use web_sys::Blob;
use yew::prelude::*;

use super::draw::sheet::Sheet;
use super::geometry::labels_width;
use super::lanes::Row;
use super::timeline::{Timeline, TimelineProps};
use crate::browser;
use crate::selection::Selection;

/// A lane, for who draws it elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// Of a task or resource.
    Lane(Selection),
    /// A group with its name, and the tasks that stand in one lane; none if their lanes follow.
    Group(String, Vec<u32>),
}

impl Timeline {
    /// The lanes as they stand one below the other, below the executor's.
    pub(super) fn lane_list(&self, props: &TimelineProps) -> Vec<Shown> {
        let model = props.model.read();
        let group = |place: usize| {
            let label = self.group_label(props, &model, place)?;
            let tasks = match self.lanes.is_folded(place) {
                true => self.lanes.group(place)?.tasks.clone(),
                false => Vec::new(),
            };
            Some(Shown::Group(label.id.to_string(), tasks))
        };
        let shown = |lane: usize| match self.lanes.row(lane)? {
            Row::Group(place) => group(place),
            _ => self.lanes.subject(lane).map(Shown::Lane),
        };
        (0..self.lanes.len()).filter_map(shown).collect()
    }

    /// Saves what is on screen as PNG, at the resolution of the screen: the lanes in view with
    /// their names, the ruler, the playhead, and the legend.
    pub(super) fn save_picture(&mut self, ctx: &Context<Self>) {
        // What is about to be drawn is in the picture.
        self.paint(ctx);
        let props = ctx.props();
        let language = props.language;
        let rows: Vec<(f64, f64)> = self.places_in_view().collect();
        let labels = self.labels(ctx).into_iter().zip(rows);
        let labels: Vec<_> = labels.map(|(label, row)| (label, row.0, row.1)).collect();
        let legend: Vec<_> = (self.seen.entries().iter())
            .filter(|entry| !self.hidden.contains(*entry))
            .map(|entry| (entry, language.say(entry.phrase())))
            .collect();
        let Some(painter) = &self.painter else { return };
        let Some(pen) = painter.on_a_sheet(|picture| Sheet {
            picture,
            size: self.size,
            ratio: self.ratio,
            column: labels_width(self.breadth),
            labels: &labels,
            head: [self.ruler_base(), language.say("timeline.executor")],
            legend: &legend,
        }) else {
            return;
        };
        let name = props.name.clone();
        // Without a picture there is nothing to save.
        pen.to_png(Closure::once_into_js(move |blob: Option<Blob>| {
            if let Some(blob) = blob {
                browser::hand_over(&name, &blob);
            }
        }));
    }
}
