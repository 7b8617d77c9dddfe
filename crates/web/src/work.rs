//! Heavy work on Web Workers: what a thread is natively.
//!
//! A browser has no threads that share a program's values, and a page needs no special headers for
//! what it does have: workers with a memory of their own. So a job is the **name** of a function
//! and bytes to call it with. A [`Pool`] has it done by one of a few workers and awaits the bytes
//! that come back; the thread that awaits is free meanwhile. In the worker, which is another
//! instance of the same module, [`serve`] looks the name up and calls the function.
//!
//! A job stands in the log as [work](wakeline::outside::Work) of the task that awaits it, with its
//! progress. Who waits for a free worker stands in line at a semaphore.
//!
//! # The worker's script
//!
//! A worker needs a script of a few lines that loads the program's module, which comes with the
//! first message (or `null`, if the pool was not given it), and then calls an exported function
//! that calls [`serve`]:
//!
//! ```js
//! import init, { serve_work } from './my_program.js';
//! self.addEventListener('message', async ({ data: module }) => {
//!   try {
//!     await init(module ? { module_or_path: module } : undefined);
//!     serve_work();
//!   } catch (error) {
//!     self.postMessage(['broken', String(error)]);
//!   }
//! }, { once: true });
//! ```
//!
//! ```no_run
//! use std::ops::ControlFlow;
//! use wakeline_web::work::{self, Function};
//!
//! /// Adds numbers up.
//! fn sum(input: &[u8], _: &mut dyn FnMut(f64) -> ControlFlow<()>) -> Result<Vec<u8>, String> {
//!     let sum: u64 = input.iter().map(|number| u64::from(*number)).sum();
//!     Ok(sum.to_le_bytes().to_vec())
//! }
//!
//! // In the worker, exported with #[wasm_bindgen]:
//! pub fn serve_work() {
//!     work::serve(|name| (name == "sum").then_some(sum as Function));
//! }
//!
//! // In a task:
//! async fn add() -> Result<Vec<u8>, work::WorkError> {
//!     let pool = work::Pool::new("./worker.js", 4).with_module(wasm_bindgen::module());
//!     pool.run("sum", &[1, 2, 3]).await
//! }
//! ```

mod hand;
mod serve;

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use wakeline::outside::Work;
use wakeline::sync::Semaphore;
use wasm_bindgen::JsValue;

use hand::{Hand, Heard};
pub use serve::{Function, serve};

/// The name of a pool's workers, which their script finds in `self.name`: one script can thereby
/// have several uses.
pub const WORKER_NAME: &str = "wakeline-work";

/// Why nothing came of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WorkError {
    /// The worker's script or module could not be loaded. With the browser's own words, if it has
    /// any.
    NotLoaded(String),
    /// The worker knows no function of this name.
    Unknown(String),
    /// The function returned this error.
    Failed(String),
    /// The worker panicked, or was ended by the browser.
    Crashed(String),
}

impl fmt::Display for WorkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, detail) = match self {
            Self::NotLoaded(detail) => ("the worker could not be loaded", detail),
            Self::Unknown(name) => ("the worker knows no such function", name),
            Self::Failed(error) => return f.write_str(error),
            Self::Crashed(detail) => ("the worker crashed", detail),
        };
        f.write_str(what)?;
        match &**detail {
            "" => Ok(()),
            detail => write!(f, ": {detail}"),
        }
    }
}

impl std::error::Error for WorkError {}

/// A few workers for heavy work. Clones are the same pool.
///
/// Workers are started when they are first needed and kept for the next job. Dropping the last
/// clone ends those that are idle; the others end with their jobs.
#[derive(Clone)]
pub struct Pool {
    inner: Rc<Inner>,
}

struct Inner {
    script: String,
    module: JsValue,
    /// One permit for each worker that may be at work.
    places: Semaphore,
    /// Workers that have loaded and wait for a job.
    idle: RefCell<Vec<Hand>>,
}

impl Pool {
    /// A pool of at most so many workers, at least one. `script` is the address of the worker's
    /// script, relative to the page or to the worker that this runs in.
    #[must_use]
    #[track_caller]
    pub fn new(script: &str, workers: usize) -> Self {
        Self {
            inner: Rc::new(Inner {
                script: script.to_owned(),
                module: JsValue::NULL,
                places: Semaphore::named("web workers", workers.max(1)),
                idle: RefCell::default(),
            }),
        }
    }

    /// The same pool with a compiled `WebAssembly.Module` that each worker gets, so that it need
    /// not fetch and compile it again. For a new pool only: one that was cloned stays as it is.
    #[must_use]
    pub fn with_module(mut self, module: JsValue) -> Self {
        if let Some(inner) = Rc::get_mut(&mut self.inner) {
            inner.module = module;
        }
        self
    }

    /// Has a worker call the function `name` with these bytes, when one is free, and gives what
    /// the function returned. Who asked first is served first.
    ///
    /// # Errors
    /// See [`WorkError`]. A worker that did not load or that crashed is ended, and the next job
    /// gets a new one.
    ///
    /// # Panics
    /// Outside of a task.
    ///
    /// # Cancel safety
    /// Dropping the future ends the worker that is at it, in the middle of its work.
    pub async fn run(&self, name: &str, input: &[u8]) -> Result<Vec<u8>, WorkError> {
        let inner = &*self.inner;
        // Nobody closes the semaphore, so there is a place some day.
        let _place = inner.places.acquire().await;
        let work = Work::begin(name);
        let idle = inner.idle.borrow_mut().pop();
        let is_loaded = idle.is_some();
        let hand = match idle {
            Some(hand) => hand,
            None => Hand::start(&inner.script, &inner.module).map_err(WorkError::NotLoaded)?,
        };
        if is_loaded {
            hand.begin(name, input);
        }
        let mut has_begun = is_loaded;
        let outcome = loop {
            match work.wait(hand.heard()).await {
                Heard::Loaded if !has_begun => {
                    has_begun = true;
                    hand.begin(name, input);
                }
                Heard::Progress(percent) => work.progress(percent),
                Heard::Done(bytes) => break Ok(bytes),
                Heard::Failed(error) => break Err(WorkError::Failed(error)),
                Heard::Unknown => break Err(WorkError::Unknown(name.to_owned())),
                Heard::Broken(detail) if has_begun => return Err(WorkError::Crashed(detail)),
                Heard::Broken(detail) => return Err(WorkError::NotLoaded(detail)),
                Heard::Loaded => {}
            }
        };
        inner.idle.borrow_mut().push(hand);
        outcome
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("script", &self.inner.script)
            .finish_non_exhaustive()
    }
}
