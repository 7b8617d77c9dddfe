//! How the run on screen stands, in one word, and the hash of its log.

use wakeline_timeline::duration;
use yew::prelude::*;

use super::context::Context;
use super::files::file_buttons;
use super::icon::{Icon, icon};
use crate::browser;
use crate::element::element;
use crate::engine::EVENT_LIMIT;
use crate::state::{Action, Notice, Phase, Run};

/// How a run stands, as a name in the style sheet, in tests and in the phrase table.
#[must_use]
pub fn outcome_name(phase: &Phase) -> &str {
    match phase {
        Phase::Asked | Phase::Running => "running",
        Phase::Ended(summary) => match &*summary.outcome {
            known @ ("completed" | "failed" | "deadlock" | "stopped" | "limit") => known,
            _ => "unknown",
        },
        Phase::CutOff => "cut-off",
        Phase::Crashed => "crashed",
        Phase::Damaged => "damaged",
    }
}

/// How a run stands, for a person.
#[must_use]
pub fn say_outcome(page: &Context, phase: &Phase) -> &'static str {
    page.language
        .say(&format!("page.outcome.{}", outcome_name(phase)))
}

/// The bar at the bottom: outcome, end, size, hash of the run on screen.
pub fn status_bar(page: &Context, run: Option<&Run>, export: &Callback<&'static str>) -> Html {
    let Some(run) = run else {
        return element("footer")
            .class("status")
            .attr("aria-label", page.say("page.status"))
            .child(
                element("span")
                    .class("faint")
                    .child(page.say("page.status.none")),
            )
            .child(file_buttons(page, None, export))
            .html();
    };
    let model = run.model.read();
    let (events, time) = (model.len().to_string(), duration::short(model.end_time()));
    element("footer").class("status").attr("aria-label", page.say("page.status")).child(element("span").class(format!("outcome outcome-{}", outcome_name(&run.phase))).testid("outcome").attr("data-outcome", outcome_name(&run.phase).to_owned()).child(say_outcome(page, &run.phase))).child(element("span").testid("end").child(time)).child(element("span").testid("events").attr("title", page.say_with("page.status.limit", &[("limit", &EVENT_LIMIT.to_string())])).child(page.say_with("page.status.events", &[("events", &events)]))).child(file_buttons(page, Some(run), export)).child(if let Some(summary) = run.summary().filter(|summary| !summary.log_sha256.is_empty()) {element("span").class("status-hash").child(element("span").class("label").child(page.say("page.summary.hash"))).child(element("code").testid("log-hash").attr("title", summary.log_sha256.clone()).child(summary.log_sha256.clone())).child(html! { <CopyButton page={page.clone()} text={summary.log_sha256.clone()} label={page.say("page.summary.copy-hash")} /> }).html()} else { Html::default() }).html()
}

/// A button that copies a text.
#[derive(Debug, PartialEq, Properties)]
pub struct CopyButtonProps {
    /// The reader's language, and where actions go.
    pub page: Context,
    /// The text.
    pub text: AttrValue,
    /// What the button does.
    pub label: AttrValue,
}

/// A button that copies a text, and says that it did.
#[component]
pub fn CopyButton(props: &CopyButtonProps) -> Html {
    let page = &props.page;
    let copied = use_state_eq(|| false);
    {
        // The sign goes back after a moment, and at once when there is another text.
        let setter = copied.setter();
        use_effect_with((*copied, props.text.clone()), move |(copied, _)| {
            let back = copied.then(|| browser::Timeout::after(1_600, move || setter.set(false)));
            move || drop(back)
        });
    }
    let onclick = {
        let (text, act, copied) = (props.text.clone(), page.act.clone(), copied.setter());
        Callback::from(move |_: MouseEvent| {
            let (text, act, copied) = (text.clone(), act.clone(), copied.clone());
            wasm_bindgen_futures::spawn_local(async move {
                if browser::copy(&text).await {
                    copied.set(true);
                } else {
                    act.emit(Action::Tell(Notice::NotCopied));
                }
            });
        })
    };
    let label = if *copied {
        AttrValue::from(page.say("page.copied"))
    } else {
        props.label.clone()
    };
    element("button")
        .attr("type", "button")
        .class("tool tool-small")
        .attr("aria-label", label.clone())
        .attr("title", label)
        .on_click(onclick)
        .child(icon(if *copied { Icon::Done } else { Icon::Copy }))
        .html()
}
