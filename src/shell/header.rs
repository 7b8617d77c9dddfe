//! The bar at the top: the name, the language, the theme, help.

use wakeline_phrases::Language;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::context::Context;
use super::element::press;
use super::icon::{Icon, icon};
use crate::element::element;
use crate::state::{Action, Sheet, Theme};

/// The bar at the top. On a narrow page the list of demos opens from here.
pub fn header(page: &Context, theme: Theme, narrow: bool) -> Html {
    let opens = |sheet| press(page, Action::Sheet(Some(sheet)));
    element("header")
        .class("header")
        .child(
            element("a")
                .class("brand")
                .attr("href", "./")
                .attr("aria-label", page.say("page.home"))
                .child(mark())
                .child(element("span").class("brand-name").child("Wakeline")),
        )
        .child(
            element("p")
                .class("brand-line")
                .child(page.say("page.tagline")),
        )
        .child(
            element("div")
                .class("header-tools")
                .child(narrow.then(|| {
                    element("button")
                        .attr("type", "button")
                        .class("button")
                        .testid("open-demos")
                        .on_click(opens(Sheet::Demos))
                        .child(icon(Icon::List))
                        .child(page.say("page.demos"))
                }))
                .child(language_switch(page))
                .child(theme_switch(page, theme))
                .child(
                    element("button")
                        .attr("type", "button")
                        .class("tool")
                        .testid("help")
                        .attr("aria-label", page.say("page.help"))
                        .attr("title", page.say("page.help"))
                        .on_click(opens(Sheet::Help))
                        .child(icon(Icon::Help)),
                ),
        )
        .html()
}

/// The sign of the project: one task wakes another.
fn mark() -> Html {
    element("svg")
        .class("mark")
        .attr("viewBox", "0 0 24 24")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .child(
            element("path")
                .class("mark-quiet")
                .attr("d", "M2 6.5h6M17 17.5h5"),
        )
        .child(element("path").attr("d", "M14 6.5h8M2 17.5h11M11 14V9.5M8.6 11.6 11 9.2l2.4 2.4"))
        .html()
}

/// The languages, each by its own name.
fn language_switch(page: &Context) -> Html {
    element("div")
        .class("segments")
        .attr("role", "group")
        .attr("aria-label", page.say("page.language"))
        .testid("language")
        .children(
            Language::ALL
                .into_iter()
                .map(|language| {
                    let chosen = language == page.language;
                    element("button")
                        .key(language.tag())
                        .attr("type", "button")
                        .attr("lang", language.tag())
                        .testid(format!("language-{}", language.tag()))
                        .state("aria-pressed", chosen)
                        .on_click(press(page, Action::Language(language)))
                        .child(own_name(language))
                        .html()
                })
                .collect(),
        )
        .html()
}

fn theme_switch(page: &Context, chosen: Theme) -> Html {
    let onchange = page.on(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        Action::Theme(Theme::from_name(&select.value()).unwrap_or_default())
    });
    let sign = match chosen {
        Theme::System => Icon::System,
        Theme::Light => Icon::Light,
        Theme::Dark => Icon::Dark,
    };
    element("label")
        .class("select-with-icon")
        .attr("title", page.say("page.theme"))
        .child(icon(sign))
        .child(
            element("select")
                .testid("theme")
                .attr("aria-label", page.say("page.theme"))
                .on_change(onchange)
                .children(
                    Theme::ALL
                        .into_iter()
                        .map(|theme| {
                            element("option")
                                .key(theme.name())
                                .attr("value", theme.name())
                                .attr("selected", theme == chosen)
                                .child(page.say_of("page.theme.", theme.name()))
                                .html()
                        })
                        .collect(),
                ),
        )
        .html()
}

/// What a language calls itself. Not in the phrase table: it is the same in all of them, and must
/// be there before the language's own table is.
pub(super) fn own_name(language: Language) -> &'static str {
    match language {
        Language::English => "EN",
        Language::Chinese => "中文",
    }
}
