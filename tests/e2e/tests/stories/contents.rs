//! What is drawn of channels, locks, permits and notifications, at the place where the log says
//! that it must be.

use wakeline_e2e::canvas::Area;
use wakeline_e2e::story;

use crate::encodings::{steps, tall};

#[test]
fn a_channel_shows_its_contents_its_capacity_and_who_waits_on_either_side() {
    story(&tall(), async |stage| {
        let (_, canvas, log) =
            steps(stage, "producer-consumer", "full_queue", "&range=60-160").await;
        let begun = log.first_from(80, "a blocked sender", |event| {
            event["kind"] == "wait-begun" && event["reason"] == "channel-send"
        });
        let x = canvas.at(begun);
        let rows = |from, to, rows| canvas.between("resource-1", from, to, rows);
        // A blocked sender above, from the moment on at which it waits.
        let above = rows(x + 2.0, x + 10.0, (6.0, 12.0)).await;
        canvas
            .sees(
                "a blocked sender",
                above,
                "--reason-channel-send",
                |count| count >= 20,
            )
            .await;
        // The channel is full then: the area reaches from the ground to the capacity.
        let inside = rows(x + 2.0, x + 10.0, (20.0, 46.0)).await;
        canvas
            .sees("contents", inside, "--lane-occupancy-fill", |count| {
                count > 150
            })
            .await;
        let line = rows(0.0, canvas.width, (12.0, 16.0)).await;
        canvas
            .sees("the capacity", line, "--lane-capacity", |count| count > 200)
            .await;
        // An empty channel has its receivers below.
        let (_, canvas, log) = steps(stage, "producer-consumer", "empty_queue", "").await;
        // Each message is a thin line; the legend hides them.
        let sent = log.first_from(0, "a message", |event| {
            event["kind"] == "sent" && event["object"] == 1
        });
        let x = canvas.at(sent);
        let start = canvas
            .between("resource-1", x - 1.0, x + 6.0, (14.0, 22.0))
            .await;
        canvas
            .owns("mark-message", start, "--lane-text-secondary", 2)
            .await;
        let begun = log.first_from(0, "a waiting receiver", |event| {
            event["kind"] == "wait-begun"
                && event["reason"] == "channel-receive"
                && event["object"] == 1
        });
        let x = canvas.at(begun);
        let below = canvas
            .between("resource-1", x + 1.0, x + 5.0, (51.0, 61.0))
            .await;
        canvas
            .sees(
                "a waiting receiver",
                below,
                "--reason-channel-receive",
                |count| count >= 4,
            )
            .await;
        let before = canvas
            .between("resource-1", 0.0, canvas.at(2), (51.0, 61.0))
            .await;
        canvas
            .sees("nobody yet", before, "--reason-channel-receive", |count| {
                count == 0
            })
            .await;
    });
}

#[test]
fn a_lock_shows_its_owner_who_waits_the_hand_over_and_a_guard_held_across_an_await() {
    story(&tall(), async |stage| {
        let (_, canvas, log) = steps(stage, "lock", "tutorial", "").await;
        let handed = log.first("handed-over");
        let x = canvas.at(handed);
        // The head at the edge of the block.
        let head = canvas
            .between("resource-1", x - 3.0, x + 6.0, (28.0, 35.0))
            .await;
        canvas
            .sees("a hand-over", head, "--lane-text", |count| count >= 12)
            .await;
        // The first owner did not get it from anybody.
        let first = log.first("acquired");
        let x = canvas.at(first);
        let edge = canvas
            .between("resource-1", x - 3.0, x + 4.0, (28.0, 35.0))
            .await;
        canvas
            .sees("no hand-over", edge, "--lane-text", |count| count == 0)
            .await;
        let name = canvas
            .between("resource-1", x + 3.0, x + 50.0, (14.0, 26.0))
            .await;
        canvas
            .sees("its name", name, "--lane-text", |count| count > 40)
            .await;
        // While the owner sleeps with the guard in its hand, the block is hatched.
        let owner = log.subject(first);
        let begun = log.first_from(first, "its sleep", |event| {
            event["kind"] == "poll-ended" && event["subject"] == owner
        });
        let ready = log.first_from(begun, "its end", |event| {
            event["kind"] == "task-ready" && event["subject"] == owner
        });
        let rows = (25.0, 29.0);
        let asleep = canvas
            .between(
                "resource-1",
                canvas.at(begun) + 4.0,
                canvas.at(ready) - 4.0,
                rows,
            )
            .await;
        let awake = canvas
            .between("resource-1", x + 3.0, canvas.at(begun) - 6.0, rows)
            .await;
        let colours = [
            "--reason-lock",
            "--reason-join",
            "--reason-channel-send",
            "--reason-semaphore",
            "--reason-channel-receive",
            "--reason-event",
            "--reason-network",
        ];
        let colour = colours[owner as usize % colours.len()];
        canvas
            .sees("a hatch", asleep, colour, |count| count > 20)
            .await;
        canvas
            .sees("no hatch", awake, colour, |count| count == 0)
            .await;
        // Who waits is a bar above.
        let begun = log.first_from(0, "somebody in line", |event| {
            event["kind"] == "wait-begun" && event["reason"] == "lock"
        });
        let x = canvas.at(begun);
        let bar = canvas
            .between("resource-1", x + 2.0, x + 20.0, (8.0, 11.0))
            .await;
        canvas
            .sees("a bar", bar, "--reason-lock", |count| count >= 20)
            .await;
        let before = canvas
            .between("resource-1", x - 20.0, x - 2.0, (0.0, 11.0))
            .await;
        canvas
            .sees("no bar yet", before, "--reason-lock", |count| count == 0)
            .await;
    });
}

#[test]
fn a_semaphore_shows_permits_in_use_and_who_waits_for_one() {
    story(&tall(), async |stage| {
        let (_, canvas, log) = steps(stage, "semaphore", "tutorial", "").await;
        let begun = log.first_from(0, "somebody in line", |event| {
            event["kind"] == "wait-begun" && event["reason"] == "semaphore"
        });
        let x = canvas.at(begun);
        let bar = canvas
            .between("resource-1", x + 1.0, x + 5.0, (8.0, 12.5))
            .await;
        canvas
            .sees("a bar", bar, "--reason-semaphore", |count| count >= 4)
            .await;
        // All are taken then: the line of use stands at the top, and on the ground before.
        let acquired = log.first("acquired");
        let (free, full) = (canvas.at(acquired) - 6.0, x + 1.0);
        let line = |left: f64, rows| canvas.between("resource-1", left, left + 4.0, rows);
        let (low, high) = ((43.0, 46.5), (14.0, 17.0));
        let colour = "--reason-semaphore";
        canvas
            .sees("none in use", line(free, low).await, colour, |count| {
                count >= 4
            })
            .await;
        canvas
            .sees("none in use", line(free, high).await, colour, |count| {
                count == 0
            })
            .await;
        canvas
            .sees("all in use", line(full, high).await, colour, |count| {
                count >= 4
            })
            .await;
        // A band for each: between two, the ground shows through.
        let first = canvas
            .colour(full + 1.0, canvas.lane("resource-1").await.0 + 40.0)
            .await;
        let mut shades = std::collections::BTreeSet::new();
        for row in 18..44 {
            let top = canvas.lane("resource-1").await.0;
            let shade = canvas.colour(full + 1.0, top + f64::from(row)).await;
            shades.insert(shade.map(|part| part as u64));
        }
        assert!(shades.len() >= 2, "one shade of {first:?}");
    });
}

#[test]
fn a_notification_is_a_pulse_with_lines_and_one_for_nobody_is_lost() {
    story(&tall(), async |stage| {
        let (_, canvas, log) = steps(stage, "event", "tutorial", "").await;
        let notified = log.first("notified");
        let of = log.object(notified);
        let x = canvas.at(notified);
        let lane = format!("resource-{of}");
        // Above the bars of those who wait.
        let sign = canvas.between(&lane, x - 6.0, x + 6.0, (8.0, 14.0)).await;
        canvas
            .owns("mark-notified", sign, "--reason-event", 8)
            .await;
        // A line to each of those that it released: it passes between the lanes.
        let (top, _) = canvas.lane(&lane).await;
        let line = Area {
            left: x - 2.0,
            top: top - 4.0,
            width: 4.0,
            height: 3.0,
        };
        canvas
            .owns("mark-notified", line, "--reason-event", 3)
            .await;
        let (_, canvas, log) = steps(stage, "pitfalls", "lost_notification", "").await;
        let lost = log.first_from(0, "a lost notification", |event| {
            event["kind"] == "notified" && event["value"] == 0
        });
        let x = canvas.at(lost);
        let lane = format!("resource-{}", log.object(lost));
        let sign = canvas.between(&lane, x - 6.0, x + 6.0, (8.0, 24.0)).await;
        canvas.owns("mark-lost", sign, "--mark-cancelled", 15).await;
        let closed = steps(stage, "custom-loop", "impatient", "").await;
        let (_, canvas, log) = closed;
        let end = log.first_from(0, "a closed channel", |event| {
            event["kind"] == "resource-closed" && event["subject"] == 1
        });
        let x = canvas.at(end);
        let sign = canvas
            .between("resource-1", x - 6.0, x + 6.0, (8.0, 24.0))
            .await;
        canvas
            .owns("mark-closed", sign, "--lane-text-secondary", 15)
            .await;
    });
}
