//! The lesson of the demo on screen: what to try, what to find out, what goes wrong in practice.

use yew::prelude::*;

use crate::element::{all, element, words};
use crate::shell::context::Context;
use crate::shell::demo_list::title;
use crate::shell::element::button;
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
    let mut parts = vec![
        element("ol")
            .class("lesson-steps")
            .children(steps.collect())
            .html(),
    ];
    parts.extend(rest(page, lesson));
    element("div")
        .class("lesson")
        .testid("lesson")
        .children(parts)
        .html()
}

fn note(page: &Context, key: &str) -> Html {
    element("p")
        .class("pane-note")
        .testid("lesson")
        .child(page.say(key))
        .html()
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
        element("h3")
            .child(heading)
            .child(if done {
                icon(Icon::Done)
            } else {
                all(Vec::new())
            })
            .html(),
        element("p").child(step.text.clone()).html(),
        said("try", "page.lesson.try", Action::Try(at, false), "button"),
        element("p")
            .class("lesson-question")
            .child(step.question.clone())
            .html(),
    ];
    if learning.revealed >> number & 1 == 1 {
        let testid = format!("answer-{number}");
        parts.push(
            element("p")
                .class("lesson-answer")
                .testid(testid)
                .child(step.answer.clone())
                .html(),
        );
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
    element("li").class(class).children(parts).html()
}

/// Mistakes, practice, other demos.
fn rest(page: &Context, lesson: &Lesson) -> [Html; 3] {
    let section = |key: &str, content: Vec<Html>| {
        let mut parts = vec![element("h3").child(page.say(key)).html()];
        parts.extend(content);
        element("section").children(parts).html()
    };
    let item = |text: &String| element("li").child(text.clone()).html();
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
            vec![
                element("ul")
                    .children(lesson.mistakes.iter().map(item).collect())
                    .html(),
            ],
        ),
        section(
            "page.lesson.practice",
            vec![element("p").child(lesson.practice.clone()).html()],
        ),
        section(
            "page.lesson.related",
            vec![
                element("div")
                    .class("lesson-related")
                    .children(lesson.related.iter().map(related).collect())
                    .html(),
            ],
        ),
    ]
}
