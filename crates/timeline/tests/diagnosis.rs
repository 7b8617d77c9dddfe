//! Each finding in a small program that has it, and none in programs that have nothing.

mod support;

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use proptest::prelude::*;
use support::{cases, ms, nonsense, perform, programs, record, run};
use wakeline::cancel::cancellable;
use wakeline::log::{Kind, Log};
use wakeline::sync::{Condvar, Mutex, Notify, Semaphore, mpsc};
use wakeline::task::{Builder as TaskBuilder, yield_now};
use wakeline::time::{block, sleep};
use wakeline::{Builder, Policy, spawn, spawn_named};
use wakeline_phrases::Language;
use wakeline_timeline::Model;
use wakeline_timeline::diagnosis::{Code, Finding, Severity, findings, general, specific};
use wakeline_timeline::json::Json;

fn diagnose<F: Future + 'static>(program: F) -> (Log, Vec<Finding>)
where
    F::Output: 'static,
{
    let log = record(0, Policy::Fifo, program);
    let found = findings(&log);
    (log, found)
}

/// The one finding, which must have this code.
fn only(found: &[Finding], code: Code) -> &Finding {
    let [finding] = found else {
        panic!("not one finding but {found:#?}");
    };
    assert_eq!(finding.code, code);
    finding
}

fn codes(found: &[Finding]) -> Vec<Code> {
    found.iter().map(|finding| finding.code).collect()
}

fn task_named(log: &Log, name: &str) -> u32 {
    let mut events = log.columns.iter_from(0);
    let named =
        events.find(|event| event.kind == Kind::TaskCreated && log.text(event.low()) == name);
    named.unwrap().subject
}

fn kind_at(log: &Log, event: u32) -> Kind {
    log.columns.kind(event as usize).unwrap()
}

#[test]
fn a_long_poll_is_found_with_its_length_and_place() {
    let (log, found) = diagnose(async {
        spawn_named("worker", async {
            for time in [5, 40, 200] {
                block(ms(time));
                yield_now().await;
            }
        })
        .await
        .unwrap();
    });
    let finding = only(&found, Code::LongPoll);
    assert_eq!(finding.task, task_named(&log, "worker"));
    assert_eq!(finding.severity, Severity::Trouble);
    assert_eq!(finding.number("count"), Some(2));
    assert_eq!(finding.number("longest_ns"), Some(200_000_000));
    assert_eq!(finding.number("total_ns"), Some(240_000_000));
    assert_eq!(kind_at(&log, finding.event), Kind::PollBegun);
    assert_eq!(kind_at(&log, finding.until.unwrap()), Kind::PollEnded);
}

#[test]
fn a_poll_that_never_ends_is_found_where_the_log_does() {
    let runtime = Builder::new().event_limit(30_000).build();
    run(&runtime, async {
        spawn_named("talker", async {
            for _ in 0..20_000 {
                wakeline::println!("still here");
            }
        })
        .await
        .unwrap();
    });
    let log = runtime.log().clone();
    let found = findings(&log);
    let finding = only(&found, Code::NeverYields);
    assert_eq!(finding.task, task_named(&log, "talker"));
    assert!(finding.number("events") >= Some(20_000));
}

#[test]
fn a_task_that_waits_busily_is_found() {
    let (log, found) = diagnose(async {
        let done = Rc::new(Cell::new(0));
        let counter = Rc::clone(&done);
        let other = spawn(async move {
            for turn in 0..80 {
                counter.set(turn);
                wakeline::println!("turn {turn}");
                yield_now().await;
            }
        });
        spawn_named("poller", async move {
            while done.get() < 79 {
                yield_now().await;
            }
        })
        .await
        .unwrap();
        other.await.unwrap();
    });
    let finding = only(&found, Code::SelfWakes);
    assert_eq!(finding.task, task_named(&log, "poller"));
    assert!(finding.number("most") >= Some(70), "{finding:?}");
    assert!(finding.number("percent") >= Some(90));
}

#[test]
fn giving_way_between_pieces_of_work_is_none() {
    let (_, found) = diagnose(async {
        for piece in 0..200 {
            wakeline::println!("piece {piece}");
            yield_now().await;
        }
    });
    assert_eq!(found, []);
}

#[test]
fn a_crowd_that_is_woken_for_one_is_found() {
    let (log, found) = diagnose(async {
        let shared = Rc::new((Mutex::new(0_u32), Condvar::new()));
        let waiter = |number: u32| {
            let shared = Rc::clone(&shared);
            spawn_named(format!("waiter {number}"), async move {
                let (turn, condition) = &*shared;
                let mut turn = turn.lock().await;
                while *turn < 30 * (number + 1) {
                    turn = condition.wait(turn).await;
                }
            })
        };
        let waiters = [waiter(0), waiter(1)];
        for _ in 0..60 {
            sleep(ms(1)).await;
            *shared.0.lock().await += 1;
            shared.1.notify_all();
        }
        for waiter in waiters {
            waiter.await.unwrap();
        }
    });
    assert_eq!(codes(&found), [Code::SpuriousWakes; 2], "{found:#?}");
    assert_eq!(found[0].task, task_named(&log, "waiter 0"));
    assert_eq!(found[0].number("count"), Some(29));
    assert_eq!(found[1].number("count"), Some(59));
}

#[test]
fn a_future_that_keeps_no_waker_is_found() {
    let (log, found) = diagnose(async {
        spawn_named("forgetful", poll_fn(|_| Poll::<()>::Pending))
            .await
            .unwrap();
    });
    let finding = found.iter().find(|finding| finding.code == Code::LostWaker);
    let finding = finding.unwrap();
    assert_eq!(finding.task, task_named(&log, "forgetful"));
    assert_eq!(finding.severity, Severity::Trouble);
    assert_eq!(kind_at(&log, finding.event), Kind::PollEnded);
    // Whoever awaits it is stuck with it.
    assert_eq!(codes(&found), [Code::Deadlock, Code::LostWaker]);
}

#[test]
fn a_task_left_asleep_in_a_run_that_ends_well_is_a_hint() {
    let (log, found) = diagnose(async {
        spawn_named("forgetful", poll_fn(|_| Poll::<()>::Pending)).detach();
        sleep(ms(10)).await;
    });
    let finding = only(&found, Code::LostWaker);
    assert_eq!(finding.severity, Severity::Hint);
    assert_eq!(finding.task, task_named(&log, "forgetful"));
    assert_eq!(finding.number("waited_ns"), Some(10_000_000));
}

#[test]
fn what_was_made_and_not_awaited_is_found() {
    let (_, found) = diagnose(async {
        for _ in 0..3 {
            drop(sleep(ms(5)));
        }
    });
    let finding = only(&found, Code::ForgottenAwait);
    assert_eq!(finding.number("count"), Some(3));
    assert_ne!(finding.location, 0);
}

#[test]
fn a_lock_across_an_await_is_found_with_what_it_cost() {
    let (log, found) = diagnose(async {
        let lock = Rc::new(Mutex::named("ledger", ()));
        let tasks: Vec<_> = (0..3)
            .map(|_| {
                let lock = Rc::clone(&lock);
                spawn(async move {
                    let _guard = lock.lock().await;
                    sleep(ms(10)).await;
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let finding = only(&found, Code::LockAcrossAwait);
    assert_eq!(finding.severity, Severity::Trouble);
    assert_eq!(finding.number("count"), Some(2));
    assert_eq!(finding.number("waited_ns"), Some(30_000_000));
    assert_eq!(finding.number("longest_ns"), Some(20_000_000));
    assert_eq!(kind_at(&log, finding.event), Kind::Acquired);
}

#[test]
fn a_queue_that_grows_is_found_and_a_burst_is_not() {
    let grow = |pause: u64, batch: u32| {
        diagnose(async move {
            let (sender, mut receiver) = mpsc::unbounded_channel::<u32>();
            let producer = spawn(async move {
                for number in 0..200 {
                    sender.send(number).unwrap();
                    if number % batch == 0 {
                        sleep(ms(pause)).await;
                    }
                }
            });
            while receiver.recv().await.is_some() {
                sleep(ms(3)).await;
            }
            producer.await.unwrap();
        })
        .1
    };
    let found = grow(1, 1);
    let finding = only(&found, Code::UnboundedGrowth);
    assert!(finding.number("most") >= Some(100), "{finding:?}");
    assert!(finding.number("sent") > finding.number("received"));
    assert_eq!(grow(4, 1), [], "the receiver is quicker");
    assert_eq!(grow(1, 1_000), [], "all at once, before the first is taken");
}

#[test]
fn a_task_that_is_passed_over_is_found() {
    let log = record(0, Policy::Priority, async {
        let low = TaskBuilder::new().name("low").priority(-1).spawn(async {});
        let high: Vec<_> = (0..2)
            .map(|number| {
                spawn(async move {
                    for turn in 0..100 {
                        wakeline::println!("{number}: {turn}");
                        yield_now().await;
                    }
                })
            })
            .collect();
        for task in high {
            task.await.unwrap();
        }
        low.await.unwrap();
    });
    let found = findings(&log);
    let finding = only(&found, Code::Starvation);
    assert_eq!(finding.task, task_named(&log, "low"));
    assert!(finding.number("overtaken") >= Some(190), "{finding:?}");
    assert_eq!(kind_at(&log, finding.event), Kind::TaskReady);
}

#[test]
fn chance_starves_nobody() {
    for seed in 0..20 {
        let log = record(seed, Policy::Random, async {
            let tasks: Vec<_> = (0..10)
                .map(|number| {
                    spawn(async move {
                        for turn in 0..100 {
                            wakeline::println!("{number}: {turn}");
                            yield_now().await;
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        });
        assert_eq!(findings(&log), [], "seed {seed}");
    }
}

#[test]
fn a_notification_that_comes_too_early_is_found() {
    let (_, found) = diagnose(async {
        let bell = Rc::new(Notify::named("bell"));
        bell.notify_waiters();
        bell.notified().await;
    });
    let lost = found.iter().find(|it| it.code == Code::LostNotification);
    let lost = lost.unwrap();
    assert_eq!(lost.severity, Severity::Trouble);
    assert_eq!(lost.number("count"), Some(1));
    assert_eq!(lost.task, 1, "main waits in vain");
}

#[test]
fn a_circle_of_tasks_is_one_finding() {
    let (log, found) = diagnose(async {
        let locks = Rc::new([Mutex::named("left", ()), Mutex::named("right", ())]);
        let take = |name: &str, first: usize| {
            let locks = Rc::clone(&locks);
            spawn_named(name, async move {
                let _first = locks[first].lock().await;
                sleep(ms(1)).await;
                let _second = locks[1 - first].lock().await;
            })
        };
        let tasks = [take("a", 0), take("b", 1)];
        for task in tasks {
            task.await.unwrap();
        }
    });
    let deadlocks: Vec<&Finding> = found
        .iter()
        .filter(|it| it.code == Code::Deadlock)
        .collect();
    // The circle, and the main task, which waits for it.
    assert_eq!(deadlocks.len(), 2, "{found:#?}");
    let circle = deadlocks
        .iter()
        .find(|it| it.number("count") == Some(2))
        .unwrap();
    assert_eq!(circle.task, task_named(&log, "a"));
    assert_eq!(circle.also.len(), 1);
    assert_eq!(circle.also[0].task, task_named(&log, "b"));
    assert_eq!(kind_at(&log, circle.event), Kind::WaitBegun);
    // That these locks are held across an await is what the circle consists of.
    let others: Vec<Code> = found.iter().map(|it| it.code).collect();
    assert_eq!(others, [Code::Deadlock, Code::Deadlock]);
}

#[test]
fn a_lock_that_nobody_waits_for_in_vain_is_told_beside_a_deadlock() {
    let (log, found) = diagnose(async {
        let locks = Rc::new([Mutex::new(()), Mutex::new(()), Mutex::new(())]);
        let take = |name, first: usize| {
            let locks = Rc::clone(&locks);
            spawn_named(name, async move {
                let _first = locks[first].lock().await;
                sleep(ms(1)).await;
                let _second = locks[1 - first].lock().await;
            })
        };
        let slow = |name| {
            let locks = Rc::clone(&locks);
            spawn_named(name, async move {
                let _guard = locks[2].lock().await;
                sleep(ms(3)).await;
            })
        };
        let tasks = [take("a", 0), take("b", 1), slow("c"), slow("d")];
        for task in tasks {
            task.await.unwrap();
        }
    });
    let mut told = found.iter().filter(|it| it.code == Code::LockAcrossAwait);
    let finding = told.next().unwrap();
    assert_eq!(told.next(), None);
    assert_eq!(finding.task, task_named(&log, "c"));
    assert_eq!(finding.severity, Severity::Trouble);
    assert_eq!(finding.number("waited_ns"), Some(3_000_000));
}

#[test]
fn a_task_that_is_dropped_while_it_cleans_up_is_found() {
    let worker = |cleanup: u64, patience: u64| {
        diagnose(async move {
            let worker = wakeline::cancel::spawn("worker", async move {
                match cancellable(sleep(ms(1_000))).await {
                    Ok(()) => Ok(()),
                    Err(cancelled) => {
                        sleep(ms(cleanup)).await;
                        Err(cancelled)
                    }
                }
            });
            sleep(ms(5)).await;
            worker.cancel();
            sleep(ms(patience)).await;
            worker.abort();
            let _ = worker.await;
        })
    };
    let (log, found) = worker(50, 20);
    let finding = only(&found, Code::CancelledInCleanup);
    assert_eq!(finding.task, task_named(&log, "worker"));
    assert_eq!(finding.number("waited_ns"), Some(20_000_000));
    assert_eq!(finding.also[0].task, 1, "main lost its patience");
    assert_eq!(worker(10, 20).1, [], "it was done by then");
}

#[test]
fn callers_that_come_back_together_are_found() {
    let callers = |spread: u64| {
        diagnose(async move {
            let tasks: Vec<_> = (0..6_u64)
                .map(|number| {
                    spawn(async move {
                        for attempt in 0..5 {
                            wakeline::eprintln!("attempt {attempt} failed");
                            sleep(ms(100 + spread * number)).await;
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        })
        .1
    };
    let found = callers(0);
    let finding = only(&found, Code::RetryStorm);
    assert_eq!(finding.number("count"), Some(4));
    assert_eq!(finding.number("others"), Some(6));
    assert_eq!(finding.number("failures"), Some(30));
    assert_eq!(callers(3), [], "each at its own time");
}

#[test]
fn an_attempt_after_the_other_without_a_pause_is_found() {
    let (_, found) = diagnose(async {
        spawn_named("eager", async {
            for attempt in 0..40 {
                wakeline::eprintln!("attempt {attempt} failed");
                yield_now().await;
            }
        })
        .await
        .unwrap();
    });
    let finding = only(&found, Code::RetryStorm);
    assert_eq!(finding.number("most"), Some(40));
}

#[test]
fn an_error_that_nobody_can_see_is_found() {
    let (log, found) = diagnose(async {
        let task = TaskBuilder::new().name("broken");
        task.spawn_fallible(async { Err::<(), _>("broken".to_owned()) })
            .detach();
        sleep(ms(1)).await;
    });
    let finding = only(&found, Code::ErrorNeverSeen);
    assert_eq!(finding.task, task_named(&log, "broken"));
}

#[test]
fn a_program_with_some_of_everything_has_no_findings() {
    let (_, found) = diagnose(async {
        let (sender, mut receiver) = mpsc::channel::<u64>(2);
        let permits = Rc::new(Semaphore::new(2));
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let (sender, permits) = (sender.clone(), Rc::clone(&permits));
                spawn(async move {
                    for round in 0..20 {
                        let permit = permits.acquire().await.unwrap();
                        sleep(ms(number % 3)).await;
                        drop(permit);
                        sender.send(round).await.unwrap();
                    }
                })
            })
            .collect();
        drop(sender);
        while receiver.recv().await.is_some() {
            sleep(ms(1)).await;
        }
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(found, []);
}

#[test]
fn every_finding_has_its_words() {
    for language in Language::ALL {
        for code in Code::ALL {
            for form in ["name", "general", "specific"] {
                let key = format!("finding.{}.{form}", code.name());
                assert!(language.find(&key).is_some(), "{key} in {}", language.tag());
            }
        }
    }
}

/// Everything that a finding says is there: no placeholder is left, and every place exists.
fn is_told(log: &Log, found: &[Finding]) -> Result<(), TestCaseError> {
    let model = Model::from_log(log.clone());
    for finding in found {
        let places = finding.also.iter().map(|place| place.event);
        let places = places.chain(finding.until).chain([finding.event]);
        for event in places {
            prop_assert!((event as usize) < log.len(), "{:?}", finding);
        }
        prop_assert!(finding.until.is_none_or(|until| until >= finding.event));
        for language in Language::ALL {
            for sentence in [general(finding), specific(finding)] {
                let text = sentence.text(&model, language);
                prop_assert!(!text.contains(['{', '}']), "{}", text);
            }
        }
        let mut json = Json::new();
        finding.write(&mut json);
        prop_assert!(json.finish().contains(finding.code.name()));
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn findings_of_any_program_can_be_told((seed, random, deeds) in programs()) {
        let log = perform(seed, random, deeds).0;
        is_told(&log, &findings(&log))?;
    }

    #[test]
    fn nonsense_is_read_without_a_panic(log in nonsense(600)) {
        let _ = findings(&log);
    }
}
