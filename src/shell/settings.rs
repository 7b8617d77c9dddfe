//! How a demo is run: clock, companion server, seed, scheduling policy.

use wakeline_protocol::{Clock, DemoSpec, Modes, Policy, Problem, decimal};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::companion::is_wrong;
use super::context::Context;
use super::element::{press, tool};
use super::icon::{Icon, icon};
use crate::element::element;
use crate::state::notice::say_problem;
use crate::state::{Action, App, Limit, Setup};

/// How a demo is run.
pub fn settings(page: &Context, spec: &DemoSpec, app: &App) -> Html {
    let setup = &app.setup;
    element("div")
        .class("settings")
        .child(clock_switch(
            page,
            setup.modes(spec),
            setup.effective_clock(spec),
        ))
        .child(if setup.needs_server(spec) {
            server(page, app)
        } else {
            Html::default()
        })
        .child(seed(page, setup))
        .child(policy(page, &setup.policy))
        .child(log_limit(page, setup.limit))
        .html()
}

fn clock_switch(page: &Context, modes: Modes, chosen: Clock) -> Html {
    let option = |clock: Clock, name: &'static str| {
        let impossible = modes == Modes::Live && clock == Clock::Virtual;
        let help = if impossible {
            "page.mode.live-only".to_owned()
        } else {
            format!("page.mode.{name}.help")
        };
        element("button")
            .attr("type", "button")
            .testid(format!("mode-{name}"))
            .state("aria-pressed", clock == chosen)
            .attr("disabled", impossible)
            .attr("title", page.say(&help))
            .on_click(press(page, Action::SetClock(clock)))
            .child(page.say_of("page.mode.", name))
            .html()
    };
    element("div")
        .class("labelled")
        .child(
            element("span")
                .class("label")
                .attr("id", "mode-label")
                .child(page.say("page.mode")),
        )
        .child(
            element("div")
                .class("segments")
                .attr("role", "group")
                .attr("aria-labelledby", "mode-label")
                .testid("mode")
                .child(option(Clock::Virtual, "virtual"))
                .child(option(Clock::Live, "live")),
        )
        .html()
}

fn seed(page: &Context, setup: &Setup) -> Html {
    let problem = setup.read_seed().err();
    let oninput = page.on(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Action::SetSeed(input.value())
    });
    // Not part of a run: the number that comes out is what the run is made from.
    let roll = page.on(|_: MouseEvent| {
        let number = (js_sys::Math::random() * 1e6).floor();
        Action::SetSeed(decimal::fixed(number, 0))
    });
    element("div")
        .class(labelled("seed", problem.is_some()))
        .child(
            element("label")
                .class("label")
                .attr("for", "seed")
                .child(page.say("page.seed")),
        )
        .child(
            element("span")
                .class("field-input")
                .attr("title", page.say("page.seed.help"))
                .child(
                    element("input")
                        .attr("id", "seed")
                        .attr("type", "text")
                        .attr("inputmode", "numeric")
                        .testid("seed")
                        .attr("autocomplete", "off")
                        .attr("spellcheck", "false")
                        .state("aria-invalid", problem.is_some())
                        .attr("aria-describedby", "seed-error")
                        .value(setup.seed.clone())
                        .on_input(oninput),
                )
                .child(
                    tool(Icon::Dice, page.say("page.seed.roll"), roll)
                        .testid("dice")
                        .attr("title", page.say("page.seed.roll")),
                ),
        )
        .child(field_error(page, "seed-error", problem))
        .html()
}

fn policy(page: &Context, policy: &Policy) -> Html {
    let recorded = policy.clone();
    let onchange = page.on(move |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        // Recorded choices come from a link; what can be chosen here is to keep them.
        let chosen = Policy::from_text(&select.value());
        Action::SetPolicy(chosen.unwrap_or_else(|| recorded.clone()))
    });
    let option = |name: &'static str| {
        element("option")
            .attr("value", name)
            .attr("selected", policy.name() == name)
            .child(page.say_of("page.policy.", name))
            .html()
    };
    element("div")
        .class("labelled")
        .child(
            element("label")
                .class("label")
                .attr("for", "policy")
                .child(page.say("page.policy")),
        )
        .child(
            element("select")
                .attr("id", "policy")
                .class("select")
                .testid("policy")
                .attr("title", page.say("page.policy.help"))
                .on_change(onchange)
                .child(option("fifo"))
                .child(option("random"))
                .child(option("priority"))
                .child(if matches!(policy, Policy::Recorded(_)) {
                    option("recorded")
                } else {
                    Html::default()
                }),
        )
        .html()
}

/// How large a log may grow, and what happens then: a choice each.
fn log_limit(page: &Context, limit: Limit) -> Html {
    let chosen = |change: fn(Limit, &str) -> Limit| {
        page.on(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            Action::SetLimit(change(limit, &select.value()))
        })
    };
    let option = |value: &str, text: String, is_chosen: bool| {
        element("option")
            .attr("value", value.to_owned())
            .attr("selected", is_chosen)
            .child(text)
            .html()
    };
    let sizes = Limit::SIZES.map(|size| {
        let text = page.say_with("page.limit.events", &[("events", &size.to_string())]);
        option(&size.to_string(), text, size == limit.events)
    });
    let ends = ["stop", "newest"].map(|name| {
        let text = page.say_of("page.limit.", name).to_owned();
        option(name, text, limit.newest == (name == "newest"))
    });
    let select = |id: &'static str, label: &str, options: Vec<Html>, change| {
        element("select")
            .attr("id", id)
            .class("select")
            .testid(id)
            .attr("aria-label", page.say(label))
            .attr("title", page.say("page.limit.help"))
            .on_change(chosen(change))
            .children(options)
            .html()
    };
    element("div")
        .class("labelled")
        .child(
            element("label")
                .class("label")
                .attr("for", "log-limit")
                .child(page.say("page.limit")),
        )
        .child(select(
            "log-limit",
            "page.limit",
            sizes.into(),
            |limit, value| Limit {
                events: value.parse().unwrap_or(limit.events),
                ..limit
            },
        ))
        .child(select(
            "at-limit",
            "page.limit.then",
            ends.into(),
            |limit, value| Limit {
                newest: value == "newest",
                ..limit
            },
        ))
        .html()
}

fn server(page: &Context, app: &App) -> Html {
    let wrong = is_wrong(&app.setup, &app.companion);
    let oninput = page.on(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Action::SetServer(input.value())
    });
    element("div")
        .class(labelled("server", wrong))
        .child(
            element("label")
                .class("label")
                .attr("for", "server")
                .child(page.say("page.server")),
        )
        .child(
            element("span")
                .class("field-input")
                .attr("title", page.say("page.server.help"))
                .child(
                    element("input")
                        .attr("id", "server")
                        .attr("type", "url")
                        .attr("inputmode", "url")
                        .testid("server")
                        .attr("autocomplete", "off")
                        .attr("spellcheck", "false")
                        .attr("placeholder", "http://127.0.0.1:8080")
                        .state("aria-invalid", wrong)
                        .attr("aria-describedby", "server-note")
                        .value(app.setup.server.clone())
                        .on_input(oninput),
                ),
        )
        .html()
}

fn field_error(page: &Context, id: &'static str, problem: Option<Problem>) -> Html {
    let Some(problem) = problem else {
        return Html::default();
    };
    element("p")
        .class("field-error")
        .attr("id", id)
        .attr("role", "alert")
        .testid(format!(
            "param-error-{}",
            id.strip_suffix("-error").unwrap_or(id)
        ))
        .child(icon(Icon::Warning))
        .child(element("span").child(say_problem(page.language, &problem, None)))
        .html()
}

fn labelled(name: &str, wrong: bool) -> String {
    let wrong = if wrong { " field-wrong" } else { "" };
    format!("labelled labelled-{name}{wrong}")
}
