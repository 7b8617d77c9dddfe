//! What the runtime notices: on sick programs, and that it is silent about healthy ones.

mod support;

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;

use support::{events, ms};
use wakeline::log::{Event, FindingKind, Kind, Outcome};
use wakeline::sync::{Condvar, Event as Flag, Mutex, Notify, RwLock, Semaphore, mpsc};
use wakeline::task::{self, JoinSet, yield_now};
use wakeline::time::{block, interval, sleep, timeout};
use wakeline::{Builder, Runtime, Stalled, spawn, spawn_named};

/// Runs a program to its end, and ends the run.
fn run<F: Future<Output = ()> + 'static>(program: F) -> Runtime {
    let runtime = Builder::new().build();
    runtime.block_on(program);
    runtime.finish(Outcome::Completed, "");
    runtime
}

/// Runs a program that cannot go on.
fn stall<F: Future<Output = ()>>(program: F) -> (Runtime, Stalled) {
    let runtime = Builder::new().build();
    let stalled = runtime.try_block_on(program).unwrap_err();
    (runtime, stalled)
}

fn found(runtime: &Runtime, kind: FindingKind) -> Vec<Event> {
    let findings = events(runtime, Kind::Finding).into_iter();
    findings
        .filter(|event| event.flags == kind.code())
        .collect()
}

fn all(runtime: &Runtime) -> Vec<&'static str> {
    let findings = events(runtime, Kind::Finding).into_iter();
    findings
        .filter_map(|event| Some(FindingKind::from_code(event.flags)?.name()))
        .collect()
}

/// The event that a finding names as its evidence.
fn evidence(runtime: &Runtime, finding: &Event) -> Event {
    runtime.log().columns.get(finding.value as usize).unwrap()
}

fn circle(stalled: &Stalled) -> Vec<String> {
    let tasks = stalled.tasks();
    let name = |id| {
        tasks
            .iter()
            .find(|task| task.id == id)
            .unwrap()
            .name
            .clone()
    };
    stalled.circle().iter().map(|id| name(*id)).collect()
}

/// A program with some of everything in which nothing is wrong.
async fn healthy() {
    let (sender, mut receiver) = mpsc::channel(2);
    let semaphore = Rc::new(Semaphore::new(2));
    let shared = Rc::new((Mutex::new(0), Condvar::new()));
    let flag = Rc::new(Flag::new());
    let notify = Rc::new(Notify::new());
    let mut set = JoinSet::new();
    for number in 0..4_u64 {
        let (sender, semaphore, shared) =
            (sender.clone(), Rc::clone(&semaphore), Rc::clone(&shared));
        set.spawn(async move {
            let _permit = semaphore.acquire().await.unwrap();
            sleep(ms(number)).await;
            sender.send(number).await.unwrap();
            *shared.0.lock().await += number;
            // Nobody may be waiting; whoever comes looks at the number first.
            shared.1.notify_all();
        });
    }
    drop(sender);
    let waiting = spawn({
        let (flag, notify) = (Rc::clone(&flag), Rc::clone(&notify));
        async move {
            flag.wait().await;
            notify.notified().await;
        }
    });
    while let Some(number) = receiver.recv().await {
        wakeline::println!("{number}");
    }
    while set.join_next().await.is_some() {}
    flag.set();
    notify.notify_one();
    waiting.await.unwrap();
    flag.clear();
    let failing = task::Builder::new().spawn_fallible(async { Err::<(), _>("seen") });
    assert!(failing.await.unwrap().is_err());
    let aborted = spawn(sleep(ms(1000)));
    aborted.abort();
    assert!(aborted.await.unwrap_err().is_cancelled());
    let _ = timeout(ms(1), sleep(ms(5))).await;
    block(ms(10));
    task::call_later(ms(1000), || {});
}

#[test]
fn nothing_is_found_in_a_healthy_program() {
    for policy in ["fifo", "random", "priority"] {
        let runtime = Builder::new()
            .seed(5)
            .policy(policy.parse().unwrap())
            .build();
        runtime.block_on(healthy());
        runtime.finish(Outcome::Completed, "");
        assert_eq!(all(&runtime), [] as [&str; 0], "{policy}");
    }
}

// ===== deadlocks =====

#[test]
fn two_who_lock_in_opposite_order_are_a_circle() {
    let (runtime, stalled) = stall(async {
        let (left, right) = (
            Rc::new(Mutex::named("left", ())),
            Rc::new(Mutex::named("right", ())),
        );
        let both = |first: &Rc<Mutex<()>>, second: &Rc<Mutex<()>>| {
            let (first, second) = (Rc::clone(first), Rc::clone(second));
            async move {
                let _first = first.lock().await;
                yield_now().await;
                let _second = second.lock().await;
            }
        };
        let a = spawn_named("a", both(&left, &right));
        let b = spawn_named("b", both(&right, &left));
        a.await.unwrap();
        b.await.unwrap();
    });
    assert_eq!(circle(&stalled), ["a", "b"]);
    assert!(
        stalled
            .to_string()
            .ends_with("in a circle: “a” → “b” → “a”"),
        "{stalled}"
    );
    let wait = &stalled.tasks()[1].waits[0];
    assert!(
        wait.place.starts_with("runtime/tests/findings.rs:"),
        "{}",
        wait.place
    );
    let told = found(&runtime, FindingKind::Deadlock);
    let pairs: Vec<(u32, u32)> = told
        .iter()
        .map(|event| (event.subject, event.object))
        .collect();
    assert_eq!(
        pairs,
        [(1, 0), (2, 3), (3, 2)],
        "main waits for them, outside of the circle"
    );
    for finding in &told {
        let begun = evidence(&runtime, finding);
        assert_eq!(
            (begun.kind, begun.subject),
            (Kind::WaitBegun, finding.subject)
        );
    }
}

#[test]
fn tasks_that_join_each_other_are_a_circle() {
    let (_, stalled) = stall(async {
        let handle = Rc::new(std::cell::RefCell::new(None));
        let first = spawn_named("first", {
            let handle = Rc::clone(&handle);
            async move {
                yield_now().await;
                let other: task::JoinHandle<()> = handle.borrow_mut().take().unwrap();
                other.await.unwrap();
            }
        });
        let mut set = JoinSet::new();
        set.spawn_named("middle", async move { first.await.unwrap() });
        *handle.borrow_mut() = Some(spawn_named("last", async move {
            set.join_next().await;
        }));
        std::future::pending::<()>().await;
    });
    assert_eq!(circle(&stalled), ["first", "last", "middle"]);
}

#[test]
fn a_task_that_locks_twice_is_a_circle_of_its_own() {
    let (runtime, stalled) = stall(async {
        let mutex = Mutex::named("once", ());
        let _first = mutex.lock().await;
        let _second = mutex.lock().await;
    });
    assert_eq!(circle(&stalled), ["main"]);
    let told = found(&runtime, FindingKind::Deadlock);
    assert_eq!((told[0].subject, told[0].object), (1, 1));
}

#[test]
fn two_who_send_into_each_others_full_channels_are_a_circle() {
    let (_, stalled) = stall(async {
        let (to_b, mut at_b) = mpsc::Builder::new("to b").bounded(1);
        let (to_a, mut at_a) = mpsc::Builder::new("to a").bounded(1);
        let a = spawn_named("a", async move {
            for number in 0.. {
                to_b.send(number).await.unwrap();
                if number == 0 {
                    at_a.recv().await;
                }
            }
        });
        let b = spawn_named("b", async move {
            for number in 0.. {
                to_a.send(number).await.unwrap();
                if number == 0 {
                    at_b.recv().await;
                }
            }
        });
        a.await.unwrap();
        b.await.unwrap();
    });
    assert_eq!(circle(&stalled), ["a", "b"]);
    let text = stalled.to_string();
    assert!(
        text.contains("“a” (waits for channel-send “to b” received from by “b”)"),
        "{text}"
    );
}

#[test]
fn without_a_circle_none_is_claimed() {
    let (runtime, stalled) = stall(async {
        let notify = Notify::named("never");
        spawn_named("a", std::future::pending::<()>());
        notify.notified().await;
    });
    assert!(stalled.circle().is_empty());
    let told = found(&runtime, FindingKind::Deadlock);
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|event| event.object == 0));
    assert!(found(&runtime, FindingKind::LostNotification).is_empty());
}

#[test]
fn permits_that_were_handed_to_who_does_not_take_them_are_held_by_it() {
    let (_, stalled) = stall(futurelock());
    let text = stalled.to_string();
    assert!(
        text.contains(
            "task 1 “main” (waits for lock “it” held by “main” and lock “it” held by “main”)"
        ),
        "{text}"
    );
    assert_eq!(circle(&stalled), ["main"]);
}

#[test]
fn a_stall_is_told_once_and_the_run_may_end_as_one() {
    let runtime = Builder::new().build();
    runtime.spawn(std::future::pending::<()>());
    assert_eq!(runtime.run_for(u32::MAX), wakeline::Progress::Stalled);
    assert!(all(&runtime).is_empty(), "somebody may have a waker");
    runtime.finish_stalled();
    assert_eq!(all(&runtime), ["deadlock"]);
    let last = runtime.log().columns.iter_from(0).last().unwrap();
    assert_eq!(last.kind, Kind::RunEnded);
}

// ===== one by one =====

#[test]
fn a_poll_that_is_longer_than_it_may_be_is_found() {
    let runtime = Builder::new().longest_poll(ms(5)).build();
    runtime.block_on(async {
        block(ms(5));
        yield_now().await;
        block(ms(6));
        yield_now().await;
    });
    let found = found(&runtime, FindingKind::LongPoll);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].subject, found[0].value), (1, 6_000_000));
}

#[test]
fn a_poll_that_never_ends_by_itself_is_found_by_its_events() {
    let runtime = run(async {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        for number in 0..6_000 {
            sender.send(number).unwrap();
            receiver.recv().await;
        }
    });
    let found = found(&runtime, FindingKind::LongPoll);
    assert_eq!(found.len(), 1);
    assert!(found[0].object > 10_000 && found[0].value == 0);
}

#[test]
fn a_lock_that_is_held_while_waiting_is_found_once_for_each_place() {
    let runtime = run(async {
        let mutex = Rc::new(Mutex::named("it", ()));
        let table = RwLock::named("table", ());
        for _ in 0..3 {
            let _guard = mutex.lock().await;
            sleep(ms(1)).await;
        }
        let _owned = mutex.lock_owned().await;
        let _reading = table.read().await;
        yield_now().await;
    });
    let found = found(&runtime, FindingKind::GuardAcrossAwait);
    assert_eq!(found.len(), 3);
    for finding in &found {
        let acquired = evidence(&runtime, finding);
        assert_eq!(
            (acquired.kind, acquired.object),
            (Kind::Acquired, finding.object)
        );
        assert!(finding.location != 0 && finding.location == acquired.location);
    }
}

/// A future that was handed the lock is not polled any more, while its task waits for the lock
/// again: nobody ever gets it.
async fn futurelock() {
    let mutex = Rc::new(Mutex::named("it", ()));
    let held = Rc::clone(&mutex);
    let holder = spawn_named("holder", async move {
        let guard = held.lock().await;
        sleep(ms(1)).await;
        drop(guard);
    });
    yield_now().await;
    let mut first = pin!(mutex.lock());
    let pending = poll_fn(|cx| Poll::Ready(first.as_mut().poll(cx).is_pending()));
    assert!(pending.await);
    drop(holder.await);
    let _never = mutex.lock().await;
}

#[test]
fn a_turn_that_was_granted_and_not_taken_is_found() {
    let (runtime, _) = stall(futurelock());
    let found = found(&runtime, FindingKind::GrantedNotTaken);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].subject, 1);
    let handed = evidence(&runtime, &found[0]);
    assert_eq!(
        (handed.kind, handed.subject, handed.object),
        (Kind::HandedOver, 1, found[0].object)
    );
}

#[test]
fn a_turn_that_is_taken_late_in_the_same_poll_is_none() {
    let runtime = run(async {
        let semaphore = Rc::new(Semaphore::new(1));
        let permit = semaphore.acquire().await.unwrap();
        let mut waits: Vec<Pin<Box<dyn Future<Output = ()>>>> = Vec::new();
        for _ in 0..3 {
            let semaphore = Rc::clone(&semaphore);
            waits.push(Box::pin(async move { drop(semaphore.acquire().await) }));
        }
        let mut permit = Some(permit);
        poll_fn(move |cx| {
            waits.retain_mut(|wait| wait.as_mut().poll(cx).is_pending());
            drop(permit.take());
            if waits.is_empty() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    });
    assert_eq!(all(&runtime), [] as [&str; 0]);
}

#[test]
fn a_notification_to_all_that_reaches_nobody_is_found_once() {
    let runtime = run(async {
        let notify = Notify::named("it");
        notify.notify_waiters();
        notify.notify_waiters();
        // A finding is told at the end of the poll, and time has passed by then.
        block(ms(1));
        let flag = Flag::new();
        flag.set();
        flag.clear();
    });
    let found = found(&runtime, FindingKind::LostNotification);
    assert_eq!(found.len(), 2);
    assert_eq!(evidence(&runtime, &found[0]).kind, Kind::Notified);
    let times: Vec<u64> = runtime.log().columns.iter_from(0).map(|e| e.time).collect();
    assert!(times.is_sorted());
    assert_eq!(evidence(&runtime, &found[1]).kind, Kind::Cleared);
    assert!(
        found
            .iter()
            .all(|finding| finding.subject == 0 && finding.location != 0)
    );
}

#[test]
fn who_waits_for_a_notification_that_came_too_early_is_found_when_nothing_goes_on() {
    let (runtime, stalled) = stall(async {
        let shared = Rc::new((Mutex::new(()), Condvar::named("ready")));
        let waiting = Rc::clone(&shared);
        let waiter = spawn_named("waiter", async move {
            // It does not look before it waits: the mistake.
            let guard = waiting.0.lock().await;
            drop(waiting.1.wait(guard).await);
        });
        shared.1.notify_one();
        waiter.await.unwrap();
    });
    let waiter = stalled
        .tasks()
        .iter()
        .find(|task| task.name == "waiter")
        .unwrap();
    assert!(waiter.waits[0].missed_notification(), "{stalled}");
    let found = found(&runtime, FindingKind::LostNotification);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].subject, waiter.id.get());
    assert_eq!(evidence(&runtime, &found[0]).kind, Kind::Notified);
}

#[test]
fn a_task_that_never_had_its_turn_is_found_and_one_that_waits_for_its_timer_is_not() {
    let runtime = run(async {
        spawn_named("too late", async { wakeline::println!("never") });
        task::call_later(ms(5), || {});
        let aborted = spawn_named("aborted", async {});
        aborted.abort();
    });
    let found = found(&runtime, FindingKind::TaskNeverPolled);
    let created: Vec<Event> = found
        .iter()
        .map(|finding| evidence(&runtime, finding))
        .collect();
    let names: Vec<String> = created
        .iter()
        .map(|event| runtime.log().text(event.low()).to_owned())
        .collect();
    // The abort was to be carried out at a turn that never came.
    assert_eq!(names, ["too late", "aborted"]);
    assert!(found.iter().all(|finding| finding.location != 0));
}

#[test]
#[allow(
    clippy::let_underscore_future,
    reason = "the mistake that is to be found"
)]
fn a_future_that_is_made_and_dropped_without_an_await_is_found() {
    let runtime = run(async {
        let _ = sleep(ms(5));
        let (sender, _receiver) = mpsc::Builder::<u8>::new("it").bounded(1);
        let _ = sender.send(1);
        drop(sender.reserve().await);
    });
    let found = found(&runtime, FindingKind::FutureNeverPolled);
    let objects: Vec<u32> = found.iter().map(|finding| finding.object).collect();
    assert_eq!(objects, [0, 1]);
    assert!(
        found
            .iter()
            .all(|finding| finding.subject == 1 && finding.location != 0)
    );
}

#[test]
fn an_arm_that_was_not_needed_is_none() {
    let runtime = run(async {
        let (sender, mut receiver) = mpsc::channel(1);
        sender.send(1).await.unwrap();
        // The first is ready at once, so the second is never polled.
        let first = pin!(receiver.recv());
        let second = pin!(sleep(ms(5)));
        futures_util::future::select(first, second).await;
        let mut moved = sleep(ms(1));
        moved.reset(wakeline::time::now());
        drop(moved);
        let mut waits = Box::pin(sender.send(2));
        waits.as_mut().await.unwrap();
        drop(waits);
        let _ = timeout(ms(1), sender.send(3)).await;
        sleep(ms(0)).await;
    });
    assert_eq!(all(&runtime), [] as [&str; 0]);
}

#[test]
fn an_error_that_nobody_asks_for_is_found_whenever_the_handle_goes() {
    let fail = |name: &str| {
        let failing = async { Err::<(), _>("on purpose") };
        task::Builder::new().name(name).spawn_fallible(failing)
    };
    let runtime = run(async move {
        drop(fail("detached before"));
        let kept = fail("dropped after");
        let seen = fail("seen");
        let panicked = spawn_named("panicked", async {
            std::panic::resume_unwind(Box::new("!"))
        });
        sleep(ms(1)).await;
        drop(kept);
        assert!(seen.await.unwrap().is_err());
        let at_the_end = fail("never asked");
        spawn_named("background", async move {
            interval(ms(1)).tick().await;
            std::future::pending::<()>().await;
            drop((at_the_end, panicked));
        });
        sleep(ms(3)).await;
    });
    let found = found(&runtime, FindingKind::ErrorNeverSeen);
    let failed: Vec<u32> = found
        .iter()
        .map(|finding| evidence(&runtime, finding).subject)
        .collect();
    let subjects: Vec<u32> = found.iter().map(|finding| finding.subject).collect();
    assert_eq!(failed, subjects);
    let names: Vec<String> = events(&runtime, Kind::TaskCreated)
        .iter()
        .filter(|event| subjects.contains(&event.subject))
        .map(|event| runtime.log().text(event.low()).to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "detached before",
            "dropped after",
            "panicked",
            "never asked"
        ]
    );
}

#[test]
fn nothing_is_looked_for_where_nothing_is_recorded() {
    let runtime = Builder::new().record(false).build();
    let stalled = runtime.try_block_on(futurelock()).unwrap_err();
    assert!(runtime.log().is_empty());
    assert_eq!(stalled.tasks().len(), 1, "the tasks are known all the same");
    assert!(stalled.circle().is_empty());
}
