//! Running a program and reading its log.
#![allow(dead_code, reason = "each test file uses a part of this")]

use wakeline::log::{Event, Log};

/// Runs a program under the virtual clock to its end.
pub(crate) fn run(seed: u64, program: impl Future<Output = ()> + 'static) -> Log {
    let runtime = wakeline::Builder::new().seed(seed).build();
    runtime.block_on(program);
    runtime.log().clone()
}

pub(crate) fn events(log: &Log) -> impl Iterator<Item = Event> + '_ {
    log.columns.iter_from(0)
}

/// Milliseconds since the run began.
pub(crate) fn ms() -> u64 {
    wakeline::time::now().as_nanos() / 1_000_000
}
