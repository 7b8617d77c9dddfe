//! The program beside its run: a slice marks its line, a line marks its slices.

use wakeline_e2e::canvas::Canvas;
use wakeline_e2e::log::Log;
use wakeline_e2e::page::Page;
use wakeline_e2e::story;
use wakeline_e2e::wait::until;

use crate::encodings::tall;

/// The line that an event names.
fn line_of(log: &Log, number: usize) -> u64 {
    let at = log.events()[number]["at"]
        .as_str()
        .expect("a place in the source");
    let line = at.split(':').nth(1).and_then(|line| line.parse().ok());
    line.expect("a line")
}

/// The lines of the program that are marked because a slice is pointed at, and whether each is in
/// view.
async fn marked(page: &Page<'_>) -> Vec<(u64, bool)> {
    let script = "const list = document.querySelector('[data-testid=source]').getBoundingClientRect();
        return [...document.querySelectorAll('[data-testid=source] .code-line-pointed')].map((line) => {
            const box = line.getBoundingClientRect();
            return [Number(line.dataset.line), box.top >= list.top && box.bottom <= list.bottom];
        });";
    let lines = page.script(script, &[]).await;
    let lines = lines.as_array().cloned().unwrap_or_default();
    lines
        .iter()
        .map(|line| (line[0].as_u64().unwrap_or_default(), line[1] == true))
        .collect()
}

async fn marks(page: &Page<'_>, expected: &[(u64, bool)]) {
    until(&format!("the marks {expected:?}"), async || {
        match marked(page).await {
            lines if lines == expected => Ok(()),
            lines => Err(format!("{lines:?}")),
        }
    })
    .await;
}

#[test]
fn a_slice_under_the_pointer_marks_the_line_at_which_it_waits() {
    story(&tall(), async |stage| {
        let log = Log::of("producer-consumer", Some("tutorial"));
        let page = stage
            .open(&format!("{}&panel=source&axis=step", log.query))
            .await;
        page.ended().await;
        page.see_that("source", |text| text.contains("async fn"))
            .await;
        let canvas = Canvas::of(&page).await;
        marks(&page, &[]).await;
        // The last lines of the file are far from the first: they have to be scrolled to.
        for (kind, name) in [
            ("channel-receive", "consumer 1"),
            ("timer", "producer 1"),
            ("join", "main"),
        ] {
            let task = log.first_from(0, name, |event| {
                event["kind"] == "task-created" && event["text"] == name
            });
            let wait = log.first_from(0, kind, |event| {
                event["kind"] == "wait-begun"
                    && event["reason"] == kind
                    && event["subject"] == log.subject(task)
            });
            let after = log.first_from(wait, "end of the poll", |event| {
                event["kind"] == "poll-ended" && event["subject"] == log.subject(wait)
            });
            let (top, _) = canvas.lane(&format!("task-{}", log.subject(wait))).await;
            // Beyond what still counts as the poll.
            let x = canvas.at(after) + 8.0;
            canvas
                .mouse(&[("move", x - 1.0, top + 24.0), ("move", x, top + 24.0)], 0)
                .await;
            marks(&page, &[(line_of(&log, wait), true)]).await;
        }
        // Away from the slices no line is meant.
        canvas.mouse(&[("move", 30.0, 10.0)], 0).await;
        marks(&page, &[]).await;
        assert_eq!(page.errors().await, Vec::<String>::new());
    });
}

#[test]
fn going_from_slice_to_slice_by_keys_marks_their_lines() {
    story(&tall(), async |stage| {
        let log = Log::of("hello", Some("concurrent"));
        let page = stage
            .open(&format!(
                "{}&panel=source&axis=step&select=task-2&at=0",
                log.query
            ))
            .await;
        page.ended().await;
        page.see_that("source", |text| text.contains("async fn"))
            .await;
        Canvas::of(&page).await;
        let created = log.first_from(0, "the task", |event| {
            event["kind"] == "task-created" && event["subject"] == 2
        });
        let asleep = log.first_from(0, "its sleep", |event| {
            event["kind"] == "wait-begun" && event["subject"] == 2
        });
        // Ready, as it was spawned; running; asleep.
        let mut seen = Vec::new();
        for _ in 0..3 {
            page.press("timeline-canvas", ".").await;
            let now = until("a marked line", async || match &*marked(&page).await {
                [(line, true)] => Ok(*line),
                other => Err(format!("{other:?}")),
            })
            .await;
            seen.push(now);
        }
        until("the line of the sleep", async || {
            match &*marked(&page).await {
                [(line, _)] if *line == line_of(&log, asleep) => Ok(()),
                other => Err(format!("{other:?} after {seen:?}")),
            }
        })
        .await;
        assert!(seen.contains(&line_of(&log, created)), "{seen:?}");
        // Any other move means no slice.
        page.press("timeline-canvas", "\u{e010}").await;
        marks(&page, &[]).await;
    });
}

#[test]
fn a_line_under_the_pointer_marks_the_slices_that_began_there() {
    story(&tall(), async |stage| {
        let log = Log::of("hello", Some("concurrent"));
        let page = stage
            .open(&format!("{}&panel=source&axis=step", log.query))
            .await;
        page.ended().await;
        page.see_that("source", |text| text.contains("async fn"))
            .await;
        let canvas = Canvas::of(&page).await;
        let asleep = log.first_from(0, "a sleep", |event| {
            event["kind"] == "wait-begun" && event["subject"] == 3 && event["reason"] == "timer"
        });
        let ended = log.first_from(asleep, "its end", |event| {
            event["kind"] == "wait-ended" && event["subject"] == 3
        });
        let (from, to) = (canvas.at(asleep), canvas.at(ended));
        let frame = canvas
            .between("task-3", from + 20.0, to - 20.0, (2.0, 4.0))
            .await;
        let colour = "--lane-selection";
        canvas
            .sees("no frame", frame, colour, |count| count == 0)
            .await;
        let hover = "document.querySelector(`[data-testid=source] [data-line='${arguments[0]}']`)
            .dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));";
        page.script(hover, &[line_of(&log, asleep).into()]).await;
        canvas
            .sees("a frame", frame, colour, |count| count >= 20)
            .await;
        let outside = canvas.between("task-3", 0.0, from - 30.0, (2.0, 4.0)).await;
        canvas
            .sees("no frame", outside, colour, |count| count == 0)
            .await;
        // Another line, other slices.
        page.script(hover, &[serde_json::json!(1)]).await;
        canvas
            .sees("no frame", frame, colour, |count| count == 0)
            .await;
    });
}
