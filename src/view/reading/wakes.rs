//! Wakes to and from a task.

use wakeline_timeline::Model;
use wakeline_timeline::arrows::{Wake, WakeEffect};
use wakeline_timeline::log::Cause;

use crate::selection::Selection;
use crate::view::draw::arrow::{Arrow, Origin};
use crate::view::draw::scene::Scene;

use super::relations::middle;
use super::thinned::{first_at, thinned};

/// Arrows in one picture, each way. More than fit beside each other would be a smear.
const MOST: usize = 300;

/// Arrows nearer to the last one than this, in CSS pixels, are left out.
const APART: f64 = 3.0;

/// Wakes that are looked at one by one; of more, only so many as can be told apart.
const MOST_LOOKED_AT: usize = 4000;

/// The arrows of wakes that are in view: those of the selected task, and on request of all whose
/// lanes are.
pub(crate) fn wakes(scene: &Scene<'_>) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    let selected = scene.selection.and_then(Selection::task);
    if scene.all_wakes {
        for lane in scene.lanes_in_view() {
            match scene.lanes.subject(lane) {
                Some(Selection::Task(task)) if Some(task) != selected => {
                    collect(scene, scene.model.incoming(task), false, &mut arrows);
                }
                _ => {}
            }
        }
    }
    if let Some(task) = selected {
        collect(scene, scene.model.outgoing(task), false, &mut arrows);
        // Those that come in are what was asked for: they are drawn last, above the others.
        collect(scene, scene.model.incoming(task), true, &mut arrows);
    }
    arrows
}

fn collect(scene: &Scene<'_>, events: &[u32], incoming: bool, arrows: &mut Vec<Arrow>) {
    let most = arrows.len() + MOST;
    let x = |place: usize| {
        let at = scene.model.position(scene.axis, events[place] as usize);
        scene.x(at as f64)
    };
    let first = first_at(0..events.len(), 0.0, &x);
    let end = first_at(first..events.len(), scene.size.0, &x);
    // Arrows to different lanes do not cover each other, so each lane has its own last place.
    let mut last: Vec<(Option<u32>, u32, f64)> = Vec::new();
    let mut visit = |place: usize, x: f64| {
        if arrows.len() < most
            && let Some(wake) = scene.model.wake(events[place])
            && let Some(arrow) = arrow(scene, &wake, x, incoming, &mut last)
        {
            arrows.push(arrow);
        }
    };
    if end - first > MOST_LOOKED_AT {
        thinned(first..end, APART, &x, &mut visit);
    } else {
        for place in first..end {
            visit(place, x(place));
        }
    }
}

/// The arrow of a wake, unless one of the same tasks stands beside it.
fn arrow(
    scene: &Scene<'_>,
    wake: &Wake,
    x: f64,
    incoming: bool,
    last: &mut Vec<(Option<u32>, u32, f64)>,
) -> Option<Arrow> {
    let to = middle(scene, Selection::Task(wake.task))?;
    let waker = wake.waker();
    let same = last
        .iter_mut()
        .find(|(other, task, _)| *other == waker && *task == wake.task);
    match same {
        Some((_, _, other)) if (x - *other).abs() < APART => return None,
        Some((_, _, other)) => *other = x,
        None => last.push((waker, wake.task, x)),
    }
    let from = match (waker, wake.cause, wake.effect) {
        (Some(waker), _, _) => Origin::Lane(middle(scene, Selection::Task(waker))?),
        (None, Some(Cause::Timer), _) => Origin::Timer,
        (None, _, WakeEffect::Itself) => Origin::Itself,
        // A task that nobody spawned is not woken by anybody.
        (None, Some(Cause::Spawned | Cause::Abort), _) => return None,
        _ => Origin::Outside,
    };
    // In one lane that stands for both there is nothing to connect.
    let itself = matches!(from, Origin::Lane(height) if height == to);
    (!itself).then(|| Arrow {
        x,
        from,
        to,
        coalesced: wake.effect == WakeEffect::Coalesced,
        spurious: scene.model.is_spurious(wake),
        incoming,
    })
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
