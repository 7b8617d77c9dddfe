//! The list of demos by chapter, with a search.

use std::rc::Rc;

use wakeline_phrases::Language;
use wakeline_protocol::{DemoSpec, Modes};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::context::Context;
use super::element::{press, tool};
use super::icon::{Icon, icon};
use crate::browser;
use crate::element::{Element, element, typed};
use crate::find::find;
use crate::state::Action;

/// What the list shows.
#[derive(Debug, PartialEq, Properties)]
pub struct DemoListProps {
    /// The reader's language, and where actions go.
    pub page: Context,
    /// Every demo, in the order of the chapters.
    pub demos: Rc<Vec<DemoSpec>>,
    /// The slug of the chosen one.
    pub chosen: AttrValue,
    /// Whether there is no engine, which knows the demos.
    pub failed: bool,
}

/// The list of demos. The arrow keys go from one to the next, Enter opens it; in the search, the
/// down arrow goes to the first that was found and Enter opens it.
#[derive(Debug, Default)]
pub struct DemoList {
    search: String,
    list: NodeRef,
    /// The demo that was brought into view last, and whether there were any.
    shown: Option<(AttrValue, bool)>,
}

impl Component for DemoList {
    /// What is searched for.
    type Message = String;
    type Properties = DemoListProps;

    fn create(_: &yew::Context<Self>) -> Self {
        Self::default()
    }

    fn update(&mut self, _: &yew::Context<Self>, search: String) -> bool {
        self.search = search;
        true
    }

    fn view(&self, ctx: &yew::Context<Self>) -> Html {
        let props = ctx.props();
        let page = &props.page;
        let found: Vec<&DemoSpec> = props
            .demos
            .iter()
            .filter(|demo| matches(demo, &self.search, page.language))
            .collect();
        let list = self.list.clone();
        let on_list_key = Callback::from(move |event: KeyboardEvent| {
            let goal = match &*event.key() {
                "ArrowDown" => Goal::Next,
                "ArrowUp" => Goal::Previous,
                "Home" => Goal::First,
                "End" => Goal::Last,
                _ => return,
            };
            // The same keys move the playhead elsewhere on the page.
            event.prevent_default();
            event.stop_propagation();
            focus_button(&list, goal);
        });
        let nothing = if props.demos.is_empty() {
            let key = if props.failed {
                "page.demos.unknown"
            } else {
                "page.demos.loading"
            };
            Some(element("p").class("demos-empty").child(page.say(key)))
        } else {
            found.is_empty().then(|| {
                element("p")
                    .class("demos-empty")
                    .attr("role", "status")
                    .child(page.say_with("page.demos.none", &[("search", &self.search)]))
            })
        };
        let item = |demo: &&DemoSpec| {
            element("li")
                .key(&*demo.slug)
                .child(button(page, demo, props.chosen == demo.slug))
                .html()
        };
        let chapter = |(chapter, demos): (&str, Vec<&DemoSpec>)| {
            let name = page.say_of("chapter.", chapter);
            element("section")
                .key(chapter)
                .attr("aria-label", name)
                .child(element("h3").child(name))
                .child(element("ul").children(demos.iter().map(item).collect()))
                .html()
        };
        element("nav")
            .class("demos")
            .testid("demo-list")
            .attr("aria-label", page.say("page.demos"))
            .child(self.search_bar(ctx, found.first().map(|demo| demo.slug.clone())))
            .child(
                element("div")
                    .class("demos-list")
                    .node(&self.list)
                    .on_keydown(on_list_key)
                    .child(nothing)
                    .children(chapters(&found).into_iter().map(chapter).collect()),
            )
            .html()
    }

    fn rendered(&mut self, ctx: &yew::Context<Self>, _: bool) {
        // Whoever comes by a link, or by the search, sees where in the list the demo stands.
        let props = ctx.props();
        let now = Some((props.chosen.clone(), props.demos.is_empty()));
        if self.shown != now {
            self.shown = now;
            bring_into_view(&self.list);
        }
    }
}

impl DemoList {
    /// The search, in which Enter opens the first demo that was found.
    fn search_bar(&self, ctx: &yew::Context<Self>, first: Option<String>) -> Element {
        let page = &ctx.props().page;
        let (list, act, link) = (self.list.clone(), page.act.clone(), ctx.link().clone());
        let on_key = Callback::from(move |event: KeyboardEvent| match &*event.key() {
            "ArrowDown" => {
                event.prevent_default();
                focus_button(&list, Goal::First);
            }
            "Enter" => {
                if let Some(slug) = first.clone() {
                    act.emit(Action::Visit(slug));
                }
            }
            "Escape" => link.send_message(String::new()),
            _ => {}
        });
        element("div")
            .class("search")
            .child(icon(Icon::Search))
            .child(
                element("input")
                    .attr("type", "search")
                    .testid("demo-search")
                    .attr("placeholder", page.say("page.demos.search"))
                    .attr("aria-label", page.say("page.demos.search"))
                    .attr("autocomplete", "off")
                    .attr("spellcheck", "false")
                    .value(self.search.clone())
                    .on_input(ctx.link().callback(typed))
                    .on_keydown(on_key),
            )
            .child(
                tool(
                    Icon::Overview,
                    page.say("page.overview"),
                    press(page, Action::Overview(true)),
                )
                .testid("overview")
                .attr("title", page.say("page.overview")),
            )
    }
}

fn button(page: &Context, demo: &DemoSpec, chosen: bool) -> Html {
    let slug = demo.slug.clone();
    element("button")
        .attr("type", "button")
        .class("demo")
        .testid(["demo-", &slug].concat())
        .attr("aria-current", chosen.then_some("page"))
        .on_click(press(page, Action::Visit(slug)))
        .child(
            element("span")
                .class("demo-title")
                .child(title(page.language, &demo.slug)),
        )
        .child((demo.modes != Modes::Any).then(|| {
            element("span")
                .class("demo-live")
                .attr("title", page.say("page.demos.live"))
                .child(icon(Icon::Network))
                .child(
                    element("span")
                        .class("visually-hidden")
                        .child(page.say("page.demos.live")),
                )
        }))
        .html()
}

/// The title of a demo.
#[must_use]
pub fn title(language: Language, slug: &str) -> &'static str {
    language.say(&format!("demo.{slug}.title"))
}

/// The demos by chapter, in the order in which they come.
pub(super) fn chapters<'a>(demos: &[&'a DemoSpec]) -> Vec<(&'a str, Vec<&'a DemoSpec>)> {
    let mut chapters: Vec<(&str, Vec<&DemoSpec>)> = Vec::new();
    for demo in demos {
        match chapters.iter_mut().find(|(name, _)| *name == demo.chapter) {
            Some((_, members)) => members.push(demo),
            None => chapters.push((&demo.chapter, vec![demo])),
        }
    }
    chapters
}

/// Whether every word of the search stands somewhere in what is said of the demo.
fn matches(demo: &DemoSpec, search: &str, language: Language) -> bool {
    let slug = &demo.slug;
    let text = [
        slug,
        title(language, slug),
        language.say(&format!("demo.{slug}.what")),
        language.say_of("chapter.", &demo.chapter),
    ]
    .join("\n")
    .to_ascii_lowercase();
    search
        .to_ascii_lowercase()
        .split_whitespace()
        .all(|word| find(&text, word).is_some())
}

/// Scrolls the list, and nothing else, by as little as shows the chosen demo.
fn bring_into_view(list: &NodeRef) {
    let Some(list) = list.cast::<HtmlElement>() else {
        return;
    };
    let Ok(Some(chosen)) = list.query_selector("[aria-current]") else {
        return;
    };
    let (view, place) = (
        list.get_bounding_client_rect(),
        chosen.get_bounding_client_rect(),
    );
    let above = (view.top() - place.top()).max(0.0);
    let below = (place.bottom() - view.bottom()).max(0.0);
    let moved = f64::from(list.scroll_top()) + below - above;
    list.set_scroll_top(moved.round() as i32);
}

#[derive(Clone, Copy)]
enum Goal {
    First,
    Last,
    Next,
    Previous,
}

/// Moves the focus among the buttons of the list.
fn focus_button(list: &NodeRef, goal: Goal) {
    let Some(list) = list.cast::<HtmlElement>() else {
        return;
    };
    let Ok(buttons) = list.query_selector_all("button") else {
        return;
    };
    let focused = browser::document().active_element();
    let at = (0..buttons.length()).find(|&index| {
        let button = buttons.item(index);
        focused
            .as_ref()
            .is_some_and(|focused| button.as_ref() == Some(focused))
    });
    let last = buttons.length().saturating_sub(1);
    let to = match (goal, at) {
        (Goal::First, _) | (_, None) => 0,
        (Goal::Last, _) => last,
        (Goal::Next, Some(at)) => (at + 1).min(last),
        (Goal::Previous, Some(at)) => at.saturating_sub(1),
    };
    if let Some(button) = buttons.item(to) {
        let button: HtmlElement = wasm_bindgen::JsCast::unchecked_into(button);
        let _ = button.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::samples::{live_demo, sample_demo};

    #[test]
    fn every_word_of_a_search_must_be_found() {
        let demo = sample_demo();
        for (search, expected) in [
            ("", true),
            ("  ", true),
            ("SAMP", true),
            ("sample title", true),
            ("sample elephant", false),
        ] {
            assert_eq!(
                matches(&demo, search, Language::English),
                expected,
                "{search}"
            );
        }
    }

    #[test]
    fn chapters_come_in_the_order_of_their_first_demo() {
        let demos = [sample_demo(), live_demo(), sample_demo()];
        let grouped = chapters(&demos.iter().collect::<Vec<_>>());
        let sizes: Vec<(&str, usize)> = grouped
            .iter()
            .map(|(name, demos)| (*name, demos.len()))
            .collect();
        assert_eq!(sizes, [("loop", 2), ("network", 1)]);
    }
}
