//! The panels at the playhead. Each is a function of the run, the step and the selection.

mod console;
mod diagnosis;
mod events;
mod executor;
mod highlight;
mod lesson;
mod metrics;
mod moment;
mod parts;
mod resources;
mod source;
mod summary;
mod why;
mod window;

pub(crate) use moment::Moment;

use std::rc::Rc;

use wakeline_protocol::SourceFile;
use web_sys::HtmlElement;
use yew::prelude::*;

use self::console::console;
use self::diagnosis::diagnosis;
use self::events::events;
use self::executor::executor;
use self::lesson::lesson;
use self::metrics::{Metrics, MetricsProps, compare};
use self::parts::Scene;
use self::resources::resources;
use self::source::{SourcePanel, SourceProps};
use self::summary::summary;
use self::why::why;
use crate::browser;
use crate::element::{all, component, element};
use crate::shell::context::Context;
use crate::shell::element::press;
use crate::state::{Action, Learning, Look, Panel, Run};
use crate::study::Answers;

/// What the panels show.
#[derive(Debug, PartialEq, Properties)]
pub struct PanelsProps {
    /// The reader's language, and where actions go.
    pub page: Context,
    /// The run on screen.
    pub run: Option<Run>,
    /// The playhead, as a number of events.
    pub step: usize,
    /// Where the reader is.
    pub look: Look,
    /// The line of the slice that is pointed at: an index into the log's locations, 0 for none.
    pub line: u16,
    /// The source of the demo on screen; `None` while it is on its way.
    pub files: Option<Rc<Vec<SourceFile>>>,
    /// What the study said of the run.
    pub answers: Answers,
    /// Whether there is a run to compare with.
    pub has_kept: bool,
    /// Where the reader is in the lessons.
    pub learning: Learning,
    /// The demo on screen.
    pub demo: String,
    /// Whether there is room for one panel only.
    pub narrow: bool,
}

/// The panels. Where there is room, those of the moment stand beside the others.
#[derive(Debug, Default)]
pub struct Panels {
    moment: Option<Moment>,
}

impl Component for Panels {
    type Message = ();
    type Properties = PanelsProps;

    fn create(ctx: &yew::Context<Self>) -> Self {
        let mut panels = Self::default();
        panels.meet(ctx.props());
        panels
    }

    fn changed(&mut self, ctx: &yew::Context<Self>, _: &PanelsProps) -> bool {
        self.meet(ctx.props());
        true
    }

    fn view(&self, ctx: &yew::Context<Self>) -> Html {
        show(ctx.props(), self.moment.as_ref())
    }
}

impl Panels {
    /// Goes to the moment of the playhead.
    fn meet(&mut self, props: &PanelsProps) {
        let moment = props.run.as_ref().map(|run| (&run.model, props.step));
        let known = self.moment.as_ref();
        if known.map(|known| (&known.model, known.step)) != moment {
            self.moment = moment.map(|(model, step)| Moment::new(model, step, known));
        }
    }
}

fn show(props: &PanelsProps, moment: Option<&Moment>) -> Html {
    let page = &props.page;
    let scene = moment.map(|moment| Scene {
        page,
        moment,
        selection: props.look.selection,
    });
    let chosen = props.look.panel;
    // A panel that has its own place needs no tab; then the default one is open.
    let open = if !props.narrow && chosen.is_of_the_moment() {
        Panel::default()
    } else {
        chosen
    };
    let tabs: Vec<Panel> = Panel::ALL
        .into_iter()
        .filter(|panel| props.narrow || !panel.is_of_the_moment())
        .collect();
    let lines = moment.map_or(0, |moment| moment.model.read().lines().len());
    all(vec![
        why(page, moment, props.look.selection),
        element("section")
            .class("panels")
            .attr("aria-label", page.say("page.panels"))
            .child(if !props.narrow {
                moment_pane(page, scene)
            } else {
                Html::default()
            })
            .child(
                element("div")
                    .class("pane")
                    .child(tab_list(
                        page,
                        &tabs,
                        open,
                        [lines, props.answers.findings() as usize],
                    ))
                    .child(
                        element("div")
                            .class("pane-body")
                            .attr("role", "tabpanel")
                            .attr("id", "panel")
                            .attr("aria-labelledby", format!("tab-{}", open.name()))
                            .child(content(props, open, scene)),
                    ),
            )
            .html(),
    ])
}

/// Executor and resources, one under the other.
fn moment_pane(page: &Context, scene: Option<Scene<'_>>) -> Html {
    element("section")
        .class("pane")
        .attr("aria-label", page.say("page.moment"))
        .child(
            element("h2")
                .class("pane-title")
                .child(page.say("page.moment")),
        )
        .child(
            element("div")
                .class("pane-body")
                .attr("tabindex", "0")
                .child(if let Some(scene) = scene {
                    all(vec![
                        executor(scene),
                        element("h2")
                            .class("pane-subtitle")
                            .child(page.say("page.panel.resources"))
                            .html(),
                        resources(scene),
                    ])
                } else {
                    element("p")
                        .class("pane-note")
                        .child(page.say("page.panel.empty"))
                        .html()
                }),
        )
        .html()
}

fn content(props: &PanelsProps, open: Panel, scene: Option<Scene<'_>>) -> Html {
    let page = &props.page;
    match (open, scene, &props.run) {
        (Panel::Lesson, ..) => lesson(page, &props.learning, &props.demo),
        // The source can be read before anything has run.
        (Panel::Source, ..) => component::<SourcePanel>(SourceProps {
            page: page.clone(),
            moment: scene.map(|scene| scene.moment.clone()),
            selection: props.look.selection,
            asyncio: asyncio(props),
            line: props.line,
            narrow: props.narrow,
            files: props.files.clone(),
        }),
        (Panel::Executor, Some(scene), _) => executor(scene),
        (Panel::Resources, Some(scene), _) => resources(scene),
        (Panel::Events, Some(scene), _) => events(scene),
        (Panel::Diagnosis, Some(scene), _) => diagnosis(scene, &props.answers, props.look.path),
        (Panel::Compare, Some(_), _) => compare(page, &props.answers, props.has_kept),
        (Panel::Metrics, _, Some(run)) => component::<Metrics>(MetricsProps {
            page: page.clone(),
            model: run.model.clone(),
            answers: props.answers.clone(),
            selection: props.look.selection,
            axis: props.look.axis,
            range: props.look.range,
        }),
        (Panel::Console, Some(scene), _) => console(scene),
        (Panel::Summary, _, Some(run)) => summary(page, run),
        _ => element("p")
            .class("pane-note")
            .testid(open.name())
            .child(page.say("page.panel.empty"))
            .html(),
    }
}

/// The demo's program in Python, empty if there is none or it is not here yet.
fn asyncio(props: &PanelsProps) -> AttrValue {
    let lesson = props.learning.lesson(&props.demo, props.page.language);
    let text = lesson.and_then(|lesson| Some(lesson.as_ref().as_ref()?.asyncio.clone()));
    text.unwrap_or_default().into()
}

/// The tabs. One of them is in the tab order; the arrow keys go from one to the next.
fn tab_list(page: &Context, tabs: &[Panel], open: Panel, counts: [usize; 2]) -> Html {
    let at = tabs.iter().position(|panel| *panel == open).unwrap_or(0);
    let onkeydown = {
        let (tabs, act) = (tabs.to_vec(), page.act.clone());
        Callback::from(move |event: KeyboardEvent| {
            let to = match &*event.key() {
                "ArrowRight" => (at + 1) % tabs.len(),
                "ArrowLeft" => (at + tabs.len() - 1) % tabs.len(),
                "Home" => 0,
                "End" => tabs.len() - 1,
                _ => return,
            };
            // The same keys move the playhead elsewhere on the page.
            event.prevent_default();
            event.stop_propagation();
            act.emit(Action::Panel(tabs[to]));
            focus_tab(tabs[to]);
        })
    };
    element("div")
        .class("tabs")
        .attr("role", "tablist")
        .attr("aria-label", page.say("page.panels"))
        .on_keydown(onkeydown)
        .children(
            tabs.iter()
                .map(|&panel| {
                    let chosen = panel == open;
                    element("button")
                        .key(panel.name())
                        .attr("type", "button")
                        .attr("role", "tab")
                        .attr("id", format!("tab-{}", panel.name()))
                        .testid(format!("tab-{}", panel.name()))
                        .state("aria-selected", chosen)
                        .attr("aria-controls", "panel")
                        .attr("tabindex", if chosen { "0" } else { "-1" })
                        .on_click(press(page, Action::Panel(panel)))
                        .child(page.say_of("page.panel.", panel.name()))
                        .child(tab_count(panel, counts))
                        .html()
                })
                .collect(),
        )
        .html()
}

/// How many lines the console has, and how many findings there are: whether it is worth a look.
fn tab_count(panel: Panel, [lines, findings]: [usize; 2]) -> Html {
    let (class, count) = match panel {
        Panel::Console => ("tab-count", lines),
        Panel::Diagnosis => ("tab-count tab-count-findings", findings),
        _ => return Html::default(),
    };
    if count > 0 {
        element("span").class(class).child(count.to_string()).html()
    } else {
        Html::default()
    }
}

fn focus_tab(panel: Panel) {
    let tab = browser::document().get_element_by_id(&format!("tab-{}", panel.name()));
    if let Some(tab) = tab {
        let tab: HtmlElement = wasm_bindgen::JsCast::unchecked_into(tab);
        let _ = tab.focus();
    }
}
