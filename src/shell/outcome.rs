//! How the run on screen stands, in one word, and the hash of its log.

use wakeline_timeline::duration;
use yew::prelude::*;

use super::context::Context;
use super::element::tool;
use super::files::file_buttons;
use super::icon::Icon;
use crate::browser::{self, Timeout};
use crate::element::{component, element};
use crate::state::{Action, Limit, Notice, Phase, Run};

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
    page.language.say_of("page.outcome.", outcome_name(phase))
}

/// How large the log may grow, and what happens then.
pub fn say_limit(page: &Context, limit: Limit) -> String {
    let key = match limit.newest {
        true => "page.status.newest",
        false => "page.status.limit",
    };
    page.say_with(key, &[("limit", &limit.events.to_string())])
}

/// Says which events of the log on screen were let go, if any were.
pub fn let_go(page: &Context, run: Option<&Run>) -> Html {
    let Some(run) = run else {
        return Html::default();
    };
    let model = run.model.read();
    let first = model.first();
    if first == 0 {
        return Html::default();
    }
    let time = duration::short(model.log().columns.time(first));
    let text = page.say_with(
        "page.let-go",
        &[("events", &first.to_string()), ("time", &time)],
    );
    element("p")
        .class("notice")
        .testid("let-go")
        .child(text)
        .html()
}

/// The bar at the bottom: outcome, end, size, hash of the run on screen.
pub fn status_bar(page: &Context, run: Option<&Run>) -> Html {
    let Some(run) = run else {
        return element("footer")
            .class("status")
            .attr("aria-label", page.say("page.status"))
            .child(
                element("span")
                    .class("faint")
                    .child(page.say("page.status.none")),
            )
            .child(file_buttons(page, None))
            .html();
    };
    let model = run.model.read();
    let (events, time) = (model.len().to_string(), duration::short(model.end_time()));
    let outcome = outcome_name(&run.phase);
    let limit = say_limit(page, run.plan.limit);
    let summary = run
        .summary()
        .filter(|summary| !summary.log_sha256.is_empty());
    element("footer")
        .class("status")
        .attr("aria-label", page.say("page.status"))
        .child(
            element("span")
                .class(["outcome outcome-", outcome].concat())
                .testid("outcome")
                .attr("data-outcome", outcome.to_owned())
                .child(say_outcome(page, &run.phase)),
        )
        .child(element("span").testid("end").child(time))
        .child(
            element("span")
                .testid("events")
                .attr("title", limit)
                .child(page.say_with("page.status.events", &[("events", &events)])),
        )
        .child(file_buttons(page, Some(run)))
        .child(summary.map(|summary| hash(page, &summary.log_sha256)))
        .html()
}

/// The hash of the log, to be compared and copied.
fn hash(page: &Context, text: &str) -> Html {
    let label = page.say("page.summary.copy-hash");
    let copy = component::<CopyButton>(CopyButtonProps {
        page: page.clone(),
        text: text.to_owned().into(),
        label: label.into(),
    });
    element("span")
        .class("status-hash")
        .child(
            element("span")
                .class("label")
                .child(page.say("page.summary.hash")),
        )
        .child(
            element("code")
                .testid("log-hash")
                .attr("title", text.to_owned())
                .child(text.to_owned()),
        )
        .child(copy)
        .html()
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
#[derive(Debug, Default)]
pub struct CopyButton {
    /// The sign goes back after a moment, and at once when there is another text.
    copied: Option<Timeout>,
}

impl Component for CopyButton {
    /// Whether the text has just been copied.
    type Message = bool;
    type Properties = CopyButtonProps;

    fn create(_: &yew::Context<Self>) -> Self {
        Self::default()
    }

    fn update(&mut self, ctx: &yew::Context<Self>, copied: bool) -> bool {
        let link = ctx.link().clone();
        let back = || Timeout::after(1_600, move || link.send_message(false));
        self.copied = copied.then(back);
        true
    }

    fn changed(&mut self, ctx: &yew::Context<Self>, before: &CopyButtonProps) -> bool {
        if ctx.props().text != before.text {
            self.copied = None;
        }
        true
    }

    fn view(&self, ctx: &yew::Context<Self>) -> Html {
        let props = ctx.props();
        let page = &props.page;
        let on_click = {
            let (text, act, link) = (props.text.clone(), page.act.clone(), ctx.link().clone());
            Callback::from(move |_: MouseEvent| {
                let (text, act, link) = (text.clone(), act.clone(), link.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    if browser::copy(&text).await {
                        link.send_message(true);
                    } else {
                        act.emit(Action::Tell(Notice::NotCopied));
                    }
                });
            })
        };
        let (label, sign) = match self.copied {
            Some(_) => (AttrValue::from(page.say("page.copied")), Icon::Done),
            None => (props.label.clone(), Icon::Copy),
        };
        tool(sign, &label, on_click).attr("title", &label).html()
    }
}
