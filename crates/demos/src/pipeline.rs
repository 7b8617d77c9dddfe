//! Values that go through stages: source, filter, transform, sink.
//!
//! The source is a generator, a stream that makes each value when it is asked for. If the stages
//! are pulled by one task, a value goes all the way before the next is made, and their times add
//! up. If each stage is a task with a small buffer behind it, they work at the same time, and the
//! slowest sets the pace: a full buffer holds back the stage before it, and so on to the source.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::{LocalBoxStream, unfold};
use wakeline::sync::mpsc;
use wakeline::time::sleep;
use wakeline::{println, spawn_named};

use crate::parameters::{choice, parameters};

parameters! {
    /// What goes through, and how long each stage takes.
    pub struct Settings {
        /// What the source makes.
        source: Source = Range;
        /// How many values it makes.
        values: u32 = 10, 1..=90;
        /// Which values the filter lets through.
        keep: Keep = All;
        /// How the stages are run.
        stages: Stages = Tasks;
        /// How many values a buffer between two tasks holds.
        buffer: usize = 2, 1..=100;
        /// How long it takes to make a value.
        source_ms: u64 = 100 ms, 0..=60_000;
        /// How long it takes to transform one.
        transform_ms: u64 = 150 ms, 0..=60_000;
        /// How long the sink is busy with one.
        sink_ms: u64 = 100 ms, 0..=60_000;
    }
    presets {
        tutorial { values = 5; stages = "pulled"; transform_ms = 0; sink_ms = 0; }
        pulled { stages = "pulled"; }
        slow_sink { sink_ms = 600; }
        fibonacci { source = "fibonacci"; keep = "even"; values = 20; }
    }
}

choice! {
    /// What the source makes.
    pub enum Source {
        /// 0, 1, 2, 3 …
        Range = "range",
        /// 0, 1, 1, 2, 3, 5, 8 …
        Fibonacci = "fibonacci",
    }
}

choice! {
    /// Which values the filter lets through.
    pub enum Keep {
        /// All.
        All = "all",
        /// The even ones.
        Even = "even",
    }
}

choice! {
    /// How the stages are run.
    pub enum Stages {
        /// By one task, which pulls a value through all of them.
        Pulled = "pulled",
        /// Each by its own, with a buffer behind it.
        Tasks = "tasks",
    }
}

/// Lets every value through, and says which arrived.
pub async fn main(settings: Settings) -> Result<(), String> {
    let mut values = match settings.stages {
        Stages::Pulled => transform(source(&settings), &settings),
        Stages::Tasks => {
            let made = buffered("source", source(&settings), &settings);
            buffered("transform", transform(made, &settings), &settings)
        }
    };
    let mut arrived = Vec::new();
    while let Some(value) = values.next().await {
        sleep(Duration::from_millis(settings.sink_ms)).await;
        println!("sink: {value}");
        arrived.push(value.to_string());
    }
    println!("{} values: {}", arrived.len(), arrived.join(", "));
    Ok(())
}

/// The generator, with the filter behind it.
fn source(settings: &Settings) -> LocalBoxStream<'static, u64> {
    let effort = Duration::from_millis(settings.source_ms);
    let kind = settings.source;
    // Nothing runs ahead: the next value is made when somebody asks for it.
    let values = unfold((0, 1), move |(value, next)| async move {
        sleep(effort).await;
        println!("source: makes {value}");
        let following = match kind {
            Source::Range => (next, next + 1),
            Source::Fibonacci => (next, value + next),
        };
        Some((value, following))
    });
    let keep = settings.keep;
    let is_kept = move |value: &u64| keep == Keep::All || value.is_multiple_of(2);
    values
        .take(settings.values as usize)
        .filter(move |value| std::future::ready(is_kept(value)))
        .boxed_local()
}

/// Doubles every value, which takes its time.
fn transform(
    values: LocalBoxStream<'static, u64>,
    settings: &Settings,
) -> LocalBoxStream<'static, u64> {
    let effort = Duration::from_millis(settings.transform_ms);
    values
        .then(move |value| async move {
            sleep(effort).await;
            println!("transform: {value} becomes {}", 2 * value);
            2 * value
        })
        .boxed_local()
}

/// Has a task of its own pull the values into a buffer, which is the stream of the next stage.
fn buffered(
    name: &str,
    mut values: LocalBoxStream<'static, u64>,
    settings: &Settings,
) -> LocalBoxStream<'static, u64> {
    let buffer = mpsc::Builder::new(format!("behind {name}")).describe(u64::to_string);
    let (sender, receiver) = buffer.bounded(settings.buffer);
    spawn_named(name, async move {
        while let Some(value) = values.next().await {
            // Waits while the buffer is full: that is all there is to backpressure.
            if sender.send(value).await.is_err() {
                break;
            }
        }
    });
    receiver.boxed_local()
}
