//! What is drawn between lanes and beside slices, at the place where the log says that it must be.

use wakeline_e2e::canvas::{Area, Canvas, POLL};
use wakeline_e2e::log::Log;
use wakeline_e2e::{story, wait::until};

use crate::encodings::{steps, tall};

fn task(id: u64) -> String {
    format!("task-{id}")
}

/// What lies between the middles of two lanes, around a place.
async fn between(canvas: &Canvas<'_>, one: &str, other: &str, x: f64, apart: f64) -> Area {
    let (one, other) = (canvas.lane(one).await.0, canvas.lane(other).await.0);
    let (top, bottom) = (one.min(other) + 16.0, one.max(other) + 16.0);
    Area {
        left: x - apart,
        top,
        width: 2.0 * apart,
        height: bottom - top,
    }
}

#[test]
fn a_spawn_branches_off_and_an_end_returns_to_whoever_awaited_it() {
    story(&tall(), async |stage| {
        let (_, canvas, log) = steps(stage, "task-group", "tutorial", "").await;
        let born = log.first_from(0, "a child", |event| {
            event["kind"] == "task-created" && event["subject"] == 2
        });
        let parent = task(log.object(born));
        assert_eq!(parent, "task-1");
        // Between the two lanes, where neither has anything of its own.
        let x = canvas.at(born);
        let free = canvas.between("task-2", x - 2.0, x + 2.0, (1.0, 4.0)).await;
        canvas.owns("mark-branch", free, "--lane-lifetime", 3).await;
        let ended = log.first_from(0, "its end", |event| {
            event["kind"] == "task-completed" && event["subject"] == 4
        });
        let line = between(&canvas, &parent, "task-4", canvas.at(ended), 2.5).await;
        let free = Area {
            top: line.top + 16.0,
            height: line.height - 30.0,
            ..line
        };
        canvas.owns("mark-branch", free, "--reason-join", 40).await;
    });
}

#[test]
fn groups_have_a_bracket() {
    story(&tall(), async |stage| {
        let (page, ..) = steps(stage, "task-group", "tutorial", "").await;
        let bracket = "const label = document.querySelector('[data-testid=lane-task-3]');
            return getComputedStyle(label, '::before').width;";
        assert_eq!(page.script(bracket, &[]).await, "auto");
        page.choose("group", "parent").await;
        page.see("group-2").await;
        assert_eq!(page.script(bracket, &[]).await, "2px");
    });
}

#[test]
fn the_wakes_of_the_selection_are_arrows_and_all_on_request() {
    story(&tall(), async |stage| {
        let (page, canvas, log) = steps(stage, "lock", "tutorial", "").await;
        let woken = log.first_from(0, "a wake by a task", |event| {
            event["kind"] == "task-ready" && event["cause"] == "task" && event["subject"] == 3
        });
        let waker = task(log.object(woken));
        let x = canvas.at(woken);
        // In the gap between two lanes there is nothing else.
        let (top, _) = canvas.lane("task-3").await;
        let gap = Area {
            left: x - 5.0,
            top: top - 1.0,
            width: 10.0,
            height: 5.0,
        };
        assert_eq!(waker, "task-2");
        canvas
            .sees("no arrow", gap, "--mark-wake", |count| count == 0)
            .await;
        page.click("all-wakes").await;
        canvas
            .sees("an arrow", gap, "--mark-wake", |count| count >= 8)
            .await;
        canvas.owns("mark-wake", gap, "--mark-wake", 8).await;
        page.click("all-wakes").await;
        canvas
            .sees("no arrow", gap, "--mark-wake", |count| count == 0)
            .await;
        page.click("lane-task-3").await;
        let shaft = canvas.between(&waker, x - 2.0, x + 2.0, (28.0, 31.0)).await;
        canvas.owns("mark-wake", shaft, "--lane-selection", 3).await;
        // A wake by a timer comes from no lane: a clock stands above the lane.
        let timer = log.first_from(0, "a wake by a timer", |event| {
            event["kind"] == "task-ready" && event["cause"] == "timer" && event["subject"] == 3
        });
        let x = canvas.at(timer);
        let clock = Area {
            left: x - 7.0,
            top: top - 9.0,
            width: 14.0,
            height: 8.0,
        };
        canvas
            .owns("mark-wake", clock, "--lane-selection", 15)
            .await;
    });
}

#[test]
fn arms_are_bracketed_timers_have_flags_and_losers_are_cut() {
    story(&tall(), async |stage| {
        let (_, canvas, log) = steps(stage, "timeout", "concurrent", "").await;
        // A timer from its arming to where it fired or was cancelled.
        let fired = log.first("timer-fired");
        let lane = task(log.subject(fired));
        let x = canvas.at(fired);
        let flag = canvas.between(&lane, x - 7.0, x + 2.0, (0.0, 5.0)).await;
        canvas
            .owns("mark-deadline", flag, "--reason-timer", 12)
            .await;
        let cancelled = log.first("timer-cancelled");
        let lane = task(log.subject(cancelled));
        let x = canvas.at(cancelled);
        let stroke = canvas.between(&lane, x - 3.0, x + 3.0, (0.0, 6.0)).await;
        canvas
            .owns("mark-deadline", stroke, "--reason-timer", 4)
            .await;
        // The operation and its limit were under way together.
        let begun = log.first_from(0, "an arm", |event| {
            event["kind"] == "wait-begun" && event["subject"] == log.subject(cancelled)
        });
        let bracket = canvas
            .between(&lane, canvas.at(begun) + 12.0, x - 12.0, (28.0, 31.0))
            .await;
        canvas
            .owns("mark-deadline", bracket, "--reason-timer", 30)
            .await;
        let timer = log.object(cancelled);
        let cut = log.first_from(0, "a loser", |event| {
            event["kind"] == "wait-ended" && event["reason"] == "timer" && event["object"] == timer
        });
        let x = canvas.at(cut);
        let area = canvas.between(&lane, x - 4.0, x + 4.0, (27.0, 32.0)).await;
        canvas
            .owns("mark-deadline", area, "--mark-cancelled", 4)
            .await;
    });
}

#[test]
fn a_request_to_end_leads_from_the_canceller_to_a_hatched_tail() {
    story(&tall(), async |stage| {
        let (_, canvas, log) = steps(stage, "cancellation", "shielded", "").await;
        let request = log.first_from(0, "a request across lanes", |event| {
            event["kind"] == "cancel-requested" && event["subject"] == 6
        });
        let (target, by) = (task(log.subject(request)), task(log.object(request)));
        let line = between(&canvas, &target, &by, canvas.at(request), 2.5).await;
        let free = Area {
            top: line.top + 16.0,
            height: line.height - 40.0,
            ..line
        };
        canvas
            .owns("mark-branch", free, "--mark-cancelled", 20)
            .await;
        let cut = log.first_from(request, "the cut", |event| {
            event["kind"] == "task-cancelled" && event["subject"] == log.subject(request)
        });
        let (from, to) = (canvas.at(request), canvas.at(cut));
        let sign = canvas
            .between(&target, from - 6.0, from - 2.0, (0.0, 12.0))
            .await;
        canvas
            .owns("mark-cancelled", sign, "--mark-cancelled", 8)
            .await;
        let tail = canvas
            .between(&target, from + 3.0, to - 2.0, (4.0, 5.0))
            .await;
        canvas
            .owns("mark-cancelled", tail, "--mark-cancelled", 4)
            .await;
        let polled = log.first_from(request, "the last poll", |event| {
            event["kind"] == "poll-begun" && event["subject"] == log.subject(request)
        });
        let ready = log.first_from(request, "readiness", |event| {
            event["kind"] == "task-ready" && event["subject"] == log.subject(request)
        });
        let waits = canvas
            .between(
                &target,
                canvas.at(ready) + 2.0,
                canvas.at(polled) - 2.0,
                POLL,
            )
            .await;
        canvas
            .owns("cancelling", waits, "--mark-cancelled", 20)
            .await;
    });
}

#[test]
fn requests_have_phases_and_sockets_messages_in_both_directions() {
    story(&tall(), async |stage| {
        let (_, canvas, log) = steps(stage, "fetch", "delays", "").await;
        let begun = log.first("network-begun");
        let lane = task(log.subject(begun));
        let next = log.first_from(begun + 1, "a phase", |event| {
            event["kind"]
                .as_str()
                .is_some_and(|kind| kind.starts_with("network-"))
                && event["subject"] == log.subject(begun)
        });
        // The stroke where it begins, and the bar from there on, above the band of the wait.
        let x = canvas.at(begun);
        let stroke = canvas.between(&lane, x, x + 2.0, (16.0, 21.0)).await;
        canvas
            .owns("mark-message", stroke, "--reason-network", 5)
            .await;
        assert!(next > begun);
        let wait = log.first_from(begun, "a wait for the network", |event| {
            event["kind"] == "wait-begun"
                && event["reason"] == "network"
                && event["subject"] == log.subject(begun)
        });
        let begun = log.first_from(wait, "end of the poll", |event| {
            event["kind"] == "poll-ended" && event["subject"] == log.subject(begun)
        });
        let x = canvas.at(begun);
        let bar = canvas.between(&lane, x + 3.0, x + 9.0, (17.0, 20.0)).await;
        canvas
            .owns("mark-message", bar, "--reason-network", 10)
            .await;
        let (_, canvas, log) = steps(stage, "websocket", "echo", "&range=100-220").await;
        for direction in ["sent", "received"] {
            let message = log.first_from(110, "a message", |event| {
                let is = event["direction"].as_str().unwrap_or_default();
                event["kind"] == "network-message" && is.starts_with(direction)
            });
            let x = canvas.at(message);
            let lane = task(log.subject(message));
            let rows = |from, to| canvas.between(&lane, x - 2.5, x + 2.5, (from, to));
            let (upper, lower) = (rows(10.5, 12.5).await, rows(14.0, 16.0).await);
            canvas
                .owns("mark-message", upper, "--reason-network", 1)
                .await;
            let wide = async |area| canvas.ink(area, "--reason-network").await;
            // A head is wide where it comes from and narrow where it points to.
            let (up, down) = (wide(upper).await, wide(lower).await);
            assert_eq!(direction == "sent", up < down, "{direction}: {up}, {down}");
        }
    });
}

#[test]
fn the_critical_path_runs_along_the_lanes() {
    story(&tall(), async |stage| {
        let (_, canvas, log) = steps(stage, "hello", "concurrent", "").await;
        let ready = log.first_from(0, "the last to sleep", |event| {
            event["kind"] == "wait-begun" && event["reason"] == "timer" && event["subject"] == 3
        });
        let x = canvas.at(ready);
        let along = async |canvas: &Canvas<'_>| {
            canvas
                .between("task-3", x + 20.0, x + 60.0, (27.0, 30.0))
                .await
        };
        let area = along(&canvas).await;
        canvas
            .sees("no path", area, "--lane-text", |count| count == 0)
            .await;
        let (page, canvas, _) = steps(stage, "hello", "concurrent", "&path=shown").await;
        let area = along(&canvas).await;
        canvas
            .sees("the path", area, "--lane-text", |count| count >= 40)
            .await;
        // The shorter sleep decided nothing.
        let other = canvas
            .between("task-2", x + 20.0, x + 60.0, (27.0, 30.0))
            .await;
        canvas
            .sees("no path", other, "--lane-text", |count| count == 0)
            .await;
        page.see("timeline").await;
    });
}

#[test]
fn evidence_and_lines_are_pointed_at() {
    story(&tall(), async |stage| {
        let (page, canvas, log) = steps(stage, "lock", "tutorial", "&panel=diagnosis").await;
        let acquired = log.first("acquired");
        let x = canvas.at(acquired);
        let frame = canvas
            .between("resource-1", x - 40.0, x + 200.0, (1.0, 5.0))
            .await;
        canvas
            .sees("nothing yet", frame, "--lane-selection", |count| count == 0)
            .await;
        page.click("evidence-lock-across-await").await;
        let lanes = Area {
            left: 0.0,
            top: 56.0,
            width: canvas.width,
            height: canvas.height - 56.0,
        };
        until("a frame around the evidence", async || {
            match canvas.ink(lanes, "--lane-selection").await {
                count if count > 150 => Ok(()),
                count => Err(count.to_string()),
            }
        })
        .await;
    });
}

#[test]
fn a_kept_run_is_a_pale_strip_below_the_lanes() {
    story(&tall(), async |stage| {
        let log = Log::of("hello", Some("concurrent"));
        let page = stage.open(&format!("{}&panel=compare", log.query)).await;
        let before = page.ended().await;
        let canvas = Canvas::of(&page).await;
        // Where the kept run still slept and the new one is over.
        let x = canvas.x(0.9e9);
        let strip = canvas
            .between("task-2", x - 20.0, x + 20.0, (28.0, 31.0))
            .await;
        canvas
            .sees("no strip", strip, "--lane-sleep", |count| count == 0)
            .await;
        page.click("keep").await;
        page.type_into("param-first_ms", "500").await;
        page.ended_as(|ended| *ended != before).await;
        let canvas = Canvas::of(&page).await;
        let x = canvas.x(0.9e9);
        let strip = canvas
            .between("task-2", x - 20.0, x + 20.0, (28.0, 31.0))
            .await;
        until("a pale strip", async || {
            // It is half as strong as the colour itself.
            match canvas.ink(strip, "--lane-sleep").await {
                count if count >= 60 => Ok(()),
                count => Err(count.to_string()),
            }
        })
        .await;
    });
}

#[test]
fn idle_time_that_is_left_out_has_a_torn_edge_with_its_length() {
    story(&tall(), async |stage| {
        let log = Log::of("retry", Some("in_step"));
        let torn = async |axis: &str| {
            let page = stage.open(&format!("{}&axis={axis}", log.query)).await;
            page.ended().await;
            let canvas = Canvas::of(&page).await;
            // Below the last lane only the grid and torn edges go from top to bottom.
            let below = Area {
                left: 40.0,
                top: canvas.height - 60.0,
                width: canvas.width - 90.0,
                height: 50.0,
            };
            canvas.ink(below, "--lane-grid-strong").await
        };
        let (all, without) = (torn("time").await, torn("active").await);
        assert!(without > all + 100, "{without} with edges, {all} without");
    });
}
