//! What is drawn of tasks, each kind of thing at the place where the log says that it must be, and
//! not where it must not.

use wakeline_e2e::canvas::{Area, BAND, Canvas, POLL};
use wakeline_e2e::log::Log;
use wakeline_e2e::page::Page;
use wakeline_e2e::{Setting, Stage, story};

/// A window with room for every lane.
pub(crate) fn tall() -> Setting {
    Setting {
        size: (1300, 1500),
        ..Setting::default()
    }
}

/// The page with a run of a demo on the axis of steps, and its log.
pub(crate) async fn steps<'a>(
    stage: &'a Stage,
    demo: &str,
    preset: &str,
    more: &str,
) -> (Page<'a>, Canvas<'a>, Log) {
    let log = Log::of(demo, Some(preset));
    let page = stage.open(&format!("{}&axis=step{more}", log.query)).await;
    page.ended().await;
    let canvas = Canvas::of(&page).await;
    (page, canvas, log)
}

fn task(id: u64) -> String {
    format!("task-{id}")
}

#[test]
fn a_life_ends_in_the_sign_of_its_fate() {
    story(&tall(), async |stage| {
        let (_, canvas, log) = steps(stage, "lifecycle", "too_late", "").await;
        for (kind, row, colour) in [
            ("task-completed", "mark-returned", "--mark-returned"),
            ("task-failed", "mark-failed", "--mark-failed"),
            ("task-cancelled", "mark-cancelled", "--mark-cancelled"),
        ] {
            let end = log.first(kind);
            let x = canvas.at(end);
            let lane = task(log.subject(end));
            // Beside the last poll, which has the same colour.
            let beside = canvas.between(&lane, x + 3.0, x + 17.0, POLL).await;
            canvas.owns(row, beside, colour, 8).await;
        }
        // A life begins with its spawn, and not before.
        let born = log.first_from(2, "second task", |event| event["kind"] == "task-created");
        let x = canvas.at(born);
        let lane = task(log.subject(born));
        let line = canvas.between(&lane, x, x + 6.0, (24.0, 28.0)).await;
        canvas
            .sees("a life", line, "--lane-lifetime", |count| count >= 8)
            .await;
        let before = canvas.between(&lane, x - 8.0, x - 2.0, (24.0, 28.0)).await;
        canvas
            .sees("no life yet", before, "--lane-lifetime", |count| count == 0)
            .await;
        let (_, canvas, log) = steps(stage, "deadlock", "deadlock", "").await;
        let end = log.first("task-dropped");
        let x = canvas.at(end);
        let lane = task(log.subject(end));
        let beside = canvas.between(&lane, x + 3.0, x + 17.0, POLL).await;
        canvas.owns("mark-alive", beside, "--mark-alive", 8).await;
    });
}

#[test]
fn longer_polls_are_darker_and_only_one_thing_runs() {
    story(&tall(), async |stage| {
        let log = Log::of("blocking", Some("tutorial"));
        let page = stage.open(&log.query).await;
        page.ended().await;
        let canvas = Canvas::of(&page).await;
        let second = 1e9;
        // Two seconds, then one, then three: each at its quarter, away from words.
        let polls = [("task-3", 0.5), ("task-4", 2.25), ("task-5", 3.75)];
        let mut light = Vec::new();
        for (lane, at) in polls {
            let x = canvas.x(at * second);
            let (top, _) = canvas.lane(lane).await;
            light.push(canvas.colour(x, top + 24.0).await.iter().sum::<f64>());
            // The executor shows the same poll, and every other lane none.
            let executor = canvas.colour(x, 26.0 + 22.0).await;
            let own = canvas.colour(x, top + 24.0).await;
            assert_eq!(executor, own, "the executor runs {lane} at {at} s");
            for (other, _) in polls.iter().filter(|(other, _)| *other != lane) {
                let (top, _) = canvas.lane(other).await;
                assert_ne!(canvas.colour(x, top + 24.0).await, own, "{other} at {at} s");
            }
        }
        assert!(light[2] < light[0] && light[0] < light[1], "{light:?}");
        canvas
            .owns(
                "long-poll",
                canvas
                    .between(
                        "task-5",
                        canvas.x(4.0 * second),
                        canvas.x(4.3 * second),
                        POLL,
                    )
                    .await,
                "--lane-poll-long",
                200,
            )
            .await;
        // Nobody runs while everybody sleeps.
        page.go("demo=hello").await;
        page.ended().await;
        let canvas = Canvas::of(&page).await;
        let idle = Area {
            left: canvas.x(0.2 * second),
            top: 31.0,
            width: canvas.x(0.7 * second) - canvas.x(0.2 * second),
            height: 20.0,
        };
        canvas
            .sees("an idle executor", idle, "--lane-poll", |count| count == 0)
            .await;
    });
}

#[test]
fn who_is_ready_is_hatched_and_says_for_how_long_and_behind_whom() {
    story(&tall(), async |stage| {
        let log = Log::of("blocking", Some("tutorial"));
        let page = stage.open(&log.query).await;
        page.ended().await;
        let canvas = Canvas::of(&page).await;
        let (from, to) = (canvas.x(0.1e9), canvas.x(0.7e9));
        let area = canvas.between("task-4", from, to, POLL).await;
        let all = (area.width * area.height) as u64;
        // A hatch: some of the ground is seen, and some is not.
        canvas
            .sees("a hatch", area, "--lane-ready", |count| {
                count > all / 6 && count < all * 5 / 6
            })
            .await;
        canvas.owns("ready", area, "--lane-ready", all / 6).await;
        let middle = canvas
            .between(
                "task-4",
                canvas.x(1e9) - 14.0,
                canvas.x(1e9) + 14.0,
                (8.0, 22.0),
            )
            .await;
        canvas
            .sees("its length in words", middle, "--lane-text", |count| {
                count > 15
            })
            .await;
        let (top, _) = canvas.lane("task-5").await;
        canvas
            .mouse(&[("move", canvas.x(1e9), top + 16.0)], 0)
            .await;
        page.see_that("tooltip", |text| {
            text.contains("job 3: ready") && text.contains("job 1") && text.contains("job 2")
        })
        .await;
    });
}

#[test]
fn every_reason_to_wait_has_its_band_and_the_name_of_what_is_waited_for() {
    let cases = [
        (
            "producer-consumer",
            "full_queue",
            "channel-send",
            "send",
            "--reason-channel-send",
        ),
        (
            "producer-consumer",
            "full_queue",
            "channel-receive",
            "receive",
            "--reason-channel-receive",
        ),
        ("lock", "tutorial", "lock", "lock", "--reason-lock"),
        ("lock", "tutorial", "join", "join", "--reason-join"),
        (
            "semaphore",
            "tutorial",
            "semaphore",
            "semaphore",
            "--reason-semaphore",
        ),
        ("event", "tutorial", "event", "event", "--reason-event"),
        ("fetch", "delays", "network", "network", "--reason-network"),
        ("hello", "concurrent", "timer", "sleep", "--lane-sleep"),
        (
            "producer-consumer",
            "full_queue",
            "timer",
            "interval",
            "--reason-timer",
        ),
    ];
    story(&tall(), async |stage| {
        for (demo, preset, reason, row, colour) in cases {
            let (page, canvas, log) = steps(stage, demo, preset, "").await;
            // A wait that lasts: long enough to be seen where all of the run is.
            let begun = log.first_from(0, reason, |event| {
                let number = event["seq"].as_u64().unwrap_or_default() as usize;
                let is_task = |other: &&serde_json::Value| {
                    other["subject"] == event["subject"]
                        && matches!(other["kind"].as_str(), Some("task-ready" | "task-dropped"))
                };
                let next = log.events().iter().skip(number).find(is_task);
                let until = next.and_then(|next| next["seq"].as_u64()).unwrap_or(0) as usize;
                // Ticks are timers of a task that lives by them.
                let purpose = row != "interval"
                    || log.events().iter().any(|other| {
                        other["kind"] == "task-created"
                            && other["subject"] == event["subject"]
                            && other["text"] == "monitor"
                    });
                event["kind"] == "wait-begun"
                    && event["reason"] == reason
                    && purpose
                    && canvas.at(until) - canvas.at(number) > 16.0
            });
            let poll_ended = log.first_from(begun, "end of the poll", |event| {
                event["kind"] == "poll-ended" && event["subject"] == log.subject(begun)
            });
            let x = canvas.at(poll_ended);
            let lane = task(log.subject(begun));
            let band = canvas.between(&lane, x + 3.0, x + 9.0, (21.0, 25.0)).await;
            let all = (band.width * band.height) as u64;
            canvas.owns(row, band, colour, all * 3 / 4).await;
            // Low: polls are twice as high.
            let above = canvas.between(&lane, x + 1.5, x + 3.5, (8.0, 15.0)).await;
            canvas
                .sees("a low band", above, colour, |count| count == 0)
                .await;
            assert_eq!(page.errors().await, Vec::<String>::new(), "{demo}");
        }
    });
}

#[test]
fn what_can_never_go_on_has_a_hazard_pattern_and_says_so() {
    story(&tall(), async |stage| {
        let (_, canvas, log) = steps(stage, "deadlock", "deadlock", "").await;
        let dropped = log.first("task-dropped");
        let (main, x) = (task(log.subject(dropped)), canvas.at(dropped));
        let begun = log.first("wait-begun");
        let left = canvas.at(begun);
        let hazard = canvas
            .between(&main, left + 20.0, x - 8.0, (5.0, 8.0))
            .await;
        let all = (hazard.width * hazard.height) as u64;
        canvas
            .sees("a hazard pattern", hazard, "--lane-stuck", |count| {
                count > all / 5 && count < all * 9 / 10
            })
            .await;
        let words = canvas.between(&main, x - 110.0, x - 6.0, (9.0, 18.0)).await;
        canvas
            .sees("words", words, "--lane-stuck", |count| count > 60)
            .await;
        let before = canvas.between(&main, 0.0, left - 8.0, (5.0, 8.0)).await;
        canvas
            .sees("no hazard before", before, "--lane-stuck", |count| {
                count == 0
            })
            .await;
        let moment = format!("&at={dropped}&select=task-2");
        let (page, ..) = steps(stage, "deadlock", "deadlock", &moment).await;
        page.see_that("why", |text| {
            text.contains("philosopher 2") && text.contains("ever wake")
        })
        .await;
        // The same demo where it goes well has none.
        let (_, canvas, _) = steps(stage, "deadlock", "seats", "").await;
        let (top, _) = canvas.lane("task-1").await;
        let lanes = Area {
            left: 0.0,
            top: top + 5.0,
            width: canvas.width,
            height: 3.0,
        };
        let hatched = canvas.ink(lanes, "--lane-stuck").await;
        assert!(
            hatched < 40,
            "{hatched} pixels of hazard in a run that ends well"
        );
    });
}

#[test]
fn an_error_says_what_went_wrong_and_is_never_lost_when_zoomed_out() {
    story(&tall(), async |stage| {
        let (page, canvas, log) = steps(stage, "gather", "first_failure_ends_all", "").await;
        let failed = log.first("task-failed");
        let (lane, x) = (task(log.subject(failed)), canvas.at(failed));
        let words = canvas.between(&lane, x + 22.0, x + 100.0, POLL).await;
        canvas.owns("mark-failed", words, "--mark-failed", 40).await;
        // The way to whoever handled it.
        let (top, _) = canvas.lane("task-1").await;
        let (own, _) = canvas.lane(&lane).await;
        let way = Area {
            left: x - 3.0,
            top: top + 34.0,
            width: 6.0,
            height: own - top - 34.0,
        };
        canvas.owns("mark-branch", way, "--mark-failed", 60).await;
        // Sixty tasks in one lane, and every failure is still red.
        let log = Log::of("gather", Some("crowd"));
        page.go(&log.query).await;
        page.ended().await;
        page.choose("group", "name").await;
        page.click("fold-all").await;
        page.see("group-2").await;
        let canvas = Canvas::of(&page).await;
        let mut failures = 0;
        for event in log.events() {
            if event["kind"] == "task-failed" {
                let number = event["seq"].as_u64().unwrap_or_default() as usize;
                let x = canvas.x(log.time(number));
                let pixel = canvas.between("group-2", x - 2.0, x + 3.0, POLL).await;
                canvas
                    .sees(
                        "a failure among sixty tasks",
                        pixel,
                        "--mark-failed",
                        |count| count >= 20,
                    )
                    .await;
                failures += 1;
            }
        }
        assert!(failures > 10, "{failures}");
        // Where nobody failed, nothing is red.
        let quiet = canvas
            .between("group-2", canvas.x(1e8), canvas.x(3e8), BAND)
            .await;
        canvas
            .sees("a quiet stretch", quiet, "--mark-failed", |count| {
                count == 0
            })
            .await;
        // A folded lane says what stands in it.
        let (top, _) = canvas.lane("group-2").await;
        canvas
            .mouse(&[("move", canvas.x(2e8), top + 24.0)], 0)
            .await;
        page.see_that("tooltip", |text| text.contains("60 of 60"))
            .await;
    });
}
