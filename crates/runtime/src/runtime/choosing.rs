//! Choosing among the ready tasks, and their priorities.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::Core;
use super::policy::{Chooser, Divergence, Policy};
use crate::log::{FindingKind, Kind, pack};
use crate::record::Site;
use crate::task::TaskRef;

/// What a runtime chooses with.
#[derive(Debug)]
pub(super) struct Choosing {
    /// `None` under first in, first out.
    chooser: Option<Box<RefCell<Chooser>>>,
    /// Of live tasks, those that are not 0. Kept under every policy, so that a program can ask
    /// for what it said.
    priorities: RefCell<BTreeMap<u32, i32>>,
}

impl Choosing {
    pub(super) fn new(policy: &Policy, seed: u64) -> Self {
        Self {
            chooser: Chooser::new(policy, seed).map(|chooser| Box::new(RefCell::new(chooser))),
            priorities: RefCell::default(),
        }
    }

    /// Whether the ready tasks are kept here.
    #[inline]
    pub(super) fn chooses(&self) -> bool {
        self.chooser.is_some()
    }

    pub(super) fn len(&self) -> usize {
        self.chooser
            .as_ref()
            .map_or(0, |chooser| chooser.borrow().len())
    }

    pub(super) fn has_no_priorities(&self) -> bool {
        self.priorities.borrow().is_empty()
    }

    fn priority(&self, task: u32) -> i32 {
        self.priorities.borrow().get(&task).copied().unwrap_or(0)
    }

    /// A task is ready. How many stood before it.
    #[cold]
    #[inline(never)]
    pub(super) fn push(&self, task: TaskRef) -> usize {
        let Some(chooser) = &self.chooser else {
            return 0;
        };
        let mut chooser = chooser.borrow_mut();
        chooser.push(task, |task| self.priority(task));
        chooser.len() - 1
    }

    /// A task is about to be done: it is ready no more, although it may have been woken.
    #[inline]
    pub(super) fn forget(&self, task: &TaskRef) {
        if self.chooses() || !self.priorities.borrow().is_empty() {
            self.forget_choice(task);
        }
    }

    #[cold]
    #[inline(never)]
    fn forget_choice(&self, task: &TaskRef) {
        let id = task.id();
        let gone = match &self.chooser {
            Some(chooser) if task.is_queued() => chooser.borrow_mut().remove(id, self.priority(id)),
            _ => None,
        };
        if gone.is_some() {
            task.unqueue();
        }
        drop(gone);
        self.priorities.borrow_mut().remove(&id);
    }

    /// Every ready task, to be dropped.
    #[must_use]
    pub(super) fn take_all(&self) -> Vec<TaskRef> {
        self.chooser
            .as_ref()
            .map_or_else(Vec::new, |chooser| chooser.borrow_mut().take_all())
    }
}

impl Core {
    /// Takes one of the tasks that became ready first, so many of them at most.
    pub(super) fn choose(&self, most: usize) -> Option<TaskRef> {
        let chooser = self.choosing.chooser.as_ref()?;
        let pick = chooser
            .borrow_mut()
            .pick(most, |task| self.choosing.priority(task))?;
        if let Some(divergence) = pick.divergence {
            let number = u32::try_from(divergence.number).unwrap_or(u32::MAX);
            let evidence = pack(number, divergence.recorded.among);
            let found = FindingKind::Diverged.code();
            self.record_plain(Kind::Finding, found, 0, divergence.ready, evidence);
        }
        if let Some(choice) = pick.choice {
            let (task, place) = (pick.task.id(), u64::from(choice.place));
            self.record_plain(Kind::ChoiceMade, 0, task, choice.among, place);
        }
        Some(pick.task)
    }

    /// Where the run left the choices that were recorded.
    pub(super) fn divergence(&self) -> Option<Divergence> {
        self.choosing
            .chooser
            .as_ref()
            .and_then(|chooser| chooser.borrow().divergence())
    }

    /// The priority of a task; 0 when it has ended.
    pub(crate) fn priority(&self, task: &TaskRef) -> i32 {
        self.choosing.priority(task.id())
    }

    /// Gives a live task another priority.
    pub(crate) fn set_priority(&self, task: &TaskRef, priority: i32, site: Site) {
        let (id, before) = (task.id(), self.priority(task));
        if task.is_done() || priority == before {
            return;
        }
        if priority == 0 {
            self.choosing.priorities.borrow_mut().remove(&id);
        } else {
            self.note_besides();
            self.choosing.priorities.borrow_mut().insert(id, priority);
        }
        if let Some(chooser) = &self.choosing.chooser {
            chooser.borrow_mut().reprioritise(id, before, priority);
        }
        let (by, value) = (self.current(), u64::from(priority.cast_unsigned()));
        self.record(Kind::PriorityChanged, 0, site, id, by, value);
    }
}
