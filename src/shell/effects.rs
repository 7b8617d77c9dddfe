//! What follows from the state outside of it: requests to the engine, the link, the document.

use wakeline_phrases::Language;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::demo_list::title;
use super::page::PageProps;
use super::{companion, files};
use crate::browser::{self, Timeout};
use crate::companion::Companions;
use crate::engine::Engine;
use crate::lessons::Lessons;
use crate::sources::Sources;
use crate::state::{Action, App, LettingGo, Limit, Notice, Panel, RunPlan, Theme, link};
use crate::study::{Question, Study};
use crate::texts::Texts;

/// How long a form must be left alone before its run begins, in milliseconds: less than a pause
/// between two thoughts, more than one between two keys.
const SETTLE_MS: u32 = 150;

/// How long a picture may be out of date, in milliseconds, before an unfinished one takes its
/// place and the page says that something runs. Whatever is quicker happens without a flicker.
const LATE_MS: u32 = 250;

/// How long the page must be left alone before its address changes. Browsers limit how often
/// that may be.
const LINK_MS: u32 = 250;

/// What the page acts on: engine, study, files on its server, and the document. After every
/// change of the state [`Effects::follow`] does what follows from it.
#[derive(Debug)]
pub struct Effects {
    /// The engine.
    pub engine: Engine,
    /// The study.
    pub study: Study,
    act: Callback<Action>,
    sources: Option<Sources>,
    lessons: Option<Lessons>,
    companions: Option<Companions>,
    done: Done,
    /// The run that the form asks for, until it is left alone.
    settling: Option<Timeout>,
    late: Option<Timeout>,
    linking: Option<Timeout>,
    /// An address that was typed, until it is left alone.
    calling: Option<Timeout>,
}

/// That of the state about which something was done last; nothing at first.
#[derive(Debug, Default)]
struct Done {
    demo: Option<String>,
    plan: Option<Option<RunPlan>>,
    received: Option<Option<(u32, u32)>>,
    letting_go: Option<Option<(u32, LettingGo)>>,
    crowded: Option<Option<u32>>,
    next: Option<Option<u32>>,
    awaited_log: Option<Option<String>>,
    called: Option<Option<String>>,
    asked: Option<(Vec<Question>, (u32, u32))>,
    lesson: Option<(String, Language, bool)>,
    progress: Option<String>,
    source: Option<(String, bool)>,
    link: Option<Option<String>>,
    document: Option<(bool, Language, Option<String>)>,
}

/// Whether something has become another one, which is kept then.
fn became<T: PartialEq>(kept: &mut Option<T>, now: T) -> bool {
    let changed = kept.as_ref() != Some(&now);
    if changed {
        *kept = Some(now);
    }
    changed
}

impl Effects {
    /// Begins to load the engine.
    #[must_use]
    pub fn new(act: &Callback<Action>, props: &PageProps) -> Self {
        // Without an address there is nothing to load; the browser's answer to an empty one is
        // told like any other failure.
        let address = browser::meta("wakeline-engine").unwrap_or_default();
        Self {
            engine: Engine::load(address, act.reform(Action::Engine)),
            study: Study::new(act.clone()),
            act: act.clone(),
            sources: props.sources.clone(),
            lessons: props.lessons.clone(),
            companions: props.companions.clone(),
            done: Done::default(),
            settling: None,
            late: None,
            linking: None,
            calling: None,
        }
    }

    /// Does what follows from the state.
    pub fn follow(&mut self, app: &App, dark: bool) {
        self.run(app);
        self.acknowledge(app);
        self.let_go(app);
        self.notice_late(app);
        if became(&mut self.done.awaited_log, app.awaited_log.clone())
            && let Some(address) = &app.awaited_log
        {
            files::open(files::Source::Address(address.clone()), self.act.clone());
        }
        self.call_companion(app);
        self.ask(app);
        self.load_lesson(app);
        self.load_source(app);
        self.link(app);
        self.document(app, dark);
    }

    /// Runs in virtual time what the form says, as soon as it says something else.
    fn run(&mut self, app: &App) {
        if became(&mut self.done.demo, app.setup.demo.clone()) {
            self.engine.abandon();
        }
        let plan = app.automatic_plan();
        if !became(&mut self.done.plan, plan.clone()) {
            return;
        }
        self.settling = None;
        let newest = app.runs.newest();
        let plan = plan.filter(|plan| newest.is_none_or(|run| run.plan != *plan));
        let Some(plan) = plan else { return };
        // Only edits of a form come in swarms.
        if newest.is_none_or(|run| run.plan.demo != plan.demo) {
            self.engine.run(plan);
        } else {
            let engine = self.engine.clone();
            self.settling = Some(Timeout::after(SETTLE_MS, move || {
                engine.run(plan);
            }));
        }
    }

    /// Tells the engine how much of the run is here, so that it sends more.
    fn acknowledge(&mut self, app: &App) {
        let received = app.runs.under_way().map(|run| {
            let events = u32::try_from(run.events()).unwrap_or(u32::MAX);
            (run.number, events)
        });
        if became(&mut self.done.received, received)
            && let Some((run, events)) = received
            && events > 0
        {
            self.engine.taken(run, events);
        }
    }

    /// Lets go of the oldest events of a run, and does other things between. If that is of no use,
    /// the run is stopped.
    fn let_go(&mut self, app: &App) {
        let run = app.runs.under_way();
        let crowded = run.filter(|run| run.crowded).map(|run| run.number);
        if became(&mut self.done.crowded, crowded)
            && let Some(number) = crowded
        {
            self.act.emit(Action::Stopping(number));
            self.act.emit(Action::Tell(Notice::Crowded));
            self.engine.stop(number);
        }
        let letting_go = run.and_then(|run| Some((run.number, run.letting_go.clone()?)));
        if became(&mut self.done.letting_go, letting_go.clone())
            && let Some((number, letting_go)) = letting_go
            && let Some(run) = run
        {
            let (model, act) = (run.model.clone(), self.act.clone());
            spawn_local(async move {
                while !letting_go.go_on(&model.read()) {
                    browser::pause().await;
                    if letting_go.is_forgotten() {
                        return;
                    }
                }
                act.emit(Action::LetGo(number));
            });
        }
    }

    /// Notices a run that takes its time.
    fn notice_late(&mut self, app: &App) {
        let next = app.runs.next.as_ref().map(|run| run.number);
        if became(&mut self.done.next, next) {
            let act = self.act.clone();
            self.late =
                next.map(|number| Timeout::after(LATE_MS, move || act.emit(Action::Late(number))));
        }
    }

    /// Asks the server of which the page ought to know whether it is there.
    fn call_companion(&mut self, app: &App) {
        let address = app.unknown_server();
        if became(&mut self.done.called, address.clone()) {
            let call = address.zip(self.companions.clone());
            let act = self.act.clone();
            self.calling = call.map(|(address, all)| companion::ask(address, all, act));
        }
    }

    /// Asks the study what the page wants to know of the run on screen.
    fn ask(&mut self, app: &App) {
        let questions = app.questions();
        if became(&mut self.done.asked, (questions.clone(), app.compared()))
            && let Some(run) = app.shown()
        {
            for question in questions {
                self.study.ask(question, run, app.kept.as_ref());
            }
        }
    }

    /// Loads the lesson of the demo on screen when somebody looks at it, and keeps what was done.
    fn load_lesson(&mut self, app: &App) {
        let demo = shown_demo(app).to_owned();
        let language = app.look.language;
        let is_wanted = matches!(app.look.panel, Panel::Lesson | Panel::Source)
            && !app.demos.is_empty()
            && app.learning.lesson(&demo, language).is_none();
        if became(&mut self.done.lesson, (demo.clone(), language, is_wanted))
            && is_wanted
            && let Some(lessons) = self.lessons.clone()
        {
            let act = self.act.clone();
            spawn_local(async move {
                let lesson = lessons.load(language, &demo).await.unwrap_or_default();
                act.emit(Action::Lesson {
                    demo,
                    language,
                    lesson,
                });
            });
        }
        let progress = app.learning.progress.write();
        if became(&mut self.done.progress, progress.clone()) {
            browser::remember("progress", &progress);
        }
    }

    /// Loads the source of the demo on screen.
    fn load_source(&mut self, app: &App) {
        let demo = shown_demo(app).to_owned();
        let known = app.source(&demo).is_some() || app.demos.is_empty();
        if became(&mut self.done.source, (demo.clone(), known))
            && !known
            && let Some(sources) = self.sources.clone()
        {
            let act = self.act.clone();
            spawn_local(async move {
                let files = sources.load(&demo).await.unwrap_or_default();
                act.emit(Action::Source { demo, files });
            });
        }
    }

    /// Keeps the address of the page what restores it.
    fn link(&mut self, app: &App) {
        // Before the demos are known, the parameters of the link belong to nobody yet.
        let query = (!app.demos.is_empty()).then(|| link::write(app));
        if became(&mut self.done.link, query.clone()) {
            let change =
                |query: String| Timeout::after(LINK_MS, move || browser::replace_query(&query));
            self.linking = query.map(change);
        }
    }

    /// Language, theme and title of the document.
    fn document(&mut self, app: &App, dark: bool) {
        let language = app.look.language;
        let heading = app
            .spec()
            .map(|spec| [title(language, &spec.slug), " · Wakeline"].concat());
        if became(&mut self.done.document, (dark, language, heading.clone())) {
            set_root("data-theme", if dark { "dark" } else { "light" });
            set_root("lang", language.tag());
            browser::document().set_title(heading.as_deref().unwrap_or("Wakeline"));
        }
    }
}

/// The demo whose run is on screen, or else the chosen one.
#[must_use]
pub fn shown_demo(app: &App) -> &str {
    match app.shown() {
        Some(run) => &run.plan.demo,
        None => &app.setup.demo,
    }
}

/// Whether the page is dark.
#[must_use]
pub fn is_dark(theme: Theme, prefers_dark: bool) -> bool {
    match theme {
        Theme::System => prefers_dark,
        Theme::Light => false,
        Theme::Dark => true,
    }
}

fn set_root(name: &str, value: &str) {
    if let Some(root) = browser::root() {
        // These names are valid everywhere.
        let _ = root.set_attribute(name, value);
    }
}

/// Keeps what is chosen for the next visit. Returns whether the choice holds now: a language does
/// only once its texts are there, and is chosen again then.
#[must_use]
pub fn remember(action: &Action, texts: &Option<Texts>, act: &Callback<Action>) -> bool {
    match (action, texts) {
        (Action::Language(language), Some(texts)) if !language.is_installed() => {
            speak(*language, texts.clone(), act.clone());
            return false;
        }
        (Action::Language(language), _) => browser::remember("language", language.tag()),
        (Action::Theme(theme), _) => browser::remember("theme", theme.name()),
        (Action::SetLimit(limit), _) => browser::remember("limit", &limit.name()),
        _ => {}
    }
    true
}

/// Changes the language as soon as its texts are there.
fn speak(language: Language, texts: Texts, act: Callback<Action>) {
    spawn_local(async move {
        act.emit(match texts.load(language).await {
            Ok(()) => Action::Language(language),
            Err(_) => Action::Tell(Notice::NoTexts(language)),
        });
    });
}

/// What an earlier visit chose.
#[must_use]
pub fn recalled() -> (Option<Language>, Theme, Limit) {
    let language = browser::recall("language").and_then(|tag| Language::from_tag(&tag));
    let theme = browser::recall("theme").and_then(|name| Theme::from_name(&name));
    let limit = browser::recall("limit").and_then(|name| Limit::from_name(&name));
    (
        language,
        theme.unwrap_or_default(),
        limit.unwrap_or_default(),
    )
}
