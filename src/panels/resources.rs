//! Resources at the playhead: contents of channels, holders of locks and permits, who waits.

use wakeline_timeline::log::{NetworkPhase, ResourceKind};
use wakeline_timeline::order;
use wakeline_timeline::state::{Connection, ConnectionManner, Holder, Message, Resource};
use yew::prelude::*;

use super::parts::Scene;
use crate::element::{all, element, words};
use crate::selection::Selection;
use crate::shell::context::Context;

/// Resources at the playhead. The selected one comes first, those that are over last.
pub(crate) fn resources(scene: Scene<'_>) -> Html {
    let all: Vec<&Resource> = scene.moment.state().resources().collect();
    let group = |at: usize| {
        let selected = scene.selection == Some(Selection::Resource(all[at].id));
        match (selected, is_over(all[at])) {
            (true, _) => 0,
            (false, over) => 1 + u32::from(over),
        }
    };
    let order = order(all.len(), &[&group]);
    let resources: Vec<&Resource> = order.into_iter().map(|at| all[at]).collect();
    element("div")
        .class("resources")
        .testid("resources")
        .child(if resources.is_empty() {
            element("p")
                .class("pane-note")
                .child(scene.page.say("page.resources.none"))
                .html()
        } else {
            element("ul")
                .child(scene.some_of(&resources, |resource| show(scene, resource)))
                .html()
        })
        .html()
}

/// Whether nothing more will happen to it.
fn is_over(resource: &Resource) -> bool {
    match &resource.connection {
        Some(connection) => connection.end.is_some(),
        None => {
            resource.closed().is_some()
                && resource.is_empty()
                && resource.waiters_len() + resource.blocked_senders_len() == 0
        }
    }
}

fn show(scene: Scene<'_>, resource: &Resource) -> Html {
    let page = scene.page;
    let class = if is_over(resource) {
        "resource resource-over"
    } else {
        "resource"
    };
    element("li")
        .key(resource.id)
        .class(class)
        .testid(format!("resource-{}", resource.id))
        .child(
            element("div")
                .class("resource-head")
                .child(scene.resource(resource.id))
                .child(
                    element("span")
                        .class("faint")
                        .child(page.say(&kind_phrase(resource.kind))),
                )
                .child(resource.closed().is_some().then(|| {
                    element("span")
                        .class("badge")
                        .child(page.say("page.resource.closed"))
                }))
                .child(fill(page, resource)),
        )
        .child(
            element("dl")
                .class("resource-facts")
                .child(facts(scene, resource)),
        )
        .child(resource.notified.then(|| {
            element("p")
                .class("faint")
                .child(page.say("page.resource.notified"))
        }))
        .html()
}

/// What it is, as a key of the phrase table.
fn kind_phrase(kind: Option<ResourceKind>) -> String {
    format!("resource.{}", kind.map_or("unknown", ResourceKind::name))
}

/// Whether it is a thing that messages go through.
pub(crate) fn holds_messages(kind: Option<ResourceKind>) -> bool {
    matches!(
        kind,
        Some(ResourceKind::Channel | ResourceKind::Oneshot | ResourceKind::Queue)
    )
}

fn holds_permits(kind: Option<ResourceKind>) -> bool {
    matches!(kind, Some(ResourceKind::Mutex | ResourceKind::Semaphore))
}

/// Terms and what is to be said to each.
fn facts(scene: Scene<'_>, resource: &Resource) -> Html {
    let page = scene.page;
    let mut facts: Vec<(Html, Html)> = Vec::new();
    let mut fact = |phrase: &str, says: Html| facts.push((page.say(phrase).into(), says));
    if holds_messages(resource.kind) {
        fact("page.resource.contents", contents(scene, resource));
    }
    if holds_permits(resource.kind) {
        fact("page.resource.holders", holders(scene, &resource.holders()));
    }
    if resource.units() > 0 {
        fact("page.resource.units", resource.units().into());
    }
    let senders: Vec<u32> = resource
        .blocked_senders()
        .map(|waiter| waiter.task)
        .collect();
    if !senders.is_empty() {
        fact("page.resource.senders", scene.tasks("tasks", &senders));
    }
    let waiters: Vec<u32> = resource.waiters().map(|waiter| waiter.task).collect();
    if !waiters.is_empty() {
        fact("page.resource.waiters", scene.tasks("tasks", &waiters));
    }
    if let Some(connection) = &resource.connection {
        facts.push((
            scene.task(connection.task),
            show_connection(scene, connection),
        ));
    }
    facts
        .into_iter()
        .map(|(term, says)| {
            all(vec![
                element("dt").child(term).html(),
                element("dd").child(says).html(),
            ])
        })
        .collect()
}

/// How full it is, as a figure and, where there is a limit, as a bar.
fn fill(page: &Context, resource: &Resource) -> Html {
    let count = if holds_permits(resource.kind) {
        resource.permits_in_use()
    } else if holds_messages(resource.kind) {
        resource.len() as u64
    } else {
        return Html::default();
    };
    let count = count.to_string();
    let capacity = resource.capacity().map(|capacity| capacity.to_string());
    let figure = match &capacity {
        Some(capacity) => page.say_with(
            "page.resource.fill",
            &[("count", &count), ("capacity", capacity)],
        ),
        None => page.say_with("page.resource.fill.unbounded", &[("count", &count)]),
    };
    element("span")
        .class("fill")
        .child(if let Some(max) = capacity {
            element("meter")
                .attr("min", "0")
                .attr("max", max)
                .attr("value", count)
                .attr("aria-hidden", "true")
                .html()
        } else {
            Html::default()
        })
        .child(element("span").class("fill-figure").child(figure))
        .html()
}

fn contents(scene: Scene<'_>, resource: &Resource) -> Html {
    let messages: Vec<Message> = resource.messages().collect();
    if messages.is_empty() {
        return element("span")
            .class("none")
            .child(scene.page.say("page.resource.contents.none"))
            .html();
    }
    let show = |message: &Message| {
        let mut text = scene.moment.text(message.text);
        if text.is_empty() {
            text = scene.page.say("page.resource.undescribed").to_owned();
        }
        element("li").key(message.sent).child(text).html()
    };
    element("ol")
        .class("messages")
        .child(scene.some_of(&messages, show))
        .html()
}

fn holders(scene: Scene<'_>, holders: &[Holder]) -> Html {
    let page = scene.page;
    if holders.is_empty() {
        return element("span")
            .class("none")
            .child(page.say("page.resource.holders.none"))
            .html();
    }
    let show = |holder: &Holder| {
        let permits = holder.permits.to_string();
        element("li")
            .key(holder.task)
            .child(scene.task(holder.task))
            .child((holder.permits > 1).then(|| {
                element("span")
                    .class("faint")
                    .child(page.say_with("page.resource.permits", &[("count", &permits)]))
            }))
            .html()
    };
    element("ol")
        .class("tasks")
        .child(scene.some_of(holders, show))
        .html()
}

fn show_connection(scene: Scene<'_>, connection: &Connection) -> Html {
    let page = scene.page;
    let phase = match (&connection.end, connection.phase) {
        (Some(end), _) => match end.manner {
            ConnectionManner::Well => "well",
            ConnectionManner::Error => "error",
            ConnectionManner::Aborted => "aborted",
        },
        (None, Some(NetworkPhase::Sent)) => "sent",
        (None, Some(NetworkPhase::Open)) => "open",
        (None, Some(NetworkPhase::Headers)) => "headers",
        (None, Some(NetworkPhase::Body)) => "body",
        (None, Some(NetworkPhase::Closing)) => "closing",
        (None, _) => "begun",
    };
    let mut facts = vec![page.say_of("page.resource.phase.", phase).to_owned()];
    let mut fact = |phrase: &str, name: &'static str, number: u32| {
        if number != 0 {
            facts.push(page.say_with(phrase, &[(name, &number.to_string())]));
        }
    };
    fact("page.resource.status", "status", connection.status);
    fact("page.resource.bytes", "bytes", connection.body);
    fact("page.resource.sent", "count", connection.sent);
    fact("page.resource.received", "count", connection.received);
    if let Some(end) = connection.end {
        let reason = scene.moment.text(end.reason);
        facts.extend((!reason.is_empty()).then_some(reason));
    }
    all(vec![
        element("span")
            .class("mono")
            .child(scene.moment.text(connection.request))
            .html(),
        element("br").html(),
        words(facts.join(" · ")),
    ])
}
