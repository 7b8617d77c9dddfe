//! What is about to run: title, settings, Run and Stop.

use wakeline_protocol::DemoSpec;
use yew::prelude::*;

use super::about::about;
use super::companion::server_note;
use super::context::Context;
use super::demo_list::title;
use super::element::{button, press};
use super::icon::{Icon, icon};
use super::settings::settings;
use crate::element::{Element, element};
use crate::state::{Action, App, Request, Sheet};

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
    pub app: &'a App,
    /// What Run and Stop can do.
    pub state: RunState,
    /// The run on screen is not what the form says, and will not be until Run is pressed.
    pub out_of_date: bool,
    /// Whether the form is elsewhere, so that it opens from here.
    pub narrow: bool,
}

/// What is about to run and how.
pub fn run_bar(page: &Context, bar: &RunBar<'_>) -> Html {
    let slug = &bar.spec.slug;
    element("section")
        .class("run-bar")
        .attr("aria-label", page.say("page.run-bar"))
        .child(
            element("div")
                .class("run-title")
                .child(
                    element("h1")
                        .testid("demo-title")
                        .child(title(page.language, slug)),
                )
                .child(neighbour(page, "before", Icon::Before, &bar.neighbours[0]))
                .child(neighbour(page, "after", Icon::After, &bar.neighbours[1])),
        )
        .child(
            element("div")
                .class("run-controls")
                .child(if !bar.narrow {
                    settings(page, bar.spec, bar.app)
                } else {
                    element("button")
                        .attr("type", "button")
                        .class("button")
                        .testid("open-form")
                        .on_click(press(page, Action::Sheet(Some(Sheet::Form))))
                        .child(icon(Icon::Sliders))
                        .child(page.say("page.parameters"))
                        .html()
                })
                .child(buttons(page, bar)),
        )
        .child((!bar.narrow).then(|| server_note(page, bar.spec, bar.app)))
        .child((bar.narrow && bar.app.plan().is_none()).then(|| blocked(page)))
        .child(bar.narrow.then(|| {
            element("details")
                .class("run-details")
                .child(element("summary").child(page.say("page.about")))
                .child(about(page, slug))
        }))
        .html()
}

/// Why nothing can run, where the form that says what is wrong is elsewhere; leads there.
fn blocked(page: &Context) -> Element {
    element("button")
        .attr("type", "button")
        .class("run-blocked field-error")
        .testid("run-blocked")
        .on_click(press(page, Action::Sheet(Some(Sheet::Form))))
        .child(icon(Icon::Warning))
        .child(element("span").child(page.say("page.run.blocked")))
}

/// The way to the demo before or after.
fn neighbour(page: &Context, name: &str, sign: Icon, slug: &Option<String>) -> Html {
    let Some(slug) = slug else {
        return Html::default();
    };
    let label = page.say_with(
        &format!("page.demo.{name}"),
        &[("title", title(page.language, slug))],
    );
    let content = vec![
        icon(sign),
        element("span").class("visually-hidden").child(label).html(),
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
    element("div")
        .class("run-buttons")
        .child(
            element("button")
                .attr("type", "button")
                .class(class)
                .testid("run")
                .attr("title", page.say(run_title))
                .attr("disabled", running || bar.state == RunState::Blocked)
                .on_click(press(page, Action::Do(Request::Run)))
                .child(icon(Icon::Run))
                .child(page.say("page.run")),
        )
        .child(
            element("button")
                .attr("type", "button")
                .class("button")
                .testid("stop")
                .attr("disabled", bar.state != RunState::Running)
                .on_click(press(page, Action::Do(Request::Stop)))
                .child(icon(Icon::Stop))
                .child(page.say(if bar.state == RunState::Stopping {
                    "page.stopping"
                } else {
                    "page.stop"
                })),
        )
        .html()
}
