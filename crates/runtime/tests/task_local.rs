//! Data of a task's own.

mod support;

use std::rc::Rc;

use support::{ByHand, Drops, lines, ms, runtime};
use wakeline::spawn;
use wakeline::task::{Local, yield_now};
use wakeline::time::sleep;

static OWN: Local<u32> = Local::new();
static OTHER: Local<u32> = Local::new();
static PASSED_ON: Local<Vec<u32>> = Local::inherited();

#[test]
fn each_task_has_a_value_of_its_own() {
    runtime().block_on(async {
        OWN.set(1);
        let other = spawn(async {
            assert_eq!(OWN.get(), None);
            OWN.set(2);
            yield_now().await;
            OWN.with(|value| *value)
        });
        yield_now().await;
        yield_now().await;
        assert_eq!(OWN.get().as_deref(), Some(&1));
        assert_eq!(OTHER.get(), None, "two keys of one type are two keys");
        assert_eq!(other.await.unwrap(), 2);
        assert_eq!(OWN.set(3).as_deref(), Some(&1));
        assert_eq!(OWN.take().as_deref(), Some(&3));
        assert_eq!(OWN.get(), None);
    });
}

#[test]
fn an_inherited_value_is_the_parents_at_the_moment_of_the_spawn() {
    runtime().block_on(async {
        PASSED_ON.set(vec![1]);
        let parents = PASSED_ON.get().unwrap();
        let child = spawn(async move {
            assert!(Rc::ptr_eq(&parents, &PASSED_ON.get().unwrap()));
            let grandchild = spawn(async { PASSED_ON.with(Vec::len) });
            PASSED_ON.set(vec![1, 2, 3]);
            grandchild.await.unwrap()
        });
        PASSED_ON.set(vec![9, 9]);
        assert_eq!(child.await.unwrap(), 1);
        PASSED_ON.with(|value| assert_eq!(*value, [9, 9]));
    });
}

#[test]
fn a_scope_holds_during_its_polls_only() {
    runtime().block_on(async {
        OWN.set(1);
        let first = OWN.scope(10, async {
            yield_now().await;
            assert_eq!(OWN.get().as_deref(), Some(&10));
            OWN.set(11);
            yield_now().await;
            OWN.with(|value| *value)
        });
        let second = OWN.scope(20, async {
            yield_now().await;
            OWN.scope(30, async { assert_eq!(OWN.get().as_deref(), Some(&30)) })
                .await;
            OWN.with(|value| *value)
        });
        let both = futures_util::future::join(first, second).await;
        assert_eq!(both, (11, 20));
        assert_eq!(OWN.get().as_deref(), Some(&1));
    });
}

#[test]
fn a_scope_that_is_dropped_is_dropped_with_its_value_in_place() {
    struct Reads;
    impl Drop for Reads {
        fn drop(&mut self) {
            wakeline::println!("{:?}", OWN.get());
        }
    }
    let runtime = runtime();
    runtime.block_on(async {
        let scope = || OWN.scope(5, async { (Reads, yield_now().await).1 });
        // Before its first poll, at its waiting point, and at its end.
        drop(scope());
        let mut waiting = ByHand::new(scope());
        assert!(waiting.poll().is_pending());
        drop(waiting);
        scope().await;
        assert_eq!(OWN.get(), None);
        let task = spawn(scope());
        yield_now().await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    });
    let texts: Vec<String> = lines(&runtime).into_iter().map(|(_, text)| text).collect();
    // The first never came to make what reads: an async block does nothing before its first poll.
    assert_eq!(texts, ["Some(5)", "Some(5)", "Some(5)"]);
}

#[test]
fn the_values_are_dropped_with_the_task_in_the_order_of_their_keys() {
    struct Says(&'static str);
    impl Drop for Says {
        fn drop(&mut self) {
            wakeline::println!("{}", self.0);
        }
    }
    static FIRST: Local<Says> = Local::new();
    static SECOND: Local<Says> = Local::new();
    static PANICS: Local<Panics> = Local::new();
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("in a drop");
        }
    }
    let runtime = runtime();
    runtime.block_on(async {
        let task = spawn(async {
            SECOND.set(Says("set first"));
            PANICS.set(Panics);
            FIRST.set(Says("set second"));
            wakeline::println!("returns");
        });
        // A panic of such a drop changes nothing about how the task ended.
        task.await.unwrap();
        wakeline::println!("joined");
    });
    let texts: Vec<String> = lines(&runtime).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["returns", "set first", "set second", "joined"]);
}

#[test]
fn a_value_that_a_parent_passed_on_lives_as_long_as_its_last_owner() {
    static SHARED: Local<support::DropGuard> = Local::inherited();
    let drops = Drops::default();
    runtime().block_on(async {
        let child = Rc::new(std::cell::Cell::new(None));
        let parent = spawn({
            let (guard, child) = (drops.guard(), Rc::clone(&child));
            async move {
                SHARED.set(guard);
                child.set(Some(spawn(async { sleep(ms(10)).await })));
            }
        });
        parent.await.unwrap();
        let child = child.take().unwrap();
        assert_eq!(drops.count(), 0);
        child.await.unwrap();
        assert_eq!(drops.count(), 1);
    });
}

#[test]
fn the_end_of_the_runtime_drops_the_values_of_those_who_are_alive() {
    static KEPT: Local<support::DropGuard> = Local::new();
    let runtime = runtime();
    let drops = Drops::default();
    let guard = drops.guard();
    runtime.block_on(async {
        drop(spawn(async {
            KEPT.set(guard);
            sleep(ms(1000)).await;
        }));
        yield_now().await;
    });
    assert_eq!(drops.count(), 0);
    runtime.finish(wakeline::log::Outcome::Completed, "");
    assert_eq!(drops.count(), 1);
}

#[test]
#[should_panic(expected = "`Local::set` was called outside of a task")]
fn outside_of_a_task_nothing_can_be_set() {
    OWN.set(1);
}
