//! How the run ended, in figures, and how to get the same run elsewhere.

use wakeline_protocol::{Clock, Policy, RunSummary};
use wakeline_timeline::duration;
use yew::prelude::*;

use crate::element::{Element, component, element};
use crate::shell::context::Context;
use crate::shell::outcome::{CopyButton, CopyButtonProps, say_limit, say_outcome};
use crate::state::{Run, RunPlan};

/// How the run ended.
pub(crate) fn summary(page: &Context, run: &Run) -> Html {
    let Some(summary) = run.summary() else {
        let phrase = if run.is_under_way() {
            "page.summary.running"
        } else {
            "page.summary.unfinished"
        };
        return element("p")
            .class("pane-note")
            .testid("summary")
            .child(page.say(phrase))
            .html();
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
    let mut rows = Vec::new();
    let mut row = |key: &str, content: Element| {
        rows.push(element("dt").child(page.say(key)).html());
        rows.push(content.html());
    };
    let value = |text: String| element("dd").child(text);
    row(
        "page.summary.outcome",
        value(say_outcome(page, &run.phase).to_owned()),
    );
    if !reason.is_empty() {
        row("page.summary.reason", value(reason.clone()).class("mono"));
    }
    row("page.summary.end", value(duration::short(*end_ns)));
    let limit = say_limit(page, run.plan.limit);
    row(
        "page.summary.events",
        value(events.to_string()).child(element("p").class("faint").child(limit)),
    );
    row("page.summary.polls", value(polls.to_string()));
    row("page.summary.tasks", value(counts));
    if !log_sha256.is_empty() {
        let help = match run.plan.clock {
            Clock::Virtual => "page.summary.hash.help",
            Clock::Live => "page.summary.command.live",
        };
        row(
            "page.summary.hash",
            copied(
                page,
                "summary-hash",
                log_sha256.clone(),
                "page.summary.copy-hash",
                help,
            ),
        );
    }
    if run.plan.clock == Clock::Virtual {
        let help = "page.summary.command.help";
        row(
            "page.summary.command",
            copied(
                page,
                "command",
                command(&run.plan),
                "page.summary.copy-command",
                help,
            ),
        );
    }
    element("dl")
        .class("summary")
        .testid("summary")
        .children(rows)
        .html()
}

/// A text that can be copied, and what it is for.
fn copied(page: &Context, testid: &'static str, text: String, label: &str, help: &str) -> Element {
    let code = element("code").testid(testid).child(text.clone());
    let label = page.say(label);
    let button = component::<CopyButton>(CopyButtonProps {
        page: page.clone(),
        text: text.into(),
        label: label.into(),
    });
    element("dd")
        .child(
            element("span")
                .class("copied-text")
                .child(code)
                .child(button),
        )
        .child(element("p").class("faint").child(page.say(help)))
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
            limit: crate::state::Limit::default(),
        };
        assert_eq!(
            command(&plan),
            r"wakeline run hello --set delay=5 --set 'text=it'\''s $HOME' --seed 7 --policy random"
        );
    }
}
