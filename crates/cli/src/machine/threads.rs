//! Threads for heavy work.

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tokio::sync::mpsc;
use wakeline::outside::Work;
use wakeline::sync::Semaphore;
use wakeline_demos::outside::{LocalBoxFuture, WorkError, Workers};
use wakeline_demos::work::{self, Function};

/// At most so many threads, each for one job.
#[derive(Debug)]
pub(super) struct Threads {
    free: Rc<Semaphore>,
}

/// What a thread says.
enum Heard {
    Progress(f64),
    Ended(Result<Vec<u8>, WorkError>),
}

impl Threads {
    pub(super) fn new(most: usize) -> Self {
        Self {
            free: Rc::new(Semaphore::named("threads", most.max(1))),
        }
    }
}

impl Workers for Threads {
    fn run(
        &self,
        function: &'static str,
        input: Vec<u8>,
    ) -> LocalBoxFuture<'static, Result<Vec<u8>, WorkError>> {
        let free = self.free.clone();
        Box::pin(async move {
            // Nobody closes the semaphore.
            let _place = free.acquire().await;
            perform(function, input).await
        })
    }
}

/// Tells a thread that nobody waits for it any more.
#[derive(Default)]
struct Unwanted(Arc<AtomicBool>);

impl Drop for Unwanted {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

async fn perform(name: &'static str, input: Vec<u8>) -> Result<Vec<u8>, WorkError> {
    let work = Work::begin(name);
    let no_function = || WorkError::NotStarted(format!("there is no function {name}"));
    let function = work::find(name).ok_or_else(no_function)?;
    let unwanted = Unwanted::default();
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let flag = Arc::clone(&unwanted.0);
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || call(function, &input, &flag, &sender))
        .map_err(|error| WorkError::NotStarted(error.to_string()))?;
    loop {
        match work.wait(receiver.recv()).await {
            Some(Heard::Progress(percent)) => work.progress(percent),
            Some(Heard::Ended(result)) => return result,
            None => return Err(WorkError::Crashed("it is gone".to_owned())),
        }
    }
}

/// What the thread does. It may hear that nobody wants it any more, or find nobody who listens.
fn call(
    function: Function,
    input: &[u8],
    unwanted: &AtomicBool,
    sender: &mpsc::UnboundedSender<Heard>,
) {
    let mut progress = |percent| match sender.send(Heard::Progress(percent)) {
        Ok(()) if !unwanted.load(Ordering::Relaxed) => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| function(input, &mut progress)));
    let result = match outcome {
        Ok(result) => result.map_err(WorkError::Failed),
        Err(panic) => Err(WorkError::Crashed(message(&*panic))),
    };
    let _ = sender.send(Heard::Ended(result));
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(name: &'static str, input: Vec<u8>) -> Result<Vec<u8>, WorkError> {
        let clock = std::time::Instant::now();
        let now = move || u64::try_from(clock.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let clock = wakeline::Clock::Real(Rc::new(now));
        let runtime = wakeline::Builder::new().clock(clock).build();
        runtime.block_on(async move { Threads::new(1).run(name, input).await })
    }

    fn job(milliseconds: u64, fails: bool) -> Vec<u8> {
        let mut input = milliseconds.to_le_bytes().to_vec();
        input.push(u8::from(fails));
        input
    }

    #[test]
    fn a_thread_counts_primes() {
        assert_eq!(
            run("primes", job(1, false)),
            Ok(753_u64.to_le_bytes().to_vec())
        );
    }

    #[test]
    fn errors_come_back() {
        assert!(matches!(
            run("primes", job(0, true)),
            Err(WorkError::Failed(_))
        ));
        assert!(matches!(run("primes", vec![]), Err(WorkError::Failed(_))));
        assert!(matches!(
            run("nothing", vec![]),
            Err(WorkError::NotStarted(_))
        ));
    }

    #[test]
    fn a_panic_is_an_error_in_words() {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let panics: Function = |_, _| panic!("out of order");
        call(panics, &[], &AtomicBool::new(false), &sender);
        let heard = receiver.try_recv().ok();
        let message = match heard {
            Some(Heard::Ended(Err(WorkError::Crashed(message)))) => message,
            _ => String::new(),
        };
        assert_eq!(message, "out of order");
    }

    #[test]
    fn a_thread_stops_when_nobody_wants_it_any_more() {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let unwanted = Unwanted::default();
        let flag = Arc::clone(&unwanted.0);
        drop(unwanted);
        // More work than a test has time for, if it were done.
        let function = work::find("primes").unwrap();
        call(function, &job(20_000, false), &flag, &sender);
        drop(sender);
        let mut told = 0;
        while let Some(Heard::Progress(_)) = receiver.blocking_recv() {
            told += 1;
        }
        assert_eq!(told, 1);
    }
}
