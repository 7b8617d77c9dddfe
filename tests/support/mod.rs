//! What the browser tests share: engines that are made up, and waiting for what is to come.

use js_sys::{Array, Promise};
use wakeline_playground::browser;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, Url};

/// How often something is looked for before the test gives up: long enough for the slowest
/// machine, since nothing is waited for longer than it takes.
const TRIES: u32 = 1_500;

/// How long a test sleeps between two looks, in milliseconds.
const PAUSE: i32 = 20;

/// Waits until something holds.
///
/// # Panics
/// If it does not in a long time.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..TRIES {
        if holds() {
            return;
        }
        pause().await;
    }
    panic!("in vain waited until {what}");
}

/// Lets the page do what it has to do.
pub(crate) async fn pause() {
    let promise = Promise::new(&mut |resolve, _| {
        browser::window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, PAUSE)
            .unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

/// The address of a module with this text.
pub(crate) fn module(text: &str) -> String {
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let parts = Array::of1(&JsValue::from_str(text));
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options).unwrap();
    Url::create_object_url_with_blob(&blob).unwrap()
}
