//! What is about to run: title, settings, Run and Stop.

use wakeline_protocol::DemoSpec;
use yew::prelude::*;

use super::about::about;
use super::context::Context;
use super::demo_list::title;
use super::element::{button, tag, words};
use super::icon::{Icon, icon};
use super::settings::settings;
use crate::state::{Action, Setup};

/// What Run and Stop can do at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Nothing runs, and something could.
    Idle,
    /// Nothing can run: something that was typed is wrong, or there is no engine.
    Blocked,
    /// A run is under way.
    Running,
    /// A run was told to stop.
    Stopping,
}

/// What the bar shows.
#[derive(Debug)]
pub struct RunBar<'a> {
    /// The chosen demo.
    pub spec: &'a DemoSpec,
    /// The demos before and after it.
    pub neighbours: [Option<String>; 2],
    /// What is to be run.
    pub setup: &'a Setup,
    /// What Run and Stop can do.
    pub state: RunState,
    /// The run on screen is not what the form says, and will not be until Run is pressed.
    pub out_of_date: bool,
    /// Whether the form is elsewhere, so that it opens from here.
    pub narrow: bool,
    /// Run was pressed.
    pub on_run: Callback<()>,
    /// Stop was pressed.
    pub on_stop: Callback<()>,
    /// The form is to be opened.
    pub on_form: Callback<()>,
}

/// What is about to run and how.
pub fn run_bar(page: &Context, bar: &RunBar<'_>) -> Html {
    let slug = &bar.spec.slug;
    html! {
        <section class="run-bar" aria-label={page.say("page.run-bar")}>
            <div class="run-title">
                <h1 data-testid="demo-title">{ title(page.language, slug) }</h1>
                { neighbour(page, "before", Icon::Before, &bar.neighbours[0]) }
                { neighbour(page, "after", Icon::After, &bar.neighbours[1]) }
            </div>
            <div class="run-controls">
                if !bar.narrow {
                    { settings(page, bar.spec, bar.setup) }
                } else {
                    <button
                        type="button"
                        class="button"
                        data-testid="open-form"
                        onclick={bar.on_form.reform(|_: MouseEvent| ())}
                    >
                        { icon(Icon::Sliders) }
                        { page.say("page.parameters") }
                    </button>
                }
                { buttons(page, bar) }
            </div>
            if bar.narrow {
                <details class="run-details">
                    <summary>{ page.say("page.about") }</summary>
                    { about(page, slug) }
                </details>
            }
        </section>
    }
}

/// The way to the demo before or after.
fn neighbour(page: &Context, name: &str, sign: Icon, slug: &Option<String>) -> Html {
    let Some(slug) = slug else {
        return html! {};
    };
    let label = page.say_with(
        &format!("page.demo.{name}"),
        &[("title", title(page.language, slug))],
    );
    let content = vec![
        icon(sign),
        tag("span", "visually-hidden", vec![words(label)]),
    ];
    let action = Action::Choose(slug.clone());
    button(
        page,
        "tool tool-small",
        format!("demo-{name}"),
        None,
        action,
        content,
    )
}

/// Run and Stop stand in one place, so that nothing moves when a run begins.
fn buttons(page: &Context, bar: &RunBar<'_>) -> Html {
    let running = matches!(bar.state, RunState::Running | RunState::Stopping);
    let class = if bar.out_of_date {
        "button button-primary button-due"
    } else {
        "button button-primary"
    };
    let run_title = match (bar.state, bar.out_of_date) {
        (RunState::Blocked, _) => "page.run.blocked",
        (_, true) => "page.run.changed",
        _ => "page.run.help",
    };
    html! {
        <div class="run-buttons">
            <button
                type="button"
                {class}
                data-testid="run"
                title={page.say(run_title)}
                disabled={running || bar.state == RunState::Blocked}
                onclick={bar.on_run.reform(|_: MouseEvent| ())}
            >
                { icon(Icon::Run) }
                { page.say("page.run") }
            </button>
            <button
                type="button"
                class="button"
                data-testid="stop"
                disabled={bar.state != RunState::Running}
                onclick={bar.on_stop.reform(|_: MouseEvent| ())}
            >
                { icon(Icon::Stop) }
                { page.say(if bar.state == RunState::Stopping { "page.stopping" } else { "page.stop" }) }
            </button>
        </div>
    }
}
