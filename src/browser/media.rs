//! Media queries.

use wasm_bindgen::prelude::*;
use web_sys::{MediaQueryList, MediaQueryListEvent};
use yew::prelude::*;

use super::window;

/// Whether a media query matches, now and whenever that changes.
#[hook]
pub fn use_media(query: &'static str) -> bool {
    let matches = use_state_eq(|| list(query).is_some_and(|list| list.matches()));
    let setter = matches.setter();
    use_effect_with((), move |()| {
        let listening = list(query).map(|list| {
            setter.set(list.matches());
            let on_change =
                Closure::<dyn Fn(MediaQueryListEvent)>::new(move |event: MediaQueryListEvent| {
                    setter.set(event.matches())
                });
            list.set_onchange(Some(on_change.as_ref().unchecked_ref()));
            (list, on_change)
        });
        move || {
            if let Some((list, on_change)) = listening {
                list.set_onchange(None);
                drop(on_change);
            }
        }
    });
    *matches
}

fn list(query: &str) -> Option<MediaQueryList> {
    window().match_media(query).ok().flatten()
}
