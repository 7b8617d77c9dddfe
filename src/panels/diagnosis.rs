//! What looks like a mistake in the run, each with its figures and the way to its evidence; and
//! what decided the end.

use wakeline_timeline::diagnosis::sentence;
use wakeline_timeline::duration;
use wasm_bindgen::JsValue;
use yew::prelude::*;

use super::parts::Scene;
use crate::element::{element, words};
use crate::engine::wire::Fields;
use crate::selection::Selection;
use crate::shell::context::Context;
use crate::shell::element::button;
use crate::shell::icon::{Icon, icon};
use crate::state::Action;
use crate::study::{Answers, Question};

/// The findings, and the critical path.
pub(crate) fn diagnosis(scene: Scene<'_>, answers: &Answers, path_shown: bool) -> Html {
    let say = |key: &str| words(scene.page.say(key).to_owned());
    let findings = fields(answers, Question::Findings);
    let findings = findings.and_then(|fields| {
        fields.list("findings", |finding| {
            Some(show(scene, &Fields::of(finding)?))
        })
    });
    let findings = match findings {
        None => element("p")
            .class("faint")
            .child(waiting(scene.page, answers, Question::Findings))
            .html(),
        Some(list) if list.is_empty() => {
            element("p").class("none").child(say("finding.none")).html()
        }
        Some(list) => element("ol").class("findings").children(list).html(),
    };
    let toggle = button(
        scene.page,
        "chip",
        "path-toggle".to_owned(),
        Some(path_shown),
        Action::Path(!path_shown),
        vec![say("page.path")],
    );
    let path = if path_shown {
        fields(answers, Question::Path)
            .and_then(|fields| fields.list("totals", |row| total(scene, row)))
    } else {
        None
    };
    element("div")
        .class("diagnosis")
        .testid("diagnosis")
        .child(findings)
        .child(
            element("section")
                .class("path")
                .child(toggle)
                .child(element("p").class("faint").child(say("page.path.help")))
                .child(path.map(|rows| {
                    element("table")
                        .class("figures")
                        .child(element("tbody").children(rows))
                })),
        )
        .html()
}

/// What is said in the place of an answer.
pub(crate) fn waiting(page: &Context, answers: &Answers, question: Question) -> Html {
    let key = match answers.get(question) {
        None => "page.study.asking",
        Some(_) => "page.study.failed",
    };
    words(page.say(key).to_owned())
}

/// The fields of an answer.
pub(crate) fn fields(answers: &Answers, question: Question) -> Option<Fields> {
    Fields::of(answers.get(question)?.clone().into())
}

fn show(scene: Scene<'_>, finding: &Fields) -> Html {
    let page = scene.page;
    let code = finding.text_or_empty("code").unwrap_or_default();
    let severity = finding.text_or_empty("severity").unwrap_or_default();
    let id = |fields: &Fields, name: &str| fields.u32(name).unwrap_or_default();
    let (task, resource) = (id(finding, "task"), id(finding, "resource"));
    let also = finding.list("also", |place| Some(id(&Fields::of(place)?, "task")));
    let other = also
        .and_then(|also| also.first().copied())
        .unwrap_or_default();
    let numbers = finding.numbers("numbers");
    let specific = sentence(
        format!("finding.{code}.specific"),
        [task, other, resource],
        &numbers,
    );
    let step = id(finding, "step") as usize;
    let subject = match (task, resource) {
        (0, 0) => None,
        (0, resource) => Some(Selection::Resource(resource)),
        (task, _) => Some(Selection::Task(task)),
    };
    let until = id(finding, "until") as usize;
    let evidence = Action::Evidence {
        steps: step.saturating_sub(1)..until.max(step),
        subject,
    };
    let word = |key: &str| words(page.say(key).to_owned());
    let class = if severity == "trouble" {
        "finding finding-trouble"
    } else {
        "finding"
    };
    element("li")
        .class(class)
        .child(icon(if severity == "trouble" {
            Icon::Warning
        } else {
            Icon::Info
        }))
        .child(
            element("div")
                .child(
                    element("h3")
                        .child(word(&format!("finding.{code}.name")))
                        .child(
                            element("span")
                                .class("faint")
                                .child(word(&format!("finding.severity.{severity}"))),
                        ),
                )
                .child(
                    element("p")
                        .testid(format!("finding-{code}"))
                        .child(scene.sentence(&specific)),
                )
                .child(
                    element("p")
                        .class("faint")
                        .child(word(&format!("finding.{code}.general"))),
                )
                .child(button(
                    page,
                    "button button-quiet",
                    format!("evidence-{code}"),
                    None,
                    evidence,
                    vec![word("page.evidence")],
                )),
        )
        .html()
}

/// Time on the critical path for a reason.
fn total(scene: Scene<'_>, row: JsValue) -> Option<Html> {
    let row = Fields::of(row)?;
    let reason = scene.page.say_of("page.path.", &row.text("reason")?);
    let share = (row.number("share")? * 100.0).round();
    Some(
        element("tr")
            .child(element("th").child(reason.to_owned()))
            .child(element("td").child(duration::short(row.u64("ns")?)))
            .child(element("td").child(wakeline_protocol::decimal::fixed(share, 0) + " %"))
            .html(),
    )
}
