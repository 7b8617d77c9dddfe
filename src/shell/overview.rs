//! Every demo at a glance: by chapter, with what it is about, a picture of its run, and how far
//! the reader has come.

use wakeline_protocol::DemoSpec;
use yew::prelude::*;

use super::context::Context;
use super::demo_list::{chapters, title};
use super::element::button;
use super::icon::{Icon, icon};
use crate::browser;
use crate::element::{all, element, words};
use crate::state::lesson::Progress;
use crate::state::{Action, App};

/// Every demo. Whoever chooses one leaves the overview.
pub fn overview(page: &Context, app: &App) -> Html {
    let pictures = browser::meta("wakeline-pictures").unwrap_or_default();
    let demos: Vec<&DemoSpec> = app.demos.iter().collect();
    let chapter = |(name, demos): (&str, Vec<&DemoSpec>)| {
        let cards = demos.into_iter().map(|demo| {
            card(
                page,
                &pictures,
                &app.learning.progress,
                &demo.slug,
                demo.slug == app.setup.demo,
            )
        });
        let heading = words(page.say_of("chapter.", name).to_owned());
        element("section")
            .child(element("h3").child(heading))
            .child(element("div").class("cards").children(cards.collect()))
            .html()
    };
    element("div")
        .class("overview")
        .children(chapters(&demos).into_iter().map(chapter).collect())
        .html()
}

fn card(page: &Context, pictures: &str, progress: &Progress, slug: &str, chosen: bool) -> Html {
    let what = page.language.find(&format!("demo.{slug}.what"));
    let bits = progress.of(slug);
    let state = match (bits, bits.count_ones().saturating_sub(1)) {
        (0, _) => all(Vec::new()),
        (_, 0) => words(page.say("page.overview.visited").to_owned()),
        (_, steps) => words(page.say_with("page.overview.steps", &[("count", &steps.to_string())])),
    };
    let sign = if bits == 0 {
        all(Vec::new())
    } else {
        icon(Icon::Done)
    };
    let content = vec![
        element("svg")
            .class("card-picture")
            .attr("preserveAspectRatio", "none")
            .attr("aria-hidden", "true")
            .child(
                element("use")
                    .attr("href", format!("{pictures}#{slug}"))
                    .attr("width", "100%")
                    .attr("height", "100%"),
            )
            .html(),
        element("strong")
            .child(title(page.language, slug).to_owned())
            .html(),
        element("span")
            .class("card-what")
            .child(what.unwrap_or_default().to_owned())
            .html(),
        element("span")
            .class("card-state")
            .child(sign)
            .child(state)
            .html(),
    ];
    let class = if chosen { "card card-on" } else { "card" };
    button(
        page,
        class,
        format!("card-{slug}"),
        None,
        Action::Choose(slug.to_owned()),
        content,
    )
}
