//! Which of the ready tasks goes next, and how a run is had again from its choices.

mod support;

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use proptest::prelude::*;
use support::{events, lines, ms};
use wakeline::log::{Event, FindingKind, Kind, Log, encode};
use wakeline::sync::{Mutex, Notify, mpsc};
use wakeline::task::{self, yield_now};
use wakeline::time::{sleep, timeout};
use wakeline::{Builder, Choice, Choices, Fallback, Policy, Progress, Runtime, spawn};

/// One thing that a task of a random program does.
#[derive(Clone, Debug)]
enum Deed {
    Yield,
    Sleep(u64),
    Lock(u64),
    Send,
    Receive,
    Wait,
    Notify,
    Draw,
    Urgent(i32),
    Spawn(i32, Vec<Deed>),
    Abort,
}

fn programs() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        6 => Just(Deed::Yield),
        4 => (0..4_u64).prop_map(Deed::Sleep),
        4 => (0..3_u64).prop_map(Deed::Lock),
        4 => Just(Deed::Send),
        3 => Just(Deed::Receive),
        2 => Just(Deed::Wait),
        2 => Just(Deed::Notify),
        2 => Just(Deed::Draw),
        2 => (-2..3_i32).prop_map(Deed::Urgent),
        1 => Just(Deed::Abort),
    ];
    let deed = deed.prop_recursive(3, 40, 6, |inner| {
        (-2..3_i32, prop::collection::vec(inner, 0..6))
            .prop_map(|(priority, deeds)| Deed::Spawn(priority, deeds))
    });
    prop::collection::vec(deed, 1..20)
}

struct Shared {
    sender: mpsc::Sender<u64>,
    receiver: Mutex<mpsc::Receiver<u64>>,
    lock: Mutex<()>,
    notify: Notify,
    last: RefCell<Option<task::AbortHandle>>,
}

fn act(shared: Rc<Shared>, deeds: Vec<Deed>) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        for deed in deeds {
            match deed {
                Deed::Yield => yield_now().await,
                Deed::Sleep(time) => sleep(ms(time)).await,
                Deed::Lock(time) => {
                    let _guard = shared.lock.lock().await;
                    sleep(ms(time)).await;
                }
                Deed::Send => {
                    let _ = timeout(ms(5), shared.sender.send(1)).await;
                }
                Deed::Receive => {
                    let receive = async { shared.receiver.lock().await.recv().await };
                    let _ = timeout(ms(5), receive).await;
                }
                Deed::Wait => drop(timeout(ms(5), shared.notify.notified()).await),
                Deed::Notify => shared.notify.notify_waiters(),
                Deed::Draw => wakeline::println!("{}", wakeline::random::range(0..=9)),
                Deed::Urgent(priority) => {
                    if let Some(handle) = task::handle() {
                        handle.set_priority(priority);
                    }
                }
                Deed::Spawn(priority, deeds) => {
                    let child = act(Rc::clone(&shared), deeds);
                    let child = task::Builder::new().priority(priority).spawn(child);
                    *shared.last.borrow_mut() = Some(child.abort_handle());
                }
                Deed::Abort => {
                    if let Some(last) = shared.last.borrow_mut().take() {
                        last.abort();
                    }
                }
            }
        }
    })
}

fn start(seed: u64, policy: &Policy, deeds: Vec<Deed>) -> Runtime {
    let runtime = Builder::new().seed(seed).policy(policy.clone()).build();
    runtime.enter(|| {
        let (sender, receiver) = mpsc::channel(2);
        let shared = Rc::new(Shared {
            sender,
            receiver: Mutex::new(receiver),
            lock: Mutex::new(()),
            notify: Notify::new(),
            last: RefCell::default(),
        });
        spawn(act(shared, deeds));
    });
    runtime
}

fn run(seed: u64, policy: &Policy, deeds: Vec<Deed>) -> Runtime {
    let runtime = start(seed, policy, deeds);
    assert_eq!(runtime.run_for(u32::MAX), Progress::Done);
    runtime
}

fn policies() -> impl Strategy<Value = Policy> {
    prop_oneof![Just(Policy::Random), Just(Policy::Priority)]
}

/// Calls `look` at each choice with those that were ready, in the order in which they became so.
fn at_choices(log: &Log, mut look: impl FnMut(&Event, &[u32], &dyn Fn(u32) -> i32)) {
    let mut ready: Vec<u32> = Vec::new();
    let mut priorities = std::collections::BTreeMap::new();
    for event in log.columns.iter_from(0) {
        match event.kind {
            Kind::TaskReady => ready.push(event.subject),
            Kind::PriorityChanged => {
                priorities.insert(event.subject, event.low().cast_signed());
            }
            Kind::PollBegun
            | Kind::TaskCompleted
            | Kind::TaskFailed
            | Kind::TaskCancelled
            | Kind::TaskDropped => ready.retain(|task| *task != event.subject),
            Kind::ChoiceMade => look(&event, &ready, &|task| {
                priorities.get(&task).copied().unwrap_or(0)
            }),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 2 } else { 200 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_run_is_had_again_from_its_choices(
        seed in any::<u64>(),
        policy in policies(),
        deeds in programs(),
    ) {
        let first = run(seed, &policy, deeds.clone());
        let choices = Choices::of(&first.log());
        let text = Policy::Recorded(choices.clone()).to_string();
        let again = run(seed, &text.parse().unwrap(), deeds);
        prop_assert_eq!(encode(&first.log()), encode(&again.log()));
        prop_assert_eq!(again.divergence(), None);
        prop_assert_eq!(Choices::of(&again.log()), choices);
    }

    /// The draws of the recorded choices are made all the same.
    #[test]
    fn the_beginning_of_a_random_run_goes_on_as_that_run(
        seed in any::<u64>(),
        deeds in programs(),
        share in 0..=100_usize,
    ) {
        let first = run(seed, &Policy::Random, deeds.clone());
        let choices = Choices::of(&first.log());
        let some = choices.first(choices.as_slice().len() * share / 100);
        let again = run(seed, &Policy::Recorded(some.then(Fallback::Random)), deeds);
        prop_assert_eq!(encode(&first.log()), encode(&again.log()));
    }

    /// The log alone says among whom was chosen, so a choice needs no list of them.
    #[test]
    fn a_choice_is_a_place_among_those_that_the_log_says_were_ready(
        seed in any::<u64>(),
        policy in policies(),
        deeds in programs(),
    ) {
        let runtime = run(seed, &policy, deeds);
        let mut wrong = Vec::new();
        at_choices(&runtime.log(), |choice, ready, priority| {
            let named = ready.get(choice.value as usize) == Some(&choice.subject);
            let greatest = ready.iter().map(|task| priority(*task)).max();
            let first = ready.iter().find(|task| Some(priority(**task)) == greatest);
            let fits = policy != Policy::Priority || first == Some(&choice.subject);
            if !named || ready.len() != choice.object as usize || ready.len() < 2 || !fits {
                wrong.push((*choice, ready.to_vec()));
            }
        });
        prop_assert!(wrong.is_empty(), "{:?}", wrong);
    }

    /// In turns, too, a choice is among those who were ready when the turn began.
    #[test]
    fn a_turn_polls_those_that_were_ready_and_nobody_else(
        seed in any::<u64>(),
        policy in prop_oneof![Just(Policy::Fifo), policies()],
        deeds in programs(),
    ) {
        let runtime = start(seed, &policy, deeds);
        loop {
            let from = runtime.log().len();
            let progress = runtime.run_turn();
            let log = runtime.log();
            let mut late = Vec::new();
            let mut begun = false;
            for event in log.columns.iter_from(from) {
                begun |= event.kind == Kind::PollBegun;
                if begun && event.kind == Kind::TaskReady {
                    late.push(event.subject);
                }
                let polled = event.kind == Kind::PollBegun && late.contains(&event.subject);
                prop_assert!(!polled, "task {} was polled in the turn that woke it", event.subject);
            }
            if progress == Progress::Done {
                break;
            }
        }
    }
}

#[test]
fn the_urgent_go_first_and_those_of_equal_priority_in_the_order_of_their_coming() {
    let runtime = Builder::new().policy(Policy::Priority).build();
    runtime.block_on(async {
        for (name, priority) in [("a", 0), ("b", 5), ("c", -1), ("d", 5), ("e", i32::MAX)] {
            task::Builder::new()
                .name(name)
                .priority(priority)
                .spawn(async move {
                    wakeline::println!("{name}");
                });
        }
        sleep(ms(1)).await;
    });
    let order: Vec<String> = lines(&runtime).into_iter().map(|(_, line)| line).collect();
    assert_eq!(order, ["e", "b", "d", "a", "c"]);
    let said = events(&runtime, Kind::PriorityChanged);
    let values: Vec<i32> = said.iter().map(|event| event.low().cast_signed()).collect();
    assert_eq!(values, [5, -1, 5, i32::MAX]);
}

#[test]
fn a_priority_that_changes_counts_for_a_task_that_is_ready_already() {
    let runtime = Builder::new().policy(Policy::Priority).build();
    runtime.block_on(async {
        let say = |name: &'static str| spawn(async move { wakeline::println!("{name}") });
        let (first, second, third) = (say("first"), say("second"), say("third"));
        third.set_priority(2);
        second.set_priority(1);
        third.set_priority(0);
        assert_eq!(
            (first.priority(), second.priority(), third.priority()),
            (0, 1, 0)
        );
        sleep(ms(1)).await;
        second.set_priority(9);
        assert_eq!(second.priority(), 0, "it has ended");
    });
    let order: Vec<String> = lines(&runtime).into_iter().map(|(_, line)| line).collect();
    assert_eq!(order, ["second", "first", "third"]);
}

#[test]
fn priorities_are_told_and_change_nothing_under_another_policy() {
    let runtime = Builder::new().build();
    runtime.block_on(async {
        let low = task::Builder::new()
            .priority(-3)
            .spawn(async { wakeline::println!("low") });
        let high = task::Builder::new()
            .priority(3)
            .spawn(async { wakeline::println!("high") });
        low.await.unwrap();
        high.await.unwrap();
    });
    let order: Vec<String> = lines(&runtime).into_iter().map(|(_, line)| line).collect();
    assert_eq!(order, ["low", "high"]);
    assert_eq!(events(&runtime, Kind::PriorityChanged).len(), 2);
    assert!(events(&runtime, Kind::ChoiceMade).is_empty());
}

/// Three tasks that say their names, once each.
async fn three() {
    for name in ["a", "b", "c"] {
        spawn(async move { wakeline::println!("{name}") });
    }
    sleep(ms(1)).await;
}

fn of_three(choices: Choices) -> (Runtime, Vec<String>) {
    let runtime = Builder::new().policy(Policy::Recorded(choices)).build();
    runtime.block_on(three());
    let order = lines(&runtime).into_iter().map(|(_, line)| line).collect();
    (runtime, order)
}

#[test]
fn choices_that_run_out_leave_the_rest_to_the_fallback() {
    let (runtime, order) = of_three(Choices::new([Choice { place: 2, among: 3 }]));
    assert_eq!(order, ["c", "a", "b"]);
    assert_eq!(runtime.divergence(), None);
    assert!(events(&runtime, Kind::Finding).is_empty());
}

#[test]
fn a_choice_that_does_not_fit_is_reported_and_the_fallback_goes_on() {
    let made = [
        Choice { place: 2, among: 3 },
        Choice { place: 3, among: 4 },
        Choice { place: 1, among: 2 },
    ];
    let (runtime, order) = of_three(Choices::new(made));
    assert_eq!(
        order,
        ["c", "a", "b"],
        "the last choice is not used any more"
    );
    let divergence = runtime.divergence().unwrap();
    assert_eq!((divergence.number, divergence.ready), (1, 2));
    assert_eq!(divergence.recorded, made[1]);
    let found = events(&runtime, Kind::Finding);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].flags, FindingKind::Diverged.code());
    assert_eq!(
        (found[0].object, found[0].low(), found[0].high()),
        (2, 1, 4)
    );
}

#[test]
fn a_task_that_wakes_itself_in_its_last_poll_is_not_among_the_ready() {
    let runtime = Builder::new().policy(Policy::Random).build();
    runtime.block_on(async {
        for _ in 0..3 {
            spawn(std::future::poll_fn(|cx| {
                cx.waker().wake_by_ref();
                std::task::Poll::Ready(())
            }));
        }
        sleep(ms(1)).await;
    });
    let among: Vec<u32> = events(&runtime, Kind::ChoiceMade)
        .iter()
        .map(|e| e.object)
        .collect();
    assert_eq!(among, [3, 2]);
}
