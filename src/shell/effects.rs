//! What follows from the state outside of it: requests to the engine, the link, the document.

use wakeline_phrases::Language;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::demo_list::title;
use crate::browser::{self, Timeout};
use crate::engine::Engine;
use crate::lessons::Lessons;
use crate::sources::Sources;
use crate::state::{Action, App, Notice, Panel, Theme, link};
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

/// The engine, loaded once.
#[hook]
pub fn use_engine(act: &Callback<Action>) -> Engine {
    let act = act.clone();
    let engine = use_memo((), move |()| {
        // Without an address there is nothing to load; the browser's answer to an empty one is
        // told like any other failure.
        let address = browser::meta("wakeline-engine").unwrap_or_default();
        Engine::load(address, act.reform(Action::Engine))
    });
    (*engine).clone()
}

/// Runs in virtual time what the form says, as soon as it says something else.
#[hook]
pub fn use_automatic_run(app: &UseReducerHandle<App>, engine: &Engine) {
    {
        let engine = engine.clone();
        use_effect_with(app.setup.demo.clone(), move |_| engine.abandon());
    }
    let plan = app.automatic_plan();
    let (app, engine) = (app.clone(), engine.clone());
    use_effect_with(plan, move |plan| {
        let newest = app.runs.newest();
        let pending = match plan {
            Some(plan) if newest.is_none_or(|run| run.plan != *plan) => {
                let another_demo = newest.is_none_or(|run| run.plan.demo != plan.demo);
                let plan = plan.clone();
                // Only edits of a form come in swarms.
                if another_demo {
                    engine.run(plan);
                    None
                } else {
                    Some(Timeout::after(SETTLE_MS, move || {
                        engine.run(plan);
                    }))
                }
            }
            _ => None,
        };
        move || drop(pending)
    });
}

/// Tells the engine how much of the run is here, so that it sends more.
#[hook]
pub fn use_acknowledgements(app: &App, engine: &Engine) {
    let received = app.runs.under_way().map(|run| {
        let events = u32::try_from(run.events()).unwrap_or(u32::MAX);
        (run.number, events)
    });
    let engine = engine.clone();
    use_effect_with(received, move |received| {
        if let Some((run, events)) = *received
            && events > 0
        {
            engine.taken(run, events);
        }
    });
}

/// Notices a run that takes its time.
#[hook]
pub fn use_late_runs(app: &App, act: &Callback<Action>) {
    let next = app.runs.next.as_ref().map(|run| run.number);
    let act = act.clone();
    use_effect_with(next, move |next| {
        let pending =
            next.map(|number| Timeout::after(LATE_MS, move || act.emit(Action::Late(number))));
        move || drop(pending)
    });
}

/// Loads the source of the demo on screen.
#[hook]
pub fn use_source(app: &UseReducerHandle<App>, sources: Option<Sources>) {
    let demo = shown_demo(app).to_owned();
    let known = app.source(&demo).is_some() || app.demos.is_empty();
    let dispatcher = app.dispatcher();
    use_effect_with((demo, known), move |(demo, known)| {
        if let (false, Some(sources)) = (*known, sources) {
            let demo = demo.clone();
            spawn_local(async move {
                let files = sources.load(&demo).await.unwrap_or_default();
                dispatcher.dispatch(Action::Source { demo, files });
            });
        }
    });
}

/// Loads the lesson of the demo on screen when somebody looks at it, and keeps what was done.
#[hook]
pub fn use_lesson(app: &UseReducerHandle<App>, lessons: Option<Lessons>) {
    let demo = shown_demo(app).to_owned();
    let language = app.look.language;
    let is_wanted = matches!(app.look.panel, Panel::Lesson | Panel::Source)
        && !app.demos.is_empty()
        && app.learning.lesson(&demo, language).is_none();
    let dispatcher = app.dispatcher();
    use_effect_with(
        (demo, language, is_wanted),
        move |(demo, language, is_wanted)| {
            if let (true, Some(lessons)) = (*is_wanted, lessons) {
                let (demo, language) = (demo.clone(), *language);
                spawn_local(async move {
                    let lesson = lessons.load(language, &demo).await.unwrap_or_default();
                    dispatcher.dispatch(Action::Lesson {
                        demo,
                        language,
                        lesson,
                    });
                });
            }
        },
    );
    use_effect_with(app.learning.progress.write(), |text| {
        browser::remember("progress", text);
    });
}

/// Asks the study what the page wants to know of the run on screen.
#[hook]
pub fn use_study(app: &App, act: &Callback<Action>) -> Study {
    let act = act.clone();
    let study = use_memo((), move |()| Study::new(act));
    let study = (*study).clone();
    let asked = {
        let (study, shown, kept) = (study.clone(), app.shown().cloned(), app.kept.clone());
        move |(questions, _): &(Vec<Question>, (u32, u32))| {
            for question in questions {
                if let Some(run) = &shown {
                    study.ask(*question, run, kept.as_ref());
                }
            }
        }
    };
    use_effect_with((app.questions(), app.compared()), asked);
    study
}

/// The demo whose run is on screen, or else the chosen one.
#[must_use]
pub fn shown_demo(app: &App) -> &str {
    match app.shown() {
        Some(run) => &run.plan.demo,
        None => &app.setup.demo,
    }
}

/// Keeps the address of the page what restores it.
#[hook]
pub fn use_link(app: &App) {
    // Before the demos are known, the parameters of the link belong to nobody yet.
    let query = (!app.demos.is_empty()).then(|| link::write(app));
    use_effect_with(query, |query| {
        let pending = query
            .clone()
            .map(|query| Timeout::after(LINK_MS, move || browser::replace_query(&query)));
        move || drop(pending)
    });
}

/// Language, theme and title of the document. Returns whether the page is dark.
#[hook]
pub fn use_document(app: &App) -> bool {
    let prefers_dark = browser::use_media("(prefers-color-scheme: dark)");
    let dark = match app.look.theme {
        Theme::System => prefers_dark,
        Theme::Light => false,
        Theme::Dark => true,
    };
    let language = app.look.language;
    let heading = app
        .spec()
        .map(|spec| format!("{} · Wakeline", title(language, &spec.slug)));
    use_effect_with((dark, language, heading), |(dark, language, heading)| {
        set_root("data-theme", if *dark { "dark" } else { "light" });
        set_root("lang", language.tag());
        browser::document().set_title(heading.as_deref().unwrap_or("Wakeline"));
    });
    dark
}

fn set_root(name: &str, value: &str) {
    if let Some(root) = browser::root() {
        // These names are valid everywhere.
        let _ = root.set_attribute(name, value);
    }
}

/// Where actions go: to the state, what is chosen also to the next visit, and a language only
/// once its texts are there.
#[hook]
pub fn use_actions(app: &UseReducerHandle<App>, texts: Option<Texts>) -> Callback<Action> {
    let dispatcher = app.dispatcher();
    use_callback((), move |action: Action, ()| {
        match (&action, &texts) {
            (Action::Language(language), Some(texts)) if !language.is_installed() => {
                speak(*language, texts.clone(), dispatcher.clone());
                return;
            }
            (Action::Language(language), _) => browser::remember("language", language.tag()),
            (Action::Theme(theme), _) => browser::remember("theme", theme.name()),
            _ => {}
        }
        dispatcher.dispatch(action);
    })
}

/// Changes the language as soon as its texts are there.
fn speak(language: Language, texts: Texts, dispatcher: UseReducerDispatcher<App>) {
    spawn_local(async move {
        dispatcher.dispatch(match texts.load(language).await {
            Ok(()) => {
                browser::remember("language", language.tag());
                Action::Language(language)
            }
            Err(_) => Action::Tell(Notice::NoTexts(language)),
        });
    });
}

/// What an earlier visit chose.
#[must_use]
pub fn recalled() -> (Option<Language>, Theme) {
    let language = browser::recall("language").and_then(|tag| Language::from_tag(&tag));
    let theme = browser::recall("theme").and_then(|name| Theme::from_name(&name));
    (language, theme.unwrap_or_default())
}
