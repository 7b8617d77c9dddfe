//! What is refused before a run begins, and how a run can be driven.

use wakeline_demos::{Progress, RunSetup, demos, prepare};
use wakeline_protocol::{Clock, Policy, Problem, Value, Values};

use crate::support::{run, tell, values};

fn refused(setup: RunSetup) -> Vec<Problem> {
    prepare(setup).map(|_| ()).unwrap_err()
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| &*problem.code).collect()
}

fn argument<'a>(problem: &'a Problem, name: &str) -> &'a str {
    let found = problem.arguments.iter().find(|(known, _)| known == name);
    &found.unwrap().1
}

#[test]
fn an_unknown_demo_is_refused_with_the_known_ones() {
    let problems = refused(RunSetup::of("nope"));
    assert_eq!(codes(&problems), ["unknown-demo"]);
    let known = argument(&problems[0], "known");
    assert!(
        demos().iter().all(|demo| known.contains(demo.slug())),
        "{known}"
    );
}

#[test]
fn bad_values_are_refused_all_at_once() {
    let bad: Values = [
        ("capacity".to_owned(), Value::Integer(-1)),
        ("nope".to_owned(), Value::Integer(1)),
        ("shutdown".to_owned(), Value::Text("never".to_owned())),
        ("produce_min_ms".to_owned(), Value::Integer(900)),
        ("items".to_owned(), Value::Text("abc".to_owned())),
    ]
    .into();
    let problems = refused(RunSetup {
        values: bad,
        ..RunSetup::of("producer-consumer")
    });
    let mut codes = codes(&problems);
    codes.sort_unstable();
    let expected = [
        "not-a-choice",
        "not-a-whole-number",
        "out-of-order",
        "out-of-range",
        "unknown-parameter",
    ];
    assert_eq!(codes, expected);
}

#[test]
fn a_demo_of_the_network_needs_a_server_only_when_it_is_live() {
    for demo in ["fetch", "websocket", "crawler", "realtime"] {
        assert!(prepare(RunSetup::of(demo)).is_ok(), "{demo}");
        let problems = refused(RunSetup {
            clock: Clock::Live,
            real_clock: Some(std::rc::Rc::new(|| 0)),
            ..RunSetup::of(demo)
        });
        assert_eq!(codes(&problems), ["not-an-address"], "{demo}");
    }
}

#[test]
fn addresses_that_are_none_are_refused() {
    for server in [
        "",
        "127.0.0.1:8080",
        "ftp://host",
        "http://",
        "http:///x",
        "http://a b",
    ] {
        let problems = refused(RunSetup {
            clock: Clock::Live,
            real_clock: Some(std::rc::Rc::new(|| 0)),
            server: server.to_owned(),
            ..RunSetup::of("fetch")
        });
        assert_eq!(codes(&problems), ["not-an-address"], "{server:?}");
    }
}

#[test]
fn a_live_run_needs_a_clock() {
    let problems = refused(RunSetup {
        clock: Clock::Live,
        ..RunSetup::of("hello")
    });
    assert_eq!(codes(&problems), ["no-clock"]);
}

#[test]
fn the_log_says_what_was_run_and_nothing_about_where() {
    let story = crate::support::run_setup(RunSetup {
        values: values("hello", &[("mode", "concurrent")]),
        seed: u64::MAX,
        server: "http://10.0.0.1".to_owned(),
        ..RunSetup::of("hello")
    });
    assert_eq!(
        story.log.meta,
        r#"{"demo":"hello","params":{"first_ms":1000,"greetings":2,"mode":"concurrent","second_ms":2000},"seed":"18446744073709551615","policy":"fifo","clock":"virtual"}"#
    );
}

#[test]
fn the_log_does_not_depend_on_how_the_run_is_cut_into_steps() {
    let whole = run("producer-consumer", &[]);
    for polls in [1, 2, 3, 7, u32::MAX] {
        let mut run = prepare(RunSetup::of("producer-consumer")).unwrap();
        while run.step(polls) != Progress::Ended {}
        assert_eq!(tell(run).summary, whole.summary, "steps of {polls}");
    }
}

#[test]
fn a_run_that_is_finished_early_is_stopped_and_says_so_once() {
    let mut run = prepare(RunSetup::of("semaphore")).unwrap();
    assert_eq!(run.step(12), Progress::Ready);
    let first = run.finish();
    assert_eq!(first.outcome, "stopped");
    assert_eq!(run.step(1000), Progress::Ended);
    assert_eq!(run.finish(), first);
}

#[test]
fn a_step_of_nothing_does_nothing() {
    let mut run = prepare(RunSetup::of("hello")).unwrap();
    let before = run.runtime().log().len();
    assert_eq!(run.step(0), Progress::Ready);
    assert_eq!(run.runtime().log().len(), before);
}

#[test]
fn a_live_run_waits_for_its_clock() {
    let clock = std::rc::Rc::new(std::cell::Cell::new(0));
    let reading = clock.clone();
    let mut run = prepare(RunSetup {
        values: values("hello", &[("mode", "concurrent")]),
        clock: Clock::Live,
        real_clock: Some(std::rc::Rc::new(move || reading.get())),
        ..RunSetup::of("hello")
    })
    .unwrap();
    let second = 1_000_000_000;
    assert_eq!(
        run.step(100),
        Progress::Waiting {
            until: Some(second)
        }
    );
    clock.set(second / 2);
    assert_eq!(
        run.step(100),
        Progress::Waiting {
            until: Some(second)
        }
    );
    clock.set(second + 5);
    assert_eq!(
        run.step(100),
        Progress::Waiting {
            until: Some(2 * second)
        }
    );
    clock.set(2 * second);
    assert_eq!(run.step(100), Progress::Ended);
    assert_eq!(run.finish().outcome, "completed");
}

#[test]
fn choices_that_make_no_sense_are_refused_and_those_of_a_run_give_its_log() {
    let setup = |policy| RunSetup {
        policy,
        seed: 3,
        ..RunSetup::of("semaphore")
    };
    let problems = refused(setup(Policy::Recorded("A?".to_owned())));
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "not-choices");
    let play = |policy| {
        let mut run = prepare(setup(policy)).unwrap();
        while run.step(1000) != Progress::Ended {}
        let events: Vec<_> = run.runtime().log().columns.iter_from(0).collect();
        let choices = wakeline::Choices::of(&run.runtime().log()).to_string();
        (events, choices)
    };
    for policy in [Policy::Random, Policy::Priority] {
        let (events, choices) = play(policy);
        assert!(!choices.is_empty());
        assert_eq!(play(Policy::Recorded(choices)).0, events);
    }
}
