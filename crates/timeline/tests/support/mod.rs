//! Logs to read: of real programs on the real executor, and of events without sense.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use proptest::prelude::*;
use wakeline::log::{Decoder, Event, Kind, Log, Outcome, SourceLocation, encode};
use wakeline::sync::queue::Queue;
use wakeline::sync::{Mutex, Notify, RwLock, Semaphore, mpsc};
use wakeline::time::{sleep, timeout};
use wakeline::{Builder, Policy, Progress, Runtime};

pub fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// So many cases, and nothing left behind on disk.
pub fn cases(number: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(number)
    }
}

/// Runs a program to its end, a deadlock included, and gives its log.
pub fn record<F: Future + 'static>(seed: u64, policy: Policy, program: F) -> Log
where
    F::Output: 'static,
{
    let runtime = Builder::new().seed(seed).policy(policy).build();
    run(&runtime, program);
    runtime.log().clone()
}

/// Runs a program as the main task of a runtime, to its end, as a driver does.
pub fn run<F: Future + 'static>(runtime: &Runtime, program: F)
where
    F::Output: 'static,
{
    let main = runtime.spawn_named("main", program);
    loop {
        // One poll at a time: a run is over at the very poll in which its main task ends.
        let progress = runtime.run_for(1);
        if main.is_finished() {
            break runtime.finish(Outcome::Completed, "");
        }
        match progress {
            Progress::Ready => {}
            Progress::Done => break runtime.finish(Outcome::Completed, ""),
            Progress::Stalled => break runtime.finish_stalled(),
            Progress::Limit => break runtime.finish(Outcome::Limit, ""),
            Progress::Waiting { .. } => unreachable!("a virtual clock never waits"),
        }
    }
}

/// One thing that a task of a random program does.
#[derive(Clone, Debug)]
pub enum Deed {
    Sleep(u64),
    Block(u64),
    Yield,
    Send(usize),
    Receive(usize),
    Lock(u64),
    Read(u64),
    Write(u64),
    Acquire(usize, u64),
    Put,
    Get,
    QueueJoin,
    Wait,
    Notify,
    NotifyAll,
    Print(bool),
    Limit(u64, Box<Deed>),
    Spawn(Vec<Deed>),
    Join,
    Abort,
    Fail,
    Panic,
}

/// A program that does all sorts of things, some of which may never end.
pub fn programs() -> impl Strategy<Value = (u64, bool, Vec<Deed>)> {
    let deed = deed().prop_recursive(3, 60, 8, |inner| {
        prop_oneof![
            1 => (0..6_u64, inner.clone()).prop_map(|(t, deed)| Deed::Limit(t, deed.into())),
            3 => prop::collection::vec(inner, 0..8).prop_map(Deed::Spawn),
        ]
    });
    let task = prop::collection::vec(deed, 2..14).prop_map(Deed::Spawn);
    (
        any::<u64>(),
        any::<bool>(),
        prop::collection::vec(task, 0..14),
    )
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        16 => (0..5_u64).prop_map(Deed::Sleep),
        4 => (0..30_u64).prop_map(Deed::Block),
        8 => Just(Deed::Yield),
        12 => (0..2_usize).prop_map(Deed::Send),
        12 => (0..2_usize).prop_map(Deed::Receive),
        8 => (0..4_u64).prop_map(Deed::Lock),
        4 => (0..4_u64).prop_map(Deed::Read),
        4 => (0..4_u64).prop_map(Deed::Write),
        8 => (1..3_usize, 0..4_u64).prop_map(|(n, t)| Deed::Acquire(n, t)),
        8 => Just(Deed::Put),
        8 => Just(Deed::Get),
        2 => Just(Deed::QueueJoin),
        4 => Just(Deed::Wait),
        4 => Just(Deed::Notify),
        4 => Just(Deed::NotifyAll),
        4 => any::<bool>().prop_map(Deed::Print),
        4 => Just(Deed::Join),
        3 => Just(Deed::Abort),
        1 => Just(Deed::Fail),
        1 => Just(Deed::Panic),
    ]
}

/// What the tasks of a random program share.
struct Shared {
    senders: [mpsc::Sender<u32>; 2],
    receivers: [Mutex<mpsc::Receiver<u32>>; 2],
    lock: Mutex<u32>,
    table: RwLock<u32>,
    permits: Semaphore,
    queue: Queue<u32>,
    notify: Notify,
    handles: RefCell<Vec<wakeline::task::JoinHandle<Result<(), String>>>>,
    witness: Box<dyn Fn(&Self)>,
}

/// What a task of a random program saw of what it shares with others.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// How many events the log had then.
    pub step: usize,
    pub queue: usize,
    pub free_permits: usize,
    pub locked: bool,
    pub now: u64,
}

/// The log of a random program, and what its tasks saw while they ran.
pub fn perform(seed: u64, random: bool, deeds: Vec<Deed>) -> (Log, Vec<Sight>) {
    let policy = if random { Policy::Random } else { Policy::Fifo };
    let runtime = Builder::new()
        .seed(seed)
        .policy(policy)
        .event_limit(40_000)
        .build();
    let sights = Rc::new(RefCell::new(Vec::new()));
    let (witness, seen) = (runtime.clone(), Rc::clone(&sights));
    run(&runtime, async move {
        let (first, second) = (mpsc::Builder::new("orders"), mpsc::Builder::new("results"));
        let first = first.describe(|n: &u32| format!("order {n}")).bounded(2);
        let second = second.bounded(1);
        let shared = Rc::new(Shared {
            senders: [first.0, second.0],
            receivers: [
                Mutex::named("orders' reader", first.1),
                Mutex::named("results' reader", second.1),
            ],
            lock: Mutex::named("ledger", 0),
            table: RwLock::new(0),
            permits: Semaphore::named("machines", 2),
            queue: Queue::named("queue", 2),
            notify: Notify::named("bell"),
            handles: RefCell::default(),
            witness: Box::new(move |shared| {
                seen.borrow_mut().push(Sight {
                    step: witness.log().len(),
                    queue: shared.queue.len(),
                    free_permits: shared.permits.available_permits(),
                    locked: shared.lock.is_locked(),
                    now: witness.now().as_nanos(),
                });
            }),
        });
        // The main task waits for all, so that the run does not end before them.
        let _ = wakeline::spawn(act(Rc::clone(&shared), deeds)).await;
        loop {
            let handle = shared.handles.borrow_mut().pop();
            match handle {
                Some(handle) => drop(handle.await),
                None => break,
            }
        }
    });
    let log = runtime.log().clone();
    let sights = sights.take();
    (log, sights)
}

fn act(
    shared: Rc<Shared>,
    deeds: Vec<Deed>,
) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>>>> {
    Box::pin(async move {
        for deed in deeds {
            one(&shared, deed).await?;
            (shared.witness)(&shared);
        }
        Ok(())
    })
}

fn one(
    shared: &Rc<Shared>,
    deed: Deed,
) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>> + '_>> {
    Box::pin(async move {
        match deed {
            Deed::Sleep(t) => sleep(ms(t)).await,
            Deed::Block(t) => wakeline::time::block(ms(t)),
            Deed::Yield => wakeline::task::yield_now().await,
            Deed::Send(to) => drop(shared.senders[to].send(7).await),
            Deed::Receive(from) => {
                let mut receiver = shared.receivers[from].lock().await;
                let _: Option<u32> = receiver.recv().await;
            }
            Deed::Lock(t) => {
                let _guard = shared.lock.lock().await;
                (shared.witness)(shared);
                sleep(ms(t)).await;
            }
            Deed::Read(t) => {
                let _guard = shared.table.read().await;
                sleep(ms(t)).await;
            }
            Deed::Write(t) => {
                let _guard = shared.table.write().await;
                sleep(ms(t)).await;
            }
            Deed::Acquire(count, t) => {
                let _permit = shared.permits.acquire_many(count).await;
                (shared.witness)(shared);
                sleep(ms(t)).await;
            }
            Deed::Put => drop(shared.queue.put(3).await),
            Deed::Get => drop(shared.queue.get().await.map(|n| n.to_string())),
            Deed::QueueJoin => shared.queue.join().await,
            Deed::Wait => shared.notify.notified().await,
            Deed::Notify => shared.notify.notify_one(),
            Deed::NotifyAll => shared.notify.notify_waiters(),
            Deed::Print(true) => wakeline::println!("a line"),
            Deed::Print(false) => wakeline::eprintln!("a line about trouble"),
            Deed::Limit(t, deed) => {
                let _ = timeout(ms(t), one(shared, *deed)).await;
            }
            Deed::Spawn(deeds) => {
                let child = act(Rc::clone(shared), deeds);
                let handle = wakeline::task::Builder::new().spawn_fallible(child);
                shared.handles.borrow_mut().push(handle);
            }
            Deed::Join => {
                let handle = shared.handles.borrow_mut().pop();
                if let Some(handle) = handle {
                    let _ = handle.await;
                }
            }
            Deed::Abort => {
                if let Some(handle) = shared.handles.borrow().last() {
                    handle.abort();
                }
            }
            Deed::Fail => return Err("it was not to be".to_owned()),
            // As a panic, but without a report on the terminal.
            Deed::Panic => std::panic::resume_unwind(Box::new("on purpose")),
        }
        Ok(())
    })
}

/// A log of events that make no sense, which decodes all the same.
pub fn nonsense(most: usize) -> impl Strategy<Value = Log> {
    let id = prop_oneof![8 => 0..6_u32, 1 => 0..400_u32, 1 => any::<u32>()];
    let value = prop_oneof![
        6 => 0..4_u64,
        2 => (0..4_u64, 0..4_u64).prop_map(|(low, high)| low | high << 32),
        1 => (0..4_u64, any::<u32>()).prop_map(|(low, high)| low | u64::from(high) << 32),
        1 => any::<u64>(),
    ];
    let kind = prop_oneof![
        // The last is for logs of which events were let go.
        1 => 0..Kind::ALL.len() - 1,
        3 => Just(kind_index(Kind::TaskReady)),
        3 => Just(kind_index(Kind::PollBegun)),
        2 => Just(kind_index(Kind::PollEnded)),
        1 => Just(kind_index(Kind::WaitBegun)),
    ];
    let pause = prop_oneof![6 => Just(0_u64), 3 => 0..50_u64, 1 => 0..40_000_000_u64];
    let event = (kind, 0..12_u8, id.clone(), id, value, pause);
    let start = (1..5_u32, 1..5_u32);
    (start, prop::collection::vec(event, 0..most)).prop_map(|((tasks, resources), events)| {
        let mut log = Log::new();
        for text in ["a", "b {task}", "c"] {
            log.strings.intern(text);
        }
        log.locations.push(SourceLocation {
            file: 1,
            line: 2,
            column: 3,
        });
        let blank = Event {
            time: 0,
            kind: Kind::RunBegun,
            flags: 0,
            location: 0,
            subject: 0,
            object: 0,
            value: 0,
        };
        for subject in 1..=tasks {
            log.columns.push(Event {
                kind: Kind::TaskCreated,
                subject,
                ..blank
            });
        }
        for subject in 1..=resources {
            let flags = (subject * 2 % 8) as u8;
            log.columns.push(Event {
                kind: Kind::ResourceCreated,
                subject,
                flags,
                ..blank
            });
        }
        let mut time = 0_u64;
        for (kind, flags, subject, object, value, pause) in events {
            time = time.saturating_add(pause);
            let mut event = Event {
                time,
                kind: Kind::ALL[kind],
                flags,
                location: u16::from(flags % 2),
                subject,
                object,
                value,
            };
            bound_text(&mut event);
            log.columns.push(event);
        }
        assert_decodes(&log);
        log
    })
}

fn kind_index(kind: Kind) -> usize {
    Kind::ALL
        .iter()
        .position(|other| *other == kind)
        .unwrap_or(0)
}

/// Brings the text of an event into the table, as the decoder demands.
fn bound_text(event: &mut Event) {
    match event.kind {
        Kind::RunEnded
        | Kind::TaskCreated
        | Kind::TaskNamed
        | Kind::TaskFailed
        | Kind::ResourceNamed
        | Kind::NetworkBegun
        | Kind::NetworkEnded
        | Kind::Line
        | Kind::SpanEntered
        | Kind::SpanExited => event.value %= 4,
        Kind::ResourceCreated
        | Kind::Sent
        | Kind::Received
        | Kind::NetworkPhase
        | Kind::NetworkMessage => {
            event.value = event.value & !0xffff_ffff | event.value & 3;
        }
        Kind::SpanCreated | Kind::Field | Kind::Message => event.value &= 3 | 3 << 32,
        Kind::Metric => event.object %= 4,
        _ => {}
    }
}

fn assert_decodes(log: &Log) {
    let mut copy = Log::new();
    assert_eq!(Decoder::new().read(&mut copy, &encode(log)), Ok(true));
}
