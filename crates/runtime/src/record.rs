//! What primitives use to tell the log what happens to them.

use std::cell::{Cell, OnceCell};
use std::fmt;
#[cfg(feature = "trace")]
use std::panic::Location;
use std::rc::Rc;

#[cfg(feature = "trace")]
use crate::log::FindingKind;
use crate::log::{Kind, Reason, ResourceKind, pack};
use crate::runtime::{Core, current_core};

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

/// The identity of a channel, lock or other resource in the log.
///
/// A resource belongs to the runtime in which it was created or, if that was outside of any, to
/// the first in which it is used.
pub(crate) struct Resource {
    core: OnceCell<Rc<Core>>,
    id: Cell<u32>,
    /// What there is to tell when it is first used. Only of one that was made outside of any
    /// runtime, so that all others need no memory for it.
    untold: Cell<Option<Box<Origin>>>,
}

/// What the log learns of a resource when it gets its id.
struct Origin {
    kind: ResourceKind,
    capacity: u32,
    name: Option<Box<str>>,
    site: Site,
}

impl Resource {
    #[track_caller]
    #[inline]
    pub(crate) fn new(kind: ResourceKind, capacity: u32, name: Option<&str>) -> Self {
        let resource = Self::blank();
        resource.open(kind, capacity, name);
        resource
    }

    /// One that has yet to be [opened](Self::open): what it is in is put where it stays first,
    /// because to fill in a few fields there costs less than to move them.
    #[inline]
    pub(crate) const fn blank() -> Self {
        Self {
            core: OnceCell::new(),
            id: Cell::new(0),
            untold: Cell::new(None),
        }
    }

    /// The resource exists from now on, in this runtime if there is one.
    #[track_caller]
    #[inline]
    pub(crate) fn open(&self, kind: ResourceKind, capacity: u32, name: Option<&str>) {
        let site = Site::caller();
        match current_core() {
            Some(core) => {
                let id = core.next_resource();
                self.id.set(id);
                if core.is_recording() {
                    tell_created(&core, id, kind, capacity, name, site);
                }
                // A blank one has none.
                let _ = self.core.set(core);
            }
            None => self.open_outside(kind, capacity, name, site),
        }
    }

    #[cold]
    #[inline(never)]
    fn open_outside(&self, kind: ResourceKind, capacity: u32, name: Option<&str>, site: Site) {
        self.untold.set(Some(Box::new(Origin {
            kind,
            capacity,
            name: name.map(Into::into),
            site,
        })));
    }

    /// The runtime, `None` as long as the resource was never used in one.
    #[inline]
    pub(crate) fn core(&self) -> Option<&Rc<Core>> {
        match self.core.get() {
            Some(core) => Some(core),
            None => self.attach(),
        }
    }

    #[cold]
    #[inline(never)]
    fn attach(&self) -> Option<&Rc<Core>> {
        let core = current_core()?;
        let id = core.next_resource();
        self.id.set(id);
        if let Some(origin) = self.untold.take() {
            let Origin {
                kind,
                capacity,
                name,
                site,
            } = *origin;
            tell_created(&core, id, kind, capacity, name.as_deref(), site);
        }
        Some(self.core.get_or_init(|| core))
    }

    /// The id in the log, 0 as long as it has none.
    #[inline]
    pub(crate) fn id(&self) -> u32 {
        self.id.get()
    }

    /// Whether anybody wants to know what happens to it.
    #[inline]
    pub(crate) fn is_recording(&self) -> bool {
        self.core().is_some_and(|core| core.is_recording())
    }

    /// Records an event about the current task and this resource.
    #[inline]
    pub(crate) fn record(&self, kind: Kind, site: Site, value: u64) {
        if let Some(core) = self.core() {
            core.record(kind, 0, site, core.current(), self.id(), value);
        }
    }

    /// As [`record`](Self::record), for another task than the current one and without a place.
    #[inline]
    pub(crate) fn record_for(&self, task: u32, kind: Kind, value: u64) {
        if let Some(core) = self.core() {
            core.record_plain(kind, 0, task, self.id(), value);
        }
    }

    /// Records an event whose subject is this resource and whose object is the current task.
    pub(crate) fn record_self(&self, kind: Kind, value: u64) {
        if let Some(core) = self.core() {
            core.record_plain(kind, 0, self.id(), core.current(), value);
        }
    }

    /// The current task begins to wait for this resource.
    #[inline]
    pub(crate) fn wait_begins(&self, wait: &mut Wait, reason: Reason, place: usize, site: Site) {
        if let Some(core) = self.core() {
            wait.begin(core, reason, self.id(), place, site);
        }
    }

    /// The wait is over, if there was one.
    #[inline]
    pub(crate) fn wait_ends(&self, wait: &mut Wait, reason: Reason) {
        if wait.is_active()
            && let Some(core) = self.core()
        {
            wait.end(core, reason, self.id());
        }
    }

    /// The current task, 0 outside of any.
    #[inline]
    pub(crate) fn current(&self) -> u32 {
        self.core().map_or(0, |core| core.current())
    }
}

#[cold]
#[inline(never)]
fn tell_created(
    core: &Core,
    id: u32,
    kind: ResourceKind,
    capacity: u32,
    name: Option<&str>,
    site: Site,
) {
    let name = name.map_or(0, |name| core.intern(name));
    let (by, value) = (core.current(), pack(name, capacity));
    core.record(Kind::ResourceCreated, kind.code(), site, id, by, value);
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("id", &self.id.get())
            .finish_non_exhaustive()
    }
}
