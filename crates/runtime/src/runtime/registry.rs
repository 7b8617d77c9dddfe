//! Which tasks are alive.

use std::collections::BTreeMap;

use crate::task::TaskRef;

/// The live tasks by slot. Slots are used again, the last freed first, so their order depends on
/// nothing but the program.
#[derive(Debug, Default)]
pub(super) struct Registry {
    slots: Vec<Option<TaskRef>>,
    free: Vec<u32>,
    /// Names of live tasks by slot; most tasks of a large program have none.
    names: BTreeMap<u32, Box<str>>,
}

impl Registry {
    /// The slot that the next task gets.
    pub(super) fn reserve(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            if self.slots.len() == self.slots.capacity() {
                // By an eighth and not to the double: a task is to cost what it needs.
                self.slots.reserve_exact(64.max(self.slots.len() / 8));
            }
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 tasks are alive")
        })
    }

    pub(super) fn fill(&mut self, task: TaskRef, name: Option<&str>) {
        let slot = task.slot();
        if let Some(name) = name {
            self.names.insert(slot, name.into());
        }
        self.slots[slot as usize] = Some(task);
    }

    /// Takes a task out; the caller drops it when nothing is borrowed.
    #[must_use]
    pub(super) fn remove(&mut self, slot: u32) -> Option<TaskRef> {
        let task = self.slots.get_mut(slot as usize)?.take();
        if task.is_some() {
            self.free.push(slot);
            if !self.names.is_empty() {
                self.names.remove(&slot);
            }
        }
        task
    }

    /// The name of the task in a slot.
    pub(super) fn name(&self, slot: u32) -> Option<&str> {
        self.names.get(&slot).map(|name| &**name)
    }

    /// Another name for the task in a slot.
    pub(super) fn rename(&mut self, slot: u32, name: &str) {
        self.names.insert(slot, name.into());
    }

    /// The task with this number, if it still is in this slot.
    pub(super) fn find(&self, slot: u32, id: u32) -> Option<TaskRef> {
        self.slots
            .get(slot as usize)?
            .as_ref()
            .filter(|task| task.id() == id)
            .cloned()
    }

    /// The first live task at or after a slot.
    pub(super) fn next_from(&self, slot: usize) -> Option<TaskRef> {
        self.slots.get(slot..)?.iter().flatten().next().cloned()
    }

    /// Every live task with its name, in the order of their numbers.
    pub(super) fn live(&self) -> Vec<(TaskRef, Option<&str>)> {
        let mut live: Vec<_> = self
            .slots
            .iter()
            .flatten()
            .map(|task| {
                (
                    task.clone(),
                    self.names.get(&task.slot()).map(|name| &**name),
                )
            })
            .collect();
        live.sort_by_key(|(task, _)| task.id());
        live
    }
}
