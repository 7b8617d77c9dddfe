//! Quick open: one input that finds demos, presets, panels, tasks and resources.

use wakeline_phrases::Language;
use wakeline_timeline::phrase;
use wasm_bindgen::JsCast;
use yew::prelude::*;

use super::context::Context;
use super::demo_list::title;
use super::header::own_name;
use crate::element::{element, typed};
use crate::find;
use crate::selection::{Axis, Selection};
use crate::state::{Action, App, Panel, Theme};
use crate::view::commands;

/// More than this are not shown: a reader types another letter instead.
const MOST: usize = 12;

/// More tasks or resources than this are not looked through.
const MOST_LANES: usize = 5_000;

/// Something that can be opened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key of what kind of thing it is.
    kind: &'static str,
    label: String,
    /// What also finds it.
    also: String,
    action: Action,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.label == other.label && self.also == other.also
    }
}

/// Everything that can be opened now.
pub fn entries(page: &Context, app: &App) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut add = |kind, label: String, also: &str, action| {
        entries.push(Entry {
            kind,
            label,
            also: also.to_owned(),
            action,
        });
    };
    for demo in app.demos.iter() {
        let label = title(page.language, &demo.slug).to_owned();
        add("demo", label, &demo.slug, Action::Choose(demo.slug.clone()));
    }
    if let Some(spec) = app.spec() {
        for preset in &spec.presets {
            let label = page.say(&format!("preset.{}.{}", spec.slug, preset.name));
            let action = Action::Preset(preset.name.clone());
            add("preset", label.to_owned(), &preset.name, action);
        }
    }
    for panel in Panel::ALL {
        let label = page.say_of("page.panel.", panel.name()).to_owned();
        add("panel", label, panel.name(), Action::Panel(panel));
    }
    for (command, phrase) in commands() {
        let action = Action::Timeline(command);
        add("command", page.say(phrase).to_owned(), "", action);
    }
    for axis in Axis::ALL {
        let label = page.say(&format!("timeline.axis.{}.help", axis.name()));
        add("axis", label.to_owned(), axis.name(), Action::Axis(axis));
    }
    for language in Language::ALL {
        let label = own_name(language).to_owned();
        add("language", label, "language", Action::Language(language));
    }
    for theme in Theme::ALL {
        let label = page.say_of("page.theme.", theme.name()).to_owned();
        add("theme", label, theme.name(), Action::Theme(theme));
    }
    if let Some(run) = app.shown() {
        let model = run.model.read();
        for lane in model.lanes().tasks().iter().take(MOST_LANES) {
            let action = Action::Select(Some(Selection::Task(lane.id)));
            add(
                "task",
                phrase::task_name(&model, lane.id, page.language),
                "",
                action,
            );
        }
        for lane in model.lanes().resources().iter().take(MOST_LANES) {
            let action = Action::Select(Some(Selection::Resource(lane.id)));
            add(
                "resource",
                phrase::resource_name(&model, lane.id, page.language),
                "",
                action,
            );
        }
    }
    entries
}

/// The entries in which every word of the search stands, those that begin with it first. As in the
/// list of demos, only Latin letters are the same in either case: the tables of all alphabets are
/// larger than everything else here.
fn find<'a>(entries: &'a [Entry], search: &str) -> Vec<&'a Entry> {
    let search = search.to_ascii_lowercase();
    let (mut found, mut later) = (Vec::new(), Vec::new());
    for entry in entries {
        let label = entry.label.to_ascii_lowercase();
        let stands = |word: &str| {
            find::find(&label, word)
                .or(find::find(&entry.also, word))
                .is_some()
        };
        if search.split_whitespace().all(stands) {
            let begins = label.starts_with(search.trim());
            if begins { &mut found } else { &mut later }.push(entry);
        }
    }
    found.append(&mut later);
    found.truncate(MOST);
    found
}

/// What quick open shows.
#[derive(Debug, PartialEq, Properties)]
pub struct QuickOpenProps {
    /// The reader's language, and where actions go.
    pub page: Context,
    /// What can be opened.
    pub entries: Vec<Entry>,
}

/// What happens to it.
#[derive(Debug)]
pub enum Message {
    /// Something is searched for.
    Search(String),
    /// The one at this place is chosen.
    Choose(usize),
}

/// Quick open. The focus stays in the input; the arrow keys choose, Enter opens.
#[derive(Debug, Default)]
pub struct QuickOpen {
    search: String,
    chosen: usize,
}

impl Component for QuickOpen {
    type Message = Message;
    type Properties = QuickOpenProps;

    fn create(_: &yew::Context<Self>) -> Self {
        Self::default()
    }

    fn update(&mut self, _: &yew::Context<Self>, message: Message) -> bool {
        match message {
            Message::Search(search) => *self = Self { search, chosen: 0 },
            Message::Choose(place) => self.chosen = place,
        }
        true
    }

    fn view(&self, ctx: &yew::Context<Self>) -> Html {
        let page = &ctx.props().page;
        let found = find(&ctx.props().entries, &self.search);
        let last = found.len().saturating_sub(1);
        let at = self.chosen.min(last);
        let open = {
            let act = page.act.clone();
            move |action: &Action| {
                act.emit(action.clone());
                act.emit(Action::Sheet(None));
            }
        };
        let on_keydown = {
            let (link, open) = (ctx.link().clone(), open.clone());
            let action = found.get(at).map(|entry| entry.action.clone());
            Callback::from(move |event: KeyboardEvent| {
                let choose = |place| link.send_message(Message::Choose(place));
                match &*event.key() {
                    "ArrowDown" => choose(if at == last { 0 } else { at + 1 }),
                    "ArrowUp" => choose(if at == 0 { last } else { at - 1 }),
                    "Enter" => action.iter().for_each(&open),
                    _ => return,
                }
                event.prevent_default();
                event.stop_propagation();
            })
        };
        // A list of buttons that are no part of the tab order: the input has the focus.
        let on_click = {
            let actions: Vec<Action> = found.iter().map(|entry| entry.action.clone()).collect();
            Callback::from(move |event: MouseEvent| {
                let element: Option<web_sys::Element> =
                    event.target().and_then(|it| it.dyn_into().ok());
                let option = element.and_then(|it| it.closest("[role=option]").ok().flatten());
                let place =
                    option.and_then(|it| it.id().strip_prefix("quick-")?.parse::<usize>().ok());
                place
                    .and_then(|place| actions.get(place))
                    .into_iter()
                    .for_each(&open);
            })
        };
        let option = |(place, entry): (usize, &&Entry)| {
            let kind = page.say_of("page.quick.", entry.kind);
            element("li")
                .key(place)
                .attr("id", format!("quick-{place}"))
                .attr("role", "option")
                .state("aria-selected", place == at)
                .child(element("span").child(entry.label.clone()))
                .child(element("span").class("faint").child(kind))
                .html()
        };
        let none = found.is_empty().then(|| {
            element("p")
                .class("pane-note")
                .testid("quick-none")
                .child(page.say("page.quick.none"))
        });
        element("div")
            .class("quick")
            .child(
                element("input")
                    .attr("type", "search")
                    .attr("autofocus", true)
                    .class("quick-input")
                    .attr("role", "combobox")
                    .attr("aria-expanded", "true")
                    .attr("aria-controls", "quick-list")
                    .attr("aria-activedescendant", format!("quick-{at}"))
                    .attr("aria-label", page.say("page.quick"))
                    .attr("placeholder", page.say("page.quick.hint"))
                    .testid("quick-input")
                    .attr("autocomplete", "off")
                    .attr("spellcheck", "false")
                    .value(self.search.clone())
                    .on_input(
                        ctx.link()
                            .callback(|event| Message::Search(typed::<InputEvent>(event))),
                    )
                    .on_keydown(on_keydown),
            )
            .child(
                element("ul")
                    .attr("id", "quick-list")
                    .class("quick-list")
                    .attr("role", "listbox")
                    .testid("quick-list")
                    .on_click(on_click)
                    .children(found.iter().enumerate().map(option).collect()),
            )
            .child(none)
            .html()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(label: &str, also: &str) -> Entry {
        Entry {
            kind: "demo",
            label: label.to_owned(),
            also: also.to_owned(),
            action: Action::ResetParams,
        }
    }

    #[test]
    fn every_word_must_be_found_and_beginnings_come_first() {
        let entries = [
            entry("A task group", "task-group"),
            entry("Task scheduler", "task-scheduler"),
            entry("锁", "lock"),
        ];
        let labels = |search: &str| -> Vec<&str> {
            find(&entries, search)
                .iter()
                .map(|entry| &*entry.label)
                .collect()
        };
        assert_eq!(labels(""), ["A task group", "Task scheduler", "锁"]);
        assert_eq!(labels("task"), ["Task scheduler", "A task group"]);
        assert_eq!(labels("GROUP task"), ["A task group"]);
        assert_eq!(labels("锁"), ["锁"]);
        assert_eq!(labels("lock"), ["锁"]);
        assert!(labels("nothing").is_empty());
    }
}
