//! Putting the picture on its canvases.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement};
use yew::prelude::*;

use super::draw::overlay::overlay;
use super::draw::overview::{lanes, overview};
use super::draw::picture::picture;
use super::draw::scene::Scene;
use super::draw::sheet::{Sheet, sheet};
use super::draw::strip::Film;
use super::palette::Palette;
use super::pen::Pen;
use super::reading;
use super::timeline::{Nodes, Stale, Timeline};
use crate::browser::{root, window};
use crate::model::ModelHandle;
use crate::selection::Axis;

/// The canvases, and what drawing on them needs.
#[derive(Debug)]
pub(crate) struct Painter {
    /// The canvas in the page.
    front: Pen,
    /// The picture without the overlay, made when only the overlay changes, and whether it is
    /// still that.
    picture: Option<Pen>,
    has_picture: bool,
    overview: Pen,
    /// The lanes of the overview, kept while only the view and the playhead move.
    overview_lanes: Pen,
    film: Film,
    overview_film: Film,
    palette: Palette,
}

impl Painter {
    /// A painter for these elements; `None` if the browser cannot draw.
    pub(super) fn on(nodes: &Nodes) -> Option<Self> {
        let canvas = |node: &NodeRef| node.cast::<HtmlCanvasElement>();
        let front = canvas(&nodes.picture)?;
        let overview = Pen::new(canvas(&nodes.overview)?)?;
        let mut painter = Self {
            film: Film::beside(&front)?,
            overview_film: Film::beside(&front)?,
            front: Pen::new(front)?,
            picture: None,
            has_picture: false,
            overview_lanes: overview.detached()?,
            overview,
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
            .front
            .context()
            .canvas()
            .and_then(|canvas| canvas.dyn_into::<Element>().ok())
            .and_then(|canvas| window().get_computed_style(&canvas).ok()?)
            .and_then(|style| style.get_property_value("font-family").ok())
            .filter(|family| !family.is_empty());
        if let Some(family) = family {
            self.front.set_family(&family);
            self.picture = None;
            self.has_picture = false;
        }
    }

    /// A canvas that is not in the page with the picture on it, and what `with` adds.
    pub(super) fn on_a_sheet<'a>(&'a self, with: impl FnOnce(&'a Pen) -> Sheet<'a>) -> Option<Pen> {
        let pen = self.front.detached()?;
        sheet(&pen, &with(&self.front), &self.palette);
        Some(pen)
    }

    /// Draws the picture and what lies above it. Returns what the ruler's labels count from, if
    /// the picture is another one.
    ///
    /// A view that moves takes both at once on one canvas: a second one above it would be as much
    /// to put together for the browser, whatever is on it. While only the overlay changes, a copy
    /// of the picture saves drawing it.
    fn draw(&mut self, scene: &Scene<'_>, is_other: bool) -> Option<Option<String>> {
        let (film, palette) = (&mut self.film, &self.palette);
        let mut base = None;
        if is_other {
            self.has_picture = false;
            base = Some(picture(&self.front, film, scene, palette));
        } else {
            if self.picture.is_none() {
                self.picture = self.front.detached();
            }
            let kept = self.picture.as_ref()?;
            if !std::mem::replace(&mut self.has_picture, true) {
                picture(kept, film, scene, palette);
            }
            self.front.copy_whole(kept);
        }
        overlay(&self.front, scene, palette);
        base
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
        if self.painter.is_none() {
            // Canvases that are not drawn on at once would be black.
            self.painter = Painter::on(&self.nodes);
        }
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
        let mut base = None;
        if stale.picture || stale.overlay {
            base = painter.draw(&scene, stale.picture);
        }
        let palette = &painter.palette;
        if stale.overview {
            let whole = Scene {
                view: self.camera.bounds().whole(),
                size: (self.breadth, self.overview_height),
                ..scene
            };
            if stale.lanes {
                let (pen, film) = (&painter.overview_lanes, &mut painter.overview_film);
                lanes(pen, film, &whole, palette);
            }
            let view = (!self.camera.is_whole()).then_some(scene.view);
            let (pen, below) = (&painter.overview, &painter.overview_lanes);
            overview(pen, below, &whole, view, palette);
        }
        drop(model);
        if let Some(base) = base {
            self.tell_base(base);
        }
    }
}
