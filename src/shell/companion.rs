//! The companion server: asking whether it is there, and what stands below its address.

use wakeline_protocol::DemoSpec;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::context::Context;
use super::icon::{Icon, icon};
use crate::browser::{self, Timeout};
use crate::companion::Companions;
use crate::element::element;
use crate::state::notice::say_problem;
use crate::state::{Action, App, Companion, Found, Setup};

/// How long an address must be left alone before it is asked, in milliseconds: half an address is
/// one, too.
const SETTLE_MS: u32 = 400;

/// Asks the server of which the page ought to know whether it is there, in a while.
pub(super) fn ask(address: String, companions: Companions, act: Callback<Action>) -> Timeout {
    Timeout::after(SETTLE_MS, move || {
        spawn_local(async move {
            let found = companions.ask(&address).await;
            let found = found.unwrap_or(Found::Unclear);
            act.emit(Action::Found(address, found));
        });
    })
}

/// What is to be said of the server's address, if the run goes to a server: what is wrong with it,
/// and what the server must allow. It has a line of its own below the settings.
pub fn server_note(page: &Context, spec: &DemoSpec, app: &App) -> Html {
    let (setup, companion) = (&app.setup, &app.companion);
    if !setup.needs_server(spec) {
        return Html::default();
    }
    let is_empty = setup.server.trim().is_empty() && companion.is_missing;
    let read = setup.read_server();
    let found = read.as_ref().ok().and_then(|at| companion.at(at));
    let problem = match &read {
        Err(_) if is_empty => None,
        Err(problem) => Some(say_problem(page.language, problem, None)),
        Ok(address) => found
            .and_then(Found::problem)
            .map(|key| page.say_with(key, &[("server", address)])),
    };
    let is_elsewhere = companion.is_missing || read.as_ref() != Ok(&app.defaults.server);
    let help = is_elsewhere.then(|| match found {
        Some(Found::Companion) => page.say("page.server.here").to_owned(),
        _ => {
            let origin = browser::origin().unwrap_or_default();
            page.say_with("page.server.allows", &[("origin", &origin)])
        }
    });
    element("div")
        .class("server-note")
        .attr("id", "server-note")
        .child(problem.map(|problem| {
            element("p")
                .class("field-error")
                .attr("role", "alert")
                .testid("param-error-server")
                .child(icon(Icon::Warning))
                .child(element("span").child(problem))
        }))
        .child(help.map(|help| {
            element("p")
                .class("field-help")
                .testid("server-help")
                .child(help)
        }))
        .html()
}

/// Whether what stands in the field of the address is no address.
#[must_use]
pub fn is_wrong(setup: &Setup, companion: &Companion) -> bool {
    match setup.read_server() {
        Ok(address) => companion
            .at(&address)
            .is_some_and(|at| at.problem().is_some()),
        Err(_) => !(companion.is_missing && setup.server.trim().is_empty()),
    }
}
