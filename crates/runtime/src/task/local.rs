//! Data of a task's own.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::runtime::{AnyLocal, Core, current_core};

/// A key under which each task can have a value of its own: what a thread-local is to threads.
///
/// Declare it as a `static`. A value is set for a whole task by [`set`](Self::set), or for one
/// future by [`scope`](Self::scope); it is dropped when the task ends, in the order in which the
/// keys were first set.
///
/// A key made by [`new`](Self::new) is not inherited: a task that is spawned has no value. One
/// made by [`inherited`](Self::inherited) is: a task that is spawned has the value that its parent
/// has at that moment, the same and not a copy. What either sets afterwards is its own.
///
/// ```
/// use wakeline::task::Local;
///
/// static REQUEST: Local<u32> = Local::inherited();
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let serve = |number| {
///         REQUEST.scope(number, async move {
///             let helper = wakeline::spawn(async { REQUEST.with(|number| *number) });
///             assert_eq!(helper.await.unwrap(), number);
///         })
///     };
///     serve(1).await;
///     serve(2).await;
///     assert!(REQUEST.get().is_none());
/// });
/// ```
pub struct Local<T> {
    /// Of some size, so that no two statics have the same address.
    inherited: bool,
    value: PhantomData<fn() -> T>,
}

impl<T: 'static> Local<T> {
    /// A key that is not inherited.
    #[must_use]
    #[allow(
        clippy::new_without_default,
        reason = "a key is a static, never a default"
    )]
    pub const fn new() -> Self {
        Self {
            inherited: false,
            value: PhantomData,
        }
    }

    /// A key whose value a task passes on to those it spawns.
    #[must_use]
    pub const fn inherited() -> Self {
        Self {
            inherited: true,
            value: PhantomData,
        }
    }

    fn key(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn entry(&'static self, value: Rc<dyn Any>) -> AnyLocal {
        AnyLocal {
            key: self.key(),
            inherited: self.inherited,
            value,
        }
    }

    /// Gives the current task a value. The one it had is returned.
    ///
    /// # Panics
    /// Outside of a task.
    pub fn set(&'static self, value: T) -> Option<Rc<T>> {
        let Some(core) = current_core().filter(|core| core.current() != 0) else {
            outside("Local::set");
        };
        let old = core
            .attach()
            .set_local(core.current(), self.entry(Rc::new(value)));
        old.and_then(downcast)
    }

    /// The current task's value, `None` if it has none or outside of any.
    #[must_use]
    pub fn get(&'static self) -> Option<Rc<T>> {
        let core = current_core()?;
        downcast(core.attached.local(core.current(), self.key())?)
    }

    /// Takes the current task's value out.
    pub fn take(&'static self) -> Option<Rc<T>> {
        let core = current_core()?;
        downcast(core.attached.take_local(core.current(), self.key())?)
    }

    /// Calls a function with the current task's value. The function may use this key, too.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn with<R>(&'static self, look: impl FnOnce(&T) -> R) -> R {
        match self.get() {
            Some(value) => look(&value),
            None => panic!("the current task has no value under this key"),
        }
    }

    /// A future during whose polls the task has this value, and the one it had before otherwise.
    /// Tasks that it spawns have the value if the key is inherited. Works in any task, and in
    /// several futures of the same task at once. What is [`set`](Self::set) inside stays inside.
    ///
    /// # Cancel safety
    /// As that of the future, which is dropped with the value set.
    pub fn scope<F: Future>(&'static self, value: T, future: F) -> Scope<T, F> {
        Scope {
            key: self,
            value: Some(Rc::new(value)),
            future: Some(future),
        }
    }
}

fn downcast<T: 'static>(value: Rc<dyn Any>) -> Option<Rc<T>> {
    value.downcast().ok()
}

#[cold]
#[track_caller]
fn outside(what: &str) -> ! {
    panic!("`{what}` was called outside of a task")
}

impl<T> fmt::Debug for Local<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local")
            .field("inherited", &self.inherited)
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// The future of [`Local::scope`].
    #[must_use = "futures do nothing unless awaited"]
    pub struct Scope<T: 'static, F> {
        key: &'static Local<T>,
        value: Option<Rc<T>>,
        #[pin]
        future: Option<F>,
    }

    impl<T: 'static, F> PinnedDrop for Scope<T, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                let _inside = Inside::enter(this.key, this.value);
                this.future.set(None);
            }
        }
    }
}

/// The task has the value of a scope, until this is dropped, also by a panic.
struct Inside<'a, T: 'static> {
    core: Option<Rc<Core>>,
    task: u32,
    key: &'static Local<T>,
    /// Of the scope; what was set inside stays with it.
    value: &'a mut Option<Rc<T>>,
    before: Option<Rc<dyn Any>>,
}

impl<'a, T: 'static> Inside<'a, T> {
    fn enter(key: &'static Local<T>, value: &'a mut Option<Rc<T>>) -> Self {
        let core = current_core();
        let task = core.as_ref().map_or(0, |core| core.current());
        let inside = value.take().map(|value| value as Rc<dyn Any>);
        let before = core
            .as_ref()
            .and_then(|core| exchange(core, task, key, inside));
        Self {
            core,
            task,
            key,
            value,
            before,
        }
    }
}

impl<T: 'static> Drop for Inside<'_, T> {
    fn drop(&mut self) {
        if let Some(core) = &self.core {
            let inside = exchange(core, self.task, self.key, self.before.take());
            *self.value = inside.and_then(downcast);
        }
    }
}

/// Puts a value, or none, under a key, and takes out what was there.
fn exchange<T>(
    core: &Core,
    task: u32,
    key: &'static Local<T>,
    value: Option<Rc<dyn Any>>,
) -> Option<Rc<dyn Any>>
where
    T: 'static,
{
    match value {
        Some(value) => core.attach().set_local(task, key.entry(value)),
        None => core.attached.take_local(task, key.key()),
    }
}

impl<T: 'static, F: Future> Future for Scope<T, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _inside = Inside::enter(this.key, this.value);
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            panic!("a scope was polled after it was ready");
        };
        let polled = future.poll(cx);
        if polled.is_ready() {
            // Its drop still sees the value.
            this.future.set(None);
        }
        polled
    }
}

impl<T: 'static, F> fmt::Debug for Scope<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("key", self.key)
            .finish_non_exhaustive()
    }
}
