//! What is stored, set or passed on: notifications, events, conditions, barriers, tokens, cells.

use std::rc::Rc;
use std::task::{Context, Waker};

use wakeline::log::Kind;
use wakeline::sync::{
    Barrier, CancellationToken, Condvar, Event as Flag, Notify, OnceCell, Promise,
};
use wakeline::task::yield_now;
use wakeline::time::sleep;
use wakeline::{spawn, spawn_named};

use crate::sight::look;
use crate::support::ms;

#[test]
fn a_notification_that_is_stored_is_taken_in_the_log() {
    let program = |takes: usize| async move {
        let notify = Rc::new(Notify::named("it"));
        notify.notify_one();
        notify.notify_one();
        notify.notify_waiters();
        for _ in 0..takes {
            notify.notified().await;
        }
        let waiting = Rc::clone(&notify);
        spawn_named("waiting", async move { waiting.notified().await });
        yield_now().await;
    };
    let stored = look(async {
        let notify = Notify::named("it");
        notify.notify_one();
        notify.notify_waiters();
    });
    assert!(stored.resource().notified, "a sweep leaves what is stored");
    let taken = look(program(1));
    assert!(!taken.resource().notified);
    assert_eq!(taken.waiters(), ["waiting"]);
    let acquired = taken.events(Kind::Acquired);
    assert_eq!(acquired.len(), 1);
    assert_eq!((acquired[0].subject, acquired[0].value), (1, 1));
    let taken_by_other = look(program(0));
    assert!(taken_by_other.waiters().is_empty() && !taken_by_other.resource().notified);
}

#[test]
fn the_line_of_a_notification_is_shorter_from_the_notification_on() {
    let sight = look(async {
        let notify = Rc::new(Notify::named("it"));
        for name in ["first", "second", "third"] {
            let notify = Rc::clone(&notify);
            spawn_named(name, async move { notify.notified().await });
        }
        sleep(ms(1)).await;
        notify.notify_one();
        // The first has not run since; it is not in line all the same.
    });
    assert_eq!(sight.waiters(), ["second", "third"]);
}

#[test]
fn a_notification_that_reached_a_dropped_wait_is_given_on_in_the_log() {
    let sight = look(async {
        let notify = Notify::named("it");
        let mut wait = Box::pin(notify.notified());
        let mut cx = Context::from_waker(Waker::noop());
        assert!(wait.as_mut().poll(&mut cx).is_pending());
        notify.notify_one();
        drop(wait);
    });
    assert!(sight.resource().notified && sight.waiters().is_empty());
    let places: Vec<u16> = sight
        .events(Kind::Notified)
        .iter()
        .map(|e| e.location)
        .collect();
    for place in places {
        let place = sight.log.location(place).unwrap();
        assert_eq!(
            sight.log.text(place.file),
            "timeline/tests/exactness/notifications.rs"
        );
    }
}

#[test]
fn an_event_is_set_until_it_is_cleared() {
    let program = |clear: bool| async move {
        let flag = Rc::new(Flag::named("it"));
        let waiting = Rc::clone(&flag);
        spawn_named("early", async move { waiting.wait().await });
        sleep(ms(1)).await;
        flag.set();
        flag.wait().await;
        if clear {
            flag.clear();
            flag.clear();
            let waiting = Rc::clone(&flag);
            spawn_named("late", async move { waiting.wait().await });
        }
        yield_now().await;
        flag.is_set()
    };
    let set = look(program(false));
    assert_eq!(set.resource().notified, set.known);
    assert!(set.known && set.waiters().is_empty());
    let cleared = look(program(true));
    assert_eq!(cleared.resource().notified, cleared.known);
    assert_eq!(cleared.waiters(), ["late"]);
    let values: Vec<u64> = cleared
        .events(Kind::Cleared)
        .iter()
        .map(|e| e.value)
        .collect();
    assert_eq!(values, [2], "one was released, one found it set");
}

#[test]
fn an_event_that_was_set_for_nobody_says_so() {
    let sight = look(async {
        let flag = Flag::named("it");
        flag.set();
        flag.clear();
    });
    let values: Vec<u64> = sight
        .events(Kind::Cleared)
        .iter()
        .map(|e| e.value)
        .collect();
    assert_eq!(values, [0]);
}

#[test]
fn a_condition_its_line_and_who_inherits_a_notification() {
    let sight = look(async {
        let condvar = Rc::new(Condvar::named("it"));
        let wait = |name: &str| {
            let condvar = Rc::clone(&condvar);
            spawn_named(name, async move { condvar.notified().await })
        };
        let first = wait("first");
        wait("second");
        wait("third");
        sleep(ms(1)).await;
        condvar.notify_one();
        first.abort();
        sleep(ms(1)).await;
        condvar.notify_many(0)
    });
    assert_eq!(sight.known, 0);
    assert_eq!(sight.waiters(), ["third"], "the second inherited");
    let released: Vec<u64> = sight
        .events(Kind::Notified)
        .iter()
        .map(|e| e.value)
        .collect();
    assert_eq!(released, [1, 1, 0]);
}

#[test]
fn a_barrier_and_who_has_come() {
    let sight = look(async {
        let barrier = Rc::new(Barrier::named("it", 3));
        for name in ["a", "b", "c", "d", "e"] {
            let barrier = Rc::clone(&barrier);
            spawn_named(name, async move { barrier.wait().await.is_leader() });
        }
        sleep(ms(1)).await;
    });
    assert_eq!(sight.waiters(), ["d", "e"]);
    assert_eq!(sight.resource().capacity(), Some(3));
}

#[test]
fn a_token_and_a_promise_are_set_for_good() {
    let sight = look(async {
        let token = CancellationToken::named("it");
        let waiting = token.clone();
        spawn(async move { waiting.cancelled().await });
        yield_now().await;
        token.cancel();
        token.is_cancelled()
    });
    assert_eq!(sight.resource().notified, sight.known);
    assert!(sight.known && sight.waiters().is_empty());
    let sight = look(async {
        let promise = Promise::named("it");
        for name in ["first", "second"] {
            let waiting = promise.clone();
            spawn_named(name, async move { waiting.wait().await });
        }
        yield_now().await;
        let before = promise.is_complete();
        promise.complete(1).unwrap();
        (before, promise.is_complete())
    });
    assert_eq!(sight.known, (false, true));
    assert!(sight.resource().notified && sight.waiters().is_empty());
    let places: Vec<u64> = sight
        .events(Kind::WaitBegun)
        .iter()
        .map(|e| e.value)
        .collect();
    assert_eq!(places, [0, 1]);
}

#[test]
fn a_cell_who_fills_it_and_who_waits_for_that() {
    let sight = look(async {
        let cell = Rc::new(OnceCell::named("it"));
        for name in ["gives up", "fills", "waits"] {
            let cell = Rc::clone(&cell);
            let task = spawn_named(name, async move {
                *cell.get_or_init(async || (sleep(ms(100)).await, 1).1).await
            });
            if name == "gives up" {
                yield_now().await;
                task.abort();
            }
        }
        sleep(ms(1)).await;
        cell.is_initialized()
    });
    assert!(!sight.known);
    assert_eq!(sight.holders(), [("fills".to_owned(), 1)]);
    assert_eq!(sight.waiters(), ["waits"]);
}
