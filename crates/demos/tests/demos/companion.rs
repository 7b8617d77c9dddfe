//! The network demos in virtual time, on the simulated companion server.

use wakeline::log::{Kind, MessageDirection};

use crate::support::{run, run_preset};

#[test]
fn requests_come_to_the_ends_that_were_asked_for() {
    let story = run("fetch", &[("mode", "concurrent")]);
    for line in [
        "/api/delay/300: 16 bytes of JSON",
        "/api/bytes/20000: 20000 bytes",
        "/api/drip?bytes=600&ms=900: 600 bytes",
        "/api/status/404: status 404",
        "/api/invalid-json: no valid JSON",
        "/api/drop: the connection broke",
        "/api/delay/8000: took too long",
    ] {
        assert_eq!(story.saying(line).len(), 1, "{line}");
    }
    assert_eq!(story.summary.outcome, "completed");
}

#[test]
fn redirections_are_followed_to_their_end_or_given_up() {
    let story = run(
        "fetch",
        &[("paths", "/api/redirect/3 /api/redirect/30 /nowhere")],
    );
    assert_eq!(story.saying("/api/redirect/3: 19 bytes of JSON").len(), 1);
    assert_eq!(story.saying("too many redirections").len(), 1);
    assert_eq!(story.saying("/nowhere: status 404").len(), 1);
}

#[test]
fn cancelling_closes_the_connections_of_what_was_under_way() {
    let story = run_preset("fetch", "cancelled", &[]);
    assert_eq!(
        story.lines.last().unwrap().text,
        "after 1000 ms: 1 good, 0 failed, 2 given up"
    );
    let ended = story
        .events()
        .filter(|event| event.kind == Kind::NetworkEnded && event.flags == 2);
    assert_eq!(ended.count(), 2, "two requests were aborted");
}

#[test]
fn in_a_room_everybody_hears_everybody() {
    let story = run("websocket", &[("clients", "4"), ("messages", "3")]);
    assert_eq!(
        story.lines.last().unwrap().text,
        "12 sent, 48 received, 4 sockets"
    );
    assert_eq!(story.saying("in the room, heard 12").len(), 4);
    assert_eq!(story.saying("pong after 40 ms").len(), 4);
}

#[test]
fn who_is_hung_up_on_comes_back_until_everything_is_said() {
    let story = run_preset("websocket", "hang_up", &[]);
    assert_eq!(
        story.lines.last().unwrap().text,
        "26 sent, 20 received, 8 sockets"
    );
    assert_eq!(story.saying("the server hung up (code 1006)").len(), 6);
}

#[test]
fn a_narrow_window_makes_a_sender_of_much_wait() {
    let story = run_preset("websocket", "heavy", &[]);
    assert_eq!(
        story.lines.last().unwrap().text,
        "200 sent, 200 received, 2 sockets"
    );
    let sent = story.of_task("client 1", Kind::NetworkMessage);
    let sent = sent.filter(|event| event.flags == MessageDirection::SentText.code());
    let times: Vec<u64> = sent.map(|event| event.time).collect();
    assert!(times.last() > times.first());
}

#[test]
fn a_name_that_is_none_is_refused_like_everywhere() {
    let story = run("websocket", &[("room", "no room")]);
    assert_eq!(story.summary.outcome, "failed");
}
