//! The ready tasks under a policy that chooses.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::order::ReadyOrder;
use super::{Choice, Choices, Fallback, Policy};
use crate::random::Random;
use crate::task::TaskRef;

/// Keeps the ready tasks and takes one of them.
#[derive(Debug)]
pub(in crate::runtime) struct Chooser {
    order: ReadyOrder,
    rule: Fallback,
    random: Random,
    /// What is recorded, and how many of it were used. `None` when it is used up, or was left.
    recorded: Option<(Choices, usize)>,
    divergence: Option<Divergence>,
    /// By priority, then by position; kept up only if priorities count.
    urgent: BTreeSet<(Reverse<i32>, u32)>,
}

/// A run did not come to a choice as it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Divergence {
    /// Which choice, counted from 0.
    pub number: usize,
    /// As it was recorded.
    pub recorded: Choice,
    /// How many tasks were ready instead.
    pub ready: u32,
}

/// A task that was taken.
#[derive(Debug)]
pub(in crate::runtime) struct Pick {
    pub(in crate::runtime) task: TaskRef,
    /// Of how many, if it was a choice.
    pub(in crate::runtime) choice: Option<Choice>,
    /// The choice was not as recorded; said once.
    pub(in crate::runtime) divergence: Option<Divergence>,
}

impl Chooser {
    /// `None` for first in, first out, which chooses nothing.
    pub(in crate::runtime) fn new(policy: &Policy, seed: u64) -> Option<Self> {
        let (rule, recorded) = match policy {
            Policy::Fifo => return None,
            Policy::Random => (Fallback::Random, None),
            Policy::Priority => (Fallback::Priority, None),
            Policy::Recorded(choices) => (choices.fallback(), Some((choices.clone(), 0))),
        };
        Some(Self {
            order: ReadyOrder::default(),
            rule,
            random: Random::labelled(seed, "scheduling policy"),
            recorded,
            divergence: None,
            urgent: BTreeSet::new(),
        })
    }

    /// How many tasks are ready.
    pub(in crate::runtime) fn len(&self) -> usize {
        self.order.len()
    }

    /// Where the run left what was recorded, if it did.
    pub(in crate::runtime) fn divergence(&self) -> Option<Divergence> {
        self.divergence
    }

    /// A task is ready. `priority` gives the priority of each.
    pub(in crate::runtime) fn push(&mut self, task: TaskRef, priority: impl Fn(u32) -> i32) {
        if !self.order.has_room() {
            self.order.close_up();
            if self.rule == Fallback::Priority {
                let tasks = self.order.iter();
                self.urgent = tasks
                    .map(|(position, task)| (Reverse(priority(task.id())), position))
                    .collect();
            }
        }
        let id = task.id();
        let position = self.order.push(task);
        if self.rule == Fallback::Priority {
            self.urgent.insert((Reverse(priority(id)), position));
        }
    }

    /// The priority of a task is another from now on.
    pub(in crate::runtime) fn reprioritise(&mut self, task: u32, before: i32, after: i32) {
        if let Some(position) = self.order.position(task)
            && self.urgent.remove(&(Reverse(before), position))
        {
            self.urgent.insert((Reverse(after), position));
        }
    }

    /// A task is not ready after all: it has ended. The caller drops it when nothing is borrowed.
    #[must_use]
    pub(in crate::runtime) fn remove(&mut self, task: u32, priority: i32) -> Option<TaskRef> {
        let position = self.order.position(task)?;
        self.urgent.remove(&(Reverse(priority), position));
        self.order.take(position)
    }

    /// Takes one of those that became ready first, so many of them at most.
    pub(in crate::runtime) fn pick(
        &mut self,
        most: usize,
        priority: impl Fn(u32) -> i32,
    ) -> Option<Pick> {
        let among = self.order.len().min(most);
        let (place, divergence) = match among {
            0 => return None,
            1 => (0, None),
            _ => self.choose(among),
        };
        let position = self.order.nth(place)?;
        let task = self.order.take(position)?;
        if self.rule == Fallback::Priority {
            self.urgent
                .remove(&(Reverse(priority(task.id())), position));
        }
        let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
        let choice = (among > 1).then(|| Choice {
            place: number(place),
            among: number(among),
        });
        Some(Pick {
            task,
            choice,
            divergence,
        })
    }

    fn choose(&mut self, among: usize) -> (usize, Option<Divergence>) {
        let unrecorded = match self.rule {
            Fallback::Fifo => 0,
            Fallback::Random => self.random.below(among as u64) as usize,
            Fallback::Priority => self.most_urgent(among),
        };
        let Some((choices, used)) = &mut self.recorded else {
            return (unrecorded, None);
        };
        match choices.as_slice().get(*used) {
            Some(choice) if choice.among as usize == among => {
                *used += 1;
                (choice.place as usize, None)
            }
            Some(choice) => {
                let divergence = Divergence {
                    number: *used,
                    recorded: *choice,
                    ready: u32::try_from(among).unwrap_or(u32::MAX),
                };
                self.divergence = Some(divergence);
                self.recorded = None;
                (unrecorded, Some(divergence))
            }
            None => {
                self.recorded = None;
                (unrecorded, None)
            }
        }
    }

    fn most_urgent(&self, among: usize) -> usize {
        let ranks = self.urgent.iter();
        let mut ranks = ranks.map(|(_, position)| self.order.rank(*position));
        ranks.find(|rank| *rank < among).unwrap_or(0)
    }

    /// Every task, to be dropped when nothing is borrowed.
    #[must_use]
    pub(in crate::runtime) fn take_all(&mut self) -> Vec<TaskRef> {
        self.urgent.clear();
        let order = std::mem::take(&mut self.order);
        order.iter().map(|(_, task)| task.clone()).collect()
    }
}
