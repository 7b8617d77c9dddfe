//! Ways back into the pump: at once by a microtask, or after a turn of the event loop.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::JsValue;

use crate::callback::Callback;
use crate::globals::{MessagePort, Scheduler, message_channel, scheduler, set_timeout};
use crate::promise::Thenable;
use wasm_bindgen::JsCast;

/// How the pump comes back when the budget of a slice is spent. All of them let the event loop
/// have a turn; they differ in what goes first and in what a turn costs.
///
/// Where a browser lacks one, the next in this order is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Continuation {
    /// `scheduler.postTask` with the priority `background`: after painting, input and messages.
    Background,
    /// `scheduler.postTask` with the priority `user-visible`: in line with timers and messages.
    UserVisible,
    /// A `MessageChannel`: in line with other messages.
    Channel,
    /// `setTimeout`: works everywhere, and loses about 4 ms each time because browsers clamp
    /// chains of timers.
    Timeout,
}

/// The way through the event loop.
#[derive(Debug)]
pub(super) struct Hop {
    way: Way,
    callback: Callback,
}

#[derive(Debug)]
enum Way {
    Task {
        scheduler: Scheduler,
        options: Object,
        continuation: Continuation,
    },
    Channel {
        sender: MessagePort,
        receiver: MessagePort,
    },
    Timeout,
}

impl Hop {
    pub(super) fn new(wanted: Continuation, arrive: impl Fn() + 'static) -> Self {
        let callback = Callback::new(arrive);
        let way = Way::find(wanted);
        if let Way::Channel { receiver, .. } = &way {
            receiver.set_onmessage(Some(callback.function()));
        }
        Self { way, callback }
    }

    /// Arranges one arrival, unless one is on its way already.
    pub(super) fn request(&self) {
        if self.callback.is_awaited() {
            return;
        }
        let function = self.callback.lend();
        match &self.way {
            // The promise is rejected when the callback throws, and then the browser reports
            // that as an error nobody handled, which is what it is.
            Way::Task {
                scheduler, options, ..
            } => drop(scheduler.post_task(function, options)),
            Way::Channel { sender, .. } => sender.post_message(&JsValue::NULL),
            Way::Timeout => drop(set_timeout(function, 0.0)),
        }
    }

    /// What is used in this browser.
    pub(super) fn continuation(&self) -> Continuation {
        match &self.way {
            Way::Task { continuation, .. } => *continuation,
            Way::Channel { .. } => Continuation::Channel,
            Way::Timeout => Continuation::Timeout,
        }
    }
}

impl Way {
    fn find(wanted: Continuation) -> Self {
        if wanted <= Continuation::UserVisible
            && let Some(scheduler) = scheduler()
        {
            return Self::Task {
                scheduler,
                options: priority(wanted),
                continuation: wanted,
            };
        }
        if wanted <= Continuation::Channel
            && let Some(channel) = message_channel()
        {
            return Self::Channel {
                sender: channel.port1(),
                receiver: channel.port2(),
            };
        }
        Self::Timeout
    }
}

fn priority(continuation: Continuation) -> Object {
    let name = match continuation {
        Continuation::Background => "background",
        _ => "user-visible",
    };
    let options = Object::new();
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&options, &"priority".into(), &name.into());
    options
}

impl Drop for Hop {
    fn drop(&mut self) {
        if let Way::Channel { sender, receiver } = &self.way {
            receiver.set_onmessage(None);
            receiver.close();
            sender.close();
            self.callback.recall();
        }
    }
}

/// The way by a microtask: as soon as what runs now has returned to the browser.
#[derive(Debug)]
pub(super) struct Kick {
    resolved: Promise,
    callback: Callback,
}

impl Kick {
    pub(super) fn new(arrive: impl Fn() + 'static) -> Self {
        Self {
            resolved: Promise::resolve(&JsValue::UNDEFINED),
            callback: Callback::new(arrive),
        }
    }

    /// Arranges one arrival, unless one is on its way already.
    pub(super) fn request(&self) {
        if !self.callback.is_awaited() {
            let thenable = self.resolved.unchecked_ref::<Thenable>();
            thenable.call_when_settled(self.callback.lend());
        }
    }
}
