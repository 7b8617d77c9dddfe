//! The form of a demo's parameters, made from their declaration.

use wakeline_protocol::{DemoSpec, ParamSpec};
use yew::prelude::*;

use super::context::Context;
use super::field::Field;
use super::icon::{Icon, icon};
use crate::state::notice::say_problem;
use crate::state::{Action, Form};

/// What the form shows.
#[derive(Debug, PartialEq, Properties)]
pub struct ParamFormProps {
    /// The reader's language, and where actions go.
    pub page: Context,
    /// The demo.
    pub spec: DemoSpec,
    /// What stands in its fields.
    pub form: Form,
}

/// The form of a demo's parameters.
#[component]
pub fn ParamForm(props: &ParamFormProps) -> Html {
    let page = &props.page;
    let (spec, form) = (&props.spec, &props.form);
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
    html! {
        <section class="form" aria-label={page.say("page.parameters")} data-testid="form">
            <header class="form-header">
                <h2>{ page.say("page.parameters") }</h2>
                if form.is_any_changed() {
                    <button
                        type="button"
                        class="button button-quiet"
                        data-testid="reset-all"
                        onclick={page.on(|_: MouseEvent| Action::ResetParams)}
                    >
                        { icon(Icon::Reset) }
                        { page.say("page.parameters.reset") }
                    </button>
                }
            </header>
            <div class="form-body">
                if !spec.presets.is_empty() {
                    { presets(page, spec, form) }
                }
                <div class="fields">
                    { for spec.params.iter().map(field) }
                </div>
                if spec.params.is_empty() {
                    <p class="faint">{ page.say("page.parameters.none") }</p>
                }
            </div>
        </section>
    }
}

fn presets(page: &Context, spec: &DemoSpec, form: &Form) -> Html {
    let slug = &spec.slug;
    html! {
        <div class="presets" role="group" aria-label={page.say("page.presets")}>
            <span class="presets-label">{ page.say("page.presets") }</span>
            { for spec.presets.iter().map(|preset| {
                let name = preset.name.clone();
                html! {
                    <button
                        key={&*preset.name}
                        type="button"
                        class="chip"
                        data-testid={format!("preset-{name}")}
                        aria-pressed={form.says(spec, &preset.values).to_string()}
                        onclick={page.on(move |_: MouseEvent| Action::Preset(name.clone()))}
                    >
                        { page.language.say(&format!("preset.{slug}.{}", preset.name)) }
                    </button>
                }
            }) }
        </div>
    }
}
