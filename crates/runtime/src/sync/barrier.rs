//! Everybody waits for everybody.

use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::line::{Line, Place};
use crate::log::{Kind, Reason, ResourceKind};
use crate::record::{Resource, Site};

/// A point at which a fixed number of tasks meet: all wait until the last has come. It can be
/// used again at once.
///
/// ```
/// use std::rc::Rc;
/// use wakeline::sync::Barrier;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let barrier = Rc::new(Barrier::named("phase", 2));
///     let other = wakeline::spawn({
///         let barrier = Rc::clone(&barrier);
///         async move { barrier.wait().await.is_leader() }
///     });
///     let leads = barrier.wait().await.is_leader();
///     assert_ne!(leads, other.await.unwrap()); // one of them leads
/// });
/// ```
#[derive(Debug)]
pub struct Barrier {
    parties: usize,
    come: Cell<usize>,
    generation: Cell<u64>,
    line: Line,
    resource: Resource,
}

impl Barrier {
    /// A barrier for so many tasks. For 0 as for 1, nobody waits.
    #[must_use]
    #[track_caller]
    pub fn new(parties: usize) -> Self {
        Self::build(parties, None)
    }

    /// The same with a name for the log.
    #[must_use]
    #[track_caller]
    pub fn named(name: &str, parties: usize) -> Self {
        Self::build(parties, Some(name))
    }

    #[track_caller]
    fn build(parties: usize, name: Option<&str>) -> Self {
        let capacity = u32::try_from(parties).unwrap_or(u32::MAX - 1);
        Self {
            parties,
            come: Cell::new(0),
            generation: Cell::new(0),
            line: Line::default(),
            resource: Resource::new(ResourceKind::Barrier, capacity, name),
        }
    }

    /// Comes to the barrier and waits for the others. The one who comes last leads.
    ///
    /// # Cancel safety
    /// A dropped future takes its coming back: it is as if the task had never come.
    #[track_caller]
    pub fn wait(&self) -> BarrierWait<'_> {
        BarrierWait {
            barrier: self,
            came: None,
            place: Place::default(),
            site: Site::caller(),
        }
    }
}

/// The future of [`Barrier::wait`].
#[must_use = "futures do nothing unless awaited"]
pub struct BarrierWait<'a> {
    barrier: &'a Barrier,
    /// In which generation.
    came: Option<u64>,
    place: Place,
    site: Site,
}

impl Future for BarrierWait<'_> {
    type Output = BarrierResult;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<BarrierResult> {
        let this = &mut *self;
        let barrier = this.barrier;
        let came = match this.came {
            Some(generation) => generation,
            None => {
                let generation = barrier.generation.get();
                let come = barrier.come.get() + 1;
                if come >= barrier.parties {
                    barrier.come.set(0);
                    barrier.generation.set(generation + 1);
                    let released = barrier.line.waiting() as u64;
                    barrier.resource.record(Kind::Notified, this.site, released);
                    barrier.line.wake_all();
                    return Poll::Ready(BarrierResult { leads: true });
                }
                barrier.come.set(come);
                this.came = Some(generation);
                generation
            }
        };
        let (resource, site) = (&barrier.resource, this.site);
        let met = barrier
            .line
            .poll(&mut this.place, resource, Reason::Event, site, cx, || {
                (barrier.generation.get() != came).then_some(())
            });
        if met.is_ready() {
            this.came = None;
        }
        met.map(|()| BarrierResult { leads: false })
    }
}

impl Drop for BarrierWait<'_> {
    fn drop(&mut self) {
        let barrier = self.barrier;
        if self.came == Some(barrier.generation.get()) {
            barrier.come.set(barrier.come.get() - 1);
        }
        barrier
            .line
            .leave(&mut self.place, &barrier.resource, Reason::Event);
    }
}

impl fmt::Debug for BarrierWait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BarrierWait")
    }
}

/// How a task came through a [`Barrier`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarrierResult {
    leads: bool,
}

impl BarrierResult {
    /// True for the one that came last.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.leads
    }
}
