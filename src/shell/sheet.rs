//! Dialogs over the page: help, and on a narrow screen what stands in the rail on a wide one.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::context::Context;
use super::icon::{Icon, icon};
use crate::element::element;

/// Which dialog is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// The list of demos.
    Demos,
    /// The form.
    Form,
    /// Help.
    Help,
    /// All demos at a glance.
    Overview,
    /// One input that finds everything.
    Quick,
}

impl Sheet {
    /// Its name in tests and in the style sheet.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Demos => "demos",
            Self::Form => "form",
            Self::Help => "help",
            Self::Overview => "overview",
            Self::Quick => "quick",
        }
    }

    /// The key of its heading in the phrase table.
    fn heading(self) -> &'static str {
        match self {
            Self::Demos => "page.demos",
            Self::Form => "page.parameters",
            Self::Help => "page.help",
            Self::Overview => "page.overview",
            Self::Quick => "page.quick",
        }
    }
}

/// A dialog.
#[derive(Debug, PartialEq, Properties)]
pub struct SheetFrameProps {
    /// The reader's language.
    pub page: Context,
    /// Which one it is.
    pub sheet: Sheet,
    /// It is to be closed.
    pub on_close: Callback<()>,
    /// What is in it.
    pub children: Html,
}

/// A modal dialog, open as long as it is there. The browser keeps the focus inside of it, closes
/// it on Escape, and gives the focus back afterwards.
#[component]
pub fn SheetFrame(props: &SheetFrameProps) -> Html {
    let page = &props.page;
    let dialog = use_node_ref();
    use_effect_with(dialog.clone(), |dialog| {
        let element = dialog.cast::<HtmlDialogElement>();
        if let Some(element) = &element {
            // It fails only if the dialog is open already.
            let _ = element.show_modal();
        }
        move || {
            if let Some(element) = element {
                element.close();
            }
        }
    });
    let oncancel = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            on_close.emit(());
        })
    };
    // A click beside the content is a click on the dialog itself.
    let onclick = {
        let (on_close, dialog) = (props.on_close.clone(), dialog.clone());
        Callback::from(move |event: MouseEvent| {
            if event.target() == dialog.get().map(Into::into) {
                on_close.emit(());
            }
        })
    };
    let heading = format!("sheet-{}", props.sheet.name());
    element("dialog")
        .node(&dialog)
        .class(format!("sheet sheet-{}", props.sheet.name()))
        .testid(format!("sheet-{}", props.sheet.name()))
        .attr("aria-labelledby", heading.clone())
        .on_cancel(oncancel)
        .on_click(onclick)
        .child(
            element("div")
                .class("sheet-content")
                .child(
                    element("header")
                        .class("sheet-header")
                        .child(
                            element("h2")
                                .attr("id", heading)
                                .child(page.say(props.sheet.heading())),
                        )
                        .child(
                            element("button")
                                .attr("type", "button")
                                .class("tool")
                                .testid(format!("close-{}", props.sheet.name()))
                                .attr("aria-label", page.say("page.close"))
                                .on_click(props.on_close.reform(|_: MouseEvent| ()))
                                .child(icon(Icon::Close)),
                        ),
                )
                .child(
                    element("div")
                        .class("sheet-body")
                        .child(props.children.clone()),
                ),
        )
        .html()
}
