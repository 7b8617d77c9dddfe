//! Events, condition variables, promises, ordered queues, and guards that borrow nothing.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use wakeline::cancel::cancellable;
use wakeline::sync::queue::{Builder as QueueBuilder, LifoQueue, PriorityQueue};
use wakeline::sync::{Condvar, Event, Mutex, Promise, Semaphore};
use wakeline::task::{call_soon, yield_now};
use wakeline::time::sleep;
use wakeline::{Builder, spawn};

type Notes = Rc<RefCell<Vec<String>>>;

fn second() -> Duration {
    Duration::from_secs(1)
}

#[test]
fn an_event_releases_those_who_wait_in_order_even_if_it_is_cleared_at_once() {
    Builder::new().build().block_on(async {
        let event = Rc::new(Event::named("event"));
        let notes = Notes::default();
        for name in ["a", "b", "c"] {
            let (event, notes) = (Rc::clone(&event), Rc::clone(&notes));
            spawn(async move {
                event.wait().await;
                notes.borrow_mut().push(name.to_owned());
            });
        }
        sleep(second()).await;
        assert!(event.set());
        assert!(!event.set());
        event.clear();
        assert!(!event.is_set());
        yield_now().await;
        assert_eq!(*notes.borrow(), ["a", "b", "c"]);
        let late = spawn({
            let event = Rc::clone(&event);
            async move { event.wait().await }
        });
        sleep(second()).await;
        assert!(!late.is_finished());
        event.set();
        late.await.unwrap();
        event.wait().await;
    });
}

#[test]
fn a_dropped_wait_for_an_event_leaves_nothing_behind() {
    Builder::new().build().block_on(async {
        let event = Rc::new(Event::new());
        let waiter = spawn({
            let event = Rc::clone(&event);
            async move { cancellable(event.wait()).await.is_err() }
        });
        sleep(second()).await;
        waiter.cancel();
        assert!(waiter.await.unwrap());
        event.set();
        event.wait().await;
    });
}

#[test]
fn notifications_of_a_condition_reach_so_many_of_those_who_wait_and_nobody_else() {
    Builder::new().build().block_on(async {
        let shared = Rc::new((Mutex::new(()), Condvar::named("condition")));
        assert!(!shared.1.notify_one(), "nobody waits: lost");
        let notes = Notes::default();
        for name in ["a", "b", "c"] {
            let (shared, notes) = (Rc::clone(&shared), Rc::clone(&notes));
            spawn(async move {
                let guard = shared.0.lock().await;
                let _guard = shared.1.wait(guard).await;
                notes.borrow_mut().push(name.to_owned());
            });
        }
        sleep(second()).await;
        {
            let _guard = shared.0.lock().await;
            assert_eq!(shared.1.notify_many(2), 2);
            sleep(second()).await;
            assert!(notes.borrow().is_empty(), "the lock is still held");
        }
        sleep(second()).await;
        assert_eq!(*notes.borrow(), ["a", "b"]);
        assert_eq!(shared.1.notify_all(), 1);
        sleep(second()).await;
        assert_eq!(*notes.borrow(), ["a", "b", "c"]);
    });
}

#[test]
fn a_notification_that_had_reached_a_dropped_wait_goes_to_the_next() {
    Builder::new().build().block_on(async {
        let condvar = Rc::new(Condvar::new());
        let wait = |condvar: &Rc<Condvar>| {
            let condvar = Rc::clone(condvar);
            spawn(async move { cancellable(condvar.notified()).await.is_ok() })
        };
        let (first, second_one) = (wait(&condvar), wait(&condvar));
        sleep(second()).await;
        assert!(condvar.notify_one());
        first.cancel();
        assert!(!first.await.unwrap());
        assert!(second_one.await.unwrap());
    });
}

#[test]
fn every_place_that_a_wait_for_a_condition_leaves_in_the_log_is_the_callers() {
    let runtime = Builder::new().build();
    runtime.block_on(async {
        let (mutex, condvar) = (Rc::new(Mutex::new(())), Rc::new(Condvar::new()));
        let wait = spawn({
            let (mutex, condvar) = (Rc::clone(&mutex), Rc::clone(&condvar));
            async move {
                let guard = mutex.lock().await;
                drop(condvar.wait(guard).await);
                let guard = mutex.lock_owned().await;
                drop(condvar.wait_owned(guard).await);
            }
        });
        for _ in 0..2 {
            yield_now().await;
            // Held for a while, so that whoever was notified has to wait for it.
            let guard = mutex.lock().await;
            condvar.notify_one();
            yield_now().await;
            drop(guard);
            yield_now().await;
        }
        wait.await.unwrap();
    });
    let log = runtime.log();
    assert!(log.locations.len() > 4);
    for location in &log.locations[1..] {
        assert_eq!(log.text(location.file), "runtime/tests/events.rs");
    }
}

#[test]
fn a_promise_serves_tasks_and_functions_in_the_order_of_their_arrival() {
    Builder::new().build().block_on(async {
        let promise = Promise::named("promise");
        let notes = Notes::default();
        let note = |text: &str| {
            let (notes, text) = (Rc::clone(&notes), text.to_owned());
            move |value: u32| notes.borrow_mut().push(format!("{text} {value}"))
        };
        promise.on_complete(note("first function"));
        for name in ["first task", "second task"] {
            let (promise, note) = (promise.clone(), note(name));
            spawn(async move { note(promise.wait().await) });
        }
        yield_now().await;
        let gone = promise.on_complete(note("unregistered"));
        promise.on_complete(note("second function"));
        assert!(promise.unregister(gone));
        assert_eq!(promise.get(), None);
        promise.complete(7).unwrap();
        assert_eq!(promise.complete(8).unwrap_err().0, 8);
        assert!(notes.borrow().is_empty(), "nothing is called inside");
        call_soon({
            let note = note("soon");
            move || note(0)
        });
        promise.on_complete(note("late function"));
        assert!(!promise.unregister(gone));
        sleep(second()).await;
        assert_eq!(
            *notes.borrow(),
            [
                "first function 7",
                "first task 7",
                "second task 7",
                "second function 7",
                "soon 0",
                "late function 7"
            ]
        );
        assert_eq!(promise.wait().await, 7);
    });
}

#[test]
fn a_dropped_wait_for_a_promise_is_not_woken() {
    let runtime = Builder::new().build();
    runtime.block_on(async {
        let promise = Promise::<()>::new();
        let waiter = spawn({
            let promise = promise.clone();
            async move { cancellable(promise.wait()).await.is_err() }
        });
        sleep(second()).await;
        waiter.cancel();
        assert!(waiter.await.unwrap());
        promise.complete(()).unwrap();
    });
}

#[test]
fn a_priority_queue_gives_the_smallest_first_and_keeps_the_order_of_ties() {
    Builder::new().build().block_on(async {
        #[derive(PartialEq, Eq)]
        struct Job(u32, &'static str);
        impl Ord for Job {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.0.cmp(&other.0)
            }
        }
        impl PartialOrd for Job {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
        let queue: PriorityQueue<Job> = QueueBuilder::new("jobs").unbounded_in_order();
        for job in [
            Job(2, "a"),
            Job(1, "b"),
            Job(2, "c"),
            Job(1, "d"),
            Job(1, "e"),
        ] {
            queue.put(job).await.unwrap();
        }
        let mut names = Vec::new();
        while let Ok(job) = queue.try_get() {
            names.push(job.1);
        }
        assert_eq!(names, ["b", "d", "e", "a", "c"]);
    });
}

#[test]
fn a_bounded_stack_holds_its_producer_back_and_counts_its_work() {
    Builder::new().build().block_on(async {
        let queue: LifoQueue<u32> = QueueBuilder::new("stack").bounded_in_order(2);
        let producer = spawn({
            let queue = queue.clone();
            async move {
                for number in 0..4 {
                    queue.put(number).await.unwrap();
                }
            }
        });
        sleep(second()).await;
        assert!(!producer.is_finished());
        let mut taken = Vec::new();
        for _ in 0..4 {
            taken.push(queue.get().await.unwrap());
            sleep(second()).await;
            queue.task_done();
        }
        assert_eq!(taken, [1, 2, 3, 0]);
        queue.join().await;
    });
}

#[test]
fn guards_that_borrow_nothing_are_handed_over_like_others() {
    Builder::new().build().block_on(async {
        let mutex = Rc::new(Mutex::named("mutex", 1));
        let semaphore = Rc::new(Semaphore::named("semaphore", 1));
        let mut guard = mutex.lock_owned().await;
        let permit = semaphore.acquire_owned().await.unwrap();
        let other = spawn({
            let (mutex, semaphore) = (Rc::clone(&mutex), Rc::clone(&semaphore));
            async move {
                let _permit = semaphore.acquire().await.unwrap();
                *mutex.lock().await
            }
        });
        sleep(second()).await;
        *guard.borrow_mut() += 1;
        assert_eq!(*guard.borrow(), 2);
        assert!(!other.is_finished() && mutex.is_locked());
        // Given back by another task than the one that acquired.
        spawn(async move { drop((guard, permit)) }).await.unwrap();
        assert_eq!(other.await.unwrap(), 2);
        assert!(!mutex.is_locked());
        assert_eq!(semaphore.available_permits(), 1);
        let condvar = Rc::new(Condvar::new());
        let waiter = spawn({
            let (mutex, condvar) = (Rc::clone(&mutex), Rc::clone(&condvar));
            async move {
                let guard = mutex.lock_owned().await;
                let guard = condvar.wait_owned(guard).await;
                *guard.borrow()
            }
        });
        sleep(second()).await;
        assert!(!mutex.is_locked());
        condvar.notify_one();
        assert_eq!(waiter.await.unwrap(), 2);
    });
}
