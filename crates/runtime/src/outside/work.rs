//! Work that somebody else does for a task.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::log::{Kind, Reason, ResourceKind};
use crate::record::{Resource, Site, Wait};
use crate::runtime::OutsideGuard;

/// Work that is done outside of the runtime, as the log shows it: by a thread, by a Web Worker, by
/// a file system. Clones are the same work.
///
/// Dropping the last clone records that nothing more comes of it, whether it was done or given up.
///
/// # Events
/// [`ResourceCreated`](Kind::ResourceCreated) with the name,
/// [`WaitBegun`](Kind::WaitBegun) and [`WaitEnded`](Kind::WaitEnded) with the reason
/// [`Outside`](Reason::Outside) for each wait, [`Metric`](Kind::Metric) for progress, and
/// [`ResourceClosed`](Kind::ResourceClosed).
///
/// ```
/// use std::time::Duration;
/// use wakeline::outside::Work;
///
/// let runtime = wakeline::Builder::new().build();
/// let answer = runtime.block_on(async {
///     let work = Work::begin("the answer");
///     let (reply, mut answer) = wakeline::sync::mpsc::unbounded_channel();
///     let mut thread = Some(std::thread::spawn(|| 6 * 7));
///     work.progress(50.0);
///     let result = thread.take().map(|thread| thread.join().unwrap());
///     reply.send(result).unwrap();
///     work.wait(answer.recv()).await
/// });
/// assert_eq!(answer, Some(Some(42)));
/// ```
#[derive(Clone, Debug)]
pub struct Work {
    inner: Rc<Inner>,
}

#[derive(Debug)]
struct Inner {
    resource: Resource,
    /// The task that began it.
    task: u32,
    /// The text under which progress is recorded.
    metric: u32,
}

impl Work {
    /// Work begins. `what` says what it is, for people.
    #[must_use]
    #[track_caller]
    pub fn begin(what: &str) -> Self {
        let resource = Resource::with_core(ResourceKind::Work, 0, Some(what));
        let task = resource.current();
        let metric = resource.core().map_or(0, |core| core.intern(what));
        Self {
            inner: Rc::new(Inner {
                resource,
                task,
                metric,
            }),
        }
    }

    /// So much of it is done, in per cent. May be called between two polls.
    pub fn progress(&self, percent: f64) {
        let inner = &self.inner;
        if let Some(core) = inner.resource.core() {
            let bits = percent.to_bits();
            core.record_plain(Kind::Metric, 0, inner.task, inner.metric, bits);
        }
    }

    /// Awaits something that this work brings about: while it is pending, the task waits for the
    /// outside, and an idle run is no deadlock.
    ///
    /// # Cancel safety
    /// As that of the future.
    #[track_caller]
    pub fn wait<F: Future>(&self, future: F) -> Working<F> {
        Working {
            future,
            work: self.clone(),
            wait: Wait::default(),
            outside: None,
            site: Site::caller(),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.resource.record_self(Kind::ResourceClosed, 0);
    }
}

pin_project! {
    /// The future of [`Work::wait`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct Working<F> {
        #[pin]
        future: F,
        work: Work,
        wait: Wait,
        outside: Option<OutsideGuard>,
        site: Site,
    }

    impl<F> PinnedDrop for Working<F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            this.work.inner.resource.wait_ends(this.wait, Reason::Outside);
        }
    }
}

impl<F: Future> Future for Working<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let resource = &this.work.inner.resource;
        let polled = this.future.poll(cx);
        if polled.is_pending() {
            resource.wait_begins(this.wait, Reason::Outside, 0, *this.site);
            if this.outside.is_none() {
                *this.outside = resource.core().map(OutsideGuard::new);
            }
        } else {
            resource.wait_ends(this.wait, Reason::Outside);
            *this.outside = None;
        }
        polled
    }
}

impl<F> fmt::Debug for Working<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Working")
            .field("work", &self.work)
            .finish_non_exhaustive()
    }
}
