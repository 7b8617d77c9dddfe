//! What an event says, as a sentence.

use wakeline::log::{
    Cause, Event, FindingKind, Kind, LineLevel, MessageDirection, NetworkPhase, Outcome,
    PollResult, Reason, ResourceKind, TimerPurpose, TraceLevel, UNBOUNDED,
};

use crate::Model;
use crate::phrase::{Argument, Phrase, kind_key};
use crate::state::Resource;

/// How far back the arming of a timer is looked for when a wait for it begins.
const NEAR: usize = 4;

impl Model {
    /// What an event says: the words of the log line, the tooltip and the table. `None` past the
    /// end of the log.
    #[must_use]
    pub fn describe(&self, index: usize) -> Option<Phrase> {
        let event = self.event(index)?;
        Some(self.sentence(&event, index))
    }

    /// The name of an event's kind, for a column of a table.
    #[must_use]
    pub fn kind_name(kind: Kind) -> Phrase {
        Phrase::new(format!("kind.{}", kind.name()))
    }

    fn sentence(&self, event: &Event, index: usize) -> Phrase {
        let name = event.kind.name();
        let plain = |task| Phrase::new(format!("event.{name}")).with_task("task", task);
        let variant = |variant: &str| variant_of(name, variant);
        let text = |text| self.log().text(text);
        match event.kind {
            Kind::RunBegun => plain(0).with_number("seed", event.value),
            Kind::RunEnded => {
                let outcome = Argument::Phrase(outcome(Outcome::from_code(event.flags)));
                match self.log().text(event.low()) {
                    "" => variant("plain").with("outcome", outcome),
                    _ => variant("reason")
                        .with("outcome", outcome)
                        .with_text("reason", text(event.low())),
                }
            }
            Kind::ClockAdvanced => {
                let jump = event.time.saturating_sub(event.value);
                plain(0).with("duration", Argument::Duration(jump))
            }
            Kind::TaskCreated if event.object == 0 => {
                variant("root").with_task("task", event.subject)
            }
            Kind::TaskCreated => variant("child")
                .with_task("task", event.subject)
                .with_task("parent", event.object),
            Kind::TaskNamed => Phrase::new("event.task-named")
                .with_number("id", event.subject.into())
                .with_text("name", text(event.low())),
            Kind::TaskReady | Kind::WakeCoalesced => variant(cause_variant(event))
                .with_task("task", event.subject)
                .with_task("by", event.object)
                .with_number("count", event.value),
            Kind::ChoiceMade => plain(event.subject)
                .with_number("place", event.value.saturating_add(1))
                .with_number("count", event.object.into()),
            Kind::PriorityChanged => plain(event.subject).with(
                "number",
                Argument::Text(event.low().cast_signed().to_string()),
            ),
            Kind::Finding => finding(event),
            Kind::PollEnded => variant(match PollResult::from_code(event.flags) {
                Some(PollResult::Ready) => "ready",
                Some(PollResult::Panicked) => "panicked",
                Some(PollResult::Dropped) => "dropped",
                _ => "pending",
            })
            .with_task("task", event.subject),
            Kind::TaskFailed => plain(event.subject).with_text("message", text(event.low())),
            Kind::CancelRequested => variant(match event.flags {
                0 => "abort",
                1 => "request",
                _ => "passed-on",
            })
            .with_task("task", event.subject)
            .with_task("by", event.object),
            Kind::ResourceCreated => {
                let limit = match event.high() {
                    0 => "plain",
                    UNBOUNDED => "unbounded",
                    _ => "bounded",
                };
                let kind = self
                    .tip()
                    .resource(event.subject)
                    .and_then(|resource| resource.kind);
                variant(limit)
                    .with_task("by", event.object)
                    .with("kind", Argument::Phrase(Phrase::new(kind_key(kind))))
                    .with_resource("resource", event.subject)
                    .with_number("capacity", event.high().into())
            }
            Kind::ResourceNamed => Phrase::new("event.resource-named")
                .with_number("id", event.subject.into())
                .with_text("name", text(event.low())),
            Kind::ResourceClosed => plain(event.object).with_resource("resource", event.subject),
            Kind::WaitBegun | Kind::WaitEnded => self.wait_sentence(event, index),
            Kind::Acquired | Kind::Released | Kind::HandedOver => {
                let resource = self.tip().resource(event.object);
                let all = resource.and_then(Resource::capacity).map(u64::from);
                variant(match resource.and_then(|resource| resource.kind) {
                    Some(ResourceKind::Mutex) => "lock",
                    // A writer takes all that there is.
                    Some(ResourceKind::RwLock) if Some(event.value) == all => "write",
                    Some(ResourceKind::RwLock) => "read",
                    Some(ResourceKind::Notify) => "notification",
                    Some(ResourceKind::Channel) => "room",
                    _ => "permits",
                })
                .with_task("task", event.subject)
                .with_resource("resource", event.object)
                .with_number("count", event.value)
            }
            Kind::Cleared => variant(if event.value == 0 { "nobody" } else { "some" })
                .with_task("task", event.subject)
                .with_resource("resource", event.object)
                .with_number("count", event.value),
            Kind::CapacityChanged | Kind::UnitDone => plain(event.subject)
                .with_resource("resource", event.object)
                .with_number("count", event.value),
            Kind::Sent | Kind::Received => {
                let form = if event.low() == 0 { "plain" } else { "text" };
                variant(form)
                    .with_task("task", event.subject)
                    .with_resource("resource", event.object)
                    .with_text("message", text(event.low()))
                    .with_number("count", event.high().into())
            }
            Kind::Discarded => plain(event.object)
                .with_resource("resource", event.subject)
                .with_number("count", event.value),
            Kind::Notified => variant(match (event.value, event.flags) {
                (0, 1) => "lost",
                (0, _) => "stored",
                _ => "released",
            })
            .with_task("task", event.subject)
            .with_resource("resource", event.object)
            .with_number("count", event.value),
            Kind::TimerArmed => variant(purpose(TimerPurpose::from_code(event.flags)))
                .with_task("task", event.subject)
                .with("deadline", Argument::Time(event.value)),
            Kind::TimerFired | Kind::TimerCancelled => {
                plain(event.subject).with("deadline", Argument::Time(event.value))
            }
            Kind::NetworkBegun => plain(event.subject).with_text("request", text(event.low())),
            Kind::NetworkPhase => variant(phase(NetworkPhase::from_code(event.flags)))
                .with_task("task", event.subject)
                .with_resource("resource", event.object)
                .with_text("text", text(event.low()))
                .with_number("number", event.high().into()),
            Kind::NetworkMessage => {
                let direction = MessageDirection::from_code(event.flags);
                variant(direction.map_or("unknown", MessageDirection::name))
                    .with_task("task", event.subject)
                    .with_resource("resource", event.object)
                    .with_text("text", text(event.low()))
                    .with_number("bytes", event.high().into())
            }
            Kind::NetworkEnded => {
                let manner = match event.flags {
                    0 => "well",
                    2 => "aborted",
                    _ => "error",
                };
                variant(manner)
                    .with_task("task", event.subject)
                    .with_resource("resource", event.object)
                    .with_text("reason", text(event.low()))
            }
            Kind::Line => {
                let error = event.flags == LineLevel::Error.code();
                variant(if error { "error" } else { "output" })
                    .with_task("task", event.subject)
                    .with_text("text", text(event.low()))
            }
            Kind::SpanEntered | Kind::SpanExited => {
                plain(event.subject).with_text("name", text(event.low()))
            }
            Kind::SpanCreated | Kind::Message => {
                let level = TraceLevel::from_code(event.flags);
                let level = level.map_or("unknown", TraceLevel::name);
                plain(event.subject)
                    .with_text("text", text(event.low()))
                    .with_text("target", text(event.high()))
                    .with(
                        "level",
                        Argument::Phrase(Phrase::new(format!("level.{level}"))),
                    )
            }
            Kind::SpanClosed => plain(event.subject).with_number("number", event.object.into()),
            Kind::Field => plain(event.subject)
                .with_text("name", text(event.low()))
                .with_text("value", text(event.high())),
            Kind::Metric => plain(event.subject)
                .with_text("name", text(event.object))
                .with(
                    "number",
                    Argument::Text(measure(f64::from_bits(event.value))),
                ),
            _ => plain(event.subject),
        }
    }

    fn wait_sentence(&self, event: &Event, index: usize) -> Phrase {
        let name = event.kind.name();
        let reason = Reason::from_code(event.flags).unwrap_or(Reason::Other);
        if reason == Reason::Timer && event.kind == Kind::WaitBegun {
            let armed = (index.saturating_sub(NEAR)..index)
                .rev()
                .filter_map(|index| self.event(index))
                .find(|armed| armed.kind == Kind::TimerArmed && armed.object == event.object);
            if let Some(armed) = armed {
                let purpose = purpose(TimerPurpose::from_code(armed.flags));
                return Phrase::new(format!("event.{name}.{purpose}"))
                    .with_task("task", event.subject)
                    .with("deadline", Argument::Time(armed.value));
            }
        }
        Phrase::new(format!("event.{name}.other"))
            .with_task("task", event.subject)
            .with("what", Argument::Phrase(waiting_for(reason, event.object)))
    }
}

/// One of several sentences about a kind of event.
#[inline(never)]
fn variant_of(kind: &str, variant: &str) -> Phrase {
    Phrase::new(["event.", kind, ".", variant].concat())
}

/// What a wait is for, to follow "waits for".
pub(crate) fn waiting_for(reason: Reason, object: u32) -> Phrase {
    let phrase = Phrase::new(format!("wait.{}", reason.name()));
    match reason {
        Reason::Join | Reason::JoinAny => phrase.with_task("task", object),
        _ => phrase.with_resource("resource", object),
    }
}

fn finding(event: &Event) -> Phrase {
    let Some(kind) = FindingKind::from_code(event.flags) else {
        return Phrase::new("event.finding.unknown");
    };
    let form = match kind {
        FindingKind::Deadlock if event.object == 0 => ".alone",
        FindingKind::Deadlock => ".circle",
        FindingKind::FutureNeverPolled if event.object == 0 => ".plain",
        FindingKind::FutureNeverPolled => ".resource",
        FindingKind::LostNotification if event.subject == 0 => ".nobody",
        FindingKind::LostNotification => ".waiter",
        _ => "",
    };
    let phrase = Phrase::new(format!("event.finding.{}{form}", kind.name()))
        .with_task("task", event.subject);
    match kind {
        FindingKind::Deadlock => phrase.with_task("other", event.object),
        FindingKind::LongPoll => phrase
            .with("duration", Argument::Duration(event.value))
            .with_number("count", event.object.into()),
        FindingKind::Diverged => phrase
            .with_number("number", u64::from(event.low()).saturating_add(1))
            .with_number("count", event.object.into())
            .with_number("recorded", event.high().into()),
        _ => phrase.with_resource("resource", event.object),
    }
}

/// The name of how a run ended.
#[must_use]
pub fn outcome(outcome: Option<Outcome>) -> Phrase {
    match outcome {
        Some(outcome) => Phrase::new(format!("outcome.{}", outcome.name())),
        None => Phrase::new("outcome.unknown"),
    }
}

fn cause_variant(event: &Event) -> &'static str {
    match Cause::from_code(event.flags) {
        Some(Cause::Spawned) => "spawned",
        Some(Cause::Task) if event.object == event.subject => "itself",
        Some(Cause::Task) => "task",
        Some(Cause::Timer) => "timer",
        Some(Cause::Yielded) => "yielded",
        Some(Cause::Abort) => "abort",
        Some(Cause::Cancel) => "cancel",
        Some(Cause::Thread) => "thread",
        _ => "outside",
    }
}

fn purpose(purpose: Option<TimerPurpose>) -> &'static str {
    match purpose {
        Some(TimerPurpose::Timeout) => "timeout",
        Some(TimerPurpose::Interval) => "interval",
        Some(TimerPurpose::Callback) => "callback",
        Some(TimerPurpose::Arrival) => "arrival",
        _ => "sleep",
    }
}

fn phase(phase: Option<NetworkPhase>) -> &'static str {
    phase.map_or("unknown", NetworkPhase::name)
}

/// A measured number, to three decimals at most.
fn measure(number: f64) -> String {
    // What is beyond the range is shown as its end; a log can say anything.
    let thousandths = (number * 1e3).round() as i64;
    let (whole, rest) = (thousandths / 1_000, (thousandths % 1_000).unsigned_abs());
    let minus = if thousandths < 0 { "-" } else { "" };
    let text = format!("{minus}{}.{rest:03}", whole.unsigned_abs());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_has_three_decimals_at_most() {
        for (number, text) in [
            (0.0, "0"),
            (10.0, "10"),
            (-0.5, "-0.5"),
            (2.0 / 3.0, "0.667"),
            (f64::NAN, "0"),
        ] {
            assert_eq!(measure(number), text, "{number}");
        }
    }
}
