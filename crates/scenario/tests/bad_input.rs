//! Files that are no programs, and programs that go too far.

use wakeline_scenario::{Problem, Program, Stopped, parse, run};

fn problem(text: &str) -> Problem {
    match text.parse::<Program>() {
        Ok(_) => panic!("this is well formed: {text}"),
        Err(problem) => problem,
    }
}

/// A program whose main task consists of these operations.
fn main_of(operations: &str) -> String {
    format!(
        r#"{{"objects": {{"L": {{"kind": "lock"}}, "E": {{"kind": "event"}},
                          "Q": {{"kind": "queue", "maxsize": 0}}, "F": {{"kind": "future"}}}},
             "streams": {{"g": [{{"op": "yield", "value": 1}}]}},
             "tasks": {{"main": {operations}, "a": []}}}}"#
    )
}

#[test]
fn a_text_that_is_no_json_is_refused_with_line_and_column() {
    for (text, place) in [
        ("", "1:0"),
        ("{", "1:1"),
        ("{\"tasks\": {\n  \"main\": [}\n}", "2:12"),
        ("{\"tasks\": {}} {", "1:15"),
        ("{\"tasks\": {}, \"tasks\": {}}", "1:26"),
        ("\u{0}", "1:1"),
    ] {
        let problem = problem(text);
        assert_eq!(
            (problem.place().as_str(), problem.code()),
            (place, "not-json"),
            "{text:?}"
        );
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(problem(&deep).code(), "not-json");
}

#[test]
fn what_is_wrong_in_a_program_is_found_with_its_path() {
    for (operations, place, code) in [
        (r#"[{"op": "log"}]"#, "tasks.main[0]", "missing"),
        (
            r#"[{"op": "log", "msg": 3}]"#,
            "tasks.main[0].msg",
            "not-this-kind",
        ),
        (
            r#"[{"op": "log", "msg": "x", "m": 1}]"#,
            "tasks.main[0].m",
            "unknown-member",
        ),
        (r#"[{"op": "lgo"}]"#, "tasks.main[0]", "unknown-operation"),
        (r#"[{"msg": "x"}]"#, "tasks.main[0]", "missing"),
        (r#"[7]"#, "tasks.main[0]", "not-this-kind"),
        (r#"{}"#, "tasks.main", "not-this-kind"),
        (
            r#"[{"op": "sleep", "s": "soon"}]"#,
            "tasks.main[0].s",
            "not-this-kind",
        ),
        (
            r#"[{"op": "repeat", "n": 2, "body": [{"op": "try", "body": [], "catch":
                {"*": [{"op": "spawn", "task": "b"}]}}]}]"#,
            r#"tasks.main[0].body[0].catch["*"][0].task"#,
            "no-task",
        ),
        (
            r#"[{"op": "await", "what": "b"}]"#,
            "tasks.main[0].what",
            "no-handle",
        ),
        (
            r#"[{"op": "gather", "of": ["a", "b"]}]"#,
            "tasks.main[0].of[1]",
            "no-handle",
        ),
        (
            r#"[{"op": "set", "obj": "L"}]"#,
            "tasks.main[0].obj",
            "wrong-object",
        ),
        (
            r#"[{"op": "acquire", "obj": "M"}]"#,
            "tasks.main[0].obj",
            "no-object",
        ),
        (
            r#"[{"op": "put", "obj": "Q", "value": {}}]"#,
            "tasks.main[0].value",
            "not-this-kind",
        ),
        (
            r#"[{"op": "open", "stream": "h"}]"#,
            "tasks.main[0].stream",
            "no-stream",
        ),
        (
            r#"[{"op": "next", "obj": "it"}]"#,
            "tasks.main[0].obj",
            "not-open",
        ),
        (
            r#"[{"op": "yield", "value": 1}]"#,
            "tasks.main[0]",
            "not-in-task",
        ),
        (
            r#"[{"op": "call_soon", "msg": "x", "do": [{"op": "sleep", "s": 1}]}]"#,
            "tasks.main[0].do[0]",
            "not-in-callback",
        ),
        (
            r#"[{"op": "wait_many", "of": ["a"], "until": "now"}]"#,
            "tasks.main[0].until",
            "unknown-until",
        ),
    ] {
        let problem = problem(&main_of(operations));
        assert_eq!(
            (problem.place().as_str(), problem.code()),
            (place, code),
            "{operations}"
        );
    }
    for (text, place, code) in [
        ("[]", "$", "not-this-kind"),
        ("{}", "$", "missing"),
        (r#"{"tasks": {"a": []}}"#, "tasks", "no-main"),
        (
            r#"{"objects": {"x": {"kind": "door"}}, "tasks": {"main": []}}"#,
            "objects.x",
            "unknown-kind",
        ),
        (
            r#"{"objects": {"x": {"kind": "queue", "maxsize": -1}}, "tasks": {"main": []}}"#,
            "objects.x.maxsize",
            "not-this-kind",
        ),
    ] {
        let problem = problem(text);
        assert_eq!(
            (problem.place().as_str(), problem.code()),
            (place, code),
            "{text}"
        );
    }
}

#[test]
fn every_problem_is_one_of_the_known_codes_with_its_arguments() {
    let texts = [
        "{",
        "{}",
        "[]",
        r#"{"tasks": {}}"#,
        &main_of(r#"[{"op": "lgo"}]"#),
        &main_of(r#"[{"op": "await", "what": "b"}]"#),
        &main_of(r#"[{"op": "log", "msg": "x", "m": 1}]"#),
    ];
    for text in texts {
        let problem = problem(text);
        let names: Vec<&str> = problem.arguments().iter().map(|(name, _)| *name).collect();
        let known = Problem::CODES
            .iter()
            .find(|(code, _)| *code == problem.code());
        assert_eq!(
            known.map(|(_, names)| names.to_vec()),
            Some(names),
            "{problem}"
        );
    }
}

#[test]
fn a_collection_is_read_as_a_whole_and_a_problem_names_its_member() {
    let good = r#"{"tasks": {"main": []}}"#;
    assert_eq!(
        parse(&format!(r#"{{"cases": [{good}, {good}]}}"#))
            .unwrap()
            .len(),
        2
    );
    let bad = parse(&format!(r#"{{"cases": [{good}, {{"tasks": 1}}]}}"#)).unwrap_err();
    assert_eq!(bad.place(), "cases[1].tasks");
}

#[test]
fn a_program_that_never_waits_is_stopped_also_from_its_own_cleanup() {
    let program: Program = main_of(
        r#"[{"op": "try", "body": [{"op": "forever", "body": []}],
             "catch": {"*": [{"op": "log", "msg": "never"}]},
             "finally": [{"op": "forever", "body": [{"op": "add", "var": "n"}]}]}]"#,
    )
    .parse()
    .unwrap();
    assert_eq!(run(&program), Err(Stopped::TooLong));
}

#[test]
fn a_program_that_waits_for_ever_without_waiting_for_anything_is_stopped() {
    let program: Program = main_of(r#"[{"op": "forever", "body": [{"op": "sleep", "s": 0}]}]"#)
        .parse()
        .unwrap();
    assert_eq!(run(&program), Err(Stopped::TooLong));
}

#[test]
fn a_task_that_calls_itself_is_stopped() {
    let nested = (0..20).fold(
        r#"{"op": "call", "task": "main"}"#.to_owned(),
        |inner, _| format!(r#"{{"op": "try", "body": [{inner}]}}"#),
    );
    let program: Program = main_of(&format!("[{nested}]")).parse().unwrap();
    assert_eq!(run(&program), Err(Stopped::TooDeep));
    let program: Program = r#"{
        "streams": {"g": [{"op": "from", "stream": "g", "into": "v", "body": []}]},
        "tasks": {"main": [{"op": "for_each", "stream": "g", "into": "v", "body": []}]}
    }"#
    .parse()
    .unwrap();
    assert_eq!(run(&program), Err(Stopped::TooDeep));
}

#[test]
fn a_program_that_grows_without_end_is_stopped() {
    for operations in [
        r#"[{"op": "let", "var": "x", "value": 1},
            {"op": "repeat", "n": 60, "body": [{"op": "let", "var": "x", "value": ["$x", "$x"]}]},
            {"op": "log", "msg": "$x"}]"#,
        r#"[{"op": "forever", "body": [{"op": "spawn", "task": "a"}]}]"#,
    ] {
        let program: Program = main_of(operations).parse().unwrap();
        assert_eq!(run(&program), Err(Stopped::TooLarge));
    }
}

#[test]
fn mistakes_at_run_time_are_errors_of_the_program() {
    let program: Program = main_of(
        r#"[{"op": "try", "body": [{"op": "await", "what": "a"}],
             "catch": {"Misuse": [{"op": "log", "msg": "not spawned: $err"}]}},
            {"op": "try", "body": [{"op": "add", "var": "nothing"}],
             "catch": {"Misuse": [{"op": "log", "msg": "no number: $err"}]}},
            {"op": "try", "body": [{"op": "sleep", "s": 1e300}],
             "catch": {"Misuse": [{"op": "log", "msg": "no duration: $err"}]}},
            {"op": "put", "obj": "Q", "value": ["$nothing", null, true, 1.5]},
            {"op": "get", "obj": "Q", "into": "x"},
            {"op": "log", "msg": "$x $ $$ $nothing"},
            {"op": "raise", "error": "Bang"}]"#,
    )
    .parse()
    .unwrap();
    let report = run(&program).unwrap();
    let lines: Vec<&str> = report.events.iter().map(|event| &*event.what).collect();
    assert_eq!(
        lines,
        [
            "not spawned: Misuse",
            "no number: Misuse",
            "no duration: Misuse",
            "[$nothing,none,true,1.5] $ $$ $nothing",
        ]
    );
    assert_eq!(report.end.to_string(), "error at 0.000: Bang");
}
