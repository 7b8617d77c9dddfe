//! The identity of channels, locks and other resources in the log.

use std::cell::{Cell, OnceCell};
use std::fmt;
use std::rc::Rc;

use super::{Site, Wait};
use crate::log::{Kind, Reason, ResourceKind, pack};
use crate::runtime::{Core, current_core, try_with_core};

/// The identity of a channel, lock or other resource in the log.
///
/// A resource belongs to the runtime in which it was created or, if that was outside of any, to
/// the first in which it is used.
///
/// Recording is on from a runtime's beginning or never. So one that is made where nothing is
/// recorded has no identity: it is a word that says so, and every question to it is one
/// comparison.
pub(crate) struct Resource {
    known: OnceCell<Box<Known>>,
}

/// What a resource is to the log of its runtime.
struct Known {
    core: OnceCell<Rc<Core>>,
    id: Cell<u32>,
    /// Where it was made.
    site: Site,
    /// What there is to tell when it is first used, of one that was made outside of any runtime.
    untold: Cell<Option<Origin>>,
}

/// What the log learns of a resource when it gets its id.
struct Origin {
    kind: ResourceKind,
    capacity: u32,
    name: Option<Box<str>>,
}

impl Resource {
    #[track_caller]
    #[inline]
    pub(crate) fn new(kind: ResourceKind, capacity: u32, name: Option<&str>) -> Self {
        let resource = Self::blank();
        resource.open(kind, capacity, name);
        resource
    }

    /// One that is asked for its runtime, whether that records or not.
    #[track_caller]
    pub(crate) fn with_core(kind: ResourceKind, capacity: u32, name: Option<&str>) -> Self {
        let resource = Self::blank();
        resource.make_known(kind, capacity, name, Site::caller());
        resource
    }

    /// One that has yet to be [opened](Self::open): what it is in is put where it stays first,
    /// because to write a word there costs less than to move what surrounds it.
    #[inline]
    pub(crate) const fn blank() -> Self {
        Self {
            known: OnceCell::new(),
        }
    }

    /// The resource exists from now on, in this runtime if there is one.
    #[track_caller]
    #[inline]
    pub(crate) fn open(&self, kind: ResourceKind, capacity: u32, name: Option<&str>) {
        let is_quiet = cfg!(not(feature = "trace"))
            || try_with_core(|core| !core.is_recording()).unwrap_or(false);
        if !is_quiet {
            self.make_known(kind, capacity, name, Site::caller());
        }
    }

    #[cold]
    #[inline(never)]
    fn make_known(&self, kind: ResourceKind, capacity: u32, name: Option<&str>, site: Site) {
        let known = Known::new(kind, capacity, name, site);
        // It was blank.
        let _ = self.known.set(known);
    }

    #[inline]
    fn known(&self) -> Option<&Known> {
        self.known.get().map(|known| &**known)
    }

    /// The runtime, `None` as long as the resource was never used in one; also if it does not
    /// record, unless the resource was made [`with_core`](Self::with_core).
    #[inline]
    pub(crate) fn core(&self) -> Option<&Rc<Core>> {
        match self.known() {
            None => None,
            Some(known) => known.core(),
        }
    }

    /// The id in the log, 0 as long as it has none.
    #[inline]
    pub(crate) fn id(&self) -> u32 {
        self.known().map_or(0, |known| known.id.get())
    }

    /// Whether nobody will ever want to know what happens to it: then none of the functions below
    /// does anything, and the current task is 0.
    #[inline]
    pub(crate) fn is_quiet(&self) -> bool {
        self.known().is_none()
    }

    /// Whether anybody wants to know what happens to it.
    #[inline]
    pub(crate) fn is_recording(&self) -> bool {
        self.core().is_some_and(|core| core.is_recording())
    }

    /// Where it was made; a place that means nothing if nobody wants to know.
    #[inline]
    pub(crate) fn site(&self) -> Site {
        match self.known() {
            Some(known) => known.site,
            None => Site::caller(),
        }
    }

    /// Records an event about the current task and this resource.
    #[inline]
    pub(crate) fn record(&self, kind: Kind, site: Site, value: u64) {
        if let Some(known) = self.known() {
            known.record(kind, site, value);
        }
    }

    /// As [`record`](Self::record), for another task than the current one and without a place.
    #[inline]
    pub(crate) fn record_for(&self, task: u32, kind: Kind, value: u64) {
        if let Some(known) = self.known() {
            known.record_for(task, kind, value);
        }
    }

    /// Records an event whose subject is this resource and whose object is the current task.
    #[inline]
    pub(crate) fn record_self(&self, kind: Kind, value: u64) {
        if let Some(known) = self.known() {
            known.record_self(kind, value);
        }
    }

    /// The current task begins to wait for this resource.
    #[inline]
    pub(crate) fn wait_begins(&self, wait: &mut Wait, reason: Reason, place: usize, site: Site) {
        if let Some(known) = self.known() {
            known.wait_begins(wait, reason, place, site);
        }
    }

    /// The wait is over, if there was one.
    #[inline]
    pub(crate) fn wait_ends(&self, wait: &mut Wait, reason: Reason) {
        if let Some(known) = self.known() {
            known.wait_ends(wait, reason);
        }
    }

    /// The current task, 0 outside of any and if nobody wants to know.
    #[inline]
    pub(crate) fn current(&self) -> u32 {
        match self.known() {
            None => 0,
            Some(known) => known.current(),
        }
    }
}

impl Drop for Resource {
    #[inline]
    fn drop(&mut self) {
        if let Some(known) = self.known.take() {
            forget(known);
        }
    }
}

#[cold]
#[inline(never)]
fn forget(known: Box<Known>) {
    drop(known);
}

/// Apart from what asks whether there is anything to record, so that where there is not, as little
/// as possible is kept for it.
impl Known {
    fn new(kind: ResourceKind, capacity: u32, name: Option<&str>, site: Site) -> Box<Self> {
        let known = Box::new(Self {
            core: OnceCell::new(),
            id: Cell::new(0),
            site,
            untold: Cell::new(None),
        });
        match current_core() {
            Some(core) => {
                known.begin(&core, kind, capacity, name);
                // It has none yet.
                let _ = known.core.set(core);
            }
            None => known.untold.set(Some(Origin {
                kind,
                capacity,
                name: name.map(Into::into),
            })),
        }
        known
    }

    #[inline]
    fn core(&self) -> Option<&Rc<Core>> {
        match self.core.get() {
            Some(core) => Some(core),
            None => self.attach(),
        }
    }

    #[cold]
    #[inline(never)]
    fn attach(&self) -> Option<&Rc<Core>> {
        let core = current_core()?;
        if let Some(origin) = self.untold.take() {
            let name = origin.name.as_deref();
            self.begin(&core, origin.kind, origin.capacity, name);
        }
        Some(self.core.get_or_init(|| core))
    }

    /// Gets its id, and tells the log where it comes from.
    fn begin(&self, core: &Core, kind: ResourceKind, capacity: u32, name: Option<&str>) {
        let id = core.next_resource();
        self.id.set(id);
        if core.is_recording() {
            let name = name.map_or(0, |name| core.intern(name));
            let (by, value) = (core.current(), pack(name, capacity));
            core.record(Kind::ResourceCreated, kind.code(), self.site, id, by, value);
        }
    }

    #[cold]
    #[inline(never)]
    fn record(&self, kind: Kind, site: Site, value: u64) {
        if let Some(core) = self.core() {
            core.record(kind, 0, site, core.current(), self.id.get(), value);
        }
    }

    #[cold]
    #[inline(never)]
    fn record_for(&self, task: u32, kind: Kind, value: u64) {
        if let Some(core) = self.core() {
            core.record_plain(kind, 0, task, self.id.get(), value);
        }
    }

    #[cold]
    #[inline(never)]
    fn record_self(&self, kind: Kind, value: u64) {
        if let Some(core) = self.core() {
            core.record_plain(kind, 0, self.id.get(), core.current(), value);
        }
    }

    #[cold]
    #[inline(never)]
    fn wait_begins(&self, wait: &mut Wait, reason: Reason, place: usize, site: Site) {
        if let Some(core) = self.core() {
            wait.begin(core, reason, self.id.get(), place, site);
        }
    }

    #[cold]
    #[inline(never)]
    fn wait_ends(&self, wait: &mut Wait, reason: Reason) {
        if wait.is_active()
            && let Some(core) = self.core()
        {
            wait.end(core, reason, self.id.get());
        }
    }

    #[cold]
    #[inline(never)]
    fn current(&self) -> u32 {
        self.core().map_or(0, |core| core.current())
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}
