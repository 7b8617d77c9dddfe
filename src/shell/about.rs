//! What a demo is about, and what to look at.

use yew::prelude::*;

use super::context::Context;
use super::icon::{Icon, icon};
use crate::element::element;

/// What a demo is about, and what to look at.
pub fn about(page: &Context, slug: &str) -> Html {
    let text = |part: &str| page.language.find(&format!("demo.{slug}.{part}"));
    element("div")
        .class("about")
        .child(if let Some(what) = text("what") {
            element("p").child(what).html()
        } else {
            Html::default()
        })
        .child(if let Some(look) = text("look") {
            element("p")
                .class("about-look")
                .child(icon(Icon::Eye))
                .child(element("span").child(look))
                .html()
        } else {
            Html::default()
        })
        .html()
}
