//! Elements made by calls.
//!
//! Yew's markup is compiled to code of its own wherever it stands, which for an interface of this
//! size is half of what a browser has to load. Calls do the same from one place: an element is
//! begun by [`element`], attributes, listeners and content are added one after the other, and
//! [`Element::html`] ends it.
//!
//! Content that may be missing leaves a gap ([`Html::default`]), so that its neighbours are
//! recognised as the same elements when the page is drawn again.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use yew::prelude::*;
use yew::virtual_dom::{Key, Listener, ListenerKind, VChild, VList, VNode, VTag, VText};

/// An element that is being put together.
#[derive(Debug)]
pub struct Element(Box<VTag>);

/// Begins an element.
#[must_use]
pub fn element(name: &'static str) -> Element {
    Element(Box::new(VTag::new(name)))
}

/// A component.
pub fn component<C: Component>(properties: C::Properties) -> Html {
    VChild::<C>::new(properties, None).into()
}

/// A component that is another one when its key is.
pub fn keyed_component<C: Component>(key: impl Into<Key>, properties: C::Properties) -> Html {
    VChild::<C>::new(properties, Some(key.into())).into()
}

/// Several elements one after the other.
pub fn all(parts: Vec<Html>) -> Html {
    VList::with_children(parts, None).into()
}

/// Words.
pub fn words(text: impl Into<AttrValue>) -> Html {
    VText::new(text).into()
}

/// What stands in an input or is chosen in a list after an event of it.
pub fn typed<E: JsCast>(event: E) -> String {
    let target = event.unchecked_into::<Event>().target();
    let value = target.and_then(|target| js_sys::Reflect::get(&target, &"value".into()).ok());
    value
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}

/// Several classes: those that hold.
#[must_use]
pub fn classes(names: &[(&str, bool)]) -> String {
    let mut list = String::new();
    for (name, _) in names.iter().filter(|(_, holds)| *holds) {
        if !list.is_empty() {
            list.push(' ');
        }
        list.push_str(name);
    }
    list
}

impl Element {
    /// The element as it is now.
    pub fn html(self) -> Html {
        VNode::from(*self.0)
    }

    /// What tells it from its neighbours in a list that changes.
    #[must_use]
    pub fn key(mut self, key: impl Into<Key>) -> Self {
        self.0.key = Some(key.into());
        self
    }

    /// Where the element of the document is to be found.
    #[must_use]
    pub fn node(mut self, node: &NodeRef) -> Self {
        self.0.node_ref = node.clone();
        self
    }

    /// An attribute: a text; a flag, which is there or not; or one of these that may be missing.
    #[must_use]
    pub fn attr(mut self, name: &'static str, value: impl Value) -> Self {
        value.write(&mut self.0, name);
        self
    }

    /// An attribute that is `true` or `false`.
    #[must_use]
    pub fn state(self, name: &'static str, holds: bool) -> Self {
        self.attr(name, if holds { "true" } else { "false" })
    }

    /// The class.
    #[must_use]
    pub fn class(self, value: impl Value) -> Self {
        self.attr("class", value)
    }

    /// The name by which tests find it.
    #[must_use]
    pub fn testid(self, value: impl Value) -> Self {
        self.attr("data-testid", value)
    }

    /// What stands in an input.
    #[must_use]
    pub fn value(mut self, value: String) -> Self {
        self.0.set_value(AttrValue::from(value));
        self
    }

    /// Whether a box is ticked.
    #[must_use]
    pub fn checked(mut self, checked: bool) -> Self {
        self.0.set_checked(checked);
        self
    }

    /// Content: elements or words, of which there may be none.
    #[must_use]
    pub fn child(mut self, content: impl Content) -> Self {
        self.add(content.html());
        self
    }

    /// Elements, one after the other.
    #[must_use]
    pub fn children(mut self, children: Vec<Html>) -> Self {
        children.into_iter().for_each(|child| self.add(child));
        self
    }

    #[inline(never)]
    fn add(&mut self, child: Html) {
        self.0.add_child(child);
    }

    fn listen<E: JsCast + 'static>(
        mut self,
        kind: fn() -> ListenerKind,
        callback: Callback<E>,
    ) -> Self {
        self.0.add_listener(Rc::new(Listening { kind, callback }));
        self
    }
}

macro_rules! listeners {
    ($($name:ident, $kind:ident, $event:ident;)+) => {
        /// What happens on an event.
        impl Element {$(
            #[doc = concat!("What happens on `", stringify!($kind), "`.")]
            #[must_use]
            pub fn $name(self, callback: Callback<$event>) -> Self {
                self.listen(|| ListenerKind::$kind, callback)
            }
        )+}
    };
}

listeners! {
    on_cancel, oncancel, Event;
    on_change, onchange, Event;
    on_click, onclick, MouseEvent;
    on_dblclick, ondblclick, MouseEvent;
    on_focusin, onfocusin, FocusEvent;
    on_input, oninput, InputEvent;
    on_keydown, onkeydown, KeyboardEvent;
    on_mouseleave, onmouseleave, MouseEvent;
    on_mouseover, onmouseover, MouseEvent;
    on_pointercancel, onpointercancel, PointerEvent;
    on_pointerdown, onpointerdown, PointerEvent;
    on_pointerleave, onpointerleave, PointerEvent;
    on_pointermove, onpointermove, PointerEvent;
    on_pointerup, onpointerup, PointerEvent;
    on_scroll, onscroll, Event;
}

struct Listening<E> {
    // A name of a kind can be long, and copying one is much code; making one is none.
    kind: fn() -> ListenerKind,
    callback: Callback<E>,
}

impl<E: JsCast + 'static> Listener for Listening<E> {
    fn kind(&self) -> ListenerKind {
        (self.kind)()
    }

    fn handle(&self, event: Event) {
        // Which events a kind has is written down above.
        self.callback.emit(event.unchecked_into());
    }

    fn passive(&self) -> bool {
        false
    }
}

/// What an attribute can be set to.
pub trait Value {
    /// Sets it.
    fn write(self, element: &mut VTag, name: &'static str);
}

impl Value for AttrValue {
    #[inline(never)]
    fn write(self, element: &mut VTag, name: &'static str) {
        element.add_attribute(name, self);
    }
}

impl Value for &'static str {
    #[inline(never)]
    fn write(self, element: &mut VTag, name: &'static str) {
        AttrValue::Static(self).write(element, name);
    }
}

impl Value for String {
    #[inline(never)]
    fn write(self, element: &mut VTag, name: &'static str) {
        AttrValue::from(self).write(element, name);
    }
}

impl Value for &AttrValue {
    fn write(self, element: &mut VTag, name: &'static str) {
        self.clone().write(element, name);
    }
}

impl Value for bool {
    fn write(self, element: &mut VTag, name: &'static str) {
        self.then_some(name).write(element, name);
    }
}

impl<T: Value> Value for Option<T> {
    fn write(self, element: &mut VTag, name: &'static str) {
        if let Some(value) = self {
            value.write(element, name);
        }
    }
}

/// What an element can contain.
pub trait Content {
    /// It as a part of the page.
    fn html(self) -> Html;
}

impl Content for Html {
    fn html(self) -> Html {
        self
    }
}

impl Content for Element {
    fn html(self) -> Html {
        Element::html(self)
    }
}

impl Content for &'static str {
    #[inline(never)]
    fn html(self) -> Html {
        words(self)
    }
}

impl Content for String {
    #[inline(never)]
    fn html(self) -> Html {
        words(self)
    }
}

impl Content for &AttrValue {
    fn html(self) -> Html {
        words(self.clone())
    }
}

impl<T: Content> Content for Option<T> {
    fn html(self) -> Html {
        self.map(T::html).unwrap_or_default()
    }
}
