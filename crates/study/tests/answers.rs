//! Questions as the page asks them, and what is answered.

use std::rc::Rc;
use std::time::Duration;

use serde_json::Value;
use wakeline_study::{Question, Shelf, Slot, answer};
use wakeline_timeline::log::{Log, Outcome, encode};

/// The log of a run in which a lock is held too long.
fn log() -> Log {
    let runtime = wakeline::Builder::new().build();
    runtime.block_on(async {
        let lock = Rc::new(wakeline::sync::Mutex::named("ledger", ()));
        let tasks = [1, 2].map(|number: u64| {
            let lock = Rc::clone(&lock);
            wakeline::spawn_named(format!("task {number}"), async move {
                let _guard = lock.lock().await;
                wakeline::time::sleep(Duration::from_millis(10 * number)).await;
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
    });
    runtime.finish(Outcome::Completed, "");
    runtime.log().clone()
}

fn shelf() -> Shelf {
    let mut shelf = Shelf::default();
    shelf.give(Slot::Current, 1, &encode(&log()));
    shelf
}

fn question(what: &str) -> Question {
    Question {
        what: what.to_owned(),
        slot: "current".to_owned(),
        ..Question::default()
    }
}

fn ask(shelf: &Shelf, question: &Question) -> Value {
    let answer = answer(shelf, question).unwrap();
    serde_json::from_str(&answer.object).unwrap()
}

#[test]
fn findings_have_all_that_the_page_needs() {
    let answer = ask(&shelf(), &question("findings"));
    let [finding] = answer["findings"].as_array().unwrap().as_slice() else {
        panic!("{answer}");
    };
    assert_eq!(finding["code"], "lock-across-await");
    assert_eq!(finding["severity"], "trouble");
    assert_eq!(finding["resource"], 1);
    assert_eq!(finding["numbers"]["waited_ns"], 10_000_000);
    assert!(finding["step"].as_u64() > Some(0));
    assert_eq!(finding["also"], Value::Array(Vec::new()));
}

#[test]
fn the_critical_path_has_its_totals() {
    let answer = ask(&shelf(), &question("critical-path"));
    assert_eq!(answer["end"], 30_000_000);
    let segments = answer["segments"].as_array().unwrap();
    assert_eq!(segments[0]["from"], 0);
    assert_eq!(segments[segments.len() - 1]["to"], 30_000_000);
    let totals = answer["totals"].as_array().unwrap();
    assert_eq!(totals[0]["reason"], "timer");
    assert_eq!(totals[0]["ns"], 30_000_000);
    assert_eq!(totals[0]["share"], 1);
}

#[test]
fn what_cannot_be_answered_is_a_problem() {
    let code = |shelf: &Shelf, question: &Question| answer(shelf, question).unwrap_err().code;
    assert_eq!(code(&shelf(), &question("the weather")), "unknown-question");
    assert_eq!(code(&Shelf::default(), &question("findings")), "no-log");
    let elsewhere = Question {
        slot: "attic".to_owned(),
        ..question("findings")
    };
    assert_eq!(code(&shelf(), &elsewhere), "unknown-question");
    let mut damaged = Shelf::default();
    damaged.give(Slot::Current, 1, &encode(&log())[..200]);
    assert!(code(&damaged, &question("findings")).starts_with("log-"));
}

#[test]
fn figures_are_those_of_the_run() {
    let answer = ask(&shelf(), &question("metrics"));
    let totals = &answer["totals"];
    assert_eq!(totals["end_ns"], 30_000_000);
    assert_eq!(totals["tasks"], 3);
    assert_eq!(totals["unit"], "tasks");
    assert_eq!(totals["throughput"], 100, "3 tasks in 30 ms");
    assert_eq!(answer["tasks"].as_array().unwrap().len(), 3);
    assert_eq!(answer["resources"][0]["waited_ns"], 10_000_000);
    // The main task waits for the first, and then for the second.
    assert_eq!(answer["waiting"]["max"], 20_000_000);
    let names: Vec<&str> = answer["series"]
        .as_array()
        .unwrap()
        .iter()
        .map(|series| series["name"].as_str().unwrap())
        .collect();
    let expected = [
        "ready-queue",
        "running-tasks",
        "concurrency",
        "throughput",
        "occupancy",
    ];
    assert_eq!(names, expected);
}

#[test]
fn two_runs_are_compared() {
    let mut shelf = shelf();
    assert_eq!(
        answer(&shelf, &question("compare")).unwrap_err().code,
        "no-log"
    );
    shelf.give(Slot::Kept, 7, &encode(&log()));
    let answer = ask(&shelf, &question("compare"));
    assert_eq!(answer["kept"], answer["current"]);
    assert_eq!(answer["rows"][0]["name"], "end_ns");
    assert_eq!(answer["rows"][0]["difference"], 0);
    assert_eq!(answer["tasks"][1]["name"], "task 1");
    assert_eq!(answer["tasks"][1]["kept_end"], 10_000_000);
}

#[test]
fn files_come_with_their_name_and_kind() {
    let shelf = shelf();
    for (format, name, begins) in [
        ("chrome-trace", "run.trace.json", "{\"displayTimeUnit\""),
        ("json", "run.jsonl", "{\"wakeline\":1}\n{\"seq\":0"),
        ("binary", "run.wakeline", "WAKELINE"),
        ("svg", "run.svg", "<svg "),
    ] {
        let question = Question {
            format: format.to_owned(),
            ..question("export")
        };
        let answer = answer(&shelf, &question).unwrap();
        let object: Value = serde_json::from_str(&answer.object).unwrap();
        assert_eq!(object["name"], name);
        let bytes = answer.bytes.unwrap();
        assert!(bytes.starts_with(begins.as_bytes()), "{format}");
        // What was written can be read, if it is a log.
        let import = Question {
            what: "import".to_owned(),
            bytes,
            ..Question::default()
        };
        let read = wakeline_study::answer(&shelf, &import);
        match format {
            "json" | "binary" => assert_eq!(read.unwrap().bytes.unwrap(), encode(&log())),
            _ => assert!(read.unwrap_err().code.starts_with("log-")),
        }
    }
}
