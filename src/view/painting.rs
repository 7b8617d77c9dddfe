//! Putting the picture on its canvases.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement};
use yew::prelude::*;

use super::draw::overlay::overlay;
use super::draw::overview::{lanes, overview};
use super::draw::picture::picture;
use super::draw::ruler;
use super::draw::scene::Scene;
use super::draw::sheet::{Sheet, sheet};
use super::draw::strip::{Film, Pixels};
use super::palette::Palette;
use super::pen::Pen;
use super::reading;
use super::timeline::{Nodes, Stale, Timeline};
use crate::browser::{root, window};
use crate::model::ModelHandle;
use crate::selection::Axis;
use wakeline_timeline::Model;

/// The canvases, and what drawing on them needs.
#[derive(Debug)]
pub(crate) struct Painter {
    picture: Pen,
    overlay: Pen,
    overview: Pen,
    /// The lanes of the overview, kept while only the view and the playhead move.
    overview_lanes: Pen,
    film: Film,
    overview_film: Film,
    pixels: Pixels,
    palette: Palette,
}

impl Painter {
    /// A painter for these elements; `None` if the browser cannot draw.
    pub(super) fn on(nodes: &Nodes) -> Option<Self> {
        let canvas = |node: &NodeRef| node.cast::<HtmlCanvasElement>();
        let picture = canvas(&nodes.picture)?;
        let overview = Pen::new(canvas(&nodes.overview)?)?;
        let mut painter = Self {
            film: Film::beside(&picture)?,
            overview_film: Film::beside(&picture)?,
            picture: Pen::new(picture)?,
            overlay: Pen::new(canvas(&nodes.overlay)?)?,
            overview_lanes: overview.detached()?,
            overview,
            pixels: Pixels::default(),
            palette: Palette::read(|_| None),
        };
        painter.read_palette();
        Some(painter)
    }

    /// Takes colours and fonts from the style sheet.
    pub(super) fn read_palette(&mut self) {
        let Some(style) = root().and_then(|root| window().get_computed_style(&root).ok()?) else {
            return;
        };
        self.palette = Palette::read(|property| style.get_property_value(property).ok());
        let family = self
            .picture
            .context()
            .canvas()
            .and_then(|canvas| canvas.dyn_into::<Element>().ok())
            .and_then(|canvas| window().get_computed_style(&canvas).ok()?)
            .and_then(|style| style.get_property_value("font-family").ok())
            .filter(|family| !family.is_empty());
        if let Some(family) = family {
            self.picture.set_family(&family);
            self.overlay.set_family(&family);
        }
    }

    /// A canvas that is not in the page with the picture on it, and what `with` adds.
    pub(super) fn on_a_sheet<'a>(
        &'a self,
        with: impl FnOnce([&'a Pen; 2]) -> Sheet<'a>,
    ) -> Option<Pen> {
        let pen = self.picture.detached()?;
        sheet(&pen, &with([&self.picture, &self.overlay]), &self.palette);
        Some(pen)
    }
}

impl Timeline {
    /// Draws what is stale.
    pub(super) fn paint(&mut self, ctx: &Context<Self>) {
        if self.size.0 < 1.0 || self.stale == Stale::default() {
            return;
        }
        let head = self.playhead_position(ctx);
        let step = self.step(ctx);
        let Some(painter) = &mut self.painter else {
            return;
        };
        let stale = std::mem::take(&mut self.stale);
        if stale.palette {
            painter.read_palette();
        }
        let props = ctx.props();
        let model = props.model.read();
        let ghost = props.ghost.as_ref().map(ModelHandle::read);
        let scene = Scene {
            model: &model,
            ghost: ghost.as_deref(),
            counterparts: &self.counterparts,
            path: &props.path,
            marked: &props.marked,
            bookmarks: props.bookmarks.steps(),
            lanes: &self.lanes,
            rows: &self.rows,
            seen: &self.seen,
            axis: props.axis,
            language: props.language,
            view: self.camera.shown(),
            size: self.size,
            ratio: self.ratio,
            scroll: self.scroll,
            selection: props.selection,
            all_wakes: self.all_wakes,
            hidden: self.hidden,
            shown: self.hidden.remaining_looks(),
            step,
            head,
            head_time: match (&self.playing, props.axis) {
                (Some(_), Axis::Time) => head,
                (Some(_), Axis::Active) => model.breaks().first_at(head as u64) as f64,
                _ => reading::time(&model, step),
            },
            has_future: step < model.len(),
            hover: self.hover.filter(|_| !self.gestures.active()),
            range: self.range,
        };
        let palette = &painter.palette;
        if stale.picture {
            let (pen, film) = (&painter.picture, &painter.film);
            picture(pen, film, &mut painter.pixels, &scene, palette);
        }
        if stale.overlay {
            overlay(&painter.overlay, &scene, palette);
        }
        if stale.overview
            && let Some(height) = height_of(&self.nodes.overview)
        {
            let whole = Scene {
                view: self.camera.bounds().whole(),
                size: (self.breadth, height),
                ..scene
            };
            if stale.lanes {
                let (pen, film) = (&painter.overview_lanes, &painter.overview_film);
                lanes(pen, film, &mut painter.pixels, &whole, palette);
            }
            let view = (!self.camera.is_whole()).then_some(scene.view);
            let (pen, below) = (&painter.overview, &painter.overview_lanes);
            overview(pen, below, &whole, view, palette);
        }
    }

    /// What the ruler's labels count from, as text beside the ruler.
    pub(super) fn ruler_base(&self, model: &Model, axis: Axis) -> String {
        ruler::marks(model, axis, self.camera.shown(), self.size.0)
            .base
            .unwrap_or_default()
    }
}

fn height_of(node: &NodeRef) -> Option<f64> {
    Some(node.cast::<Element>()?.get_bounding_client_rect().height())
}
