//! Spans and events of the `tracing` crate in the log.
#![cfg(feature = "tracing")]

mod support;

use support::{events, ms};
use tracing::{Instrument, Level, debug, error, info, info_span, span, warn};
use tracing_subscriber::layer::SubscriberExt;
use wakeline::log::{Event, Kind, TraceLevel, encode};
use wakeline::time::sleep;
use wakeline::{Builder, Runtime, spawn_named};

fn traced<T>(run: impl FnOnce() -> T) -> T {
    let subscriber = tracing_subscriber::registry().with(wakeline::tracing::layer());
    tracing::subscriber::with_default(subscriber, run)
}

fn text(runtime: &Runtime, index: u32) -> String {
    runtime.log().text(index).to_owned()
}

/// The fields of a span, or of the message that stands right before them.
fn fields(runtime: &Runtime, of: impl Fn(&Event) -> bool) -> Vec<(String, String)> {
    let fields = events(runtime, Kind::Field).into_iter().filter(of);
    fields
        .map(|event| (text(runtime, event.low()), text(runtime, event.high())))
        .collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

async fn program() {
    let shop = info_span!("shop", floor = 2, open = tracing::field::Empty);
    shop.record("open", true);
    let work = async {
        debug!(target: "till", amount = 1.5, who = ?Some("ann"), "sold {} items", 3);
        sleep(ms(1)).await;
        warn!("closing");
    };
    spawn_named("shop", work.instrument(shop)).await.unwrap();
    error!(code = 7);
}

fn run() -> Runtime {
    traced(play)
}

fn play() -> Runtime {
    let runtime = Builder::new().build();
    runtime.block_on(program());
    runtime
}

#[test]
fn messages_have_their_target_level_text_fields_span_and_place() {
    let runtime = run();
    let messages = events(&runtime, Kind::Message);
    let told: Vec<_> = messages
        .iter()
        .map(|event| {
            let level = TraceLevel::from_code(event.flags).unwrap();
            let words = (text(&runtime, event.low()), text(&runtime, event.high()));
            (level, words, event.subject, event.object)
        })
        .collect();
    let own = module_path!().to_owned();
    let said = |text: &str, target: &str| (text.to_owned(), target.to_owned());
    assert_eq!(
        told,
        [
            (TraceLevel::Debug, said("sold 3 items", "till"), 2, 1),
            (TraceLevel::Warn, said("closing", &own), 2, 1),
            (TraceLevel::Error, said("", &own), 1, 0),
        ]
    );
    let of_messages = fields(&runtime, |event| event.object == 0);
    let expected = [
        pair("amount", "1.5"),
        pair("who", "Some(\"ann\")"),
        pair("code", "7"),
    ];
    assert_eq!(of_messages, expected);
    let log = runtime.log();
    for message in &messages {
        let place = log.location(message.location).unwrap();
        assert_eq!(log.text(place.file), "runtime/tests/tracing.rs");
        assert!(place.line > 1);
    }
}

#[test]
fn a_span_is_made_entered_and_left_at_every_poll_and_is_over_once() {
    let runtime = run();
    let created = events(&runtime, Kind::SpanCreated);
    assert_eq!(created.len(), 1);
    assert_eq!((created[0].subject, created[0].object), (1, 1));
    assert_eq!(created[0].flags, TraceLevel::Info.code());
    assert_eq!(text(&runtime, created[0].low()), "shop");
    let of_span = fields(&runtime, |event| event.object == 1);
    assert_eq!(of_span, [pair("floor", "2"), pair("open", "true")]);
    let entered = events(&runtime, Kind::SpanEntered);
    let exited = events(&runtime, Kind::SpanExited);
    assert_eq!(entered.len(), exited.len());
    let by_task = entered.iter().filter(|event| event.subject == 2);
    assert!(by_task.count() >= 2, "one for each poll");
    assert!(entered.iter().chain(&exited).all(|event| event.object == 1));
    assert_eq!(events(&runtime, Kind::SpanClosed).len(), 1);
}

#[test]
fn the_same_program_gives_the_same_bytes_whatever_else_is_traced() {
    let first = encode(&run().log());
    let second = traced(|| {
        // Other spans, and another runtime, of the same subscriber.
        play();
        let _kept = info_span!("elsewhere");
        encode(&play().log())
    });
    // Not compared as such: a difference is thousands of numbers.
    assert!(
        first == second,
        "{} and {} bytes",
        first.len(),
        second.len()
    );
}

#[test]
fn a_span_from_outside_is_told_to_each_runtime_that_enters_it() {
    traced(|| {
        let span = span!(Level::TRACE, "outside", n = 1);
        for _ in 0..2 {
            let runtime = Builder::new().build();
            runtime.block_on(async { info!("inside") }.instrument(span.clone()));
            let created = events(&runtime, Kind::SpanCreated);
            assert_eq!((created.len(), created[0].object), (1, 1));
            assert_eq!(
                fields(&runtime, |event| event.object == 1),
                [pair("n", "1")]
            );
            assert_eq!(events(&runtime, Kind::Message)[0].object, 1);
        }
    });
}

#[test]
fn nothing_happens_outside_of_a_runtime_or_where_nothing_is_recorded() {
    traced(|| {
        info!("nobody listens");
        let runtime = Builder::new().record(false).build();
        runtime.block_on(program());
        assert!(runtime.log().is_empty());
    });
}
