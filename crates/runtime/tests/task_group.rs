//! Tasks that end together.

mod support;

use std::cell::Cell;
use std::rc::Rc;

use support::{Drops, events, lines, ms, runtime};
use wakeline::cancel::cancellable;
use wakeline::log::{Kind, Reason};
use wakeline::task::{Stop, TaskEnd, group, yield_now};
use wakeline::time::{now, sleep, timeout};

type Nothing = Result<(), &'static str>;

#[test]
fn a_group_returns_when_its_body_and_every_task_have_ended() {
    let runtime = runtime();
    let sum = runtime.block_on(async {
        group(async |group| {
            let slow = group.spawn("slow", async {
                sleep(ms(30)).await;
                Ok::<_, &str>(1)
            });
            let quick = group.spawn("quick", async { Ok(2) });
            group.spawn("slowest", async {
                sleep(ms(50)).await;
                wakeline::println!("slowest");
                Ok(())
            });
            Ok(slow.await.unwrap_or(0) + quick.await.unwrap_or(0))
        })
        .await
        .map(|sum| (sum, now().as_nanos()))
    });
    assert_eq!(sum.unwrap(), (3, 50_000_000));
    assert_eq!(lines(&runtime), [(50, "slowest".to_owned())]);
}

#[test]
fn the_first_error_ends_the_siblings_and_their_clean_up_is_awaited() {
    let runtime = runtime();
    runtime.block_on(async {
        let drops = Drops::default();
        let guard = drops.guard();
        let error = group(async |group| {
            group.spawn("fails", async {
                sleep(ms(10)).await;
                Nothing::Err("first")
            });
            group.spawn("dropped", async move {
                let _guard = guard;
                sleep(ms(1000)).await;
                Ok(())
            });
            group.spawn_cancellable("cleans up", async {
                let waited = cancellable(sleep(ms(1000))).await;
                sleep(ms(5)).await;
                wakeline::println!("cleaned up");
                Ok(waited?)
            });
            // The body is dropped where it waits.
            sleep(ms(1000)).await;
            wakeline::println!("never");
            Ok(())
        })
        .await
        .unwrap_err();
        assert_eq!(error.failures().len(), 1);
        assert_eq!(error.first(), Some(&"first"));
        assert!(error.cancelled().is_none());
        assert_eq!(drops.count(), 1);
        assert_eq!(now().as_nanos(), 15_000_000);
    });
    assert_eq!(lines(&runtime), [(15, "cleaned up".to_owned())]);
    assert_eq!(events(&runtime, Kind::TaskFailed).len(), 1);
    assert_eq!(events(&runtime, Kind::TaskCancelled).len(), 2);
}

#[test]
fn all_errors_are_returned_together_in_the_order_in_which_they_happened() {
    runtime().block_on(async {
        let error = group(async |group| {
            group.spawn_cancellable("fails in its clean-up", async {
                match cancellable(sleep(ms(100))).await {
                    Ok(()) => Ok(()),
                    Err(_) => Err(Stop::Failed("clean-up")),
                }
            });
            group.spawn("fails", async {
                sleep(ms(10)).await;
                Nothing::Err("first")
            });
            group.spawn("panics at the same time", async {
                sleep(ms(10)).await;
                if now().as_nanos() > 0 {
                    panic!("second");
                }
                Ok(())
            });
            Ok(())
        })
        .await
        .unwrap_err();
        // Two have failed before the group had its turn: both count.
        let text = error.to_string();
        assert_eq!(
            text,
            "in a group of tasks: first; the task panicked: second; clean-up"
        );
        let tasks: Vec<_> = error.failures().iter().map(|f| f.task().unwrap()).collect();
        assert!(tasks[0] < tasks[1] && tasks[2] < tasks[0], "{tasks:?}");
    });
}

#[test]
fn a_failure_on_the_way_does_not_interrupt_the_clean_up_of_others() {
    runtime().block_on(async {
        let error = group(async |group| {
            group.spawn_cancellable("cleans up", async {
                let waited = cancellable(sleep(ms(1000))).await;
                assert!(cancellable(sleep(ms(10))).await.is_ok());
                Ok(waited?)
            });
            group.spawn_cancellable("fails in its clean-up", async {
                let _ = cancellable(sleep(ms(1000))).await;
                sleep(ms(5)).await;
                Err::<(), _>(Stop::Failed("second"))
            });
            Err::<(), _>(Stop::Failed("first"))
        })
        .await
        .unwrap_err();
        assert_eq!(error.to_string(), "in a group of tasks: first; second");
        assert_eq!(now().as_nanos(), 10_000_000);
    });
}

#[test]
fn a_panic_is_a_failure_like_any_other() {
    runtime().block_on(async {
        let error = group(async |group| {
            group.spawn("panics", async {
                if now().as_nanos() == 0 {
                    panic!("boom");
                }
                Nothing::Ok(())
            });
            sleep(ms(10)).await;
            Ok(())
        })
        .await
        .unwrap_err();
        assert_eq!(error.first(), None);
        let failure = error.into_failures().pop().unwrap();
        assert!(failure.into_error().unwrap_err().is_panic());
    });
}

#[test]
fn an_error_of_the_body_ends_the_tasks() {
    let runtime = runtime();
    runtime.block_on(async {
        let error = group::<(), _>(async |group| {
            group.spawn("worker", async {
                sleep(ms(1000)).await;
                Nothing::Ok(())
            });
            sleep(ms(1)).await;
            Err(Stop::Failed("body"))
        })
        .await
        .unwrap_err();
        assert_eq!(error.first(), Some(&"body"));
        assert_eq!(error.failures()[0].task(), None);
        assert_eq!(now().as_nanos(), 1_000_000);
    });
}

#[test]
fn a_request_reaches_the_body_and_after_it_the_tasks() {
    for body_waits in [true, false] {
        let runtime = runtime();
        runtime.block_on(async {
            let owner = wakeline::spawn(group(async move |group| {
                group.spawn_cancellable("worker", async {
                    let waited = cancellable(sleep(ms(1000))).await;
                    // The clean-up could be interrupted, and is not.
                    assert!(cancellable(sleep(ms(3))).await.is_ok());
                    Ok::<_, Stop<String>>(waited?)
                });
                if body_waits {
                    cancellable(sleep(ms(500))).await?;
                }
                Ok(())
            }));
            sleep(ms(10)).await;
            assert!(owner.cancel());
            // A second request does not interrupt the clean-up.
            sleep(ms(1)).await;
            assert!(owner.cancel());
            let error = owner.await.unwrap().unwrap_err();
            assert!(error.cancelled().is_some());
            assert!(error.failures().is_empty());
            assert_eq!(now().as_nanos(), 13_000_000, "body waits: {body_waits}");
        });
    }
}

#[test]
fn dropping_the_future_aborts_every_task_at_any_point() {
    // Before the first poll, in the body, and while only the tasks are left.
    for (limit, body) in [(0, 10), (5, 10), (15, 10)] {
        let runtime = runtime();
        let drops = Drops::default();
        runtime.block_on(async {
            let guards = [drops.guard(), drops.guard()];
            let inside = group(async |group| {
                for guard in guards {
                    group.spawn("worker", async move {
                        let _guard = guard;
                        sleep(ms(1000)).await;
                        Nothing::Ok(())
                    });
                }
                sleep(ms(body)).await;
                Ok(())
            });
            assert!(timeout(ms(limit), inside).await.is_err());
            yield_now().await;
            yield_now().await;
            assert_eq!(drops.count(), 2, "limit {limit}");
        });
    }
}

#[test]
fn a_task_that_comes_too_late_is_never_polled() {
    let runtime = runtime();
    runtime.block_on(async {
        let done = group::<_, String>(async |group| {
            group.end();
            let late = group.spawn("late", async {
                wakeline::println!("never");
                Ok(1)
            });
            assert_eq!(late.await, None);
            Ok("body")
        })
        .await;
        assert_eq!(done.unwrap(), "body");
    });
    assert!(lines(&runtime).is_empty());
}

#[test]
fn a_task_that_somebody_else_aborts_is_no_failure() {
    runtime().block_on(async {
        let result = group::<_, String>(async |group| {
            let victim = group.spawn("victim", async {
                sleep(ms(1000)).await;
                Ok(())
            });
            let handle = victim.handle();
            handle.abort();
            assert_eq!(victim.await, None);
            assert_eq!(handle.end(), Some(TaskEnd::Cancelled));
            Ok(group.len())
        })
        .await;
        assert_eq!(result.unwrap(), 0);
    });
}

#[test]
fn groups_nest_and_an_inner_failure_is_the_inner_groups() {
    runtime().block_on(async {
        let outer = group::<_, String>(async |outer| {
            outer.spawn("steady", async {
                sleep(ms(20)).await;
                Ok(())
            });
            let inner = group(async |inner| {
                inner.spawn("fails", async { Nothing::Err("inner") });
                sleep(ms(1000)).await;
                Ok(())
            })
            .await;
            Ok(inner.unwrap_err().to_string())
        })
        .await;
        assert_eq!(outer.unwrap(), "in a group of tasks: inner");
        assert_eq!(now().as_nanos(), 20_000_000);
    });
}

#[test]
fn the_log_says_that_the_owner_waits_for_each_task_that_is_left() {
    let runtime = runtime();
    let (first, second) = runtime.block_on(async {
        let ids = Rc::new(Cell::new((0, 0)));
        let inside = Rc::clone(&ids);
        group::<_, String>(async move |group| {
            let first = group.spawn("first", async {
                sleep(ms(1)).await;
                Ok(())
            });
            let second = group.spawn("second", async {
                sleep(ms(2)).await;
                Ok(())
            });
            inside.set((first.handle().id().get(), second.handle().id().get()));
            Ok(())
        })
        .await
        .unwrap();
        ids.get()
    });
    let joins = |kind| -> Vec<(u64, u32)> {
        let events = events(&runtime, kind).into_iter();
        events
            .filter(|event| event.flags == Reason::Join.code())
            .map(|event| (event.time / 1_000_000, event.object))
            .collect()
    };
    assert_eq!(joins(Kind::WaitBegun), [(0, first), (0, second)]);
    assert_eq!(joins(Kind::WaitEnded), [(1, first), (2, second)]);
}

#[test]
fn a_group_that_can_never_end_is_explained_by_the_tasks_it_waits_for() {
    let runtime = runtime();
    let stalled = runtime
        .try_block_on(async {
            group::<_, String>(async |group| {
                group.spawn("stuck", async {
                    std::future::pending::<()>().await;
                    Ok(())
                });
                Ok(())
            })
            .await
        })
        .unwrap_err();
    assert!(
        stalled.to_string().contains("waits for join “stuck”"),
        "{stalled}"
    );
}

#[test]
fn what_a_group_does_by_itself_is_done_where_it_is_awaited() {
    let runtime = runtime();
    let ended = runtime.block_on(async {
        let failing = group(async |group| {
            group.spawn("dropped", sleeping());
            group.spawn_cancellable("asked", async { Ok(cancellable(sleep(ms(9))).await?) });
            group.spawn("fails", async { Nothing::Err("at once") });
            Ok(())
        });
        let failed = failing.await.is_err();
        let dropped = timeout(
            ms(1),
            group(async |group| {
                group.spawn("aborted", sleeping());
                Ok(())
            }),
        );
        (failed, dropped.await.is_err())
    });
    assert_eq!(ended, (true, true));
    let log = runtime.log();
    let requests = events(&runtime, Kind::CancelRequested);
    assert_eq!(requests.len(), 3);
    for event in requests {
        let location = log.locations[event.location as usize];
        assert_eq!(log.text(location.file), "runtime/tests/task_group.rs");
    }
}

async fn sleeping() -> Nothing {
    sleep(ms(1000)).await;
    Ok(())
}
