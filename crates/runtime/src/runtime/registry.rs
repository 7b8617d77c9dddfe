//! Which tasks are alive.

use crate::task::{Registered, TaskRef};

/// The live tasks by slot. Slots are used again, the last freed first, so their order depends on
/// nothing but the program.
#[derive(Debug, Default)]
pub(super) struct Registry {
    slots: Vec<Option<Registered>>,
    free: Vec<u32>,
    /// Names of live tasks by slot, as far as the last slot that ever had one: most tasks of a
    /// large program have none.
    names: Vec<Option<Box<str>>>,
}

impl Registry {
    /// Takes in a task, which gets a slot.
    #[inline(always)]
    pub(super) fn add(&mut self, task: &TaskRef) {
        match self.free.pop() {
            Some(slot) => {
                task.take_slot(slot);
                self.slots[slot as usize] = Some(Registered::new(task));
            }
            None => self.append(task),
        }
    }

    #[inline(never)]
    fn append(&mut self, task: &TaskRef) {
        let slot = u32::try_from(self.slots.len()).expect("fewer than 2^32 tasks are alive");
        task.take_slot(slot);
        if self.slots.len() == self.slots.capacity() {
            // By an eighth and not to the double: a task is to cost what it needs.
            self.slots.reserve_exact(64.max(self.slots.len() / 8));
        }
        self.slots.push(Some(Registered::new(task)));
    }

    /// Takes a task out; the caller drops it when nothing is borrowed.
    #[must_use]
    #[inline]
    pub(super) fn remove(&mut self, slot: u32) -> Option<Registered> {
        let task = self.slots.get_mut(slot as usize)?.take();
        if task.is_some() {
            self.free.push(slot);
            if let Some(name) = self.names.get_mut(slot as usize) {
                *name = None;
            }
        }
        task
    }

    /// The name of the task in a slot.
    pub(super) fn name(&self, slot: u32) -> Option<&str> {
        self.names.get(slot as usize)?.as_deref()
    }

    /// Another name for the task in a slot.
    pub(super) fn rename(&mut self, slot: u32, name: &str) {
        let slot = slot as usize;
        if self.names.len() <= slot {
            self.names.resize_with(slot + 1, || None);
        }
        self.names[slot] = Some(name.into());
    }

    /// The task with this number, if it still is in this slot.
    pub(super) fn find(&self, slot: u32, id: u32) -> Option<TaskRef> {
        self.slots
            .get(slot as usize)?
            .as_ref()
            .filter(|task| task.id() == id)
            .map(|task| TaskRef::clone(task))
    }

    /// The first live task at or after a slot.
    pub(super) fn next_from(&self, slot: usize) -> Option<TaskRef> {
        let task = self.slots.get(slot..)?.iter().flatten().next()?;
        Some(TaskRef::clone(task))
    }

    /// Every live task with its name, in the order of their numbers.
    pub(super) fn live(&self) -> Vec<(TaskRef, Option<&str>)> {
        let mut live: Vec<_> = self
            .slots
            .iter()
            .flatten()
            .map(|task| (TaskRef::clone(task), self.name(task.slot())))
            .collect();
        live.sort_by_key(|(task, _)| task.id());
        live
    }
}
