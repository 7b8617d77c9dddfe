//! A view of a run as a picture.
//!
//! The lanes show what the page's timeline shows, with its colours, forms and signs: nothing is
//! told by colour alone. The picture needs nothing else: no style sheet, no script, no font but
//! the reader's. What comes out of the log is text in it and never markup.

mod palette;
mod ruler;

use std::fmt::Write;

use wakeline_phrases::Language;

use crate::lanes::{LaneKey, Level, Look, Looks, Mark, Span};
use crate::phrase::{resource_name, task_name};
use crate::state::Fate;
use crate::{Axis, Model, Viewport};
use palette::{Palette, sign};

/// The width of a picture that fits a page.
pub const WIDTH: u32 = 1200;
/// The narrowest and the widest picture.
const WIDTHS: std::ops::RangeInclusive<u32> = 320..=8000;
/// The lanes of a picture at most.
const MOST_LANES: usize = 400;

/// The column of names, and what stands above and below the lanes.
const NAMES: u32 = 150;
const HEADER: u32 = 30;
const LANE: u32 = 28;
/// Within a lane: its bar, and the band of what it waits for.
const TOP: u32 = 5;
const BAR: u32 = 18;
const BAND: u32 = 6;
/// A wait as wide as this has room for its sign.
const SIGN: u32 = 16;

/// A line of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A lane.
    Lane(LaneKey),
    /// A group of tasks under its name. Those named here stand in one lane, as
    /// [`Merged`](crate::Merged) puts them together; of a group whose lanes follow, none are.
    Group {
        /// What the group is called.
        name: String,
        /// The tasks.
        tasks: Vec<u32>,
    },
}

/// What of a run a picture shows.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Its width in pixels, brought to between 320 and 8,000.
    pub width: u32,
    /// The axis.
    pub axis: Axis,
    /// The positions at the left and the right edge; `None` for the whole run.
    pub range: Option<(f64, f64)>,
    /// Whether the ground is dark.
    pub dark: bool,
    /// The lanes from top to bottom, at most 400; empty for all.
    pub lanes: Vec<Row>,
    /// The language of its words.
    pub language: Language,
}

impl Default for View {
    fn default() -> Self {
        Self {
            width: WIDTH,
            axis: Axis::Time,
            range: None,
            dark: false,
            lanes: Vec::new(),
            language: Language::English,
        }
    }
}

/// Draws a view of a run.
///
/// ```
/// use wakeline_timeline::Model;
/// use wakeline_timeline::export::svg::{View, svg};
///
/// let picture = svg(&Model::new(), &View::default());
/// assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
/// ```
#[must_use]
pub fn svg(model: &Model, view: &View) -> String {
    let lanes = lanes(model, view);
    let width = view.width.clamp(*WIDTHS.start(), *WIDTHS.end());
    let (start, end) = range(model, view);
    let picture = Picture {
        model,
        language: view.language,
        palette: Palette::of_ground(view.dark),
        port: Viewport {
            axis: view.axis,
            start,
            end,
            pixels: width - NAMES,
        },
        width,
        bottom: HEADER + LANE * lanes.len() as u32,
        seen: Looks::NONE,
        out: String::new(),
    };
    picture.draw(&lanes)
}

fn lanes(model: &Model, view: &View) -> Vec<Row> {
    let all = model.lanes();
    let chosen: Vec<Row> = match view.lanes.is_empty() {
        true => (0..all.len().min(MOST_LANES))
            .filter_map(|index| all.key(index).map(Row::Lane))
            .collect(),
        false => view.lanes.clone(),
    };
    let known = chosen.into_iter().filter(|row| match row {
        Row::Lane(key) => all.index_of(*key).is_some(),
        Row::Group { tasks, .. } => tasks.iter().all(|task| all.task(*task).is_some()),
    });
    known.take(MOST_LANES).collect()
}

fn range(model: &Model, view: &View) -> (f64, f64) {
    match view.range {
        Some((start, end)) if start.is_finite() && end.is_finite() && end > start => (start, end),
        // A little room behind the end, for its signs.
        _ => {
            let begin = model.begin_on(view.axis) as f64;
            let length = model.extent(view.axis) as f64 - begin;
            (begin, begin + (length * 1.02).max(1.0))
        }
    }
}

struct Picture<'a> {
    model: &'a Model,
    language: Language,
    palette: Palette,
    port: Viewport,
    width: u32,
    /// Where the lanes end.
    bottom: u32,
    /// The kinds of slices that were drawn, for the legend.
    seen: Looks,
    out: String,
}

impl Picture<'_> {
    fn draw(mut self, lanes: &[Row]) -> String {
        for (place, row) in (0_u32..).zip(lanes) {
            let y = HEADER + place * LANE;
            match row {
                Row::Lane(key) => self.lane(*key, y),
                Row::Group { tasks, .. } => self.group(tasks, y),
            }
        }
        let body = std::mem::take(&mut self.out);
        let height = self.bottom + self.legend();
        let legend = std::mem::take(&mut self.out);
        let width = self.width;
        let p = &self.palette;
        let title = self.language.say("picture.title");
        put(
            &mut self.out,
            format_args!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
                 viewBox=\"0 0 {width} {height}\" font-family=\"system-ui, sans-serif\" \
                 font-size=\"11\" role=\"img\">\n<title>{title}</title>\n\
                 <defs><pattern id=\"ready\" width=\"6\" height=\"6\" \
                 patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
                 <path d=\"M0 0v6\" stroke=\"{ready}\" stroke-width=\"3\"/></pattern>\
                 <pattern id=\"stuck\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" \
                 patternTransform=\"rotate(45)\"><path d=\"M0 0v8\" stroke=\"{stuck}\" \
                 stroke-width=\"5\"/></pattern>\
                 <clipPath id=\"lanes\"><rect x=\"{NAMES}\" y=\"0\" width=\"{room}\" \
                 height=\"{bottom}\"/></clipPath>\
                 <clipPath id=\"names\"><rect x=\"0\" y=\"0\" width=\"{names}\" \
                 height=\"{bottom}\"/></clipPath></defs>\n\
                 <rect width=\"{width}\" height=\"{height}\" fill=\"{ground}\"/>\n",
                ready = p.of(Look::Ready),
                stuck = p.stuck,
                ground = p.ground,
                room = width - NAMES,
                names = NAMES - 6,
                bottom = self.bottom,
            ),
        );
        self.ruler();
        put(
            &mut self.out,
            format_args!("<g clip-path=\"url(#lanes)\">\n{body}</g>\n"),
        );
        for (place, row) in (0_u32..).zip(lanes) {
            self.name(row, HEADER + place * LANE);
        }
        self.out.push_str(&legend);
        self.out.push_str("</svg>\n");
        self.out
    }

    fn rect(&mut self, x: u32, y: u32, width: u32, height: u32, fill: &str) {
        put(
            &mut self.out,
            format_args!(
                "<rect x=\"{}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>\n",
                x + NAMES
            ),
        );
    }

    /// A sign of 11 by 11 with its top left corner here.
    fn sign(&mut self, path: &str, x: u32, y: u32, color: &str) {
        put(
            &mut self.out,
            format_args!(
                "<path d=\"{path}\" transform=\"translate({x} {y}) scale(.7)\" fill=\"none\" \
                 stroke=\"{color}\" stroke-width=\"1.8\" stroke-linecap=\"round\"/>\n"
            ),
        );
    }

    fn words(&mut self, text: &str, x: u32, y: u32, color: &str, rest: &str) {
        put(
            &mut self.out,
            format_args!(
                "<text x=\"{x}\" y=\"{y}\" fill=\"{color}\"{rest}>{}</text>\n",
                Escaped(text)
            ),
        );
    }

    fn ruler(&mut self) {
        let p = self.palette.clone();
        let base = HEADER - 4;
        for (at, label) in ruler::marks(&self.port, &self.model.breaks()) {
            let x = NAMES + self.x(at);
            let bottom = self.bottom;
            put(
                &mut self.out,
                format_args!("<path d=\"M{x} {base}V{bottom}\" stroke=\"{}\"/>\n", p.grid),
            );
            self.words(&label, x + 3, base - 6, p.text_secondary, "");
        }
        let bottom = self.bottom;
        put(
            &mut self.out,
            format_args!(
                "<path d=\"M0 {base}H{}M{NAMES} 0V{bottom}\" stroke=\"{}\"/>\n",
                self.width, p.border
            ),
        );
    }

    /// The pixel of a position that is in view, or the nearest edge.
    fn x(&self, position: f64) -> u32 {
        let x = (position - self.port.start) * self.port.scale();
        x.clamp(0.0, f64::from(self.port.pixels)) as u32
    }

    fn name(&mut self, row: &Row, y: u32) {
        let p = self.palette.clone();
        let name = match row {
            Row::Lane(LaneKey::Executor) => self.language.say("picture.executor").to_owned(),
            Row::Lane(LaneKey::Task(id)) => task_name(self.model, *id, self.language),
            Row::Lane(LaneKey::Resource(id)) => resource_name(self.model, *id, self.language),
            Row::Group { name, .. } => name.clone(),
        };
        let color = match row {
            Row::Lane(LaneKey::Task(_)) => p.text,
            _ => p.text_secondary,
        };
        let bottom = y + LANE;
        put(
            &mut self.out,
            format_args!(
                "<path d=\"M0 {bottom}H{}\" stroke=\"{}\"/>\n",
                self.width, p.border
            ),
        );
        self.words(&name, 8, y + TOP + 13, color, " clip-path=\"url(#names)\"");
    }

    fn lane(&mut self, key: LaneKey, y: u32) {
        match key {
            LaneKey::Task(id) => self.life(id, y),
            LaneKey::Resource(id) => self.contents(id, y),
            LaneKey::Executor => {}
        }
        let mut spans = Vec::new();
        self.model.spans(key, &self.port, &mut spans);
        self.spans(&spans, y);
        let mut marks: Vec<Mark> = Vec::new();
        self.model.marks(key, &self.port, &mut marks);
        for mark in marks.iter().filter(|mark| mark.error) {
            let at = self.model.position(self.port.axis, mark.event as usize);
            let x = self.x(at as f64) + NAMES;
            let color = self.palette.failed;
            put(
                &mut self.out,
                format_args!(
                    "<path d=\"M{x} {}l3.5 -5h-7z\" fill=\"{color}\"/>\n",
                    y + TOP
                ),
            );
        }
        if let LaneKey::Task(id) = key {
            self.end(id, y);
        }
    }

    /// The tasks of a group in one lane.
    fn group(&mut self, tasks: &[u32], y: u32) {
        let merged = self.model.merged(tasks, self.port.axis);
        let mut spans = Vec::new();
        self.model.merged_spans(&merged, &self.port, &mut spans);
        self.spans(&spans, y);
    }

    fn spans(&mut self, spans: &[Span], y: u32) {
        // A poll stands above the readiness that led to it, and that above a wait.
        let orders: [fn(Look) -> bool; 3] = [
            Look::is_wait,
            |look| matches!(look, Look::Ready | Look::Cancelling | Look::Held),
            Look::is_poll,
        ];
        for wanted in orders {
            for span in spans {
                if let Some(look) = span.looks.iter().filter(|look| wanted(*look)).last() {
                    self.span(span, look, y);
                }
            }
        }
    }

    fn span(&mut self, span: &Span, look: Look, y: u32) {
        self.seen = self.seen.with(Looks::only(look));
        let color = self.palette.of(look);
        let length = (span.to - span.from).max(1);
        if look.is_wait() {
            self.rect(span.from, y + TOP + BAR - BAND, length, BAND, color);
            if length >= SIGN
                && span.count == 1
                && let Some(path) = sign(look)
            {
                let color = match look {
                    Look::Sleep | Look::Interval => self.palette.text_secondary,
                    _ => color,
                };
                self.sign(path, NAMES + span.from + 3, y + TOP, color);
            }
            return;
        }
        // Wide enough to be seen: under the virtual clock most take no time.
        let length = length.max(2);
        match look {
            Look::Ready | Look::Cancelling if length >= 5 => {
                self.rect(span.from, y + TOP, length, BAR, self.palette.ground);
                self.rect(span.from, y + TOP, length, BAR, "url(#ready)");
            }
            _ => self.rect(span.from, y + TOP, length, BAR, color),
        }
    }

    /// The line of a task's life, and the pattern from where on it can never go on.
    fn life(&mut self, id: u32, y: u32) {
        let Some(lane) = self.model.lanes().task(id) else {
            return;
        };
        let axis = self.port.axis;
        let position = |event: u32| self.model.position(axis, event as usize) as f64;
        let from = self.x(position(lane.created));
        let to = match lane.end {
            Some(end) => self.x(position(end.at)),
            None => self.x(self.model.extent(axis) as f64),
        };
        let stuck = lane.stuck_since.map(|since| self.x(position(since)));
        self.rect(
            from,
            y + TOP + BAR - 2,
            (to - from).max(1),
            2,
            self.palette.lifetime,
        );
        if let Some(since) = stuck {
            self.rect(since, y + TOP, (to - since).max(1), 4, "url(#stuck)");
        }
    }

    fn end(&mut self, id: u32, y: u32) {
        let Some(end) = self.model.lanes().task(id).and_then(|lane| lane.end) else {
            return;
        };
        let at = self.model.position(self.port.axis, end.at as usize) as f64;
        if at < self.port.start || at > self.port.end {
            return;
        }
        let p = self.palette.clone();
        let (path, color) = match end.fate {
            Fate::Completed => ("M3 8.5 6.5 12 13 4.5", p.returned),
            Fate::Failed { .. } => ("M4 4l8 8M12 4l-8 8", p.failed),
            Fate::Cancelled => (
                "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 1 1 0-11zM4.2 11.8l7.6-7.6",
                p.cancelled,
            ),
            Fate::Dropped => ("M3 8h9M9 5l3 3-3 3", p.alive),
        };
        let x = self.x(at);
        self.rect(x.saturating_sub(1), y + TOP, 2, BAR, color);
        self.sign(path, NAMES + x + 3, y + TOP + 3, color);
    }

    /// The contents of a channel or the permits of a semaphore, as a stepped area with a line for
    /// the capacity.
    fn contents(&mut self, id: u32, y: u32) {
        let Some(lane) = self.model.lanes().resource(id) else {
            return;
        };
        if !lane.owners.is_empty() {
            return;
        }
        let mut levels: Vec<Level> = Vec::new();
        self.model.levels(id, &self.port, &mut levels);
        let capacity = lane.capacity;
        let most = levels.iter().map(|level| level.max).max().unwrap_or(0);
        let most = most.max(capacity.unwrap_or(0)).max(1);
        let height = |value: u32| {
            let height = u64::from(value) * u64::from(BAR) / u64::from(most);
            (height as u32).max(u32::from(value > 0))
        };
        let p = self.palette.clone();
        for level in &levels {
            let (top, length) = (height(level.max), (level.to - level.from).max(1));
            if top > 0 {
                self.rect(
                    level.from,
                    y + TOP + BAR - top,
                    length,
                    top,
                    p.occupancy_fill,
                );
                self.rect(level.from, y + TOP + BAR - top, length, 1, p.occupancy);
            }
        }
        if let Some(capacity) = capacity {
            let (x, line) = (NAMES, y + TOP + BAR - height(capacity));
            put(
                &mut self.out,
                format_args!(
                    "<path d=\"M{x} {line}H{}\" stroke=\"{}\" stroke-dasharray=\"4 3\"/>\n",
                    self.width, p.capacity
                ),
            );
        }
    }

    /// What the colours and signs mean, of those that occur. Gives its height.
    fn legend(&mut self) -> u32 {
        const ENTRY: u32 = 190;
        const ROW: u32 = 20;
        let columns = (self.width / ENTRY).max(1);
        let looks: Vec<Look> = self
            .seen
            .iter()
            .filter(|look| *look != Look::Idle)
            .collect();
        let rows = (looks.len() as u32).div_ceil(columns);
        for (number, look) in (0_u32..).zip(&looks) {
            let x = 8 + number % columns * ENTRY;
            let y = self.bottom + 12 + number / columns * ROW;
            let fill = match look {
                Look::Ready | Look::Cancelling => "url(#ready)",
                _ => self.palette.of(*look),
            };
            let (height, shift) = if look.is_wait() { (BAND, 4) } else { (12, 0) };
            put(
                &mut self.out,
                format_args!(
                    "<rect x=\"{x}\" y=\"{}\" width=\"18\" height=\"{height}\" fill=\"{fill}\"/>\n",
                    y + shift
                ),
            );
            let color = self.palette.text_secondary;
            if let Some(path) = sign(*look) {
                self.sign(path, x + 22, y, color);
            }
            let words = self.language.say(&format!("look.{}", look.name()));
            self.words(words, x + 38, y + 10, color, "");
        }
        rows * ROW + 16
    }
}

/// Writing to a text cannot fail.
fn put(out: &mut String, what: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(what);
}

/// Text that is no markup. Characters that no XML can hold are left out.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
