//! The conversation with a page, driven by hand.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wakeline::log::{Decoder, Event, Kind, Log, Outcome, encode};
use wakeline_demos::outside::{NoOutside, Outside};
use wakeline_demos::{Progress, RealClock, RunSetup, prepare};
use wakeline_protocol::{Clock, Policy, Reply, Request, RunRequest, RunSummary, VERSION, Value};
use wakeline_web::pump::{Slice, Step, Work};

use super::{Drive, Host, Session};
use crate::run::{Post, StreamedRun};

/// A page that takes in what the engine says.
#[derive(Default)]
struct Page {
    replies: RefCell<Vec<Reply>>,
    batches: RefCell<Vec<Vec<u8>>>,
}

impl Post for Page {
    fn post(&self, reply: &Reply, batch: Option<Vec<u8>>) {
        assert_eq!(matches!(reply, Reply::Batch { .. }), batch.is_some());
        // As it would arrive: through its text.
        let text = serde_json::to_string(reply).unwrap();
        self.replies
            .borrow_mut()
            .push(serde_json::from_str(&text).unwrap());
        self.batches.borrow_mut().extend(batch);
    }
}

/// What is being driven, and by whom: a test.
#[derive(Clone, Default)]
struct ByHand {
    run: Rc<RefCell<Option<Rc<StreamedRun>>>>,
    resumed: Rc<Cell<u32>>,
    clock: Rc<Cell<u64>>,
}

impl Host for ByHand {
    fn drive(&self, run: Rc<StreamedRun>) -> Rc<dyn Drive> {
        self.run.replace(Some(run));
        Rc::new(Hand(self.clone()))
    }

    fn clock(&self) -> RealClock {
        let clock = self.clock.clone();
        Rc::new(move || clock.get())
    }

    fn outside(&self) -> Rc<dyn Outside> {
        Rc::new(NoOutside)
    }
}

struct Hand(ByHand);

impl Drive for Hand {
    fn resume(&self) {
        self.0.resumed.set(self.0.resumed.get() + 1);
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.0.run.take();
    }
}

struct Talk {
    page: Rc<Page>,
    hand: ByHand,
    session: Session,
}

impl Talk {
    fn begin() -> Self {
        let (page, hand) = (Rc::new(Page::default()), ByHand::default());
        let session = Session::begin(page.clone(), Box::new(hand.clone()));
        Self {
            page,
            hand,
            session,
        }
    }

    fn ask(&self, request: &Request) {
        self.session
            .receive(&serde_json::to_string(request).unwrap());
    }

    /// Asks for a run, after the greeting has been put aside.
    fn run(request: RunRequest) -> Self {
        let talk = Self::begin();
        talk.replies();
        talk.ask(&Request::Run(request));
        talk
    }

    /// Runs one slice of so many polls a step, as a pump does; true when it was the last.
    fn slice(&self, polls: u32, steps: u32) -> bool {
        let Some(run) = self.hand.run.borrow().clone() else {
            return true;
        };
        let mut last = Step::Ready;
        for _ in 0..steps {
            let polls = polls.min(run.allowance());
            if polls == 0 || last != Step::Ready {
                break;
            }
            last = run.step(polls);
        }
        run.after_slice(&Slice {
            polls: 0,
            milliseconds: 0.0,
        });
        if last == Step::Ended {
            run.ended();
        }
        last == Step::Ended
    }

    /// Runs to the end, taking everything at once.
    fn finish(&self, polls: u32) {
        while !self.slice(polls, 3) {
            self.take_all();
        }
        while !self.log().1 {
            self.take_all();
        }
    }

    /// Says that everything which was sent has been taken.
    fn take_all(&self) {
        let events = u32::try_from(self.log().0.len()).unwrap();
        self.ask(&Request::Taken { run: 1, events });
    }

    fn replies(&self) -> Vec<Reply> {
        self.page.replies.take()
    }

    /// What the page has of the log, and whether it is all of it.
    fn log(&self) -> (Log, bool) {
        let (mut log, mut decoder, mut complete) = (Log::new(), Decoder::new(), false);
        for batch in self.page.batches.borrow().iter() {
            complete = decoder.read(&mut log, batch).unwrap();
        }
        (log, complete)
    }

    /// How the run ended: the last thing said.
    fn summary(&self) -> RunSummary {
        match self.replies().pop() {
            Some(Reply::Ended { run: 1, summary }) => summary,
            other => panic!("{other:?}"),
        }
    }

    /// The codes of the problems of the refusal that was the last thing said.
    fn refusal(&self) -> (u32, Vec<String>) {
        match self.replies().pop() {
            Some(Reply::Refused { run, problems }) => {
                (run, problems.into_iter().map(|p| p.code).collect())
            }
            other => panic!("{other:?}"),
        }
    }
}

fn request(demo: &str, params: &[(&str, Value)]) -> RunRequest {
    let pair = |(name, value): &(&str, Value)| ((*name).to_owned(), value.clone());
    RunRequest {
        run: 1,
        demo: demo.to_owned(),
        params: params.iter().map(pair).collect(),
        seed: "5".to_owned(),
        policy: Policy::Fifo,
        clock: Clock::Virtual,
        server: "http://127.0.0.1:8080".to_owned(),
        newest: false,
        limit: 100_000,
        window: 10_000,
    }
}

fn endless() -> RunRequest {
    request("producer-consumer", &[("endless", Value::Flag(true))])
}

/// The log and figures of the same run without any engine.
fn alone(request: &RunRequest) -> (Vec<u8>, RunSummary) {
    let mut run = prepare(RunSetup {
        demo: request.demo.clone(),
        values: request.params.clone(),
        seed: request.seed.parse().unwrap(),
        policy: request.policy.clone(),
        clock: Clock::Virtual,
        real_clock: None,
        server: request.server.clone(),
        outside: Rc::new(NoOutside),
        limit: request.limit,
    })
    .unwrap();
    while run.step(u32::MAX) != Progress::Ended {}
    let summary = run.finish();
    (encode(&run.runtime().log()), summary)
}

#[test]
fn the_engine_greets_with_its_version_and_every_demo() {
    let talk = Talk::begin();
    match &talk.replies()[..] {
        [Reply::Ready { version, demos }] => {
            assert_eq!(*version, VERSION);
            let slugs: Vec<&str> = demos.iter().map(|demo| &*demo.slug).collect();
            for slug in ["hello", "producer-consumer", "semaphore", "timeout"] {
                assert!(slugs.contains(&slug), "{slugs:?}");
            }
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_page_gets_the_log_that_the_run_has_alone() {
    for (demo, polls) in [("hello", 1), ("producer-consumer", 7), ("timeout", 1000)] {
        let request = request(demo, &[]);
        let talk = Talk::run(request.clone());
        talk.finish(polls);
        let (log, is_complete) = talk.log();
        assert!(is_complete);
        let (bytes, summary) = alone(&request);
        assert_eq!(encode(&log), bytes, "{demo}");
        let replies = talk.replies();
        assert_eq!(replies.first(), Some(&Reply::Started { run: 1 }));
        assert_eq!(replies.last(), Some(&Reply::Ended { run: 1, summary }));
        let batches = &replies[1..replies.len() - 1];
        assert!(
            batches
                .iter()
                .all(|reply| *reply == Reply::Batch { run: 1 })
        );
    }
}

#[test]
fn neither_the_window_nor_the_size_of_a_step_changes_the_log() {
    let mut request = request("producer-consumer", &[]);
    let (bytes, _) = alone(&request);
    for (window, polls) in [(1, 1), (2, 50), (100, 3), (1_000_000, 1_000_000)] {
        request.window = window;
        let talk = Talk::run(request.clone());
        talk.finish(polls);
        let (log, is_complete) = talk.log();
        assert!(is_complete);
        assert_eq!(encode(&log), bytes, "window {window}, steps of {polls}");
    }
}

#[test]
fn a_run_is_never_further_ahead_than_the_window() {
    let mut request = endless();
    request.window = 500;
    let talk = Talk::run(request);
    let mut before = 0;
    for _ in 0..20 {
        while !talk.slice(64, 100) && talk.log().0.len() < before + 500 {}
        // However often it is driven now, it stays where it is.
        talk.slice(64, 100);
        assert_eq!(talk.log().0.len(), before + 500);
        before += 500;
        talk.take_all();
    }
    assert_eq!(talk.hand.resumed.get(), 20);
}

#[test]
fn stopping_an_endless_run_sends_all_of_its_log_and_its_end() {
    let mut request = endless();
    request.window = 300;
    let talk = Talk::run(request);
    talk.slice(64, 100);
    talk.ask(&Request::Stop { run: 1 });
    let (log, is_complete) = talk.log();
    assert!(is_complete);
    let last = log.columns.get(log.len() - 1).unwrap();
    assert_eq!(
        (last.kind, last.flags),
        (Kind::RunEnded, Outcome::Stopped.code())
    );
    let summary = talk.summary();
    assert_eq!(summary.outcome, "stopped");
    assert_eq!(summary.events as usize, log.len());
    assert!(
        talk.hand.run.borrow().is_none(),
        "nobody drives it any more"
    );
    // A second stop has nobody to stop.
    talk.ask(&Request::Stop { run: 1 });
    assert_eq!(talk.replies(), []);
}

#[test]
fn the_end_waits_for_the_page_unless_the_page_wants_it() {
    let mut request = request("producer-consumer", &[]);
    request.window = 1_000_000;
    let talk = Talk::run(request.clone());
    talk.finish(1000);
    let events = talk.log().0.len();
    assert!(events > 300, "the demo has too few events for this test");

    // A window of all but the last events: the run ends within its last poll.
    request.window = u32::try_from(events).unwrap() - 1;
    let talk = Talk::run(request);
    while !talk.slice(1000, 1000) {
        if talk.slice(1000, 1) {
            break;
        }
    }
    let (log, is_complete) = talk.log();
    assert_eq!((log.len(), is_complete), (events - 1, false));
    assert!(!matches!(talk.replies().last(), Some(Reply::Ended { .. })));
    talk.ask(&Request::Taken { run: 1, events: 1 });
    assert!(talk.log().1);
    assert_eq!(talk.summary().outcome, "completed");
}

#[test]
fn a_run_asked_for_during_another_stops_that_one_first() {
    let talk = Talk::run(endless());
    talk.slice(64, 10);
    let first = talk.hand.run.borrow().clone().unwrap();
    talk.replies();
    talk.ask(&Request::Run(RunRequest {
        run: 2,
        ..request("hello", &[])
    }));
    let replies = talk.replies();
    let ended = replies
        .iter()
        .position(|reply| matches!(reply, Reply::Ended { run: 1, .. }));
    let started = replies
        .iter()
        .position(|reply| *reply == Reply::Started { run: 2 });
    assert!(ended.unwrap() < started.unwrap());
    assert!(first.is_complete());
    assert_eq!(talk.session.run(), 2);
}

#[test]
fn messages_about_another_run_are_left_alone() {
    let talk = Talk::run(endless());
    talk.slice(64, 10);
    talk.replies();
    talk.ask(&Request::Stop { run: 2 });
    talk.ask(&Request::Stop { run: 0 });
    talk.ask(&Request::Taken {
        run: 7,
        events: 100,
    });
    assert_eq!(talk.replies(), []);
    assert_eq!(talk.hand.resumed.get(), 0);
    assert!(!talk.slice(64, 1));
    assert_eq!(talk.session.run(), 1);
}

#[test]
fn a_full_log_ends_the_run() {
    let mut request = endless();
    request.limit = 1000;
    let talk = Talk::run(request);
    talk.finish(64);
    assert!(talk.log().1);
    let summary = talk.summary();
    assert_eq!(summary.outcome, "limit");
    assert!(summary.events >= 1000);
}

#[test]
fn what_cannot_run_is_refused_with_every_reason() {
    let refused = |request: RunRequest| Talk::run(request).refusal().1;
    assert_eq!(refused(request("nothing", &[])), ["unknown-demo"]);
    let bad = [
        ("capacity", Value::Integer(-1)),
        ("nope", Value::Integer(1)),
    ];
    let mut codes = refused(request("producer-consumer", &bad));
    codes.sort();
    assert_eq!(codes, ["out-of-range", "unknown-parameter"]);
    let mut serverless = request("fetch", &[]);
    serverless.clock = Clock::Live;
    serverless.server = String::new();
    assert_eq!(refused(serverless), ["not-an-address"]);
    let mut seedless = request("hello", &[]);
    seedless.seed = "x".to_owned();
    assert_eq!(refused(seedless), ["not-a-seed"]);
}

#[test]
fn a_refused_run_leaves_nothing_behind_and_its_number_is_used() {
    let talk = Talk::run(request("nothing", &[]));
    assert_eq!(talk.refusal(), (1, vec!["unknown-demo".to_owned()]));
    assert_eq!(talk.session.run(), 0);
    talk.ask(&Request::Run(request("hello", &[])));
    assert_eq!(talk.refusal(), (1, vec!["out-of-range".to_owned()]));
    talk.ask(&Request::Run(RunRequest {
        run: 2,
        ..request("hello", &[])
    }));
    assert_eq!(talk.replies(), [Reply::Started { run: 2 }]);
}

#[test]
fn what_is_no_request_is_refused_and_the_run_goes_on() {
    let talk = Talk::run(request("hello", &[]));
    for message in [
        "",
        "[]",
        "{\"type\":\"fly\"}",
        "{\"type\":\"run\",\"run\":9}",
    ] {
        talk.session.receive(message);
        let (run, codes) = talk.refusal();
        assert_eq!(codes, ["malformed-request"], "{message}");
        assert!(run == 0 || run == 9);
    }
    talk.session.refuse_non_text();
    assert_eq!(talk.refusal(), (0, vec!["malformed-request".to_owned()]));
    talk.finish(10);
    assert_eq!(talk.summary().outcome, "completed");
}

#[test]
fn a_live_run_goes_on_while_its_events_wait_for_the_page() {
    let mut request = request("hello", &[]);
    (request.clock, request.window) = (Clock::Live, 5);
    let talk = Talk::run(request);
    let run = talk.hand.run.borrow().clone().unwrap();
    while !talk.slice(1, 1) {
        assert_eq!(run.allowance(), u32::MAX);
        talk.hand.clock.set(talk.hand.clock.get() + 100_000_000);
    }
    let (log, is_complete) = talk.log();
    assert_eq!((log.len(), is_complete), (5, false));
    while !talk.log().1 {
        let before = talk.log().0.len();
        talk.take_all();
        assert!(talk.log().0.len() <= before + 5);
    }
    let summary = talk.summary();
    assert_eq!(summary.outcome, "completed");
    assert!(summary.end_ns >= 2_000_000_000);
}

#[test]
fn a_run_whose_newest_are_kept_goes_on_beyond_any_limit_in_a_bounded_room() {
    let mut request = endless();
    (request.limit, request.newest) = (1_000, true);
    let talk = Talk::run(request.clone());
    let (mut decoder, mut copy) = (Decoder::new(), Log::new());
    let mut most = 0;
    while copy.len() < 400_000 {
        talk.slice(1_000, 3);
        for batch in talk.page.batches.take() {
            decoder.read(&mut copy, &batch).unwrap();
        }
        let run = talk.hand.run.borrow().clone().unwrap();
        most = most.max(run.runtime().log().columns.memory());
        let events = copy.len() as u32;
        talk.ask(&Request::Taken { run: 1, events });
    }
    // What was sent, a window, and a chunk at either end; 28 bytes an event.
    assert!(most < (65_536 + 2 * 10_000) * 28, "{most} bytes");
    // Nothing is missing, and nothing differs from a run that keeps it all.
    (request.limit, request.newest) = (copy.len() as u32, false);
    let mut whole = Log::new();
    Decoder::new().read(&mut whole, &alone(&request).0).unwrap();
    for (one, other) in copy.columns.iter_from(0).zip(whole.columns.iter_from(0)) {
        let what = |event: &Event| (event.time, event.kind, event.subject, event.object);
        assert_eq!(what(&one), what(&other));
        let texts = |log: &Log, event: &Event| event.texts().map(|text| log.text(text).to_owned());
        assert_eq!(texts(&copy, &one), texts(&whole, &other));
    }
    talk.ask(&Request::Stop { run: 1 });
    let mut complete = false;
    for batch in talk.page.batches.take() {
        complete = decoder.read(&mut copy, &batch).unwrap();
    }
    assert!(complete);
    let summary = talk.summary();
    assert_eq!((&*summary.outcome, &*summary.log_sha256), ("stopped", ""));
    assert_eq!(summary.events as usize, copy.len());
}
