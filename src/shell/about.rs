//! What a demo is about, and what to look at.

use yew::prelude::*;

use super::context::Context;
use super::icon::{Icon, icon};

/// What a demo is about, and what to look at.
pub fn about(page: &Context, slug: &str) -> Html {
    let text = |part: &str| page.language.find(&format!("demo.{slug}.{part}"));
    html! {
        <div class="about">
            if let Some(what) = text("what") {
                <p>{ what }</p>
            }
            if let Some(look) = text("look") {
                <p class="about-look">
                    { icon(Icon::Eye) }
                    <span>{ look }</span>
                </p>
            }
        </div>
    }
}
