//! Measures what the timeline costs: `cargo run --release --example bench -p wakeline-timeline`.
//!
//! The logs are those of a real program on the real executor: tasks that pass messages through
//! channels, share a lock and sleep. Times are the least of several rounds, in the process's own
//! clock; compare ratios, not machines. `pack` is a part of `build`. An item is a slice or a
//! change of a channel's contents; a frame is the pixels of up to 195 lanes on 1,920 pixels,
//! `zoomed` one of a hundredth of the run; `jump` is a state from nothing, `steps` the next state
//! from the one before.

#[path = "programs/busy.rs"]
mod busy;

use std::hint::black_box;
use std::time::{Duration, Instant};

use wakeline::log::{Log, encode};
use wakeline_timeline::raster::{Palette, fill};
use wakeline_timeline::state::State;
use wakeline_timeline::{Axis, LaneKey, Look, Looks, Model, Viewport};

fn main() {
    println!(
        "{:>9} {:>6} {:>9} | {:>8} {:>8} {:>7} {:>6} | {:>8} {:>8} | {:>8} {:>8} {:>8} | {:>7}",
        "events",
        "lanes",
        "slices",
        "build",
        "pack",
        "B/event",
        "B/item",
        "jump",
        "worst",
        "frame",
        "zoomed",
        "steps",
        "hit"
    );
    for (events, tasks) in [
        (10_000, 100),
        (100_000, 10),
        (100_000, 1_000),
        (1_000_000, 43),
        (1_000_000, 1_000),
        (1_000_000, 100_000),
        (3_000_000, 1_000),
    ] {
        measure(&busy::program(events, tasks));
    }
}

fn measure(log: &Log) {
    let bytes = encode(log);
    let (build, model) = least(3, || {
        let mut model = Model::new();
        model.append(&bytes).map(|_| model)
    });
    let Ok(model) = model else {
        println!("the log was refused");
        return;
    };
    // Reading the bytes is not building: it is measured apart and taken off.
    let (decode, _) = least(3, || {
        let mut copy = Log::new();
        wakeline::log::Decoder::new().read(&mut copy, &bytes)
    });
    let (pack, _) = least(3, || {
        let mut copy = Log::new();
        let _ = wakeline::log::Decoder::new().read(&mut copy, &bytes);
        copy.columns.pack();
    });
    let lanes = model.lanes();
    let slices = lanes.slices_len();
    let (mut total, mut worst) = (Duration::ZERO, Duration::ZERO);
    const JUMPS: usize = 50;
    for number in 0..JUMPS {
        // Spread over the log, in no order.
        let step = number * 7_919 % JUMPS * model.len() / JUMPS + number;
        let (time, _) = least(3, || black_box(model.state_at(step)));
        total += time;
        worst = worst.max(time);
    }
    let mut state = State::new();
    let steps = Instant::now();
    let walk = model.len().min(20_000);
    for step in 0..walk {
        model.seek(&mut state, step);
    }
    let steps = steps.elapsed() / walk as u32;
    println!(
        "{:>9} {:>6} {:>9} | {:>6.1}ms {:>6.1}ms {:>7.1} {:>6.1} | {:>6.2}ms {:>6.2}ms | {:>6.0}µs {:>6.0}µs {:>6.0}ns | {:>5.0}ns",
        model.len(),
        lanes.len(),
        slices,
        ms(build.saturating_sub(decode)),
        ms(pack.saturating_sub(decode)),
        model.log().columns.memory() as f64 / model.len() as f64,
        lanes.memory() as f64 / (slices + lanes.points_len()) as f64,
        ms(total) / JUMPS as f64,
        ms(worst),
        1_000.0 * ms(frame(&model, 0.0, 1.0)),
        1_000.0 * ms(frame(&model, 0.4, 0.41)),
        steps.as_nanos() as f64,
        hit(&model),
    );
}

/// A frame of the visible lanes on 1,920 pixels, pixels filled.
fn frame(model: &Model, from: f64, to: f64) -> Duration {
    let extent = model.extent(Axis::Step) as f64;
    let view = Viewport {
        axis: Axis::Step,
        start: from * extent,
        end: to * extent,
        pixels: 1_920,
    };
    let palette = Palette::default().with_shade(Look::Poll, [9, 9, 9, 255], [90, 90, 90, 255]);
    let mut spans = Vec::new();
    let mut row = vec![0; 4 * view.pixels as usize];
    let visible = model.lanes().len().min(195);
    let (time, ()) = least(5, || {
        for index in 0..visible {
            if let Some(key) = model.lanes().key(index) {
                model.spans(key, &view, &mut spans);
                fill(&spans, &palette, Looks::ALL, &mut row);
                black_box(&row);
            }
        }
    });
    time
}

fn hit(model: &Model) -> f64 {
    let extent = model.extent(Axis::Step) as f64;
    let (time, ()) = least(5, || {
        for number in 0..1_000_u32 {
            let position = extent * f64::from(number) / 1_000.0;
            let key = LaneKey::Task(1 + number % 40);
            black_box(model.hit(key, Axis::Step, position, extent / 1_920.0));
        }
    });
    time.as_nanos() as f64 / 1_000.0
}

/// The least time of several rounds, and what the last one gave.
fn least<T>(rounds: u32, mut action: impl FnMut() -> T) -> (Duration, T) {
    let mut round = || {
        let begun = Instant::now();
        let result = action();
        (begun.elapsed(), result)
    };
    let (mut best, mut result) = round();
    for _ in 1..rounds {
        let (time, next) = round();
        best = best.min(time);
        result = next;
    }
    (best, result)
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
