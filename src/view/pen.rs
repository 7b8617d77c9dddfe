//! Drawing on a canvas: the few strokes that the timeline needs, in CSS pixels.
//!
//! A [`Pen`] belongs to one canvas and keeps what is costly to make again in every frame: texts of
//! colours, widths of texts, pictures of icons, patterns. It also knows what the context was told
//! last, and does not tell it again: most of what a frame costs is telling.

use std::cell::{Cell, RefCell};

use wasm_bindgen::prelude::*;
use web_sys::{
    CanvasPattern, CanvasRenderingContext2d, ContextAttributes2d, HtmlCanvasElement, Path2d,
};

use wakeline_timeline::log::Strings;

use super::icons::Icon;
use super::palette::Color;

/// Texts whose width is remembered; beyond this all are forgotten, so that a long session with
/// ever new texts does not grow.
const MOST_WIDTHS: usize = 4000;

/// Colours and pictures of icons that are remembered; there are fewer in any one theme.
const MOST_KEPT: usize = 250;

#[wasm_bindgen]
extern "C" {
    /// A context whose styles are set to texts that the browser has already.
    #[wasm_bindgen(extends = CanvasRenderingContext2d)]
    type Styled;

    #[wasm_bindgen(method, setter, js_name = fillStyle)]
    fn set_fill(this: &Styled, style: &JsValue);

    #[wasm_bindgen(method, setter, js_name = strokeStyle)]
    fn set_stroke(this: &Styled, style: &JsValue);
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) color: Color,
    pub(crate) alpha: f64,
    pub(crate) width: f64,
    pub(crate) dashed: bool,
}

impl Stroke {
    /// A solid, opaque line.
    pub(crate) const fn new(color: Color, width: f64) -> Self {
        Self {
            color,
            alpha: 1.0,
            width,
            dashed: false,
        }
    }

    pub(crate) const fn dashed(self) -> Self {
        Self {
            dashed: true,
            ..self
        }
    }

    pub(crate) const fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }
}

/// A rectangle in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Rect {
    pub(crate) const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }
}

/// The size and the weight of a text.
type Font = (u32, bool);

/// Slanted lines by colour and spacing; `None` if the browser makes no pattern of them.
type Hatch = ((u32, u32), Option<CanvasPattern>);

/// A colour with its opacity in thousandths.
type Tint = (Color, u16);

/// A picture of an icon by its place in the list of all, its colour and its size, with the length
/// of its sides in pixels.
type Sprite = ((usize, Color, u32), HtmlCanvasElement, f64);

/// A canvas and how to draw on it.
pub(crate) struct Pen {
    canvas: HtmlCanvasElement,
    context: Styled,
    /// Texts of colours.
    tints: RefCell<Vec<(Tint, JsValue)>>,
    family: RefCell<String>,
    font: Cell<Font>,
    /// What the context was told of fillings, of lines and of texts; `None` if that is not known.
    filled: Cell<Option<Tint>>,
    stroked: Cell<Option<Tint>>,
    line_width: Cell<f64>,
    aligned: Cell<&'static str>,
    /// By font the texts that were measured and how wide they are.
    widths: RefCell<Vec<(Font, Strings, Vec<f64>)>>,
    sprites: RefCell<Vec<Sprite>>,
    /// Lengths of dashes, and none.
    dashes: [JsValue; 2],
    /// By colour and spacing; there are few.
    hatches: RefCell<Vec<Hatch>>,
    ratio: Cell<f64>,
}

impl std::fmt::Debug for Pen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pen").finish_non_exhaustive()
    }
}

impl Pen {
    /// A pen for this canvas; `None` if the browser gives no context for it. Nothing shines
    /// through the canvas, which saves the browser the work of looking what is behind.
    pub(crate) fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let opaque = ContextAttributes2d::new();
        opaque.set_alpha(false);
        let context = canvas.get_context_with_context_options("2d", &opaque);
        Some(Self {
            canvas,
            context: context.ok()??.unchecked_into(),
            tints: RefCell::default(),
            family: RefCell::new("sans-serif".to_owned()),
            font: Cell::new((0, false)),
            filled: Cell::new(None),
            stroked: Cell::new(None),
            line_width: Cell::new(0.0),
            aligned: Cell::new(""),
            widths: RefCell::default(),
            sprites: RefCell::default(),
            dashes: [&[][..], &[4.0, 3.0]].map(|lengths| {
                let lengths = lengths.iter().copied().map(JsValue::from_f64);
                lengths.collect::<js_sys::Array>().into()
            }),
            hatches: RefCell::default(),
            ratio: Cell::new(1.0),
        })
    }

    /// The context, for what the pen has no word for.
    pub(crate) fn context(&self) -> &CanvasRenderingContext2d {
        &self.context
    }

    /// The fonts that texts are set in, as a style sheet names them.
    pub(crate) fn set_family(&self, family: &str) {
        if *self.family.borrow() != family {
            *self.family.borrow_mut() = family.to_owned();
            self.widths.borrow_mut().clear();
            self.font.set((0, false));
        }
    }

    /// Begins a picture: gives the canvas this size in CSS pixels at `ratio` device pixels each,
    /// and fills it.
    pub(crate) fn begin(&self, width: f64, height: f64, ratio: f64, ground: Color) {
        let device = |length: f64| (length * ratio).round().max(1.0) as u32;
        self.resize(device(width), device(height), ratio);
        // To the last pixel, also where the size is no whole number of them.
        self.fill(Rect::new(0.0, 0.0, width + 1.0, height + 1.0), ground);
    }

    /// Gives the canvas a size in device pixels, and the context the state that is expected here.
    fn resize(&self, width: u32, height: u32, ratio: f64) {
        if self.canvas.width() != width || self.canvas.height() != height {
            // Setting either clears the canvas and resets its state.
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        if self.ratio.replace(ratio) != ratio {
            self.hatches.borrow_mut().clear();
            self.sprites.borrow_mut().clear();
        }
        self.font.set((0, false));
        self.forget();
        self.reset_transform();
        self.context.set_text_baseline("middle");
        self.context.set_image_smoothing_enabled(false);
    }

    /// The context may have been told something else meanwhile.
    fn forget(&self) {
        self.filled.set(None);
        self.stroked.set(None);
        self.line_width.set(0.0);
        self.aligned.set("");
    }

    /// Returns to CSS pixels from the top left corner.
    fn reset_transform(&self) {
        let ratio = self.ratio.get();
        // It fails only for numbers that are not finite.
        let _ = self.context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    }

    /// Becomes a copy of another pen's canvas.
    pub(crate) fn copy_whole(&self, other: &Self) {
        let (width, height) = (other.canvas.width(), other.canvas.height());
        self.resize(width, height, other.ratio());
        // They fail only for an empty canvas and for numbers that are not finite.
        let _ = self.context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        let _ = (self.context).draw_image_with_html_canvas_element(&other.canvas, 0.0, 0.0);
        self.reset_transform();
    }

    /// Copies the whole picture of another pen's canvas.
    pub(crate) fn copy(&self, other: &Self, to: Rect) {
        // It fails only for an empty canvas.
        let _ = self
            .context
            .draw_image_with_html_canvas_element_and_dw_and_dh(
                &other.canvas,
                to.x,
                to.y,
                to.width,
                to.height,
            );
    }

    /// Has the browser call with the picture as a PNG file.
    pub(crate) fn to_png(&self, call: JsValue) {
        // It fails only for a canvas without pixels.
        let _ = self.canvas.to_blob(call.unchecked_ref());
    }

    /// A pen for a canvas that is not in the page.
    pub(crate) fn detached(&self) -> Option<Self> {
        let canvas = self
            .canvas
            .owner_document()?
            .create_element("canvas")
            .ok()?;
        let pen = Self::new(canvas.dyn_into().ok()?)?;
        pen.set_family(&self.family.borrow());
        Some(pen)
    }

    /// Device pixels in a CSS pixel.
    pub(crate) fn ratio(&self) -> f64 {
        self.ratio.get()
    }

    /// The nearest edge between device pixels: lines along it are sharp.
    pub(crate) fn snapped(&self, position: f64) -> f64 {
        let ratio = self.ratio();
        (position * ratio).round() / ratio
    }

    /// Runs `draw` with everything outside of `rect` protected.
    pub(crate) fn clipped(&self, rect: Rect, draw: impl FnOnce()) {
        self.context.save();
        self.context.begin_path();
        self.context.rect(rect.x, rect.y, rect.width, rect.height);
        self.context.clip();
        draw();
        self.context.restore();
        // The saved state may have had another font and colour than the pen believes.
        self.font.set((0, false));
        self.forget();
    }

    /// Runs `draw` with everything that it draws let through what is behind.
    pub(crate) fn pale(&self, alpha: f64, draw: impl FnOnce()) {
        self.context.set_global_alpha(alpha);
        draw();
        self.context.set_global_alpha(1.0);
    }

    pub(crate) fn fill(&self, rect: Rect, color: Color) {
        self.fill_alpha(rect, color, 1.0);
    }

    pub(crate) fn fill_alpha(&self, rect: Rect, color: Color, alpha: f64) {
        self.ink(color, alpha);
        self.context
            .fill_rect(rect.x, rect.y, rect.width, rect.height);
    }

    /// Fills a rectangle with rounded corners.
    pub(crate) fn fill_round(&self, rect: Rect, radius: f64, color: Color, alpha: f64) {
        self.ink(color, alpha);
        self.context.begin_path();
        self.round_path(rect, radius);
        self.context.fill();
    }

    /// What is filled from now on has this colour. Telling the browser costs more than filling, so
    /// it is told only of changes.
    fn ink(&self, color: Color, alpha: f64) {
        let tint = (color, (alpha * 1000.0) as u16);
        if self.filled.replace(Some(tint)) != Some(tint) {
            self.with_tint(tint, |text| self.context.set_fill(text));
        }
    }

    /// Lines from now on have this colour.
    fn line_ink(&self, color: Color, alpha: f64) {
        let tint = (color, (alpha * 1000.0) as u16);
        if self.stroked.replace(Some(tint)) != Some(tint) {
            self.with_tint(tint, |text| self.context.set_stroke(text));
        }
    }

    /// Calls with the text of a colour. Each is handed to the browser once.
    fn with_tint(&self, tint: Tint, call: impl FnOnce(&JsValue)) {
        let mut tints = self.tints.borrow_mut();
        let known = tints.iter().position(|(known, _)| *known == tint);
        let place = known.unwrap_or_else(|| {
            if tints.len() >= MOST_KEPT {
                tints.clear();
            }
            let (color, alpha) = tint;
            let text = match alpha {
                1000.. => color.css(),
                _ => color.css_alpha(f64::from(alpha) / 1000.0),
            };
            tints.push((tint, text.into()));
            tints.len() - 1
        });
        call(&tints[place].1);
    }

    fn round_path(&self, rect: Rect, radius: f64) {
        let Rect {
            x,
            y,
            width,
            height,
        } = rect;
        let radius = radius.min(width / 2.0).min(height / 2.0).max(0.0);
        let (right, bottom) = (x + width, y + height);
        let context = &self.context;
        context.move_to(x + radius, y);
        // `arc_to` fails only for a negative radius.
        let _ = context.arc_to(right, y, right, bottom, radius);
        let _ = context.arc_to(right, bottom, x, bottom, radius);
        let _ = context.arc_to(x, bottom, x, y, radius);
        let _ = context.arc_to(x, y, right, y, radius);
        context.close_path();
    }

    /// Fills the area inside of a polygon.
    pub(crate) fn fill_polygon(&self, points: &[(f64, f64)], color: Color, alpha: f64) {
        self.path(points);
        self.ink(color, alpha);
        self.context.fill();
    }

    /// Fills a disc.
    pub(crate) fn fill_disc(&self, x: f64, y: f64, radius: f64, color: Color) {
        self.context.begin_path();
        // It fails only for a negative radius.
        let _ = self
            .context
            .arc(x, y, radius.max(0.0), 0.0, std::f64::consts::TAU);
        self.ink(color, 1.0);
        self.context.fill();
    }

    /// Draws a line through points.
    pub(crate) fn line(&self, points: &[(f64, f64)], stroke: Stroke) {
        let is_straight = |ends: &[(f64, f64)]| ends[0].0 == ends[1].0 || ends[0].1 == ends[1].1;
        if stroke.dashed || stroke.alpha < 1.0 || !points.windows(2).all(is_straight) {
            self.path(points);
            self.stroke(stroke);
            return;
        }
        // Upright and level lines are areas, which take a fifth of the calls.
        let half = stroke.width / 2.0;
        let last = points.len().saturating_sub(2);
        for (index, ends) in points.windows(2).enumerate() {
            let ((x, y), (to_x, to_y)) = (ends[0], ends[1]);
            // Corners belong to both lines, ends are cut.
            let before = if index > 0 { half } else { 0.0 };
            let after = if index < last { half } else { 0.0 };
            let area = if x == to_x {
                let (before, after) = if y > to_y {
                    (after, before)
                } else {
                    (before, after)
                };
                let top = y.min(to_y) - before;
                Rect::new(x - half, top, stroke.width, y.max(to_y) + after - top)
            } else {
                let (before, after) = if x > to_x {
                    (after, before)
                } else {
                    (before, after)
                };
                let left = x.min(to_x) - before;
                Rect::new(left, y - half, x.max(to_x) + after - left, stroke.width)
            };
            self.fill(area, stroke.color);
        }
    }

    fn path(&self, points: &[(f64, f64)]) {
        self.context.begin_path();
        for (index, &(x, y)) in points.iter().enumerate() {
            if index == 0 {
                self.context.move_to(x, y);
            } else {
                self.context.line_to(x, y);
            }
        }
    }

    /// Draws the border of a rectangle, inside of it.
    pub(crate) fn frame(&self, rect: Rect, radius: f64, stroke: Stroke) {
        let half = stroke.width / 2.0;
        let inner = Rect::new(
            rect.x + half,
            rect.y + half,
            (rect.width - stroke.width).max(0.0),
            (rect.height - stroke.width).max(0.0),
        );
        self.context.begin_path();
        self.round_path(inner, radius);
        self.stroke(stroke);
    }

    fn stroke(&self, stroke: Stroke) {
        let context = &self.context;
        self.line_ink(stroke.color, stroke.alpha);
        if self.line_width.replace(stroke.width) != stroke.width {
            context.set_line_width(stroke.width);
        }
        // It fails only for lengths that are not finite.
        if stroke.dashed {
            let _ = context.set_line_dash(&self.dashes[1]);
            context.stroke();
            let _ = context.set_line_dash(&self.dashes[0]);
        } else {
            context.stroke();
        }
    }

    /// Fills a rectangle with slanted lines on whatever is behind.
    pub(crate) fn hatch(&self, rect: Rect, color: Color, spacing: f64) {
        let ratio = self.ratio();
        let key = (color.number(), (spacing * ratio).round() as u32);
        let mut hatches = self.hatches.borrow_mut();
        let known = hatches.iter().position(|(known, _)| *known == key);
        let place = known.unwrap_or_else(|| {
            hatches.push((key, self.hatch_pattern(color, key.1.max(3))));
            hatches.len() - 1
        });
        let Some(pattern) = &hatches[place].1 else {
            self.fill_alpha(rect, color, 0.4);
            return;
        };
        // The pattern is made of device pixels, and lies on their grid whatever the transform.
        let _ = self.context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        self.context.set_fill_style_canvas_pattern(pattern);
        self.filled.set(None);
        self.context.fill_rect(
            rect.x * ratio,
            rect.y * ratio,
            rect.width * ratio,
            rect.height * ratio,
        );
        self.reset_transform();
    }

    /// A square canvas that is not in the page, of which nothing is covered.
    fn tile(&self, size: u32) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
        let tile = self
            .canvas
            .owner_document()?
            .create_element("canvas")
            .ok()?;
        let tile: HtmlCanvasElement = tile.unchecked_into();
        tile.set_width(size);
        tile.set_height(size);
        let context = tile.get_context("2d").ok()??;
        Some((tile, context.unchecked_into()))
    }

    fn hatch_pattern(&self, color: Color, size: u32) -> Option<CanvasPattern> {
        let (tile, context) = self.tile(size)?;
        let size = f64::from(size);
        context.set_stroke_style_str(&color.css());
        context.set_line_width(size * 0.28);
        context.set_line_cap("square");
        context.begin_path();
        // One diagonal and the corners that its neighbours cut off.
        for shift in [-size, 0.0, size] {
            context.move_to(shift, size);
            context.line_to(shift + size, 0.0);
        }
        context.stroke();
        self.context
            .create_pattern_with_html_canvas_element(&tile, "repeat")
            .ok()?
    }

    /// Draws an icon into a square with its top left corner at the device pixel nearest to `x`,
    /// `y`. Each is stroked once and then copied.
    pub(crate) fn icon(&self, icon: Icon, x: f64, y: f64, size: f64, color: Color) {
        let device = size * self.ratio();
        let key = (icon as usize, color, (device * 16.0) as u32);
        let mut sprites = self.sprites.borrow_mut();
        let known = sprites.iter().position(|sprite| sprite.0 == key);
        let place = known.or_else(|| {
            if sprites.len() >= MOST_KEPT {
                sprites.clear();
            }
            let (sprite, side) = self.sprite(icon, device, color)?;
            sprites.push((key, sprite, side));
            Some(sprites.len() - 1)
        });
        let Some((_, sprite, side)) = place.map(|place| &sprites[place]) else {
            return;
        };
        let (x, y, side) = (self.snapped(x), self.snapped(y), side / self.ratio());
        // It fails only for an empty canvas.
        let _ = (self.context)
            .draw_image_with_html_canvas_element_and_dw_and_dh(sprite, x, y, side, side);
    }

    /// A picture of an icon of a size in device pixels, and the length of its sides.
    fn sprite(&self, icon: Icon, size: f64, color: Color) -> Option<(HtmlCanvasElement, f64)> {
        let path = Path2d::new_with_path_string(icon.path()).ok()?;
        let side = size.ceil() as u32;
        let (tile, context) = self.tile(side)?;
        let scale = size / 16.0;
        // It fails only for numbers that are not finite.
        let _ = context.scale(scale, scale);
        context.set_stroke_style_str(&color.css());
        context.set_line_width(1.6);
        context.set_line_cap("round");
        context.set_line_join("round");
        context.stroke_with_path(&path);
        Some((tile, f64::from(side)))
    }

    /// Sets the size (CSS pixels) and weight of the texts that follow.
    pub(crate) fn font(&self, size: u32, bold: bool) {
        if self.font.get() == (size, bold) {
            return;
        }
        let weight = if bold { "600 " } else { "" };
        self.context
            .set_font(&format!("{weight}{size}px {}", self.family.borrow()));
        self.font.set((size, bold));
    }

    /// Writes a text that begins at `x`, centred on the height `y`.
    pub(crate) fn text(&self, text: &str, x: f64, y: f64, color: Color) {
        self.write(text, x, y, color, "left");
    }

    /// Writes a text centred on `x` and `y`.
    pub(crate) fn text_centred(&self, text: &str, x: f64, y: f64, color: Color) {
        self.write(text, x, y, color, "center");
    }

    fn write(&self, text: &str, x: f64, y: f64, color: Color, align: &'static str) {
        if self.aligned.replace(align) != align {
            self.context.set_text_align(align);
        }
        self.ink(color, 1.0);
        // It fails only for numbers that are not finite.
        let _ = self.context.fill_text(text, x, y);
    }

    /// The width of a text in the current font, in CSS pixels.
    pub(crate) fn width_of(&self, text: &str) -> f64 {
        let font = self.font.get();
        let mut all = self.widths.borrow_mut();
        let known = all.iter().position(|known| known.0 == font);
        let place = known.unwrap_or_else(|| {
            all.push((font, Strings::new(), Vec::new()));
            all.len() - 1
        });
        let (_, texts, widths) = &mut all[place];
        let mut text_number = texts.intern(text) as usize;
        if text_number >= MOST_WIDTHS {
            *texts = Strings::new();
            widths.clear();
            text_number = texts.intern(text) as usize;
        }
        if let Some(&width) = widths.get(text_number)
            && !width.is_nan()
        {
            return width;
        }
        let measured = self.context.measure_text(text);
        let width = measured.map_or(0.0, |metrics| metrics.width());
        // The first number is that of the empty text.
        widths.resize(widths.len().max(text_number + 1), f64::NAN);
        widths[text_number] = width;
        width
    }

    /// The text if it is not wider than `room`; else its beginning with an ellipsis; `None` if
    /// not even a few letters fit.
    pub(crate) fn fitted(&self, text: &str, room: f64) -> Option<String> {
        if text.is_empty() || room < 8.0 {
            return None;
        }
        // Widths of texts far longer than any lane are not worth measuring.
        const LONGEST: usize = 200;
        let total = text.chars().count();
        if total <= LONGEST && self.width_of(text) <= room {
            return Some(text.to_owned());
        }
        let (mut fits, mut too_long) = (0, total.min(LONGEST) + 1);
        while too_long - fits > 1 {
            let middle = usize::midpoint(fits, too_long);
            if self.width_of(&shortened(text, middle)) <= room {
                fits = middle;
            } else {
                too_long = middle;
            }
        }
        (fits >= 3).then(|| shortened(text, fits))
    }
}

/// The first `count` characters and an ellipsis.
fn shortened(text: &str, count: usize) -> String {
    let mut short: String = text.chars().take(count).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}
