//! A picture of a view is sound, shows what the lanes show, and holds nothing but a picture.

mod support;

use proptest::prelude::*;
use support::{cases, ms, nonsense, perform, programs, record};
use wakeline::log::Log;
use wakeline::sync::mpsc;
use wakeline::time::sleep;
use wakeline::{Policy, spawn_named};
use wakeline_phrases::Language;
use wakeline_timeline::export::svg::{Row, View, svg};
use wakeline_timeline::{Axis, LaneKey, Model};

/// What a picture may consist of: each element with its attributes.
const ALLOWED: &[(&str, &[&str])] = &[
    (
        "svg",
        &[
            "xmlns",
            "width",
            "height",
            "viewBox",
            "font-family",
            "font-size",
            "role",
        ],
    ),
    ("title", &[]),
    ("defs", &[]),
    (
        "pattern",
        &["id", "width", "height", "patternUnits", "patternTransform"],
    ),
    ("clipPath", &["id"]),
    ("g", &["clip-path"]),
    ("rect", &["x", "y", "width", "height", "fill"]),
    (
        "path",
        &[
            "d",
            "fill",
            "stroke",
            "stroke-width",
            "stroke-dasharray",
            "stroke-linecap",
            "transform",
        ],
    ),
    ("text", &["x", "y", "fill", "clip-path"]),
];

/// Reads the markup as a strict reader would, and gives the texts in it.
fn check(picture: &str) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    let mut texts = Vec::new();
    let mut rest = picture;
    while let Some((text, tail)) = rest.split_once('<') {
        assert!(!text.contains('>'), "{text}");
        for entity in text.split('&').skip(1) {
            let name = entity.split(';').next().unwrap();
            assert!(["amp", "lt", "gt", "quot"].contains(&name), "&{entity}");
        }
        assert!(
            !text.chars().any(|c| c.is_control() && c != '\n'),
            "{text:?}"
        );
        if open.last().is_some_and(|name| name == "text") && !text.is_empty() {
            texts.push(text.to_owned());
        }
        let (tag, tail) = tail.split_once('>').expect("a tag without an end");
        rest = tail;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let (tag, closed) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let name = tag.split(' ').next().unwrap();
        let known = ALLOWED.iter().find(|(known, _)| *known == name);
        let (_, attributes) = known.unwrap_or_else(|| panic!("an element {name}"));
        let mut pairs = tag[name.len()..].trim();
        while !pairs.is_empty() {
            let (attribute, tail) = pairs.split_once("=\"").expect("a value in quotes");
            let (_, tail) = tail.split_once('"').expect("an end of the value");
            assert!(attributes.contains(&attribute.trim()), "{name} {attribute}");
            pairs = tail.trim_start();
        }
        if !closed {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "{open:?}");
    texts
}

fn views() -> impl Strategy<Value = View> {
    let number = prop_oneof![
        4 => -1e9..4e10_f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(1e300_f64),
    ];
    let range = prop::option::of((number.clone(), number));
    (
        any::<u32>(),
        any::<bool>(),
        range,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(width, step, range, dark, chinese)| View {
            width: width % 3_000,
            axis: if step { Axis::Step } else { Axis::Time },
            range,
            dark,
            lanes: Vec::new(),
            language: if chinese {
                Language::Chinese
            } else {
                Language::English
            },
        })
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn any_view_of_a_program_is_a_sound_picture(
        (seed, random, deeds) in programs(),
        view in views(),
    ) {
        let model = Model::from_log(perform(seed, random, deeds).0);
        check(&svg(&model, &view));
    }

    #[test]
    fn any_view_of_nonsense_is_a_sound_picture(log in nonsense(300), view in views()) {
        check(&svg(&Model::from_log(log), &view));
    }
}

fn log() -> Log {
    record(0, Policy::Fifo, async {
        let (sender, mut receiver) = mpsc::Builder::<u32>::new("<b>&\"parcels\"").bounded(1);
        let worker = spawn_named("</text><script>alert(1)</script>\u{7}", async move {
            sleep(ms(3)).await;
            sender.send(1).await.unwrap();
        });
        while receiver.recv().await.is_some() {}
        worker.await.unwrap();
    })
}

#[test]
fn names_are_text_and_never_markup() {
    let texts = check(&svg(&Model::from_log(log()), &View::default()));
    let name = "&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;";
    assert!(texts.iter().any(|text| text == name), "{texts:?}");
    assert!(
        texts
            .iter()
            .any(|text| text == "&lt;b&gt;&amp;&quot;parcels&quot;")
    );
}

#[test]
fn lanes_are_those_that_were_asked_for_and_the_legend_says_what_they_show() {
    let model = Model::from_log(log());
    let view = View {
        lanes: [1, 99].map(|id| Row::Lane(LaneKey::Task(id))).into(),
        ..View::default()
    };
    let texts = check(&svg(&model, &view));
    assert!(texts.contains(&"main".to_owned()));
    assert!(!texts.contains(&"executor".to_owned()));
    assert!(
        texts.contains(&"waiting for a message".to_owned()),
        "{texts:?}"
    );
    assert!(
        !texts.contains(&"sleeping".to_owned()),
        "the other task does"
    );
    let chinese = View {
        language: Language::Chinese,
        ..View::default()
    };
    let texts = check(&svg(&model, &chinese));
    assert!(texts.contains(&"执行器".to_owned()), "{texts:?}");
}

#[test]
fn a_group_is_one_lane_or_the_head_of_those_that_follow() {
    let model = Model::from_log(log());
    let tasks: Vec<u32> = model.lanes().tasks().iter().map(|lane| lane.id).collect();
    let group = |name: &str, tasks: &[u32]| Row::Group {
        name: name.to_owned(),
        tasks: tasks.to_vec(),
    };
    let draw = |lanes: Vec<Row>| {
        let view = View {
            lanes,
            ..View::default()
        };
        let picture = svg(&model, &view);
        let texts = check(&picture);
        (picture.matches("<rect").count(), texts)
    };
    let (nothing, _) = draw(vec![group("nobody", &[])]);
    let (folded, texts) = draw(vec![group("all <of> them", &tasks)]);
    assert!(folded > nothing, "{folded} {nothing}");
    assert!(
        texts.contains(&"all &lt;of&gt; them".to_owned()),
        "{texts:?}"
    );
    assert!(!texts.contains(&"main".to_owned()));
    let all = tasks.iter().map(|id| Row::Lane(LaneKey::Task(*id)));
    let (alone, _) = draw(all.clone().collect());
    let (headed, texts) = draw([group("head", &[])].into_iter().chain(all).collect());
    assert_eq!(headed, alone, "a head has no slices");
    assert!(texts.contains(&"head".to_owned()) && texts.contains(&"main".to_owned()));
    let (strange, texts) = draw(vec![group("strange", &[1, 99])]);
    assert!(strange <= nothing && !texts.contains(&"strange".to_owned()));
}

#[test]
fn a_dark_picture_has_a_dark_ground() {
    let model = Model::from_log(log());
    let dark = View {
        dark: true,
        ..View::default()
    };
    assert!(svg(&model, &dark).contains("fill=\"#14181e\""));
    assert!(svg(&model, &View::default()).contains("fill=\"#ffffff\""));
}
