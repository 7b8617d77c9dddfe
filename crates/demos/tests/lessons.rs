//! Lessons say what is true: every step runs, and shows what it promises.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use wakeline::log::Log;
use wakeline_demos::lesson::{
    Lesson, Moment, Step, asyncio_files, find_named, lesson_files, read_lesson,
};
use wakeline_demos::{Demo, Progress, demos, find, prepare};
use wakeline_phrases::{Language, read_lesson as read_texts};

/// Demos whose lesson is not whole yet, some of which are not there themselves. No demo is added
/// to this list for good: it ends empty.
const UNFINISHED: &[&str] = &[];

/// The demos that have the structure of a lesson, and that.
fn lessons() -> Vec<(&'static Demo, Lesson)> {
    let read = |&(slug, json): &(&str, &str)| {
        let demo = find(slug)?;
        let lesson = read_lesson(json);
        Some((
            demo,
            lesson.unwrap_or_else(|error| panic!("{slug}: {error}")),
        ))
    };
    lesson_files().iter().filter_map(read).collect()
}

/// Panics with everything that is wrong, not only the first.
fn settle(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// The log of a step.
fn run(demo: &Demo, step: &Step) -> Result<Log, String> {
    let setup = step.setup(&demo.spec());
    let run = setup.and_then(prepare);
    let mut run = run.map_err(|problems| format!("{problems:?}"))?;
    while run.step(1000) != Progress::Ended {}
    run.finish();
    Ok(run.runtime().log().clone())
}

#[test]
fn every_demo_has_a_lesson_in_all_its_parts() {
    let mut complaints = Vec::new();
    for demo in demos() {
        let slug = demo.slug();
        let parts = [
            ("structure", demo.lesson().is_some()),
            ("program in Python", demo.asyncio().is_some()),
            ("English text", Language::English.lesson(slug).is_some()),
            ("Chinese text", Language::Chinese.lesson(slug).is_some()),
        ];
        let missing = || parts.iter().filter(|(_, is_there)| !is_there);
        if !UNFINISHED.contains(&slug) {
            complaints.extend(missing().map(|(part, _)| format!("{slug} has no {part}")));
        } else if missing().next().is_none() {
            complaints.push(format!("{slug} is whole: take it off the list"));
        }
    }
    settle(complaints);
}

#[test]
fn every_file_belongs_to_a_demo() {
    let known: BTreeSet<&str> = demos()
        .iter()
        .map(Demo::slug)
        .chain(UNFINISHED.iter().copied())
        .collect();
    let texts = Language::ALL.into_iter().flat_map(Language::lesson_files);
    let files = texts
        .chain(lesson_files().iter().copied())
        .chain(asyncio_files().iter().copied());
    let strays = files.filter(|(slug, _)| !known.contains(slug));
    settle(
        strays
            .map(|(slug, _)| format!("there is no demo {slug}"))
            .collect(),
    );
}

#[test]
fn the_structure_is_sound() {
    let mut complaints = Vec::new();
    for (demo, lesson) in lessons() {
        let slug = demo.slug();
        if !(2..=4).contains(&lesson.steps.len()) {
            complaints.push(format!("{slug} has {} steps", lesson.steps.len()));
        }
        if !(2..=4).contains(&lesson.related.len()) {
            complaints.push(format!("{slug} has {} related demos", lesson.related.len()));
        }
        let distinct: BTreeSet<&String> = lesson.related.iter().collect();
        if distinct.len() != lesson.related.len() {
            complaints.push(format!("{slug} names a related demo twice"));
        }
        for related in &lesson.related {
            let is_known = find(related).is_some() || UNFINISHED.contains(&&**related);
            if !is_known || related == slug {
                complaints.push(format!("{slug} cannot be related to {related}"));
            }
        }
    }
    settle(complaints);
}

#[test]
fn both_languages_say_the_same_things() {
    let mut complaints = Vec::new();
    for (demo, lesson) in lessons() {
        let slug = demo.slug();
        let mut counts = BTreeSet::new();
        for language in Language::ALL {
            let mut files = language.lesson_files();
            let Some((_, json)) = files.find(|(name, _)| *name == slug) else {
                continue;
            };
            match read_texts(json) {
                Ok(texts) => {
                    counts.insert((texts.steps.len(), texts.mistakes.len()));
                    if !(2..=3).contains(&texts.mistakes.len()) {
                        let count = texts.mistakes.len();
                        complaints.push(format!("{slug} in {language:?} has {count} mistakes"));
                    }
                    if texts.steps.len() != lesson.steps.len() {
                        let count = texts.steps.len();
                        complaints.push(format!("{slug} in {language:?} tells {count} steps"));
                    }
                }
                Err(error) => complaints.push(format!("{slug} in {language:?}: {error}")),
            }
        }
        if counts.len() > 1 {
            complaints.push(format!("{slug} differs between languages"));
        }
    }
    settle(complaints);
}

#[test]
fn every_step_shows_what_it_promises() {
    let mut complaints = Vec::new();
    for (demo, lesson) in lessons() {
        for (number, step) in lesson.steps.iter().enumerate() {
            let mut complain = |what: String| {
                complaints.push(format!("{} step {}: {what}", demo.slug(), number + 1));
            };
            let log = match run(demo, step) {
                Ok(log) => log,
                Err(problems) => {
                    complain(problems);
                    continue;
                }
            };
            if step.evidence.find(&log).is_none() {
                complain(format!("no {:?}", step.evidence));
            }
            if let Some(Moment::At(mark)) = &step.at
                && mark.find(&log).is_none()
            {
                complain(format!("no {mark:?}"));
            }
            if let Some(name) = &step.select
                && find_named(&log, name).is_none()
            {
                complain(format!("nothing is called {name}"));
            }
        }
    }
    settle(complaints);
}

/// Compiles each of the named programs on its standard input, and says which do not compile. One
/// process for all: to start Python takes longer than to compile a program.
const COMPILE: &str = "
import json, sys
for name, text in json.load(sys.stdin):
    try:
        compile(text, name, 'exec')
    except SyntaxError as error:
        print(f'{name}:{error.lineno}: {error.msg}')
";

/// What Python has to say about these programs, `None` if there is no Python here.
fn compile(programs: &[(&str, &str)]) -> Option<String> {
    let mut python = Command::new("python3")
        .args(["-X", "utf8", "-c", COMPILE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let json = serde_json::to_vec(programs).unwrap();
    python.stdin.take().unwrap().write_all(&json).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn every_program_in_python_compiles() {
    match compile(asyncio_files()) {
        Some(complaints) => settle(complaints.lines().map(str::to_owned).collect()),
        None => eprintln!("skipped: there is no python3 here"),
    }
}

#[test]
fn a_program_that_does_not_compile_is_found() {
    let programs = [("good", "import asyncio\n"), ("bad", "x = 1\nawait = 2\n")];
    if let Some(complaints) = compile(&programs) {
        assert!(complaints.starts_with("bad:2:"), "{complaints}");
        assert_eq!(complaints.lines().count(), 1, "{complaints}");
    }
}
