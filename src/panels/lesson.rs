//! The lesson of the demo on screen: what to try, what to find out, what goes wrong in practice.

use yew::prelude::*;

use crate::element::{all, words};
use crate::shell::context::Context;
use crate::shell::demo_list::title;
use crate::shell::element::{button, part, tag};
use crate::shell::icon::{Icon, icon};
use crate::state::lesson::{Lesson, Step};
use crate::state::{Action, Learning};

/// The lesson.
pub(crate) fn lesson(page: &Context, learning: &Learning, slug: &str) -> Html {
    let Some(lesson) = learning.lesson(slug, page.language) else {
        return note(page, "page.lesson.loading");
    };
    let Some(lesson) = &**lesson else {
        return note(page, "page.lesson.none");
    };
    let steps = (0..).zip(&lesson.steps);
    let steps = steps.map(|(at, step)| show(page, learning, slug, at, step));
    let mut parts = vec![tag("ol", "lesson-steps", steps.collect())];
    parts.extend(rest(page, lesson));
    part("div", "lesson", "lesson".to_owned(), parts)
}

fn note(page: &Context, key: &str) -> Html {
    part(
        "p",
        "pane-note",
        "lesson".to_owned(),
        vec![words(page.say(key).to_owned())],
    )
}

fn show(page: &Context, learning: &Learning, slug: &str, at: u32, step: &Step) -> Html {
    let number = at + 1;
    let said = |name: &str, key: &str, action: Action, class| {
        let content = vec![words(page.say(key).to_owned())];
        button(
            page,
            class,
            format!("{name}-{number}"),
            None,
            action,
            content,
        )
    };
    let done = learning.progress.of(slug) >> number & 1 == 1;
    let heading = page.say_with("page.lesson.step", &[("number", &number.to_string())]);
    let mut parts = vec![
        tag(
            "h3",
            "",
            vec![
                words(heading),
                if done {
                    icon(Icon::Done)
                } else {
                    all(Vec::new())
                },
            ],
        ),
        tag("p", "", vec![words(step.text.clone())]),
        said("try", "page.lesson.try", Action::Try(at, false), "button"),
        tag("p", "lesson-question", vec![words(step.question.clone())]),
    ];
    if learning.revealed >> number & 1 == 1 {
        let testid = format!("answer-{number}");
        parts.push(part(
            "p",
            "lesson-answer",
            testid,
            vec![words(step.answer.clone())],
        ));
        parts.push(said(
            "evidence",
            "page.lesson.evidence",
            Action::Try(at, true),
            "button button-quiet",
        ));
    } else {
        parts.push(said(
            "reveal",
            "page.lesson.reveal",
            Action::Reveal(number),
            "button button-quiet",
        ));
    }
    let class = if learning.tried == Some(at) {
        "lesson-step lesson-step-on"
    } else {
        "lesson-step"
    };
    tag("li", class, parts)
}

/// Mistakes, practice, other demos.
fn rest(page: &Context, lesson: &Lesson) -> [Html; 3] {
    let section = |key: &str, content: Vec<Html>| {
        let mut parts = vec![tag("h3", "", vec![words(page.say(key).to_owned())])];
        parts.extend(content);
        tag("section", "", parts)
    };
    let item = |text: &String| tag("li", "", vec![words(text.clone())]);
    let related = |slug: &String| {
        let content = vec![words(title(page.language, slug).to_owned())];
        let action = Action::Choose(slug.clone());
        button(
            page,
            "chip",
            format!("related-{slug}"),
            None,
            action,
            content,
        )
    };
    [
        section(
            "page.lesson.mistakes",
            vec![tag("ul", "", lesson.mistakes.iter().map(item).collect())],
        ),
        section(
            "page.lesson.practice",
            vec![tag("p", "", vec![words(lesson.practice.clone())])],
        ),
        section(
            "page.lesson.related",
            vec![tag(
                "div",
                "lesson-related",
                lesson.related.iter().map(related).collect(),
            )],
        ),
    ]
}
