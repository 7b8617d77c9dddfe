//! Simulated files: what was written is what is read, unless somebody else wrote, too.

use wakeline::log::Kind;
use wakeline_demos::RunSetup;
use wakeline_protocol::Policy;

use crate::support::{Story, ms, run, run_preset, run_setup, values};

/// The most permits of open files that were held at once.
fn most_open(story: &Story) -> u64 {
    let open = story.resource("open files");
    let (mut held, mut most) = (0, 0);
    for event in story.events().filter(|event| event.object == open) {
        match event.kind {
            Kind::Acquired => held += event.value,
            Kind::Released => held -= event.value,
            _ => {}
        }
        most = most.max(held);
    }
    assert_eq!(held, 0);
    most
}

fn assert_says(story: &Story, text: &str) {
    assert_eq!(story.saying(text).len(), 1, "{text}: {:#?}", story.lines);
}

#[test]
fn many_files_hold_what_was_written_with_at_most_so_many_open() {
    for policy in [Policy::Fifo, Policy::Random] {
        let story = run_setup(RunSetup {
            values: values("files", &[("scene", "many"), ("files", "20")]),
            policy,
            ..RunSetup::of("files")
        });
        assert_eq!(most_open(&story), 3);
        assert_says(&story, "20 of 20 files hold what was written");
    }
}

#[test]
fn an_access_takes_its_delay_and_the_time_of_its_bytes() {
    let pairs = [
        ("scene", "many"),
        ("files", "1"),
        ("size_bytes", "40000"),
        ("chunk_bytes", "16000"),
    ];
    let story = run("files", &pairs);
    // Pieces of 16, 16 and 8 kB at 2000 kB/s, twice, and the look beyond the end.
    let once = (5 + 8) + (5 + 8) + (5 + 4);
    assert_eq!(story.end_ms(), once + once + 5);
}

#[test]
fn who_shares_a_name_reads_what_others_wrote() {
    let story = run_preset("files", "torn", &[]);
    let foreign = story.saying("bytes are somebody else’s");
    assert!(!foreign.is_empty());
    let line = &story.saying("files hold what was written")[0].text;
    let whole: usize = line.split(' ').next().unwrap().parse().unwrap();
    assert_eq!(whole + foreign.len(), 6);
    // One at a time, nobody is in the way.
    let alone = run_preset("files", "torn", &[("concurrency", "1")]);
    assert_says(&alone, "6 of 6 files hold what was written");
}

#[test]
fn a_large_file_goes_through_memory_in_pieces() {
    let pairs = [("large_bytes", "100001"), ("chunk_bytes", "1000")];
    let story = run_preset("files", "large", &pairs);
    assert_says(&story, "100001 bytes written in 101 pieces");
    assert_says(&story, "100001 bytes read, and they are the same");
    // An access each to write and to read, and one to find the end.
    let timers = story
        .events()
        .filter(|event| event.kind == Kind::TimerFired);
    assert_eq!(timers.count(), 101 + 101 + 1);
}

#[test]
fn records_come_back_as_they_were_whatever_the_chunks() {
    for chunk in ["16", "17", "1000"] {
        let story = run("files", &[("scene", "json"), ("chunk_bytes", chunk)]);
        assert_says(&story, "JSON: 12 records");
        assert_says(&story, "the same as before");
    }
    let none = run("files", &[("scene", "json"), ("records", "0")]);
    assert_says(&none, "JSON: 0 records, 2 bytes, the same as before");
}

#[test]
fn lines_come_out_whole_whatever_the_chunks() {
    let lines = |chunk: &str| {
        let pairs = [
            ("scene", "lines"),
            ("chunk_bytes", chunk),
            ("records", "40"),
        ];
        let story = run("files", &pairs);
        assert_says(&story, "40 lines,");
        let lines = story.saying("line ");
        lines
            .iter()
            .map(|line| line.text.clone())
            .collect::<Vec<_>>()
    };
    let small = lines("16");
    assert!(!small.is_empty());
    assert_eq!(small, lines("5000"));
    let pieces = run_preset("files", "small_chunks", &[]);
    let line = &pieces.saying("12 lines,")[0].text;
    let count: u64 = line.split(' ').next_back().unwrap().parse().unwrap();
    // Each line is longer than a piece, or as long. All are written, read, and looked beyond.
    assert!(count > 12, "{line}");
    assert!(ms(pieces.summary.end_ns) >= (count + count + 1) * 5);
}

#[test]
fn every_run_says_that_its_files_are_simulated() {
    let story = run("files", &[]);
    assert_eq!(story.lines[0].text, "the files of this run are simulated");
    for text in ["6 of 6", "large file", "JSON", "12 lines"] {
        assert!(!story.saying(text).is_empty(), "{text}");
    }
}
