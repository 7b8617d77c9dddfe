//! The JSON form: one object a line.

use std::fmt::Write;

use super::{CONDENSED, Event, Kind, Log, VERSION, flags};

/// The log as JSON lines: first the meta object, with the version of the form before its other
/// members, then one object an event with its sequence
/// number, its time in nanoseconds and its kind by name, codes, text and locations spelled out.
/// If events were let go, the second line says which is the first that is there, and what is kept
/// of those before it follows.
///
/// ```
/// let lines = wakeline::log::to_json_lines(&wakeline::log::Log::new());
/// assert_eq!(lines, "{\"wakeline\":1}\n");
/// ```
#[must_use]
pub fn to_json_lines(log: &Log) -> String {
    let mut out = String::new();
    let past = log.columns.past();
    let version = past.map_or(VERSION, |_| CONDENSED);
    let _ = write!(out, r#"{{"wakeline":{version}"#);
    let members = log.meta.trim_start();
    match members.strip_prefix('{').map(str::trim_start) {
        None | Some("}" | "") => out.push('}'),
        Some(members) => {
            out.push(',');
            out.push_str(members);
        }
    }
    out.push('\n');
    if let Some(past) = past {
        let _ = writeln!(out, r#"{{"first":{}}}"#, log.columns.first());
        for (number, event) in &past.events {
            line(&mut out, log, "seq", *number, event);
        }
        for (number, event) in (0..).zip(&past.standing) {
            line(&mut out, log, "standing", number, event);
        }
    }
    for (number, event) in log.columns.numbered() {
        line(&mut out, log, "seq", number, &event);
    }
    out
}

/// An event, with its number under the name that says among which it has it.
fn line(out: &mut String, log: &Log, name: &str, number: u32, event: &Event) {
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        r#"{{"{name}":{number},"t":{},"kind":"{}","flags":{},"subject":{},"object":{},"value":{}"#,
        event.time,
        event.kind.name(),
        event.flags,
        event.subject,
        event.object,
        event.value,
    );
    if let Some((key, name)) = flags::meaning(event.kind, event.flags) {
        let _ = write!(out, r#","{key}":"{name}""#);
    }
    let text = match event.kind {
        Kind::TaskCreated
        | Kind::TaskNamed
        | Kind::TaskFailed
        | Kind::ResourceCreated
        | Kind::ResourceNamed
        | Kind::Sent
        | Kind::Received
        | Kind::Line
        | Kind::SpanEntered
        | Kind::SpanExited
        | Kind::NetworkBegun
        | Kind::NetworkPhase
        | Kind::NetworkMessage
        | Kind::NetworkEnded
        | Kind::SpanCreated
        | Kind::Message
        | Kind::RunEnded => event.low(),
        Kind::Field => event.high(),
        Kind::Metric => event.object,
        _ => 0,
    };
    if text != 0 {
        out.push_str(r#","text":"#);
        quote(out, log.text(text));
    }
    // What stands in the other half of the value.
    let other = match event.kind {
        Kind::SpanCreated | Kind::Message => Some(("target", event.high())),
        Kind::Field => Some(("name", event.low())),
        _ => None,
    };
    if let Some((key, text)) = other {
        let _ = write!(out, r#","{key}":"#);
        quote(out, log.text(text));
    }
    if let Some(at) = log.location(event.location) {
        out.push_str(r#","at":"#);
        quote(
            out,
            &format!("{}:{}:{}", log.text(at.file), at.line, at.column),
        );
    }
    out.push_str("}\n");
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Event;

    #[test]
    fn text_is_escaped() {
        let mut log = Log::new();
        let text = log.strings.intern("say \"hi\"\n\\ \u{1} 你好");
        log.columns.push(Event {
            time: 1,
            kind: Kind::Line,
            flags: 0,
            location: 0,
            subject: 1,
            object: 0,
            value: u64::from(text),
        });
        let lines = to_json_lines(&log);
        assert!(
            lines.contains(r#""level":"output","text":"say \"hi\"\n\\ \u0001 你好"}"#),
            "{lines}"
        );
    }
}
