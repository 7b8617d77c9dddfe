//! Calls that the browser makes: before it paints, when an element changes its size, when
//! something happens to an element. Each is owned, and ends with its owner.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, Element, Event, EventTarget, ResizeObserver};

use super::window;

/// Calls before the next paint, however often that is asked for.
pub struct Frames {
    call: Rc<Closure<dyn FnMut(f64)>>,
    asked: Rc<Cell<Option<i32>>>,
}

impl Frames {
    /// `call` gets the time of the frame in milliseconds since the page was opened.
    #[must_use]
    pub fn new(call: impl Fn(f64) + 'static) -> Self {
        let asked = Rc::new(Cell::new(None));
        let closure = {
            let asked = Rc::clone(&asked);
            Closure::<dyn FnMut(f64)>::new(move |time| {
                asked.set(None);
                call(time);
            })
        };
        Self {
            call: Rc::new(closure),
            asked,
        }
    }

    /// Asks for a call before the next paint.
    pub fn ask(&self) {
        if self.asked.get().is_none() {
            let id = window()
                .request_animation_frame((*self.call).as_ref().unchecked_ref())
                .ok();
            self.asked.set(id);
        }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        if let Some(id) = self.asked.take() {
            // It fails only for what was never asked for.
            let _ = window().cancel_animation_frame(id);
        }
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").finish_non_exhaustive()
    }
}

/// Calls when one of some elements changes its size.
pub struct Sizes {
    observer: ResizeObserver,
    _call: Closure<dyn FnMut()>,
}

impl Sizes {
    /// Watches the elements; `None` in a browser that cannot.
    #[must_use]
    pub fn watch(elements: &[Element], call: impl Fn() + 'static) -> Option<Self> {
        let call = Closure::<dyn FnMut()>::new(call);
        let observer = ResizeObserver::new(call.as_ref().unchecked_ref()).ok()?;
        for element in elements {
            observer.observe(element);
        }
        Some(Self {
            observer,
            _call: call,
        })
    }
}

impl Drop for Sizes {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

impl fmt::Debug for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sizes").finish_non_exhaustive()
    }
}

/// A handler of an event. Unlike those of Yew it may prevent what the browser would do by itself
/// on a wheel or a touch, and it can listen to the window.
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    call: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens to `name` at `target`.
    #[must_use]
    pub fn new(
        target: &EventTarget,
        name: &'static str,
        call: impl FnMut(Event) + 'static,
    ) -> Self {
        let call = Closure::<dyn FnMut(Event)>::new(call);
        let options = AddEventListenerOptions::new();
        options.set_passive(false);
        // It fails only for a target that is no target.
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            name,
            call.as_ref().unchecked_ref(),
            &options,
        );
        Self {
            target: target.clone(),
            name,
            call,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // It fails only for a target that is no target.
        let _ = self
            .target
            .remove_event_listener_with_callback(self.name, self.call.as_ref().unchecked_ref());
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
