//! How one future learns of the ends of many tasks.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::{TaskEnd, TaskRef};
use crate::log::Reason;
use crate::record::{Site, Wait};
use crate::runtime::Watcher;

/// Numbers of tasks that have ended, in that order, and whom to wake.
///
/// A future that polled every handle at every wake would take quadratic time; this costs the same
/// for each end, however many are watched.
#[derive(Default)]
pub(crate) struct Ends {
    over: RefCell<VecDeque<usize>>,
    waker: Cell<Option<Waker>>,
}

impl Ends {
    /// One more has ended.
    pub(crate) fn push(&self, number: usize) {
        self.over.borrow_mut().push_back(number);
        if let Some(waker) = self.waker.take() {
            super::waker::call(waker);
        }
    }

    /// The next end, if there is one; otherwise the waker is kept.
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<usize> {
        let next = self.over.borrow_mut().pop_front();
        match next {
            Some(number) => Poll::Ready(number),
            None => {
                let old = self.waker.replace(Some(cx.waker().clone()));
                drop(old);
                Poll::Pending
            }
        }
    }
}

impl fmt::Debug for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ends")
            .field("over", &self.over.borrow().len())
            .finish_non_exhaustive()
    }
}

/// Tasks whose ends are watched, by number from 0, and the waits for them in the log: whoever
/// waits for the next end waits for all that are left.
#[derive(Debug)]
pub(crate) struct Watched {
    ends: Rc<Ends>,
    members: Vec<Member>,
    left: usize,
    /// The task for which the log was told that it waits for everything that is left, 0 for none.
    waiting: u32,
    /// Members before this one have a wait in the log if `waiting` says so.
    told: usize,
    site: Site,
}

#[derive(Debug)]
struct Member {
    task: TaskRef,
    /// 0 once its end was seen.
    registration: u64,
    over: bool,
    wait: Wait,
}

impl Watched {
    pub(crate) fn new(site: Site) -> Self {
        Self {
            ends: Rc::default(),
            members: Vec::new(),
            left: 0,
            waiting: 0,
            told: 0,
            site,
        }
    }

    /// Where the ends arrive: to be polled while this is not borrowed.
    pub(crate) fn ends(&self) -> Rc<Ends> {
        Rc::clone(&self.ends)
    }

    /// Watches one more. An end that was is told like one to come.
    pub(crate) fn add(&mut self, task: TaskRef) {
        let number = self.members.len();
        let registration = if task.is_done() {
            0
        } else {
            let watcher = Watcher::Future(Rc::clone(&self.ends), number);
            task.core().attach().watch(task.id(), watcher)
        };
        self.left += 1;
        let over = task.is_done();
        self.members.push(Member {
            task,
            registration,
            over: false,
            wait: Wait::default(),
        });
        if over {
            // Nobody needs to be woken: whoever adds looks for ends afterwards.
            self.ends.over.borrow_mut().push_back(number);
        }
    }

    /// How many are or were watched.
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// How one of them has ended, `None` as long as it has not.
    pub(crate) fn end_of(&self, number: usize) -> Option<TaskEnd> {
        self.members[number].task.end()
    }

    /// How many ends were not seen.
    pub(crate) fn left(&self) -> usize {
        self.left
    }

    /// The next end, in the order in which they happened; `None` if all were seen.
    pub(crate) fn poll_next(&mut self, cx: &Context<'_>) -> Poll<Option<usize>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        match self.ends.poll(cx) {
            Poll::Ready(number) => {
                self.see(number);
                Poll::Ready(Some(number))
            }
            Poll::Pending => {
                self.begin_waits();
                Poll::Pending
            }
        }
    }

    /// An end that came out of [`ends`](Self::ends) is taken note of.
    pub(crate) fn see(&mut self, number: usize) {
        let member = &mut self.members[number];
        member.registration = 0;
        member.over = true;
        self.left -= 1;
        let (core, id) = (member.task.core(), member.task.id());
        member.wait.end(core, Reason::Join, id);
    }

    /// The current task waits for everything that is left. Says so once.
    pub(crate) fn begin_waits(&mut self) {
        let Some(current) = self
            .members
            .first()
            .map(|member| member.task.core().current())
        else {
            return;
        };
        if self.waiting != current {
            self.waiting = current;
            self.told = 0;
        }
        for member in &mut self.members[self.told..] {
            if !member.over {
                let (core, id) = (member.task.core(), member.task.id());
                member.wait.begin(core, Reason::Join, id, 0, self.site);
            }
        }
        self.told = self.members.len();
    }

    /// Nobody waits any more, for now.
    pub(crate) fn end_waits(&mut self) {
        for member in &mut self.members {
            let (core, id) = (member.task.core(), member.task.id());
            member.wait.end(core, Reason::Join, id);
        }
        self.waiting = 0;
        self.told = 0;
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.end_waits();
        for member in &self.members {
            if member.registration != 0 {
                let core = member.task.core();
                core.attached.unwatch(member.task.id(), member.registration);
            }
        }
    }
}
