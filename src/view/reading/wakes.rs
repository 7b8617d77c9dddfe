//! Wakes to and from a task.

use wakeline_timeline::Model;
use wakeline_timeline::arrows::{Wake, WakeEffect};
use wakeline_timeline::log::Cause;

use crate::selection::Selection;
use crate::view::draw::arrow::{Arrow, Origin};
use crate::view::draw::scene::Scene;
use crate::view::geometry::{POLL_BOTTOM, POLL_TOP};

use super::pieces::view_of;

/// Arrows in one picture, each way. More than fit beside each other would be a smear.
const MOST: usize = 300;

/// Arrows nearer to the last one than this, in CSS pixels, are left out.
const APART: f64 = 3.0;

/// The arrows of the selected task's wakes that are in view.
pub(crate) fn wakes(scene: &Scene<'_>, task: u32) -> Vec<Arrow> {
    let events = scene.model.events_in(&view_of(scene));
    let mut arrows = Vec::new();
    let outgoing = scene.model.wakes_by(task, events.clone());
    collect(scene, outgoing, false, &mut arrows);
    // Those that come in are what was asked for: they are drawn last, above the others.
    let incoming = scene.model.wakes_of(task, events);
    collect(scene, incoming, true, &mut arrows);
    arrows
}

fn collect(
    scene: &Scene<'_>,
    wakes: impl Iterator<Item = Wake>,
    incoming: bool,
    arrows: &mut Vec<Arrow>,
) {
    let before = arrows.len();
    // Arrows to different lanes do not cover each other, so each lane has its own last place.
    let mut last: Vec<(Option<u32>, u32, f64)> = Vec::new();
    for wake in wakes {
        if arrows.len() - before >= MOST {
            return;
        }
        let Some(to) = middle(scene, wake.task) else {
            continue;
        };
        let x = scene.x(scene.model.position(scene.axis, wake.event as usize) as f64);
        let place = last
            .iter_mut()
            .find(|(waker, task, _)| *waker == wake.waker() && *task == wake.task);
        match place {
            Some((_, _, other)) if (x - *other).abs() < APART => continue,
            Some((_, _, other)) => *other = x,
            None => last.push((wake.waker(), wake.task, x)),
        }
        let from = match (wake.waker(), wake.cause, wake.effect) {
            (Some(waker), _, _) => match middle(scene, waker) {
                Some(height) => Origin::Lane(height),
                None => continue,
            },
            (None, Some(Cause::Timer), _) => Origin::Timer,
            (None, _, WakeEffect::Itself) => Origin::Itself,
            // A task that nobody spawned is not woken by anybody.
            (None, Some(Cause::Spawned | Cause::Abort), _) => continue,
            _ => Origin::Outside,
        };
        arrows.push(Arrow {
            x,
            from,
            to,
            coalesced: wake.effect == WakeEffect::Coalesced,
            incoming,
        });
    }
}

/// The middle of a task's slices on the canvas, be it in view or not.
fn middle(scene: &Scene<'_>, task: u32) -> Option<f64> {
    let lane = scene.lanes.find(scene.model, Selection::Task(task))?;
    Some(scene.top(lane) + (POLL_TOP + POLL_BOTTOM) / 2.0)
}

/// Who woke the selected task, and the step at which that happened.
pub(crate) fn waker_of(
    model: &Model,
    selection: Option<Selection>,
    step: usize,
) -> Option<(Option<Selection>, usize)> {
    let task = selection?.task()?;
    let mut wake = model.woken_by(task, step)?;
    if wake.event as usize + 1 == step {
        // The playhead is there already: this asks for the wake before.
        wake = model.woken_by(task, wake.event as usize)?;
    }
    let waker = wake.waker().or(selection?.task());
    Some((waker.map(Selection::Task), wake.event as usize + 1))
}

/// Whom the selected task woke next, and the step at which that happened.
pub(crate) fn woken_by(
    model: &Model,
    selection: Option<Selection>,
    step: usize,
) -> Option<(Option<Selection>, usize)> {
    let task = selection?.task()?;
    let wake = model.woke_next(task, step)?;
    Some((Some(Selection::Task(wake.task)), wake.event as usize + 1))
}
