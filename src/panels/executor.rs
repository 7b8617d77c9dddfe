//! The executor at the playhead: who runs, who is ready in which order, the timers, and who waits
//! for what.

use wakeline_timeline::log::{Reason, TimerPurpose};
use wakeline_timeline::state::{State, Status, Timer};
use wakeline_timeline::{Phrase, duration, order};
use yew::prelude::*;

use super::parts::Scene;
use crate::element::element;

/// The executor at the playhead.
pub(crate) fn executor(scene: Scene<'_>) -> Html {
    let state = scene.moment.state();
    let running = match state.running() {
        Some(id) => scene.task(id),
        None => nothing(scene, "page.executor.running.none"),
    };
    let ready: Vec<u32> = state.ready().collect();
    let timers: Vec<&Timer> = state.timers().collect();
    let groups = groups(state);
    let waiting = groups.iter().map(|(_, tasks)| tasks.len()).sum();
    element("div")
        .class("executor")
        .child(
            element("section")
                .testid("state-running")
                .child(heading(scene, "page.executor.running", 0))
                .child(running),
        )
        .child(
            element("section")
                .testid("state-ready")
                .child(heading(scene, "page.executor.ready", ready.len()))
                .child(list(
                    scene,
                    "queue",
                    "page.executor.ready.none",
                    &ready,
                    |id| show_ready(scene, *id),
                )),
        )
        .child(
            element("section")
                .testid("state-timers")
                .child(heading(scene, "page.executor.timers", timers.len()))
                .child(list(
                    scene,
                    "timers",
                    "page.executor.timers.none",
                    &timers,
                    |timer| show_timer(scene, timer),
                )),
        )
        .child(
            element("section")
                .testid("state-waiting")
                .child(heading(scene, "page.executor.waiting", waiting))
                .child(list(
                    scene,
                    "waits",
                    "page.executor.waiting.none",
                    &groups,
                    |group| show_group(scene, group),
                )),
        )
        .html()
}

fn heading(scene: Scene<'_>, phrase: &str, count: usize) -> Html {
    element("h3")
        .child(scene.page.say(phrase))
        .child((count > 0).then(|| element("span").class("count").child(count.to_string())))
        .html()
}

fn nothing(scene: Scene<'_>, phrase: &str) -> Html {
    element("span")
        .class("none")
        .child(scene.page.say(phrase))
        .html()
}

/// A list, or a word for an empty one.
fn list<T>(
    scene: Scene<'_>,
    class: &'static str,
    none: &str,
    entries: &[T],
    show: impl Fn(&T) -> Html,
) -> Html {
    if entries.is_empty() {
        nothing(scene, none)
    } else {
        element("ol")
            .class(class)
            .child(scene.some_of(entries, show))
            .html()
    }
}

fn show_ready(scene: Scene<'_>, id: u32) -> Html {
    element("li")
        .key(id)
        .child(scene.task(id))
        .child(element("span").class("faint").child(why_ready(scene, id)))
        .html()
}

/// What made a task ready, in a few words.
fn why_ready(scene: Scene<'_>, id: u32) -> Option<String> {
    let task = scene.moment.state().task(id)?;
    let ready = match task.status() {
        Status::Ready(ready) => ready,
        _ => task.woken_while_running()?,
    };
    let phrase = Phrase::new(format!("cause.{}", ready.cause?.name())).with_task("by", ready.by);
    Some(phrase.text(&scene.moment.model.read(), scene.page.language))
}

fn show_timer(scene: Scene<'_>, timer: &Timer) -> Html {
    let purpose = match timer.purpose {
        Some(TimerPurpose::Sleep) => scene.page.say("page.executor.timer.sleep"),
        Some(TimerPurpose::Timeout) => scene.page.say("page.executor.timer.timeout"),
        Some(TimerPurpose::Interval) => scene.page.say("page.executor.timer.interval"),
        _ => "",
    };
    let left = match timer.deadline.saturating_sub(scene.moment.state().time()) {
        0 => scene.page.say("page.executor.timer.now").to_owned(),
        left => duration::short(left),
    };
    let deadline = duration::exact(timer.deadline);
    let title = scene
        .page
        .say_with("page.executor.timer.at", &[("time", &deadline)]);
    element("li")
        .key(timer.id)
        .child(
            element("span")
                .class("time")
                .attr("title", title)
                .child(left),
        )
        .child(scene.task(timer.task))
        .child(element("span").class("faint").child(purpose))
        .html()
}

/// What tasks wait for, and which do, in the order in which their waits began.
type Group = ((Reason, u32), Vec<u32>);

/// The waiting tasks by what they wait for. A task that waits for several things at once stands
/// with the one that says most.
fn groups(state: &State) -> Vec<Group> {
    let waiting: Vec<((Reason, u32), u32, u32)> = state
        .tasks()
        .filter_map(|task| {
            let Status::Waiting { since, .. } = task.status() else {
                return None;
            };
            let (what, since) = match task.main_wait() {
                None => ((Reason::Other, 0), since),
                // Each timer is its own, and they are listed above.
                Some(wait) if wait.reason == Reason::Timer => ((Reason::Timer, 0), wait.since),
                Some(wait) => ((wait.reason, wait.object), wait.since),
            };
            Some((what, since, task.id))
        })
        .collect();
    let order = order(
        waiting.len(),
        &[&|at| waiting[at].0.0 as u32, &|at| waiting[at].0.1, &|at| {
            waiting[at].1
        }],
    );
    let mut groups: Vec<Group> = Vec::new();
    for (what, _, task) in order.into_iter().map(|at| waiting[at]) {
        match groups.last_mut() {
            Some((last, members)) if *last == what => members.push(task),
            _ => groups.push((what, vec![task])),
        }
    }
    groups
}

fn show_group(scene: Scene<'_>, ((reason, object), tasks): &Group) -> Html {
    let what = Phrase::new(format!("wait.{}", reason.name()))
        .with_task("task", *object)
        .with_resource("resource", *object);
    element("li")
        .key(format!("{}-{object}", reason.name()))
        .class(format!("wait-for reason-{}", reason.name()))
        .child(
            element("span")
                .class("wait-what")
                .child(scene.sentence(&what)),
        )
        .child(scene.tasks("wait-who", tasks))
        .html()
}
