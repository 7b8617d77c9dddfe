//! Tasks that belong together, taken as they end.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;

use super::{Builder, JoinError, JoinHandle, TaskId};
use crate::log::Reason;
use crate::record::{Site, Wait};
use crate::runtime::Core;

/// A set of tasks whose outputs are taken in the order in which they end.
///
/// Dropping the set aborts the tasks that are left: they end with their owner. To let them go on,
/// call [`detach_all`](Self::detach_all). The members are ordinary tasks with wakers of their own,
/// so a set costs the same per end of a task however many it holds.
///
/// ```
/// use std::time::Duration;
/// use wakeline::task::JoinSet;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let mut set = JoinSet::new();
///     for seconds in [3, 1, 2] {
///         set.spawn(async move {
///             wakeline::time::sleep(Duration::from_secs(seconds)).await;
///             seconds
///         });
///     }
///     let mut order = Vec::new();
///     while let Some(output) = set.join_next().await {
///         order.push(output.unwrap());
///     }
///     assert_eq!(order, [1, 2, 3]);
/// });
/// ```
pub struct JoinSet<T> {
    /// By index; a place is empty once its output was taken.
    members: Vec<Option<JoinHandle<T>>>,
    free: Vec<usize>,
    live: usize,
    /// The members in the order of spawning, by index and id; those that have ended are cleared
    /// away when they come to the front.
    order: VecDeque<(usize, TaskId)>,
    /// The wait for the next end, and the task that the log says it is for.
    wait: Wait,
    awaited: Option<(Rc<Core>, u32)>,
    ends: Rc<RefCell<Ends>>,
}

/// What the members tell the set.
#[derive(Default)]
struct Ends {
    /// Members whose future is gone, in that order.
    over: VecDeque<usize>,
    waker: Option<Waker>,
}

pin_project! {
    /// Tells the set when the future is gone, however it went: returned, panicked or aborted.
    struct Member<F> {
        #[pin]
        future: F,
        notice: Notice,
    }
}

impl<F: Future> Future for Member<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(cx)
    }
}

struct Notice {
    index: usize,
    ends: Rc<RefCell<Ends>>,
}

impl Drop for Notice {
    fn drop(&mut self) {
        let waker = {
            let mut ends = self.ends.borrow_mut();
            ends.over.push_back(self.index);
            ends.waker.take()
        };
        // The output is stored by the time that the woken task has its turn.
        if let Some(waker) = waker {
            super::waker::call(waker);
        }
    }
}

impl<T> Default for JoinSet<T> {
    fn default() -> Self {
        Self {
            members: Vec::new(),
            free: Vec::new(),
            live: 0,
            order: VecDeque::new(),
            wait: Wait::default(),
            awaited: None,
            ends: Rc::default(),
        }
    }
}

impl<T: 'static> JoinSet<T> {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of tasks whose output was not taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.live
    }

    /// Whether every output was taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Starts a task in the set.
    ///
    /// # Panics
    /// Outside of a runtime.
    #[track_caller]
    pub fn spawn<F>(&mut self, future: F) -> TaskId
    where
        F: Future<Output = T> + 'static,
    {
        self.add(Builder::new(), future)
    }

    /// Starts a task with a name in the set.
    ///
    /// # Panics
    /// Outside of a runtime.
    #[track_caller]
    pub fn spawn_named<F>(&mut self, name: impl Into<String>, future: F) -> TaskId
    where
        F: Future<Output = T> + 'static,
    {
        self.add(Builder::new().name(name), future)
    }

    #[track_caller]
    fn add<F>(&mut self, builder: Builder, future: F) -> TaskId
    where
        F: Future<Output = T> + 'static,
    {
        let index = self.free.pop().unwrap_or_else(|| {
            self.members.push(None);
            self.members.len() - 1
        });
        let notice = Notice {
            index,
            ends: Rc::clone(&self.ends),
        };
        let handle = builder.spawn(Member { future, notice });
        let id = handle.id();
        self.members[index] = Some(handle);
        self.live += 1;
        self.order.push_back((index, id));
        id
    }

    /// Waits for the next task to end, and takes its output. `None` if the set is empty.
    ///
    /// # Cancel safety
    /// Yes. No output is lost.
    #[track_caller]
    pub fn join_next(&mut self) -> impl Future<Output = Option<Result<T, JoinError>>> + '_ {
        let next = self.join_next_with_id();
        async move { next.await.map(|(_, output)| output) }
    }

    /// As [`join_next`](Self::join_next), with the id of the task.
    ///
    /// # Cancel safety
    /// Yes. No output is lost.
    #[track_caller]
    pub fn join_next_with_id(&mut self) -> JoinNext<'_, T> {
        JoinNext {
            set: self,
            site: Site::caller(),
        }
    }

    /// As [`join_next_with_id`](Self::join_next_with_id), for implementations of futures.
    #[track_caller]
    pub fn poll_join_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<(TaskId, Result<T, JoinError>)>> {
        let polled = self.poll_next(cx);
        if polled.is_ready() {
            self.wait_ends();
        } else {
            self.wait_begins(Site::caller());
        }
        polled
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<(TaskId, Result<T, JoinError>)>> {
        if self.live == 0 {
            return Poll::Ready(None);
        }
        let over = self.ends.borrow_mut().over.pop_front();
        let Some(index) = over else {
            let waker = cx.waker().clone();
            let old = self.ends.borrow_mut().waker.replace(waker);
            drop(old);
            return Poll::Pending;
        };
        let Some(handle) = self.members[index].as_mut() else {
            // Taken out by `detach_all`: nobody's any more.
            return self.poll_next(cx);
        };
        let id = handle.id();
        match Pin::new(handle).poll(cx) {
            Poll::Ready(output) => {
                self.members[index] = None;
                self.free.push(index);
                self.live -= 1;
                Poll::Ready(Some((id, output)))
            }
            Poll::Pending => {
                // Its future is being dropped at this very moment; the handle wakes us after.
                self.ends.borrow_mut().over.push_front(index);
                Poll::Pending
            }
        }
    }

    /// Takes the output of a task that has ended, if there is one.
    pub fn try_join_next(&mut self) -> Option<Result<T, JoinError>> {
        loop {
            let index = self.ends.borrow_mut().over.pop_front()?;
            // A place without a handle was emptied by `detach_all`.
            let Some(handle) = self.members[index].as_mut() else {
                continue;
            };
            if !handle.is_finished() {
                // Its future is being dropped at this very moment.
                self.ends.borrow_mut().over.push_front(index);
                return None;
            }
            let mut cx = Context::from_waker(Waker::noop());
            let Poll::Ready(output) = Pin::new(handle).poll(&mut cx) else {
                return None;
            };
            self.members[index] = None;
            self.free.push(index);
            self.live -= 1;
            return Some(output);
        }
    }

    /// Waits for every task and gives their outputs in the order in which they ended.
    ///
    /// # Cancel safety
    /// Dropping the future aborts the tasks that are left, and loses the outputs that it had
    /// taken.
    pub async fn join_all(mut self) -> Vec<Result<T, JoinError>> {
        let mut outputs = Vec::with_capacity(self.live);
        while let Some(output) = self.join_next().await {
            outputs.push(output);
        }
        outputs
    }

    /// Aborts every task in the set. They stay in it until their (cancelled) ends are taken.
    #[track_caller]
    pub fn abort_all(&mut self) {
        for handle in self.members.iter().flatten() {
            handle.abort();
        }
    }

    /// Aborts every task and waits until all are gone.
    ///
    /// # Cancel safety
    /// The tasks are aborted in any case.
    pub async fn shutdown(&mut self) {
        self.abort_all();
        while self.join_next().await.is_some() {}
    }

    /// Lets the tasks go on by themselves and empties the set.
    pub fn detach_all(&mut self) {
        self.ends = Rc::default();
        self.free.clear();
        self.live = 0;
        self.order.clear();
        drop(std::mem::take(&mut self.members));
    }
}

impl<T> JoinSet<T> {
    fn wait_begins(&mut self, site: Site) {
        let alive = loop {
            let Some((index, id)) = self.order.front() else {
                return;
            };
            match self.members.get(*index).and_then(Option::as_ref) {
                Some(handle) if handle.id() == *id && !handle.is_finished() => break handle,
                _ => self.order.pop_front(),
            };
        };
        // Its end wakes the set, so it is the same one for as long as the wait lasts.
        let (core, id) = self
            .awaited
            .get_or_insert_with(|| (Rc::clone(alive.core()), alive.id().get()));
        self.wait.begin(core, Reason::JoinAny, *id, 0, site);
    }

    fn wait_ends(&mut self) {
        if let Some((core, id)) = self.awaited.take() {
            self.wait.end(&core, Reason::JoinAny, id);
        }
    }
}

/// The future of [`JoinSet::join_next_with_id`].
#[must_use = "futures do nothing unless awaited"]
pub struct JoinNext<'a, T> {
    set: &'a mut JoinSet<T>,
    site: Site,
}

impl<T: 'static> Future for JoinNext<'_, T> {
    type Output = Option<(TaskId, Result<T, JoinError>)>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.set.poll_next(cx);
        if polled.is_ready() {
            self.set.wait_ends();
        } else {
            let site = self.site;
            self.set.wait_begins(site);
        }
        polled
    }
}

impl<T> Drop for JoinNext<'_, T> {
    fn drop(&mut self) {
        self.set.wait_ends();
    }
}

impl<T> fmt::Debug for JoinNext<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinNext")
    }
}

impl<T> Drop for JoinSet<T> {
    fn drop(&mut self) {
        self.wait_ends();
        for handle in self.members.iter().flatten() {
            handle.abort();
        }
    }
}

impl<T> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinSet")
            .field("len", &self.live)
            .finish_non_exhaustive()
    }
}
