//! Messages over simulated connections, and what a bad client does to the others.

use wakeline::log::{Kind, MessageDirection, NetworkPhase};

use crate::support::{Story, run, run_preset};

fn last(story: &Story) -> &str {
    &story.lines.last().unwrap().text
}

#[test]
fn the_tutorial_has_three_pongs_and_six_broadcasts() {
    let story = run_preset("tcp-messages", "tutorial", &[]);
    assert_eq!(
        last(&story),
        "3 pongs, 3 echoes, 6 broadcasts received, 0 refused"
    );
    assert_eq!(story.saying("pong after 40 ms").len(), 3);
    assert_eq!(story.saying("3 clients are here").len(), 3);
}

#[test]
fn everybody_else_hears_every_broadcast_once_whatever_the_line_is_like() {
    for line in [
        &[][..],
        &[("split", "1"), ("split_pause_ms", "0")],
        &[("split", "13"), ("split_pause_ms", "3")],
        &[("loss", "50"), ("jitter_ms", "100")],
    ] {
        let pairs = [&[("clients", "4"), ("broadcasts", "3")], line].concat();
        let story = run("tcp-messages", &pairs);
        assert_eq!(
            last(&story),
            "4 pongs, 4 echoes, 36 broadcasts received, 4 refused",
            "{line:?}"
        );
    }
}

#[test]
fn frames_travel_in_pieces_of_the_length_that_was_asked_for() {
    let story = run_preset("tcp-messages", "pieces", &[]);
    let sent = story.of_task("client 1 says", Kind::NetworkMessage);
    let lengths: Vec<u32> = sent
        .filter(|event| {
            event.flags == MessageDirection::SentText.code()
                || event.flags == MessageDirection::SentBytes.code()
        })
        .map(|event| event.high())
        .collect();
    assert!(lengths.len() > 20);
    assert!(lengths.iter().all(|length| *length <= 7) && lengths.contains(&7));
}

/// What a bad client does, and what the server says of it.
#[test]
fn a_bad_client_is_told_apart_and_harms_nobody() {
    for (preset, said) in [
        ("oversize", "server: a frame of 10001 bytes from client"),
        ("half_a_frame", "broke off"),
        ("deaf", "does not take in what it is sent"),
        ("crash", "broke off"),
    ] {
        let story = run_preset("tcp-messages", preset, &[]);
        assert_eq!(story.saying(said).len(), 1, "{preset}");
        assert_eq!(story.summary.outcome, "completed", "{preset}");
        assert!(last(&story).starts_with("3 pongs, 3 echoes, "), "{preset}");
        let clients = story.saying("clients are here").len();
        assert_eq!(clients, 3, "{preset}");
    }
    let story = run_preset("tcp-messages", "deaf", &[]);
    assert_eq!(
        last(&story),
        "3 pongs, 3 echoes, 180 broadcasts received, 3 refused"
    );
}

/// What was done to the network, as the log has it.
fn faults(story: &Story) -> Vec<(u64, &str)> {
    let fault = NetworkPhase::Fault.code();
    story
        .events()
        .filter(|event| event.kind == Kind::NetworkPhase && event.flags == fault)
        .map(|event| (event.time / 1_000_000, story.log.text(event.low())))
        .collect()
}

#[test]
fn a_line_that_fails_for_a_while_costs_time_and_nothing_else() {
    let sound = run("tcp-messages", &[]);
    assert!(faults(&sound).is_empty());
    for (fault, first) in [
        ("hold", "hold client 1 – server"),
        ("one-way", "cut client 1 → server"),
        ("partition", "partition client 1 | server"),
    ] {
        let pairs = [
            ("fault", fault),
            ("fault_at_ms", "70"),
            ("fault_ms", "1500"),
        ];
        let story = run("tcp-messages", &pairs);
        assert_eq!(story.summary.outcome, "completed", "{fault}");
        assert_eq!(last(&story), last(&sound), "{fault}");
        assert!(story.end_ms() > 1_570 && sound.end_ms() < 1_000);
        let faults = faults(&story);
        assert_eq!(faults[0], (70, first));
        assert_eq!((faults.len(), faults[1].0), (2, 1_570));
        assert_eq!(story.summary.tasks.dropped, sound.summary.tasks.dropped);
    }
}

#[test]
fn a_line_that_stays_cut_ends_its_connection_and_no_other() {
    let story = run(
        "tcp-messages",
        &[("fault", "partition"), ("fault_ms", "60000")],
    );
    assert_eq!(story.summary.outcome, "failed");
    assert!(
        story.summary.reason.starts_with("client 1: "),
        "{}",
        story.summary.reason
    );
    assert_eq!(story.saying("clients are here").len(), 2);
    // A fault that comes too late finds nothing to break.
    let story = run(
        "tcp-messages",
        &[("fault", "hold"), ("fault_at_ms", "50000")],
    );
    assert_eq!(story.summary.outcome, "completed");
    assert!(faults(&story).is_empty());
}
