//! The list of demos by chapter, with a search.

use std::rc::Rc;

use wakeline_phrases::Language;
use wakeline_protocol::{DemoSpec, Modes};
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::context::Context;
use super::icon::{Icon, icon};
use crate::browser;
use crate::element::element;
use crate::state::{Action, EngineState};

/// What the list shows.
#[derive(Debug, PartialEq, Properties)]
pub struct DemoListProps {
    /// The reader's language, and where actions go.
    pub page: Context,
    /// Every demo, in the order of the chapters.
    pub demos: Rc<Vec<DemoSpec>>,
    /// The slug of the chosen one.
    pub chosen: AttrValue,
    /// How it stands with the engine, which knows the demos.
    pub engine: EngineState,
    /// All demos are to be shown at a glance.
    #[prop_or_default]
    pub on_overview: Callback<()>,
    /// A demo was chosen.
    #[prop_or_default]
    pub on_chosen: Callback<()>,
}

/// The list of demos. The arrow keys go from one to the next, Enter opens it; in the search, the
/// down arrow goes to the first that was found and Enter opens it.
#[component]
pub fn DemoList(props: &DemoListProps) -> Html {
    let page = &props.page;
    let search = use_state_eq(String::new);
    let list = use_node_ref();

    let oninput = {
        let search = search.setter();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            search.set(input.value());
        })
    };
    let found: Vec<&DemoSpec> = props
        .demos
        .iter()
        .filter(|demo| matches(demo, &search, page.language))
        .collect();
    let choose = {
        let (act, on_chosen) = (page.act.clone(), props.on_chosen.clone());
        Callback::from(move |slug: String| {
            act.emit(Action::Choose(slug));
            on_chosen.emit(());
        })
    };
    let first = found.first().map(|demo| demo.slug.clone());
    let on_search_key = {
        let (list, choose, search) = (list.clone(), choose.clone(), search.setter());
        Callback::from(move |event: KeyboardEvent| match &*event.key() {
            "ArrowDown" => {
                event.prevent_default();
                focus_button(&list, Goal::First);
            }
            "Enter" => {
                if let Some(slug) = first.clone() {
                    choose.emit(slug);
                }
            }
            "Escape" => search.set(String::new()),
            _ => {}
        })
    };
    let on_list_key = {
        let list = list.clone();
        Callback::from(move |event: KeyboardEvent| {
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
        })
    };

    {
        // Whoever comes by a link, or by the search, sees where in the list the demo stands.
        let list = list.clone();
        use_effect_with((props.chosen.clone(), props.demos.is_empty()), move |_| {
            bring_into_view(&list)
        });
    }

    element("nav")
        .class("demos")
        .testid("demo-list")
        .attr("aria-label", page.say("page.demos"))
        .child(
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
                        .value((*search).clone())
                        .on_input(oninput)
                        .on_keydown(on_search_key),
                )
                .child(
                    element("button")
                        .attr("type", "button")
                        .class("tool tool-small")
                        .testid("overview")
                        .attr("aria-label", page.say("page.overview"))
                        .attr("title", page.say("page.overview"))
                        .on_click(props.on_overview.reform(|_: MouseEvent| ()))
                        .child(icon(Icon::Overview)),
                ),
        )
        .child(
            element("div")
                .class("demos-list")
                .node(&list)
                .on_keydown(on_list_key)
                .child(if props.demos.is_empty() {
                    element("p")
                        .class("demos-empty")
                        .child(page.say(match props.engine {
                            EngineState::Failed(_) => "page.demos.unknown",
                            _ => "page.demos.loading",
                        }))
                        .html()
                } else if found.is_empty() {
                    element("p")
                        .class("demos-empty")
                        .attr("role", "status")
                        .child(page.say_with("page.demos.none", &[("search", &search)]))
                        .html()
                } else {
                    Html::default()
                })
                .children(
                    chapters(&found)
                        .into_iter()
                        .map(|(chapter, demos)| {
                            element("section")
                                .key(chapter)
                                .attr(
                                    "aria-label",
                                    page.language.say(&format!("chapter.{chapter}")),
                                )
                                .child(
                                    element("h3")
                                        .child(page.language.say(&format!("chapter.{chapter}"))),
                                )
                                .child(
                                    element("ul").children(
                                        demos
                                            .into_iter()
                                            .map(|demo| {
                                                element("li")
                                                    .key(&*demo.slug)
                                                    .child(button(
                                                        page,
                                                        demo,
                                                        props.chosen == demo.slug,
                                                        &choose,
                                                    ))
                                                    .html()
                                            })
                                            .collect(),
                                    ),
                                )
                                .html()
                        })
                        .collect(),
                ),
        )
        .html()
}

fn button(page: &Context, demo: &DemoSpec, chosen: bool, on_choose: &Callback<String>) -> Html {
    let slug = demo.slug.clone();
    element("button")
        .attr("type", "button")
        .class("demo")
        .testid(format!("demo-{slug}"))
        .attr("aria-current", chosen.then_some("page"))
        .on_click(on_choose.reform(move |_: MouseEvent| slug.clone()))
        .child(
            element("span")
                .class("demo-title")
                .child(title(page.language, &demo.slug)),
        )
        .child(if demo.modes != Modes::Any {
            element("span")
                .class("demo-live")
                .attr("title", page.say("page.demos.live"))
                .child(icon(Icon::Network))
                .child(
                    element("span")
                        .class("visually-hidden")
                        .child(page.say("page.demos.live")),
                )
                .html()
        } else {
            Html::default()
        })
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
        language.say(&format!("chapter.{}", demo.chapter)),
    ]
    .join("\n")
    .to_ascii_lowercase();
    search
        .to_ascii_lowercase()
        .split_whitespace()
        .all(|word| text.contains(word))
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
