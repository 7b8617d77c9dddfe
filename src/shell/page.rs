//! The root component: it holds the state and puts the parts of the page in their places.

use wakeline_phrases::Language;
use wasm_bindgen::prelude::*;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::about::about;
use super::context::Context;
use super::demo_list::DemoList;
use super::effects::{self, shown_demo};
use super::files::{file_bar, use_drop, use_linked_log};
use super::form::ParamForm;
use super::header::header;
use super::help::help;
use super::notices::notice_list;
use super::outcome::{say_outcome, status_bar};
use super::overview::overview;
use super::picture::{Picture, picture};
use super::quick_open::{QuickOpen, entries};
use super::run_bar::{RunBar, RunState, run_bar};
use super::settings::settings;
use super::sheet::{Sheet, SheetFrame};
use super::splitter::Splitter;
use crate::browser;
use crate::element::{all, element};
use crate::lessons::Lessons;
use crate::panels::Panels;
use crate::sources::Sources;
use crate::state::{Action, App, Defaults, EngineState};
use crate::texts::Texts;

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
    let (chosen_language, theme) = effects::recalled();
    let defaults = Defaults {
        server: browser::origin().unwrap_or_else(|| LOCAL_SERVER.to_owned()),
        language: browser_language,
        chosen_language,
        theme,
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
}

/// The page.
#[component]
pub fn Page(props: &PageProps) -> Html {
    let app = use_reducer(opened);
    let act = effects::use_actions(&app, props.texts.clone());
    let engine = effects::use_engine(&act);
    effects::use_automatic_run(&app, &engine);
    effects::use_acknowledgements(&app, &engine);
    effects::use_late_runs(&app, &act);
    use_linked_log(&app, &act);
    use_drop(&act);
    let study = effects::use_study(&app, &act);
    effects::use_lesson(&app, props.lessons.clone());
    effects::use_source(&app, props.sources.clone());
    effects::use_link(&app);
    let dark = effects::use_document(&app);

    let narrow = browser::use_media(NARROW);
    let sheet = use_state_eq(|| None::<Sheet>);
    let on_sheet = {
        let sheet = sheet.setter();
        use_callback((), move |opened: Sheet, ()| sheet.set(Some(opened)))
    };
    let on_close = {
        let (sheet, act) = (sheet.setter(), act.clone());
        use_callback((), move |(), ()| {
            sheet.set(None);
            act.emit(Action::Overview(false));
        })
    };
    use_quick_open(&on_sheet);

    let on_run = {
        let (app, engine) = (app.clone(), engine.clone());
        Callback::from(move |()| {
            app.dispatch(Action::CloseFile);
            if let Some(plan) = app.plan() {
                engine.run(plan);
            }
        })
    };
    let on_stop = {
        let (app, engine) = (app.clone(), engine.clone());
        Callback::from(move |()| {
            if let Some(run) = app.runs.under_way() {
                let number = run.number;
                app.dispatch(Action::Stopping(number));
                engine.stop(number);
            }
        })
    };
    let on_export = {
        let (app, study) = (app.clone(), study.clone());
        Callback::from(move |format: &'static str| {
            if let Some(run) = app.shown()
                && !format.is_empty()
            {
                study.export(run, format, dark, app.look.language.tag());
            }
        })
    };
    let on_retry = {
        let engine = engine.clone();
        Callback::from(move |()| engine.retry())
    };

    let context = Context {
        language: app.look.language,
        act: act.clone(),
    };
    let failure = match &app.engine {
        EngineState::Failed(failure) => Some(failure),
        _ => None,
    };
    let demos = html! { <DemoList
        page={context.clone()}
        demos={app.demos.clone()}
        chosen={app.setup.demo.clone()}
        engine={app.engine.clone()}
        on_chosen={on_close.clone()}
        on_overview={act.reform(|()| Action::Overview(true))}
    /> };
    let form = match app.spec() {
        Some(spec) => {
            html! { <ParamForm page={context.clone()} spec={spec.clone()} form={app.setup.form()} /> }
        }
        None => Html::default(),
    };
    let open_form = on_sheet.reform(|()| Sheet::Form);
    // What stands in the rail again needs no sheet any more.
    let open_sheet = if app.look.overview {
        Some(Sheet::Overview)
    } else {
        *sheet
    };
    let open_sheet = open_sheet
        .filter(|sheet| narrow || !matches!(sheet, Sheet::Demos | Sheet::Form))
        .map(|sheet| {
            let content = match sheet {
                Sheet::Demos => demos.clone(),
                Sheet::Form => all(vec![if let Some(spec) = app.spec() {settings(&context, spec, &app.setup)} else { Html::default() }, form.clone()]),
                Sheet::Help => help(&context),
                Sheet::Overview => {
                    // Whoever chooses a demo wants to see it.
                    let (act, on_close) = (act.clone(), on_close.clone());
                    let leaving = Context {
                        language: context.language,
                        act: Callback::from(move |action| {
                            act.emit(action);
                            on_close.emit(());
                        }),
                    };
                    overview(&leaving, &app)
                }
                Sheet::Quick => html! { <QuickOpen page={context.clone()} entries={entries(&context, &app)} on_close={on_close.clone()} /> },
            };
            html! { <SheetFrame page={context.clone()} key={sheet.name()} {sheet} {on_close}>
                    { content }
                </SheetFrame> }
        });

    element("div")
        .class("app")
        .attr("lang", app.look.language.tag())
        .attr("data-drop", context.say("page.file.drop"))
        .child(header(&context, app.look.theme, narrow, &on_sheet))
        .child(if !narrow {
            element("aside")
                .class("rail")
                .attr("aria-label", context.say("page.rail"))
                .child(demos.clone())
                // Another demo begins at its top.
                .child(
                    element("div")
                        .key(app.setup.demo.clone())
                        .class("rail-demo")
                        .child(if let Some(spec) = app.spec() {
                            about(&context, &spec.slug)
                        } else {
                            Html::default()
                        })
                        .child(form.clone()),
                )
                .html()
        } else {
            Html::default()
        })
        .child(
            element("main")
                .class("stage")
                .child(if let Some(spec) = app.spec() {
                    run_bar(
                        &context,
                        &RunBar {
                            spec,
                            neighbours: neighbours(&app),
                            setup: &app.setup,
                            state: run_state(&app),
                            out_of_date: is_due(&app),
                            narrow,
                            on_run,
                            on_stop,
                            on_form: open_form,
                        },
                    )
                } else {
                    element("div").html()
                })
                .child(notice_list(
                    &context,
                    &app.notices,
                    failure,
                    &on_retry,
                    file_bar(&context, &app),
                ))
                .child(picture(
                    &context,
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
                        dark,
                    },
                ))
                .child(if !narrow {
                    html! { <Splitter page={context.clone()} /> }
                } else {
                    Html::default()
                })
                .child(html! { <Panels
                    page={context.clone()}
                    run={app.shown().cloned()}
                    step={app.step()}
                    look={app.look}
                    files={app.source(shown_demo(&app)).cloned()}
                    answers={app.known()}
                    has_kept={app.kept.is_some()}
                    learning={app.learning.clone()}
                    demo={shown_demo(&app).to_owned()}
                    {narrow}
                /> })
                .child(status_bar(&context, app.shown(), &on_export)),
        )
        .child(announcement(&context, &app))
        .child(open_sheet)
        .html()
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
#[hook]
fn use_quick_open(on_sheet: &Callback<Sheet>) {
    let on_sheet = on_sheet.clone();
    use_effect_with((), move |()| {
        let on_key = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
            let wanted = (event.ctrl_key() || event.meta_key())
                && !event.alt_key()
                && event.key().eq_ignore_ascii_case("k");
            if wanted {
                event.prevent_default();
                on_sheet.emit(Sheet::Quick);
            }
        });
        let document = browser::document();
        // Adding a listener of a known type cannot fail.
        let _ =
            document.add_event_listener_with_callback("keydown", on_key.as_ref().unchecked_ref());
        move || {
            let _ = document
                .remove_event_listener_with_callback("keydown", on_key.as_ref().unchecked_ref());
        }
    });
}
