//! The program's source as it was compiled, with the lines at which tasks wait.

use std::rc::Rc;

use wakeline_protocol::SourceFile;
use wakeline_timeline::order;
use wakeline_timeline::phrase::task_name;
use wakeline_timeline::state::Task;
use wasm_bindgen::JsCast;
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use super::highlight::{self, Token};
use super::moment::Moment;
use crate::element::{all, element, words};
use crate::selection::Selection;
use crate::shell::context::Context;
use crate::state::Action;

/// More names than this at one line are counted.
const MOST_NAMES: usize = 4;

/// What the panel shows.
#[derive(Debug, PartialEq, Properties)]
pub(crate) struct SourceProps {
    /// The reader's language, and where actions go.
    pub(crate) page: Context,
    /// The run at the playhead, if there is one.
    pub(crate) moment: Option<Moment>,
    /// What is selected.
    pub(crate) selection: Option<Selection>,
    /// The same program in Python, empty if there is none.
    pub(crate) asyncio: AttrValue,
    /// Whether there is room for one listing only.
    pub(crate) narrow: bool,
    /// The files; `None` while they are on their way.
    pub(crate) files: Option<Rc<Vec<SourceFile>>>,
}

/// The program's source.
#[component]
pub(crate) fn SourcePanel(props: &SourceProps) -> Html {
    let page = &props.page;
    let chosen = use_state_eq(|| 0);
    let files = props.files.as_deref().map_or(&[][..], Vec::as_slice);
    // Another demo may have fewer files.
    let file = files.get(*chosen).or(files.first());

    let lines = use_memo(file.map(|file| file.text.clone()), |text| {
        pieces(text.as_deref().unwrap_or_default(), false)
    });
    let python = use_memo(props.asyncio.clone(), |text| pieces(text, true));
    let in_python = use_state_eq(|| !props.narrow);
    let in_python_now = *in_python && !props.asyncio.is_empty();
    let marks = match (&props.moment, file) {
        (Some(moment), Some(file)) => marks(page, moment, &file.name, props.selection),
        _ => Marks::default(),
    };
    let list = use_node_ref();
    let pointed = use_mut_ref(|| None::<(String, u32)>);
    {
        // The selected task's line comes into view when it becomes another one.
        let list = list.clone();
        use_effect_with(marks.selected, move |selected| {
            if let Some((_, line)) = selected {
                bring_into_view(&list, *line);
            }
        });
    }
    let Some(file) = file else {
        let phrase = match props.files {
            Some(_) => "page.source.none",
            None => "page.source.loading",
        };
        return element("p")
            .class("pane-note")
            .testid("source")
            .child(page.say(phrase))
            .html();
    };
    let tab = |(index, other): (usize, &SourceFile)| {
        let chosen = chosen.setter();
        element("button")
            .key(index)
            .attr("type", "button")
            .class("chip mono")
            .state("aria-pressed", other.name == file.name)
            .on_click(Callback::from(move |_: MouseEvent| chosen.set(index)))
            .child(other.name.clone())
            .html()
    };
    let line = |(pieces, number): (&Pieces, u32)| {
        html! { <Line
            key={number}
            page={page.clone()}
            {number}
            pieces={pieces.clone()}
            tasks={marks.of(number)}
            selected={marks.selected.is_some_and(|(_, line)| line == number)}
        /> }
    };
    // What happened at the line under the pointer, or at the one with the focus.
    let point = {
        let (file, act) = (file.name.clone(), page.act.clone());
        move |target: Option<web_sys::EventTarget>| {
            let element: Option<Element> = target.and_then(|target| target.dyn_into().ok());
            let row = element.and_then(|element| element.closest("[data-line]").ok().flatten());
            let line = row.and_then(|row| row.get_attribute("data-line")?.parse().ok());
            let line = line.map(|line: u32| (file.clone(), line));
            let is_another = *pointed.borrow() != line;
            if is_another {
                pointed.replace(line.clone());
                act.emit(Action::Point(line));
            }
        }
    };
    let leave = {
        let point = point.clone();
        Callback::from(move |_: MouseEvent| point(None))
    };
    let onfocusin = {
        let point = point.clone();
        Callback::from(move |event: FocusEvent| point(event.target()))
    };
    let onmouseover = Callback::from(move |event: MouseEvent| point(event.target()));
    let plain = |(pieces, number): (&Pieces, u32)| {
        html! { <Line
            key={number}
            page={page.clone()}
            {number}
            pieces={pieces.clone()}
            tasks={Vec::new()}
            selected={false}
        /> }
    };
    element("div")
        .class("source")
        .child(
            element("div")
                .class("source-files")
                .attr("role", "group")
                .attr("aria-label", page.say("page.source.files"))
                .child(if files.len() > 1 {
                    all(files.iter().enumerate().map(tab).collect())
                } else {
                    Html::default()
                })
                .child(if !props.asyncio.is_empty() {
                    element("button")
                        .attr("type", "button")
                        .class("chip mono")
                        .testid("asyncio-toggle")
                        .state("aria-pressed", in_python_now)
                        .attr("title", page.say("page.source.asyncio"))
                        .on_click(Callback::from(move |_: MouseEvent| {
                            in_python.set(!*in_python)
                        }))
                        .child("asyncio")
                        .html()
                } else {
                    Html::default()
                }),
        )
        .child(
            element("div")
                .class("listings")
                .child(if !(props.narrow && in_python_now) {
                    element("div")
                        .class("listing")
                        .attr("tabindex", "0")
                        .attr("role", "region")
                        .attr("aria-label", file.name.clone())
                        .testid("source")
                        .child(
                            element("ol")
                                .node(&list)
                                .on_mouseover(onmouseover)
                                .on_mouseleave(leave)
                                .on_focusin(onfocusin)
                                .children(lines.iter().zip(1..).map(line).collect()),
                        )
                        .html()
                } else {
                    Html::default()
                })
                .child(if in_python_now {
                    element("div")
                        .class("listing")
                        .attr("tabindex", "0")
                        .attr("role", "region")
                        .attr("aria-label", page.say("page.source.asyncio"))
                        .testid("asyncio")
                        .child(element("ol").children(python.iter().zip(1..).map(plain).collect()))
                        .html()
                } else {
                    Html::default()
                }),
        )
        .html()
}

type Pieces = Rc<[(Token, AttrValue)]>;

/// The lines of a source in pieces that can be shared.
fn pieces(text: &str, python: bool) -> Vec<Pieces> {
    let shared = |(token, piece): (Token, &str)| (token, AttrValue::from(piece.to_owned()));
    highlight::lines(text, python)
        .into_iter()
        .map(|pieces| pieces.into_iter().map(shared).collect())
        .collect()
}

/// The tasks that wait at each line.
#[derive(Clone, Debug, Default, PartialEq)]
struct Marks {
    /// Line, id and name of a task, by line.
    tasks: Vec<(u32, u32, AttrValue)>,
    selected: Option<(u32, u32)>,
}

/// Where the tasks that have not ended wait in this file.
fn marks(page: &Context, moment: &Moment, file: &str, selection: Option<Selection>) -> Marks {
    let (mut tasks, mut selected_at) = (Vec::new(), None);
    let selected = selection.and_then(Selection::task);
    for task in moment.state().tasks().filter(|task| task.end().is_none()) {
        let Some(line) = line_in(moment, task, file) else {
            continue;
        };
        let name = task_name(&moment.model.read(), task.id, page.language);
        tasks.push((line, task.id, AttrValue::from(name)));
        if selected == Some(task.id) {
            selected_at = Some((task.id, line));
        }
    }
    // Those at one line stay in the order of their ids.
    let order = order(tasks.len(), &[&|at| tasks[at].0]);
    Marks {
        tasks: order.into_iter().map(|at| tasks[at].clone()).collect(),
        selected: selected_at,
    }
}

impl Marks {
    fn of(&self, line: u32) -> Vec<(u32, AttrValue)> {
        let first = self.tasks.partition_point(|(at, ..)| *at < line);
        self.tasks[first..]
            .iter()
            .take_while(|(at, ..)| *at == line)
            .map(|(_, id, name)| (*id, name.clone()))
            .collect()
    }
}

/// The line of this file at which a task waits, or last gave way.
fn line_in(moment: &Moment, task: &Task, file: &str) -> Option<u32> {
    let waits_at = task.main_wait().map(|wait| wait.location);
    let at = waits_at.filter(|location| *location != 0);
    let location = moment.location(at.unwrap_or(task.awaits_at))?;
    (moment.text(location.file) == file).then_some(location.line)
}

#[derive(PartialEq, Properties)]
struct LineProps {
    page: Context,
    number: u32,
    pieces: Pieces,
    tasks: Vec<(u32, AttrValue)>,
    selected: bool,
}

/// A line; it is drawn anew only when its own marks change.
#[component]
fn Line(props: &LineProps) -> Html {
    let page = &props.page;
    let class = match (props.tasks.is_empty(), props.selected) {
        (true, _) => "code-line",
        (false, false) => "code-line code-line-awaited",
        (false, true) => "code-line code-line-awaited code-line-selected",
    };
    element("li")
        .class(class)
        .attr("data-line", props.number.to_string())
        .child(
            element("span")
                .class("code-number-column")
                .attr("aria-hidden", "true")
                .child(props.number.to_string()),
        )
        .child(
            element("code").children(
                props
                    .pieces
                    .iter()
                    .map(|(token, text)| match token.class() {
                        Some(class) => element("span").class(class).child(text).html(),
                        None => words(text.clone()),
                    })
                    .collect(),
            ),
        )
        .child(if let Some((first, _)) = props.tasks.first() {
            element("button")
                .attr("type", "button")
                .class("code-mark")
                .attr("title", who(page, &props.tasks))
                .on_click({
                    let first = Selection::Task(*first);
                    page.on(move |_: MouseEvent| Action::Select(Some(first)))
                })
                .child(short(&props.tasks))
                .html()
        } else {
            Html::default()
        })
        .html()
}

fn names(tasks: &[(u32, AttrValue)], most: usize) -> String {
    let names: Vec<&str> = tasks.iter().take(most).map(|(_, name)| &**name).collect();
    let more = if tasks.len() > most { ", …" } else { "" };
    format!("{}{more}", names.join(", "))
}

/// `producer 1 +3`.
fn short(tasks: &[(u32, AttrValue)]) -> String {
    match tasks {
        [(_, name), rest @ ..] if !rest.is_empty() => format!("{name} +{}", rest.len()),
        _ => names(tasks, 1),
    }
}

fn who(page: &Context, tasks: &[(u32, AttrValue)]) -> String {
    let names = names(tasks, MOST_NAMES);
    if tasks.len() > 1 {
        let count = tasks.len().to_string();
        page.say_with(
            "page.source.here-many",
            &[("count", &count), ("names", &names)],
        )
    } else {
        page.say_with("page.source.here", &[("names", &names)])
    }
}

fn bring_into_view(list: &NodeRef, line: u32) {
    let row: Option<Element> = list.cast::<Element>().and_then(|list| {
        list.query_selector(&format!("[data-line=\"{line}\"]"))
            .ok()
            .flatten()
    });
    if let Some(row) = row {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        options.set_inline(ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
