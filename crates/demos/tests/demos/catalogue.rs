//! What holds for every demo.

use std::collections::BTreeSet;
use std::rc::Rc;

use wakeline_demos::{CHAPTERS, RunSetup, demos, find};
use wakeline_phrases::Language;
use wakeline_protocol::{Clock, DemoSpec, Modes, ParamKind, Policy, Value, Values};

use crate::machine::{Machine, run_real};
use crate::network::{Network, run_live};
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

/// Names and values.
type Pairs = &'static [(&'static str, &'static str)];

/// For each parameter another value than the default, and the values of others without which it
/// has nothing to say.
const OTHERS: &[(&str, &str, &str, Pairs)] = &[
    ("hello", "first_ms", "10", &[]),
    ("hello", "second_ms", "10", &[]),
    ("hello", "greetings", "3", &[]),
    ("hello", "mode", "concurrent", &[]),
    ("event-loop", "soon", "1", &[]),
    ("event-loop", "later", "1", &[]),
    ("event-loop", "later_ms", "70", &[]),
    ("event-loop", "ties", "1", &[]),
    ("event-loop", "at_ms", "10", &[]),
    ("event-loop", "sleeper_ms", "10", &[]),
    ("lifecycle", "stage_ms", "400", &[]),
    ("lifecycle", "completing", "2", &[]),
    ("lifecycle", "failing", "2", &[]),
    ("lifecycle", "cancelled", "2", &[]),
    ("lifecycle", "cancel_ms", "100", &[]),
    ("lifecycle", "never_polled", "2", &[]),
    ("futures", "waiters", "1", &[]),
    ("futures", "callbacks", "1", &[]),
    ("futures", "delay_ms", "10", &[]),
    ("futures", "outcome", "failed", &[]),
    ("futures", "look_ms", "10", &[]),
    ("blocking", "way", "elsewhere", &[]),
    ("blocking", "first_ms", "10", &[]),
    ("blocking", "second_ms", "10", &[]),
    ("blocking", "third_ms", "10", &[]),
    ("blocking", "chunk_ms", "500", &[]),
    ("blocking", "pause_ms", "10", &[]),
    ("blocking", "frame_ms", "20", &[("way", "budget")]),
    ("blocking", "budget_ms", "4", &[("way", "budget")]),
    ("blocking", "workers", "1", &[("way", "elsewhere")]),
    ("blocking", "heartbeat_ms", "500", &[]),
    (
        "blocking",
        "parts",
        "real",
        &[
            ("way", "elsewhere"),
            ("first_ms", "1"),
            ("second_ms", "1"),
            ("third_ms", "1"),
        ],
    ),
    ("pitfalls", "pair", "starvation", &[]),
    ("pitfalls", "programs", "right", &[]),
    ("pitfalls", "times", "2", &[]),
    ("pitfalls", "step_ms", "10", &[]),
    ("gather", "workers", "5", &[]),
    ("gather", "first_ms", "10", &[]),
    ("gather", "second_ms", "10", &[]),
    ("gather", "third_ms", "10", &[]),
    ("gather", "further_min_ms", "10", &[]),
    ("gather", "further_max_ms", "1000", &[]),
    ("gather", "failure_rate", "100", &[]),
    ("gather", "failures", "abort", &[]),
    ("wait", "mode", "all", &[]),
    ("wait", "workers", "2", &[]),
    ("wait", "first_ms", "10", &[]),
    ("wait", "second_ms", "10", &[]),
    ("wait", "third_ms", "10", &[]),
    ("wait", "further_min_ms", "10", &[("mode", "all")]),
    ("wait", "further_max_ms", "900", &[("mode", "all")]),
    ("wait", "failure_rate", "100", &[]),
    ("wait", "deadline_ms", "100", &[("mode", "deadline")]),
    (
        "wait",
        "respawn_rate",
        "100",
        &[("mode", "all"), ("failure_rate", "0")],
    ),
    (
        "wait",
        "respawn_limit",
        "1",
        &[
            ("mode", "all"),
            ("failure_rate", "0"),
            ("respawn_rate", "100"),
        ],
    ),
    ("as-completed", "files", "3", &[]),
    ("as-completed", "first_bytes", "1000", &[]),
    ("as-completed", "second_bytes", "1000", &[]),
    ("as-completed", "third_bytes", "1000", &[]),
    ("as-completed", "fourth_bytes", "1000", &[]),
    ("as-completed", "further_max_bytes", "1000", &[]),
    ("as-completed", "bandwidth", "2000000", &[]),
    ("as-completed", "line", "shared", &[]),
    (
        "as-completed",
        "chunk_bytes",
        "50000",
        &[("line", "shared")],
    ),
    ("as-completed", "order", "start", &[]),
    ("as-completed", "handle_ms", "10", &[]),
    ("task-group", "children", "2", &[]),
    ("task-group", "first_ms", "10", &[]),
    ("task-group", "second_ms", "10", &[]),
    ("task-group", "third_ms", "10", &[("failing", "0")]),
    ("task-group", "further_min_ms", "10", &[("failing", "0")]),
    ("task-group", "further_max_ms", "1000", &[("failing", "0")]),
    ("task-group", "failing", "1", &[]),
    ("task-group", "fail_ms", "10", &[]),
    ("task-group", "cleanup_ms", "10", &[]),
    ("task-group", "cleanup_failure_rate", "100", &[]),
    ("cancellation", "first_ms", "10", &[]),
    ("cancellation", "second_ms", "10", &[]),
    ("cancellation", "third_ms", "10", &[]),
    ("cancellation", "report_ms", "100", &[]),
    ("cancellation", "cancel_ms", "100", &[]),
    ("cancellation", "cleanup_ms", "100", &[]),
    ("cancellation", "helpers", "false", &[]),
    ("cancellation", "save_ms", "100", &[]),
    ("cancellation", "shield", "false", &[]),
    ("retry", "callers", "2", &[]),
    ("retry", "operation_ms", "10", &[]),
    ("retry", "failure_rate", "100", &[]),
    ("retry", "attempts", "2", &[]),
    ("retry", "pauses", "fixed", &[]),
    ("retry", "base_ms", "10", &[]),
    ("retry", "factor", "3", &[]),
    ("retry", "cap_ms", "600", &[]),
    ("retry", "jitter", "0", &[]),
    ("retry", "breaker", "true", &[("failure_rate", "100")]),
    (
        "retry",
        "breaker_failures",
        "2",
        &[("breaker", "true"), ("failure_rate", "100")],
    ),
    (
        "retry",
        "breaker_open_ms",
        "100",
        &[("breaker", "true"), ("failure_rate", "100")],
    ),
    ("lock", "tasks", "2", &[]),
    ("lock", "rounds", "1", &[]),
    ("lock", "section_ms", "10", &[]),
    ("lock", "pause_ms", "10", &[]),
    ("lock", "lock", "false", &[]),
    ("timeout", "fast_ms", "10", &[]),
    ("timeout", "medium_ms", "10", &[]),
    ("timeout", "slow_ms", "10", &[]),
    ("timeout", "limit_ms", "10", &[]),
    ("timeout", "mode", "concurrent", &[]),
    ("timeout", "operation", "blocks", &[]),
    ("rwlock", "readers", "2", &[]),
    ("rwlock", "writers", "1", &[]),
    ("rwlock", "rounds", "1", &[]),
    ("rwlock", "read_ms", "10", &[]),
    ("rwlock", "write_ms", "10", &[]),
    ("rwlock", "pause_min_ms", "10", &[]),
    ("rwlock", "pause_max_ms", "900", &[]),
    ("rwlock", "writers_wait", "looking", &[]),
    ("rwlock", "look_ms", "10", &[("writers_wait", "looking")]),
    ("semaphore", "jobs", "3", &[]),
    ("semaphore", "permits", "2", &[]),
    ("semaphore", "job_min_ms", "10", &[]),
    ("semaphore", "job_max_ms", "1000", &[]),
    ("event", "waiters", "2", &[]),
    ("event", "arrival_max_ms", "10", &[]),
    ("event", "set_ms", "10", &[]),
    ("event", "open_ms", "10", &[]),
    ("event", "times", "1", &[]),
    ("event", "patience_ms", "10", &[]),
    ("condition", "producers", "1", &[]),
    ("condition", "consumers", "1", &[]),
    ("condition", "items", "2", &[]),
    ("condition", "takes", "1", &[]),
    ("condition", "bound", "1", &[("produce_ms", "10")]),
    ("condition", "produce_ms", "10", &[]),
    ("condition", "consume_ms", "10", &[]),
    ("condition", "notify", "all", &[]),
    (
        "condition",
        "look_again",
        "false",
        &[("notify", "all"), ("consume_ms", "10")],
    ),
    ("barrier", "parties", "2", &[]),
    ("barrier", "phases", "1", &[]),
    ("barrier", "work_ms", "10", &[]),
    ("barrier", "jitter_ms", "10", &[]),
    ("barrier", "handicap_ms", "10", &[]),
    ("barrier", "leaves_after", "1", &[]),
    ("deadlock", "philosophers", "3", &[]),
    ("deadlock", "meals", "1", &[]),
    ("deadlock", "policy", "left-first", &[]),
    ("deadlock", "think_min_ms", "10", &[]),
    ("deadlock", "think_max_ms", "10", &[]),
    ("deadlock", "reach_ms", "10", &[]),
    ("deadlock", "eat_ms", "10", &[]),
    ("producer-consumer", "producers", "2", &[]),
    ("producer-consumer", "consumers", "1", &[]),
    ("producer-consumer", "items", "3", &[]),
    ("producer-consumer", "endless", "true", &[]),
    ("producer-consumer", "capacity", "1", &[]),
    ("producer-consumer", "produce_min_ms", "10", &[]),
    ("producer-consumer", "produce_max_ms", "900", &[]),
    ("producer-consumer", "consume_min_ms", "10", &[]),
    ("producer-consumer", "consume_max_ms", "900", &[]),
    ("producer-consumer", "failure_rate", "50", &[]),
    ("producer-consumer", "shutdown", "close", &[]),
    ("producer-consumer", "monitor", "false", &[]),
    ("producer-consumer", "monitor_ms", "100", &[]),
    ("priority-queue", "items", "5", &[]),
    ("priority-queue", "levels", "2", &[]),
    ("priority-queue", "urgent_rate", "100", &[]),
    ("priority-queue", "arrive_ms", "10", &[]),
    ("priority-queue", "servers", "2", &[]),
    ("priority-queue", "serve_ms", "10", &[]),
    ("priority-queue", "aging_ms", "10", &[]),
    ("channels", "kind", "unbounded", &[]),
    ("channels", "messages", "2", &[]),
    ("channels", "capacity", "1", &[]),
    ("channels", "send_ms", "10", &[]),
    ("channels", "receive_ms", "10", &[]),
    ("channels", "receivers", "2", &[("kind", "broadcast")]),
    ("channels", "slow_ms", "10", &[("kind", "watch")]),
    ("pipeline", "source", "fibonacci", &[]),
    ("pipeline", "values", "3", &[]),
    ("pipeline", "keep", "even", &[]),
    ("pipeline", "stages", "pulled", &[]),
    ("pipeline", "buffer", "1", &[]),
    ("pipeline", "source_ms", "10", &[]),
    ("pipeline", "transform_ms", "10", &[]),
    ("pipeline", "sink_ms", "10", &[]),
    ("batching", "items", "5", &[]),
    ("batching", "arrive_ms", "10", &[]),
    ("batching", "batch", "2", &[]),
    ("batching", "linger_ms", "10", &[]),
    ("batching", "call_ms", "10", &[]),
    ("batching", "item_ms", "10", &[]),
    ("batching", "at_once", "1", &[("arrive_ms", "10")]),
    ("resource-guard", "resources", "1", &[]),
    ("resource-guard", "arrangement", "at-once", &[]),
    ("resource-guard", "setup_ms", "10", &[]),
    ("resource-guard", "steps", "1", &[]),
    ("resource-guard", "step_ms", "10", &[]),
    ("resource-guard", "cleanup_ms", "10", &[]),
    ("resource-guard", "fail_step", "2", &[]),
    ("resource-guard", "fail_setup", "2", &[]),
    ("resource-guard", "transaction", "false", &[]),
    ("connection-pool", "size", "1", &[]),
    ("connection-pool", "callers", "2", &[]),
    ("connection-pool", "queries", "1", &[]),
    ("connection-pool", "open_ms", "10", &[]),
    ("connection-pool", "check_ms", "10", &[]),
    ("connection-pool", "query_ms", "10", &[]),
    ("connection-pool", "jitter_ms", "10", &[]),
    ("connection-pool", "invalid_rate", "100", &[]),
    ("connection-pool", "patience_ms", "10", &[]),
    ("cache", "size", "1", &[]),
    ("cache", "ttl_ms", "10", &[]),
    ("cache", "keys", "2", &[]),
    ("cache", "load_ms", "10", &[]),
    ("cache", "single_flight", "false", &[]),
    ("cache", "clients", "2", &[]),
    ("cache", "requests", "2", &[]),
    ("cache", "burst", "1", &[]),
    ("cache", "pause_ms", "10", &[]),
    ("files", "scene", "json", &[]),
    ("files", "files", "2", &[]),
    ("files", "size_bytes", "10", &[]),
    ("files", "concurrency", "1", &[]),
    ("files", "same_name", "true", &[]),
    ("files", "large_bytes", "10", &[]),
    ("files", "chunk_bytes", "1000", &[]),
    ("files", "records", "2", &[]),
    ("files", "access_ms", "10", &[]),
    ("files", "bandwidth", "1000000", &[]),
    ("service", "services", "1", &[]),
    ("service", "start_ms", "10", &[]),
    ("service", "queued", "1", &[]),
    ("service", "arrive_ms", "0", &[]),
    ("service", "item_ms", "10", &[]),
    ("service", "signal_ms", "10", &[]),
    ("service", "drain_ms", "10", &[]),
    ("worker-pool", "workers", "1", &[]),
    ("worker-pool", "jobs", "2", &[]),
    ("worker-pool", "job_min_ms", "10", &[]),
    ("worker-pool", "job_max_ms", "900", &[]),
    ("worker-pool", "failure_rate", "100", &[]),
    ("worker-pool", "mode", "submit", &[]),
    ("worker-pool", "every_ms", "10", &[("mode", "submit")]),
    ("worker-pool", "shutdown_ms", "500", &[("mode", "submit")]),
    ("worker-pool", "shutdown", "now", &[("mode", "submit")]),
    (
        "worker-pool",
        "parts",
        "real",
        &[("jobs", "2"), ("job_min_ms", "1"), ("job_max_ms", "1")],
    ),
    ("task-scheduler", "graph", "A 10", &[]),
    ("task-scheduler", "concurrency", "1", &[]),
    ("task-scheduler", "retries", "0", &[]),
    ("task-scheduler", "pause_ms", "10", &[]),
    ("task-scheduler", "limit_ms", "10", &[]),
    ("task-scheduler", "failure_rate", "100", &[]),
    ("task-scheduler", "cancel", "A", &[]),
    ("task-scheduler", "cancel_ms", "10", &[("cancel", "A")]),
    ("profiler", "fast", "2", &[]),
    ("profiler", "fast_ms", "10", &[]),
    ("profiler", "slow", "2", &[]),
    ("profiler", "slow_min_ms", "10", &[]),
    ("profiler", "slow_max_ms", "2000", &[]),
    ("profiler", "mixed", "2", &[]),
    ("profiler", "mixed_min_ms", "10", &[]),
    ("profiler", "mixed_max_ms", "2000", &[]),
    ("profiler", "concurrent", "false", &[]),
    ("profiler", "items", "2", &[]),
    ("profiler", "item_bytes", "10", &[]),
    ("profiler", "item_ms", "10", &[]),
    ("profiler", "memory", "streamed", &[]),
    ("custom-loop", "submissions", "2", &[]),
    ("custom-loop", "first_ms", "10", &[]),
    ("custom-loop", "second_ms", "10", &[]),
    ("custom-loop", "message_ms", "10", &[]),
    ("custom-loop", "mode", "at-once", &[]),
    ("custom-loop", "patience_ms", "10", &[]),
    ("fetch", "paths", "/api/json", &[]),
    ("fetch", "times", "2", &[]),
    ("fetch", "mode", "sequential", &[]),
    ("fetch", "at_once", "2", &[]),
    ("fetch", "timeout_ms", "300", &[]),
    ("fetch", "cancel", "true", &[]),
    ("fetch", "cancel_ms", "100", &[("cancel", "true")]),
    ("websocket", "scene", "echo", &[]),
    ("websocket", "clients", "2", &[]),
    ("websocket", "messages", "2", &[]),
    ("websocket", "interval_ms", "10", &[]),
    ("websocket", "size", "50", &[]),
    ("websocket", "window", "3", &[("scene", "echo")]),
    ("websocket", "room", "cellar", &[]),
    ("websocket", "drop_after", "2", &[("scene", "drop")]),
    (
        "websocket",
        "attempts",
        "2",
        &[("scene", "drop"), ("drop_after", "1")],
    ),
    ("websocket", "backoff_ms", "10", &[("scene", "drop")]),
    (
        "websocket",
        "backoff_cap_ms",
        "300",
        &[("scene", "drop"), ("drop_after", "1")],
    ),
    ("websocket", "patience_ms", "100", &[]),
    ("http-server", "script", "basics", &[]),
    ("http-server", "requests", "2", &[]),
    ("http-server", "concurrency", "1", &[]),
    ("http-server", "latency_ms", "10", &[]),
    ("http-server", "jitter_ms", "5", &[]),
    ("http-server", "bandwidth", "1000", &[]),
    ("http-server", "loss", "50", &[]),
    ("http-server", "work_ms", "3", &[]),
    ("http-server", "keep_alive", "false", &[]),
    ("http-server", "longest", "12", &[]),
    ("tcp-messages", "clients", "2", &[]),
    ("tcp-messages", "broadcasts", "1", &[]),
    ("tcp-messages", "size", "30", &[]),
    ("tcp-messages", "unknown", "false", &[]),
    ("tcp-messages", "latency_ms", "5", &[]),
    ("tcp-messages", "jitter_ms", "7", &[]),
    ("tcp-messages", "loss", "50", &[]),
    ("tcp-messages", "split", "5", &[]),
    ("tcp-messages", "split_pause_ms", "9", &[("split", "5")]),
    ("tcp-messages", "longest", "200", &[("trouble", "oversize")]),
    ("tcp-messages", "queue", "1", &[]),
    ("tcp-messages", "trouble", "crash", &[]),
    ("tcp-messages", "fault", "hold", &[]),
    ("tcp-messages", "fault_at_ms", "30", &[("fault", "hold")]),
    ("tcp-messages", "fault_ms", "300", &[("fault", "hold")]),
    ("crawler", "start", "/api/site/1", &[]),
    ("crawler", "depth", "1", &[]),
    ("crawler", "limit", "5", &[]),
    ("crawler", "concurrency", "1", &[]),
    ("crawler", "delay_ms", "0", &[]),
    ("crawler", "robots", "false", &[]),
    ("crawler", "timeout_ms", "100", &[]),
    ("realtime", "source", "feed", &[]),
    ("realtime", "sensors", "1", &[]),
    ("realtime", "interval_ms", "50", &[]),
    ("realtime", "duration_ms", "1000", &[]),
    ("realtime", "capacity", "2", &[]),
    ("realtime", "batch", "2", &[]),
    ("realtime", "every_ms", "100", &[]),
    ("realtime", "subscribers", "1", &[]),
    ("realtime", "work_ms", "10", &[]),
    ("realtime", "threshold", "20", &[]),
    ("realtime", "report_ms", "500", &[]),
];

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
