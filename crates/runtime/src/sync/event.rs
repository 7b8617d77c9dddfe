//! A flag that many can wait for.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::line::{Line, Place};
use crate::log::{Kind, Reason, ResourceKind};
use crate::record::{Resource, Site};

/// A flag: set or clear. Whoever waits goes on when it is set, and at once while it is.
///
/// Setting it releases everybody who waits at that moment, even if it is cleared before they have
/// had their turn.
///
/// ```
/// use std::rc::Rc;
/// use wakeline::sync::Event;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let open = Rc::new(Event::named("open"));
///     let visitor = wakeline::spawn({
///         let open = Rc::clone(&open);
///         async move { open.wait().await }
///     });
///     open.set();
///     visitor.await.unwrap();
///     open.wait().await; // at once
/// });
/// ```
#[derive(Debug)]
pub struct Event {
    resource: Resource,
    set: Cell<bool>,
    /// How often it was set, so that a wait knows that it was meant.
    sets: Cell<u64>,
    /// How many it has let go on since it was set, whether they had to wait or not.
    passed: Cell<u64>,
    line: Line,
}

impl Default for Event {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl Event {
    /// An event that is not set.
    #[must_use]
    #[track_caller]
    pub fn new() -> Self {
        Self::build(None)
    }

    /// The same with a name for the log.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str) -> Self {
        Self::build(Some(name))
    }

    #[track_caller]
    fn build(name: Option<&str>) -> Self {
        Self {
            resource: Resource::new(ResourceKind::Event, 0, name),
            set: Cell::new(false),
            sets: Cell::new(0),
            passed: Cell::new(0),
            line: Line::default(),
        }
    }

    /// Whether it is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.set.get()
    }

    /// Sets it, and releases everybody who waits, in the order of arrival. True if it was clear.
    #[track_caller]
    pub fn set(&self) -> bool {
        let site = Site::caller();
        if self.set.replace(true) {
            return false;
        }
        self.sets.set(self.sets.get() + 1);
        let released = self.line.waiting() as u64;
        self.passed.set(released);
        self.resource.record(Kind::Notified, site, released);
        self.line.wake_all();
        true
    }

    /// Clears it: who waits from now on waits for the next [`set`](Self::set).
    #[track_caller]
    pub fn clear(&self) {
        let site = Site::caller();
        if self.set.replace(false) {
            self.resource.record(Kind::Cleared, site, self.passed.get());
        }
    }

    /// Waits until it is set; not at all if it is. What counts is from the moment at which this is
    /// called.
    ///
    /// # Cancel safety
    /// Yes.
    #[track_caller]
    pub fn wait(&self) -> EventWait<'_> {
        EventWait {
            event: self,
            sets: self.sets.get(),
            place: Place::default(),
            site: Site::caller(),
        }
    }
}

/// The future of [`Event::wait`].
#[must_use = "futures do nothing unless awaited"]
pub struct EventWait<'a> {
    event: &'a Event,
    sets: u64,
    place: Place,
    site: Site,
}

impl Future for EventWait<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let event = this.event;
        let (sets, site) = (this.sets, this.site);
        let waited = this.place.is_taken();
        event.line.poll(
            &mut this.place,
            &event.resource,
            Reason::Event,
            site,
            cx,
            || {
                let meant = event.is_set() || event.sets.get() != sets;
                if meant && !waited && event.is_set() {
                    event.passed.set(event.passed.get() + 1);
                }
                meant.then_some(())
            },
        )
    }
}

impl Drop for EventWait<'_> {
    fn drop(&mut self) {
        self.event
            .line
            .leave(&mut self.place, &self.event.resource, Reason::Event);
    }
}

impl fmt::Debug for EventWait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventWait")
    }
}
