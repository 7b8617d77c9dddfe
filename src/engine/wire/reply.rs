//! Replies of the engine, read.

use js_sys::JSON;
use wakeline_protocol::{
    DemoSpec, Modes, ParamKind, ParamSpec, Preset, Problem, Reply, RunSummary, TaskCounts, Unit,
};
use wasm_bindgen::JsValue;

use super::fields::{Fields, two_texts};

/// Reads a reply; `None` if the text is none.
#[must_use]
pub fn reply(text: &str) -> Option<Reply> {
    let fields = Fields::of(JSON::parse(text).ok()?)?;
    Some(match &*fields.text("type")? {
        "ready" => Reply::Ready {
            version: fields.u32("version")?,
            demos: fields.list("demos", demo)?,
        },
        "started" => Reply::Started {
            run: fields.u32("run")?,
        },
        "batch" => Reply::Batch {
            run: fields.u32("run")?,
        },
        "ended" => Reply::Ended {
            run: fields.u32("run")?,
            summary: summary(fields.get("summary")?)?,
        },
        "refused" => Reply::Refused {
            run: fields.u32("run")?,
            problems: fields.list("problems", problem)?,
        },
        "crashed" => Reply::Crashed {
            run: fields.u32("run")?,
            message: fields.text("message")?,
        },
        _ => return None,
    })
}

fn demo(value: JsValue) -> Option<DemoSpec> {
    let fields = Fields::of(value)?;
    Some(DemoSpec {
        slug: fields.text("slug")?,
        chapter: fields.text("chapter")?,
        modes: match &*fields.text("modes")? {
            "any" => Modes::Any,
            "live" => Modes::Live,
            "network" => Modes::Network,
            _ => return None,
        },
        params: fields.list("params", param)?,
        ordered: fields.list_or_empty("ordered", two_texts)?,
        live: fields.list_or_empty("live", two_texts)?,
        presets: fields.list_or_empty("presets", preset)?,
    })
}

fn param(value: JsValue) -> Option<ParamSpec> {
    let fields = Fields::of(value)?;
    Some(ParamSpec {
        name: fields.text("name")?,
        kind: kind(&fields)?,
        unit: match &*fields.text_or_empty("unit")? {
            "" | "none" => Unit::None,
            "ms" => Unit::Ms,
            "percent" => Unit::Percent,
            "bytes" => Unit::Bytes,
            _ => return None,
        },
    })
}

fn kind(fields: &Fields) -> Option<ParamKind> {
    Some(match &*fields.text("kind")? {
        "integer" => ParamKind::Integer {
            min: fields.i64("min")?,
            max: fields.i64("max")?,
            default: fields.i64("default")?,
        },
        "number" => ParamKind::Number {
            min: fields.number("min")?,
            max: fields.number("max")?,
            default: fields.number("default")?,
            step: fields.number("step")?,
        },
        "choice" => ParamKind::Choice {
            options: fields.list("options", |option| option.as_string())?,
            default: fields.text("default")?,
        },
        "flag" => ParamKind::Flag {
            default: fields.flag("default")?,
        },
        "text" => ParamKind::Text {
            longest: fields.u32("longest")? as usize,
            default: fields.text("default")?,
        },
        _ => return None,
    })
}

fn preset(value: JsValue) -> Option<Preset> {
    let fields = Fields::of(value)?;
    Some(Preset {
        name: fields.text("name")?,
        values: fields.values("values")?,
    })
}

fn problem(value: JsValue) -> Option<Problem> {
    let fields = Fields::of(value)?;
    Some(Problem {
        parameter: fields.text_or_empty("parameter")?,
        code: fields.text("code")?,
        arguments: fields.list_or_empty("arguments", two_texts)?,
    })
}

fn summary(value: JsValue) -> Option<RunSummary> {
    let fields = Fields::of(value)?;
    let tasks = Fields::of(fields.get("tasks")?)?;
    Some(RunSummary {
        outcome: fields.text("outcome")?,
        reason: fields.text_or_empty("reason")?,
        end_ns: fields.u64("end_ns")?,
        events: fields.u32("events")?,
        polls: fields.u32("polls")?,
        tasks: TaskCounts {
            created: tasks.u32("created")?,
            completed: tasks.u32("completed")?,
            failed: tasks.u32("failed")?,
            cancelled: tasks.u32("cancelled")?,
            dropped: tasks.u32("dropped")?,
        },
        log_sha256: fields.text("log_sha256")?,
    })
}
