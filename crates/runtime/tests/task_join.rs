//! Spawning, and learning how a task ended.

mod support;

use std::cell::Cell;
use std::rc::Rc;

use support::{Drops, events, ms, runtime};
use wakeline::log::Kind;
use wakeline::task::yield_now;
use wakeline::time::sleep;
use wakeline::{spawn, spawn_named};

#[test]
fn a_task_runs_at_its_turn_and_not_when_it_is_spawned() {
    runtime().block_on(async {
        let ran = Rc::new(Cell::new(false));
        let task = spawn({
            let ran = Rc::clone(&ran);
            async move { ran.set(true) }
        });
        assert!(!ran.get());
        task.await.unwrap();
        assert!(ran.get());
    });
}

#[test]
fn tasks_take_turns_in_the_order_in_which_they_became_ready() {
    let runtime = runtime();
    runtime.block_on(async {
        let tasks: Vec<_> = ["a", "b", "c"]
            .map(|name| {
                spawn(async move {
                    for round in 0..2 {
                        wakeline::println!("{name}{round}");
                        yield_now().await;
                    }
                })
            })
            .into();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let printed: Vec<String> = support::lines(&runtime)
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(printed, ["a0", "b0", "c0", "a1", "b1", "c1"]);
}

#[test]
fn a_task_whose_handle_is_dropped_goes_on() {
    let runtime = runtime();
    let drops = Drops::default();
    runtime.block_on(async {
        let guard = drops.guard();
        drop(spawn(async move {
            sleep(ms(5)).await;
            wakeline::println!("still here");
            guard
        }));
        sleep(ms(10)).await;
    });
    assert_eq!(support::lines(&runtime), [(5, "still here".to_owned())]);
    assert_eq!(
        drops.count(),
        1,
        "an output that nobody can ask for is dropped at once"
    );
}

#[test]
fn an_output_that_nobody_took_is_dropped_with_the_handle() {
    let drops = Drops::default();
    runtime().block_on(async {
        let guard = drops.guard();
        let task = spawn(async move { guard });
        sleep(ms(1)).await;
        assert!(task.is_finished());
        assert_eq!(drops.count(), 0);
        drop(task);
        assert_eq!(drops.count(), 1);
    });
}

#[test]
fn a_finished_task_is_awaited_without_a_wait() {
    let runtime = runtime();
    runtime.block_on(async {
        let task = spawn(async { 5 });
        sleep(ms(1)).await;
        assert_eq!(task.await.unwrap(), 5);
    });
    let joins = events(&runtime, Kind::WaitBegun);
    assert_eq!(joins.len(), 1, "only the sleep is a wait: {joins:?}");
}

#[test]
fn a_handle_can_move_to_another_task_while_it_is_awaited() {
    runtime().block_on(async {
        let mut slow = spawn(async {
            sleep(ms(10)).await;
            "done"
        });
        // The first waiter gives up; the second must be the one that is woken.
        let gave_up = wakeline::time::timeout(ms(1), &mut slow).await;
        assert!(gave_up.is_err());
        let second = spawn(async move { slow.await.unwrap() });
        assert_eq!(second.await.unwrap(), "done");
    });
}

#[test]
fn names_and_parents_are_in_the_log() {
    let runtime = runtime();
    runtime.block_on(async {
        spawn_named("outer", async {
            spawn_named("inner", async {}).await.unwrap();
        })
        .await
        .unwrap();
    });
    let log = runtime.log();
    let created: Vec<(&str, u32, u32)> = log
        .columns
        .iter_from(0)
        .filter(|event| event.kind == Kind::TaskCreated)
        .map(|event| (log.text(event.low()), event.subject, event.object))
        .collect();
    assert_eq!(created, [("main", 1, 0), ("outer", 2, 1), ("inner", 3, 2)]);
}

#[test]
fn the_place_of_a_spawn_is_in_the_log_without_the_machine_s_folders() {
    let runtime = runtime();
    let line = line!() + 1;
    runtime.block_on(async { spawn(async {}).await.unwrap() });
    let log = runtime.log();
    let created = log
        .columns
        .iter_from(0)
        .filter(|e| e.kind == Kind::TaskCreated)
        .nth(1)
        .unwrap();
    let place = log.location(created.location).unwrap();
    assert_eq!(
        (log.text(place.file), place.line),
        ("runtime/tests/task_join.rs", line)
    );
}

#[test]
fn a_million_tasks_leave_nothing_behind() {
    let tasks = if cfg!(miri) { 100 } else { 1_000_000 };
    let drops = Drops::default();
    let runtime = wakeline::Builder::new().record(false).build();
    runtime.block_on(async {
        for _ in 0..tasks {
            let guard = drops.guard();
            spawn(async move { drop(guard) }).await.unwrap();
        }
    });
    assert_eq!(drops.count(), tasks);
    assert_eq!(runtime.stats().live(), 0);
}

#[test]
#[should_panic(expected = "outside of a wakeline runtime")]
fn spawning_outside_of_a_runtime_says_what_to_do() {
    drop(spawn(async {}));
}

#[test]
fn an_error_of_a_fallible_task_is_its_failure_in_the_log() {
    let runtime = runtime();
    let output = runtime.block_on(async {
        wakeline::task::Builder::new()
            .name("worker")
            .spawn_fallible(async { Err::<(), _>("out of paper") })
            .await
            .unwrap()
    });
    assert_eq!(output, Err("out of paper"));
    let failed = events(&runtime, Kind::TaskFailed);
    assert_eq!(runtime.log().text(failed[0].low()), "out of paper");
    assert_eq!(runtime.stats().failed, 1);
}

/// What does not fit into the blocks that tasks share is put elsewhere, and dropped there.
#[test]
fn futures_may_be_large_or_aligned_to_much() {
    #[repr(align(64))]
    struct Aligned(u8);
    let alive = Rc::new(());
    runtime().block_on(async {
        let large = spawn({
            let alive = Rc::clone(&alive);
            async move {
                let bytes = [7_u8; 4096];
                yield_now().await;
                (bytes, alive)
            }
        });
        let aligned = spawn(async {
            let value = Aligned(3);
            yield_now().await;
            (std::ptr::from_ref(&value).addr() % 64, value.0)
        });
        let aborted = spawn({
            let alive = Rc::clone(&alive);
            async move {
                let bytes = [1_u8; 2000];
                std::future::pending::<()>().await;
                (bytes, alive)
            }
        });
        let (bytes, kept) = large.await.unwrap();
        assert!(bytes.iter().all(|byte| *byte == 7));
        assert_eq!(Rc::strong_count(&alive), 3);
        drop(kept);
        assert_eq!(aligned.await.unwrap(), (0, 3));
        aborted.abort();
        assert!(aborted.await.unwrap_err().is_cancelled());
        assert_eq!(Rc::strong_count(&alive), 1);
    });
}
