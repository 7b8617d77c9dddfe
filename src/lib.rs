//! The Wakeline playground: the page.
//!
//! The page runs no demo. It asks the engine, a Web Worker, to run one ([`engine`]), takes in
//! the event log that comes back ([`model`]), and draws a pure function of that log and the
//! playhead: the timeline ([`view`]) and the panels ([`panels`]). What a person does and what the
//! engine says are actions on one state ([`state`]); the frame around it all is [`shell`].

pub mod axis_range;
pub mod bookmarks;
pub mod browser;
pub mod companion;
pub mod element;
pub mod engine;
pub mod find;
pub mod lessons;
pub mod model;
pub mod panels;
pub mod selection;
pub mod shell;
pub mod sources;
pub mod state;
pub mod study;
pub mod texts;
pub mod view;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::Element;

use crate::companion::Companions;
use crate::lessons::Lessons;
use crate::shell::page::{Page, PageProps, first_language};
use crate::sources::Sources;
use crate::texts::Texts;

/// Opens the page in an element.
///
/// `texts` takes a language's tag and returns a promise of its phrases ([`Texts`]); `sources`
/// takes a demo's slug and returns a promise of its files ([`Sources`]); `lessons` takes a
/// language's tag and a demo's slug and returns a promise of its lesson ([`Lessons`]); `companion`
/// takes an address and returns a promise of what answers there ([`Companions`]). `fail` is called
/// with an `Error` when the page breaks down, so that whoever loaded it can say so.
///
/// # Errors
/// If the texts of the reader's language cannot be loaded.
#[wasm_bindgen]
pub async fn open(
    root: Element,
    texts: Function,
    sources: Function,
    lessons: Function,
    companion: Function,
    fail: Function,
) -> Result<(), JsValue> {
    std::panic::set_hook(Box::new(move |panic| {
        let error = js_sys::Error::new(&panic.to_string());
        // There is nobody left to tell if telling fails.
        let _ = fail.call1(&JsValue::NULL, &error);
    }));
    let texts = Texts::new(texts);
    texts.load(first_language()).await?;
    let props = PageProps {
        texts: Some(texts),
        sources: Some(Sources::new(sources)),
        lessons: Some(Lessons::new(lessons)),
        companions: Some(Companions::new(companion)),
    };
    yew::Renderer::<Page>::with_root_and_props(root, props).render();
    Ok(())
}
