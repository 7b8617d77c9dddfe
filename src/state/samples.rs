//! A made-up demo for the tests of this module tree.

use wakeline_phrases::Language;
use wakeline_protocol::{DemoSpec, Modes, ParamKind, ParamSpec, Preset, Unit, Value, Values};

use super::{Action, App, Defaults, Limit, Theme};
use crate::engine::Event;

fn integer(name: &str, min: i64, max: i64, default: i64) -> ParamSpec {
    ParamSpec {
        name: name.to_owned(),
        kind: ParamKind::Integer { min, max, default },
        unit: Unit::None,
    }
}

/// A demo with an integer, an ordered pair, a choice whose name is one of the link's own, and
/// a preset.
pub(crate) fn sample_demo() -> DemoSpec {
    DemoSpec {
        slug: "sample".to_owned(),
        chapter: "loop".to_owned(),
        modes: Modes::Any,
        live: Vec::new(),
        params: vec![
            integer("capacity", 1, 100, 5),
            integer("least", 0, 100, 10),
            integer("most", 0, 100, 20),
            ParamSpec {
                name: "at".to_owned(),
                kind: ParamKind::Choice {
                    options: vec!["once".to_owned(), "twice".to_owned()],
                    default: "once".to_owned(),
                },
                unit: Unit::None,
            },
        ],
        ordered: vec![("least".to_owned(), "most".to_owned())],
        presets: vec![Preset {
            name: "tight".to_owned(),
            values: Values::from([("capacity".to_owned(), Value::Integer(1))]),
        }],
    }
}

/// A demo of the real network.
pub(crate) fn live_demo() -> DemoSpec {
    DemoSpec {
        slug: "network".to_owned(),
        chapter: "network".to_owned(),
        modes: Modes::Live,
        live: Vec::new(),
        params: vec![integer("requests", 1, 10, 3)],
        ordered: Vec::new(),
        presets: Vec::new(),
    }
}

/// A demo for which there is a simulated network.
fn network_demo() -> DemoSpec {
    DemoSpec {
        slug: "both".to_owned(),
        modes: Modes::Network,
        ..live_demo()
    }
}

/// The page as this link opens it, with an engine that has these demos.
pub(crate) fn opened(link: &str) -> App {
    let mut app = App::open(
        link,
        Defaults {
            server: "http://127.0.0.1:8080".to_owned(),
            language: Language::English,
            chosen_language: None,
            theme: Theme::System,
            limit: Limit::default(),
            progress: String::new(),
        },
    );
    let demos = vec![sample_demo(), live_demo(), network_demo()];
    app.act(Action::Engine(Event::Ready(demos)));
    app
}
