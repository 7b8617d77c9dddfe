//! Wakeline beside its peers in WebAssembly.
//!
//! The harness is JavaScript (`js/harness.js`), because one of the peers is: it calls [`measure`]
//! and [`parked`] for each subject in turns, in a page and in node.

mod executors;
mod meeting;
mod parked;
mod workloads;

use wasm_bindgen::prelude::*;

use executors::{AsyncExecutor, Executor, Pumped, Recording, SpawnLocal, Tokio, Virtual};

#[wasm_bindgen]
extern "C" {
    /// Milliseconds, with a fraction.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn milliseconds() -> f64;
}

/// Calls a generic function for the executor of a subject.
macro_rules! for_subject {
    ($subject:expr, $function:ident($($argument:expr),*)) => {
        match $subject {
            "wakeline" => $function::<Virtual>($($argument),*).await,
            "wakeline, pump" => $function::<Pumped>($($argument),*).await,
            "wakeline, recording" => $function::<Recording>($($argument),*).await,
            "wasm-bindgen-futures" => $function::<SpawnLocal>($($argument),*).await,
            "tokio LocalSet" => $function::<Tokio>($($argument),*).await,
            "async-executor Local" => $function::<AsyncExecutor>($($argument),*).await,
            other => return Err(JsError::new(&format!("there is no subject {other}"))),
        }
    };
}

/// Does a workload of `size` operations in so many passes, and gives the milliseconds that all of
/// them took.
///
/// # Errors
/// If there is no such subject or workload.
#[wasm_bindgen]
pub async fn measure(
    workload: &str,
    subject: &str,
    size: usize,
    passes: usize,
) -> Result<f64, JsError> {
    let took = for_subject!(subject, run(workload, size, passes));
    took.ok_or_else(|| JsError::new(&format!("there is no workload {workload}")))
}

async fn run<E: Executor>(workload: &str, size: usize, passes: usize) -> Option<f64> {
    let turns = size * passes;
    Some(match workload {
        "spawn and finish" => workloads::spawn_and_finish::<E>(size, passes).await,
        "spawn and join" => workloads::spawn_and_join::<E>(size, passes).await,
        "yield, one task" => workloads::yields::<E>(1, turns).await,
        "yield, a thousand tasks" => workloads::yields::<E>(1000, turns / 1000).await,
        "wake, round two tasks" => workloads::ping_pong::<E>(turns).await,
        _ => return None,
    })
}

/// Parks so many tasks in an instance of this module that has done nothing else, and gives by how
/// many bytes the memory of the module grew for each, and how large each task's future is.
///
/// # Errors
/// If there is no such subject.
#[wasm_bindgen(js_name = parked)]
pub async fn park(subject: &str, tasks: usize) -> Result<Vec<f64>, JsError> {
    let parked = for_subject!(subject, of_executor(tasks));
    Ok(vec![parked.growth, parked.future])
}

async fn of_executor<E: Executor>(tasks: usize) -> parked::Parked {
    parked::measure::<E>(tasks).await
}
