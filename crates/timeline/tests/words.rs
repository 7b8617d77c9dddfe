//! Every sentence exists in each language, and says what was the case.

mod support;

use proptest::prelude::*;
use support::{cases, ms, nonsense, perform, programs, record};
use wakeline::Policy;
use wakeline::log::{Cause, FindingKind, Kind, Log, NetworkPhase, Outcome, Reason, ResourceKind};
use wakeline::sync::{Mutex, Semaphore, mpsc};
use wakeline_phrases::Language;
use wakeline_timeline::state::{Status, Task};
use wakeline_timeline::{Argument, Look, Model, Part, Phrase};

/// The placeholders of a phrase that nothing fills, and the keys that no table has.
fn faults(phrase: &Phrase, faults: &mut Vec<String>) {
    for language in Language::ALL {
        let Some(text) = language.find(phrase.key()) else {
            faults.push(format!("{} is in no table of {language:?}", phrase.key()));
            continue;
        };
        for name in text
            .split('{')
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('}')?.0))
        {
            if !phrase.arguments().iter().any(|(known, _)| *known == name) {
                faults.push(format!("{} lacks {name}", phrase.key()));
            }
        }
    }
    for (_, argument) in phrase.arguments() {
        inner(argument, faults);
    }
}

fn inner(argument: &Argument, found: &mut Vec<String>) {
    match argument {
        Argument::Phrase(phrase) => faults(phrase, found),
        Argument::List(items, _) => items.iter().for_each(|item| inner(item, found)),
        _ => {}
    }
}

fn logs() -> impl Strategy<Value = Log> {
    prop_oneof![
        1 => programs().prop_map(|(seed, random, deeds)| perform(seed, random, deeds).0),
        1 => nonsense(500),
    ]
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn every_event_and_every_moment_has_its_sentence(log in logs()) {
        let model = Model::from_log(log);
        let mut found = Vec::new();
        for index in 0..model.len() {
            faults(&model.describe(index).unwrap(), &mut found);
        }
        let mut state = model.state_at(0);
        for step in (0..=model.len()).step_by(11) {
            model.seek(&mut state, step);
            for task in 0..=model.tip().tasks_len() as u32 + 1 {
                let why = model.why(&state, task);
                faults(&why, &mut found);
                let text: String = why.parts(&model, Language::English).iter()
                    .map(Part::text).collect();
                prop_assert_eq!(&text, &why.text(&model, Language::English));
            }
        }
        prop_assert!(found.is_empty(), "{:?}", found);
        prop_assert_eq!(model.describe(model.len()), None);
    }
}

#[test]
fn every_name_of_the_log_is_in_the_tables() {
    let mut keys: Vec<String> = Vec::new();
    keys.extend(Kind::ALL.iter().map(|kind| format!("kind.{}", kind.name())));
    keys.extend(
        FindingKind::ALL
            .iter()
            .map(|kind| format!("finding.{}", kind.name())),
    );
    keys.extend(
        Reason::ALL
            .iter()
            .map(|reason| format!("reason.{}", reason.name())),
    );
    keys.extend(
        Reason::ALL
            .iter()
            .map(|reason| format!("wait.{}", reason.name())),
    );
    keys.extend(
        Cause::ALL
            .iter()
            .map(|cause| format!("cause.{}", cause.name())),
    );
    keys.extend(
        Outcome::ALL
            .iter()
            .map(|outcome| format!("outcome.{}", outcome.name())),
    );
    keys.extend(
        ResourceKind::ALL
            .iter()
            .map(|kind| format!("resource.{}", kind.name())),
    );
    keys.extend(
        ResourceKind::ALL
            .iter()
            .map(|kind| format!("name.{}", kind.name())),
    );
    keys.extend(
        NetworkPhase::ALL
            .iter()
            .map(|phase| format!("phase.{}", phase.name())),
    );
    keys.extend(Look::ALL.iter().map(|look| format!("look.{}", look.name())));
    keys.extend(
        Kind::ALL
            .iter()
            .map(|kind| Model::kind_name(*kind).key().to_owned()),
    );
    for key in keys {
        for language in Language::ALL {
            assert!(
                language.find(&key).is_some(),
                "{key} is missing in {language:?}"
            );
        }
    }
}

/// Every sentence that `why` gives for a task during a run, once each, in order.
fn story(log: &Log, name: &str, language: Language) -> Vec<String> {
    let model = Model::from_log(log.clone());
    let wanted = |task: &&Task| model.log().text(task.name) == name;
    let id = model.tip().tasks().find(wanted).unwrap().id;
    let mut sentences: Vec<String> = Vec::new();
    for step in 0..=model.len() {
        let state = model.state_at(step);
        // Between the end of the last poll and the event that says how the task ended.
        let ending = state
            .task(id)
            .filter(|task| task.polls > 0)
            .is_some_and(|task| matches!(task.status(), Status::Waiting { waits: [], .. }));
        let text = model.why(&state, id).text(&model, language);
        if !ending && sentences.last() != Some(&text) {
            sentences.push(text);
        }
    }
    sentences
}

fn kitchen() -> Log {
    record(0, Policy::Fifo, async {
        let (orders, mut pass) = mpsc::Builder::new("orders").bounded(1);
        let stove = std::rc::Rc::new(Mutex::named("stove", ()));
        let shared = std::rc::Rc::clone(&stove);
        let cook = wakeline::spawn_named("cook", async move {
            while let Some(()) = pass.recv().await {
                let _stove = shared.lock().await;
                wakeline::time::sleep(ms(10)).await;
            }
        });
        let waiter = wakeline::spawn_named("waiter", async move {
            for _ in 0..3 {
                orders.send(()).await.unwrap();
            }
            wakeline::time::sleep(ms(1)).await;
            let _stove = stove.lock().await;
        });
        cook.await.unwrap();
        waiter.await.unwrap();
    })
}

#[test]
fn the_story_of_a_task_in_english() {
    let expected = [
        "waiter does not exist yet.",
        "waiter has just been created.",
        "waiter has been ready since 0 s (just spawned), behind cook in the queue.",
        "waiter has been ready since 0 s (just spawned) and runs next, after cook.",
        "waiter has been ready since 0 s (just spawned) and runs next.",
        "waiter is running: this is its poll number 1.",
        "waiter waits for room in orders, which is full: 1 of 1 inside.",
        "waiter waited for room in orders; there is some now.",
        "waiter has been ready since 0 s (woken by cook) and runs next, after cook.",
        "waiter has been ready since 0 s (woken by cook) and runs next.",
        "waiter is running: this is its poll number 2.",
        "waiter waits for room in orders, which is full: 1 of 1 inside.",
        "waiter waited for room in orders; there is some now.",
        "waiter has been ready since 10 ms (woken by cook) and runs next, after cook.",
        "waiter has been ready since 10 ms (woken by cook) and runs next.",
        "waiter is running: this is its poll number 3.",
        "waiter sleeps until 11 ms, for another 1 ms.",
        "waiter waited for a timer that has just come to its end.",
        "waiter has been ready since 11 ms (its timer fired) and runs next.",
        "waiter is running: this is its poll number 4.",
        "waiter waits for stove, held by cook since 10 ms.",
        "waiter waits for stove, which has just become free.",
        "waiter has been given stove and is about to run.",
        "waiter has been ready since 20 ms (woken by cook) and runs next, after cook.",
        "waiter has been ready since 20 ms (woken by cook) and runs next.",
        "waiter is running: this is its poll number 5.",
        "waiter returned at 20 ms, 20 ms after it was spawned (polls: 5).",
    ];
    assert_eq!(story(&kitchen(), "waiter", Language::English), expected);
}

#[test]
fn the_same_story_in_chinese_speaks_of_the_same_moments() {
    let log = kitchen();
    let english = story(&log, "waiter", Language::English);
    let chinese = story(&log, "waiter", Language::Chinese);
    assert_eq!(chinese.len(), english.len());
    assert_eq!(chinese[0], "waiter 尚不存在。");
    assert_eq!(
        chinese[20],
        "waiter 等待 stove，它自 10 ms 起被 cook 持有。"
    );
}

/// What `why` says of the named task at the end of a run.
fn last_word(log: &Log, name: &str) -> String {
    let mut sentences = story(log, name, Language::English);
    sentences.pop().unwrap()
}

#[test]
fn ends_say_how_and_when() {
    let log = record(0, Policy::Fifo, async {
        let victim = wakeline::spawn_named("victim", wakeline::time::sleep(ms(50)));
        let failing = wakeline::task::Builder::new().name("failing");
        let failing = failing.spawn_fallible(async { Err::<(), _>("no {task} here") });
        let _ = failing.await;
        wakeline::time::sleep(ms(3)).await;
        victim.abort();
        let _ = victim.await;
        drop(wakeline::spawn_named("left", wakeline::time::sleep(ms(60))));
        wakeline::time::sleep(ms(1)).await;
    });
    assert_eq!(
        last_word(&log, "victim"),
        "victim was cancelled by main at 3 ms, 3 ms after it was spawned (polls: 1)."
    );
    // Braces in the program's own words are no placeholders.
    assert_eq!(
        last_word(&log, "failing"),
        "failing failed at 0 s, 0 s after it was spawned (polls: 1): no {task} here"
    );
    assert_eq!(
        last_word(&log, "left"),
        "left was still alive when the run ended at 4 ms, 1 ms after it was spawned (polls: 1)."
    );
}

#[test]
fn a_deadlock_says_that_nothing_helps_any_more() {
    let log = record(0, Policy::Fifo, async {
        let machines = std::rc::Rc::new(Semaphore::named("machines", 1));
        let _kept = machines.acquire().await;
        let shared = std::rc::Rc::clone(&machines);
        let other = wakeline::spawn_named("other", async move {
            let _ = shared.acquire().await;
        });
        let _ = other.await;
    });
    let sentences = story(&log, "other", Language::English);
    let stuck = "other waits for permits of machines: 1 of 1 are held, by main. \
                 Nothing can ever wake it: the run ends in a deadlock.";
    assert!(sentences.iter().any(|text| text == stuck), "{sentences:#?}");
    let model = Model::from_log(log);
    let lane = model.lanes().task(2).unwrap();
    assert!(lane.stuck_since.is_some());
}

#[test]
fn a_limit_and_a_second_arm_are_named() {
    let log = record(0, Policy::Fifo, async {
        let (_sender, mut receiver) = mpsc::Builder::<u32>::new("orders").bounded(1);
        let waiting = async {
            let _ = wakeline::time::timeout(ms(5), receiver.recv()).await;
        };
        wakeline::spawn_named("impatient", async { wakeline::task::yield_now().await });
        waiting.await;
    });
    let sentences = story(&log, "main", Language::English);
    let limit = "main waits for a message from orders, which is empty. \
                 It gives up at 5 ms, in 5 ms.";
    assert!(sentences.iter().any(|text| text == limit), "{sentences:#?}");
}

#[test]
fn chinese_words_meet_without_a_space() {
    let log = record(0, Policy::Fifo, async {
        let sleeper = wakeline::spawn_named("sleeper", wakeline::time::sleep(ms(5)));
        sleeper.await.unwrap();
    });
    let sentences = story(&log, "main", Language::Chinese);
    let expected = "main 等待 sleeper 结束，它在等待自己的定时器。";
    assert!(
        sentences.iter().any(|text| text == expected),
        "{sentences:#?}"
    );
}
