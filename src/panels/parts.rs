//! What several panels are made of: names of tasks and resources that can be selected, sentences
//! that contain such names, and lists that stay short.

use wakeline_timeline::{Part, Phrase, phrase};
use yew::prelude::*;

use super::moment::Moment;
use crate::element::{all, element, words};
use crate::selection::Selection;
use crate::shell::context::Context;
use crate::shell::element::press;
use crate::state::Action;

/// More entries than this are counted and not shown: nobody reads them, and the page must stay
/// quick with ten thousand tasks.
pub(crate) const MOST: usize = 40;

/// What every panel draws from: the reader, the moment, and what is selected.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    /// The reader's language, and where actions go.
    pub(crate) page: &'a Context,
    /// The run at the playhead.
    pub(crate) moment: &'a Moment,
    /// What is selected.
    pub(crate) selection: Option<Selection>,
}

impl Scene<'_> {
    /// The name of a task; pressing it selects the task.
    pub(crate) fn task(self, id: u32) -> Html {
        let name = phrase::task_name(&self.moment.model.read(), id, self.page.language);
        self.subject(Selection::Task(id), name)
    }

    /// The name of a resource; pressing it selects the resource.
    pub(crate) fn resource(self, id: u32) -> Html {
        let name = phrase::resource_name(&self.moment.model.read(), id, self.page.language);
        self.subject(Selection::Resource(id), name)
    }

    /// A sentence whose tasks and resources can be selected.
    pub(crate) fn sentence(self, phrase: &Phrase) -> Html {
        let show = |part: Part| match part {
            Part::Text(text) => words(text),
            Part::Task(id, name) => self.subject(Selection::Task(id), name),
            Part::Resource(id, name) => self.subject(Selection::Resource(id), name),
        };
        let parts = phrase.parts(&self.moment.model.read(), self.page.language);
        parts.into_iter().map(show).collect()
    }

    /// The names of tasks in a row, at most [`MOST`] of them.
    pub(crate) fn tasks(self, class: &'static str, ids: &[u32]) -> Html {
        element("ol")
            .class(class)
            .child(self.some_of(ids, |id| {
                element("li").key(*id).child(self.task(*id)).html()
            }))
            .html()
    }

    /// At most [`MOST`] entries, and how many there are beyond.
    pub(crate) fn some_of<T>(self, entries: &[T], show: impl Fn(&T) -> Html) -> Html {
        let shown: Html = entries.iter().take(MOST).map(show).collect();
        let beyond = entries.len().saturating_sub(MOST);
        if beyond == 0 {
            return shown;
        }
        let more = self
            .page
            .say_with("page.more", &[("count", &beyond.to_string())]);
        all(vec![shown, element("li").class("more").child(more).html()])
    }

    fn subject(self, of: Selection, name: String) -> Html {
        let selected = self.selection == Some(of);
        let class = match of {
            Selection::Task(_) => "name name-task",
            Selection::Resource(_) => "name name-resource",
        };
        // Pressing what is selected lets go of it.
        let target = (!selected).then_some(of);
        let onclick = press(self.page, Action::Select(target));
        element("button")
            .attr("type", "button")
            .class(class)
            .state("aria-pressed", selected)
            .on_click(onclick)
            .child(name)
            .html()
    }
}
