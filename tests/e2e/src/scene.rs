//! Real runs in which each thing that the timeline draws can be seen, for the pictures in the
//! documentation.

use crate::canvas::{Area, Canvas};
use crate::log::Log;
use crate::page::Page;
use crate::{Setting, Stage};

/// The width of the names beside the canvas, in CSS pixels.
const NAMES: f64 = 150.0;

/// A row of the table of what is drawn, and where it can be seen.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// The name of the picture.
    pub name: &'static str,
    /// The demo and its preset.
    pub run: (&'static str, &'static str),
    /// What else the link says: the axis, the selection, the moment.
    pub link: &'static str,
    /// From the share of the axis at which the picture begins to that at which it ends.
    pub part: (f64, f64),
    /// The first and the last lane: `executor`, `task-1`, `resource-2`.
    pub lanes: (&'static str, &'static str),
    /// What is clicked, chosen (`PART=OPTION`) or typed (`PART:TEXT`) before; `~WORDS` is the line
    /// of the program under the pointer.
    pub click: &'static [&'static str],
}

const fn scene(
    name: &'static str,
    run: (&'static str, &'static str),
    link: &'static str,
    part: (f64, f64),
    lanes: (&'static str, &'static str),
) -> Scene {
    Scene {
        name,
        run,
        link,
        part,
        lanes,
        click: &[],
    }
}

const fn after(scene: Scene, click: &'static [&'static str]) -> Scene {
    Scene { click, ..scene }
}

/// Every row, in the order of the table.
#[rustfmt::skip]
pub const SCENES: &[Scene] = &[
    scene("lifetime", ("lifecycle", "too_late"), "axis=step", (0.0, 0.9), ("task-3", "task-5")),
    scene("poll", ("blocking", "tutorial"), "", (0.0, 1.0), ("task-3", "task-5")),
    scene("executor", ("hello", "concurrent"), "axis=step", (0.0, 1.0), ("executor", "task-3")),
    scene("ready", ("blocking", "tutorial"), "", (0.0, 0.6), ("task-3", "task-5")),
    scene("waiting", ("producer-consumer", "full_queue"), "axis=step", (0.05, 0.2), ("task-5", "task-7")),
    scene("sleep", ("hello", "concurrent"), "", (0.0, 1.0), ("task-1", "task-3")),
    scene("stuck", ("deadlock", "deadlock"), "axis=step", (0.45, 1.0), ("task-1", "task-3")),
    scene("wake", ("lock", "tutorial"), "axis=step&select=task-3", (0.05, 0.5), ("task-2", "task-4")),
    scene("spawn-and-join", ("task-group", "tutorial"), "axis=step", (0.0, 1.0), ("task-1", "task-4")),
    after(
        scene("group", ("task-group", "tutorial"), "axis=step", (0.0, 1.0), ("task-1", "task-4")),
        &["group=parent"],
    ),
    scene("arms", ("timeout", "concurrent"), "axis=step", (0.2, 0.98), ("task-2", "task-4")),
    scene("cancellation", ("cancellation", "shielded"), "axis=step", (0.36, 0.56), ("task-4", "task-6")),
    scene("error", ("gather", "first_failure_ends_all"), "axis=step", (0.42, 0.7), ("task-3", "task-5")),
    scene("timer", ("retry", "tutorial"), "axis=step", (0.0, 1.0), ("task-1", "task-2")),
    scene("channel", ("producer-consumer", "full_queue"), "axis=step", (0.05, 0.2), ("resource-1", "resource-1")),
    scene("lock", ("lock", "tutorial"), "axis=step", (0.1, 1.0), ("resource-1", "resource-1")),
    scene("semaphore", ("semaphore", "tutorial"), "", (0.0, 1.0), ("resource-1", "resource-1")),
    scene("event", ("condition", "full_buffer"), "axis=step", (0.22, 0.34), ("task-4", "resource-3")),
    scene("network", ("fetch", "delays"), "axis=step", (0.06, 0.5), ("task-2", "task-3")),
    scene("sockets", ("websocket", "echo"), "axis=step", (0.13, 0.25), ("task-2", "task-3")),
    after(
        scene("many", ("gather", "crowd"), "", (0.0, 1.0), ("task-1", "group-2")),
        &["group=name", "fold-all"],
    ),
    scene("critical-path", ("producer-consumer", "tutorial"), "axis=step&path=shown", (0.0, 0.3), ("task-1", "task-3")),
    scene("idle", ("retry", "in_step"), "axis=active", (0.1, 1.0), ("executor", "task-2")),
    after(
        scene("marked", ("lock", "tutorial"), "axis=step&panel=source", (0.0, 0.6), ("task-2", "task-4")),
        &["~counter.lock().await"],
    ),
    after(
        scene("compared", ("hello", "concurrent"), "", (0.0, 1.0), ("task-1", "task-3")),
        &["tab-compare", "keep", "open-form", "param-first_ms:1500", "close-form"],
    ),
];

impl Scene {
    /// The setting of all pictures.
    #[must_use]
    pub fn setting() -> Setting {
        Setting {
            size: (640, 1400),
            pixel_ratio: 1.5,
            ..Setting::default()
        }
    }

    /// Opens the page at the scene.
    ///
    /// # Panics
    /// If it is not as the scene says.
    pub async fn open<'a>(&self, stage: &'a Stage) -> Page<'a> {
        let (demo, preset) = self.run;
        let log = Log::of(demo, Some(preset));
        let whole = match self.link.contains("axis=step") {
            true => log.events().len() as f64,
            false => log.time(log.events().len() - 1),
        };
        let (from, to) = self.part;
        let mut query = log.query;
        if !self.link.is_empty() {
            query = format!("{query}&{}", self.link);
        }
        if self.part != (0.0, 1.0) {
            query = format!("{query}&range={:.0}-{:.0}", from * whole, to * whole);
        }
        let page = stage.open(&query).await;
        let before = page.ended().await;
        for click in self.click {
            if let Some((part, option)) = click.split_once('=') {
                page.choose(part, option).await;
            } else if let Some((part, text)) = click.split_once(':') {
                page.type_into(part, text).await;
                page.ended_as(|ended| *ended != before).await;
            } else if let Some(words) = click.strip_prefix('~') {
                page.see_that("source", |text| text.contains(words)).await;
                let script = "[...document.querySelectorAll('[data-testid=source] [data-line]')]
                    .find((line) => line.innerText.includes(arguments[0]))
                    .dispatchEvent(new MouseEvent('mouseover', { bubbles: true }))";
                page.script(script, &[words.into()]).await;
            } else {
                page.click(click).await;
            }
        }
        page
    }

    /// A picture of its lanes.
    ///
    /// # Panics
    /// If they are not in view.
    pub async fn picture(&self, page: &Page<'_>) -> Vec<u8> {
        let canvas = Canvas::of(page).await;
        let place = async |lane: &str| match lane {
            "executor" => (0.0, 56.0),
            lane => canvas.lane(lane).await,
        };
        let (top, _) = place(self.lanes.0).await;
        let (last, height) = place(self.lanes.1).await;
        let area = Area {
            left: 0.0,
            top,
            width: canvas.width,
            height: last + height - top,
        };
        canvas.cut_out(NAMES, area).await
    }
}
