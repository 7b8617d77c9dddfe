//! The form of a demo's parameters, made from their declaration.

use wakeline_protocol::{DemoSpec, ParamSpec};
use yew::prelude::*;

use super::context::Context;
use super::element::press;
use super::field::Field;
use super::icon::{Icon, icon};
use crate::element::element;
use crate::state::notice::say_problem;
use crate::state::{Action, Form};

/// The form of a demo's parameters.
pub fn param_form(page: &Context, spec: &DemoSpec, form: &Form) -> Html {
    let checked = form.check(spec);
    let field = |param: &ParamSpec| {
        let problem: Option<String> = checked
            .problems_of(&param.name)
            .map(|problem| say_problem(page.language, problem, Some(&spec.slug)))
            .next();
        let field = Field {
            demo: &spec.slug,
            param,
            text: form.text(param),
            changed: form.is_changed(&param.name),
            problem,
        };
        field.show(page)
    };
    element("section")
        .class("form")
        .attr("aria-label", page.say("page.parameters"))
        .testid("form")
        .child(
            element("header")
                .class("form-header")
                .child(element("h2").child(page.say("page.parameters")))
                .child(form.is_any_changed().then(|| {
                    element("button")
                        .attr("type", "button")
                        .class("button button-quiet")
                        .testid("reset-all")
                        .on_click(press(page, Action::ResetParams))
                        .child(icon(Icon::Reset))
                        .child(page.say("page.parameters.reset"))
                })),
        )
        .child(
            element("div")
                .class("form-body")
                .child(if !spec.presets.is_empty() {
                    presets(page, spec, form)
                } else {
                    Html::default()
                })
                .child(
                    element("div")
                        .class("fields")
                        .children(spec.params.iter().map(field).collect()),
                )
                .child(spec.params.is_empty().then(|| {
                    element("p")
                        .class("faint")
                        .child(page.say("page.parameters.none"))
                })),
        )
        .html()
}

fn presets(page: &Context, spec: &DemoSpec, form: &Form) -> Html {
    let slug = &spec.slug;
    element("div")
        .class("presets")
        .attr("role", "group")
        .attr("aria-label", page.say("page.presets"))
        .child(
            element("span")
                .class("presets-label")
                .child(page.say("page.presets")),
        )
        .children(
            spec.presets
                .iter()
                .map(|preset| {
                    let name = preset.name.clone();
                    element("button")
                        .key(&*preset.name)
                        .attr("type", "button")
                        .class("chip")
                        .testid(format!("preset-{name}"))
                        .state("aria-pressed", form.says(spec, &preset.values))
                        .on_click(press(page, Action::Preset(name)))
                        .child(page.language.say(&format!("preset.{slug}.{}", preset.name)))
                        .html()
                })
                .collect(),
        )
        .html()
}
