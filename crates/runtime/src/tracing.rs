//! What the program says through the [`tracing`](https://docs.rs/tracing) crate, in the log.
//!
//! A [`Layer`] takes in spans and events wherever they are made and writes them into the log of the
//! runtime whose task makes them, with target, level, message and fields; outside of a runtime, or
//! where nothing is recorded, it does nothing. It has no state that a log could depend on: spans are
//! numbered by the runtime, in the order in which it sees them, and what is formatted is what the
//! program gives. So a log stays the same, byte for byte, whatever else the process traces.
//!
//! A span's parent is the span that its task is in when it is made; one that was given by name
//! (`parent: …`) is not recorded.
//!
//! ```
//! use tracing::{Instrument, info, info_span};
//! use tracing_subscriber::layer::SubscriberExt;
//!
//! let subscriber = tracing_subscriber::registry().with(wakeline::tracing::layer());
//! let runtime = wakeline::Builder::new().build();
//! tracing::subscriber::with_default(subscriber, || {
//!     runtime.block_on(
//!         async { info!(items = 3, "stocktaking") }.instrument(info_span!("shop", floor = 2)),
//!     );
//! });
//! let json = wakeline::log::to_json_lines(&runtime.log());
//! assert!(json.contains(r#""text":"stocktaking""#));
//! assert!(json.contains(r#""text":"3","name":"items""#));
//! ```

use std::fmt::{self, Write};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use crate::log::{Event, Kind, TraceLevel, pack};
use crate::runtime::{Core, try_with_core};

/// The layer, to be put upon a `tracing_subscriber` registry, alone or with filters and others.
#[must_use]
pub fn layer() -> Layer {
    Layer(())
}

/// See [`layer`].
#[derive(Debug)]
pub struct Layer(());

/// A value that was formatted.
type Fields = Vec<(&'static str, String)>;

/// What the registry keeps with a span for us.
#[derive(Default)]
struct Known {
    /// Its fields as they are now, for runtimes that have not seen it yet.
    fields: Fields,
    /// Its number in each runtime that has.
    numbers: Vec<(u32, u32)>,
}

impl<S> tracing_subscriber::Layer<S> for Layer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Formatted::default();
        attributes.record(&mut fields);
        let Some(span) = context.span(id) else { return };
        span.extensions_mut().insert(Known {
            fields: fields.0,
            numbers: Vec::new(),
        });
        recording(|core| {
            number(core, &span);
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut fields = Formatted::default();
        values.record(&mut fields);
        let Some(span) = context.span(id) else { return };
        recording(|core| {
            let number = number(core, &span);
            fields
                .0
                .iter()
                .for_each(|field| tell_field(core, number, field));
        });
        if let Some(known) = span.extensions_mut().get_mut::<Known>() {
            known.fields.extend(fields.0);
        }
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        recording(|core| {
            let mut fields = Formatted::default();
            event.record(&mut fields);
            let span = context.event_span(event);
            let span = span.map_or(0, |span| number(core, &span));
            let said = fields.0.iter().position(|(name, _)| *name == "message");
            let said = said.map_or(String::new(), |at| fields.0.remove(at).1);
            tell(core, Kind::Message, event.metadata(), span, &said);
            fields.0.iter().for_each(|field| tell_field(core, 0, field));
        });
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        passed(Kind::SpanEntered, id, &context);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        passed(Kind::SpanExited, id, &context);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else {
            return;
        };
        recording(|core| {
            // A span that this runtime never saw is not over in it either.
            let known = span
                .extensions()
                .get::<Known>()
                .and_then(|known| known.of(core));
            if let Some(number) = known {
                core.record_plain(Kind::SpanClosed, 0, core.current(), number, 0);
            }
        });
    }
}

impl Known {
    fn of(&self, core: &Core) -> Option<u32> {
        let token = core.span_token(next_token);
        let known = self.numbers.iter().find(|(runtime, _)| *runtime == token);
        known.map(|(_, number)| *number)
    }
}

/// Tells runtimes apart. It never gets into a log.
fn next_token() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Calls `tell` with the current runtime if it records.
fn recording(tell: impl FnOnce(&Rc<Core>)) {
    try_with_core(|core| {
        if core.is_recording() {
            tell(core);
        }
    });
}

fn passed<S>(kind: Kind, id: &Id, context: &Context<'_, S>)
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let Some(span) = context.span(id) else { return };
    recording(|core| {
        let number = number(core, &span);
        let name = core.intern(span.name());
        core.record_plain(kind, 0, core.current(), number, u64::from(name));
    });
}

/// The number of a span in this runtime, which is told of it when it sees it first.
fn number<S>(core: &Core, span: &SpanRef<'_, S>) -> u32
where
    S: for<'a> LookupSpan<'a>,
{
    let fields = {
        let extensions = span.extensions();
        let Some(known) = extensions.get::<Known>() else {
            // Made before the layer was there.
            return 0;
        };
        if let Some(number) = known.of(core) {
            return number;
        }
        known.fields.clone()
    };
    let number = core.next_span();
    if let Some(known) = span.extensions_mut().get_mut::<Known>() {
        known.numbers.push((core.span_token(next_token), number));
    }
    tell(
        core,
        Kind::SpanCreated,
        span.metadata(),
        number,
        span.name(),
    );
    fields
        .iter()
        .for_each(|field| tell_field(core, number, field));
    number
}

fn tell(core: &Core, kind: Kind, metadata: &Metadata<'_>, span: u32, text: &str) {
    let location = match (metadata.file(), metadata.line()) {
        (Some(file), Some(line)) => core.place_of(file, line),
        _ => 0,
    };
    core.record_event(Event {
        time: core.now().as_nanos(),
        kind,
        flags: level(*metadata.level()).code(),
        location,
        subject: core.current(),
        object: span,
        value: pack(core.intern(text), core.intern(metadata.target())),
    });
}

fn tell_field(core: &Core, span: u32, (name, value): &(&'static str, String)) {
    let value = pack(core.intern(name), core.intern(value));
    core.record_plain(Kind::Field, 0, core.current(), span, value);
}

fn level(level: Level) -> TraceLevel {
    match level {
        Level::ERROR => TraceLevel::Error,
        Level::WARN => TraceLevel::Warn,
        Level::INFO => TraceLevel::Info,
        Level::DEBUG => TraceLevel::Debug,
        Level::TRACE => TraceLevel::Trace,
    }
}

/// Formats fields in their order, before anything of the runtime is borrowed: that is foreign code.
#[derive(Default)]
struct Formatted(Fields);

impl Visit for Formatted {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        // A `Debug` that fails leaves what it had written.
        let _ = write!(text, "{value:?}");
        self.0.push((field.name(), text));
    }
}
