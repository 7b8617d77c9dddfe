//! A log whose oldest events were let go says of every moment that it still has what the whole log
//! says.

mod support;

use proptest::prelude::*;
use support::{cases, nonsense, perform, programs};
use wakeline::log::{Kind, Log, Position, encode, encode_rest, encode_until, to_json_lines};
use wakeline_timeline::critical_path::CriticalPath;
use wakeline_timeline::lanes::Series;
use wakeline_timeline::metrics::Metrics;
use wakeline_timeline::state::{Resource, State};
use wakeline_timeline::{Axis, Condensing, LaneKey, Look, Model, Slice, import};

/// The number of the event at a share of the log.
fn place(model: &Model, share: f64) -> usize {
    (model.len() as f64 * share) as usize
}

/// Steps from one to another, some fifty of them, both ends among them.
fn steps(from: usize, to: usize) -> impl Iterator<Item = usize> {
    let stride = (to.saturating_sub(from) / 50).max(1);
    (from..to).step_by(stride).chain([to])
}

fn is_over(resource: &Resource) -> bool {
    let done = match &resource.connection {
        Some(connection) => connection.end.is_some(),
        None => resource.closed().is_some(),
    };
    done && resource.is_empty() && resource.waiters_len() + resource.blocked_senders_len() == 0
}

/// Asserts that two states are the same, but for what had ended and is left out of the second.
fn assert_same(whole: &State, short: &State) {
    assert_eq!(short.step(), whole.step());
    assert_eq!(short.time(), whole.time());
    assert_eq!(short.running(), whole.running());
    assert!(short.ready().eq(whole.ready()));
    assert!(short.timers().eq(whole.timers()));
    assert_eq!(short.polls(), whole.polls());
    assert_eq!(short.counts(), whole.counts());
    assert_eq!(short.end(), whole.end());
    assert_eq!(short.tasks_len(), whole.tasks_len());
    assert_eq!(short.resources_len(), whole.resources_len());
    for task in short.tasks() {
        assert_eq!(Some(task), whole.task(task.id));
    }
    for task in whole.tasks().filter(|task| short.task(task.id).is_none()) {
        assert!(task.end().is_some(), "task {} is missing", task.id);
    }
    for resource in short.resources() {
        assert_eq!(Some(resource), whole.resource(resource.id));
    }
    for resource in whole.resources() {
        let is_here = short.resource(resource.id).is_some();
        assert!(
            is_here || is_over(resource),
            "resource {} is missing",
            resource.id
        );
    }
}

/// The slices of a lane that are in a log from an event on.
fn slices(model: &Model, key: LaneKey, first: usize) -> Vec<Slice> {
    let all = (0..).map_while(|index| model.slice(key, index));
    let later = all.filter(|slice| slice.open || slice.end as usize >= first);
    later
        .map(|slice| {
            // Since when a lock had been free is not kept.
            let of_lock = matches!(key, LaneKey::Resource(_)) && slice.look == Look::Idle;
            let began = !of_lock || slice.start as usize >= first;
            Slice {
                index: 0,
                start: if began { slice.start } else { 0 },
                start_time: if began { slice.start_time } else { 0 },
                ..slice
            }
        })
        .collect()
}

fn from(events: &[u32], first: usize) -> Vec<u32> {
    let later = events.iter().copied();
    later.filter(|event| *event as usize >= first).collect()
}

/// Asserts that two numbers are the same after so many events, if there was a change from event
/// `since` on before.
fn assert_same_level(whole: &Series, short: &Series, step: usize, since: usize) {
    let is_change = |event: usize| event >= since && event < step;
    if since == 0
        || whole
            .points()
            .iter()
            .any(|point| is_change(point.event as usize))
    {
        let values = [whole, short].map(|series| series.value_at(step).unwrap_or(0));
        assert_eq!(values[0], values[1], "after {step} events");
    }
}

fn assert_same_lanes(whole: &Model, short: &Model) {
    let first = short.first();
    for index in 0..short.lanes().len() {
        let key = short.lanes().key(index).unwrap();
        // What is under way when the log begins began before.
        assert_eq!(
            slices(short, key, first),
            slices(whole, key, first),
            "{key:?}"
        );
    }
    for lane in whole.lanes().tasks() {
        let ended = lane.end.is_some_and(|end| (end.at as usize) < first);
        assert_eq!(short.lanes().task(lane.id).is_none(), ended, "{}", lane.id);
    }
    for lane in short.lanes().resources() {
        let other = whole.lanes().resource(lane.id).unwrap();
        assert_eq!(lane.capacity, other.capacity);
        for step in steps(first, short.len()) {
            assert_same_level(&other.series, &lane.series, step, 0);
            // A hand-over takes somebody out of line; the lane hears of it with the next wait.
            assert_same_level(&other.blocked, &lane.blocked, step, first);
            assert_same_level(&other.waiting, &lane.waiting, step, first);
        }
    }
    for task in short.tip().tasks() {
        for of in [Model::incoming, Model::outgoing, Model::network] {
            assert_eq!(
                from(of(short, task.id), first),
                from(of(whole, task.id), first)
            );
        }
    }
    assert_eq!(from(short.lines(), first), from(whole.lines(), first));
    assert_eq!(from(short.findings(), first), from(whole.findings(), first));
}

fn assert_same_log(whole: &Model, short: &Model) {
    for step in steps(short.first(), short.len()) {
        assert_same(&whole.state_at(step), &short.state_at(step));
    }
    // A state of before is brought to what is there now.
    let mut state = whole.state_at(short.len() / 2);
    short.seek(&mut state, short.len());
    assert_eq!(&state, short.tip());
    for event in short.first()..short.len() {
        assert_eq!(short.event(event), whole.event(event));
    }
}

/// What is said of each task.
fn assert_same_words(whole: &Model, short: &Model) {
    for step in steps(short.first(), short.len()) {
        let (before, now) = (whole.state_at(step), short.state_at(step));
        for task in now.tasks().filter(|task| task.end().is_none()) {
            assert_eq!(
                short.why(&now, task.id),
                whole.why(&before, task.id),
                "{step}"
            );
        }
    }
    for event in steps(short.first(), short.len().saturating_sub(1)) {
        assert_eq!(short.describe(event), whole.describe(event));
    }
}

/// A line of the JSON form without the numbers of texts, which are given anew.
fn without_value(line: &str) -> String {
    match line.split_once(",\"value\":") {
        Some((before, rest)) => {
            let rest = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
            format!("{before}{rest}")
        }
        None => line.to_owned(),
    }
}

fn assert_same_files(short: &Model) {
    let bytes = encode(short.log());
    let mut read = Model::new();
    assert!(read.append(&bytes).unwrap().complete);
    assert_same_log(short, &read);
    assert_eq!(encode(read.log()), bytes);
    let lines = to_json_lines(short.log());
    let log = import::read(lines.as_bytes()).unwrap();
    let again = to_json_lines(&log);
    let stripped = |lines: &str| lines.lines().map(without_value).collect::<Vec<_>>();
    assert_eq!(stripped(&again), stripped(&lines));
    let read = Model::from_log(log);
    assert_eq!((read.first(), read.len()), (short.first(), short.len()));
    assert_same_words(short, &read);
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn every_moment_that_is_kept_is_what_it_was(
        (seed, random, deeds) in programs(),
        share in 0.0..1.0_f64,
    ) {
        let whole = Model::from_log(perform(seed, random, deeds).0);
        let short = whole.condense(place(&whole, share));
        assert_same_log(&whole, &short);
        assert_same_lanes(&whole, &short);
        assert_same_words(&whole, &short);
        assert_same_files(&short);
    }

    #[test]
    fn letting_go_twice_is_letting_go_once(
        (seed, random, deeds) in programs(),
        shares in (0.0..1.0_f64, 0.0..1.0_f64),
    ) {
        let whole = Model::from_log(perform(seed, random, deeds).0);
        let (first, second) = (shares.0.min(shares.1), shares.0.max(shares.1));
        let (first, second) = (place(&whole, first), place(&whole, second));
        let twice = whole.condense(first).condense(second);
        let once = whole.condense(second);
        prop_assert_eq!(encode(twice.log()), encode(once.log()));
        let again = once.condense(second);
        prop_assert_eq!(encode(again.log()), encode(once.log()));
    }

    #[test]
    fn a_log_grows_on_after_it_let_go(
        (seed, random, deeds) in programs(),
        shares in (0.0..1.0_f64, 0.0..1.0_f64),
        part in 1..500_usize,
    ) {
        let whole = Model::from_log(perform(seed, random, deeds).0);
        let (first, middle) = (shares.0.min(shares.1), shares.0.max(shares.1));
        let (first, middle) = (place(&whole, first), place(&whole, middle));
        let mut model = Model::new();
        model.append(&encode_until(whole.log(), Position::default(), middle)).unwrap();
        let mut condensing = Condensing::begin(&model, first);
        while !condensing.go_on(&model, part) {}
        let mut short = condensing.finish();
        let position = Position { events: middle, ..Position::end_of(whole.log()) };
        prop_assert!(short.append(&encode_rest(whole.log(), position)).unwrap().complete);
        assert_same_log(&whole, &short);
        assert_same_lanes(&whole, &short);
    }

    #[test]
    fn no_log_is_too_strange_to_let_go_of(log in nonsense(600), shares in (0.0..1.0_f64, 0.0..1.0_f64)) {
        let whole = Model::from_log(log);
        let (first, second) = (shares.0.min(shares.1), shares.0.max(shares.1));
        let short = whole.condense(place(&whole, first));
        let shorter = short.condense(place(&whole, second));
        for model in [&short, &shorter] {
            let mut read = Model::new();
            read.append(&encode(model.log())).unwrap();
            for step in steps(0, model.len()) {
                let state = read.state_at(step);
                prop_assert!(state.step() >= read.first());
                for task in 0..8 {
                    let _ = read.why(&state, task);
                    let _ = read.why_chain(&state, task);
                }
                let _ = (read.describe(step), read.next_visible(step), read.previous_visible(step));
                for axis in Axis::ALL {
                    let _ = (read.position(axis, step), read.playhead(axis, step));
                }
            }
            let _ = wakeline_timeline::diagnosis::findings(read.log());
            let _ = wakeline_timeline::metrics::Metrics::of(read.log());
            let _ = wakeline_timeline::critical_path::CriticalPath::of(read.log());
            let _ = wakeline_timeline::export::chrome_trace(read.log());
        }
    }
}

/// A run that goes on and on, with tasks, channels and texts that come and go.
fn long(rounds: u32) -> Log {
    use wakeline::sync::mpsc;
    let runtime = wakeline::Builder::new().event_limit(u32::MAX).build();
    support::run(&runtime, async move {
        for round in 0..rounds {
            let (sender, mut receiver) = mpsc::Builder::new(format!("channel {round}"))
                .describe(move |n: &u32| format!("{n} of {round}"))
                .bounded(2);
            let child = wakeline::spawn_named(format!("child {round}"), async move {
                for n in 0..3 {
                    let _ = sender.send(n).await;
                }
            });
            while receiver.recv().await.is_some() {}
            let _ = child.await;
            wakeline::time::sleep(support::ms(1)).await;
        }
    });
    runtime.log().clone()
}

#[test]
fn what_stays_does_not_grow_with_what_went() {
    let size = |rounds| {
        let whole = Model::from_log(long(rounds));
        let short = whole.condense(whole.len() - 1_000);
        let memory = short.memory();
        assert!(short.held() < 1_100, "{}", short.held());
        (
            encode(short.log()).len(),
            memory.text + memory.links + memory.lanes,
        )
    };
    let (few, many) = (size(100), size(1_000));
    assert!(many.0 < few.0 + few.0 / 10, "{few:?} {many:?} bytes");
    assert!(many.1 < few.1 + few.1 / 4, "{few:?} {many:?} bytes");
}

#[test]
fn the_axes_begin_with_the_first_event_that_stays() {
    let whole = Model::from_log(long(50));
    let first = whole.len() / 2;
    let short = whole.condense(first);
    assert_eq!(short.begin_on(Axis::Step), first as u64);
    assert_eq!(
        short.begin_on(Axis::Time),
        whole.position(Axis::Time, first)
    );
    assert_eq!(short.begin_on(Axis::Causal), 0);
    assert_eq!(short.step_at(Axis::Time, 0.0), first);
    assert_eq!(short.step_at(Axis::Step, -1.0), first);
    assert_eq!(short.previous_visible(first), None);
    assert!(short.next_visible(0).is_some_and(|step| step > first));
    assert_eq!(whole.begin_on(Axis::Time), 0);
}

/// What is said of a log from an event on can be told from that part alone.
#[test]
fn figures_are_of_what_stays() {
    let whole = Model::from_log(long(60));
    let first = whole.len() / 2;
    let short = whole.condense(first);
    let begin = whole.log().columns.time(first);
    let (all, some) = (Metrics::of(whole.log()), Metrics::of(short.log()));
    assert_eq!((all.totals.begin_ns, some.totals.begin_ns), (0, begin));
    assert_eq!(some.totals.end_ns, all.totals.end_ns);
    let later = whole.log().columns.iter_from(first);
    let count = |kind| later_of(&whole, first, kind);
    assert_eq!(some.totals.events, later.count() as u64);
    assert_eq!(some.totals.polls, count(Kind::PollBegun));
    assert_eq!(some.totals.messages, count(Kind::Received));
    let main = some.tasks.iter().find(|figures| figures.task == 1).unwrap();
    assert_eq!(
        main.running_ns + main.ready_ns + main.waiting_ns + main.sleeping_ns,
        some.totals.end_ns - begin,
    );
    for series in &some.series {
        assert!(
            series.points.iter().all(|point| point.0 >= begin),
            "{:?}",
            series.kind
        );
    }
    let path = CriticalPath::of(short.log());
    assert_eq!((path.begin, path.end), (begin, all.totals.end_ns));
    assert_eq!(
        (path.segments[0].from, path.segments[0].first as usize),
        (begin, first)
    );
    let before = CriticalPath::of(whole.log());
    let common = before
        .segments
        .iter()
        .filter(|segment| segment.first as usize > first);
    assert!(
        path.segments
            .ends_with(&common.copied().collect::<Vec<_>>())
    );
    let length: u64 = path.totals().iter().map(|total| total.time).sum();
    assert_eq!(length, path.end - begin);
}

fn later_of(model: &Model, first: usize, kind: Kind) -> u64 {
    let later = model.log().columns.iter_from(first);
    later.filter(|event| event.kind == kind).count() as u64
}

/// The past block of a file, where it begins and what it has.
fn past_block(bytes: &[u8]) -> (usize, usize) {
    let number = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap()) as usize;
    let mut at = 12;
    while number(at) != 6 {
        at += 8 + number(at + 4);
    }
    (at, number(at + 4))
}

fn refusal(bytes: &[u8]) -> (String, usize) {
    let error = import::read(bytes).unwrap_err();
    (error.code().to_owned(), error.number())
}

#[test]
fn a_past_that_lies_is_refused_with_the_reason_and_the_place() {
    let short = Model::from_log(long(60)).condense(1_000);
    let bytes = encode(short.log());
    let (at, length) = past_block(&bytes);
    let count = short.log().columns.past().unwrap().events.len();
    let body = at + 8;
    let put = |at: usize, number: u32| {
        let mut bad = bytes.clone();
        bad[at..at + 4].copy_from_slice(&number.to_le_bytes());
        refusal(&bad)
    };
    let (numbers, columns) = (body + 12, body + 12 + 4 * count);
    // It says that more is there than is, that nothing went, or has its numbers out of order.
    assert_eq!(put(body + 4, u32::MAX).0, "length-does-not-match");
    assert_eq!(put(body, 0).0, "length-does-not-match");
    assert_eq!(
        put(numbers + 4, 0),
        ("out-of-order".to_owned(), numbers + 4)
    );
    let last = numbers + 4 * (count - 1);
    assert_eq!(put(last, 1_000), ("out-of-order".to_owned(), last));
    // A time that runs backwards, a kind that is none, one that has no place there.
    let times = columns + 8 * 2 + 4;
    assert_eq!(put(times, u32::MAX).0, "time-runs-backwards");
    let kinds = columns + (8 + 8 + 4 + 4 + 2) * count;
    let mut bad = bytes.clone();
    bad[kinds + 1] = 255;
    assert_eq!(refusal(&bad), ("unknown-kind".to_owned(), kinds + 1));
    bad[kinds + 1] = Kind::Carried.code();
    assert_eq!(refusal(&bad), ("out-of-place".to_owned(), kinds + 1));
    let standing = short.log().columns.past().unwrap().standing.len();
    let kinds = columns + 28 * count + (8 + 8 + 4 + 4 + 2) * standing;
    let mut bad = bytes.clone();
    bad[kinds] = Kind::PollBegun.code();
    assert_eq!(refusal(&bad), ("out-of-place".to_owned(), kinds));
    // In a file of the first version, twice, after the events, cut off anywhere.
    let mut bad = bytes.clone();
    bad[8] = 1;
    assert_eq!(
        refusal(&bad).0,
        "out-of-order",
        "numbers of texts are missing"
    );
    let block = &bytes[at..body + length];
    let twice = [&bytes[..at], block, block, &bytes[body + length..]].concat();
    assert_eq!(
        refusal(&twice),
        ("out-of-order".to_owned(), body + length + 8)
    );
    for end in (0..bytes.len()).step_by(97) {
        assert!(import::read(&bytes[..end]).is_err(), "{end} bytes");
    }
    for at in (0..body + length).step_by(7) {
        let mut bad = bytes.clone();
        bad[at] ^= 0x81;
        // Whatever it is, it is refused or harmless.
        if let Ok(log) = import::read(&bad) {
            let model = Model::from_log(log);
            let _ = (model.tip().counts(), model.state_at(model.first()).counts());
        }
    }
}

#[test]
fn lines_that_lie_are_refused_with_the_reason_and_the_line() {
    let short = Model::from_log(long(60)).condense(1_000);
    let text = to_json_lines(short.log());
    let lines: Vec<&str> = text.lines().collect();
    let refuse = |number: usize, line: &str| {
        let mut bad = lines.clone();
        bad[number - 1] = line;
        refusal(bad.join("\n").as_bytes())
    };
    let reason = |code: &str, line: usize| (code.to_owned(), line);
    assert_eq!(refuse(2, lines[2]), reason("json-field", 2));
    assert_eq!(refuse(2, r#"{"first":0}"#), reason("json-field", 2));
    assert_eq!(refuse(4, lines[2]), reason("json-order", 4));
    let kept = 2 + short.log().columns.past().unwrap().events.len();
    let carried = lines[kept].replace("\"carried\"", "\"poll-begun\"");
    assert_eq!(refuse(kept + 1, &carried), reason("json-kind", kept + 1));
    let early = lines[kept].replace("\"standing\":0", "\"seq\":1");
    assert_eq!(refuse(3, &early), reason("json-kind", 3));
    let after = lines.len() - 5;
    assert_eq!(refuse(after, lines[kept]), reason("json-field", after));
    // The same in a log that says that it is whole.
    let whole = lines[0].replace("\"wakeline\":2", "\"wakeline\":1");
    assert_eq!(refuse(1, &whole).1, 2);
}
