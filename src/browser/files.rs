//! Files: what a reader opens, what the page loads from its server, what it hands over.

use js_sys::{Array, ArrayBuffer, Uint8Array};
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

/// The bytes of a file.
///
/// # Errors
/// If there are more than `most`, or the browser cannot read them.
pub async fn read(file: &Blob, most: f64) -> Result<Uint8Array, Unread> {
    if file.size() > most {
        return Err(Unread::TooLarge);
    }
    let buffer = JsFuture::from(file.array_buffer()).await;
    let buffer: ArrayBuffer = buffer.map_err(|_| Unread::Failed)?.unchecked_into();
    Ok(Uint8Array::new(&buffer))
}

/// The bytes at an address of the page's own server.
///
/// # Errors
/// As [`read`], and if the address is another server's.
pub async fn load(address: &str, most: f64) -> Result<Uint8Array, Unread> {
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
    let blob: Blob = blob.map_err(failed)?.unchecked_into();
    read(&blob, most).await
}

/// Gives the reader a file; where it goes is the browser's and the reader's business.
pub fn save(name: &str, kind: &str, bytes: &[u8]) {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = Array::of1(&Uint8Array::from(bytes));
    let saved = Blob::new_with_u8_array_sequence_and_options(&parts, &options).and_then(|blob| {
        let address = Url::create_object_url_with_blob(&blob)?;
        let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
        link.set_href(&address);
        link.set_download(name);
        link.click();
        // The browser holds the bytes until it has written them.
        Url::revoke_object_url(&address)
    });
    // Making a file of bytes fails only for want of memory, and then there is nothing to save.
    drop(saved);
}
