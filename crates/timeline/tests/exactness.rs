//! A log replayed ends at the state that the primitives themselves report.
//!
//! Each program leaves its primitive in a state that is neither the first nor empty, and nobody
//! who was released and has not run yet. The program looks; the replay must see the same.

mod support;

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use support::ms;
use wakeline::log::{Event, Kind, Log, Reason};
use wakeline::sync::queue::Queue;
use wakeline::sync::{
    Barrier, CancellationToken, Condvar, Event as Flag, Mutex, Notify, OnceCell, Promise, RwLock,
    Semaphore, broadcast, mpmc, mpsc, oneshot, pipe, rendezvous, watch,
};
use wakeline::task::{JoinSet, yield_now};
use wakeline::time::sleep;
use wakeline::{Builder, spawn, spawn_named};
use wakeline_timeline::state::{Resource, State};

/// What a program knows of the resource called "it", and the log up to that moment.
struct Sight<T> {
    log: Log,
    known: T,
}

/// Runs a program on a runtime of its own. The log is the one at the moment when the program
/// returns what it sees; whatever it spawned lives on.
fn look<T: 'static, F: Future<Output = T> + 'static>(program: F) -> Sight<T> {
    let runtime = Builder::new().build();
    let seen = Rc::new(RefCell::new(None));
    let handle = runtime.clone();
    let into = Rc::clone(&seen);
    runtime.block_on(async move {
        let known = program.await;
        let log = handle.log().clone();
        *into.borrow_mut() = Some(Sight { log, known });
    });
    let sight = seen.borrow_mut().take();
    sight.unwrap()
}

impl<T> Sight<T> {
    fn state(&self) -> State {
        let mut state = State::new();
        for event in self.log.columns.iter_from(0) {
            state.apply(&event);
        }
        state
    }

    /// The resource called "it".
    fn resource(&self) -> Resource {
        let state = self.state();
        let mut found = state
            .resources()
            .filter(|resource| self.log.text(resource.name) == "it");
        let resource = found.next().unwrap().clone();
        assert!(found.next().is_none());
        resource
    }

    fn name(&self, task: u32) -> String {
        let state = self.state();
        self.log.text(state.task(task).unwrap().name).to_owned()
    }

    fn waiters(&self) -> Vec<String> {
        let resource = self.resource();
        resource
            .waiters()
            .map(|waiter| self.name(waiter.task))
            .collect()
    }

    fn senders(&self) -> Vec<String> {
        let resource = self.resource();
        resource
            .blocked_senders()
            .map(|waiter| self.name(waiter.task))
            .collect()
    }

    fn holders(&self) -> Vec<(String, u64)> {
        let holders = self.resource().holders();
        holders
            .iter()
            .map(|holder| (self.name(holder.task), holder.permits))
            .collect()
    }

    fn events(&self, kind: Kind) -> Vec<Event> {
        let events = self.log.columns.iter_from(0);
        events.filter(|event| event.kind == kind).collect()
    }
}

/// Permits that are free, by the log alone.
fn free(resource: &Resource) -> u64 {
    if resource.waiters_len() > 0 {
        return 0;
    }
    u64::from(resource.capacity().unwrap_or(0)) - resource.permits_in_use()
}

#[test]
fn a_semaphore_its_permits_its_holders_and_its_line() {
    let sight = look(async {
        let semaphore = Rc::new(Semaphore::named("it", 3));
        let take = |name: &str, count| {
            let semaphore = Rc::clone(&semaphore);
            spawn_named(name, async move {
                let _permit = semaphore.acquire_many(count).await.unwrap();
                sleep(ms(100)).await;
            })
        };
        take("two", 2);
        let large = take("three", 3);
        let gone = take("gone", 1);
        take("one", 1);
        sleep(ms(1)).await;
        gone.abort();
        semaphore.add_permits(2);
        sleep(ms(1)).await;
        assert_eq!(semaphore.available_permits(), 0);
        // Handed over all at once to the first in line.
        sleep(ms(120)).await;
        large.abort();
        sleep(ms(1)).await;
        let forgotten = semaphore.acquire_many(2).await.unwrap();
        forgotten.forget();
        take("four", 2);
        take("five", 4);
        sleep(ms(1)).await;
        semaphore.available_permits() as u64
    });
    let resource = sight.resource();
    assert_eq!(resource.capacity(), Some(3), "3 + 2 added - 2 forgotten");
    assert_eq!(free(&resource), sight.known);
    assert_eq!(
        sight.holders(),
        [("one".to_owned(), 1), ("four".to_owned(), 2)]
    );
    assert_eq!(sight.waiters(), ["five"]);
    let handed: Vec<u64> = sight
        .events(Kind::HandedOver)
        .iter()
        .map(|e| e.value)
        .collect();
    assert!(handed.contains(&3), "{handed:?}");
}

#[test]
fn a_semaphore_that_is_closed_has_nobody_in_line_and_what_was_collected_is_free() {
    let sight = look(async {
        let semaphore = Rc::new(Semaphore::named("it", 3));
        let held = semaphore.acquire().await.unwrap();
        let waiting = Rc::clone(&semaphore);
        spawn(async move { waiting.acquire_many(3).await.map(drop) });
        yield_now().await;
        assert_eq!(semaphore.available_permits(), 0, "the line collects");
        semaphore.close();
        semaphore.close();
        let at_once = semaphore.available_permits();
        yield_now().await;
        assert_eq!(semaphore.available_permits(), at_once);
        held.forget();
        at_once as u64
    });
    let resource = sight.resource();
    assert_eq!(
        (resource.capacity(), free(&resource)),
        (Some(2), sight.known)
    );
    assert_eq!(sight.events(Kind::ResourceClosed).len(), 1);
    assert!(resource.closed().is_some() && sight.waiters().is_empty());
}

#[test]
fn permits_that_were_handed_to_a_wait_that_is_dropped_are_given_back_in_the_log() {
    let sight = look(async {
        let semaphore = Rc::new(Semaphore::named("it", 2));
        let held = semaphore.acquire_many(2).await.unwrap();
        let mut first = Box::pin(semaphore.acquire_many(2));
        let mut second = Box::pin(semaphore.acquire());
        let mut cx = Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(&mut cx).is_pending());
        assert!(second.as_mut().poll(&mut cx).is_pending());
        drop(held);
        drop(first);
        let permit = second.await.unwrap();
        let free = semaphore.available_permits() as u64;
        std::mem::forget(permit);
        free
    });
    assert_eq!(free(&sight.resource()), sight.known);
    assert_eq!(sight.holders(), [("main".to_owned(), 1)]);
    let handed: Vec<u64> = sight
        .events(Kind::HandedOver)
        .iter()
        .map(|e| e.value)
        .collect();
    assert_eq!(handed, [2, 1]);
}

#[test]
fn a_mutex_its_holder_and_its_line() {
    let sight = look(async {
        let mutex = Rc::new(Mutex::named("it", ()));
        for name in ["first", "second", "third", "fourth"] {
            let mutex = Rc::clone(&mutex);
            spawn_named(name, async move {
                let _guard = mutex.lock_owned().await;
                sleep(ms(10)).await;
            });
        }
        sleep(ms(15)).await;
        mutex.is_locked()
    });
    assert!(sight.known);
    assert_eq!(sight.holders(), [("second".to_owned(), 1)]);
    assert_eq!(sight.waiters(), ["third", "fourth"]);
}

#[test]
fn a_read_write_lock_its_readers_its_writer_and_its_line() {
    let program = |until: u64| async move {
        let lock = Rc::new(RwLock::named("it", 0));
        for name in ["reader 1", "reader 2", "writer", "reader 3"] {
            let lock = Rc::clone(&lock);
            spawn_named(name, async move {
                if name == "writer" {
                    let _guard = lock.write().await;
                    sleep(ms(10)).await;
                } else {
                    let _guard = lock.read().await;
                    sleep(ms(10)).await;
                }
            });
        }
        sleep(ms(until)).await;
        (lock.try_read().is_ok(), lock.try_write().is_ok())
    };
    let reading = look(program(5));
    let writing = look(program(15));
    let read_again = look(program(25));
    let all = reading.resource().capacity().unwrap().into();
    assert_eq!(
        reading.holders(),
        [("reader 1".to_owned(), 1), ("reader 2".to_owned(), 1)]
    );
    assert_eq!(reading.waiters(), ["writer", "reader 3"]);
    assert_eq!(writing.holders(), [("writer".to_owned(), all)]);
    let handed: Vec<u64> = writing
        .events(Kind::HandedOver)
        .iter()
        .map(|e| e.value)
        .collect();
    assert_eq!(handed, [all], "a writer is handed all that there is");
    assert_eq!(reading.known, (false, false));
    assert_eq!(writing.known, (false, false));
    assert_eq!(read_again.known, (true, false));
    assert_eq!(read_again.holders(), [("reader 3".to_owned(), 1)]);
}

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
        assert_eq!(sight.log.text(place.file), "timeline/tests/exactness.rs");
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
fn a_channel_its_messages_its_reservations_and_both_of_its_lines() {
    let sight = look(async {
        let (sender, mut receiver) = mpsc::Builder::new("it")
            .describe(|text: &&str| (*text).to_owned())
            .bounded(3);
        sender.send("a").await.unwrap();
        sender.send("b").await.unwrap();
        assert_eq!(receiver.recv().await, Some("a"));
        let unused = sender.reserve().await.unwrap();
        let used = sender.reserve().await.unwrap();
        drop(unused);
        used.send("c");
        let kept = sender.reserve().await.unwrap();
        let waiting = sender.clone();
        spawn_named("blocked", async move { waiting.send("d").await });
        yield_now().await;
        let room = sender.capacity();
        let inside = receiver.len();
        std::mem::forget((kept, receiver));
        (room as u64, inside)
    });
    let resource = sight.resource();
    let texts: Vec<&str> = resource
        .messages()
        .map(|m| sight.log.text(m.text))
        .collect();
    assert_eq!(texts, ["b", "c"]);
    assert_eq!(resource.len(), sight.known.1);
    let taken = resource.len() as u64 + resource.permits_in_use();
    assert_eq!(3 - taken, sight.known.0);
    assert_eq!(sight.holders(), [("main".to_owned(), 1)]);
    assert_eq!(sight.senders(), ["blocked"]);
    assert!(sight.waiters().is_empty());
}

#[test]
fn a_queue_its_items_its_units_and_its_lines() {
    let sight = look(async {
        let queue = Queue::named("it", 2);
        for item in 0..2 {
            queue.put(item).await.unwrap();
        }
        queue.get().await;
        queue.put(2).await.unwrap();
        queue.task_done();
        for name in ["putting 1", "putting 2"] {
            let queue = queue.clone();
            spawn_named(name, async move { queue.put(9).await });
        }
        for name in ["joining 1", "joining 2"] {
            let queue = queue.clone();
            spawn_named(name, async move { queue.join().await });
        }
        sleep(ms(1)).await;
        (queue.len(), queue.unfinished() as u64)
    });
    let resource = sight.resource();
    assert_eq!((resource.len(), resource.units()), sight.known);
    assert_eq!(sight.senders(), ["putting 1", "putting 2"]);
    assert_eq!(sight.waiters(), ["joining 1", "joining 2"]);
    let joins = sight.events(Kind::WaitBegun).into_iter();
    let places: Vec<u64> = joins
        .filter(|event| event.flags == Reason::QueueJoin.code())
        .map(|event| event.value)
        .collect();
    assert_eq!(places, [0, 1]);
}

#[test]
fn a_oneshot_its_message_and_who_waits_at_either_end() {
    let sight = look(async {
        let (sender, receiver) = oneshot::named("it");
        sender.send(1).unwrap();
        std::mem::forget(receiver);
    });
    assert_eq!(sight.resource().len(), 1);
    let sight = look(async {
        let (mut sender, receiver) = oneshot::named::<u8>("it");
        let holding = spawn_named("receiving", receiver);
        spawn_named("sending", async move { sender.closed().await });
        yield_now().await;
        std::mem::forget(holding);
    });
    assert_eq!(sight.waiters(), ["receiving", "sending"]);
    let begun = sight.events(Kind::WaitBegun);
    let reasons: Vec<u8> = begun.iter().map(|event| event.flags).collect();
    assert_eq!(
        reasons,
        [Reason::ChannelReceive.code(), Reason::Closed.code()]
    );
}

#[test]
fn a_broadcast_keeps_what_somebody_has_yet_to_take() {
    let sight = look(async {
        let (sender, mut quick) = broadcast::named("it", 2);
        let mut slow = sender.subscribe();
        for number in 0..3 {
            sender.send(number).unwrap();
        }
        assert!(quick.recv().await.is_err(), "lagged");
        assert_eq!(quick.recv().await, Ok(1));
        assert!(slow.recv().await.is_err());
        assert_eq!(slow.recv().await, Ok(1));
        assert_eq!(quick.recv().await, Ok(2));
        let waiting = spawn_named("waiting", async move { quick.recv().await });
        yield_now().await;
        std::mem::forget((waiting, slow, sender));
    });
    // One was lost, one was taken by both, one is left for the slow one.
    assert_eq!(sight.resource().len(), 1);
    assert_eq!(sight.waiters(), ["waiting"]);
}

#[test]
fn a_watch_has_its_last_value_and_those_who_wait_for_the_next() {
    let sight = look(async {
        let (sender, mut receiver) = watch::named("it", 0);
        sender.send(1).unwrap();
        sender.send(2).unwrap();
        receiver.changed().await.unwrap();
        spawn_named("waiting", async move { receiver.changed().await });
        yield_now().await;
        std::mem::forget(sender);
    });
    assert_eq!(sight.resource().len(), 1);
    assert_eq!(sight.waiters(), ["waiting"]);
}

#[test]
fn whoever_waits_for_any_task_of_a_set_waits_for_the_oldest_of_them() {
    let sight = look(async {
        let mut set = JoinSet::new();
        for time in [3, 1, 2] {
            set.spawn_named(format!("{time}"), async move { sleep(ms(time)).await });
        }
        spawn_named("joining", async move {
            while set.join_next().await.is_some() {}
        });
        sleep(ms(10)).await;
    });
    let begun = sight.events(Kind::WaitBegun).into_iter();
    let awaited: Vec<String> = begun
        .filter(|event| event.flags == Reason::JoinAny.code())
        .map(|event| sight.name(event.object))
        .collect();
    assert_eq!(awaited, ["3", "3", "3"]);
    let ended = sight.events(Kind::WaitEnded).into_iter();
    let ended = ended.filter(|event| event.flags == Reason::JoinAny.code());
    assert_eq!(ended.count(), 3);
}

#[test]
fn whoever_waits_for_the_end_of_a_channel_waits_for_that_channel() {
    let sight = look(async {
        let (sender, receiver) = mpsc::Builder::<u8>::new("it").bounded(1);
        let waiting = sender.clone();
        let ended = spawn_named("waiting", async move { waiting.closed().await });
        yield_now().await;
        drop(receiver);
        ended.await.unwrap();
        sender.is_closed()
    });
    assert!(sight.known && sight.resource().closed().is_some());
    let begun = sight.events(Kind::WaitBegun);
    let resource = sight.resource().id;
    let closed = Reason::Closed.code();
    assert!(
        begun
            .iter()
            .any(|e| (e.flags, e.object) == (closed, resource))
    );
    assert_eq!(
        sight.state().resources_len(),
        1,
        "and nothing else was made"
    );
}

/// A future that is polled by one task and then by another waits for the one and then for the
/// other, at its place in the line.
#[test]
fn a_wait_that_moves_to_another_task_keeps_its_place() {
    type Wait = Pin<Box<dyn Future<Output = ()>>>;
    let sight = look(async {
        let semaphore = Rc::new(Semaphore::named("it", 0));
        let waiting = Rc::clone(&semaphore);
        let first = spawn_named("first", async move { waiting.acquire().await.map(drop) });
        yield_now().await;
        let waiting = Rc::clone(&semaphore);
        let mut moved: Wait = Box::pin(async move {
            let _ = waiting.acquire().await.map(drop);
        });
        let pending = std::future::poll_fn(|cx| Poll::Ready(moved.as_mut().poll(cx).is_pending()));
        assert!(pending.await);
        spawn_named("second", moved);
        yield_now().await;
        std::mem::forget(first);
    });
    let begun = sight.events(Kind::WaitBegun);
    let places: Vec<(String, u64)> = begun
        .iter()
        .filter(|event| event.flags == Reason::Semaphore.code())
        .map(|event| (sight.name(event.subject), event.value))
        .collect();
    let expected = [("first", 0), ("main", 1), ("second", 1)];
    assert_eq!(
        places,
        expected.map(|(name, place)| (name.to_owned(), place))
    );
    assert_eq!(sight.waiters(), ["first", "second"]);
}

#[test]
fn a_channel_to_many_receivers_its_messages_and_both_of_its_lines() {
    let full = look(async {
        let (sender, receiver) = mpmc::Builder::new("it").bounded(2);
        for number in 0..2 {
            sender.send(number).await.unwrap();
        }
        for name in ["first", "second"] {
            let sender = sender.clone();
            spawn_named(name, async move { sender.send(9).await });
        }
        sleep(ms(1)).await;
        (receiver.len(), sender.capacity(), receiver.clone())
    });
    let resource = full.resource();
    assert_eq!(resource.len(), full.known.0);
    assert_eq!(resource.has_room(), full.known.1 > 0);
    assert_eq!(full.senders(), ["first", "second"]);

    let empty = look(async {
        let (sender, receiver) = mpmc::Builder::new("it").bounded(2);
        for name in ["first", "second", "third"] {
            let receiver = receiver.clone();
            spawn_named(name, async move { receiver.recv().await });
        }
        sleep(ms(1)).await;
        sender.send(1).await.unwrap();
        sleep(ms(1)).await;
        (receiver.len(), sender.clone())
    });
    assert_eq!(empty.resource().len(), empty.known.0);
    assert_eq!(empty.waiters(), ["second", "third"]);
}

#[test]
fn a_channel_without_room_is_empty_and_its_lines_are_those_who_wait() {
    let offered = look(async {
        let (sender, receiver) = rendezvous::Builder::new("it").build();
        for name in ["first", "second", "third"] {
            let sender = sender.clone();
            spawn_named(name, async move { sender.send(name).await });
        }
        sleep(ms(1)).await;
        assert_eq!(receiver.recv().await, Some("first"));
        yield_now().await;
        receiver.clone()
    });
    let resource = offered.resource();
    assert!(resource.is_empty());
    assert_eq!((resource.sent, resource.received), (1, 1));
    assert_eq!(offered.senders(), ["second", "third"]);

    let wanted = look(async {
        let (sender, receiver) = rendezvous::Builder::<u8>::new("it").build();
        for name in ["first", "second"] {
            let receiver = receiver.clone();
            spawn_named(name, async move { receiver.recv().await });
        }
        sleep(ms(1)).await;
        sender.clone()
    });
    assert_eq!(wanted.waiters(), ["first", "second"]);
}

#[test]
fn a_pipe_the_pieces_inside_and_who_waits() {
    let full = look(async {
        let (mut writer, mut reader) = pipe::named("it", 4);
        spawn_named("writer", async move {
            for piece in [&b"ab"[..], b"cd", b"ef"] {
                write(&mut writer, piece).await;
            }
        });
        sleep(ms(1)).await;
        assert_eq!(read(&mut reader, 1).await, b"a");
        yield_now().await;
        // A part of the first piece, the second, and what found room of the third.
        reader
    });
    let resource = full.resource();
    assert_eq!(resource.len(), 3);
    assert_eq!(full.senders(), ["writer"]);
}

async fn write(writer: &mut pipe::PipeWriter, mut bytes: &[u8]) {
    use futures_util::AsyncWriteExt;
    while !bytes.is_empty() {
        let count = writer.write(bytes).await.unwrap();
        bytes = &bytes[count..];
    }
}

async fn read(reader: &mut pipe::PipeReader, count: usize) -> Vec<u8> {
    use futures_util::AsyncReadExt;
    let mut bytes = vec![0; count];
    reader.read_exact(&mut bytes).await.unwrap();
    bytes
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
