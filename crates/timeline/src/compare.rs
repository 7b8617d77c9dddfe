//! Two runs side by side.

use std::collections::HashMap;

use wakeline::log::Log;

use crate::metrics::{Metrics, Totals};
use crate::state::State;

/// The tasks that a comparison names at most.
const MOST_TASKS: usize = 2_000;

/// A figure of both runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is; a name that ends in `_ns` is a span of time, in nanoseconds, one that ends in
    /// `_thousandths` counts those.
    pub name: &'static str,
    /// In the run that was kept.
    pub kept: u64,
    /// In the other one.
    pub current: u64,
}

impl Row {
    /// By how much the other run has more.
    #[must_use]
    pub fn difference(&self) -> i64 {
        let difference = i128::from(self.current) - i128::from(self.kept);
        let limits = i128::from(i64::MIN)..=i128::from(i64::MAX);
        difference.clamp(*limits.start(), *limits.end()) as i64
    }
}

/// A task of both runs, or of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskPair {
    /// The name, which is empty if it has none.
    pub name: String,
    /// The task in the run that was kept, 0 if there is none.
    pub kept: u32,
    /// The task in the other one, 0 if there is none.
    pub current: u32,
    /// When it ended in the run that was kept; `None` if it did not.
    pub kept_end: Option<u64>,
    /// When it ended in the other one.
    pub current_end: Option<u64>,
}

/// Two runs side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The run that was kept, in figures.
    pub kept: Totals,
    /// The other one.
    pub current: Totals,
    /// The figures side by side.
    pub rows: Vec<Row>,
    /// Tasks of the same name side by side; of several of one name the first with the first. Those
    /// without a name are told apart by their place among such. At most the first 2,000 of each
    /// run.
    pub tasks: Vec<TaskPair>,
}

impl Comparison {
    /// Compares two runs.
    ///
    /// ```
    /// use wakeline::log::Log;
    /// use wakeline_timeline::compare::Comparison;
    ///
    /// let comparison = Comparison::of(&Log::new(), &Log::new());
    /// assert!(comparison.rows.iter().all(|row| row.difference() == 0));
    /// ```
    #[must_use]
    pub fn of(kept: &Log, current: &Log) -> Self {
        let (old, new) = (Metrics::of(kept).totals, Metrics::of(current).totals);
        Self {
            rows: rows(&old, &new),
            tasks: pairs(kept, current),
            kept: old,
            current: new,
        }
    }
}

fn rows(kept: &Totals, current: &Totals) -> Vec<Row> {
    let row = |name, of: fn(&Totals) -> u64| Row {
        name,
        kept: of(kept),
        current: of(current),
    };
    vec![
        row("end_ns", |totals| totals.end_ns),
        row("throughput_thousandths", |it| it.throughput_thousandths),
        row("waiting_ns", |totals| totals.waiting_ns),
        row("polls", |totals| totals.polls),
        row("wakes", |totals| totals.wakes),
        row("spurious", |totals| totals.spurious),
        row("messages", |totals| totals.messages),
        row("tasks", |totals| totals.tasks),
        row("failed", |totals| totals.failed),
        row("events", |totals| totals.events),
    ]
}

/// A task with its last name and its end.
struct Ended {
    id: u32,
    name: String,
    end: Option<u64>,
}

fn tasks(log: &Log) -> Vec<Ended> {
    let mut state = State::begin(&log.columns);
    for event in log.columns.iter_from(0) {
        state.apply(&event);
    }
    let tasks = state.tasks().take(MOST_TASKS);
    tasks
        .map(|task| Ended {
            id: task.id,
            name: log.text(task.name).to_owned(),
            end: task.end().map(|end| log.columns.time(end.at as usize)),
        })
        .collect()
}

fn pairs(kept: &Log, current: &Log) -> Vec<TaskPair> {
    let (old, new) = (tasks(kept), tasks(current));
    // Which of its name each task is.
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut places: HashMap<(&str, usize), usize> = HashMap::new();
    let mut pairs = Vec::with_capacity(old.len().max(new.len()));
    for task in &old {
        let number = seen.entry(&task.name).or_default();
        places.insert((&task.name, *number), pairs.len());
        *number += 1;
        pairs.push(TaskPair {
            name: task.name.clone(),
            kept: task.id,
            current: 0,
            kept_end: task.end,
            current_end: None,
        });
    }
    seen.clear();
    for task in &new {
        let number = seen.entry(&task.name).or_default();
        let place = places.get(&(&*task.name, *number));
        *number += 1;
        match place {
            Some(place) => {
                pairs[*place].current = task.id;
                pairs[*place].current_end = task.end;
            }
            None => pairs.push(TaskPair {
                name: task.name.clone(),
                kept: 0,
                current: task.id,
                kept_end: None,
                current_end: task.end,
            }),
        }
    }
    pairs
}
