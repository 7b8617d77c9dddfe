//! Where the playhead stands and where it can go.

use wakeline_timeline::log::Kind;
use wakeline_timeline::{LaneKey, Look, Model};

use crate::selection::{Axis, Selection};
use crate::view::lanes::key;
use crate::view::playback::{Playback, Track};
use crate::view::ruler::exact_time;
use crate::view::viewport::Bounds;

/// The shortest piece of an axis of time on screen, in nanoseconds, and of the others, in events.
const LEAST_TIME: f64 = 20.0;
const LEAST_STEPS: f64 = 6.0;

/// What stays free beside the run, in CSS pixels: room for the sign at the end of a task.
const MARGIN: f64 = 22.0;

/// A run along an axis, as playing sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run<'a>(pub(crate) &'a Model, pub(crate) Axis);

impl Track for Run<'_> {
    fn end(&self) -> u32 {
        narrow(self.0.len())
    }

    fn has_clock(&self) -> bool {
        self.1.is_clock()
    }

    fn time(&self, step: u32) -> u64 {
        self.0.playhead(self.1, step as usize) as u64
    }

    fn step_at(&self, time: f64) -> u32 {
        narrow(self.0.step_at(self.1, time))
    }

    fn next(&self, step: u32) -> Option<u32> {
        self.0.next_visible(step as usize).map(narrow)
    }
}

/// Logs have fewer events than 32 bits count.
fn narrow(step: usize) -> u32 {
    u32::try_from(step).unwrap_or(u32::MAX)
}

/// How far the view may go on a canvas of this width (CSS pixels).
pub(crate) fn bounds(model: &Model, axis: Axis, width: f64) -> Bounds {
    Bounds {
        begin: model.begin_on(axis) as f64,
        end: model.extent(axis) as f64,
        least: match axis.is_clock() {
            true => LEAST_TIME,
            false => LEAST_STEPS,
        },
        margin: (MARGIN / width.max(1.0)).clamp(0.005, 0.1),
    }
}

/// Where a playback stands on its axis.
pub(crate) fn playing_position(model: &Model, axis: Axis, playback: &Playback) -> f64 {
    match axis {
        Axis::Time | Axis::Active => playback.position(),
        // Between the last event and the next, as [`Model::playhead`].
        Axis::Step => playback.position() - 0.5,
        // From one event to the next it goes back and forth.
        Axis::Causal => model.playhead(axis, playback.step() as usize),
    }
}

/// The time at a step, in nanoseconds.
pub(crate) fn time(model: &Model, step: usize) -> f64 {
    model.playhead(Axis::Time, step)
}

/// The time at a step, written out.
pub(crate) fn time_text(model: &Model, step: usize) -> String {
    exact_time(time(model, step))
}

/// Where the last event of a step stands among those of the same instant, and how many they are;
/// `None` if it has the instant to itself.
pub(crate) fn place_in_instant(model: &Model, step: usize) -> Option<(usize, usize)> {
    let time = model.position(Axis::Time, step.checked_sub(1)?);
    let first = model.log().columns.first_at_or_after(time);
    let end = model.log().columns.first_at_or_after(time + 1);
    (end - first > 1).then_some((step - first, end - first))
}

/// The tasks and resources that the last event of a step is about.
pub(crate) fn subjects_of_last(model: &Model, step: usize) -> Vec<Selection> {
    let Some(event) = step.checked_sub(1).and_then(|last| model.event(last)) else {
        return Vec::new();
    };
    let (subject, object) = (event.subject, event.object);
    let subjects = match event.kind {
        Kind::RunBegun | Kind::RunEnded | Kind::ClockAdvanced => return Vec::new(),
        Kind::ResourceCreated | Kind::ResourceNamed | Kind::ResourceClosed | Kind::Discarded => {
            [Some(Selection::Resource(subject)), None]
        }
        Kind::Acquired
        | Kind::Released
        | Kind::HandedOver
        | Kind::Sent
        | Kind::Received
        | Kind::Notified
        | Kind::Cleared
        | Kind::CapacityChanged
        | Kind::UnitDone => [
            Some(Selection::Task(subject)),
            Some(Selection::Resource(object)),
        ],
        _ => [Some(Selection::Task(subject)), None],
    };
    subjects.into_iter().flatten().collect()
}

/// The step for a playhead that is put to a position by hand. An event that is within `reach` to
/// the right counts: nobody hits an instant exactly.
pub(crate) fn snapped_step(model: &Model, axis: Axis, position: f64, reach: f64) -> usize {
    let step = model.step_at(axis, position);
    if !axis.is_clock() || step >= model.len() {
        return step;
    }
    let next = model.position(axis, step) as f64;
    let last = model.playhead(axis, step);
    if next - position <= reach && next - position < (position - last).abs() {
        model.step_at(axis, next)
    } else {
        step
    }
}

/// Where a position of one axis stands on another.
pub(crate) fn convert(model: &Model, from: Axis, to: Axis, position: f64) -> f64 {
    if from == to {
        return position;
    }
    let ends = |axis| (model.begin_on(axis) as f64, model.extent(axis) as f64);
    let ((begin, end), (first, last)) = (ends(from), ends(to));
    // Margins beyond the ends of the run keep their share.
    if end > begin && !(begin..=end).contains(&position) {
        let (edge, base) = match position < begin {
            true => (begin, first),
            false => (end, last),
        };
        return base + (position - edge) / (end - begin) * (last - first);
    }
    if from.is_clock() && to.is_clock() {
        let breaks = model.breaks();
        return match to {
            Axis::Active => breaks.shorten(position as u64) as f64,
            _ => breaks.first_at(position as u64) as f64,
        };
    }
    let through = model.step_at(from, position);
    if from.is_clock() {
        // An instant of many events becomes the middle of them.
        let middle = usize::midpoint(model.step_at(from, position - 1.0), through);
        return model.position(to, middle) as f64;
    }
    model.position(to, through.saturating_sub(1)) as f64
}

/// From where to where a task lives or a resource exists; `None` for the whole run.
pub(crate) fn extent(
    model: &Model,
    axis: Axis,
    selection: Option<Selection>,
) -> Option<(f64, f64)> {
    let position = |event: u32| model.position(axis, event as usize) as f64;
    match selection? {
        Selection::Task(id) => {
            let lane = model.lanes().task(id)?;
            let end = lane
                .end
                .map_or(model.extent(axis) as f64, |end| position(end.at));
            Some((position(lane.created), end))
        }
        Selection::Resource(id) => {
            let resource = model.tip().resource(id)?;
            let end = resource
                .closed()
                .map_or(model.extent(axis) as f64, position);
            Some((position(resource.created), end))
        }
    }
}

/// The task whose poll is within `reach` of a position on the executor's lane.
pub(crate) fn polled_at(model: &Model, axis: Axis, position: f64, reach: f64) -> Option<u32> {
    let slice = model.hit(LaneKey::Executor, axis, position, reach)?;
    (slice.look != Look::Idle).then_some(slice.object)
}

/// The step at which the next slice of the selected lane begins; of the executor's lane if nothing
/// is selected.
pub(crate) fn next_slice(
    model: &Model,
    selection: Option<Selection>,
    step: usize,
) -> Option<usize> {
    let slice = model.next_slice(selection.map_or(LaneKey::Executor, key), step)?;
    Some(slice.start as usize + 1)
}

/// The step at which the slice before that at the playhead begins.
pub(crate) fn previous_slice(
    model: &Model,
    selection: Option<Selection>,
    step: usize,
) -> Option<usize> {
    let slice = model.previous_slice(selection.map_or(LaneKey::Executor, key), step)?;
    Some(slice.start as usize + 1)
}
