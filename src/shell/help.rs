//! Help: what the page is for and how it is used, in a few lines.

use yew::prelude::*;

use super::context::Context;
use crate::element::element;

/// What can be done, each with its sentence.
const TOPICS: [&str; 5] = ["run", "walk", "ask", "share", "keys"];

/// Keys of the page; those of the timeline are listed there.
const KEYS: [(&[&str], &str); 3] = [
    (&["Ctrl", "K"], "page.help.key.search"),
    (&["?"], "page.help.key.timeline"),
    (&["Esc"], "page.help.key.back"),
];

/// The content of the help.
pub fn help(page: &Context) -> Html {
    element("div")
        .class("help")
        .child(
            element("p")
                .class("help-lead")
                .child(page.say("page.help.lead")),
        )
        .child(
            element("dl").class("help-topics").children(
                TOPICS
                    .iter()
                    .map(|topic| {
                        element("div")
                            .key(*topic)
                            .child(element("dt").child(page.say_of("page.help.", topic)))
                            .child(
                                element("dd").child(page.say(&format!("page.help.{topic}.text"))),
                            )
                            .html()
                    })
                    .collect(),
            ),
        )
        .child(
            element("dl").class("help-keys").children(
                KEYS.iter()
                    .map(|(keys, phrase)| {
                        element("div")
                            .key(*phrase)
                            .child(
                                element("dt").children(
                                    keys.iter()
                                        .map(|key| element("kbd").child(*key).html())
                                        .collect(),
                                ),
                            )
                            .child(element("dd").child(page.say(phrase)))
                            .html()
                    })
                    .collect(),
            ),
        )
        .html()
}
