//! Running demos to their end and reading what their logs say.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use wakeline::log::{Event, Kind, Log, Reason, encode};
use wakeline_demos::{OutputLine, Progress, Run, RunSetup, find, prepare};
use wakeline_protocol::{Clock, Modes, RunSummary, Values};

/// A run that is over.
pub(crate) struct Story {
    pub(crate) log: Log,
    pub(crate) lines: Vec<OutputLine>,
    pub(crate) summary: RunSummary,
}

/// The values of `name=value` pairs, completed by defaults.
pub(crate) fn values(demo: &str, pairs: &[(&str, &str)]) -> Values {
    let spec = find(demo).unwrap().spec();
    spec.parse(pairs.iter().copied()).unwrap()
}

/// The values of a preset.
pub(crate) fn preset(demo: &str, name: &str) -> Values {
    let spec = find(demo).unwrap().spec();
    let preset = spec.presets.iter().find(|preset| preset.name == name);
    preset.unwrap().values.clone()
}

/// A virtual run with these parameters.
pub(crate) fn run(demo: &str, pairs: &[(&str, &str)]) -> Story {
    run_setup(RunSetup {
        values: values(demo, pairs),
        ..RunSetup::of(demo)
    })
}

/// A virtual run of a preset, with some parameters changed.
pub(crate) fn run_preset(demo: &str, name: &str, pairs: &[(&str, &str)]) -> Story {
    let mut all = preset(demo, name);
    let changed = values(demo, pairs);
    for (name, _) in pairs {
        all.insert(
            (*name).to_owned(),
            changed.get(name).expect("a known parameter").clone(),
        );
    }
    run_setup(RunSetup {
        values: all,
        ..RunSetup::of(demo)
    })
}

/// A virtual run.
pub(crate) fn run_setup(setup: RunSetup) -> Story {
    let mut run = prepare(setup).unwrap();
    while run.step(1000) != Progress::Ended {}
    tell(run)
}

/// A live run on a clock that jumps whenever the run waits, stopped after so many polls.
pub(crate) fn run_live_setup(setup: RunSetup, polls: u32) -> Story {
    let clock = Rc::new(Cell::new(0));
    let reading = clock.clone();
    let mut run = prepare(RunSetup {
        clock: Clock::Live,
        real_clock: Some(Rc::new(move || reading.get())),
        ..setup
    })
    .unwrap();
    for _ in 0..polls {
        match run.step(1) {
            Progress::Ready => {}
            Progress::Waiting { until: Some(until) } => clock.set(until),
            Progress::Waiting { until: None } => panic!("waits for what never comes"),
            Progress::Ended => break,
        }
    }
    tell(run)
}

/// Runs each demo that can be run in virtual time with each of its presets and with its defaults,
/// and shows its name, that of the preset and how it went.
pub(crate) fn each_run(mut look: impl FnMut(&str, &str, &Story)) {
    for spec in wakeline_demos::specs() {
        if spec.modes == Modes::Live {
            continue;
        }
        let presets = spec.presets.iter();
        let presets = presets.filter(|preset| spec.modes_with(&preset.values) != Modes::Live);
        let presets = presets.map(|preset| (&*preset.name, preset.values.clone()));
        for (preset, values) in presets.chain([("defaults", Values::new())]) {
            let story = run_setup(RunSetup {
                values,
                limit: 20_000,
                ..RunSetup::of(&spec.slug)
            });
            look(&spec.slug, preset, &story);
        }
    }
}

/// Where what was found in a run stands in a list of demos, presets (`*` for any) and names.
pub(crate) fn meant(list: &[(&str, &str, &str)], found: (&str, &str, &str)) -> Option<usize> {
    list.iter().position(|(demo, preset, name)| {
        (*demo, *name) == (found.0, found.2) && (*preset == "*" || *preset == found.1)
    })
}

/// Reads a run that is over.
pub(crate) fn tell(mut run: Run) -> Story {
    let summary = run.finish();
    let log = run.runtime().log().clone();
    Story {
        lines: run.output(),
        log,
        summary,
    }
}

impl Story {
    /// When the run ended, in milliseconds.
    pub(crate) fn end_ms(&self) -> u64 {
        assert_eq!(self.summary.end_ns % 1_000_000, 0, "no whole milliseconds");
        self.summary.end_ns / 1_000_000
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = Event> + '_ {
        self.log.columns.iter_from(0)
    }

    /// Events of a kind whose subject is the task with this name.
    pub(crate) fn of_task<'a>(
        &'a self,
        name: &str,
        kind: Kind,
    ) -> impl Iterator<Item = Event> + 'a {
        let task = self.task(name);
        self.events()
            .filter(move |event| event.kind == kind && event.subject == task)
    }

    /// The id of the task with this name.
    pub(crate) fn task(&self, name: &str) -> u32 {
        let named =
            |event: &Event| event.kind == Kind::TaskCreated && self.log.text(event.low()) == name;
        let found = self.events().find(named);
        found.unwrap_or_else(|| panic!("no task {name}")).subject
    }

    /// The names of all tasks, by id.
    pub(crate) fn tasks(&self) -> BTreeMap<u32, &str> {
        self.events()
            .filter(|event| event.kind == Kind::TaskCreated)
            .map(|event| (event.subject, self.log.text(event.low())))
            .collect()
    }

    /// The id of the resource with this name.
    pub(crate) fn resource(&self, name: &str) -> u32 {
        let named = |event: &Event| {
            event.kind == Kind::ResourceCreated && self.log.text(event.low()) == name
        };
        let found = self.events().find(named);
        found
            .unwrap_or_else(|| panic!("no resource {name}"))
            .subject
    }

    /// How many waits for this reason there were, by tasks whose name begins so.
    pub(crate) fn waits(&self, task: &str, reason: Reason) -> usize {
        let tasks = self.tasks();
        self.events()
            .filter(|event| event.kind == Kind::WaitBegun && event.flags == reason.code())
            .filter(|event| tasks[&event.subject].starts_with(task))
            .count()
    }

    /// The descriptions of the messages that left the channel or queue with this name.
    pub(crate) fn received(&self, resource: &str) -> Vec<&str> {
        let resource = self.resource(resource);
        self.events()
            .filter(|event| event.kind == Kind::Received && event.object == resource)
            .map(|event| self.log.text(event.low()))
            .collect()
    }

    /// The names of the tasks that ended in this way, in that order.
    pub(crate) fn ended(&self, kind: Kind) -> Vec<&str> {
        let tasks = self.tasks();
        self.events()
            .filter(|event| event.kind == kind)
            .map(|event| tasks[&event.subject])
            .collect()
    }

    /// When the task with this name ended, in milliseconds, however it did.
    pub(crate) fn task_end_ms(&self, name: &str) -> u64 {
        let task = self.task(name);
        let ends = [Kind::TaskCompleted, Kind::TaskFailed, Kind::TaskCancelled];
        let end = self
            .events()
            .find(|event| event.subject == task && ends.contains(&event.kind));
        end.unwrap_or_else(|| panic!("{name} has no end")).time / 1_000_000
    }

    /// The lines that contain this text.
    pub(crate) fn saying(&self, text: &str) -> Vec<&OutputLine> {
        let lines = self.lines.iter();
        lines.filter(|line| line.text.contains(text)).collect()
    }

    /// The events and texts without what the log says about its parameters.
    pub(crate) fn bytes_without_meta(&self) -> Vec<u8> {
        let mut log = self.log.clone();
        log.meta.clear();
        encode(&log)
    }
}

/// A time in nanoseconds as milliseconds.
pub(crate) fn ms(time_ns: u64) -> u64 {
    time_ns / 1_000_000
}
