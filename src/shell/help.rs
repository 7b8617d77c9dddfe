//! Help: what the page is for and how it is used, in a few lines.

use yew::prelude::*;

use super::context::Context;

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
    html! {
        <div class="help">
            <p class="help-lead">{ page.say("page.help.lead") }</p>
            <dl class="help-topics">
                { for TOPICS.iter().map(|topic| html! {
                    <div key={*topic}>
                        <dt>{ page.say(&format!("page.help.{topic}")) }</dt>
                        <dd>{ page.say(&format!("page.help.{topic}.text")) }</dd>
                    </div>
                }) }
            </dl>
            <dl class="help-keys">
                { for KEYS.iter().map(|(keys, phrase)| html! {
                    <div key={*phrase}>
                        <dt>{ for keys.iter().map(|key| html! { <kbd>{ *key }</kbd> }) }</dt>
                        <dd>{ page.say(phrase) }</dd>
                    </div>
                }) }
            </dl>
        </div>
    }
}
