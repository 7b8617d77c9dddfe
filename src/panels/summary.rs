//! How the run ended, in figures, and how to get the same run elsewhere.

use wakeline_protocol::{Clock, Policy, RunSummary};
use wakeline_timeline::duration;
use yew::prelude::*;

use crate::engine::EVENT_LIMIT;
use crate::shell::context::Context;
use crate::shell::outcome::{CopyButton, say_outcome};
use crate::state::{Run, RunPlan};

/// How the run ended.
pub(crate) fn summary(page: &Context, run: &Run) -> Html {
    let Some(summary) = run.summary() else {
        let phrase = if run.is_under_way() {
            "page.summary.running"
        } else {
            "page.summary.unfinished"
        };
        return html! { <p class="pane-note" data-testid="summary">{ page.say(phrase) }</p> };
    };
    let RunSummary {
        reason,
        end_ns,
        events,
        polls,
        tasks,
        log_sha256,
        ..
    } = summary;
    let counts = page.say_with(
        "page.summary.tasks.text",
        &[
            ("created", &tasks.created.to_string()),
            ("completed", &tasks.completed.to_string()),
            ("failed", &tasks.failed.to_string()),
            ("cancelled", &tasks.cancelled.to_string()),
            ("dropped", &tasks.dropped.to_string()),
        ],
    );
    html! {
        <dl class="summary" data-testid="summary">
            <dt>{ page.say("page.summary.outcome") }</dt>
            <dd>{ say_outcome(page, &run.phase) }</dd>
            if !reason.is_empty() {
                <dt>{ page.say("page.summary.reason") }</dt>
                <dd class="mono">{ reason }</dd>
            }
            <dt>{ page.say("page.summary.end") }</dt>
            <dd>{ duration::short(*end_ns) }</dd>
            <dt>{ page.say("page.summary.events") }</dt>
            <dd>
                { *events }
                <p class="faint">
                    { page.say_with("page.status.limit", &[("limit", &EVENT_LIMIT.to_string())]) }
                </p>
            </dd>
            <dt>{ page.say("page.summary.polls") }</dt>
            <dd>{ *polls }</dd>
            <dt>{ page.say("page.summary.tasks") }</dt>
            <dd>{ counts }</dd>
            if !log_sha256.is_empty() {
                <dt>{ page.say("page.summary.hash") }</dt>
                <dd>
                    <span class="copied-text">
                        <code data-testid="summary-hash">{ log_sha256 }</code>
                        <CopyButton page={page.clone()} text={log_sha256.clone()} label={page.say("page.summary.copy-hash")} />
                    </span>
                    <p class="faint">
                        { page.say(match run.plan.clock {
                            Clock::Virtual => "page.summary.hash.help",
                            Clock::Live => "page.summary.command.live",
                        }) }
                    </p>
                </dd>
            }
            if run.plan.clock == Clock::Virtual {
                <dt>{ page.say("page.summary.command") }</dt>
                <dd>
                    <span class="copied-text">
                        <code data-testid="command">{ command(&run.plan) }</code>
                        <CopyButton page={page.clone()} text={command(&run.plan)} label={page.say("page.summary.copy-command")} />
                    </span>
                    <p class="faint">{ page.say("page.summary.command.help") }</p>
                </dd>
            }
        </dl>
    }
}

/// The command that does the same run without a page.
fn command(plan: &RunPlan) -> String {
    let mut words = vec!["wakeline run".to_owned(), plan.demo.clone()];
    for (name, value) in &plan.params {
        words.push(format!("--set {}", quoted(&format!("{name}={value}"))));
    }
    words.push(format!("--seed {}", plan.seed));
    if plan.policy != Policy::Fifo {
        words.push(format!("--policy {}", quoted(&plan.policy.to_string())));
    }
    words.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=.,:/+@%".contains(&byte);
    if word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use wakeline_protocol::{Value, Values};

    use super::*;

    #[test]
    fn the_command_says_everything_that_the_log_depends_on() {
        let plan = RunPlan {
            demo: "hello".to_owned(),
            params: Values::from([
                ("delay".to_owned(), Value::Integer(5)),
                ("text".to_owned(), Value::Text("it's $HOME".to_owned())),
            ]),
            seed: 7,
            policy: Policy::Random,
            clock: Clock::Virtual,
            server: String::new(),
        };
        assert_eq!(
            command(&plan),
            r"wakeline run hello --set delay=5 --set 'text=it'\''s $HOME' --seed 7 --policy random"
        );
    }
}
