//! How a demo is run: clock, companion server, seed, scheduling policy.

use wakeline_protocol::{Clock, DemoSpec, Modes, Policy, Problem, decimal};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::context::Context;
use super::icon::{Icon, icon};
use crate::state::notice::say_problem;
use crate::state::{Action, Setup};

/// How a demo is run.
pub fn settings(page: &Context, spec: &DemoSpec, setup: &Setup) -> Html {
    html! {
        <div class="settings">
            { clock_switch(page, setup.modes(spec), setup.effective_clock(spec)) }
            if setup.needs_server(spec) {
                { server(page, setup) }
            }
            { seed(page, setup) }
            { policy(page, &setup.policy) }
        </div>
    }
}

fn clock_switch(page: &Context, modes: Modes, chosen: Clock) -> Html {
    let option = |clock: Clock, name: &'static str| {
        let impossible = modes == Modes::Live && clock == Clock::Virtual;
        let help = if impossible {
            "page.mode.live-only".to_owned()
        } else {
            format!("page.mode.{name}.help")
        };
        html! {
            <button
                type="button"
                data-testid={format!("mode-{name}")}
                aria-pressed={(clock == chosen).to_string()}
                disabled={impossible}
                title={page.say(&help)}
                onclick={page.on(move |_: MouseEvent| Action::SetClock(clock))}
            >
                { page.say(&format!("page.mode.{name}")) }
            </button>
        }
    };
    html! {
        <div class="labelled">
            <span class="label" id="mode-label">{ page.say("page.mode") }</span>
            <div class="segments" role="group" aria-labelledby="mode-label" data-testid="mode">
                { option(Clock::Virtual, "virtual") }
                { option(Clock::Live, "live") }
            </div>
        </div>
    }
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
    html! {
        <div class={labelled("seed", problem.is_some())}>
            <label class="label" for="seed">{ page.say("page.seed") }</label>
            <span class="field-input" title={page.say("page.seed.help")}>
                <input
                    id="seed"
                    type="text"
                    inputmode="numeric"
                    data-testid="seed"
                    autocomplete="off"
                    spellcheck="false"
                    aria-invalid={problem.is_some().to_string()}
                    aria-describedby="seed-error"
                    value={setup.seed.clone()}
                    {oninput}
                />
                <button
                    type="button"
                    class="tool tool-small"
                    data-testid="dice"
                    aria-label={page.say("page.seed.roll")}
                    title={page.say("page.seed.roll")}
                    onclick={roll}
                >
                    { icon(Icon::Dice) }
                </button>
            </span>
            { field_error(page, "seed-error", problem) }
        </div>
    }
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
        html! {
            <option value={name} selected={policy.name() == name}>
                { page.say(&format!("page.policy.{name}")) }
            </option>
        }
    };
    html! {
        <div class="labelled">
            <label class="label" for="policy">{ page.say("page.policy") }</label>
            <select id="policy" class="select" data-testid="policy" title={page.say("page.policy.help")} {onchange}>
                { option("fifo") }
                { option("random") }
                { option("priority") }
                if matches!(policy, Policy::Recorded(_)) {
                    { option("recorded") }
                }
            </select>
        </div>
    }
}

fn server(page: &Context, setup: &Setup) -> Html {
    let problem = setup.read_server().err();
    let oninput = page.on(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Action::SetServer(input.value())
    });
    html! {
        <div class={labelled("server", problem.is_some())}>
            <label class="label" for="server">{ page.say("page.server") }</label>
            <span class="field-input" title={page.say("page.server.help")}>
                <input
                    id="server"
                    type="url"
                    inputmode="url"
                    data-testid="server"
                    autocomplete="off"
                    spellcheck="false"
                    aria-invalid={problem.is_some().to_string()}
                    aria-describedby="server-error"
                    value={setup.server.clone()}
                    {oninput}
                />
            </span>
            { field_error(page, "server-error", problem) }
        </div>
    }
}

fn field_error(page: &Context, id: &'static str, problem: Option<Problem>) -> Html {
    let Some(problem) = problem else {
        return html! {};
    };
    html! {
        <p class="field-error" {id} role="alert" data-testid={format!("param-error-{}", id.trim_end_matches("-error"))}>
            { icon(Icon::Warning) }
            <span>{ say_problem(page.language, &problem, None) }</span>
        </p>
    }
}

fn labelled(name: &str, wrong: bool) -> String {
    let wrong = if wrong { " field-wrong" } else { "" };
    format!("labelled labelled-{name}{wrong}")
}
