//! Semaphores, mutexes and read-write locks: who holds them, and who stands in line.

use std::rc::Rc;
use std::task::{Context, Waker};

use wakeline::log::Kind;
use wakeline::sync::{Mutex, RwLock, Semaphore};
use wakeline::task::yield_now;
use wakeline::time::sleep;
use wakeline::{spawn, spawn_named};
use wakeline_timeline::state::Resource;

use crate::sight::look;
use crate::support::ms;

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
