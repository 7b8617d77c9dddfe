//! Dialogs over the page: help, and on a narrow screen what stands in the rail on a wide one.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::context::Context;
use super::element::press;
use super::icon::{Icon, icon};
use crate::element::element;
use crate::state::{Action, Sheet};

/// A dialog.
#[derive(Debug, PartialEq, Properties)]
pub struct SheetFrameProps {
    /// The reader's language, and where actions go.
    pub page: Context,
    /// Which one it is.
    pub sheet: Sheet,
    /// What is in it.
    pub children: Html,
}

/// A modal dialog, open as long as it is there. The browser keeps the focus inside of it, closes
/// it on Escape, and gives the focus back afterwards.
#[derive(Debug, Default)]
pub struct SheetFrame {
    dialog: NodeRef,
}

impl Component for SheetFrame {
    type Message = ();
    type Properties = SheetFrameProps;

    fn create(_: &yew::Context<Self>) -> Self {
        Self::default()
    }

    fn view(&self, ctx: &yew::Context<Self>) -> Html {
        let props = ctx.props();
        let (page, name) = (&props.page, props.sheet.name());
        let on_cancel = page.on(|event: Event| {
            event.prevent_default();
            Action::Sheet(None)
        });
        // A click beside the content is a click on the dialog itself.
        let on_click = {
            let (act, dialog) = (page.act.clone(), self.dialog.clone());
            Callback::from(move |event: MouseEvent| {
                if event.target() == dialog.get().map(Into::into) {
                    act.emit(Action::Sheet(None));
                }
            })
        };
        let heading = ["sheet-", name].concat();
        element("dialog")
            .node(&self.dialog)
            .class(["sheet sheet-", name].concat())
            .testid(heading.clone())
            .attr("aria-labelledby", heading.clone())
            .on_cancel(on_cancel)
            .on_click(on_click)
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
                                    .testid(["close-", name].concat())
                                    .attr("aria-label", page.say("page.close"))
                                    .on_click(press(page, Action::Sheet(None)))
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

    fn rendered(&mut self, _: &yew::Context<Self>, first: bool) {
        if first && let Some(dialog) = self.dialog.cast::<HtmlDialogElement>() {
            // It fails only if the dialog is open already.
            let _ = dialog.show_modal();
        }
    }

    fn destroy(&mut self, _: &yew::Context<Self>) {
        if let Some(dialog) = self.dialog.cast::<HtmlDialogElement>() {
            dialog.close();
        }
    }
}
