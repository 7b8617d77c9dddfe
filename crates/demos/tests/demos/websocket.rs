//! Sockets, on a network that the test holds in its hand.

use std::rc::Rc;

use wakeline::log::{Event, Kind, MessageDirection, NetworkPhase};

use crate::network::{Network, run_live, stop_after};
use crate::support::{Story, ms, preset, values};

fn run_on(network: &Rc<Network>, pairs: &[(&str, &str)]) -> Story {
    run_live("websocket", values("websocket", pairs), network)
}

fn run(pairs: &[(&str, &str)]) -> Story {
    run_on(&Rc::default(), pairs)
}

/// When the sockets of the first client were asked for, in milliseconds.
fn attempts(story: &Story) -> Vec<u64> {
    let attempts = story.of_task("client 1", Kind::NetworkBegun);
    attempts.map(|event| ms(event.time)).collect()
}

#[test]
fn in_an_echo_every_message_comes_back() {
    let story = run(&[("scene", "echo"), ("clients", "2"), ("messages", "5")]);
    assert_eq!(story.summary.outcome, "completed");
    assert_eq!(story.saying("is back").len(), 10);
    assert_eq!(
        story.lines.last().unwrap().text,
        "10 sent, 10 received, 2 sockets"
    );
}

#[test]
fn a_wider_window_has_more_messages_on_their_way() {
    let end = |window: &str| {
        let quick = [("scene", "echo"), ("clients", "1"), ("messages", "20")];
        let pairs = [&quick[..], &[("interval_ms", "0"), ("window", window)]].concat();
        let story = run(&pairs);
        let sent = story
            .events()
            .filter(|event| event.kind == Kind::NetworkMessage)
            .filter(|event| event.flags == MessageDirection::SentText.code());
        sent.filter(|event| ms(event.time) == 10).count()
    };
    assert_eq!((end("1"), end("7"), end("100")), (1, 7, 20));
}

#[test]
fn in_a_room_everybody_hears_everybody() {
    let story = run(&[("clients", "4"), ("messages", "3")]);
    assert_eq!(
        story.summary.outcome, "completed",
        "{}",
        story.summary.reason
    );
    assert_eq!(
        story.lines.last().unwrap().text,
        "12 sent, 48 received, 4 sockets"
    );
    for client in 1..=4 {
        let summary = format!("client {client}: ");
        let heard = story
            .lines
            .iter()
            .filter(|line| line.text.starts_with(&summary));
        assert_eq!(heard.filter(|line| line.text.contains("hears")).count(), 12);
    }
    assert_eq!(story.saying("pong after").len(), 4);
    assert_eq!(story.saying("in the room, heard 12").len(), 4);
}

#[test]
fn nobody_speaks_before_everybody_is_here_and_nobody_leaves_before_all_is_said() {
    let story = run(&[("clients", "5"), ("messages", "2")]);
    let positions = |found: &dyn Fn(&Event) -> bool| -> Vec<usize> {
        let events = story.events().enumerate();
        events
            .filter(|(_, event)| found(event))
            .map(|(position, _)| position)
            .collect()
    };
    let opened = positions(&|event| {
        event.kind == Kind::NetworkPhase && event.flags == NetworkPhase::Open.code()
    });
    let said = positions(&|event| {
        event.kind == Kind::NetworkMessage && story.log.text(event.low()).contains("broadcast")
    });
    let closed = positions(&|event| event.kind == Kind::NetworkEnded);
    assert_eq!((opened.len(), said.len(), closed.len()), (5, 10, 5));
    assert!(opened[4] < said[0] && said[9] < closed[0]);
}

#[test]
fn a_client_that_is_hung_up_on_comes_back_and_says_the_rest() {
    let story = run_live("websocket", preset("websocket", "hang_up"), &Rc::default());
    assert_eq!(
        story.summary.outcome, "completed",
        "{}",
        story.summary.reason
    );
    // Ten messages, three to a socket: four sockets for each of the two clients.
    assert!(
        story
            .lines
            .last()
            .unwrap()
            .text
            .ends_with("20 received, 8 sockets")
    );
    assert_eq!(story.saying("the server hung up (code 1006)").len(), 6);
}

#[test]
fn pauses_double_up_to_their_limit() {
    let network = Rc::new(Network::default());
    network.refusals.set(6);
    let pairs = [
        ("scene", "echo"),
        ("clients", "1"),
        ("attempts", "9"),
        ("backoff_ms", "100"),
        ("backoff_cap_ms", "500"),
    ];
    let story = run_on(&network, &pairs);
    assert_eq!(
        story.summary.outcome, "completed",
        "{}",
        story.summary.reason
    );
    // Each attempt takes 10 ms.
    assert_eq!(attempts(&story), [0, 110, 320, 730, 1240, 1750, 2260]);
}

#[test]
fn after_a_socket_that_held_the_pauses_begin_anew() {
    let story = run(&[
        ("scene", "drop"),
        ("clients", "1"),
        ("messages", "6"),
        ("drop_after", "3"),
        ("interval_ms", "300"),
        ("backoff_ms", "100"),
        ("backoff_cap_ms", "400"),
        ("attempts", "2"),
    ]);
    assert_eq!(
        story.summary.outcome, "completed",
        "{}",
        story.summary.reason
    );
    assert!(
        story
            .saying("tries again in")
            .iter()
            .all(|line| line.text.ends_with(" 100 ms"))
    );
}

#[test]
fn whoever_gives_up_says_why_and_holds_up_nobody() {
    for scene in ["echo", "room", "drop"] {
        let network = Rc::new(Network::default());
        network.down.set(true);
        let story = run_on(&network, &[("scene", scene), ("attempts", "3")]);
        assert_eq!(story.summary.outcome, "failed");
        let reason = "3 of 3 clients gave up; client 1: unreachable: refused";
        assert!(
            story
                .summary
                .reason
                .starts_with("ws://companion.test/api/socket/")
        );
        assert!(
            story.summary.reason.ends_with(reason),
            "{}",
            story.summary.reason
        );
        assert_eq!(attempts(&story), [0, 260, 770]);
        assert_eq!(story.summary.tasks.failed, 4, "the clients, and main");
    }
}

#[test]
fn one_client_that_gives_up_does_not_stop_the_room() {
    let network = Rc::new(Network::default());
    network.refusals.set(1);
    let story = run_on(
        &network,
        &[("clients", "3"), ("messages", "2"), ("attempts", "1")],
    );
    assert_eq!(story.summary.outcome, "failed");
    assert!(story.summary.reason.contains("1 of 3 clients gave up"));
    assert!(
        story
            .lines
            .last()
            .unwrap()
            .text
            .starts_with("4 sent, 8 received")
    );
}

#[test]
fn a_server_that_says_nothing_is_given_up_after_a_while() {
    for scene in ["echo", "room"] {
        let network = Rc::new(Network::default());
        network.mute.set(true);
        let pairs = [("scene", scene), ("attempts", "2"), ("patience_ms", "700")];
        let story = run_on(&network, &pairs);
        assert_eq!(story.summary.outcome, "failed");
        assert!(
            story.summary.reason.ends_with("no answer for 700 ms"),
            "{scene}"
        );
        assert_eq!(story.summary.tasks.dropped, 0);
    }
}

#[test]
fn a_name_that_is_none_of_a_room_is_refused() {
    for room in ["", "a/b", "über", "a b"] {
        let story = run(&[("room", room)]);
        assert_eq!(story.summary.outcome, "failed");
        assert!(
            story.summary.reason.contains("is no name of a room"),
            "{room}"
        );
        assert_eq!(
            story
                .events()
                .filter(|event| event.kind == Kind::NetworkBegun)
                .count(),
            0
        );
    }
}

#[test]
fn messages_have_the_size_that_was_asked_for() {
    for size in [1_u32, 25, 1000] {
        let text = size.to_string();
        let story = run(&[("scene", "echo"), ("clients", "1"), ("size", &text)]);
        let mut sent = story
            .events()
            .filter(|event| event.kind == Kind::NetworkMessage)
            .filter(|event| event.flags == MessageDirection::SentText.code());
        assert!(sent.all(|event| event.high() == size));
    }
}

#[test]
fn stopping_in_the_middle_closes_every_socket() {
    for scene in ["echo", "room", "drop"] {
        for polls in [1, 5, 10, 20, 35] {
            let values = values("websocket", &[("scene", scene)]);
            let story = stop_after(polls, "websocket", values, &Rc::default());
            assert_eq!(
                story.summary.outcome, "stopped",
                "{scene} after {polls} polls"
            );
            let count = |kind| story.events().filter(|event| event.kind == kind).count();
            assert_eq!(count(Kind::NetworkBegun), count(Kind::NetworkEnded));
            let tasks = story.summary.tasks;
            let ended = tasks.completed + tasks.failed + tasks.cancelled + tasks.dropped;
            assert_eq!(ended, tasks.created);
        }
    }
}
