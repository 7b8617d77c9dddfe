//! The bar at the top: the name, the language, the theme, help.

use wakeline_phrases::Language;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::context::Context;
use super::icon::{Icon, icon};
use super::sheet::Sheet;
use crate::state::{Action, Theme};

/// The bar at the top. On a narrow page the list of demos opens from here.
pub fn header(page: &Context, theme: Theme, narrow: bool, on_sheet: &Callback<Sheet>) -> Html {
    let opens = |sheet: Sheet| on_sheet.reform(move |_: MouseEvent| sheet);
    html! {
        <header class="header">
            <a class="brand" href="./" aria-label={page.say("page.home")}>
                { mark() }
                <span class="brand-name">{ "Wakeline" }</span>
            </a>
            <p class="brand-line">{ page.say("page.tagline") }</p>
            <div class="header-tools">
                if narrow {
                    <button type="button" class="button" data-testid="open-demos" onclick={opens(Sheet::Demos)}>
                        { icon(Icon::List) }
                        { page.say("page.demos") }
                    </button>
                }
                { language_switch(page) }
                { theme_switch(page, theme) }
                <button
                    type="button"
                    class="tool"
                    data-testid="help"
                    aria-label={page.say("page.help")}
                    title={page.say("page.help")}
                    onclick={opens(Sheet::Help)}
                >
                    { icon(Icon::Help) }
                </button>
            </div>
        </header>
    }
}

/// The sign of the project: one task wakes another.
fn mark() -> Html {
    html! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path class="mark-quiet" d="M2 6.5h6M17 17.5h5" />
            <path d="M14 6.5h8M2 17.5h11M11 14V9.5M8.6 11.6 11 9.2l2.4 2.4" />
        </svg>
    }
}

/// The languages, each by its own name.
fn language_switch(page: &Context) -> Html {
    html! {
        <div class="segments" role="group" aria-label={page.say("page.language")} data-testid="language">
            { for Language::ALL.into_iter().map(|language| {
                let chosen = language == page.language;
                html! {
                    <button
                        key={language.tag()}
                        type="button"
                        lang={language.tag()}
                        data-testid={format!("language-{}", language.tag())}
                        aria-pressed={chosen.to_string()}
                        onclick={page.on(move |_: MouseEvent| Action::Language(language))}
                    >
                        { own_name(language) }
                    </button>
                }
            }) }
        </div>
    }
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
    html! {
        <label class="select-with-icon" title={page.say("page.theme")}>
            { icon(sign) }
            <select data-testid="theme" aria-label={page.say("page.theme")} {onchange}>
                { for Theme::ALL.into_iter().map(|theme| html! {
                    <option key={theme.name()} value={theme.name()} selected={theme == chosen}>
                        { page.say(&format!("page.theme.{}", theme.name())) }
                    </option>
                }) }
            </select>
        </label>
    }
}

/// What a language calls itself. Not in the phrase table: it is the same in all of them, and must
/// be there before the language's own table is.
fn own_name(language: Language) -> &'static str {
    match language {
        Language::English => "EN",
        Language::Chinese => "中文",
    }
}
