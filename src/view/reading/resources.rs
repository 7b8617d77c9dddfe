//! Lanes of resources: contents, permits, owners, who waits.

use wakeline_timeline::log::{Kind, ResourceKind};
use wakeline_timeline::{LaneKey, Level, Look};

use crate::selection::Selection;
use crate::view::draw::resource::{Held, Steps};
use crate::view::draw::scene::Scene;
use crate::view::lanes::name;
use crate::view::look::Sign;

use super::pieces::view_of;

/// What is drawn of a resource.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    pub(crate) kind: ResourceKind,
    /// How many messages or permits fit, if that is limited.
    pub(crate) capacity: Option<f64>,
    /// The greatest number that was ever inside, or in use.
    pub(crate) peak: f64,
    /// How many messages are inside, or how many permits are in use.
    pub(crate) inside: Vec<Steps>,
    /// How many wait for room in a channel.
    pub(crate) blocked: Vec<Steps>,
    /// How many wait for a message, a permit or the lock.
    pub(crate) waiting: Vec<Steps>,
    /// Who holds the lock.
    pub(crate) held: Vec<Held>,
    /// Notifications and the closing: where, in CSS pixels.
    pub(crate) marks: Vec<(f64, Sign)>,
    /// Where it begins to exist, in CSS pixels; may be out of view.
    pub(crate) from: f64,
    /// Where the run ends, in CSS pixels; may be out of view.
    pub(crate) to: f64,
}

/// What is drawn of a resource; `None` if it has no lane.
pub(crate) fn series(scene: &Scene<'_>, id: u32) -> Option<Series> {
    let model = scene.model;
    let lane = model.lanes().resource(id)?;
    let created = model.tip().resource(id)?.created;
    let view = view_of(scene);
    let steps = |fill: &dyn Fn(&mut Vec<Level>)| {
        let mut levels = Vec::new();
        fill(&mut levels);
        levels
            .iter()
            .map(|level| on_screen(level, scene.ratio))
            .collect()
    };
    let mut marks = Vec::new();
    model.marks(LaneKey::Resource(id), &view, &mut marks);
    let marks = marks
        .iter()
        .filter_map(|mark| {
            let kind = model.event(mark.event as usize)?.kind;
            let sign = match (kind, mark.error) {
                (Kind::ResourceClosed, _) => Sign::Closed,
                (_, true) => Sign::Lost,
                _ => Sign::Notified,
            };
            Some((f64::from(mark.pixel) / scene.ratio, sign))
        })
        .collect();
    let mut inside: Vec<Steps> = steps(&|levels| model.levels(id, &view, levels));
    let mut capacity = lane.capacity.map(f64::from);
    let mut peak = f64::from(lane.series.max());
    if lane.kind == ResourceKind::RwLock {
        // A writer holds every permit there is; readers hold one each.
        let all = capacity.take().unwrap_or(f64::INFINITY);
        peak = tell_writers(&mut inside, all);
    }
    Some(Series {
        kind: lane.kind,
        capacity,
        peak,
        inside,
        blocked: steps(&|levels| model.blocked(id, &view, levels)),
        waiting: steps(&|levels| model.waiting(id, &view, levels)),
        held: held(scene, id),
        marks,
        from: scene.x(model.position(scene.axis, created as usize) as f64),
        to: scene.x(model.extent(scene.axis) as f64),
    })
}

/// Replaces the number of all permits by infinity, which stands for a writer. Returns the greatest
/// number of readers in view.
fn tell_writers(levels: &mut [Steps], all: f64) -> f64 {
    let mut readers = 1.0_f64;
    for level in levels {
        for value in [&mut level.low, &mut level.high, &mut level.last] {
            if *value >= all {
                *value = f64::INFINITY;
            } else {
                readers = readers.max(*value);
            }
        }
    }
    readers
}

fn on_screen(level: &Level, ratio: f64) -> Steps {
    Steps {
        from: f64::from(level.from) / ratio,
        to: f64::from(level.to) / ratio,
        low: f64::from(level.min),
        high: f64::from(level.max),
        last: f64::from(level.last),
    }
}

/// Who holds a lock. Holders that share a pixel are one stretch, without a name.
fn held(scene: &Scene<'_>, id: u32) -> Vec<Held> {
    let key = LaneKey::Resource(id);
    let mut spans = Vec::new();
    scene.model.spans(key, &view_of(scene), &mut spans);
    let mut held: Vec<Held> = Vec::new();
    for span in spans.iter().filter(|span| span.looks.contains(Look::Held)) {
        let slice = scene.model.slice(key, span.first as usize);
        let Some(slice) = slice.filter(|slice| span.count > 1 || slice.look == Look::Held) else {
            continue;
        };
        let (from, to) = (
            f64::from(span.from) / scene.ratio,
            f64::from(span.to) / scene.ratio,
        );
        let owner = if span.count > 1 { 0 } else { slice.object };
        match held.last_mut() {
            // A long stretch comes in up to three spans: its edges and what lies between.
            Some(last) if last.slice == slice.index && last.to == from && owner == last.owner => {
                last.to = to;
            }
            _ => held.push(Held {
                awaits: Vec::new(),
                from,
                to,
                slice: slice.index,
                owner,
                handed: scene.model.log().columns.kind(slice.start as usize)
                    == Some(Kind::HandedOver),
                name: match owner {
                    0 => String::new(),
                    task => name(scene.model, Selection::Task(task), scene.language),
                },
            }),
        }
    }
    for one in &mut held {
        if one.owner != 0 && one.to - one.from >= LEAST_AWAIT {
            one.awaits = awaits(scene, one);
        }
    }
    held
}

/// Where the holder of a lock waits for something while it holds it.
fn awaits(scene: &Scene<'_>, held: &Held) -> Vec<(f64, f64)> {
    let at = |x: f64| scene.view.to_axis(x, scene.size.0).max(0.0) as u64;
    let key = LaneKey::Task(held.owner);
    let slices = scene
        .model
        .slices_between(key, scene.axis, at(held.from), at(held.to));
    let slices = slices.take(MOST_AWAITS);
    let slices = slices.filter_map(|index| scene.model.slice(key, index));
    let slices = slices.filter(|slice| slice.look.is_wait());
    let place = |slice| {
        let (from, to) = scene.model.slice_on(scene.axis, &slice);
        let x = |position| scene.x(position as f64);
        (x(from).max(held.from), x(to).min(held.to))
    };
    slices.map(place).collect()
}

/// Stretches of a lock that are shorter than this, in CSS pixels, do not say what their holder does.
const LEAST_AWAIT: f64 = 8.0;

/// As many waits of a holder are shown in one stretch.
const MOST_AWAITS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_is_told_from_any_number_of_readers() {
        let level = |last| Steps {
            from: 0.0,
            to: 1.0,
            low: last,
            high: last,
            last,
        };
        let mut levels = [level(0.0), level(3.0), level(64.0)];
        assert_eq!(tell_writers(&mut levels, 64.0), 3.0);
        assert_eq!(levels.map(|level| level.last), [0.0, 3.0, f64::INFINITY]);
    }
}
