//! The link: one address that restores what the page shows.
//!
//! The query holds the demo, its parameters by their names, and the keys below. A key never
//! changes its meaning. What has its default is left out, what the page does not know is kept as
//! it is, and a value that cannot be used is reported and ignored.
//!
//! | key | value |
//! |---|---|
//! | `demo` | a demo's slug |
//! | `seed` | a whole number of 64 bits |
//! | `policy` | `random` |
//! | `clock` | `live` |
//! | `server` | the companion server's address |
//! | `events` | how many events a log may have: `10000`, `100000`; with `-newest` after it, the oldest are let go then |
//! | `at` | the playhead: the number of events before it |
//! | `select` | `task-N` or `resource-N` |
//! | `range` | the part of the axis in view: nanoseconds or events, `FROM-TO` |
//! | `marks` | bookmarks: steps joined by points |
//! | `panel` | the open panel |
//! | `axis` | `step`, `causal` or `active` |
//! | `lang` | a language tag |
//! | `view` | `overview`: all demos at a glance |
//! | `path` | `shown`: the critical path |
//! | `log` | the address of a log on the page's server, shown in the place of a run |
//!
//! A parameter that has the name of one of these keys is written `set.NAME`.

use wakeline_phrases::Language;
use wakeline_protocol::{Clock, DemoSpec, Policy};

use super::app::App;
use super::look::{Look, Panel, Playhead};
use super::newest::Limit;
use super::query;
use super::setup::{DEFAULT_DEMO, DEFAULT_SEED, Setup};
use crate::bookmarks::Bookmarks;
use crate::selection::Axis;

/// The keys that are the page's own.
const KEYS: [&str; 16] = [
    "demo", "seed", "policy", "clock", "server", "at", "select", "marks", "panel", "axis", "lang",
    "log", "view", "path", "range", "events",
];

/// What a link says, before the demos are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// What to run. The form is still empty.
    pub setup: Setup,
    /// Where the reader is.
    pub look: Look,
    /// The address of a log.
    pub log: Option<String>,
    /// The pairs that are not the page's own: parameters, and what nobody knows.
    pub rest: Vec<(String, String)>,
    /// The pairs of which the value cannot be used.
    pub bad: Vec<(String, String)>,
}

/// Reads the keys of a link that are the page's own, on top of what holds without a link.
#[must_use]
pub fn open(query: &str, mut setup: Setup, mut look: Look) -> Opened {
    let (mut rest, mut bad, mut log) = (Vec::new(), Vec::new(), None);
    for (key, value) in query::parse(query) {
        let used = match &*key {
            "demo" => {
                setup.demo.clone_from(&value);
                true
            }
            "seed" => {
                let before = std::mem::replace(&mut setup.seed, value.clone());
                let good = setup.read_seed().is_ok();
                if !good {
                    setup.seed = before;
                }
                good
            }
            "policy" => assign(&mut setup.policy, Policy::from_text(&value)),
            "clock" => assign(&mut setup.clock, clock(&value)),
            "server" => {
                let before = std::mem::replace(&mut setup.server, value.clone());
                let good = setup.read_server().is_ok();
                if !good {
                    setup.server = before;
                }
                good
            }
            "events" => assign(&mut setup.limit, Limit::from_name(&value)),
            "at" => assign(&mut look.playhead, value.parse().ok().map(Playhead::At)),
            "select" => assign(&mut look.selection, value.parse().ok().map(Some)),
            "range" => assign(&mut look.range, value.parse().ok().map(Some)),
            "marks" => assign(&mut look.bookmarks, value.parse().ok()),
            "panel" => assign(&mut look.panel, Panel::from_name(&value)),
            "axis" => assign(&mut look.axis, Axis::from_name(&value)),
            "view" => assign(&mut look.overview, (value == "overview").then_some(true)),
            "path" => assign(&mut look.path, (value == "shown").then_some(true)),
            "log" => assign(&mut log, (!value.is_empty()).then(|| Some(value.clone()))),
            "lang" => assign(&mut look.language, Language::from_tag(&value)),
            _ => {
                rest.push((key, value));
                continue;
            }
        };
        if !used {
            bad.push((key, value));
        }
    }
    Opened {
        setup,
        look,
        log,
        rest,
        bad,
    }
}

/// Moves the parameters among `rest` into the form of the chosen demo, and to `bad` those whose
/// value cannot be used.
pub fn take_params(
    rest: &mut Vec<(String, String)>,
    bad: &mut Vec<(String, String)>,
    spec: &DemoSpec,
    setup: &mut Setup,
) {
    for (key, value) in std::mem::take(rest) {
        let param = spec
            .params
            .iter()
            .find(|param| param_key(&param.name) == key);
        match param.map(|param| (param, param.parse(&value))) {
            Some((param, Ok(parsed))) => setup.form_mut().set(param, parsed.to_string()),
            Some((_, Err(_))) => bad.push((key, value)),
            None => rest.push((key, value)),
        }
    }
}

/// The query that restores what `app` shows, without a question mark; empty if that is what the
/// page shows without a link.
#[must_use]
pub fn write(app: &App) -> String {
    let (setup, look) = (&app.setup, &app.look);
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut add = |key: &str, value: String| pairs.push((key.to_owned(), value));

    if setup.demo != DEFAULT_DEMO {
        add("demo", setup.demo.clone());
    }
    if let Some(spec) = app.spec() {
        let form = setup.form();
        for (name, text) in form.changes(spec) {
            // What is no value yet would only be reported and ignored by whoever opens the link.
            if spec
                .param(name)
                .is_some_and(|param| param.parse(text).is_ok())
            {
                add(&param_key(name), text.to_owned());
            }
        }
    }
    match setup.read_seed() {
        Ok(seed) if seed != DEFAULT_SEED => add("seed", seed.to_string()),
        _ => {}
    }
    if setup.policy != Policy::Fifo {
        add("policy", setup.policy.to_string());
    }
    if setup.clock == Clock::Live {
        add("clock", "live".to_owned());
    }
    match setup.read_server() {
        Ok(server) if server != app.defaults.server => add("server", server),
        _ => {}
    }
    if setup.limit != Limit::default() {
        add("events", setup.limit.name());
    }
    let log = app.file.as_ref().map(|file| &file.address);
    // A moment of a file that nobody else has is of no use to them.
    if log != Some(&None) {
        if let Playhead::At(step) = look.playhead {
            add("at", step.to_string());
        }
        if let Some(selection) = look.selection {
            add("select", selection.to_string());
        }
        if let Some(range) = look.range {
            add("range", range.to_string());
        }
        if look.bookmarks != Bookmarks::default() {
            add("marks", look.bookmarks.to_string());
        }
    }
    if let Some(address) = app.awaited_log.as_ref().or(log.and_then(Option::as_ref)) {
        add("log", address.clone());
    }
    if look.panel != Panel::default() {
        add("panel", look.panel.name().to_owned());
    }
    if look.path {
        add("path", "shown".to_owned());
    }
    if look.overview {
        add("view", "overview".to_owned());
    }
    if look.axis != Axis::default() {
        add("axis", look.axis.name().to_owned());
    }
    if look.language != app.defaults.language {
        add("lang", look.language.tag().to_owned());
    }
    pairs.extend(app.unknown_pairs().iter().cloned());
    query::write(pairs.iter().map(|(key, value)| (&**key, &**value)))
}

fn param_key(name: &str) -> String {
    if KEYS.contains(&name) {
        format!("set.{name}")
    } else {
        name.to_owned()
    }
}

/// Assigns what was read; whether anything was.
fn assign<T>(place: &mut T, read: Option<T>) -> bool {
    read.map(|value| *place = value).is_some()
}

fn clock(name: &str) -> Option<Clock> {
    match name {
        "virtual" => Some(Clock::Virtual),
        "live" => Some(Clock::Live),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axis_range::AxisRange;
    use crate::selection::Selection;
    use crate::state::action::Action;
    use crate::state::notice::Notice;
    use crate::state::samples::opened;

    #[test]
    fn the_plain_page_has_an_empty_link() {
        let app = opened("");
        // The sample catalogue has no demo of the default name, so the first one stands in.
        assert_eq!(write(&app), "demo=sample");
        assert_eq!(app.notices.iter().count(), 0);
    }

    #[test]
    fn a_link_restores_everything_and_comes_out_as_it_went_in() {
        let link = "demo=sample&capacity=7&set.at=twice&seed=42&policy=random&clock=live\
                    &server=http://127.0.0.1:9&events=10000-newest&at=12&select=task-3&range=5-40&marks=3.12&panel=source\
                    &axis=step&lang=zh-Hans";
        let app = opened(link);
        assert_eq!(app.notices.iter().collect::<Vec<_>>(), Vec::<&_>::new());
        assert_eq!(app.look.playhead, Playhead::At(12));
        assert_eq!(app.look.selection, Some(Selection::Task(3)));
        assert_eq!(app.look.range, Some(AxisRange { start: 5, end: 40 }));
        assert_eq!(app.look.bookmarks.steps(), [3, 12]);
        assert_eq!(app.look.panel, Panel::Source);
        assert_eq!(app.look.language, Language::Chinese);
        assert_eq!(app.setup.read_seed(), Ok(42));
        assert_eq!(write(&app), link);
    }

    #[test]
    fn unknown_keys_are_kept() {
        let app = opened("utm=x&demo=sample&flavour=sweet%20%26%20sour");
        assert_eq!(write(&app), "demo=sample&utm=x&flavour=sweet%20%26%20sour");
    }

    #[test]
    fn bad_values_are_reported_and_ignored() {
        let app = opened(
            "demo=sample&capacity=-1&seed=abc&policy=lifo&clock=fast&server=x&events=9&at=-3&select=task-0\
             &range=9-3&marks=9.3&panel=cellar&axis=up&lang=xx",
        );
        assert_eq!(write(&app), "demo=sample");
        let notices: Vec<&Notice> = app.notices.iter().map(|(_, notice)| notice).collect();
        let [Notice::BadLink(pairs)] = notices[..] else {
            panic!("{notices:?}");
        };
        let mut keys: Vec<&str> = pairs.iter().map(|(key, _)| &**key).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            [
                "at", "axis", "capacity", "clock", "events", "lang", "marks", "panel", "policy",
                "range", "seed", "select", "server"
            ]
        );
    }

    #[test]
    fn an_unknown_demo_is_reported_and_another_shown() {
        let app = opened("demo=nope");
        assert_eq!(app.spec().map(|spec| &*spec.slug), Some("sample"));
        let notices: Vec<&Notice> = app.notices.iter().map(|(_, notice)| notice).collect();
        let expected = Notice::UnknownDemo {
            slug: "nope".to_owned(),
        };
        assert_eq!(notices, [&expected]);
    }

    #[test]
    fn what_is_no_value_yet_is_not_in_the_link() {
        let mut app = opened("demo=sample");
        app.act(Action::SetParam("capacity".to_owned(), "abc".to_owned()));
        assert_eq!(write(&app), "demo=sample");
        app.act(Action::SetParam("capacity".to_owned(), "9".to_owned()));
        assert_eq!(write(&app), "demo=sample&capacity=9");
    }
}
