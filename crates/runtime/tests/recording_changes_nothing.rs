//! A program does the same whether its events are recorded or not.
//!
//! Where nothing is recorded, locks and channels take shorter ways. So random programs are run both
//! ways, with futures that are polled without need and dropped at any moment, and what every task
//! saw, in which order, must be equal. That what they see is right is what the other tests say;
//! most of them record.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use proptest::prelude::*;
use wakeline::sync::{Mutex, RwLock, Semaphore, mpmc, mpsc, oneshot};
use wakeline::task::yield_now;
use wakeline::{Builder, Progress};

#[derive(Clone, Copy, Debug)]
enum Action {
    Lock,
    Write,
    Acquire(usize),
    /// Takes permits out of the semaphore, or puts some in.
    Forget,
    Add(usize),
    Send,
    Receive,
    /// The same of a channel that has no limit.
    Put,
    Take,
    /// A message to itself, by way of another task.
    Ask,
    Yield,
    CloseSemaphore,
    CloseChannel,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    action: Action,
    /// After so many polls it gives up; 0 for never.
    patience: u8,
    /// While it is patient it has itself polled without need.
    restless: bool,
    /// For so many turns it keeps what it got.
    keeps: u8,
}

struct Place {
    mutex: Mutex<u32>,
    lock: RwLock<u32>,
    semaphore: Semaphore,
    sender: mpmc::Sender<u32>,
    receiver: mpmc::Receiver<u32>,
    unbounded: mpsc::UnboundedSender<u32>,
    taker: RefCell<Option<mpsc::Receiver<u32>>>,
    /// Task, step, and what came of it.
    seen: RefCell<Vec<(usize, usize, u32)>>,
}

const GAVE_UP: u32 = 1_000_000;
const CLOSED: u32 = 1_000_001;

/// The output, unless the patience ends before.
async fn patiently<F: Future>(step: Step, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polls = 0;
    std::future::poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        polls += 1;
        if step.patience > 0 && polls >= step.patience {
            return Poll::Ready(None);
        }
        if step.patience > 0 || step.restless && polls < 3 {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    })
    .await
}

async fn turns(count: u8) {
    for _ in 0..count {
        yield_now().await;
    }
}

async fn act(place: &Place, step: Step, number: u32) -> Option<u32> {
    match step.action {
        Action::Lock => {
            let mut guard = patiently(step, place.mutex.lock()).await?;
            *guard += 1;
            turns(step.keeps).await;
            Some(*guard)
        }
        Action::Write if step.restless => {
            let guard = patiently(step, place.lock.read()).await?;
            turns(step.keeps).await;
            Some(*guard)
        }
        Action::Write => {
            let mut guard = patiently(step, place.lock.write()).await?;
            *guard += 1;
            turns(step.keeps).await;
            Some(*guard)
        }
        Action::Acquire(count) => {
            let acquired = patiently(step, place.semaphore.acquire_many(count)).await?;
            let Ok(permit) = acquired else {
                return Some(CLOSED);
            };
            turns(step.keeps).await;
            assert_eq!(permit.count(), count);
            Some(place.semaphore.available_permits() as u32)
        }
        Action::Forget => match patiently(step, place.semaphore.acquire()).await? {
            Ok(permit) => {
                permit.forget();
                Some(place.semaphore.available_permits() as u32)
            }
            Err(_) => Some(CLOSED),
        },
        Action::Add(count) => {
            place.semaphore.add_permits(count);
            Some(place.semaphore.available_permits() as u32)
        }
        Action::Send => match patiently(step, place.sender.send(number)).await? {
            Ok(()) => Some(place.sender.capacity() as u32),
            Err(_) => Some(CLOSED),
        },
        Action::Receive => Some(
            patiently(step, place.receiver.recv())
                .await?
                .unwrap_or(CLOSED),
        ),
        Action::Put => Some(place.unbounded.send(number).map_or(CLOSED, |()| 0)),
        Action::Take => {
            let taken = place.taker.borrow_mut().take();
            let Some(mut taker) = taken else {
                return Some(GAVE_UP);
            };
            let message = patiently(step, taker.recv()).await;
            *place.taker.borrow_mut() = Some(taker);
            Some(message?.unwrap_or(CLOSED))
        }
        Action::Ask => {
            let (sender, receiver) = oneshot::channel();
            drop(wakeline::spawn(async move {
                turns(step.keeps).await;
                if step.keeps != 3 {
                    let _ = sender.send(number);
                }
            }));
            Some(patiently(step, receiver).await?.unwrap_or(CLOSED))
        }
        Action::Yield => {
            turns(step.keeps).await;
            Some(0)
        }
        Action::CloseSemaphore => {
            place.semaphore.close();
            Some(0)
        }
        Action::CloseChannel => {
            place.receiver.close();
            Some(0)
        }
    }
}

/// What everybody saw, and how it ended.
fn run(
    programs: &[Vec<Step>],
    capacity: usize,
    record: bool,
) -> (Vec<(usize, usize, u32)>, Progress) {
    let runtime = Builder::new().record(record).build();
    let place = runtime.enter(|| {
        let (sender, receiver) = mpmc::channel(capacity);
        let (unbounded, taker) = mpsc::unbounded_channel();
        Rc::new(Place {
            mutex: Mutex::new(0),
            lock: RwLock::new(0),
            semaphore: Semaphore::new(2),
            sender,
            receiver,
            unbounded,
            taker: RefCell::new(Some(taker)),
            seen: RefCell::default(),
        })
    });
    for (task, program) in programs.iter().cloned().enumerate() {
        let place = Rc::clone(&place);
        drop(runtime.spawn(async move {
            for (at, step) in program.into_iter().enumerate() {
                let number = (task * 100 + at) as u32;
                let came = act(&place, step, number).await.unwrap_or(GAVE_UP);
                place.seen.borrow_mut().push((task, at, came));
            }
        }));
    }
    let progress = runtime.run_for(100_000);
    let seen = place.seen.borrow().clone();
    (seen, progress)
}

fn step() -> impl Strategy<Value = Step> {
    let action = prop_oneof![
        6 => Just(Action::Lock),
        4 => Just(Action::Write),
        6 => (0_usize..4).prop_map(Action::Acquire),
        1 => Just(Action::Forget),
        1 => (0_usize..4).prop_map(Action::Add),
        8 => Just(Action::Send),
        8 => Just(Action::Receive),
        3 => Just(Action::Put),
        3 => Just(Action::Take),
        3 => Just(Action::Ask),
        2 => Just(Action::Yield),
        1 => Just(Action::CloseSemaphore),
        1 => Just(Action::CloseChannel),
    ];
    (action, 0_u8..5, any::<bool>(), 0_u8..4).prop_map(|(action, patience, restless, keeps)| Step {
        action,
        patience,
        restless,
        keeps,
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 4 } else { 512 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn a_program_does_the_same_whether_it_is_recorded_or_not(
        programs in proptest::collection::vec(proptest::collection::vec(step(), 1..12), 1..8),
        capacity in 1_usize..4,
    ) {
        let quiet = run(&programs, capacity, false);
        prop_assert!(quiet.1 != Progress::Ready, "it goes on for ever");
        prop_assert_eq!(quiet, run(&programs, capacity, true));
    }
}
