//! The run in figures: charts over its time, tables that sort, and two runs side by side.

use wakeline_protocol::decimal;
use wakeline_timeline::{duration, order, phrase};
use wasm_bindgen::JsValue;
use yew::prelude::*;

use super::diagnosis::{fields, waiting as awaited};
use crate::axis_range::AxisRange;
use crate::element::{element, words};
use crate::engine::wire::Fields;
use crate::model::ModelHandle;
use crate::selection::{Axis, Selection};
use crate::shell::context::Context;
use crate::shell::element::button;
use crate::state::Action;
use crate::study::{Answers, Question};
use crate::view;

/// The size of a chart in units of its own; the style sheet stretches it.
const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 40.0;

/// More rows than this are not shown; sorting brings the greatest to the top.
const MOST: usize = 100;

/// What the panel shows.
#[derive(Debug, PartialEq, Properties)]
pub(crate) struct MetricsProps {
    /// The reader's language, and where actions go.
    pub(crate) page: Context,
    /// The run.
    pub(crate) model: ModelHandle,
    /// What the study says.
    pub(crate) answers: Answers,
    /// What is selected.
    pub(crate) selection: Option<Selection>,
    /// The timeline's axis, which is that of the charts.
    pub(crate) axis: Axis,
    /// What of it is in view; `None` for the whole run.
    pub(crate) range: Option<AxisRange>,
}

/// The run in figures.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// The column that is sorted by, as [`TABLES`] numbers them.
    sorted: Option<usize>,
}

/// A table: its name, what it is about, the number of its first column, and its columns.
type Table = (&'static str, &'static str, usize, &'static [&'static str]);

const TABLES: [Table; 2] = [
    (
        "tasks",
        "task",
        0,
        &[
            "polls",
            "running_ns",
            "ready_ns",
            "waiting_ns",
            "longest_wait_ns",
            "wakes",
            "spurious",
        ],
    ),
    (
        "resources",
        "resource",
        7,
        &[
            "operations",
            "waits",
            "waited_ns",
            "longest_wait_ns",
            "max_occupancy",
        ],
    ),
];

impl Component for Metrics {
    /// Another column is sorted by.
    type Message = usize;
    type Properties = MetricsProps;

    fn create(_: &yew::Context<Self>) -> Self {
        Self::default()
    }

    fn update(&mut self, _: &yew::Context<Self>, column: usize) -> bool {
        self.sorted = Some(column);
        true
    }

    fn view(&self, ctx: &yew::Context<Self>) -> Html {
        let props = ctx.props();
        let page = &props.page;
        let Some(metrics) = fields(&props.answers, Question::Metrics) else {
            return element("p")
                .class("pane-note")
                .testid("metrics")
                .child(awaited(page, &props.answers, Question::Metrics))
                .html();
        };
        let charts = metrics.list("series", |series| chart(props, series));
        let mut parts = vec![
            element("div")
                .class("charts")
                .children(charts.unwrap_or_default())
                .html(),
            waiting(page, &metrics).unwrap_or_default(),
        ];
        for kind in &TABLES {
            parts.push(table(ctx, &metrics, kind, self.sorted));
        }
        element("div")
            .class("metrics")
            .testid("metrics")
            .children(parts)
            .html()
    }
}

/// A number as it is read: times by their unit.
fn figure(name: &str, number: f64) -> String {
    if name.ends_with("_thousandths") {
        decimal::write((number / 10.0).round() / 100.0)
    } else if name.ends_with("_ns") {
        // Casts from floating point saturate.
        let text = duration::short(number.abs() as u64);
        if number < 0.0 {
            ["−", &text].concat()
        } else {
            text
        }
    } else {
        decimal::write((number * 100.0).round() / 100.0)
    }
}

/// A line over what the timeline shows.
fn chart(props: &MetricsProps, series: JsValue) -> Option<Html> {
    let model = props.model.read();
    let whole = AxisRange {
        start: model.begin_on(props.axis),
        end: model.extent(props.axis).max(1),
    };
    let AxisRange { start, end } = props.range.unwrap_or(whole);
    let on_axis = |time: f64| view::convert(&model, Axis::Time, props.axis, time) - start as f64;
    let series = Fields::of(series)?;
    let name = series.text("name")?;
    let most = series.number("max")?;
    let points = series.list("points", |point| {
        let point: js_sys::Array = wasm_bindgen::JsCast::dyn_into(point).ok()?;
        Some((point.get(0).as_f64()?, point.get(1).as_f64()?))
    })?;
    let place = |number: f64| decimal::write((number * 10.0).round() / 10.0);
    let mut path = String::new();
    for (time, value) in points {
        // What is far out of view stands just out of view.
        let x = on_axis(time) / (end - start) as f64 * WIDTH;
        let x = place(x.clamp(-WIDTH, 2.0 * WIDTH));
        let y = place(HEIGHT - 1.0 - value / most.max(1.0) * (HEIGHT - 2.0));
        // What holds, holds until the next point.
        let parts = if path.is_empty() {
            ["M", &x, " ", &y]
        } else {
            ["H", &x, "V", &y]
        };
        path.push_str(&parts.concat());
    }
    path.push_str("H1200");
    let of = series
        .u32("resource")
        .map(|id| phrase::resource_name(&model, id, props.page.language));
    let label = props.page.say_of("page.series.", &name);
    let label = [label, " ", &of.unwrap_or_default()].concat();
    let most = props
        .page
        .say_with("page.series.most", &[("most", &figure(&name, most))]);
    Some(
        element("figure")
            .testid(format!("chart-{name}"))
            .child(
                element("figcaption")
                    .child(label)
                    .child(element("span").class("faint").child(most)),
            )
            .child(
                element("svg")
                    .attr("viewBox", "0 0 600 40")
                    .attr("preserveAspectRatio", "none")
                    .attr("aria-hidden", "true")
                    .child(element("path").attr("d", path)),
            )
            .html(),
    )
}

/// How long waits were.
fn waiting(page: &Context, metrics: &Fields) -> Option<Html> {
    let waiting = metrics.object("waiting")?;
    let items = ["p50", "p95", "p99", "max"].into_iter().map(|name| {
        element("div")
            .child(element("dt").child(page.say_of("page.waiting.", name)))
            .child(element("dd").child(duration::short(waiting.u64(name).unwrap_or_default())))
            .html()
    });
    Some(
        element("section")
            .child(element("h3").child(page.say("page.waiting")))
            .child(
                element("dl")
                    .class("waiting-times")
                    .children(items.collect()),
            )
            .html(),
    )
}

/// A table of tasks or resources. A column is sorted by, the greatest first, when its head is
/// pressed.
fn table(
    ctx: &yew::Context<Metrics>,
    metrics: &Fields,
    &(list, kind, first, columns): &Table,
    sorted: Option<usize>,
) -> Html {
    let props = ctx.props();
    let page = &props.page;
    let rows = metrics.list(list, |row| {
        let row = Fields::of(row)?;
        let numbers: Option<Vec<f64>> = columns.iter().map(|name| row.number(name)).collect();
        Some((row.u32(kind)?, numbers?))
    });
    let mut rows = rows.unwrap_or_default();
    if let Some(column) = sorted
        .and_then(|sorted| sorted.checked_sub(first))
        .filter(|column| *column < columns.len())
    {
        // None is negative: the greater the bits, the greater the number.
        let bits = |at: usize| !rows[at].1[column].to_bits();
        let order = order(
            rows.len(),
            &[&|at| (bits(at) >> 32) as u32, &|at| bits(at) as u32],
        );
        rows = order.into_iter().map(|at| rows[at].clone()).collect();
    }
    let count = rows.len();
    let head = |(at, name): (usize, &&str)| {
        let number = first + at;
        element("th")
            .attr("scope", "col")
            .attr(
                "aria-sort",
                (sorted == Some(number)).then_some("descending"),
            )
            .child(
                element("button")
                    .attr("type", "button")
                    .testid(format!("sort-{list}-{name}"))
                    .on_click(ctx.link().callback(move |_: MouseEvent| number))
                    .child(page.say_of("page.column.", name)),
            )
            .html()
    };
    let model = props.model.read();
    let row = |(id, numbers): &(u32, Vec<f64>)| {
        let (of, name) = if kind == "task" {
            (
                Selection::Task(*id),
                phrase::task_name(&model, *id, page.language),
            )
        } else {
            (
                Selection::Resource(*id),
                phrase::resource_name(&model, *id, page.language),
            )
        };
        let on = props.selection == Some(of);
        let action = Action::Select((!on).then_some(of));
        let name = button(
            page,
            "name",
            format!("row-{of}"),
            Some(on),
            action,
            vec![words(name)],
        );
        let mut cells = vec![element("th").child(name).html()];
        for (column, number) in columns.iter().zip(numbers) {
            cells.push(element("td").child(figure(column, *number)).html());
        }
        element("tr").children(cells).html()
    };
    let mut heads = vec![element("th").child(page.say_of("page.table.", list)).html()];
    heads.extend(columns.iter().enumerate().map(head));
    let more = count
        .checked_sub(MOST)
        .filter(|more| *more > 0)
        .map(|more| words(page.say_with("page.more", &[("count", &more.to_string())])));
    element("section")
        .class("table-scroll")
        .child(
            element("table")
                .class("figures")
                .testid(format!("table-{list}"))
                .child(element("thead").child(element("tr").children(heads)))
                .child(element("tbody").children(rows.iter().take(MOST).map(row).collect())),
        )
        .child(
            element("p")
                .class("faint")
                .children(more.into_iter().collect()),
        )
        .html()
}

/// The run beside the one that was kept.
pub(crate) fn compare(page: &Context, answers: &Answers, has_kept: bool) -> Html {
    let say = |key: &str| words(page.say(key).to_owned());
    let keep = |name: &str, keep: bool| {
        let content = vec![say(&format!("page.compare.{name}"))];
        button(
            page,
            "button",
            name.to_owned(),
            None,
            Action::Keep(keep),
            content,
        )
    };
    let mut parts = vec![
        element("p")
            .class("faint")
            .child(say("page.compare.help"))
            .html(),
    ];
    let mut buttons = vec![keep("keep", true)];
    if has_kept {
        buttons.push(keep("drop", false));
    }
    parts.push(
        element("div")
            .class("compare-buttons")
            .children(buttons)
            .html(),
    );
    if has_kept {
        let rows = fields(answers, Question::Compare).and_then(|fields| {
            fields.list("rows", |row| {
                let row = Fields::of(row)?;
                let name = row.text("name")?;
                let cell = |field: &str| {
                    Some(
                        element("td")
                            .child(figure(&name, row.number(field)?))
                            .html(),
                    )
                };
                Some(
                    element("tr")
                        .child(element("th").child(say(&format!("page.compare.{name}"))))
                        .child(cell("kept")?)
                        .child(cell("current")?)
                        .child(cell("difference")?)
                        .html(),
                )
            })
        });
        let heads = ["figure", "kept", "current", "difference"].map(|name| {
            element("th")
                .child(say(&format!("page.compare.{name}")))
                .html()
        });
        parts.push(match rows {
            None => element("p")
                .class("faint")
                .child(awaited(page, answers, Question::Compare))
                .html(),
            Some(rows) => element("table")
                .class("figures")
                .testid("compare-rows")
                .child(element("thead").child(element("tr").children(heads.into())))
                .child(element("tbody").children(rows))
                .html(),
        });
    }
    element("div")
        .class("compare")
        .testid("compare")
        .children(parts)
        .html()
}
