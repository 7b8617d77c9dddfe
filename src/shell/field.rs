//! The field of one parameter: label, control, unit, range, help, and what is wrong.

use wakeline_protocol::{ParamKind, ParamSpec, decimal};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::context::Context;
use super::icon::{Icon, icon};
use super::slider::{PLACES, Scale};
use crate::state::Action;

/// The field of one parameter.
#[derive(Debug)]
pub struct Field<'a> {
    /// The slug of the demo.
    pub demo: &'a str,
    /// The parameter.
    pub param: &'a ParamSpec,
    /// What stands in the field.
    pub text: String,
    /// Whether that is not the default.
    pub changed: bool,
    /// What is wrong with it.
    pub problem: Option<String>,
}

impl Field<'_> {
    fn id(&self) -> String {
        format!("param-{}", self.param.name)
    }

    /// The ids of what describes the control, for screen readers.
    fn described_by(&self) -> String {
        let id = self.id();
        if self.problem.is_some() {
            format!("{id}-error {id}-help")
        } else {
            format!("{id}-help")
        }
    }

    /// The field as elements.
    pub fn show(&self, page: &Context) -> Html {
        let (id, name) = (self.id(), self.param.name.clone());
        let key = |what: &str| format!("param.{}.{}.{what}", self.demo, self.param.name);
        let label = page.language.say(&key("label"));
        let help = page.language.find(&key("help"));
        let unit = self
            .param
            .unit
            .name()
            .map(|unit| page.language.say(&format!("unit.{unit}")));
        let class = match self.problem {
            Some(_) => "field field-wrong",
            None => "field",
        };
        let reset = page.on(move |_: MouseEvent| Action::ResetParam(name.clone()));
        html! {
            <div key={&*self.param.name} {class}>
                <div class="field-head">
                    <label for={id.clone()}>{ label }</label>
                    if self.changed {
                        <button
                            type="button"
                            class="tool tool-small"
                            data-testid={format!("reset-{}", self.param.name)}
                            aria-label={page.say_with("page.parameter.reset", &[("label", label)])}
                            title={page.say_with(
                                "page.parameter.reset-to",
                                &[("default", &default_text(page, self))],
                            )}
                            onclick={reset}
                        >
                            { icon(Icon::Reset) }
                        </button>
                    }
                </div>
                { control(page, self, unit, label) }
                if let Some(problem) = &self.problem {
                    <p
                        class="field-error"
                        id={format!("{id}-error")}
                        role="alert"
                        data-testid={format!("param-error-{}", self.param.name)}
                    >
                        { icon(Icon::Warning) }
                        <span>{ problem.clone() }</span>
                    </p>
                }
                <p class="field-help" id={format!("{id}-help")}>
                    { help.unwrap_or_default() }
                    if let Some(range) = range(page, self.param, unit) {
                        <span class="field-range">{ range }</span>
                    }
                </p>
            </div>
        }
    }

    fn set(&self, page: &Context) -> Callback<String> {
        let name = self.param.name.clone();
        page.on(move |text| Action::SetParam(name.clone(), text))
    }
}

fn control(page: &Context, field: &Field<'_>, unit: Option<&'static str>, label: &str) -> Html {
    match &field.param.kind {
        ParamKind::Integer { min, max, .. } => {
            let scale = Scale::new(*min as f64, *max as f64, 1.0);
            number(page, field, unit, label, scale, 1.0)
        }
        ParamKind::Number { min, max, step, .. } => number(
            page,
            field,
            unit,
            label,
            Scale::new(*min, *max, *step),
            *step,
        ),
        ParamKind::Choice { options, .. } => choice(page, field, options),
        ParamKind::Flag { .. } => flag(page, field),
        ParamKind::Text { longest, .. } => text(page, field, *longest),
    }
}

/// A number: text that can be anything while it is typed, buttons, arrow keys, and a slider.
fn number(
    page: &Context,
    field: &Field<'_>,
    unit: Option<&'static str>,
    label: &str,
    scale: Scale,
    step: f64,
) -> Html {
    let set = field.set(page);
    let value = decimal::read(field.text.trim());
    let valid = field.problem.is_none();
    let whole = matches!(field.param.kind, ParamKind::Integer { .. });
    let write = move |number: f64| {
        if whole {
            decimal::fixed(number, 0)
        } else {
            // Steps of a tenth must not end in 0.30000000000000004.
            decimal::write((number * 1e6).round() / 1e6)
        }
    };
    let moved = |by: f64| {
        let (set, param) = (set.clone(), field.param.clone());
        move || {
            let text = write(value.unwrap_or_default() + by);
            if param.parse(&text).is_ok() {
                set.emit(text);
            }
        }
    };
    let can_move =
        |by: f64| value.is_some_and(|value| field.param.parse(&write(value + by)).is_ok());
    let (less, more) = (moved(-step), moved(step));
    let onkeydown = {
        let (less, more) = (less.clone(), more.clone());
        let (much_less, much_more) = (moved(-10.0 * step), moved(10.0 * step));
        Callback::from(move |event: KeyboardEvent| {
            match (&*event.key(), event.shift_key()) {
                ("ArrowUp", false) => more(),
                ("ArrowDown", false) => less(),
                ("ArrowUp", true) | ("PageUp", _) => much_more(),
                ("ArrowDown", true) | ("PageDown", _) => much_less(),
                _ => return,
            }
            event.prevent_default();
        })
    };
    let on_slider = {
        let set = set.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let place = input.value().parse().unwrap_or_default();
            set.emit(write(scale.number(place)));
        })
    };
    let place = value.map_or(0, |value| scale.place(value));
    html! {
        <div class="field-number">
            <span class="field-input stepper">
                <button
                    type="button"
                    class="tool tool-small"
                    tabindex="-1"
                    aria-label={page.say_with("page.parameter.less", &[("label", label)])}
                    disabled={!can_move(-step)}
                    onclick={Callback::from(move |_: MouseEvent| less())}
                >
                    { icon(Icon::Minus) }
                </button>
                    <input
                        id={field.id()}
                        type="text"
                        inputmode={if whole { "numeric" } else { "decimal" }}
                        data-testid={field.id()}
                        autocomplete="off"
                        spellcheck="false"
                        aria-invalid={(!valid).to_string()}
                        aria-describedby={field.described_by()}
                        value={field.text.clone()}
                        oninput={set.reform(typed)}
                        {onkeydown}
                    />
                    if let Some(unit) = unit {
                        <span class="field-unit">{ unit }</span>
                    }
                <button
                    type="button"
                    class="tool tool-small"
                    tabindex="-1"
                    aria-label={page.say_with("page.parameter.more", &[("label", label)])}
                    disabled={!can_move(step)}
                    onclick={Callback::from(move |_: MouseEvent| more())}
                >
                    { icon(Icon::Plus) }
                </button>
            </span>
            <input
                class="slider"
                type="range"
                min="0"
                max={PLACES.to_string()}
                value={place.to_string()}
                aria-label={label.to_owned()}
                aria-valuetext={field.text.clone()}
                oninput={on_slider}
            />
        </div>
    }
}

fn choice(page: &Context, field: &Field<'_>, options: &[String]) -> Html {
    let onchange = field.set(page).reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        select.value()
    });
    html! {
        <select
            id={field.id()}
            class="select"
            data-testid={field.id()}
            aria-describedby={field.described_by()}
            {onchange}
        >
            { for options.iter().map(|option| html! {
                <option key={&**option} value={option.clone()} selected={field.text == *option}>
                    { option_text(page, field, option) }
                </option>
            }) }
        </select>
    }
}

fn flag(page: &Context, field: &Field<'_>) -> Html {
    let onchange = field.set(page).reform(|event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        input.checked().to_string()
    });
    html! {
        <input
            id={field.id()}
            class="switch"
            type="checkbox"
            role="switch"
            data-testid={field.id()}
            aria-describedby={field.described_by()}
            checked={field.text == "true"}
            {onchange}
        />
    }
}

fn text(page: &Context, field: &Field<'_>, longest: usize) -> Html {
    html! {
        <span class="field-input">
            <input
                id={field.id()}
                type="text"
                data-testid={field.id()}
                // Room for what is too long, so that it can be told and not be cut in silence.
                maxlength={(longest.saturating_mul(2)).to_string()}
                autocomplete="off"
                spellcheck="false"
                aria-invalid={field.problem.is_some().to_string()}
                aria-describedby={field.described_by()}
                value={field.text.clone()}
                oninput={field.set(page).reform(typed)}
            />
        </span>
    }
}

fn typed(event: InputEvent) -> String {
    let input: HtmlInputElement = event.target_unchecked_into();
    input.value()
}

/// The name of an option of a choice.
fn option_text(page: &Context, field: &Field<'_>, option: &str) -> &'static str {
    page.language.say(&format!(
        "param.{}.{}.{option}",
        field.demo, field.param.name
    ))
}

fn default_text(page: &Context, field: &Field<'_>) -> String {
    let default = field.param.default().to_string();
    match &field.param.kind {
        ParamKind::Choice { .. } => option_text(page, field, &default).to_owned(),
        ParamKind::Flag { .. } => page.say(&format!("page.flag.{default}")).to_owned(),
        _ => default,
    }
}

/// `1 – 100 ms`, for what has a range.
fn range(page: &Context, param: &ParamSpec, unit: Option<&str>) -> Option<String> {
    let (min, max) = match &param.kind {
        ParamKind::Integer { min, max, .. } => (min.to_string(), max.to_string()),
        ParamKind::Number { min, max, .. } => (decimal::write(*min), decimal::write(*max)),
        _ => return None,
    };
    let range = page.say_with("page.parameter.range", &[("min", &min), ("max", &max)]);
    Some(match unit {
        Some(unit) => format!("{range} {unit}"),
        None => range,
    })
}
