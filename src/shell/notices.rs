//! What the page has to tell, where everybody sees it.

use yew::prelude::*;

use super::context::Context;
use super::icon::{Icon, icon};
use crate::engine::Failure;
use crate::state::notice::Notices;
use crate::state::{Action, Level};

/// What the page has to tell, and why there is no engine if there is none; `file` says what is on
/// screen in the place of a run. Screen readers read what is added.
pub fn notice_list(
    page: &Context,
    notices: &Notices,
    failure: Option<&Failure>,
    on_retry: &Callback<()>,
    file: Html,
) -> Html {
    html! {
        <div class="notices" role="log" aria-live="polite" aria-label={page.say("page.notices")}>
            { file }
            if let Some(failure) = failure {
                <div class="notice notice-error" data-testid="message" data-kind="engine" role="alert">
                    { icon(Icon::Warning) }
                    <p>{ say_failure(page, failure) }</p>
                    <button
                        type="button"
                        class="button"
                        data-testid="retry"
                        onclick={on_retry.reform(|_: MouseEvent| ())}
                    >
                        { page.say("page.engine.retry") }
                    </button>
                </div>
            }
            { for notices.iter().map(|(id, notice)| {
                let id = *id;
                let level = notice.level();
                let sign = match level {
                    Level::Warning => Icon::Info,
                    Level::Error => Icon::Warning,
                };
                html! {
                    <div
                        key={id}
                        class={format!("notice notice-{}", level.name())}
                        data-testid="message"
                    >
                        { icon(sign) }
                        <p>{ notice.text(page.language) }</p>
                        <button
                            type="button"
                            class="tool tool-small"
                            aria-label={page.say("page.notice.dismiss")}
                            title={page.say("page.notice.dismiss")}
                            onclick={page.on(move |_: MouseEvent| Action::Dismiss(id))}
                        >
                            { icon(Icon::Close) }
                        </button>
                    </div>
                }
            }) }
        </div>
    }
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
