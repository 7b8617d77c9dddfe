//! What primitives use to tell the log what happens to them.

mod resource;

use std::fmt;
#[cfg(feature = "trace")]
use std::panic::Location;
use std::rc::Rc;

#[cfg(feature = "trace")]
use crate::log::FindingKind;
use crate::log::{Kind, Reason};
use crate::runtime::Core;

pub(crate) use resource::Resource;

/// A place in the program's source. Nothing at all without the `trace` feature.
#[derive(Clone, Copy)]
pub(crate) struct Site(#[cfg(feature = "trace")] &'static Location<'static>);

impl Site {
    /// The place that called the function which is marked `#[track_caller]`.
    #[track_caller]
    #[inline]
    pub(crate) fn caller() -> Self {
        Self(
            #[cfg(feature = "trace")]
            Location::caller(),
        )
    }

    /// The place, `None` without the `trace` feature.
    pub(crate) fn place(self) -> Option<&'static std::panic::Location<'static>> {
        #[cfg(feature = "trace")]
        return Some(self.0);
        #[cfg(not(feature = "trace"))]
        None
    }

    #[cfg(feature = "trace")]
    pub(crate) fn location(self) -> &'static Location<'static> {
        self.0
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[cfg(feature = "trace")]
        return fmt::Display::fmt(self.0, f);
        #[cfg(not(feature = "trace"))]
        f.write_str("unknown")
    }
}

/// Whether a future has told the log that its task waits, and for which task it did so.
///
/// A future can be polled by another task than the one that polled it before; the wait then ends
/// for the one and begins for the other.
#[derive(Debug, Default)]
pub(crate) struct Wait {
    task: u32,
}

impl Wait {
    /// The current task waits. Says so once.
    #[inline]
    pub(crate) fn begin(
        &mut self,
        core: &Core,
        reason: Reason,
        object: u32,
        place: usize,
        site: Site,
    ) {
        let task = core.current();
        if self.task == task {
            return;
        }
        self.end(core, reason, object);
        self.task = task;
        core.record(
            Kind::WaitBegun,
            reason.code(),
            site,
            task,
            object,
            place as u64,
        );
    }

    /// The wait is over, if there was one.
    #[inline]
    pub(crate) fn end(&mut self, core: &Core, reason: Reason, object: u32) {
        if self.task != 0 {
            core.record_plain(Kind::WaitEnded, reason.code(), self.task, object, 0);
            self.task = 0;
        }
    }

    /// Whether the log was told that this task waits. Of task 0, nobody is told.
    #[inline]
    pub(crate) fn is_of(&self, task: u32) -> bool {
        self.task == task
    }

    /// The task of which the log was told that it waits, 0 for none.
    pub(crate) fn task(&self) -> u32 {
        self.task
    }

    /// Whether the log was told that a task waits.
    #[inline]
    pub(crate) fn is_active(&self) -> bool {
        self.task != 0
    }
}

/// The moment at which a future was made, so that one which is dropped before its first poll can be
/// told from one that was prepared and not needed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Birth {
    /// How many events the log had, 0 if nothing was recorded.
    #[cfg(feature = "trace")]
    events: u32,
}

impl Birth {
    /// Now, in this runtime if there is one.
    #[inline]
    pub(crate) fn now(core: Option<&Rc<Core>>) -> Self {
        #[cfg(not(feature = "trace"))]
        let _ = core;
        Self {
            #[cfg(feature = "trace")]
            events: match core {
                Some(core) if core.is_recording() => core.events(),
                _ => 0,
            },
        }
    }

    /// The future is dropped without ever having been polled. That is a mistake if nothing at all
    /// has happened since it was made: an arm of a `select` whose other arm was ready at once goes
    /// like this, too, but then the other arm did something.
    #[cold]
    #[inline(never)]
    pub(crate) fn never_polled(self, core: Option<&Rc<Core>>, resource: u32, site: Site) {
        #[cfg(feature = "trace")]
        if let Some(core) = core
            && core.is_recording()
            && self.events == core.events()
            && core.current() != 0
        {
            let found = FindingKind::FutureNeverPolled.code();
            core.record(Kind::Finding, found, site, core.current(), resource, 0);
        }
        #[cfg(not(feature = "trace"))]
        let _ = (core, resource, site);
    }
}
