//! What the page has to tell, where everybody sees it.

use yew::prelude::*;

use super::context::Context;
use super::element::{press, tool};
use super::icon::{Icon, icon};
use crate::element::element;
use crate::engine::Failure;
use crate::state::notice::Notices;
use crate::state::{Action, Level, Request};

/// What the page has to tell, and why there is no engine if there is none; `file` says what is on
/// screen in the place of a run. Screen readers read what is added.
pub fn notice_list(
    page: &Context,
    notices: &Notices,
    failure: Option<&Failure>,
    file: Html,
) -> Html {
    element("div")
        .class("notices")
        .attr("role", "log")
        .attr("aria-live", "polite")
        .attr("aria-label", page.say("page.notices"))
        .child(file)
        .child(if let Some(failure) = failure {
            element("div")
                .class("notice notice-error")
                .testid("message")
                .attr("data-kind", "engine")
                .attr("role", "alert")
                .child(icon(Icon::Warning))
                .child(element("p").child(say_failure(page, failure)))
                .child(
                    element("button")
                        .attr("type", "button")
                        .class("button")
                        .testid("retry")
                        .on_click(press(page, Action::Do(Request::Retry)))
                        .child(page.say("page.engine.retry")),
                )
                .html()
        } else {
            Html::default()
        })
        .children(
            notices
                .iter()
                .map(|(id, notice)| {
                    let id = *id;
                    let level = notice.level();
                    let sign = match level {
                        Level::Warning => Icon::Info,
                        Level::Error => Icon::Warning,
                    };
                    element("div")
                        .key(id)
                        .class(format!("notice notice-{}", level.name()))
                        .testid("message")
                        .child(icon(sign))
                        .child(element("p").child(notice.text(page.language)))
                        .child(
                            tool(
                                Icon::Close,
                                page.say("page.notice.dismiss"),
                                press(page, Action::Dismiss(id)),
                            )
                            .attr("title", page.say("page.notice.dismiss")),
                        )
                        .html()
                })
                .collect(),
        )
        .html()
}

fn say_failure(page: &Context, failure: &Failure) -> String {
    let text = match failure {
        Failure::OtherVersion {
            page: own,
            engine: other,
        } => {
            let (own, other) = (own.to_string(), other.to_string());
            page.say_with(failure.key(), &[("page", &own), ("engine", &other)])
        }
        _ => page.say(failure.key()).to_owned(),
    };
    match failure {
        Failure::NotLoaded(detail) | Failure::BrokeDown(detail) if !detail.is_empty() => {
            let detail = page.say_with("page.engine.detail", &[("detail", detail)]);
            format!("{text} {detail}")
        }
        _ => text,
    }
}
