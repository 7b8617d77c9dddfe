//! What the program printed, with times. Lines after the playhead are dimmed; a click on a line
//! moves the playhead to the moment just after it.

use std::ops::Range;

use wakeline_timeline::log::LineLevel;
use yew::prelude::*;

use super::moment::Moment;
use super::parts::Scene;
use super::window::{Window, WindowProps};
use crate::element::{component, element};
use crate::selection::Selection;
use crate::shell::context::Context;
use crate::shell::element::press;
use crate::state::Action;

/// What the program printed. Lines of other tasks than the selected one step back.
pub(crate) fn console(scene: Scene<'_>) -> Html {
    let Scene {
        page,
        moment,
        selection,
    } = scene;
    let total = moment.model.read().lines().len();
    let printed = moment.state().lines_len();
    if total == 0 {
        return element("p")
            .class("pane-note")
            .testid("console")
            .child(page.say("page.console.none"))
            .html();
    }
    let show = {
        let (page, moment, selection) = (page.clone(), moment.clone(), selection);
        Callback::from(move |range: Range<usize>| rows(&page, &moment, selection, range, printed))
    };
    component::<Window>(WindowProps {
        rows: total,
        follow: printed.checked_sub(1),
        show,
        label: page.say("page.panel.console").into(),
        testid: "console".into(),
    })
}

fn rows(
    page: &Context,
    moment: &Moment,
    selection: Option<Selection>,
    range: Range<usize>,
    printed: usize,
) -> Html {
    let model = moment.model.read();
    let selected = selection.and_then(Selection::task);
    let row = |index: usize| {
        let at = *model.lines().get(index)? as usize;
        let line = model.event(at)?;
        let is_error = line.flags == LineLevel::Error.code();
        let later = index >= printed;
        let mut class = "line".to_owned();
        for (holds, name) in [
            (later, " line-later"),
            (is_error, " line-error"),
            (
                selected.is_some_and(|task| task != line.subject),
                " line-of-another",
            ),
        ] {
            if holds {
                class.push_str(name);
            }
        }
        Some(
            element("li")
                .key(index)
                .child(
                    element("button")
                        .attr("type", "button")
                        .class(class)
                        .on_click(press(page, Action::Playhead(at + 1)))
                        .child(
                            element("span")
                                .class("line-time")
                                .child(time_column(line.time)),
                        )
                        .child(
                            element("span")
                                .class("line-text")
                                .child(model.log().text(line.low()).to_owned()),
                        )
                        .child(later.then(|| {
                            element("span")
                                .class("visually-hidden")
                                .child(page.say("page.console.later"))
                        }))
                        .child(is_error.then(|| {
                            element("span")
                                .class("visually-hidden")
                                .child(page.say("page.console.error"))
                        })),
                )
                .html(),
        )
    };
    range.filter_map(row).collect()
}

/// Nanoseconds as seconds with three digits, so that a column of them lines up.
fn time_column(nanoseconds: u64) -> String {
    let milliseconds = nanoseconds / 1_000_000;
    format!("{}.{:03}", milliseconds / 1_000, milliseconds % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_line_up() {
        assert_eq!(time_column(0), "0.000");
        assert_eq!(time_column(12_345_678_901), "12.345");
    }
}
