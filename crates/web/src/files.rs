//! Files in the browser's Origin Private File System.
//!
//! That file system belongs to the site alone: no other site and no file manager sees it. A
//! [`Directory`] is a folder of its own in there for as long as somebody holds it. What a page
//! leaves behind that is closed in the middle is removed by the next that asks for a directory,
//! a day later.
//!
//! Writing is atomic in the way of this file system: each [`write`](Directory::write) works on a
//! copy of the file, which takes the file's place at its end. Of two that write the same file at
//! once, the later end wins as a whole.
//!
//! A directory stands in the log as [work](wakeline::outside::Work) done elsewhere, for which a
//! task waits during each access.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use js_sys::{Object, Promise, Reflect, Uint8Array};
use wakeline::outside::{Work, Working};
use wasm_bindgen::prelude::*;

use crate::fetch::{describe, property};
use crate::promise::Settlement;

/// The folder in which all directories are.
const PARENT: &str = "wakeline";

/// A directory that is older is nobody's any more, in milliseconds.
const STALE_MS: u64 = 24 * 60 * 60 * 1000;

/// Why an access came to nothing. What is in it is the browser's own account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileError {
    /// This browser has no such file system, or not for a page that was loaded like this one: it
    /// takes HTTPS, or this machine.
    NotSupported,
    /// The browser has one and does not let this page use it, as in some private windows.
    Denied(String),
    /// There is no such file.
    Missing,
    /// There is no room left for this site.
    Full,
    /// The name cannot be that of a file, or somebody has locked it.
    Refused(String),
    /// Anything else.
    Other(String),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, detail) = match self {
            Self::NotSupported => return f.write_str("no file system for this page"),
            Self::Missing => return f.write_str("no such file"),
            Self::Full => return f.write_str("no room left for this site"),
            Self::Denied(detail) => ("the browser denies its file system", detail),
            Self::Refused(detail) => ("refused", detail),
            Self::Other(detail) => ("the access failed", detail),
        };
        write!(f, "{what}: {detail}")
    }
}

impl std::error::Error for FileError {}

#[wasm_bindgen]
extern "C" {
    /// `navigator.storage`. Methods that return a promise never throw: what is wrong rejects it.
    type Storage;
    #[wasm_bindgen(method, js_name = getDirectory)]
    fn root(this: &Storage) -> Promise;

    #[derive(Clone, Debug)]
    type Folder;
    #[wasm_bindgen(method, js_name = getDirectoryHandle)]
    fn folder(this: &Folder, name: &str, options: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = getFileHandle)]
    fn file(this: &Folder, name: &str, options: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = removeEntry)]
    fn remove(this: &Folder, name: &str, options: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    fn keys(this: &Folder) -> Names;

    type Names;
    #[wasm_bindgen(method)]
    fn next(this: &Names) -> Promise;

    type Handle;
    #[wasm_bindgen(method, js_name = createWritable)]
    fn writable(this: &Handle, options: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = getFile)]
    fn content(this: &Handle) -> Promise;

    type Writable;
    #[wasm_bindgen(method)]
    fn write(this: &Writable, what: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    fn close(this: &Writable) -> Promise;
    #[wasm_bindgen(method)]
    fn abort(this: &Writable) -> Promise;

    type Content;
    #[wasm_bindgen(method)]
    fn slice(this: &Content, begin: f64, end: f64) -> Content;
    #[wasm_bindgen(method, js_name = arrayBuffer)]
    fn bytes(this: &Content) -> Promise;
}

/// A folder of its own in the site's file system, which goes with its content when this is
/// dropped or, so that one can wait for it, [removed](Self::remove).
#[derive(Debug)]
pub struct Directory {
    place: Place,
    folder: Folder,
    work: Work,
}

#[derive(Debug)]
struct Place {
    parent: Folder,
    name: String,
}

impl Directory {
    /// A new, empty directory.
    ///
    /// # Errors
    /// [`FileError::NotSupported`], [`FileError::Denied`] or [`FileError::Full`].
    ///
    /// # Panics
    /// Outside of a task.
    ///
    /// # Cancel safety
    /// Dropping the future may leave an empty folder, which a later page removes.
    pub async fn temporary() -> Result<Self, FileError> {
        let work = Work::begin("files");
        let storage = storage().ok_or(FileError::NotSupported)?;
        let root: Folder = settled(&work, &storage.root()).await?.unchecked_into();
        let parent = settled(&work, &root.folder(PARENT, &option("create"))).await?;
        let parent: Folder = parent.unchecked_into();
        remove_stale(&work, &parent).await?;
        let name = name();
        let folder = settled(&work, &parent.folder(&name, &option("create"))).await?;
        let folder = folder.unchecked_into();
        let place = Place { parent, name };
        Ok(Self {
            place,
            folder,
            work,
        })
    }

    /// Writes bytes at a place; the file is made if there is none, and filled up with zeros if it
    /// is shorter.
    ///
    /// # Errors
    /// See [`FileError`].
    ///
    /// # Cancel safety
    /// Dropping the future before its end leaves the file as it was.
    pub async fn write(&self, name: &str, offset: usize, bytes: &[u8]) -> Result<(), FileError> {
        let file = self
            .settled(&self.folder.file(name, &option("create")))
            .await?;
        let file: Handle = file.unchecked_into();
        let writable = file.writable(&option("keepExistingData"));
        let writing = AbortOnDrop {
            writable: self.settled(&writable).await?.unchecked_into(),
            is_armed: true,
        };
        let what = Object::new();
        set(&what, "type", &"write".into());
        set(&what, "position", &(offset as f64).into());
        set(&what, "data", &Uint8Array::from(bytes));
        self.settled(&writing.writable.write(&what)).await?;
        self.settled(&writing.close()).await?;
        Ok(())
    }

    /// Reads at most so many bytes from a place; none at the end of the file and beyond.
    ///
    /// # Errors
    /// [`FileError::Missing`] and others.
    ///
    /// # Cancel safety
    /// Safe: reading changes nothing.
    pub async fn read(&self, name: &str, offset: usize, most: usize) -> Result<Vec<u8>, FileError> {
        let file = self.folder.file(name, &JsValue::UNDEFINED);
        let file: Handle = self.settled(&file).await?.unchecked_into();
        let content: Content = self.settled(&file.content()).await?.unchecked_into();
        let (begin, end) = (offset as f64, offset as f64 + most as f64);
        let bytes = self.settled(&content.slice(begin, end).bytes()).await?;
        Ok(Uint8Array::new(&bytes).to_vec())
    }

    /// Removes the directory with everything in it, and waits until it is gone.
    ///
    /// # Errors
    /// See [`FileError`].
    pub async fn remove(self) -> Result<(), FileError> {
        let removal = self.place.remove();
        match settled(&self.work, &removal).await {
            Ok(_) | Err(FileError::Missing) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn settled(&self, promise: &Promise) -> Access {
        settled(&self.work, promise)
    }
}

impl Place {
    fn remove(&self) -> Promise {
        self.parent.remove(&self.name, &option("recursive"))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Whether it succeeds, or is done already, nobody is there to hear.
        forget(&self.remove());
    }
}

/// A write under way, whose copy is given up unless it is closed.
struct AbortOnDrop {
    writable: Writable,
    is_armed: bool,
}

impl AbortOnDrop {
    fn close(mut self) -> Promise {
        self.is_armed = false;
        self.writable.close()
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if self.is_armed {
            forget(&self.writable.abort());
        }
    }
}

/// Lets a promise settle without anybody who waits, and without a complaint of the browser.
fn forget(promise: &Promise) {
    drop(Settlement::of(promise));
}

fn settled(work: &Work, promise: &Promise) -> Access {
    Access(Box::pin(work.wait(Settlement::of(promise))))
}

/// A promise of the file system. One type without a type of its own for what is promised, because a
/// module has a copy of its code for each.
struct Access(Pin<Box<Working<Settlement>>>);

impl Future for Access {
    type Output = Result<JsValue, FileError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx).map_err(|error| classify(&error))
    }
}

/// Removes directories that a page left behind.
async fn remove_stale(work: &Work, parent: &Folder) -> Result<(), FileError> {
    let names = parent.keys();
    loop {
        let entry = settled(work, &names.next()).await?;
        let Some(name) = get(&entry, "value").and_then(|name| name.as_string()) else {
            return Ok(());
        };
        let begun = name.split('-').next().and_then(|begun| begun.parse().ok());
        if begun.is_none_or(|begun: u64| today().saturating_sub(begun) > STALE_MS) {
            forget(&parent.remove(&name, &option("recursive")));
        }
    }
}

/// A name that no other page chooses: the time, and chance.
fn name() -> String {
    let chance = (js_sys::Math::random() * 1e9) as u32;
    format!("{}-{chance}", today())
}

/// The time of day and year, in milliseconds.
fn today() -> u64 {
    js_sys::Date::now() as u64
}

fn storage() -> Option<Storage> {
    let storage = get(&get(&js_sys::global(), "navigator")?, "storage")?;
    get(&storage, "getDirectory")?;
    Some(storage.unchecked_into())
}

/// A property that is there.
fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &name.into()).ok()?;
    value.is_truthy().then_some(value)
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // A plain object of our own takes any property.
    let _ = Reflect::set(object, &name.into(), value);
}

/// Options of which one is set.
fn option(name: &str) -> JsValue {
    let options = Object::new();
    set(&options, name, &JsValue::TRUE);
    options.into()
}

fn classify(error: &JsValue) -> FileError {
    let detail = describe(error);
    match &*property(error, "name") {
        "NotFoundError" => FileError::Missing,
        "QuotaExceededError" => FileError::Full,
        "SecurityError" | "NotAllowedError" => FileError::Denied(detail),
        "NoModificationAllowedError" | "TypeMismatchError" | "TypeError" => {
            FileError::Refused(detail)
        }
        _ => FileError::Other(detail),
    }
}
