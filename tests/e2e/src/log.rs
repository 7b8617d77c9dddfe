//! What happened in a run, as `wakeline run` writes it down: from it follows where on the canvas
//! something must be, whatever the page believes.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::{command, places};

/// The keys of a link that parameters of the same name give way to.
const KEYS: &[&str] = &["policy", "server", "view", "path", "range", "panel"];

/// A run of a demo.
#[derive(Debug)]
pub struct Log {
    /// What of a link shows the same run in the page.
    pub query: String,
    events: Vec<Value>,
}

impl Log {
    /// The run of a demo with one of its presets, or with its defaults.
    ///
    /// # Panics
    /// If there is no such demo or preset.
    #[must_use]
    pub fn of(demo: &str, preset: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the log");
        let file = folder.path().join("log.jsonl");
        let mut run = Command::new(places::wakeline());
        run.args(["run", demo, "--log"]).arg(&file);
        let mut query = format!("demo={demo}");
        if let Some(preset) = preset {
            run.args(["--preset", preset]);
            let spec = command::described(demo);
            let values = spec["presets"]
                .as_array()
                .and_then(|presets| presets.iter().find(|one| one["name"] == preset))
                .unwrap_or_else(|| panic!("{demo} has no preset {preset}"));
            let values = values["values"].as_object().expect("values of a preset");
            for (name, value) in values {
                let apart = if KEYS.contains(&&**name) { "set." } else { "" };
                let value = value.as_str().map_or(value.to_string(), str::to_owned);
                query.push_str(&format!("&{apart}{name}={value}"));
            }
        }
        // A demo that ends in a deadlock fails, and has a log all the same.
        let output = run.output().expect("the wakeline program");
        let text = fs::read_to_string(&file);
        let text = text.unwrap_or_else(|error| panic!("{run:?}: {error}\n{output:?}"));
        let events = text.lines().filter_map(|line| {
            let value: Value = serde_json::from_str(line).expect("a line of JSON");
            value.get("seq").is_some().then_some(value)
        });
        let events: Vec<Value> = events.collect();
        for (number, event) in events.iter().enumerate() {
            assert_eq!(event["seq"], number, "events are numbered");
        }
        Self { query, events }
    }

    /// The events.
    #[must_use]
    pub fn events(&self) -> &[Value] {
        &self.events
    }

    /// The number of the first event from `from` on that is right.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn first_from(&self, from: usize, what: &str, right: impl Fn(&Value) -> bool) -> usize {
        let found = self.events.iter().skip(from).position(right);
        let found = found.unwrap_or_else(|| panic!("no {what} in the log of {}", self.query));
        from + found
    }

    /// The number of the first event of a kind.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn first(&self, kind: &str) -> usize {
        self.first_from(0, kind, |event| event["kind"] == kind)
    }

    /// The task or resource that an event is about.
    #[must_use]
    pub fn subject(&self, number: usize) -> u64 {
        self.events[number]["subject"].as_u64().unwrap_or_default()
    }

    /// What else an event is about.
    #[must_use]
    pub fn object(&self, number: usize) -> u64 {
        self.events[number]["object"].as_u64().unwrap_or_default()
    }

    /// When an event happened, in nanoseconds.
    #[must_use]
    pub fn time(&self, number: usize) -> f64 {
        self.events[number]["t"].as_f64().unwrap_or_default()
    }
}
