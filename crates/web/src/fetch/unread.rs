//! Telling a server that is not there from one whose answers this page may not read.
//!
//! To a program a browser reports both in the same words. But it lets a page make a request whose
//! answer it will not be able to read (the mode `no-cors`), and tells it that there was one.

use wakeline::outside::Connection;
use wasm_bindgen::prelude::*;
use web_sys::{RequestInit, RequestMode, ResponseType};

use super::AbortOnDrop;
use crate::globals;
use crate::promise::Settlement;

/// Whether somebody answers at an address who does not let this page read the answer. Asked by
/// `HEAD`, which changes nothing there.
///
/// In a page that is isolated (`Cross-Origin-Embedder-Policy: require-corp`) the browser blocks
/// such answers too, and then this is false whoever is there.
///
/// # Cancel safety
/// Dropping the future aborts the request.
pub(super) async fn is_kept_from_us(connection: &Connection, url: &str) -> bool {
    let Ok(abort) = AbortOnDrop::new() else {
        return false;
    };
    let init = RequestInit::new();
    init.set_method("HEAD");
    init.set_mode(RequestMode::NoCors);
    init.set_signal(Some(&abort.controller.signal()));
    let Ok(request) = web_sys::Request::new_with_str_and_init(url, &init) else {
        return false;
    };
    let answer = connection.wait(Settlement::of(&globals::fetch(&request)));
    answer.await.is_ok_and(|answer| {
        let response: web_sys::Response = answer.unchecked_into();
        response.type_() == ResponseType::Opaque
    })
}
