//! `wakeline list`: which demos there are, and what can be set.

use std::process::ExitCode;

use serde_json::Value as Json;
use wakeline_demos::{CHAPTERS, find, specs};
use wakeline_phrases::Language;
use wakeline_protocol::{DemoSpec, Modes, ParamKind, ParamSpec};

use crate::arguments::List;
use crate::console::{complain, out};
use crate::{USAGE, mistakes, run};

/// Lists all demos, or describes one.
pub(crate) fn list(options: &List, language: Language) -> ExitCode {
    let Some(slug) = &options.demo else {
        let specs = specs();
        out(&match options.json {
            true => Json::from_iter(specs.iter().map(|spec| json(spec, language))).to_string(),
            false => overview(&specs, language),
        });
        return ExitCode::SUCCESS;
    };
    match find(slug) {
        Some(demo) => {
            let spec = demo.spec();
            out(&match options.json {
                true => json(&spec, language).to_string(),
                false => description(&spec, language),
            });
            ExitCode::SUCCESS
        }
        None => {
            complain(&mistakes::say(&run::unknown_demo(slug), language));
            ExitCode::from(USAGE)
        }
    }
}

/// The declaration of a demo with its title.
fn json(spec: &DemoSpec, language: Language) -> Json {
    // A struct of plain values always has a JSON form.
    let mut json = serde_json::to_value(spec).unwrap_or_default();
    if let Json::Object(fields) = &mut json {
        fields.insert("title".to_owned(), title(spec, language).into());
    }
    json
}

fn title(spec: &DemoSpec, language: Language) -> &'static str {
    language.say(&format!("demo.{}.title", spec.slug))
}

/// All demos by chapter, a line each.
fn overview(specs: &[DemoSpec], language: Language) -> String {
    let widest = specs.iter().map(|spec| spec.slug.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for chapter in CHAPTERS {
        let of_chapter = specs.iter().filter(|spec| spec.chapter == chapter);
        for (number, spec) in of_chapter.enumerate() {
            if number == 0 {
                lines.push(String::new());
                lines.push(language.say(&format!("chapter.{chapter}")).to_owned());
            }
            let (slug, title) = (&spec.slug, title(spec, language));
            let live = live_mark(spec, language);
            lines.push(format!("  {slug:widest$}  {title}{live}"));
        }
    }
    lines.push(String::new());
    lines.push(language.say("cli.list.more").to_owned());
    lines.remove(0);
    lines.join("\n")
}

fn live_mark(spec: &DemoSpec, language: Language) -> String {
    match spec.modes {
        Modes::Any => String::new(),
        Modes::Live => format!("  ({})", language.say("cli.list.live")),
        Modes::Network => format!("  ({})", language.say("cli.list.network")),
    }
}

/// Everything about one demo.
fn description(spec: &DemoSpec, language: Language) -> String {
    let slug = &spec.slug;
    let say = |key: String| language.say(&key);
    let mut lines = vec![
        format!(
            "{slug}  {}{}",
            title(spec, language),
            live_mark(spec, language)
        ),
        String::new(),
        say(format!("demo.{slug}.what")).to_owned(),
        say(format!("demo.{slug}.look")).to_owned(),
        String::new(),
        language.say("cli.list.parameters").to_owned(),
    ];
    for param in &spec.params {
        let name = &param.name;
        let default = param.default().to_string();
        lines.push(format!("  {name}={default}"));
        lines.push(format!(
            "      {}  [{}]",
            say(format!("param.{slug}.{name}.help")),
            values(param, language)
        ));
        if let ParamKind::Choice { options, .. } = &param.kind {
            let widest = options.iter().map(String::len).max().unwrap_or(0);
            lines.extend(options.iter().map(|option| {
                let means = say(format!("param.{slug}.{name}.{option}"));
                format!("        {option:widest$}  {means}")
            }));
        }
    }
    if !spec.presets.is_empty() {
        lines.push(String::new());
        lines.push(language.say("cli.list.presets").to_owned());
        let widest = spec.presets.iter().map(|preset| preset.name.len()).max();
        let widest = widest.unwrap_or(0);
        lines.extend(spec.presets.iter().map(|preset| {
            let name = &preset.name;
            format!("  {name:widest$}  {}", say(format!("preset.{slug}.{name}")))
        }));
    }
    lines.join("\n")
}

/// What values a parameter takes.
fn values(param: &ParamSpec, language: Language) -> String {
    let range = |min: String, max: String| {
        let range = language.say_with("cli.list.range", &[("min", &min), ("max", &max)]);
        match param.unit.name() {
            Some(unit) => format!("{range} {}", language.say(&format!("unit.{unit}"))),
            None => range,
        }
    };
    match &param.kind {
        ParamKind::Integer { min, max, .. } => range(min.to_string(), max.to_string()),
        ParamKind::Number { min, max, .. } => range(min.to_string(), max.to_string()),
        ParamKind::Choice { .. } => language.say("cli.list.choice").to_owned(),
        ParamKind::Flag { .. } => language.say("cli.list.flag").to_owned(),
        ParamKind::Text { longest, .. } => {
            let longest = longest.to_string();
            language.say_with("cli.list.text", &[("longest", &longest)])
        }
    }
}
