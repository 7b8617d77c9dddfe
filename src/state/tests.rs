//! What the page shows after what happened.

use wakeline_protocol::{Clock, Problem, RunSummary, TaskCounts};
use wakeline_timeline::log::{self, Kind, Log, encode};

use super::file::{Progress, Reading, Refusal};
use super::samples::opened;
use super::{Action, App, EngineState, Notice, Phase, Playhead, RunPlan};
use crate::engine::{Event, Failure};
use crate::model::ModelHandle;
use crate::selection::Selection;

/// A log with an event at each of these milliseconds.
fn batch(milliseconds: &[u64]) -> Vec<u8> {
    let mut log = Log::new();
    for millisecond in milliseconds {
        log.columns.push(log::Event {
            time: millisecond * 1_000_000,
            kind: Kind::RunBegun,
            flags: 0,
            location: 0,
            subject: 0,
            object: 0,
            value: 0,
        });
    }
    encode(&log)
}

fn summary() -> RunSummary {
    RunSummary {
        outcome: "completed".to_owned(),
        reason: String::new(),
        end_ns: 0,
        events: 0,
        polls: 0,
        tasks: TaskCounts::default(),
        log_sha256: String::new(),
    }
}

/// The page and what happens to it.
struct Story {
    app: App,
}

impl Story {
    fn begin() -> Self {
        let app = opened("demo=sample");
        Self { app }
    }

    fn act(&mut self, action: Action) -> &mut Self {
        self.app.act(action);
        self
    }

    fn hear(&mut self, event: Event) -> &mut Self {
        self.act(Action::Engine(event))
    }

    fn plan(&self) -> RunPlan {
        self.app.plan().unwrap()
    }

    fn ask(&mut self, run: u32) -> &mut Self {
        let plan = self.plan();
        self.hear(Event::Asked { run, plan })
    }

    fn start(&mut self, run: u32) -> &mut Self {
        self.hear(Event::Started { run })
    }

    fn send(&mut self, run: u32, milliseconds: &[u64]) -> &mut Self {
        let bytes = batch(milliseconds);
        self.hear(Event::Batch { run, bytes })
    }

    fn end(&mut self, run: u32) -> &mut Self {
        let summary = summary();
        self.hear(Event::Ended { run, summary })
    }

    /// A whole run.
    fn run(&mut self, run: u32, milliseconds: &[u64]) -> &mut Self {
        self.ask(run).start(run).send(run, milliseconds).end(run)
    }

    fn shown(&self) -> Option<u32> {
        self.app.runs.shown.as_ref().map(|run| run.number)
    }

    fn phase(&self) -> Option<&Phase> {
        self.app.runs.shown.as_ref().map(|run| &run.phase)
    }

    fn notices(&self) -> Vec<Notice> {
        let notices = self.app.notices.iter();
        notices.map(|(_, notice)| notice.clone()).collect()
    }
}

#[test]
fn the_old_picture_stays_until_the_new_run_is_complete() {
    let mut story = Story::begin();
    story.run(1, &[0, 1]);
    story.ask(2).start(2).send(2, &[0, 1, 2]);
    assert_eq!(story.shown(), Some(1));
    assert!(story.app.runs.noticed().is_none(), "nothing flickers");
    story.end(2);
    assert_eq!(story.shown(), Some(2));
}

#[test]
fn a_run_that_takes_its_time_is_shown_while_it_grows() {
    let mut story = Story::begin();
    story.run(1, &[0]).ask(2).start(2);
    story.act(Action::Late(2));
    assert_eq!(story.shown(), Some(1), "there is nothing of it to show yet");
    assert_eq!(story.app.runs.noticed().map(|run| run.number), Some(2));
    story.send(2, &[0, 1]);
    assert_eq!(story.shown(), Some(2));
    assert!(story.app.runs.noticed().is_some());
    story.end(2);
    assert!(story.app.runs.noticed().is_none());
}

#[test]
fn a_live_run_is_shown_from_its_beginning() {
    let mut story = Story::begin();
    story.run(1, &[0]).act(Action::SetClock(Clock::Live));
    story.ask(2).start(2);
    assert_eq!(story.shown(), Some(2));
}

#[test]
fn what_is_said_of_a_run_that_nobody_waits_for_is_dropped() {
    let mut story = Story::begin();
    story.ask(1).start(1).ask(2).start(2);
    story.send(1, &[0, 1, 2]).end(1);
    assert_eq!(story.shown(), None);
    story.send(2, &[0]).end(2);
    assert_eq!(story.shown(), Some(2));
    story.end(1);
    assert_eq!(
        story.app.runs.shown.as_ref().map(|run| run.events()),
        Some(1)
    );
}

#[test]
fn the_reader_stays_at_the_same_time_when_another_run_takes_the_place() {
    let mut story = Story::begin();
    story.run(1, &[0, 10, 20, 30]);
    story.act(Action::Playhead(3));
    story.run(2, &[0, 5, 10, 15, 20, 25]);
    assert_eq!(story.app.step(), 5, "everything up to 20 ms has happened");
    story.run(3, &[0, 5]);
    assert_eq!(story.app.look.playhead, Playhead::End);
}

#[test]
fn the_step_of_a_link_survives_the_first_run() {
    let mut story = Story {
        app: opened("demo=sample&at=2"),
    };
    story.run(1, &[0, 1, 2, 3]);
    assert_eq!(story.app.step(), 2);
}

#[test]
fn another_demo_begins_at_its_end_with_nothing_selected() {
    let mut story = Story::begin();
    story.run(1, &[0, 1, 2]);
    story.act(Action::Playhead(1));
    story.act(Action::Select(Some(Selection::Task(1))));
    story.act(Action::Choose("network".to_owned()));
    assert_eq!(story.app.look.playhead, Playhead::End);
    assert_eq!(story.app.look.selection, None);
    assert_eq!(story.shown(), None, "nothing runs by itself here");
}

#[test]
fn a_demo_that_does_not_exist_is_not_chosen() {
    let mut story = Story::begin();
    story.act(Action::Choose("nope".to_owned()));
    assert_eq!(story.app.setup.demo, "sample");
}

#[test]
fn a_run_that_is_cut_off_keeps_what_it_did_and_the_page_says_so() {
    let mut story = Story::begin();
    story.ask(1).start(1).send(1, &[0, 1]);
    story
        .act(Action::Stopping(1))
        .hear(Event::Replaced { run: 1 });
    assert_eq!(story.shown(), Some(1));
    assert_eq!(story.phase(), Some(&Phase::CutOff));
    assert_eq!(story.app.stopping, None);
    assert_eq!(story.notices(), [Notice::Replaced]);
}

#[test]
fn a_refused_run_leaves_the_picture_and_tells_why() {
    let mut story = Story::begin();
    story.run(1, &[0]).ask(2);
    let problems = vec![Problem::new("too-long")];
    story.hear(Event::Refused {
        run: 2,
        problems: problems.clone(),
    });
    assert_eq!(story.shown(), Some(1));
    assert_eq!(story.notices(), [Notice::Refused(problems)]);
    story.ask(3);
    assert_eq!(
        story.notices(),
        [],
        "the next run begins with a clean slate"
    );
}

#[test]
fn damaged_events_end_the_run_and_no_summary_hides_that() {
    let mut story = Story::begin();
    story.ask(1).start(1).send(1, &[0, 1]);
    let bytes = vec![0xff; 40];
    story.hear(Event::Batch { run: 1, bytes });
    assert_eq!(story.phase(), Some(&Phase::Damaged));
    assert!(matches!(story.notices()[..], [Notice::Damaged { .. }]));
    story.end(1);
    assert_eq!(story.phase(), Some(&Phase::Damaged));
}

#[test]
fn an_engine_that_fails_takes_its_run_along_and_nothing_else() {
    let mut story = Story::begin();
    story.run(1, &[0]).ask(2).start(2).send(2, &[0, 1]);
    story.hear(Event::Lost { run: 2 });
    story.hear(Event::Failed(Failure::Unintelligible));
    assert_eq!(story.phase(), Some(&Phase::CutOff));
    assert_eq!(
        story.app.engine,
        EngineState::Failed(Failure::Unintelligible)
    );
    assert!(!story.app.demos.is_empty());
}

#[test]
fn only_a_change_that_does_not_run_by_itself_leaves_the_picture_out_of_date() {
    let mut story = Story::begin();
    story.run(1, &[0]);
    assert!(!story.app.is_out_of_date());
    story.act(Action::SetParam("capacity".to_owned(), "9".to_owned()));
    assert!(story.app.is_out_of_date());
    assert!(story.app.automatic_plan().is_some());
    story.act(Action::SetClock(Clock::Live));
    assert!(story.app.automatic_plan().is_none());
    story.act(Action::SetParam("capacity".to_owned(), "x".to_owned()));
    assert!(story.app.plan().is_none());
}

fn read(bytes: &[u8]) -> Result<ModelHandle, Refusal> {
    let mut reading = Reading::begin(bytes.len());
    loop {
        let wanted = reading.wanted().into_iter();
        let parts: Vec<Vec<u8>> = wanted.map(|part| bytes[part].to_vec()).collect();
        match reading.give(&parts)? {
            Progress::Reading(more) => reading = more,
            Progress::Read(model) => return Ok(model),
        }
    }
}

fn open_file(name: &str, bytes: Vec<u8>) -> Action {
    Action::Open {
        name: name.to_owned(),
        address: None,
        read: read(&bytes),
        beside: None,
    }
}

#[test]
fn of_two_files_one_is_shown_and_the_other_there_to_compare_it_with() {
    let mut story = Story::begin();
    story.run(1, &[0, 1, 2]);
    let other = read(&batch(&[0, 1])).unwrap();
    story.act(Action::Open {
        name: "a".to_owned(),
        address: None,
        read: read(&batch(&[0, 1, 2, 3, 4])),
        beside: Some(("b".to_owned(), other, 1)),
    });
    assert_eq!(story.app.shown().map(|run| run.events()), Some(5));
    assert_eq!(story.app.kept.as_ref().map(|run| run.events()), Some(2));
    let (shown, kept) = story.app.compared();
    assert!(shown != kept && story.app.ghost().is_some());
    let notices: Vec<&Notice> = story.app.notices.iter().map(|(_, notice)| notice).collect();
    let several = Notice::Several {
        shown: "a".to_owned(),
        kept: "b".to_owned(),
        more: 1,
    };
    assert_eq!(notices, [&several]);
    // The next file is opened alone; what is kept stays.
    story.act(open_file("c", batch(&[0])));
    assert_eq!(story.app.notices.iter().count(), 0);
    assert_eq!(story.app.kept.as_ref().map(|run| run.events()), Some(2));
}

#[test]
fn a_file_is_shown_in_the_place_of_the_run_and_leads_back_to_it() {
    let mut story = Story::begin();
    story.run(1, &[0, 1, 2]).act(Action::Playhead(1));
    story.act(Action::Select(Some(Selection::Task(7))));
    story.act(open_file("a", batch(&[0, 1, 2, 3, 4])));
    assert_eq!(story.app.shown().map(|run| run.events()), Some(5));
    assert_eq!(story.app.look.selection, None);
    assert_eq!(
        super::link::write(&story.app),
        "demo=sample",
        "nobody else has the file"
    );
    story
        .act(Action::Playhead(3))
        .act(open_file("b", batch(&[0])));
    assert_eq!(story.app.shown().map(|run| run.events()), Some(1));
    story.run(2, &[0, 1, 2]);
    assert_eq!(
        story.app.shown().map(|run| run.events()),
        Some(1),
        "the file stays"
    );
    story.act(Action::CloseFile);
    assert_eq!(story.app.shown().map(|run| run.number), Some(2));
    assert_eq!(story.app.look.playhead, Playhead::At(1));
    assert_eq!(story.app.look.selection, Some(Selection::Task(7)));
}

#[test]
fn whoever_changes_a_parameter_wants_to_see_the_run() {
    let mut story = Story::begin();
    story.run(1, &[0]).act(open_file("a", batch(&[0, 1])));
    story.act(Action::SetParam("capacity".to_owned(), "9".to_owned()));
    assert_eq!(story.app.shown().map(|run| run.number), Some(1));
}

#[test]
fn what_is_no_whole_log_is_refused_and_takes_nothing_away() {
    let mut story = Story::begin();
    story.run(1, &[0, 1]);
    let whole = batch(&[0, 1, 2]);
    let mut late = whole.clone();
    late.extend([1, 2, 3]);
    let stream = {
        let mut log = Log::new();
        log.strings.intern("text");
        log::encode_since(&log, log::Position::default())
    };
    let files = [
        (Vec::new(), "not-a-log", 0),
        (
            b"PK\x03\x04 and more than twelve bytes".to_vec(),
            "not-a-log",
            0,
        ),
        (
            whole[..whole.len() - 3].to_vec(),
            "truncated",
            whole.len() - 4,
        ),
        (late, "data-after-the-end", whole.len()),
        (stream.clone(), "no-end", stream.len()),
    ];
    for (bytes, code, at) in files {
        story.act(open_file("x", bytes));
        let told = story.notices().pop();
        let Some(Notice::FileRefused { refusal, .. }) = told else {
            panic!("{code}: {told:?}");
        };
        assert_eq!((refusal.code, refusal.at), (code, at));
        assert_eq!(story.shown(), Some(1));
    }
    story.act(open_file("good", whole));
    assert_eq!(story.notices(), [], "what was said of other files is over");
}

#[test]
fn a_linked_log_is_waited_for_and_has_the_playhead_of_the_link() {
    let opened = opened("demo=sample&at=2&log=runs/a.wakeline");
    let mut story = Story { app: opened };
    story.run(1, &[0, 1, 2]);
    assert_eq!(
        story.app.shown(),
        None,
        "nothing is shown that would be gone at once"
    );
    story.act(Action::Open {
        name: "runs/a.wakeline".to_owned(),
        address: Some("runs/a.wakeline".to_owned()),
        read: read(&batch(&[0, 1, 2, 3])),
        beside: None,
    });
    assert_eq!(
        (story.app.step(), story.app.shown().map(|run| run.events())),
        (2, Some(4))
    );
    let link = "demo=sample&at=2&log=runs/a.wakeline";
    assert_eq!(super::link::write(&story.app), link);
}
