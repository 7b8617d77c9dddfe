//! The program's source as it was compiled, with the lines at which tasks wait.

use std::rc::Rc;

use wakeline_protocol::SourceFile;
use wakeline_timeline::order;
use wakeline_timeline::phrase::task_name;
use wakeline_timeline::state::Task;
use wasm_bindgen::JsCast;
use web_sys::{EventTarget, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use super::highlight::{self, Token};
use super::moment::Moment;
use crate::browser::Timeout;
use crate::element::{Element, classes, element, keyed_component, words};
use crate::selection::Selection;
use crate::shell::context::Context;
use crate::shell::element::press;
use crate::state::Action;

/// How long the pointer must rest on a slice, in milliseconds, before its line is scrolled to.
const REST_MS: u32 = 200;

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
    /// The line of the slice that is pointed at: an index into the log's locations, 0 for none.
    pub(crate) line: u16,
    /// The same program in Python, empty if there is none.
    pub(crate) asyncio: AttrValue,
    /// Whether there is room for one listing only.
    pub(crate) narrow: bool,
    /// The files; `None` while they are on their way.
    pub(crate) files: Option<Rc<Vec<SourceFile>>>,
}

/// The program's source.
#[derive(Debug, Default)]
pub(crate) struct SourcePanel {
    /// The place of the chosen file.
    chosen: usize,
    /// Whether the same program in Python is shown too.
    in_python: bool,
    rust: Listing,
    python: Listing,
    list: NodeRef,
    /// Where the tasks wait.
    marks: Marks,
    /// The selected task and its line, when it was brought into view.
    shown: Option<(u32, u32)>,
    /// The line that is pointed at.
    pointed: Option<u32>,
    /// The place of the file and the line of the slice that is pointed at in the timeline.
    slice: Option<(usize, u32)>,
    /// Until the pointer rests there.
    resting: Option<Timeout>,
}

/// What happens to the panel.
#[derive(Debug)]
pub(crate) enum Message {
    /// Another file.
    Choose(usize),
    /// Python too, or no more.
    Python,
    /// The pointer rests on a slice in the timeline.
    Rest,
    /// The line around this is pointed at.
    Point(Option<EventTarget>),
}

impl Component for SourcePanel {
    type Message = Message;
    type Properties = SourceProps;

    fn create(ctx: &yew::Context<Self>) -> Self {
        let mut panel = Self {
            in_python: !ctx.props().narrow,
            ..Self::default()
        };
        panel.read(ctx.props());
        panel
    }

    fn changed(&mut self, ctx: &yew::Context<Self>, _: &SourceProps) -> bool {
        self.read(ctx.props());
        self.point_at_slice(ctx);
        true
    }

    fn update(&mut self, ctx: &yew::Context<Self>, message: Message) -> bool {
        match message {
            Message::Choose(place) => {
                self.chosen = place;
                self.read(ctx.props());
            }
            Message::Rest => {
                if let Some((place, line)) = self.slice {
                    self.chosen = place;
                    self.read(ctx.props());
                    bring_into_view(&self.list, line);
                }
            }
            Message::Python => self.in_python = !self.in_python,
            Message::Point(target) => {
                self.point(ctx.props(), target);
                return false;
            }
        }
        true
    }

    fn view(&self, ctx: &yew::Context<Self>) -> Html {
        let props = ctx.props();
        let page = &props.page;
        let Some(file) = self.file(props) else {
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
        let in_python = self.in_python && !props.asyncio.is_empty();
        let rust = (!(props.narrow && in_python)).then(|| {
            let link = ctx.link();
            let slice = self.slice.filter(|(place, _)| self.is_shown(props, *place));
            let lines = lines(page, &self.rust, &self.marks, slice.map(|(_, line)| line))
                .node(&self.list)
                .on_mouseover(link.callback(|event: MouseEvent| Message::Point(event.target())))
                .on_mouseleave(link.callback(|_: MouseEvent| Message::Point(None)))
                .on_focusin(link.callback(|event: FocusEvent| Message::Point(event.target())));
            listing("source", file.name.clone(), lines)
        });
        let python = in_python.then(|| {
            let label = page.say("page.source.asyncio").to_owned();
            listing(
                "asyncio",
                label,
                lines(page, &self.python, &Marks::default(), None),
            )
        });
        element("div")
            .class("source")
            .child(self.files(ctx, file, in_python))
            .child(element("div").class("listings").child(rust).child(python))
            .html()
    }

    fn rendered(&mut self, _: &yew::Context<Self>, _: bool) {
        // The selected task's line comes into view when it becomes another one.
        if self.shown != self.marks.selected {
            self.shown = self.marks.selected;
            if let Some((_, line)) = self.shown {
                bring_into_view(&self.list, line);
            }
        }
    }
}

impl SourcePanel {
    /// The file on screen. Another demo may have fewer files.
    fn file<'a>(&self, props: &'a SourceProps) -> Option<&'a SourceFile> {
        let files = props.files.as_deref()?;
        files.get(self.chosen).or(files.first())
    }

    /// Whether the file at this place is the one on screen.
    fn is_shown(&self, props: &SourceProps, place: usize) -> bool {
        let files = props.files.as_deref().map_or(&[][..], Vec::as_slice);
        files.get(place) == self.file(props)
    }

    /// Takes in which slice is pointed at. Its line comes into view when the pointer rests.
    fn point_at_slice(&mut self, ctx: &yew::Context<Self>) {
        let props = ctx.props();
        let slice = props.moment.as_ref().and_then(|moment| {
            let location = moment.location(props.line)?;
            let name = moment.text(location.file);
            let mut files = props.files.as_deref()?.iter();
            let place = files.position(|file| file.name == name)?;
            Some((place, location.line))
        });
        if self.slice != slice {
            self.slice = slice;
            let link = ctx.link().clone();
            let rest = move || link.send_message(Message::Rest);
            self.resting = slice.map(|_| Timeout::after(REST_MS, rest));
        }
    }

    /// Takes in what is to be shown.
    fn read(&mut self, props: &SourceProps) {
        let file = self.file(props);
        self.rust.read(file.map_or("", |file| &file.text), false);
        self.python.read(&props.asyncio, true);
        self.marks = match (&props.moment, file) {
            (Some(moment), Some(file)) => marks(&props.page, moment, &file.name, props.selection),
            _ => Marks::default(),
        };
    }

    /// The files, and whether Python stands beside them.
    fn files(&self, ctx: &yew::Context<Self>, file: &SourceFile, in_python: bool) -> Element {
        let (props, link) = (ctx.props(), ctx.link());
        let page = &props.page;
        let files = props.files.as_deref().map_or(&[][..], Vec::as_slice);
        let tab = |(place, other): (usize, &SourceFile)| {
            element("button")
                .key(place)
                .attr("type", "button")
                .class("chip mono")
                .state("aria-pressed", other.name == file.name)
                .on_click(link.callback(move |_: MouseEvent| Message::Choose(place)))
                .child(other.name.clone())
                .html()
        };
        // One file needs no choice.
        let several = if files.len() > 1 { files } else { &[] };
        let toggle = (!props.asyncio.is_empty()).then(|| {
            element("button")
                .attr("type", "button")
                .class("chip mono")
                .testid("asyncio-toggle")
                .state("aria-pressed", in_python)
                .attr("title", page.say("page.source.asyncio"))
                .on_click(link.callback(|_: MouseEvent| Message::Python))
                .child("asyncio")
        });
        element("div")
            .class("source-files")
            .attr("role", "group")
            .attr("aria-label", page.say("page.source.files"))
            .children(several.iter().enumerate().map(tab).collect())
            .child(toggle)
    }

    /// Tells what happened at the line under the pointer, or at the one with the focus.
    fn point(&mut self, props: &SourceProps, target: Option<EventTarget>) {
        let element: Option<web_sys::Element> = target.and_then(|target| target.dyn_into().ok());
        let row = element.and_then(|element| element.closest("[data-line]").ok().flatten());
        let line = row.and_then(|row| row.get_attribute("data-line")?.parse().ok());
        if self.pointed != line {
            self.pointed = line;
            let file = self.file(props).map(|file| file.name.clone());
            props.page.act.emit(Action::Point(file.zip(line)));
        }
    }
}

/// A source in lines of coloured pieces.
#[derive(Debug, Default)]
struct Listing {
    text: String,
    lines: Vec<Pieces>,
}

impl Listing {
    fn read(&mut self, text: &str, python: bool) {
        if self.text != text {
            self.text = text.to_owned();
            self.lines = pieces(text, python);
        }
    }
}

fn lines(page: &Context, listing: &Listing, marks: &Marks, pointed: Option<u32>) -> Element {
    let line = |(pieces, number): (&Pieces, u32)| {
        keyed_component::<Line>(
            number,
            LineProps {
                page: page.clone(),
                number,
                pieces: pieces.clone(),
                tasks: marks.of(number),
                selected: marks.selected.is_some_and(|(_, line)| line == number),
                pointed: pointed == Some(number),
            },
        )
    };
    element("ol").children(listing.lines.iter().zip(1..).map(line).collect())
}

fn listing(testid: &'static str, label: String, lines: Element) -> Element {
    element("div")
        .class("listing")
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", label)
        .testid(testid)
        .child(lines)
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
    pointed: bool,
}

/// A line; it is drawn anew only when its own marks change.
struct Line;

impl Component for Line {
    type Message = ();
    type Properties = LineProps;

    fn create(_: &yew::Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &yew::Context<Self>) -> Html {
        let props = ctx.props();
        let class = match (props.tasks.is_empty(), props.selected) {
            (true, _) => "code-line",
            (false, false) => "code-line code-line-awaited",
            (false, true) => "code-line code-line-awaited code-line-selected",
        };
        let piece = |(token, text): &(Token, AttrValue)| match token.class() {
            Some(class) => element("span").class(class).child(text).html(),
            None => words(text.clone()),
        };
        let mark = props.tasks.first().map(|(first, _)| {
            let select = Action::Select(Some(Selection::Task(*first)));
            element("button")
                .attr("type", "button")
                .class("code-mark")
                .attr("title", who(&props.page, &props.tasks))
                .on_click(press(&props.page, select))
                .child(short(&props.tasks))
        });
        element("li")
            .class(classes(&[
                (class, true),
                ("code-line-pointed", props.pointed),
            ]))
            .attr("data-line", props.number.to_string())
            .child(
                element("span")
                    .class("code-number-column")
                    .attr("aria-hidden", "true")
                    .child(props.number.to_string()),
            )
            .child(element("code").children(props.pieces.iter().map(piece).collect()))
            .child(mark)
            .html()
    }
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
    let row = list.cast::<web_sys::Element>().and_then(|list| {
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
