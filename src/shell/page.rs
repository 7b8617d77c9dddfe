//! The root component: it holds the state and puts the parts of the page in their places.

use wakeline_phrases::Language;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::about::about;
use super::companion::server_note;
use super::context::Context;
use super::demo_list::{DemoList, DemoListProps};
use super::effects::{self, Effects, is_dark, shown_demo};
use super::files::{dropped, file_bar};
use super::form::param_form;
use super::header::header;
use super::help::help;
use super::notices::notice_list;
use super::outcome::{let_go, say_outcome, status_bar};
use super::overview::overview;
use super::picture::{Picture, picture};
use super::quick_open::{QuickOpen, QuickOpenProps, entries};
use super::run_bar::{RunBar, RunState, run_bar};
use super::settings::settings;
use super::sheet::{SheetFrame, SheetFrameProps};
use super::splitter::{Splitter, SplitterProps};
use crate::browser::{self, Listener, Media};
use crate::companion::Companions;
use crate::element::{all, component, element, keyed_component};
use crate::lessons::Lessons;
use crate::panels::{Panels, PanelsProps};
use crate::sources::Sources;
use crate::state::{Action, App, Defaults, EngineState, Request, Sheet};
use crate::texts::Texts;
use crate::view::{Command, Shown};

/// Where the companion server is when the page came from no server.
const LOCAL_SERVER: &str = "http://127.0.0.1:8080";

/// The width under which the page is one column; the style sheet has the same.
const NARROW: &str = "(max-width: 860px)";

/// The page as its address opens it.
fn opened() -> App {
    let browser_language = browser::languages()
        .iter()
        .find_map(|tag| Language::from_tag(tag))
        .unwrap_or_default();
    let (chosen_language, theme, limit) = effects::recalled();
    let defaults = Defaults {
        server: browser::origin().unwrap_or_else(|| LOCAL_SERVER.to_owned()),
        language: browser_language,
        chosen_language,
        theme,
        limit,
        progress: browser::recall("progress").unwrap_or_default(),
    };
    App::open(&browser::query(), defaults)
}

/// The language that the page speaks first.
#[must_use]
pub fn first_language() -> Language {
    opened().look.language
}

/// What the page needs from whoever opens it.
#[derive(Debug, Default, PartialEq, Properties)]
pub struct PageProps {
    /// Where the texts of other languages come from; not needed where they are compiled in.
    #[prop_or_default]
    pub texts: Option<Texts>,
    /// Where the sources of demos come from; without it none is shown.
    #[prop_or_default]
    pub sources: Option<Sources>,
    /// Where the lessons of demos come from; without it none is shown.
    #[prop_or_default]
    pub lessons: Option<Lessons>,
    /// How a server is asked whether it is there; without it none is.
    #[prop_or_default]
    pub companions: Option<Companions>,
}

/// What happens to the page.
#[derive(Debug)]
pub enum Message {
    /// Something in it.
    Act(Action),
    /// A media query has another answer.
    Media,
}

/// The page.
#[derive(Debug)]
pub struct Page {
    app: App,
    act: Callback<Action>,
    effects: Effects,
    narrow: Media,
    prefers_dark: Media,
    more_contrast: Media,
    _listeners: [Listener; 4],
}

impl Component for Page {
    type Message = Message;
    type Properties = PageProps;

    fn create(ctx: &yew::Context<Self>) -> Self {
        let act = ctx.link().callback(Message::Act);
        let media = |query| {
            let link = ctx.link().clone();
            Media::new(query, move || link.send_message(Message::Media))
        };
        let props = ctx.props();
        let [over, leave, drop] = dropped(&act);
        Self {
            app: opened(),
            effects: Effects::new(&act, props),
            narrow: media(NARROW),
            prefers_dark: media("(prefers-color-scheme: dark)"),
            more_contrast: media("(prefers-contrast: more)"),
            _listeners: [over, leave, drop, quick_open(&act)],
            act,
        }
    }

    fn update(&mut self, ctx: &yew::Context<Self>, message: Message) -> bool {
        match message {
            Message::Act(Action::Do(request)) => self.carry_out(request),
            Message::Act(Action::Draw(lanes)) => self.export("svg", &lanes),
            Message::Act(action) => {
                if effects::remember(&action, &ctx.props().texts, &self.act) {
                    self.app.act(action);
                }
            }
            Message::Media => {}
        }
        true
    }

    fn view(&self, _: &yew::Context<Self>) -> Html {
        self.show()
    }

    fn rendered(&mut self, _: &yew::Context<Self>, _: bool) {
        let dark = self.is_dark();
        self.effects.follow(&self.app, dark);
    }
}

impl Page {
    fn is_dark(&self) -> bool {
        is_dark(self.app.look.theme, self.prefers_dark.matches())
    }

    fn carry_out(&mut self, request: Request) {
        match request {
            Request::Run => {
                self.app.act(Action::CloseFile);
                if let Some(plan) = self.app.plan() {
                    self.effects.engine.run(plan);
                }
            }
            Request::Stop => {
                if let Some(run) = self.app.runs.under_way() {
                    let number = run.number;
                    self.app.act(Action::Stopping(number));
                    self.effects.engine.stop(number);
                }
            }
            Request::Retry => self.effects.engine.retry(),
            Request::Export("png") => self.app.act(Action::Timeline(Command::SavePicture)),
            Request::Export("svg") => self.app.act(Action::Timeline(Command::SaveDrawing)),
            Request::Export(format) => self.export(format, &[]),
        }
    }

    fn export(&self, format: &str, lanes: &[Shown]) {
        if let Some(run) = self.app.shown()
            && !format.is_empty()
        {
            let study = &self.effects.study;
            study.export(run, format, self.is_dark(), &self.app.look, lanes);
        }
    }

    fn show(&self) -> Html {
        let app = &self.app;
        let (narrow, dark) = (self.narrow.matches(), self.is_dark());
        let page = Context {
            language: app.look.language,
            act: self.act.clone(),
        };
        let failure = match &app.engine {
            EngineState::Failed(failure) => Some(failure),
            _ => None,
        };
        let demos = component::<DemoList>(DemoListProps {
            page: page.clone(),
            demos: app.demos.clone(),
            chosen: app.setup.demo.clone().into(),
            failed: failure.is_some(),
        });
        let form = app
            .spec()
            .map(|spec| param_form(&page, spec, &app.setup.form()));
        let form = form.unwrap_or_default();
        let rail = element("aside")
            .class("rail")
            .attr("aria-label", page.say("page.rail"))
            .child(demos.clone())
            .child(
                // Another demo begins at its top.
                element("div")
                    .key(app.setup.demo.clone())
                    .class("rail-demo")
                    .child(app.spec().map(|spec| about(&page, &spec.slug)))
                    .child(form.clone()),
            );
        let bar = app.spec().map(|spec| {
            let bar = RunBar {
                spec,
                neighbours: neighbours(app),
                app,
                state: run_state(app),
                out_of_date: is_due(app),
                narrow,
            };
            run_bar(&page, &bar)
        });
        let picture = picture(
            &page,
            &Picture {
                run: app.shown(),
                busy: app.runs.noticed().is_some(),
                waiting: app.awaited_log.is_some()
                    || app.runs.next.is_some()
                    || app.engine == EngineState::Loading,
                look: app.look,
                step: app.step(),
                path: app.drawn_path(),
                ghost: app.ghost(),
                marked: app.marked.clone(),
                wanted: app.wanted,
                theme: u32::from(dark) + 2 * u32::from(self.more_contrast.matches()),
            },
        );
        let splitter = component::<Splitter>(SplitterProps { page: page.clone() });
        let panels = component::<Panels>(PanelsProps {
            page: page.clone(),
            run: app.shown().cloned(),
            step: app.step(),
            look: app.look,
            line: app.line,
            files: app.source(shown_demo(app)).cloned(),
            answers: app.known(),
            has_kept: app.kept.is_some(),
            learning: app.learning.clone(),
            demo: shown_demo(app).to_owned(),
            narrow,
        });
        element("div")
            .class("app")
            .attr("lang", app.look.language.tag())
            .attr("data-drop", page.say("page.file.drop"))
            .child(header(&page, app.look.theme, narrow))
            .child((!narrow).then_some(rail))
            .child(
                element("main")
                    .class("stage")
                    .child(bar.unwrap_or_else(|| element("div").html()))
                    .child(notice_list(
                        &page,
                        &app.notices,
                        failure,
                        all(vec![file_bar(&page, app), let_go(&page, app.shown())]),
                    ))
                    .child(picture)
                    .child((!narrow).then_some(splitter))
                    .child(panels)
                    .child(status_bar(&page, app.shown())),
            )
            .child(announcement(&page, app))
            .child(self.sheet(&page, narrow, demos, form))
            .html()
    }

    /// The open dialog.
    fn sheet(&self, page: &Context, narrow: bool, demos: Html, form: Html) -> Option<Html> {
        let app = &self.app;
        let sheet = if app.look.overview {
            Some(Sheet::Overview)
        } else {
            app.sheet
        };
        // What stands in the rail again needs no sheet any more.
        let sheet = sheet.filter(|sheet| narrow || !matches!(sheet, Sheet::Demos | Sheet::Form))?;
        let content = match sheet {
            Sheet::Demos => demos,
            Sheet::Form => {
                let spec = app.spec();
                let settings = spec.map(|spec| settings(page, spec, app));
                let note = spec.map(|spec| server_note(page, spec, app));
                all(vec![
                    settings.unwrap_or_default(),
                    note.unwrap_or_default(),
                    form,
                ])
            }
            Sheet::Help => help(page),
            Sheet::Overview => {
                // Whoever chooses a demo wants to see it.
                let act = self.act.clone();
                let leaving = Context {
                    language: page.language,
                    act: Callback::from(move |action| {
                        act.emit(action);
                        act.emit(Action::Sheet(None));
                    }),
                };
                overview(&leaving, app)
            }
            Sheet::Quick => component::<QuickOpen>(QuickOpenProps {
                page: page.clone(),
                entries: entries(page, app),
            }),
        };
        Some(keyed_component::<SheetFrame>(
            sheet.name(),
            SheetFrameProps {
                page: page.clone(),
                sheet,
                children: content,
            },
        ))
    }
}

/// The demos before and after the chosen one.
fn neighbours(app: &App) -> [Option<String>; 2] {
    let at = app
        .demos
        .iter()
        .position(|demo| demo.slug == app.setup.demo);
    let slug = |at: Option<usize>| Some(app.demos.get(at?)?.slug.clone());
    [
        slug(at.and_then(|at| at.checked_sub(1))),
        slug(at.map(|at| at + 1)),
    ]
}

fn run_state(app: &App) -> RunState {
    match app.runs.noticed() {
        Some(run) if app.stopping == Some(run.number) => RunState::Stopping,
        Some(_) => RunState::Running,
        None if app.plan().is_none() || matches!(app.engine, EngineState::Failed(_)) => {
            RunState::Blocked
        }
        None => RunState::Idle,
    }
}

/// Whether the form says something that will not run until Run is pressed.
fn is_due(app: &App) -> bool {
    app.automatic_plan().is_none()
        && app.plan().is_some()
        && (app.runs.newest().is_none() || app.is_out_of_date())
}

/// What screen readers say when a run ends.
fn announcement(page: &Context, app: &App) -> Html {
    let text = match app.shown() {
        Some(run) if !run.is_under_way() => page.say_with(
            "page.announce.ended",
            &[
                ("outcome", say_outcome(page, &run.phase)),
                ("events", &run.events().to_string()),
            ],
        ),
        _ => String::new(),
    };
    element("div")
        .class("visually-hidden")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .child(text)
        .html()
}

/// Ctrl-K or Cmd-K opens anything, wherever the focus is.
fn quick_open(act: &Callback<Action>) -> Listener {
    let act = act.clone();
    Listener::new(&browser::document(), "keydown", move |event| {
        let event: KeyboardEvent = event.unchecked_into();
        let wanted = (event.ctrl_key() || event.meta_key())
            && !event.alt_key()
            && event.key().eq_ignore_ascii_case("k");
        if wanted {
            event.prevent_default();
            act.emit(Action::Sheet(Some(Sheet::Quick)));
        }
    })
}
