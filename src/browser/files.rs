//! Files: what a reader opens, what the page loads from its server, what it hands over.

use std::ops::Range;

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Response, Url};

use super::{document, window};

/// Why there are no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The browser or the server did not give them.
    Failed,
    /// There are more than the reader allowed.
    TooLarge,
    /// The address is not on the page's server.
    Elsewhere,
}

/// Parts of a file.
///
/// # Errors
/// If the browser cannot read them.
pub async fn parts(file: &Blob, wanted: &[Range<usize>]) -> Result<Vec<Vec<u8>>, Unread> {
    let buffers = Array::new();
    for part in wanted {
        let part = file.slice_with_f64_and_f64(part.start as f64, part.end as f64);
        buffers.push(&part.map_err(|_| Unread::Failed)?.array_buffer());
    }
    let buffers = JsFuture::from(Promise::all(&buffers)).await;
    let buffers: Array = buffers.map_err(|_| Unread::Failed)?.unchecked_into();
    let bytes = buffers
        .iter()
        .map(|buffer| Uint8Array::new(&buffer).to_vec());
    Ok(bytes.collect())
}

/// A file at an address of the page's own server.
///
/// # Errors
/// If the browser cannot load it, or if the address is another server's.
pub async fn load(address: &str) -> Result<Blob, Unread> {
    let here = window().location().href().unwrap_or_default();
    let url = Url::new_with_base(address, &here).map_err(|_| Unread::Failed)?;
    if Some(url.origin()) != window().location().origin().ok() {
        return Err(Unread::Elsewhere);
    }
    let failed = |_: JsValue| Unread::Failed;
    let response = JsFuture::from(window().fetch_with_str(&url.href())).await;
    let response: Response = response.map_err(failed)?.unchecked_into();
    // A redirect may lead away.
    let answered = Url::new(&response.url()).map_err(failed)?;
    if answered.origin() != url.origin() {
        return Err(Unread::Elsewhere);
    }
    if !response.ok() {
        return Err(Unread::Failed);
    }
    let blob = JsFuture::from(response.blob().map_err(failed)?).await;
    Ok(blob.map_err(failed)?.unchecked_into())
}

/// Gives the reader a file; where it goes is the browser's and the reader's business.
pub fn save(name: &str, kind: &str, bytes: &[u8]) {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = Array::of1(&Uint8Array::from(bytes));
    // Making a file of bytes fails only for want of memory, and then there is nothing to save.
    if let Ok(blob) = Blob::new_with_u8_array_sequence_and_options(&parts, &options) {
        hand_over(name, &blob);
    }
}

/// As [`save`], for what is a file already.
pub fn hand_over(name: &str, blob: &Blob) {
    let saved = Url::create_object_url_with_blob(blob).and_then(|address| {
        let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
        link.set_href(&address);
        link.set_download(name);
        link.click();
        // The browser holds the bytes until it has written them.
        Url::revoke_object_url(&address)
    });
    // It fails only in a document that is gone.
    drop(saved);
}
