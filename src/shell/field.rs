//! The field of one parameter: label, control, unit, range, help, and what is wrong.

use wakeline_protocol::{ParamKind, ParamSpec, decimal};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::context::Context;
use super::element::{press, tool};
use super::icon::{Icon, icon};
use super::slider::{PLACES, Scale};
use crate::element::element;
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
            .map(|unit| page.language.say_of("unit.", unit));
        let class = match self.problem {
            Some(_) => "field field-wrong",
            None => "field",
        };
        let reset = press(page, Action::ResetParam(name));
        element("div")
            .key(&*self.param.name)
            .class(class)
            .child(
                element("div")
                    .class("field-head")
                    .child(element("label").attr("for", id.clone()).child(label))
                    .child(if self.changed {
                        tool(
                            Icon::Reset,
                            page.say_with("page.parameter.reset", &[("label", label)]),
                            reset,
                        )
                        .testid(format!("reset-{}", self.param.name))
                        .attr(
                            "title",
                            page.say_with(
                                "page.parameter.reset-to",
                                &[("default", &default_text(page, self))],
                            ),
                        )
                        .html()
                    } else {
                        Html::default()
                    }),
            )
            .child(control(page, self, unit, label))
            .child(if let Some(problem) = &self.problem {
                element("p")
                    .class("field-error")
                    .attr("id", format!("{id}-error"))
                    .attr("role", "alert")
                    .testid(format!("param-error-{}", self.param.name))
                    .child(icon(Icon::Warning))
                    .child(element("span").child(problem.clone()))
                    .html()
            } else {
                Html::default()
            })
            .child(
                element("p")
                    .class("field-help")
                    .attr("id", format!("{id}-help"))
                    .child(help.unwrap_or_default())
                    .child(if let Some(range) = range(page, self.param, unit) {
                        element("span").class("field-range").child(range).html()
                    } else {
                        Html::default()
                    }),
            )
            .html()
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
    element("div")
        .class("field-number")
        .child(
            element("span")
                .class("field-input stepper")
                .child(
                    tool(
                        Icon::Minus,
                        page.say_with("page.parameter.less", &[("label", label)]),
                        Callback::from(move |_: MouseEvent| less()),
                    )
                    .attr("tabindex", "-1")
                    .attr("disabled", !can_move(-step)),
                )
                .child(
                    element("input")
                        .attr("id", field.id())
                        .attr("type", "text")
                        .attr("inputmode", if whole { "numeric" } else { "decimal" })
                        .testid(field.id())
                        .attr("autocomplete", "off")
                        .attr("spellcheck", "false")
                        .state("aria-invalid", !valid)
                        .attr("aria-describedby", field.described_by())
                        .value(field.text.clone())
                        .on_input(set.reform(typed))
                        .on_keydown(onkeydown),
                )
                .child(if let Some(unit) = unit {
                    element("span").class("field-unit").child(unit).html()
                } else {
                    Html::default()
                })
                .child(
                    tool(
                        Icon::Plus,
                        page.say_with("page.parameter.more", &[("label", label)]),
                        Callback::from(move |_: MouseEvent| more()),
                    )
                    .attr("tabindex", "-1")
                    .attr("disabled", !can_move(step)),
                ),
        )
        .child(
            element("input")
                .class("slider")
                .attr("type", "range")
                .attr("min", "0")
                .attr("max", PLACES.to_string())
                .value(place.to_string())
                .attr("aria-label", label.to_owned())
                .attr("aria-valuetext", field.text.clone())
                .on_input(on_slider),
        )
        .html()
}

fn choice(page: &Context, field: &Field<'_>, options: &[String]) -> Html {
    let onchange = field.set(page).reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        select.value()
    });
    element("select")
        .attr("id", field.id())
        .class("select")
        .testid(field.id())
        .attr("aria-describedby", field.described_by())
        .on_change(onchange)
        .children(
            options
                .iter()
                .map(|option| {
                    element("option")
                        .key(&**option)
                        .attr("value", option.clone())
                        .attr("selected", field.text == *option)
                        .child(option_text(page, field, option))
                        .html()
                })
                .collect(),
        )
        .html()
}

fn flag(page: &Context, field: &Field<'_>) -> Html {
    let onchange = field.set(page).reform(|event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        input.checked().to_string()
    });
    element("input")
        .attr("id", field.id())
        .class("switch")
        .attr("type", "checkbox")
        .attr("role", "switch")
        .testid(field.id())
        .attr("aria-describedby", field.described_by())
        .checked(field.text == "true")
        .on_change(onchange)
        .html()
}

fn text(page: &Context, field: &Field<'_>, longest: usize) -> Html {
    element("span")
        .class("field-input")
        .child(
            element("input")
                .attr("id", field.id())
                .attr("type", "text")
                .testid(field.id())
                // Room for what is too long, so that it can be told and not be cut in silence.
                .attr("maxlength", (longest.saturating_mul(2)).to_string())
                .attr("autocomplete", "off")
                .attr("spellcheck", "false")
                .state("aria-invalid", field.problem.is_some())
                .attr("aria-describedby", field.described_by())
                .value(field.text.clone())
                .on_input(field.set(page).reform(typed)),
        )
        .html()
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
        ParamKind::Flag { .. } => page.say_of("page.flag.", &default).to_owned(),
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
