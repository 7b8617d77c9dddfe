//! Files: a log in other forms, and a log out of another form.

use wakeline_phrases::Language;
use wakeline_protocol::Problem;
use wakeline_timeline::export::{chrome_trace, svg};
use wakeline_timeline::json::Json;
use wakeline_timeline::log::{Log, encode, to_json_lines};
use wakeline_timeline::{Axis, LaneKey, Model, import};

use super::{Lane, Question, View};

/// The bytes of a file, and what it is: its fields go into the answer.
pub(super) fn export(json: &mut Json, log: &Log, question: &Question) -> Result<Vec<u8>, Problem> {
    let (bytes, media, ending) = match &*question.format {
        "chrome-trace" => (
            chrome_trace(log).into_bytes(),
            "application/json",
            "trace.json",
        ),
        "json" => (
            to_json_lines(log).into_bytes(),
            "application/jsonl",
            "jsonl",
        ),
        "binary" => (encode(log), "application/octet-stream", "wakeline"),
        "svg" => (
            picture(log, &question.view).into_bytes(),
            "image/svg+xml",
            "svg",
        ),
        other => return Err(Problem::new("unknown-question").with("input", other)),
    };
    json.object(|json| {
        json.field("type").text(media);
        json.field("name")
            .text(&format!("{}.{ending}", stem(&log.meta)));
    });
    Ok(bytes)
}

/// The binary form of a log of either form.
pub(super) fn import(json: &mut Json, bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    let log = import::read(bytes).map_err(|error| {
        Problem::new(&format!("log-{}", error.code())).with("place", error.number())
    })?;
    json.object(|json| json.field("events").number(log.len() as u64));
    Ok(encode(&log))
}

/// What a file is called: as the demo, if one was run.
fn stem(meta: &str) -> &str {
    let name = meta
        .split_once(r#""demo":""#)
        .and_then(|(_, rest)| rest.split('"').next())
        .unwrap_or_default();
    let is_slug = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if name.is_empty() || !name.chars().all(is_slug) {
        return "run";
    }
    name
}

fn picture(log: &Log, view: &View) -> String {
    let model = Model::from_log(log.clone());
    let key = |lane: i64| match lane {
        0 => Some(LaneKey::Executor),
        1.. => u32::try_from(lane).ok().map(LaneKey::Task),
        _ => u32::try_from(-lane).ok().map(LaneKey::Resource),
    };
    let lanes = view.lanes.iter().filter_map(|lane| match lane {
        Lane::Of(lane) => key(*lane).map(svg::Row::Lane),
        Lane::Group(name, tasks) => Some(svg::Row::Group {
            name: name.clone(),
            tasks: tasks.clone(),
        }),
    });
    let settings = svg::View {
        width: if view.width == 0 {
            svg::WIDTH
        } else {
            view.width
        },
        axis: Axis::from_name(&view.axis).unwrap_or_default(),
        range: (view.end > view.start).then_some((view.start, view.end)),
        dark: view.dark,
        lanes: lanes.collect(),
        language: Language::from_tag(&view.language).unwrap_or_default(),
    };
    svg::svg(&model, &settings)
}
