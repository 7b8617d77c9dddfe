//! The page of docs/runtime.md: it asks a server for a number now and then.

use std::cell::Cell;
use std::time::Duration;

use wakeline::future::{Backoff, retry};
use wakeline::sync::mpsc;
use wakeline::task::{Stop, group};
use wakeline::time::{MissedTicks, interval, timeout};
use wakeline_web::clock;
use wakeline_web::fetch::{FetchError, Request, fetch};
use wakeline_web::pump::{Pump, Settings};
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    /// Dropping the pump stops the driving, so the page keeps it.
    static PUMP: Cell<Option<Pump>> = const { Cell::new(None) };
}

/// Called by the browser when the module is loaded. It returns at once; the runtime is driven in
/// slices of the browser's time from then on.
#[wasm_bindgen(start)]
pub fn start() {
    let runtime = wakeline::Builder::new()
        .clock(wakeline::Clock::Real(clock::start()))
        .record(false)
        .build();
    drop(runtime.spawn_named("page", page()));
    let pump = Pump::start(&runtime, Settings::PAGE, runtime.clone());
    PUMP.set(Some(pump));
}

/// Two tasks that end together: if one fails, the other does not go on by itself.
async fn page() {
    let ended = group(async |group| {
        // At most four answers wait to be shown: a slow page slows the asking down.
        let (sender, mut receiver) = mpsc::channel(4);
        group.spawn("asks", async move {
            let mut ticks = interval(Duration::from_secs(5));
            ticks.set_missed_ticks(MissedTicks::Delay);
            loop {
                ticks.tick().await;
                if sender.send(ask().await?).await.is_err() {
                    return Ok::<_, FetchError>(());
                }
            }
        });
        group.spawn("shows", async move {
            while let Some(answer) = receiver.recv().await {
                show(&answer);
            }
            Ok(())
        });
        Ok::<_, Stop<FetchError>>(())
    });
    if let Err(error) = ended.await {
        show(&error.to_string());
    }
}

/// One answer, by up to five requests of at most three seconds each.
async fn ask() -> Result<String, FetchError> {
    let plan = Backoff::exponential(Duration::from_millis(200))
        .cap(Duration::from_secs(5))
        .jitter(0.3)
        .attempts(5);
    let attempt = |_| async {
        let request = timeout(Duration::from_secs(3), fetch(Request::get("/number")));
        let response = request.await.unwrap_or(Err(FetchError::TimedOut))?;
        response.text(1000).await
    };
    retry(&plan, attempt).await
}

fn show(text: &str) {
    web_sys::console::log_1(&text.into());
}
