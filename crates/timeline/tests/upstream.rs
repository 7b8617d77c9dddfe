//! Who waits for whom, to the end of the chain.

mod support;

use std::rc::Rc;

use proptest::prelude::*;
use support::{cases, ms, nonsense, perform, programs, record};
use wakeline::log::{FindingKind, Kind, Log, Reason};
use wakeline::sync::{Mutex, Notify, Semaphore, mpsc};
use wakeline::task::yield_now;
use wakeline::time::{block, sleep};
use wakeline::{Policy, spawn, spawn_named};
use wakeline_phrases::Language;
use wakeline_timeline::Model;
use wakeline_timeline::upstream::{Chain, ChainEnd, LONGEST};

/// The chain of main right after the wait of a task for this reason began and its poll ended.
fn chain(log: &Log, task: u32, reason: Reason) -> Chain {
    let model = Model::from_log(log.clone());
    let events: Vec<_> = log.columns.iter_from(0).collect();
    let begun = events.iter().position(|event| {
        (event.kind, event.subject, event.flags) == (Kind::WaitBegun, task, reason.code())
    });
    let ended = events[begun.unwrap()..]
        .iter()
        .position(|event| (event.kind, event.subject) == (Kind::PollEnded, task));
    let step = begun.unwrap() + ended.unwrap() + 1;
    model.why_chain(&model.state_at(step), 1)
}

#[test]
fn a_chain_goes_through_joins_and_locks_to_a_timer() {
    let log = record(0, Policy::Fifo, async {
        let lock = Rc::new(Mutex::new(()));
        let held = Rc::clone(&lock);
        let holder = spawn(async move {
            let _guard = held.lock().await;
            sleep(ms(20)).await;
        });
        let waiter = spawn(async move { drop(lock.lock().await) });
        waiter.await.unwrap();
        holder.await.unwrap();
    });
    let chain = chain(&log, 3, Reason::Lock);
    assert_eq!(chain.tasks, [1, 3, 2]);
    assert_eq!(chain.end, ChainEnd::Timer(20_000_000));
    // That the holder sleeps is said of it already.
    let waits = |event: wakeline::log::Event| {
        (event.kind, event.flags) == (Kind::WaitBegun, Reason::Lock.code())
    };
    let step = log.columns.iter_from(0).position(waits).unwrap() + 1;
    let model = Model::from_log(log);
    assert!(!chain.concludes(&model.state_at(step)));
}

#[test]
fn a_message_comes_from_whoever_will_send_it() {
    let log = record(0, Policy::Fifo, async {
        let (sender, mut receiver) = mpsc::channel::<u32>(1);
        let idle = sender.clone();
        let other = spawn(async move {
            sleep(ms(50)).await;
            drop(idle);
        });
        let producer = spawn(async move {
            sleep(ms(5)).await;
            sender.send(1).await.unwrap();
        });
        assert_eq!(receiver.recv().await, Some(1));
        producer.await.unwrap();
        other.await.unwrap();
    });
    let model = Model::from_log(log.clone());
    // After both have gone to sleep.
    let armed = log.columns.iter_from(0).enumerate();
    let armed = armed.filter(|(_, event)| event.kind == Kind::TimerArmed);
    let step = armed.map(|(at, _)| at).max().unwrap() + 3;
    let chain = model.why_chain(&model.state_at(step), 1);
    assert_eq!(chain.tasks, [1, 3]);
    assert_eq!(chain.end, ChainEnd::Timer(5_000_000));
}

#[test]
fn permits_come_back_from_who_holds_them_even_if_it_only_stands_in_the_queue() {
    let log = record(0, Policy::Fifo, async {
        let permits = Rc::new(Semaphore::new(1));
        let held = Rc::clone(&permits);
        let holder = spawn(async move {
            let _permit = held.acquire().await.unwrap();
            yield_now().await;
            block(ms(1));
        });
        yield_now().await;
        drop(permits.acquire().await.unwrap());
        holder.await.unwrap();
    });
    let chain = chain(&log, 1, Reason::Semaphore);
    assert_eq!(chain.tasks, [1, 2]);
    assert!(
        matches!(chain.end, ChainEnd::Ready | ChainEnd::Running),
        "{chain:?}"
    );
}

#[test]
fn a_circle_closes_where_it_began() {
    let log = record(0, Policy::Fifo, async {
        let locks = Rc::new([Mutex::new(()), Mutex::new(())]);
        let take = |first: usize| {
            let locks = Rc::clone(&locks);
            spawn(async move {
                let _first = locks[first].lock().await;
                sleep(ms(1)).await;
                let _second = locks[1 - first].lock().await;
            })
        };
        let tasks = [take(0), take(1)];
        for task in tasks {
            task.await.unwrap();
        }
    });
    let model = Model::from_log(log.clone());
    // When the runtime notices, before it drops anybody.
    let mut events = log.columns.iter_from(0);
    let deadlock = (Kind::Finding, FindingKind::Deadlock.code());
    let noticed = events.position(|event| (event.kind, event.flags) == deadlock);
    let chain = model.why_chain(&model.state_at(noticed.unwrap()), 1);
    assert_eq!(chain.tasks, [1, 2, 3]);
    assert_eq!(chain.end, ChainEnd::Circle(1));
}

#[test]
fn who_waits_for_nobody_waits_in_vain() {
    let log = record(0, Policy::Fifo, async {
        let bell = Rc::new(Notify::new());
        spawn_named("patient", async move { bell.notified().await })
            .await
            .unwrap();
    });
    let chain = chain(&log, 2, Reason::Event);
    assert_eq!((chain.tasks, chain.end), (vec![1, 2], ChainEnd::Nobody));
}

#[test]
fn a_long_chain_is_cut() {
    fn link(left: usize) -> std::pin::Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(async move {
            match left {
                0 => sleep(ms(1)).await,
                _ => spawn(link(left - 1)).await.unwrap(),
            }
        })
    }
    let log = record(0, Policy::Fifo, link(2 * LONGEST));
    let model = Model::from_log(log.clone());
    let advanced = log
        .columns
        .iter_from(0)
        .position(|event| event.kind == Kind::ClockAdvanced);
    let state = model.state_at(advanced.unwrap());
    let chain = model.why_chain(&state, 1);
    assert_eq!((chain.tasks.len(), chain.end), (LONGEST, ChainEnd::More));
    let near = model.why_chain(&state, 150);
    assert_eq!(near.tasks.len(), 2 * LONGEST + 1 - 149);
    assert_eq!(near.end, ChainEnd::Timer(1_000_000));
}

/// A chain has no task twice, each of its tasks has a sentence, and so has its end.
fn is_a_chain(log: &Log, seeds: &[usize]) -> Result<(), TestCaseError> {
    let model = Model::from_log(log.clone());
    for seed in seeds {
        let state = model.state_at(seed % (log.len() + 1));
        for task in state.tasks() {
            let chain = model.why_chain(&state, task.id);
            let mut tasks = chain.tasks.clone();
            tasks.sort_unstable();
            tasks.dedup();
            prop_assert_eq!(tasks.len(), chain.tasks.len());
            prop_assert_eq!(chain.tasks[0], task.id);
            for language in Language::ALL {
                let text = chain.conclusion().text(&model, language);
                prop_assert!(!text.starts_with("chain."), "{}", text);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn any_moment_of_a_program_has_chains(
        (seed, random, deeds) in programs(),
        seeds in prop::collection::vec(any::<usize>(), 6),
    ) {
        is_a_chain(&perform(seed, random, deeds).0, &seeds)?;
    }

    #[test]
    fn nonsense_has_chains_too(
        log in nonsense(300),
        seeds in prop::collection::vec(any::<usize>(), 6),
    ) {
        is_a_chain(&log, &seeds)?;
    }
}
