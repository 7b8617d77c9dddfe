//! One sentence about what is selected: why a task runs or does not, how a resource stands.

use wakeline_timeline::log::ResourceKind;
use wakeline_timeline::state::{Resource, State};
use wakeline_timeline::{Argument, Phrase};
use yew::prelude::*;

use super::moment::Moment;
use super::parts::Scene;
use super::resources::holds_messages;
use crate::element::element;
use crate::selection::Selection;
use crate::shell::context::Context;
use crate::shell::element::{press, tool};
use crate::shell::icon::Icon;
use crate::state::Action;

/// One sentence about what is selected.
pub(crate) fn why(page: &Context, moment: Option<&Moment>, selection: Option<Selection>) -> Html {
    let (Some(moment), Some(selected)) = (moment, selection) else {
        return element("section")
            .class("why")
            .attr("aria-label", page.say("page.why"))
            .testid("why")
            .child(
                element("span")
                    .class("why-text none")
                    .child(page.say("page.why.none")),
            )
            .html();
    };
    let scene = Scene {
        page,
        moment,
        selection,
    };
    let phrase = match selected {
        Selection::Task(id) => moment.model.read().why(moment.state(), id),
        Selection::Resource(id) => stands(moment.state(), id),
    };
    element("section")
        .class("why")
        .attr("aria-label", page.say("page.why"))
        .testid("why")
        .child(
            element("div")
                .class("why-text")
                .child(element("p").child(scene.sentence(&phrase)))
                .child(if let Selection::Task(id) = selected {
                    upstream(scene, id)
                } else {
                    Html::default()
                }),
        )
        .child(
            tool(
                Icon::Close,
                page.say("page.why.clear"),
                press(page, Action::Select(None)),
            )
            .attr("title", page.say("page.why.clear")),
        )
        .html()
}

/// What those in turn wait for whom a task waits for; nothing if it waits for nobody.
fn upstream(scene: Scene<'_>, task: u32) -> Html {
    let (model, state) = (scene.moment.model.read(), scene.moment.state());
    let chain = model.why_chain(state, task);
    let Some((_, others)) = chain
        .tasks
        .split_first()
        .filter(|(_, others)| !others.is_empty())
    else {
        return Html::default();
    };
    let said = |id: &u32| {
        element("li")
            .child(scene.sentence(&model.why(state, *id)))
            .html()
    };
    let mut links: Vec<Html> = others.iter().take(SHOWN).map(said).collect();
    if others.len() > SHOWN || chain.concludes(state) {
        let conclusion = vec![scene.sentence(&chain.conclusion())];
        links.push(element("li").class("why-end").children(conclusion).html());
    }
    element("ol")
        .class("why-chain")
        .testid("why-chain")
        .children(links)
        .html()
}

/// More links of a chain than this are left out: the conclusion says where it leads.
const SHOWN: usize = 8;

/// How a resource stands.
fn stands(state: &State, id: u32) -> Phrase {
    let phrase = match state.resource(id) {
        None => Phrase::new("page.why.resource.before"),
        Some(resource) => match resource.kind {
            kind if holds_messages(kind) => messages(resource),
            Some(ResourceKind::Mutex | ResourceKind::Semaphore) => permits(resource),
            Some(ResourceKind::Notify) => Phrase::new("page.why.resource.notify"),
            _ => Phrase::new("page.why.resource.other"),
        }
        .with_number("senders", resource.blocked_senders_len() as u64)
        .with_number("waiters", resource.waiters_len() as u64),
    };
    phrase.with_resource("resource", id)
}

fn messages(resource: &Resource) -> Phrase {
    let key = match (resource.closed(), resource.capacity()) {
        (Some(_), _) => "page.why.resource.closed",
        (None, Some(_)) => "page.why.resource.bounded",
        (None, None) => "page.why.resource.unbounded",
    };
    Phrase::new(key)
        .with_number("count", resource.len() as u64)
        .with("capacity", capacity(resource))
}

fn permits(resource: &Resource) -> Phrase {
    let holders = resource.holders();
    let tasks = holders.iter().map(|holder| Argument::Task(holder.task));
    let list = Argument::list(tasks, holders.len());
    match (holders.is_empty(), resource.kind) {
        (true, _) => Phrase::new("page.why.resource.free"),
        (false, Some(ResourceKind::Mutex)) => {
            Phrase::new("page.why.resource.lock").with("holders", list)
        }
        (false, _) => Phrase::new("page.why.resource.semaphore")
            .with("holders", list)
            .with_number("count", resource.permits_in_use())
            .with("capacity", capacity(resource)),
    }
}

fn capacity(resource: &Resource) -> Argument {
    Argument::Number(resource.capacity().unwrap_or_default().into())
}
