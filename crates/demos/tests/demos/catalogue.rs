//! What holds for every demo.

use std::collections::BTreeSet;
use std::rc::Rc;

use wakeline_demos::{CHAPTERS, RunSetup, demos, find};
use wakeline_phrases::Language;
use wakeline_protocol::{Clock, DemoSpec, Modes, ParamKind, Policy, Value, Values};

use crate::machine::{Machine, run_real};
use crate::network::{Network, run_live};
use crate::other_values::OTHERS;
use crate::support::{Story, preset, run_setup};

fn run_any(spec: &DemoSpec, values: Values) -> Story {
    run_with(spec, values, 0, Policy::Fifo)
}

fn run_with(spec: &DemoSpec, values: Values, seed: u64, policy: Policy) -> Story {
    match (spec.modes, spec.modes_with(&values)) {
        (Modes::Live, _) => run_live(&spec.slug, values, &Rc::new(Network::default())),
        (_, Modes::Live) => {
            let machine = Machine::default();
            machine.is_lazy.set(true);
            run_real(&spec.slug, values, &Rc::new(machine))
        }
        _ => run_setup(RunSetup {
            values,
            seed,
            policy,
            // Endless runs end, too.
            limit: 20_000,
            ..RunSetup::of(&spec.slug)
        }),
    }
}

#[test]
fn slugs_are_distinct_and_chapters_known() {
    let slugs: BTreeSet<&str> = demos().iter().map(|demo| demo.slug()).collect();
    assert_eq!(slugs.len(), demos().len());
    for demo in demos() {
        assert!(CHAPTERS.contains(&&*demo.spec().chapter), "{}", demo.slug());
        assert!(std::ptr::eq(find(demo.slug()).unwrap(), demo));
    }
}

#[test]
fn every_text_is_there_in_every_language() {
    let mut keys: Vec<String> = CHAPTERS
        .iter()
        .map(|name| format!("chapter.{name}"))
        .collect();
    for spec in wakeline_demos::specs() {
        let slug = &spec.slug;
        keys.extend(["title", "what", "look"].map(|text| format!("demo.{slug}.{text}")));
        for preset in &spec.presets {
            keys.push(format!("preset.{slug}.{}", preset.name));
        }
        for param in &spec.params {
            let name = &param.name;
            keys.push(format!("param.{slug}.{name}.label"));
            keys.push(format!("param.{slug}.{name}.help"));
            if let ParamKind::Choice { options, .. } = &param.kind {
                keys.extend(
                    options
                        .iter()
                        .map(|option| format!("param.{slug}.{name}.{option}")),
                );
            }
            keys.extend(param.unit.name().map(|unit| format!("unit.{unit}")));
        }
    }
    for language in Language::ALL {
        for key in &keys {
            assert!(
                language.find(key).is_some(),
                "{key} is missing in {language:?}"
            );
        }
    }
    let known: BTreeSet<&str> = keys.iter().map(|key| &**key).collect();
    for key in Language::English.keys() {
        let ours = ["chapter.", "demo.", "param.", "preset."].iter();
        let is_ours = ours.copied().any(|prefix| key.starts_with(prefix));
        assert!(!is_ours || known.contains(key), "{key} belongs to nothing");
    }
}

/// The presets that are there to show a deadlock.
const DEADLOCKS: &[(&str, &str)] = &[
    ("barrier", "deserted"),
    ("deadlock", "deadlock"),
    ("deadlock", "two_locks"),
    ("futures", "forgotten"),
];

#[test]
fn defaults_and_presets_are_valid_and_end_well() {
    for spec in wakeline_demos::specs() {
        assert!(spec.complete(&Values::new()).is_ok(), "{}", spec.slug);
        for preset in &spec.presets {
            let completed = spec.complete(&preset.values);
            assert!(
                completed.is_ok(),
                "{} {}: {completed:?}",
                spec.slug,
                preset.name
            );
            let outcome = run_any(&spec, preset.values.clone()).summary.outcome;
            let expected = match (&*spec.slug, &*preset.name) {
                (_, "endless") => "limit",
                ("task-scheduler", "cycle") => "failed",
                name if DEADLOCKS.contains(&name) => "deadlock",
                _ => "completed",
            };
            assert_eq!(outcome, expected, "{} {}", spec.slug, preset.name);
        }
    }
}

#[test]
fn names_of_presets_and_parameters_are_distinct() {
    for spec in wakeline_demos::specs() {
        let presets: BTreeSet<&str> = spec.presets.iter().map(|preset| &*preset.name).collect();
        assert_eq!(presets.len(), spec.presets.len());
        let params: BTreeSet<&str> = spec.params.iter().map(|param| &*param.name).collect();
        assert_eq!(params.len(), spec.params.len());
        for (low, high) in &spec.ordered {
            assert!(params.contains(&**low) && params.contains(&**high));
        }
        for (name, option) in &spec.live {
            let param = spec.params.iter().find(|param| param.name == *name);
            let options = match param.map(|param| &param.kind) {
                Some(ParamKind::Choice { options, .. }) => options,
                other => panic!("{name} is no choice: {other:?}"),
            };
            assert!(options.contains(option), "{name} {option}");
        }
    }
}

#[test]
fn every_parameter_changes_the_run() {
    for spec in wakeline_demos::specs() {
        for param in &spec.params {
            let row = OTHERS
                .iter()
                .find(|(demo, name, ..)| *demo == spec.slug && *name == param.name);
            let (.., value, needed) =
                row.unwrap_or_else(|| panic!("{} {} is not tried", spec.slug, param.name));
            let run = |pairs: &[(&str, &str)]| {
                let values = spec.parse(pairs.iter().copied()).unwrap();
                run_any(&spec, values).bytes_without_meta()
            };
            let changed: Vec<_> = needed
                .iter()
                .copied()
                .chain([(&*param.name, *value)])
                .collect();
            assert!(
                run(needed) != run(&changed),
                "{} {} changes nothing",
                spec.slug,
                param.name
            );
        }
    }
}

#[test]
fn what_is_out_of_range_is_refused_at_both_ends() {
    for spec in wakeline_demos::specs() {
        for param in &spec.params {
            let bad: Vec<Value> = match &param.kind {
                ParamKind::Integer { min, max, .. } => {
                    vec![Value::Integer(min - 1), Value::Integer(max + 1)]
                }
                ParamKind::Number { min, max, .. } => {
                    vec![Value::Number(min - 0.5), Value::Number(max + 0.5)]
                }
                ParamKind::Choice { .. } => vec![Value::Text("no such option".to_owned())],
                ParamKind::Flag { .. } => vec![Value::Integer(2)],
                ParamKind::Text { longest, .. } => vec![Value::Text("x".repeat(longest + 1))],
            };
            for value in bad {
                let given = Values::from([(param.name.clone(), value.clone())]);
                assert!(
                    spec.complete(&given).is_err(),
                    "{} {} {value}",
                    spec.slug,
                    param.name
                );
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    for spec in wakeline_demos::specs()
        .iter()
        .filter(|spec| spec.modes != Modes::Live)
    {
        for policy in [Policy::Fifo, Policy::Random] {
            let hash = |seed| {
                run_with(spec, Values::new(), seed, policy.clone())
                    .summary
                    .log_sha256
            };
            assert_eq!(hash(7), hash(7), "{} {policy:?}", spec.slug);
            assert_ne!(hash(7), hash(8), "{} {policy:?}", spec.slug);
        }
    }
}

#[test]
fn a_random_policy_changes_the_order_and_not_the_outcome() {
    for spec in wakeline_demos::specs()
        .iter()
        .filter(|spec| spec.modes != Modes::Live)
    {
        for seed in 0..5 {
            let story = run_with(spec, Values::new(), seed, Policy::Random);
            assert_eq!(
                story.summary.outcome, "completed",
                "{} seed {seed}",
                spec.slug
            );
        }
    }
}

#[test]
fn every_place_in_a_log_is_in_the_source_that_is_shown() {
    for demo in demos() {
        let spec = demo.spec();
        let story = run_any(&spec, Values::new());
        let source = demo.source();
        for location in &story.log.locations[1..] {
            let name = story.log.text(location.file);
            // Where every demo's main task is started, the network of these tests, and the
            // simulated one with its companion server.
            let others = [
                "demos/src/run.rs",
                "demos/tests/",
                "demos/src/companion",
                "net/src/",
            ];
            if others.iter().any(|other| name.starts_with(other)) {
                continue;
            }
            let file = source.iter().find(|file| file.name == name);
            let file = file.unwrap_or_else(|| panic!("{}: {name} is not shown", spec.slug));
            let lines = file.text.lines().count();
            assert!(
                (location.line as usize) <= lines,
                "{name}:{}",
                location.line
            );
        }
        assert!(
            source
                .iter()
                .all(|file| file.text.contains("async fn") || source.len() > 1)
        );
    }
}

#[test]
fn a_live_run_of_a_virtual_demo_says_that_it_is_live() {
    let clock = Rc::new(std::cell::Cell::new(0));
    let reading = clock.clone();
    let mut run = wakeline_demos::prepare(RunSetup {
        values: preset("hello", "tutorial"),
        clock: Clock::Live,
        real_clock: Some(Rc::new(move || reading.get())),
        ..RunSetup::of("hello")
    })
    .unwrap();
    run.stop();
    assert!(run.runtime().log().meta.contains(r#""clock":"live""#));
}
