//! Web Workers for heavy work, each of which loads this same engine in another role.

use js_sys::Reflect;
use wakeline_demos::outside::{LocalBoxFuture, WorkError, Workers};
use wakeline_web::work::Pool;

/// The most workers of one run. Each is an instance of the engine with a memory of its own, and no
/// machine computes faster with more.
const MOST_WORKERS: usize = 16;

/// A pool of Web Workers.
#[derive(Debug)]
pub(super) struct Hands(Pool);

impl Hands {
    pub(super) fn new(most: usize) -> Self {
        // The script that this engine was loaded by.
        let location = Reflect::get(&js_sys::global(), &"location".into()).unwrap_or_default();
        let script = Reflect::get(&location, &"href".into()).unwrap_or_default();
        let script = script.as_string().unwrap_or_default();
        let pool = Pool::new(&script, most.min(MOST_WORKERS));
        Self(pool.with_module(wasm_bindgen::module()))
    }
}

impl Workers for Hands {
    fn run(
        &self,
        function: &'static str,
        input: Vec<u8>,
    ) -> LocalBoxFuture<'static, Result<Vec<u8>, WorkError>> {
        let pool = self.0.clone();
        Box::pin(async move { pool.run(function, &input).await.map_err(work_error) })
    }
}

fn work_error(error: wakeline_web::work::WorkError) -> WorkError {
    use wakeline_web::work::WorkError as Browsers;
    match error {
        Browsers::NotLoaded(detail) => WorkError::NotStarted(detail),
        Browsers::Failed(error) => WorkError::Failed(error),
        Browsers::Crashed(detail) => WorkError::Crashed(detail),
        Browsers::Unknown(name) => WorkError::NotStarted(name),
        _ => WorkError::NotStarted(String::new()),
    }
}
