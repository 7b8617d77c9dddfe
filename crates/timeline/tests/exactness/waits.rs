//! What a task is seen to wait for, and in which place.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use wakeline::log::{Kind, Reason};
use wakeline::spawn_named;
use wakeline::sync::{Semaphore, mpsc};
use wakeline::task::{JoinSet, yield_now};
use wakeline::time::sleep;

use crate::sight::look;
use crate::support::ms;

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
