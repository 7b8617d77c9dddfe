//! Slices as pixels: lanes rasterised one texel high, then stretched to their height.
//!
//! This is the fastest way to draw many spans on a canvas wherever there is no graphics
//! processor, and as fast as any where there is one: a frame costs what its pixels cost, whatever
//! the number of events. Rows have the resolution of the device across, where the detail is.
//!
//! Each lane has two rows. The lower one is the band of the waits; polls and readiness fill both.
//! Where many slices share a pixel, polls leave the band to the waits, so that a stretch of many
//! short polls still says what the task waits for in between.

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use wakeline_timeline::{Look, Looks, Span};

use crate::view::geometry::{CROWD, HATCHED, LEAST_SLICE};
use crate::view::look::look_color;
use crate::view::palette::{Color, Palette};
use crate::view::pen::Pen;

/// Bytes of a pixel.
const PIXEL: usize = 4;

/// The colour of a poll whose length relative to the others of the run is `weight`, 0 to 1.
pub(crate) fn poll_color(look: Look, weight: f32, palette: &Palette) -> Color {
    let weight = f64::from(weight);
    match look {
        Look::Poll | Look::LongPoll if weight < 0.5 => {
            palette.poll_short.mixed(palette.poll, weight * 2.0)
        }
        Look::Poll | Look::LongPoll => palette.poll.mixed(palette.poll_long, weight * 2.0 - 1.0),
        other => look_color(other, palette),
    }
}

/// The kinds that are drawn at full height.
fn is_high(look: Look) -> bool {
    look.is_poll() || matches!(look, Look::Ready | Look::Cancelling | Look::Held)
}

/// How spans become pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ink<'a> {
    pub(crate) palette: &'a Palette,
    /// The kinds that are drawn.
    pub(crate) looks: Looks,
    /// Device pixels in a CSS pixel.
    pub(crate) ratio: f64,
}

/// Pixels of lanes, two rows each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pixels {
    width: usize,
    rows: usize,
    bytes: Vec<u8>,
    /// The pixels of each row outside of which nothing was drawn.
    filled: Vec<(usize, usize)>,
}

impl Pixels {
    /// Transparent pixels for this many lanes.
    pub(crate) fn clear(&mut self, width: usize, lanes: usize) {
        self.width = width;
        self.rows = lanes * 2;
        self.bytes.clear();
        self.bytes.resize(width * self.rows * PIXEL, 0);
        self.filled.clear();
        self.filled.resize(self.rows, (width, 0));
    }

    /// Draws the spans of a lane. `weight` says how long the polls of a span are, from 0 to 1.
    pub(crate) fn draw(
        &mut self,
        lane: usize,
        spans: &[Span],
        ink: Ink<'_>,
        weight: &dyn Fn(&Span) -> f32,
    ) {
        let (high, low) = (lane * 2, lane * 2 + 1);
        let least = (LEAST_SLICE * ink.ratio).round().max(1.0) as usize;
        // A poll stands above the readiness that led to it, and both are wide enough to be seen:
        // under a virtual clock most of them take no time.
        for wanted in [
            Look::is_wait,
            |look| is_high(look) && !look.is_poll(),
            Look::is_poll,
        ] {
            for span in spans {
                let looks = span.looks.within(ink.looks);
                let Some(look) = looks.iter().filter(|&look| wanted(look)).last() else {
                    continue;
                };
                let (from, to) = (span.from as usize, span.to as usize);
                let crowded = span.count >= CROWD && looks.iter().any(Look::is_wait);
                if look.is_wait() {
                    self.fill(low, from, to, look_color(look, ink.palette));
                } else if look.is_poll() {
                    let color = poll_color(look, weight(span), ink.palette);
                    self.fill(high, from, to.max(from + least), color);
                    if !crowded {
                        self.fill(low, from, to.max(from + least), color);
                    }
                } else {
                    let color = look_color(look, ink.palette);
                    // Wide ones are hatched afterwards, on a pale ground.
                    let hatched = (to - from) as f64 >= HATCHED * ink.ratio;
                    let pale = if look == Look::Held { 0.35 } else { 0.2 };
                    let color = if hatched {
                        ink.palette.background.mixed(color, pale)
                    } else {
                        color
                    };
                    self.fill(high, from, to.max(from + least), color);
                    if !crowded {
                        self.fill(low, from, to.max(from + least), color);
                    }
                }
            }
        }
    }

    fn fill(&mut self, row: usize, from: usize, to: usize, color: Color) {
        let (from, to) = (from.min(self.width), to.min(self.width));
        if row >= self.rows || from >= to {
            return;
        }
        let filled = &mut self.filled[row];
        *filled = (filled.0.min(from), filled.1.max(to));
        let start = row * self.width;
        let pixel = [color.red, color.green, color.blue, 255];
        let pixels = &mut self.bytes[(start + from) * PIXEL..(start + to) * PIXEL];
        for target in pixels.chunks_exact_mut(PIXEL) {
            target.copy_from_slice(&pixel);
        }
    }

    /// The colour of a pixel, `None` if it is transparent.
    #[cfg(test)]
    fn pixel(&self, row: usize, x: usize) -> Option<Color> {
        let at = (row * self.width + x) * PIXEL;
        let pixel = &self.bytes[at..at + PIXEL];
        (pixel[3] != 0).then(|| Color::new(pixel[0], pixel[1], pixel[2]))
    }
}

/// A canvas of its own from which the rows are drawn.
#[derive(Debug)]
pub(crate) struct Film {
    pub(crate) pixels: Pixels,
    /// Room for the spans of one lane.
    pub(crate) spans: Vec<Span>,
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Film {
    /// A film for pictures on `canvas`; `None` if the browser gives no second canvas.
    pub(crate) fn beside(canvas: &HtmlCanvasElement) -> Option<Self> {
        let film: HtmlCanvasElement = canvas
            .owner_document()?
            .create_element("canvas")
            .ok()?
            .dyn_into()
            .ok()?;
        let context = film.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self {
            pixels: Pixels::default(),
            spans: Vec::new(),
            canvas: film,
            context,
        })
    }

    /// Takes the pixels in.
    pub(crate) fn expose(&self) {
        let pixels = &self.pixels;
        if pixels.bytes.is_empty() {
            return;
        }
        let (width, rows) = (pixels.width as u32, pixels.rows as u32);
        if self.canvas.width() != width || self.canvas.height() < rows {
            self.canvas.set_width(width);
            // Some rows more than needed now, or scrolling would make a new canvas each time.
            self.canvas.set_height(rows.next_multiple_of(16));
        }
        let bytes = Clamped(&*pixels.bytes);
        let data = ImageData::new_with_u8_clamped_array_and_sh(bytes, width, rows);
        if let Ok(data) = data {
            // It fails only for pixels of another size than said.
            let _ = self.context.put_image_data(&data, 0.0, 0.0);
        }
    }

    /// Draws a row of the pixels that were taken in last into a rectangle of another canvas.
    pub(crate) fn project(&self, pen: &Pen, row: usize, y: f64, height: f64) {
        let Some(&(from, to)) = self.pixels.filled.get(row) else {
            return;
        };
        if from >= to {
            return;
        }
        let (from, length) = (from as f64, (to - from) as f64);
        let ratio = pen.ratio();
        // It fails only for an empty canvas.
        let _ = pen
            .context()
            .draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                &self.canvas,
                from,
                row as f64,
                length,
                1.0,
                from / ratio,
                y,
                length / ratio,
                height,
            );
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn palette() -> Palette {
        let next = Cell::new(0u8);
        Palette::read(|_| {
            next.set(next.get() + 5);
            Some(format!("rgb({}, 0, {})", next.get(), next.get()))
        })
    }

    fn span(look: Look, from: u32, to: u32) -> Span {
        Span {
            from,
            to,
            looks: Looks::only(look),
            busy: 0.0,
            count: 1,
            first: 0,
        }
    }

    fn draw(pixels: &mut Pixels, lane: usize, spans: &[Span], palette: &Palette, looks: Looks) {
        let ink = Ink {
            palette,
            looks,
            ratio: 1.0,
        };
        pixels.draw(lane, spans, ink, &|_| 0.5);
    }

    fn filled(pixels: &Pixels, row: usize) -> Vec<usize> {
        (0..pixels.width)
            .filter(|&x| pixels.pixel(row, x).is_some())
            .collect()
    }

    #[test]
    fn polls_fill_both_rows_and_waits_the_lower() {
        let palette = palette();
        let mut pixels = Pixels::default();
        pixels.clear(20, 2);
        let lane = [span(Look::Poll, 2, 5), span(Look::Sleep, 5, 9)];
        draw(&mut pixels, 1, &lane, &palette, Looks::ALL);
        assert_eq!(filled(&pixels, 2), [2, 3, 4]);
        assert_eq!(filled(&pixels, 3), [2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(pixels.pixel(3, 4), pixels.pixel(2, 4));
        assert_eq!(pixels.pixel(3, 5), Some(palette.sleep));
        assert!(filled(&pixels, 0).is_empty() && filled(&pixels, 1).is_empty());
    }

    #[test]
    fn a_poll_without_length_is_visible_and_not_hidden_by_what_led_to_it() {
        let palette = palette();
        let mut pixels = Pixels::default();
        pixels.clear(20, 1);
        let mut both = span(Look::Poll, 4, 5);
        both.looks = both
            .looks
            .with(Looks::only(Look::Ready))
            .with(Looks::only(Look::Join));
        draw(
            &mut pixels,
            0,
            &[both, span(Look::Sleep, 5, 9)],
            &palette,
            Looks::ALL,
        );
        assert_eq!(
            pixels.pixel(0, 4),
            Some(poll_color(Look::Poll, 0.5, &palette))
        );
        assert_eq!(filled(&pixels, 0), [4, 5]);
        assert_eq!(filled(&pixels, 1), [4, 5, 6, 7, 8]);
    }

    #[test]
    fn a_crowd_of_polls_leaves_the_band_to_what_is_waited_for() {
        let palette = palette();
        let mut pixels = Pixels::default();
        pixels.clear(9, 1);
        let mut crowd = span(Look::Poll, 3, 5);
        crowd.looks = crowd.looks.with(Looks::only(Look::Send));
        crowd.count = 50;
        draw(&mut pixels, 0, &[crowd], &palette, Looks::ALL);
        assert_eq!(pixels.pixel(0, 3), Some(palette.poll));
        assert_eq!(pixels.pixel(1, 3), Some(palette.channel_send));
    }

    #[test]
    fn a_failure_shows_above_everything_that_shares_its_pixel() {
        let palette = palette();
        let mut pixels = Pixels::default();
        pixels.clear(9, 1);
        let mut crowd = span(Look::Failed, 3, 4);
        crowd.looks = Looks::ALL;
        draw(&mut pixels, 0, &[crowd], &palette, Looks::ALL);
        assert_eq!(pixels.pixel(0, 3), Some(palette.failed));
    }

    #[test]
    fn what_is_hidden_is_not_drawn() {
        let palette = palette();
        let mut pixels = Pixels::default();
        pixels.clear(9, 1);
        let lane = [span(Look::Poll, 0, 3), span(Look::Lock, 3, 6)];
        draw(&mut pixels, 0, &lane, &palette, Looks::only(Look::Lock));
        assert!(filled(&pixels, 0).is_empty());
        assert_eq!(filled(&pixels, 1), [3, 4, 5]);
    }

    #[test]
    fn what_is_outside_of_the_screen_is_cut_off() {
        let palette = palette();
        let mut pixels = Pixels::default();
        pixels.clear(10, 1);
        let lane = [span(Look::Poll, 9, 500), span(Look::Sleep, 50, 60)];
        draw(&mut pixels, 0, &lane, &palette, Looks::ALL);
        assert_eq!(filled(&pixels, 0), [9]);
        assert_eq!(filled(&pixels, 1), [9]);
    }

    #[test]
    fn longer_polls_are_of_another_shade() {
        let palette = palette();
        let shades = [0.0, 0.5, 1.0].map(|weight| poll_color(Look::Poll, weight, &palette));
        assert_eq!(
            shades,
            [palette.poll_short, palette.poll, palette.poll_long]
        );
    }
}
