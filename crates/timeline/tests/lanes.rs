//! What is drawn is what the slices, changes and marks are, at any zoom.

mod support;

use proptest::prelude::*;
use support::{cases, nonsense, perform, programs};
use wakeline::log::{Kind, Log, PollResult, Reason};
use wakeline_timeline::lanes::{Look, Looks, OVERLONG, Slice};
use wakeline_timeline::state::{Fate, State, Status};
use wakeline_timeline::{Axis, LaneKey, Model, Viewport};

fn logs() -> impl Strategy<Value = Log> {
    prop_oneof![
        2 => programs().prop_map(|(seed, random, deeds)| perform(seed, random, deeds).0),
        1 => nonsense(600),
    ]
}

/// A part of the axis, as shares of the run's extent, on so many pixels.
fn views() -> impl Strategy<Value = (Axis, f64, f64, u32)> {
    let axis = (0..Axis::ALL.len()).prop_map(|index| Axis::ALL[index]);
    let part = prop_oneof![
        2 => Just((-0.01, 1.02)),
        3 => (-0.2..1.1_f64, -0.2..1.3_f64),
        2 => (0.0..1.0_f64, 0.0..0.02_f64).prop_map(|(from, length)| (from, from + length)),
    ];
    (axis, part, 1..300_u32).prop_map(|(axis, (a, b), pixels)| (axis, a.min(b), a.max(b), pixels))
}

fn view(model: &Model, (axis, from, to, pixels): (Axis, f64, f64, u32)) -> Viewport {
    let extent = (model.extent(axis) as f64).max(1.0);
    Viewport {
        axis,
        start: from * extent,
        end: to * extent,
        pixels,
    }
}

fn keys(model: &Model) -> Vec<LaneKey> {
    (0..model.lanes().len())
        .filter_map(|index| model.lanes().key(index))
        .collect()
}

fn slices(model: &Model, key: LaneKey) -> Vec<Slice> {
    (0..).map_while(|index| model.slice(key, index)).collect()
}

/// The slices that have a place on an axis.
fn on_axis(model: &Model, key: LaneKey, axis: Axis) -> Vec<Slice> {
    match (key, axis) {
        (LaneKey::Executor, Axis::Causal) => Vec::new(),
        _ => slices(model, key),
    }
}

/// The kinds, the number of slices and the busy share of each pixel, from every slice.
fn by_pixel(model: &Model, slices: &[Slice], view: &Viewport) -> Vec<(Looks, u32, f64)> {
    let mut pixels = vec![(Looks::NONE, 0, 0.0); view.pixels as usize];
    for slice in slices {
        let (start, end) = model.slice_on(view.axis, slice);
        let (from, to) = view.span(start, end);
        for pixel in from.max(0)..to.min(i64::from(view.pixels)) {
            let cell = &mut pixels[pixel as usize];
            cell.0 = cell.0.with(Looks::only(slice.look));
            cell.1 += 1;
            if slice.look.is_poll() && view.axis != Axis::Causal {
                let left = view.x(start as f64).max(pixel as f64);
                let right = view.x(end as f64).min(pixel as f64 + 1.0);
                cell.2 += (right - left).max(0.0);
            }
        }
    }
    pixels
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn spans_are_what_all_slices_come_to_in_each_pixel(log in logs(), part in views()) {
        let model = Model::from_log(log);
        let view = view(&model, part);
        let mut spans = Vec::new();
        for key in keys(&model) {
            model.spans(key, &view, &mut spans);
            let expected = by_pixel(&model, &on_axis(&model, key, view.axis), &view);
            let mut pixel = 0;
            for span in &spans {
                prop_assert!(span.from >= pixel && span.to > span.from, "{:?}", spans);
                for (looks, count, _) in &expected[pixel as usize..span.from as usize] {
                    prop_assert_eq!((*looks, *count), (Looks::NONE, 0));
                }
                for (looks, count, busy) in &expected[span.from as usize..span.to as usize] {
                    prop_assert_eq!((*looks, *count), (span.looks, span.count), "{:?}", span);
                    prop_assert!((busy.min(1.0) - f64::from(span.busy)).abs() < 1e-3,
                        "{} {:?}", busy, span);
                }
                pixel = span.to;
            }
            for (looks, _, _) in &expected[pixel as usize..] {
                prop_assert!(looks.is_empty());
            }
        }
    }

    /// What is most important in a pixel of any lane is so in the lane of all.
    #[test]
    fn a_merged_lane_loses_nothing_that_is_important(
        log in logs(),
        part in views(),
        some in 1..4_usize,
    ) {
        let model = Model::from_log(log);
        let view = view(&model, part);
        let tasks: Vec<u32> = model.lanes().tasks().iter().step_by(some).map(|l| l.id).collect();
        let merged = model.merged(&tasks, view.axis);
        let mut spans = Vec::new();
        model.merged_spans(&merged, &view, &mut spans);
        let mut found = vec![None; view.pixels as usize];
        for span in &spans {
            for pixel in span.from..span.to {
                found[pixel as usize] = span.looks.top();
            }
        }
        let mut expected = vec![Looks::NONE; view.pixels as usize];
        for &task in &tasks {
            let slices = slices(&model, LaneKey::Task(task));
            for (all, (looks, ..)) in expected.iter_mut().zip(by_pixel(&model, &slices, &view)) {
                *all = all.with(looks);
            }
        }
        let expected: Vec<_> = expected.into_iter().map(Looks::top).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn levels_are_what_all_changes_come_to_in_each_pixel(log in logs(), part in views()) {
        let model = Model::from_log(log);
        let view = view(&model, part);
        let mut levels = Vec::new();
        for lane in model.lanes().resources() {
            model.levels(lane.id, &view, &mut levels);
            let points = lane.series.points();
            let mut expected = vec![None; view.pixels as usize];
            for (index, point) in points.iter().enumerate() {
                let start = model.position(view.axis, point.event as usize);
                let end = match points.get(index + 1) {
                    Some(next) => model.position(view.axis, next.event as usize),
                    None => model.extent(view.axis),
                };
                let (from, to) = view.span(start, end);
                for pixel in from.max(0)..to.min(i64::from(view.pixels)) {
                    let cell = expected[pixel as usize].get_or_insert((u32::MAX, 0, 0));
                    *cell = (cell.0.min(point.value), cell.1.max(point.value), point.value);
                }
            }
            let mut found = vec![None; view.pixels as usize];
            for level in &levels {
                found[level.from as usize..level.to as usize]
                    .fill(Some((level.min, level.max, level.last)));
            }
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn marks_are_in_every_pixel_that_has_one_and_errors_come_first(log in logs(), part in views()) {
        let model = Model::from_log(log.clone());
        let view = view(&model, part);
        let mut marks = Vec::new();
        for lane in model.lanes().tasks() {
            model.marks(LaneKey::Task(lane.id), &view, &mut marks);
            let mut expected = vec![(0, false); view.pixels as usize];
            for (index, event) in log.columns.iter_from(0).enumerate() {
                let pixel = view.pixel(model.position(view.axis, index));
                let wanted = event.subject == lane.id && index > lane.created as usize;
                let error = match event.kind {
                    Kind::TaskFailed | Kind::Finding => true,
                    Kind::Line | Kind::NetworkEnded if event.flags == 1 => true,
                    Kind::CancelRequested => false,
                    _ => continue,
                };
                if let Ok(pixel) = usize::try_from(pixel)
                    && let Some(cell) = expected.get_mut(pixel)
                    && wanted
                {
                    *cell = (cell.0 + 1, cell.1 | error);
                }
            }
            let mut found = vec![(0, false); view.pixels as usize];
            for mark in &marks {
                found[mark.pixel as usize] = (mark.count, mark.error);
                let at = model.position(view.axis, mark.event as usize);
                prop_assert_eq!(view.pixel(at), i64::from(mark.pixel));
            }
            prop_assert_eq!(found, expected);
        }
    }

    /// The lane at a step is what the state at that step says.
    #[test]
    fn lanes_are_what_the_states_say(log in logs()) {
        let model = Model::from_log(log.clone());
        let mut state = State::new();
        for (index, event) in log.columns.iter_from(0).enumerate() {
            state.apply(&event);
            if index % 5 != 0 {
                continue;
            }
            for task in state.tasks() {
                let slice = model.slice_at(LaneKey::Task(task.id), index + 1);
                let expected = match task.status() {
                    Status::Running { .. } => Look::Poll,
                    Status::Ready(_) => Look::Ready,
                    Status::Waiting { .. } => match task.main_wait() {
                        Some(wait) => Look::of_wait(wait.reason, wait.purpose),
                        None => Look::Other,
                    },
                    Status::Ended(_) => continue,
                };
                let found = slice.map(|slice| match slice.look {
                    Look::LongPoll | Look::Failed | Look::Cancelled => Look::Poll,
                    Look::Cancelling => Look::Ready,
                    look => look,
                });
                // A task whose last poll is over, and of which the next event says how it ended.
                let ending = found == Some(Look::Poll)
                    && matches!(task.status(), Status::Waiting { .. })
                    && (0..=index)
                        .rev()
                        .filter_map(|at| log.columns.get(at))
                        .filter(|event| event.subject == task.id)
                        .take_while(|event| event.kind != Kind::PollBegun)
                        .any(|event| event.kind == Kind::PollEnded
                            && event.flags != PollResult::Pending.code());
                // A task with neither wait nor poll has nothing to show before its first wake.
                let fresh = found.is_none() && expected == Look::Other;
                prop_assert!(ending || fresh || found == Some(expected),
                    "task {} at {}: {:?}, but {:?}", task.id, index + 1, found, expected);
            }
            let running = model.slice_at(LaneKey::Executor, index + 1);
            let running = running.filter(|slice| slice.look != Look::Idle).map(|slice| slice.object);
            let told_late = state.running().is_none() && running.is_some();
            prop_assert!(running == state.running() || told_late);
        }
    }

    /// Slices follow each other; each says what it must about how it ended.
    #[test]
    fn slices_follow_each_other_and_tell_trouble(log in logs()) {
        let model = Model::from_log(log.clone());
        for lane in model.lanes().tasks() {
            let slices = slices(&model, LaneKey::Task(lane.id));
            for pair in slices.windows(2) {
                prop_assert_eq!(pair[0].end, pair[1].start);
                prop_assert_eq!(pair[0].end_time, pair[1].start_time);
                prop_assert!(pair[0].start < pair[1].start);
            }
            for slice in &slices {
                prop_assert_eq!(slice.look == Look::LongPoll
                    || slice.look.is_poll() && slice.look != Look::Poll && slice.duration() > OVERLONG
                    || slice.open && slice.look.is_poll() && slice.duration() > OVERLONG,
                    slice.look.is_poll() && slice.duration() > OVERLONG);
            }
            let last = slices.last().map(|slice| slice.look);
            let polled = last.is_some_and(Look::is_poll);
            match lane.end.map(|end| end.fate) {
                Some(Fate::Failed { .. }) if polled => prop_assert_eq!(last, Some(Look::Failed)),
                Some(Fate::Cancelled) if polled => prop_assert_eq!(last, Some(Look::Cancelled)),
                _ => {}
            }
        }
    }

    #[test]
    fn a_hit_is_the_most_important_slice_in_reach(
        log in logs(),
        part in views(),
        spot in (-0.1..1.1_f64, 0.0..6.0_f64),
    ) {
        let model = Model::from_log(log);
        let view = view(&model, part);
        let position = view.start + spot.0 * (view.end - view.start);
        let tolerance = spot.1 * (view.end - view.start) / f64::from(view.pixels);
        for key in keys(&model) {
            let all = on_axis(&model, key, view.axis);
            let reach = all.iter().copied().filter(|slice| {
                let (start, end) = model.slice_on(view.axis, slice);
                end as f64 >= position - tolerance && start as f64 <= position + tolerance
            });
            let reach: Vec<Slice> = reach.collect();
            let top = reach.iter().map(|slice| slice.look).max();
            let hit = model.hit(key, view.axis, position, tolerance);
            prop_assert_eq!(hit.map(|slice| slice.look), top);
            if let Some(hit) = hit {
                prop_assert!(reach.contains(&hit));
            }
            let (from, to) = (position.max(0.0) as u64, (position + tolerance).max(0.0) as u64);
            let between = model.slices_between(key, view.axis, from, to);
            let expected: Vec<usize> = all.iter()
                .filter(|slice| {
                    let (start, end) = model.slice_on(view.axis, slice);
                    end >= from && start <= to
                })
                .map(|slice| slice.index)
                .collect();
            prop_assert_eq!(between.collect::<Vec<_>>(), expected);
        }
    }
}

/// One long poll among tens of thousands of slices is seen from afar.
#[test]
fn trouble_does_not_disappear_in_the_distance() {
    let log = support::record(0, wakeline::Policy::Fifo, async {
        for turn in 0..20_000 {
            if turn == 7_777 {
                wakeline::time::block(support::ms(20));
            }
            wakeline::time::sleep(support::ms(1)).await;
        }
    });
    let model = Model::from_log(log);
    let main = LaneKey::Task(1);
    let mut spans = Vec::new();
    for axis in Axis::ALL {
        let view = Viewport {
            axis,
            start: 0.0,
            end: model.extent(axis) as f64 * 1.01,
            pixels: 40,
        };
        model.spans(main, &view, &mut spans);
        let long: Vec<_> = spans
            .iter()
            .filter(|span| span.looks.contains(Look::LongPoll))
            .collect();
        assert_eq!(long.len(), 1, "{axis:?}");
        assert_eq!(long[0].looks.top(), Some(Look::LongPoll));
        assert!(long[0].count > 100);
    }
}

/// A wait keeps the colour of what it is for; a limit on it does not hide it.
#[test]
fn a_limit_does_not_hide_what_is_waited_for() {
    let log = support::record(0, wakeline::Policy::Fifo, async {
        let (sender, mut receiver) = wakeline::sync::mpsc::channel::<u32>(1);
        let _ = wakeline::time::timeout(support::ms(5), receiver.recv()).await;
        drop(sender);
    });
    assert!(
        log.columns
            .iter_from(0)
            .any(|event| event.kind == Kind::WaitBegun
                && event.flags == Reason::ChannelReceive.code())
    );
    let model = Model::from_log(log);
    let looks: Vec<Look> = slices(&model, LaneKey::Task(1))
        .iter()
        .map(|slice| slice.look)
        .collect();
    assert_eq!(
        looks,
        [
            Look::Ready,
            Look::Poll,
            Look::Receive,
            Look::Ready,
            Look::Poll
        ]
    );
}
