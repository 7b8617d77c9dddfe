//! The column of names beside the lanes. Only the lanes in view have an element.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::html::Scope;
use yew::prelude::*;

use wakeline_phrases::Language;
use wakeline_timeline::Model;

use super::arrangement::{Grouping, stem};
use super::geometry::{EXECUTOR, HEAD, RULER};
use super::icons::{Icon, icon};
use super::lanes::Row;
use super::status::{Badge, badge};
use super::timeline::{Message, Nodes, Timeline, TimelineProps, on_press};
use super::{lanes, reading};
use crate::browser::pixels;
use crate::element::{classes, element};
use crate::selection::Selection;

/// What a label is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Subject {
    One(Selection),
    /// A group by its key, and whether it is folded.
    Group(u32, bool),
}

/// The label of a lane.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    pub(crate) subject: Subject,
    pub(crate) icon: Icon,
    /// For a task: what it is doing at the playhead; `Some(None)` before it exists.
    pub(crate) badge: Option<Option<Badge>>,
    /// The name that the program gave, or one made from kind and id.
    pub(crate) name: AttrValue,
    /// The id, as it is written elsewhere on the page.
    pub(crate) id: AttrValue,
    /// What there is to say at the playhead, in a second line; empty for nothing.
    pub(crate) detail: AttrValue,
    /// The kind and the name, for a screen reader and as a tooltip of the browser's own.
    pub(crate) title: AttrValue,
    pub(crate) selected: bool,
    pub(crate) alternate: bool,
    /// It stands below the head of its group.
    pub(crate) member: bool,
}

/// The column.
pub(super) fn column(
    language: Language,
    labels: &[Label],
    nodes: &Nodes,
    link: &Scope<Timeline>,
) -> Html {
    element("div")
        .node(&nodes.labels)
        .class("timeline-labels")
        .attr("role", "group")
        .attr("aria-label", language.say("timeline.lanes"))
        .children(labels.iter().map(|label| label_view(label, link)).collect())
        .child(
            element("div")
                .class("timeline-head")
                // What the ruler's labels count from is written there by program.
                .child(
                    element("div")
                        .node(&nodes.base)
                        .class("timeline-head-ruler"),
                )
                .child(
                    element("div")
                        .class("timeline-head-executor")
                        .child(icon(Icon::Executor))
                        .child(element("span").child(language.say("timeline.executor"))),
                ),
        )
        .html()
}

fn label_view(label: &Label, link: &Scope<Timeline>) -> Html {
    let subject = match label.subject {
        Subject::One(subject) => subject,
        Subject::Group(group, folded) => return group_view(label, group, folded, link),
    };
    element("button")
        .key(subject.to_string())
        .attr("type", "button")
        .class(classes(&[
            ("timeline-label", true),
            ("alternate", label.alternate),
            ("member", label.member),
            ("absent", label.badge == Some(None)),
        ]))
        .testid(format!("lane-{subject}"))
        .state("aria-pressed", label.selected)
        .attr("title", &label.title)
        // The canvas has the keys; the labels are within reach by the arrow keys there.
        .attr("tabindex", "-1")
        .on_click(on_press(link, Message::Select(subject)))
        .child(sign(label))
        .child(
            element("span")
                .class("timeline-label-text")
                .child(name_view(&label.name))
                .child((!label.detail.is_empty()).then(|| {
                    element("span")
                        .class("timeline-label-detail")
                        .child(&label.detail)
                })),
        )
        .child(element("span").class("timeline-label-id").child(&label.id))
        .html()
}

/// The head of a group folds it and unfolds it.
fn group_view(label: &Label, group: u32, folded: bool, link: &Scope<Timeline>) -> Html {
    element("button")
        .key(format!("group-{group}"))
        .attr("type", "button")
        .class("timeline-label group")
        .testid(format!("group-{group}"))
        .state("aria-expanded", !folded)
        .attr("title", &label.title)
        .attr("tabindex", "-1")
        .on_click(on_press(link, Message::Fold(group)))
        .child(icon(if folded { Icon::Right } else { Icon::Down }))
        .child(
            element("span")
                .class("timeline-label-text")
                .child(name_view(&label.name)),
        )
        .child(element("span").class("timeline-label-id").child(&label.id))
        .html()
}

/// The number at the end of a name never gives way: it tells the names apart.
fn name_view(name: &str) -> Html {
    let (head, tail) = halves(name);
    element("span")
        .class("timeline-label-name")
        .child(
            element("span")
                .class("timeline-label-head")
                .child(head.to_owned()),
        )
        .child(
            element("span")
                .class("timeline-label-tail")
                .child(tail.to_owned()),
        )
        .html()
}

/// Splits a name before the number at its end, with whatever sign joins it to the rest.
fn halves(name: &str) -> (&str, &str) {
    let head = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if head.is_empty() || head.len() == name.len() {
        return (name, "");
    }
    let head = head
        .strip_suffix([' ', '-', '_', '#', ':', '.'])
        .unwrap_or(head);
    name.split_at(head.len())
}

/// For a task, what it is doing; for a resource, what it is.
fn sign(label: &Label) -> Html {
    match label.badge {
        Some(Some(badge)) => element("span")
            .class(["timeline-badge ", badge.class].concat())
            .attr("data-state", badge.class)
            .child(icon(badge.icon))
            .html(),
        _ => icon(label.icon),
    }
}

/// Gives the labels their places. Style attributes are forbidden by the page's content security
/// policy; setting a style by program is not.
pub(super) fn put(column: &NodeRef, rows: &[(Row, f64, f64)], width: f64) {
    let Some(column) = column.cast::<HtmlElement>() else {
        return;
    };
    set(&column, &[("width", width)]);
    let children = column.children();
    for (index, (_, top, height)) in (0..).zip(rows) {
        if let Some(label) = child(&children, index) {
            set(&label, &[("top", *top), ("height", *height)]);
        }
    }
    // The head comes last, so that it stands above the labels.
    let last = children.length().saturating_sub(1);
    if let Some(head) = child(&children, last) {
        set(&head, &[("height", HEAD)]);
        let parts = head.children();
        if let Some(ruler) = child(&parts, 0) {
            set(&ruler, &[("height", RULER)]);
        }
        if let Some(executor) = child(&parts, 1) {
            set(&executor, &[("height", EXECUTOR)]);
        }
    }
}

fn child(children: &web_sys::HtmlCollection, index: u32) -> Option<HtmlElement> {
    children.item(index)?.dyn_into().ok()
}

fn set(element: &HtmlElement, lengths: &[(&str, f64)]) {
    let style = element.style();
    for (name, length) in lengths {
        // It fails only in a document that is gone.
        let _ = style.set_property(name, &pixels(*length));
    }
}

impl Timeline {
    pub(super) fn lanes_in_view(&self) -> Vec<usize> {
        self.rows.in_view(self.scroll, self.size.1)
    }

    /// The top and the height of each lane in view.
    pub(super) fn places_in_view(&self) -> impl Iterator<Item = (f64, f64)> {
        let lanes = self.lanes_in_view().into_iter();
        lanes.map(|lane| {
            let top = self.rows.on_canvas(lane, self.scroll);
            (top, self.rows.height(lane))
        })
    }

    /// The labels of the lanes in view.
    pub(super) fn labels(&self, ctx: &Context<Self>) -> Vec<Label> {
        let props = ctx.props();
        let model = props.model.read();
        let lanes = self.lanes_in_view();
        let labels = lanes
            .iter()
            .filter_map(|&lane| match self.lanes.row(lane)? {
                Row::Group(place) => self.group_label(props, &model, place),
                _ => self.label(props, &model, lane),
            });
        labels.collect()
    }

    fn label(&self, props: &TimelineProps, model: &Model, lane: usize) -> Option<Label> {
        let language = props.language;
        let subject = self.lanes.subject(lane)?;
        let name = lanes::name(model, subject, language);
        let badge = subject.task().map(|task| badge(&self.state, task));
        let state = badge
            .flatten()
            .map_or("", |badge| language.say(badge.phrase));
        let detail = reading::label_detail(model, &self.state, subject, language);
        let kind = lanes::kind(model, subject, language);
        let title = [&*kind, &*name, state, &*detail];
        let title = title.into_iter().filter(|part| !part.is_empty());
        Some(Label {
            subject: Subject::One(subject),
            icon: lanes::icon(model, subject),
            badge,
            name: name.clone().into(),
            id: lanes::number(subject).into(),
            title: title.collect::<Vec<_>>().join(" · ").into(),
            detail: detail.into(),
            selected: props.selection == Some(subject),
            alternate: lane % 2 == 1,
            member: lane >= self.lanes.pinned()
                && (subject.task()).is_some_and(|task| self.lanes.group_of(task).is_some()),
        })
    }

    pub(super) fn group_label(
        &self,
        props: &TimelineProps,
        model: &Model,
        place: usize,
    ) -> Option<Label> {
        let language = props.language;
        let group = self.lanes.group(place)?;
        let first = Selection::Task(group.key());
        let name = match self.arrangement.grouping {
            Grouping::Parent => {
                let parent = model.tip().task(group.key()).map_or(0, |task| task.parent);
                let parent = lanes::name(model, Selection::Task(parent), language);
                language.say_with("timeline.group.of", &[("parent", &parent)])
            }
            _ => stem(&lanes::name(model, first, language)).to_owned(),
        };
        let count = group.tasks.len().to_string();
        let count = [("name", &*name), ("count", &*count)];
        Some(Label {
            subject: Subject::Group(group.key(), self.lanes.is_folded(place)),
            icon: Icon::Task,
            badge: None,
            id: language.say_with("timeline.group.count", &count).into(),
            title: language.say_with("timeline.group.title", &count).into(),
            name: name.into(),
            detail: AttrValue::default(),
            selected: false,
            alternate: false,
            member: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_at_the_end_of_a_name_stands_apart() {
        assert_eq!(halves("producer 12"), ("producer", " 12"));
        assert_eq!(halves("worker-3"), ("worker", "-3"));
        assert_eq!(halves("main"), ("main", ""));
        assert_eq!(halves("42"), ("42", ""));
        assert_eq!(halves("生产者3"), ("生产者", "3"));
    }
}
