//! Looking at tasks: handles, lists, ends.

mod support;

use std::cell::RefCell;
use std::rc::Rc;

use support::{Drops, events, lines, ms, runtime};
use wakeline::log::{Kind, Outcome};
use wakeline::task::{self, Builder, TaskEnd, TaskState, yield_now};
use wakeline::time::sleep;
use wakeline::{spawn, spawn_named};

#[test]
fn the_list_has_every_live_task_with_name_state_age_and_place() {
    let runtime = runtime();
    runtime.block_on(async {
        let waiting = spawn_named("waiting", sleep(ms(100)));
        sleep(ms(10)).await;
        let line = line!() + 1;
        let ready = spawn(async {});
        let tasks = task::list();
        let states: Vec<_> = tasks.iter().map(|task| task.state).collect();
        let expected = [TaskState::Running, TaskState::Waiting, TaskState::Ready];
        assert_eq!(states, expected);
        let names: Vec<_> = tasks.iter().map(|task| task.name.as_deref()).collect();
        assert_eq!(names, [Some("main"), Some("waiting"), None]);
        assert_eq!(tasks[1].age, Some(ms(10)));
        assert_eq!(tasks[2].age, Some(ms(0)));
        let place = tasks[2].spawned_at.unwrap();
        assert!(place.file().ends_with("task_list.rs"));
        assert_eq!(place.line(), line);
        ready.await.unwrap();
        tasks[1].handle.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        assert_eq!(task::list().len(), 1);
    });
    assert!(runtime.tasks().is_empty());
}

#[test]
fn without_a_recording_age_and_place_are_unknown() {
    let runtime = wakeline::Builder::new().record(false).build();
    let task = runtime.spawn_named("quiet", async {});
    let tasks = runtime.tasks();
    assert_eq!((tasks[0].age, tasks[0].spawned_at), (None, None));
    assert_eq!(tasks[0].name.as_deref(), Some("quiet"));
    assert_eq!(tasks[0].id, task.id());
}

#[test]
fn a_task_can_name_itself_and_others_and_the_log_knows() {
    let runtime = runtime();
    runtime.block_on(async {
        let task = spawn(async {
            let me = task::handle().unwrap();
            assert_eq!(me.name(), None);
            me.set_name("chosen");
            yield_now().await;
            assert_eq!(me.name().as_deref(), Some("given"));
        });
        yield_now().await;
        let handle = task.handle();
        assert_eq!(handle.name().as_deref(), Some("chosen"));
        handle.set_name("given");
        task.await.unwrap();
        handle.set_name("too late");
        assert_eq!(handle.name(), None);
    });
    let log = runtime.log();
    let named: Vec<_> = events(&runtime, Kind::TaskNamed)
        .into_iter()
        .map(|event| log.text(event.low()).to_owned())
        .collect();
    assert_eq!(named, ["chosen", "given"]);
    drop(log);
    assert!(task::handle().is_none());
}

#[test]
fn every_manner_of_ending_is_told() {
    let runtime = runtime();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let note = |name: &'static str| {
        let seen = Rc::clone(&seen);
        move |_, end| seen.borrow_mut().push((name, end))
    };
    runtime.block_on(async {
        let returns = spawn(async {});
        let panics = spawn(async {
            if wakeline::time::now().as_nanos() == 0 {
                panic!("boom");
            }
        });
        let fails = Builder::new().spawn_fallible(async { Err::<(), _>("no luck") });
        let aborted = spawn(sleep(ms(1000)));
        let asked = wakeline::cancel::spawn("asked", async {
            wakeline::cancel::cancellable(sleep(ms(1000))).await
        });
        returns.on_end(note("returns"));
        panics.on_end(note("panics"));
        fails.on_end(note("fails"));
        aborted.on_end(note("aborted"));
        asked.on_end(note("asked"));
        assert_eq!(returns.end(), None);
        yield_now().await;
        aborted.abort();
        asked.cancel();
        sleep(ms(1)).await;
        let ends = [
            returns.end(),
            panics.end(),
            fails.end(),
            aborted.end(),
            asked.end(),
        ];
        use TaskEnd::{Cancelled, Completed, Failed};
        let expected = [Completed, Failed, Failed, Cancelled, Cancelled];
        assert_eq!(ends.map(Option::unwrap), expected);
        // The outputs are where they were.
        returns.await.unwrap();
        assert!(panics.await.unwrap_err().is_panic());
    });
    use TaskEnd::{Cancelled, Completed, Failed};
    assert_eq!(
        *seen.borrow(),
        [
            ("returns", Completed),
            ("panics", Failed),
            ("fails", Failed),
            ("aborted", Cancelled),
            ("asked", Cancelled),
        ]
    );
}

#[test]
fn functions_are_called_at_their_turn_in_the_order_of_registration_and_can_be_taken_back() {
    let runtime = runtime();
    runtime.block_on(async {
        let task = spawn(async { wakeline::println!("task") });
        task.on_end(|_, _| wakeline::println!("first"));
        let second = task.on_end(|_, _| wakeline::println!("never"));
        task.on_end(|_, _| wakeline::println!("third"));
        assert!(second.unregister());
        assert!(!second.unregister());
        let joiner = spawn(async move {
            task.await.unwrap();
            wakeline::println!("joined");
        });
        sleep(ms(1)).await;
        let late = joiner.on_end(|id, end| {
            assert_eq!(end, TaskEnd::Completed);
            assert!(id.get() > 1);
            wakeline::println!("late");
        });
        assert!(!late.unregister());
        wakeline::println!("not inside of on_end");
        sleep(ms(1)).await;
    });
    let texts: Vec<String> = lines(&runtime).into_iter().map(|(_, text)| text).collect();
    let expected = [
        "task",
        "first",
        "third",
        "joined",
        "not inside of on_end",
        "late",
    ];
    // The joiner had not polled the handle when the task ended: it comes to it at its own turn,
    // before the callbacks, which stand behind it.
    let mut expected: Vec<&str> = expected.to_vec();
    expected.swap(1, 3);
    expected.swap(2, 3);
    assert_eq!(texts, expected);
}

#[test]
fn a_task_that_is_alive_when_the_runtime_ends_was_dropped_and_nothing_is_called() {
    let runtime = runtime();
    let task = runtime.spawn(async { sleep(ms(1000)).await });
    task.on_end(|_, _| unreachable!("the runtime has ended"));
    runtime.block_on(yield_now());
    runtime.finish(Outcome::Stopped, "");
    assert_eq!(task.end(), Some(TaskEnd::Dropped));
    assert!(task.handle().is_finished());
}

#[test]
fn a_handle_that_aborts_on_drop_does_so_wherever_it_is_dropped() {
    runtime().block_on(async {
        let drops = Drops::default();
        let start = |drops: &Drops| {
            let guard = drops.guard();
            spawn(async move {
                let _guard = guard;
                sleep(ms(10)).await;
                7
            })
        };
        drop(start(&drops).abort_on_drop());
        yield_now().await;
        assert_eq!(drops.count(), 1);

        let mut waiting = start(&drops).abort_on_drop();
        let limit = wakeline::time::timeout(ms(1), &mut waiting).await;
        assert!(
            limit.is_err(),
            "a borrowed wait that is dropped changes nothing"
        );
        assert_eq!(waiting.await.unwrap(), 7);
        assert_eq!(drops.count(), 2);

        let detached = start(&drops).abort_on_drop().into_inner();
        detached.detach();
        sleep(ms(20)).await;
        assert_eq!(drops.count(), 3);
    });
}

#[test]
fn a_set_gives_what_has_ended_without_waiting_and_everything_with() {
    runtime().block_on(async {
        let mut set = task::JoinSet::new();
        for number in [3, 1, 2] {
            set.spawn(async move {
                sleep(ms(number)).await;
                number
            });
        }
        assert!(set.try_join_next().is_none());
        sleep(ms(1)).await;
        yield_now().await;
        assert_eq!(set.try_join_next().unwrap().unwrap(), 1);
        assert!(set.try_join_next().is_none());
        assert_eq!(set.len(), 2);
        let rest: Vec<u64> = set.join_all().await.into_iter().flatten().collect();
        assert_eq!(rest, [2, 3]);
    });
}
