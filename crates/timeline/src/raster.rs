//! Pixels of a lane: one row, one texel high, that a page stretches to the height of the lane.
//!
//! Of all ways to draw many slices this was measured to be the fastest without a graphics
//! processor: the row is filled here, put on a canvas with one `putImageData` for all lanes, and
//! stretched by `drawImage`.

use crate::lanes::{Look, Looks, Span};

/// A colour as it stands in the memory of a canvas: red, green, blue, opacity, each from 0 to
/// 255.
pub type Colour = [u8; 4];

/// Nothing.
const CLEAR: Colour = [0; 4];

/// The colours of a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    /// By [`Look::index`]: the colour of a pixel in which the task runs not at all or for no
    /// time, and the colour of one in which it does nothing else. They differ only where a shade
    /// says how much.
    pub looks: [(Colour, Colour); Look::ALL.len()],
}

impl Default for Palette {
    fn default() -> Self {
        Self {
            looks: [(CLEAR, CLEAR); Look::ALL.len()],
        }
    }
}

impl Palette {
    /// Gives a kind one colour.
    #[must_use]
    pub fn with(mut self, look: Look, colour: Colour) -> Self {
        self.looks[look.index()] = (colour, colour);
        self
    }

    /// Gives a kind a shade from `faint` to `full`, by the share of the pixel in which the task
    /// runs.
    #[must_use]
    pub fn with_shade(mut self, look: Look, faint: Colour, full: Colour) -> Self {
        self.looks[look.index()] = (faint, full);
        self
    }

    /// The colour of a span, for the most important of the kinds that are shown.
    #[must_use]
    pub fn colour(&self, span: &Span, shown: Looks) -> Colour {
        let Some(look) = span.looks.within(shown).top() else {
            return CLEAR;
        };
        let (faint, full) = self.looks[look.index()];
        if faint == full {
            return full;
        }
        std::array::from_fn(|channel| {
            let (low, high) = (f32::from(faint[channel]), f32::from(full[channel]));
            // Between two bytes, so a byte.
            (low + (high - low) * span.busy.clamp(0.0, 1.0) + 0.5) as u8
        })
    }
}

/// Fills a row with the colours of spans, four bytes a pixel; the rest of it becomes clear.
/// Spans that reach over the end of the row are cut.
pub fn fill(spans: &[Span], palette: &Palette, shown: Looks, row: &mut [u8]) {
    row.fill(0);
    let (row, _) = row.as_chunks_mut::<4>();
    for span in spans {
        let colour = palette.colour(span, shown);
        let to = (span.to as usize).min(row.len());
        let from = (span.from as usize).min(to);
        row[from..to].fill(colour);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Colour = [255, 0, 0, 255];
    const GREY: Colour = [100, 100, 100, 255];

    fn span(from: u32, to: u32, looks: &[Look], busy: f32) -> Span {
        Span {
            from,
            to,
            looks: looks.iter().copied().collect(),
            busy,
            count: 1,
            first: 0,
        }
    }

    #[test]
    fn the_most_important_kind_that_is_shown_gives_the_colour() {
        let palette = Palette::default()
            .with(Look::Sleep, GREY)
            .with(Look::Failed, RED);
        let both = span(0, 2, &[Look::Sleep, Look::Failed], 0.0);
        assert_eq!(palette.colour(&both, Looks::ALL), RED);
        assert_eq!(palette.colour(&both, Looks::only(Look::Sleep)), GREY);
        assert_eq!(palette.colour(&both, Looks::only(Look::Lock)), CLEAR);
    }

    #[test]
    fn a_row_holds_the_spans_and_is_clear_between_them() {
        let palette = Palette::default().with(Look::Sleep, GREY).with_shade(
            Look::Poll,
            [0, 0, 0, 255],
            [200, 100, 0, 255],
        );
        let mut row = [9; 6 * 4];
        let spans = [
            span(1, 2, &[Look::Poll], 0.5),
            span(3, 9, &[Look::Sleep], 0.0),
        ];
        fill(&spans, &palette, Looks::ALL, &mut row);
        let (pixels, _) = row.as_chunks::<4>();
        let half = [100, 50, 0, 255];
        assert_eq!(pixels, [CLEAR, half, CLEAR, GREY, GREY, GREY]);
    }
}
