//! `wakeline pictures`: a small picture of each demo's run, for the page's overview.
//!
//! One SVG with a symbol for each demo. The page takes them out by name and gives them its own
//! colours: a symbol has the names of custom properties where others have colours.

use std::fmt::Write;
use std::process::ExitCode;

use wakeline::log::{Log, encode};
use wakeline_demos::{Demo, Progress, RunSetup, demos, prepare};
use wakeline_protocol::Modes;
use wakeline_timeline::{Axis, LaneKey, Look, Model, Span, Viewport};

use crate::console::out;

/// The width of a picture. The lanes are cut into so many columns.
const WIDTH: u32 = 160;

/// The height of a lane.
const LANE: usize = 6;

/// More lanes than this are too small to see.
const LANES: usize = 10;

/// What is drawn, the first below the others: its name, and how thick its strokes are.
const STROKES: [(&str, u32); 5] = [
    ("sleep", 1),
    ("wait", 2),
    ("ready", 3),
    ("run", 4),
    ("bad", 4),
];

/// Prints the pictures of all demos that run in virtual time.
pub(crate) fn pictures() -> ExitCode {
    let symbols: String = demos().iter().filter_map(symbol).collect();
    out(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\">{symbols}</svg>"
    ));
    ExitCode::SUCCESS
}

/// The picture of a demo's run with its defaults, `None` if that is not the same twice.
fn symbol(demo: &Demo) -> Option<String> {
    if demo.spec().modes == Modes::Live {
        return None;
    }
    let mut run = prepare(RunSetup::of(demo.slug())).ok()?;
    while run.step(1_000) != Progress::Ended {}
    run.finish();
    let (height, strokes) = draw(&run.runtime().log());
    let mut symbol = format!(
        "<symbol id=\"{}\" viewBox=\"0 0 {WIDTH} {height}\" preserveAspectRatio=\"none\">",
        demo.slug()
    );
    for ((name, width), path) in STROKES.into_iter().zip(strokes) {
        if !path.is_empty() {
            // Writing to a text cannot fail.
            let _ = write!(
                symbol,
                "<path stroke=\"var(--stroke-{name})\" stroke-width=\"{width}\" d=\"{path}\"/>"
            );
        }
    }
    symbol.push_str("</symbol>");
    Some(symbol)
}

/// The height of a run's picture, and its strokes of each kind.
fn draw(log: &Log) -> (usize, [String; 5]) {
    let mut model = Model::new();
    // What was just encoded can be read.
    let _ = model.append(&encode(log));
    let mut strokes: [String; 5] = Default::default();
    // A run that takes no time has only its order to show.
    let axis = if model.end_time() > 0 {
        Axis::Time
    } else {
        Axis::Step
    };
    let view = Viewport {
        axis,
        start: 0.0,
        end: model.extent(axis).max(1) as f64,
        pixels: WIDTH,
    };
    let tasks: Vec<u32> = model.lanes().tasks().iter().map(|lane| lane.id).collect();
    let rows = tasks.len().min(LANES);
    let mut spans: Vec<Span> = Vec::new();
    for (row, task) in tasks.iter().take(LANES).enumerate() {
        model.spans(LaneKey::Task(*task), &view, &mut spans);
        for span in &spans {
            if let Some(class) = span.looks.top().and_then(class) {
                let y = row * LANE + LANE / 2;
                let width = (span.to - span.from).max(1);
                let _ = write!(strokes[class], "M{} {y}h{width}", span.from);
            }
        }
    }
    (rows.max(1) * LANE, strokes)
}

/// How a look is drawn: its place in [`STROKES`].
fn class(look: Look) -> Option<usize> {
    Some(match look {
        Look::Idle => return None,
        Look::Sleep | Look::Interval => 0,
        Look::Ready | Look::Cancelling => 2,
        Look::LongPoll | Look::Failed => 4,
        look if look.is_poll() => 3,
        _ => 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_shows_tasks_that_run() {
        for demo in demos() {
            if let Some(symbol) = symbol(demo) {
                let runs = symbol.contains("stroke-run") || symbol.contains("stroke-bad");
                assert!(runs, "{}: {symbol}", demo.slug());
                assert!(symbol.len() < 12_000, "{}: {}", demo.slug(), symbol.len());
            }
        }
    }
}
