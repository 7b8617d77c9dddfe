//! A log in JSON lines: the meta object, then an event a line.

use std::borrow::Cow;
use std::collections::HashMap;

use wakeline::log::{
    CONDENSED, Carried, Columns, Event, Kind, Log, Outcome, Past, SourceLocation, VERSION, pack,
};

use super::fields::{Field, object};
use super::{ImportError, Place};

/// A line of an event as it stands there.
#[derive(Debug, Default)]
struct Line<'a> {
    first: Option<u64>,
    standing: Option<u64>,
    seq: Option<u64>,
    time: Option<u64>,
    flags: Option<u64>,
    subject: Option<u64>,
    object: Option<u64>,
    value: Option<u64>,
    kind: Option<Cow<'a, str>>,
    text: Option<Cow<'a, str>>,
    target: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    at: Option<Cow<'a, str>>,
    /// A field that is known is of another type.
    mistyped: bool,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let mut read = Self::default();
        object(line, |name, field| read.take(name, field))?;
        Some(read)
    }

    fn take(&mut self, name: &str, field: Field<'a>) {
        let number = match name {
            "first" => &mut self.first,
            "standing" => &mut self.standing,
            "seq" => &mut self.seq,
            "t" => &mut self.time,
            "flags" => &mut self.flags,
            "subject" => &mut self.subject,
            "object" => &mut self.object,
            "value" => &mut self.value,
            _ => {
                let text = match name {
                    "kind" => &mut self.kind,
                    "text" => &mut self.text,
                    "target" => &mut self.target,
                    "name" => &mut self.name,
                    "at" => &mut self.at,
                    // The names of codes say nothing that the codes do not say.
                    _ => return,
                };
                match field {
                    Field::Text(value) => *text = Some(value),
                    _ => self.mistyped = true,
                }
                return;
            }
        };
        match field {
            Field::Number(value) => *number = Some(value),
            _ => self.mistyped = true,
        }
    }
}

/// Builds a log line by line.
#[derive(Debug)]
struct Builder {
    log: Log,
    /// Of a log whose first events were let go: the number of the first that is there, and what is
    /// kept of the others, until that one comes.
    past: Option<(u32, Past)>,
    /// Whether it is such a log.
    is_condensed: bool,
    /// The places in the source, by what the lines call them. Only looked up in.
    places: HashMap<String, u16>,
}

/// The meta object of the first line, which begins with the version of the form. A line without one
/// is of the first version, which was written without.
fn meta(line: &str) -> Result<(String, u16), &'static str> {
    let mut version = None;
    object(line, |name, field| {
        if name == "wakeline" {
            version = Some(field);
        }
    })
    .ok_or("json-syntax")?;
    let version = match version {
        None => None,
        Some(Field::Number(number)) => {
            let known = [VERSION, CONDENSED].into_iter();
            let mut known = known.filter(|version| u64::from(*version) == number);
            Some(known.next().ok_or("unknown-version")?)
        }
        Some(_) => return Err("json-field"),
    };
    let members = match version {
        None => line.to_owned(),
        Some(version) => {
            let member = format!("{{\"wakeline\":{version}");
            let rest = line.strip_prefix(&*member).ok_or("json-field")?;
            format!("{{{}", rest.strip_prefix(',').unwrap_or(rest))
        }
    };
    let members = match &*members {
        "{}" => String::new(),
        _ => members,
    };
    Ok((members, version.unwrap_or(VERSION)))
}

pub(super) fn read(bytes: &[u8]) -> Result<Log, ImportError> {
    let fail = |line: usize, code| ImportError {
        place: Place::Line(line),
        code,
    };
    let text = std::str::from_utf8(bytes).map_err(|error| ImportError {
        place: Place::Byte(error.valid_up_to()),
        code: "not-utf-8",
    })?;
    let mut builder = Builder {
        log: Log::new(),
        past: None,
        is_condensed: false,
        places: HashMap::new(),
    };
    let mut number = 0;
    for line in text.lines() {
        number += 1;
        if number == 1 {
            let (members, version) = meta(line).map_err(|code| fail(1, code))?;
            builder.log.meta = members;
            builder.is_condensed = version == CONDENSED;
        } else if number == 2 && builder.is_condensed {
            builder.begin(line).map_err(|code| fail(2, code))?;
        } else {
            builder.add(line).map_err(|code| fail(number, code))?;
        }
    }
    builder.settle();
    let begins = builder.is_condensed == builder.log.columns.past().is_some();
    if !begins || !builder.is_complete() {
        // The file was cut off between two lines, or never finished.
        return Err(ImportError {
            place: Place::Byte(bytes.len()),
            code: "incomplete",
        });
    }
    Ok(builder.log)
}

/// Adds what is kept of an event that was let go, or what was so then.
fn keep(past: &mut Past, event: Event, line: &Line<'_>) -> Result<(), &'static str> {
    if line.standing.is_some() {
        let is_known = match event.kind {
            Kind::Carried => Carried::from_code(event.flags).is_some(),
            kind => kind.can_stand(),
        };
        past.standing.push(event);
        return if is_known { Ok(()) } else { Err("json-kind") };
    }
    let number = line.seq.and_then(|seq| u32::try_from(seq).ok());
    let number = number.ok_or("json-field")?;
    if past.events.last().is_some_and(|(last, _)| *last >= number) {
        return Err("json-order");
    }
    if event.kind == Kind::Carried {
        return Err("json-kind");
    }
    past.events.push((number, event));
    Ok(())
}

impl Builder {
    fn is_complete(&self) -> bool {
        let last = self.log.len().checked_sub(1);
        let last = last.and_then(|last| self.log.columns.get(last));
        last.is_none_or(|event| {
            event.kind == Kind::RunEnded && Outcome::from_code(event.flags).is_some()
        })
    }

    fn add(&mut self, line: &str) -> Result<(), &'static str> {
        let line = Line::read(line).ok_or("json-syntax")?;
        if line.mistyped {
            return Err("json-field");
        }
        let number = |number: Option<u64>| number.ok_or("json-field");
        let id = |id: Option<u64>| u32::try_from(number(id)?).map_err(|_| "json-field");
        // What is kept of events that were let go comes first.
        let is_past = self.past.is_some()
            && match (line.standing, line.seq, &self.past) {
                (Some(_), ..) => true,
                (_, Some(seq), Some((first, _))) => seq < u64::from(*first),
                _ => false,
            };
        if !is_past {
            self.settle();
            if number(line.seq)? != self.log.len() as u64 {
                return Err("json-order");
            }
        }
        let kind = line.kind.as_deref().ok_or("json-field")?;
        let mut kinds = Kind::ALL.iter();
        let kind = *kinds
            .find(|known| known.name() == kind)
            .ok_or("json-kind")?;
        let time = number(line.time)?;
        let last = match &self.past {
            Some(_) if line.standing.is_some() => 0,
            Some((_, past)) => past.events.last().map_or(0, |(_, event)| event.time),
            None => self.log.columns.time(usize::MAX),
        };
        if time < last {
            return Err("json-time");
        }
        let mut event = Event {
            time,
            kind,
            flags: u8::try_from(number(line.flags)?).map_err(|_| "json-field")?,
            location: 0,
            subject: id(line.subject)?,
            object: id(line.object)?,
            value: number(line.value)?,
        };
        // In the order in which the runtime gives numbers: texts, then the place.
        self.name(&mut event, &line);
        if let Some(at) = &line.at {
            event.location = self.place(at).ok_or("json-field")?;
        }
        match &mut self.past {
            Some((_, past)) => keep(past, event, &line),
            None if kind == Kind::Carried => Err("json-kind"),
            None => {
                self.log.columns.push(event);
                Ok(())
            }
        }
    }

    /// The line that says with which event the log begins.
    fn begin(&mut self, line: &str) -> Result<(), &'static str> {
        let line = Line::read(line).ok_or("json-syntax")?;
        let first = line.first.and_then(|first| u32::try_from(first).ok());
        let first = first.filter(|first| *first > 0 && !line.mistyped);
        self.past = Some((first.ok_or("json-field")?, Past::default()));
        Ok(())
    }

    /// Nothing more is kept of what was let go.
    fn settle(&mut self) {
        if let Some((first, past)) = self.past.take() {
            self.log.columns = Columns::begin(first as usize, past);
        }
    }

    /// Gives the texts of an event their numbers in this log.
    fn name(&mut self, event: &mut Event, line: &Line<'_>) {
        let mut intern = |text: &Option<Cow<'_, str>>| match text {
            Some(text) => self.log.strings.intern(text),
            None => 0,
        };
        match event.kind {
            Kind::RunEnded
            | Kind::TaskCreated
            | Kind::TaskNamed
            | Kind::TaskFailed
            | Kind::ResourceNamed
            | Kind::NetworkBegun
            | Kind::NetworkEnded
            | Kind::Line
            | Kind::SpanEntered
            | Kind::SpanExited => event.value = intern(&line.text).into(),
            Kind::ResourceCreated
            | Kind::Sent
            | Kind::Received
            | Kind::NetworkPhase
            | Kind::NetworkMessage => {
                let high = event.high();
                event.value = pack(intern(&line.text), high);
            }
            Kind::SpanCreated | Kind::Message => {
                let text = intern(&line.text);
                event.value = pack(text, intern(&line.target));
            }
            Kind::Field => {
                let name = intern(&line.name);
                event.value = pack(name, intern(&line.text));
            }
            Kind::Metric => event.object = intern(&line.text),
            _ => {}
        }
    }

    /// The number of a place: `file:line:column`.
    fn place(&mut self, at: &str) -> Option<u16> {
        if let Some(known) = self.places.get(at) {
            return Some(*known);
        }
        let mut parts = at.rsplitn(3, ':');
        let (column, line) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let file = self.log.strings.intern(parts.next()?);
        let number = u16::try_from(self.log.locations.len()).ok()?;
        self.log
            .locations
            .push(SourceLocation { file, line, column });
        self.places.insert(at.to_owned(), number);
        Some(number)
    }
}
