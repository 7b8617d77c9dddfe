//! The field in which one types what to look for.

use web_sys::{HtmlElement, HtmlInputElement};
use yew::html::Scope;
use yew::prelude::*;

use wakeline_phrases::Language;

use super::icons::Icon;
use super::keys::Command;
use super::search::{Hit, Search};
use super::timeline::{Message, Timeline};
use super::transport::Tool;
use crate::element::element;
use crate::selection::Selection;

/// The field, how much was found, and the buttons that go there.
pub(super) fn find_bar(
    language: Language,
    search: &Search,
    node: &NodeRef,
    link: &Scope<Timeline>,
) -> Html {
    let (at, all) = search.place();
    let count = match all {
        0 => language.say("timeline.find.none").to_owned(),
        _ => format!("{at}/{all}"),
    };
    let oninput = link.callback(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::Find(input.value())
    });
    let onkeydown = link.batch_callback(|event: KeyboardEvent| {
        let command = match &*event.key() {
            "Enter" if event.shift_key() => Command::FindPrevious,
            "Enter" => Command::FindNext,
            "Escape" => Command::Back,
            _ => return None,
        };
        event.prevent_default();
        Some(Message::Command(command))
    });
    let tool = |command, icon, phrase, keys, testid| {
        Tool::new(command, icon, phrase, keys, testid).view(language, link)
    };
    element("search")
        .class("timeline-find")
        .child(
            element("input")
                .node(node)
                .attr("type", "text")
                .testid("find")
                .attr("autocomplete", "off")
                .attr("aria-label", language.say("timeline.find.what"))
                .attr("placeholder", language.say("timeline.find.what"))
                .value(search.text.clone())
                .on_input(oninput)
                .on_keydown(onkeydown),
        )
        .child(
            element("output")
                .testid("find-count")
                .attr("aria-live", "polite")
                .child((!search.text.is_empty()).then_some(count)),
        )
        .child(tool(
            Command::FindPrevious,
            Icon::Up,
            "timeline.find.previous",
            "Shift+Enter",
            "find-previous",
        ))
        .child(tool(
            Command::FindNext,
            Icon::Down,
            "timeline.find.next",
            "Enter",
            "find-next",
        ))
        .child(tool(
            Command::Back,
            Icon::Close,
            "timeline.close",
            "Esc",
            "find-close",
        ))
        .html()
}

impl Timeline {
    /// Another text is looked for.
    pub(super) fn find(&mut self, ctx: &Context<Self>, text: String) {
        let props = ctx.props();
        let search = Search::new(&props.model.read(), props.language, text);
        self.search = Some(search);
    }

    /// Goes to the next thing that was found, or to the one before.
    pub(super) fn find_step(&mut self, ctx: &Context<Self>, back: bool) {
        let props = ctx.props();
        let model = props.model.read();
        let search = self.search.as_mut();
        let hit = search.and_then(|search| search.step(&model, props.language, back));
        let line = match hit {
            Some(Hit::Line(event)) => model.event(event as usize).map(|line| (event, line)),
            _ => None,
        };
        drop(model);
        if let Some(Hit::Lane(subject)) = hit {
            self.select(ctx, Some(subject));
        } else if let Some((event, line)) = line {
            self.select(ctx, Some(Selection::Task(line.subject)));
            self.go(ctx, event as usize + 1);
        }
        if hit.is_some() {
            self.reveal_lane(ctx);
        }
    }

    /// Puts the focus into the field, or back to the canvas.
    pub(super) fn focus_find(&self, open: bool) {
        let node = if open {
            &self.nodes.find
        } else {
            &self.nodes.picture
        };
        if let Some(element) = node.cast::<HtmlElement>() {
            // It fails only in a document that is gone.
            let _ = element.focus();
        }
    }
}
