//! Which names a program has, so that one which means nothing is found before the program runs.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::reader::Reader;
use super::{ObjectKind, Problem};

/// Every name of a program by what it is of, and what kind of body is being read.
#[derive(Clone, Default)]
pub(super) struct Names {
    known: Rc<Known>,
    within: Within,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Task,
    Stream,
    Callback,
}

#[derive(Clone, Default)]
struct Known {
    objects: BTreeMap<String, ObjectKind>,
    tasks: BTreeSet<String>,
    streams: BTreeSet<String>,
    /// What operations give names to.
    given: BTreeSet<String>,
}

impl Names {
    pub(super) fn new(objects: BTreeMap<String, ObjectKind>) -> Self {
        Self {
            known: Rc::new(Known {
                objects,
                ..Known::default()
            }),
            within: Within::Task,
        }
    }

    pub(super) fn add_tasks(&mut self, tasks: Reader<'_>) -> Result<(), Problem> {
        let known = Rc::make_mut(&mut self.known);
        tasks.each_member(|name, body| {
            known.tasks.insert(name.to_owned());
            collect(body, &mut known.given);
            Ok(())
        })?;
        Ok(())
    }

    pub(super) fn add_streams(&mut self, streams: Reader<'_>) -> Result<(), Problem> {
        let known = Rc::make_mut(&mut self.known);
        streams.each_member(|name, body| {
            known.streams.insert(name.to_owned());
            collect(body, &mut known.given);
            Ok(())
        })?;
        Ok(())
    }

    pub(super) fn inside_stream(&self) -> Self {
        Self {
            within: Within::Stream,
            ..self.clone()
        }
    }

    pub(super) fn inside_callback(&self) -> Self {
        Self {
            within: Within::Callback,
            ..self.clone()
        }
    }

    pub(super) fn is_stream(&self) -> bool {
        self.within == Within::Stream
    }

    pub(super) fn is_callback(&self) -> bool {
        self.within == Within::Callback
    }

    pub(super) fn task(&self, reader: Reader<'_>) -> Result<String, Problem> {
        let name = reader.text()?;
        match self.known.tasks.contains(&name) {
            true => Ok(name),
            false => Err(reader.problem("no-task").with("name", name)),
        }
    }

    pub(super) fn stream(&self, reader: Reader<'_>) -> Result<String, Problem> {
        let name = reader.text()?;
        match self.known.streams.contains(&name) {
            true => Ok(name),
            false => Err(reader.problem("no-stream").with("name", name)),
        }
    }

    /// A task, a future, or what an operation gives this name to.
    pub(super) fn handle(&self, reader: Reader<'_>) -> Result<String, Problem> {
        let name = reader.text()?;
        let known = &self.known;
        let is_future = known.objects.get(&name) == Some(&ObjectKind::Future);
        match is_future || known.tasks.contains(&name) || known.given.contains(&name) {
            true => Ok(name),
            false => Err(reader.problem("no-handle").with("name", name)),
        }
    }

    /// A stream that some operation opens under this name.
    pub(super) fn opened(&self, reader: Reader<'_>) -> Result<String, Problem> {
        let name = reader.text()?;
        let known = &self.known;
        match known.given.contains(&name) || known.streams.contains(&name) {
            true => Ok(name),
            false => Err(reader.problem("not-open").with("name", name)),
        }
    }

    pub(super) fn object(
        &self,
        reader: Reader<'_>,
        fits: impl Fn(ObjectKind) -> bool,
    ) -> Result<String, Problem> {
        let name = reader.text()?;
        match self.known.objects.get(&name) {
            Some(kind) if fits(*kind) => Ok(name),
            Some(_) => Err(reader.problem("wrong-object").with("name", name)),
            None => Err(reader.problem("no-object").with("name", name)),
        }
    }
}

/// Finds what operations give names to, at any depth. What is malformed is found later.
fn collect(reader: Reader<'_>, given: &mut BTreeSet<String>) {
    reader.walk(&mut |member, text| {
        if member == "as" {
            given.insert(text.to_owned());
        }
    });
}
