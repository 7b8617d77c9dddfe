//! What elements are told while the view moves: where it is, what the ruler counts from, where the
//! labels stand. All of that changes with every frame of a gesture, and drawing the whole component
//! anew would take longer than drawing the picture. So it is set by program, and only what is
//! another.

use web_sys::{Element, HtmlElement};

use wakeline_protocol::decimal;

use super::geometry::{HEAD, labels_width};
use super::labels::put;
use super::lanes::Row;
use super::timeline::Timeline;
use super::viewport::Viewport;
use crate::browser::pixels;

/// What the elements were told last.
#[derive(Debug, Default)]
pub(super) struct Told {
    view: Option<(Viewport, f64)>,
    base: String,
    /// The height of what scrolls.
    spacer: Option<f64>,
    labels: Places,
}

/// The width of the column of labels; of each label its lane, its top and its height.
type Places = (f64, Vec<(Row, f64, f64)>);

impl Told {
    /// The labels are to be told again.
    pub(super) fn forget_labels(&mut self) {
        self.labels = Places::default();
    }
}

impl Timeline {
    /// Says in the attributes of the component what is in view, for whoever tests or extends the
    /// page.
    pub(super) fn tell_view(&mut self) {
        let now = (self.camera.goal(), self.scroll);
        let Some(root) = self.nodes.root.cast::<Element>() else {
            return;
        };
        if self.told.view.replace(now) == Some(now) {
            return;
        }
        let (goal, scroll) = now;
        for (name, number, places) in [
            ("data-t0", goal.start, 3),
            ("data-t1", goal.end, 3),
            ("data-scroll", scroll, 0),
        ] {
            // These names are valid everywhere.
            let _ = root.set_attribute(name, &decimal::fixed(number, places));
        }
    }

    /// Writes beside the ruler what its labels count from; nothing for the beginning.
    pub(super) fn tell_base(&mut self, base: Option<String>) {
        let base = base.unwrap_or_default();
        if base != self.told.base
            && let Some(element) = self.nodes.base.cast::<Element>()
        {
            element.set_text_content(Some(&base));
            self.told.base = base;
        }
    }

    /// What the ruler's labels count from, as it stands beside the ruler.
    pub(super) fn ruler_base(&self) -> &str {
        &self.told.base
    }

    /// Gives the scrolled element the height of all lanes.
    pub(super) fn size_spacer(&mut self) {
        let hidden = (HEAD + self.rows.total() - self.size.1).max(0.0);
        if self.told.spacer != Some(hidden)
            && let Some(spacer) = self.nodes.spacer.cast::<HtmlElement>()
        {
            // It fails only in a document that is gone.
            let _ = spacer.style().set_property("height", &pixels(hidden));
            self.told.spacer = Some(hidden);
        }
    }

    /// Gives the labels that are there their places.
    pub(super) fn place_labels(&mut self) {
        let lanes = self.lanes_in_view();
        let rows = lanes.iter().filter_map(|&lane| self.lanes.row(lane));
        let places = rows.zip(self.places_in_view());
        let places = places.map(|(row, (top, height))| (row, top, height));
        let now: Places = (labels_width(self.breadth), places.collect());
        if self.told.labels != now {
            put(&self.nodes.labels, &now.1, now.0);
            self.told.labels = now;
        }
    }

    /// Whether there is a label for each lane in view and no other.
    pub(super) fn labels_fit(&self) -> bool {
        let labels = self.told.labels.1.iter().map(|label| label.0);
        let lanes = self.lanes_in_view();
        labels.eq(lanes.iter().filter_map(|&lane| self.lanes.row(lane)))
    }
}
