//! Where things are on the timeline's canvas, and whether they are there.

use serde_json::json;

use crate::page::Page;
use crate::picture::Picture;
use crate::wait::until;

/// A part of the canvas in CSS pixels, from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// The left edge.
    pub left: f64,
    /// The upper edge.
    pub top: f64,
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
}

/// The canvas of a page that has come to rest.
#[derive(Clone, Copy, Debug)]
pub struct Canvas<'a> {
    page: Page<'a>,
    /// Its width in CSS pixels.
    pub width: f64,
    /// Its height in CSS pixels.
    pub height: f64,
    /// What stands at the left and at the right edge.
    view: (f64, f64),
}

/// What polls cover of a task's lane, from its top to its bottom.
pub const POLL: (f64, f64) = (5.0, 27.0);

/// What waits cover of a task's lane.
pub const BAND: (f64, f64) = (21.0, 27.0);

/// Counts the pixels of a part of the canvas that are at least four tenths of the way from the
/// ground of a lane to a colour of the style sheet, and not on the way to another.
const COUNT: &str = r#"
const [area, property] = arguments;
const top = document.querySelector('[data-testid="timeline-canvas"]');
const ratio = top.width / top.getBoundingClientRect().width;
const [left, upper, width, height] =
    [area.left, area.top, area.width, area.height].map((length) => Math.round(length * ratio));
if (width < 1 || height < 1) return 0;
const sheet = new OffscreenCanvas(width, height);
const pen = sheet.getContext("2d", { willReadFrequently: true });
const style = getComputedStyle(document.documentElement);
const read = (name) => {
    pen.fillStyle = style.getPropertyValue(name);
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
};
const [ground, colour] = [read("--lane-background"), read(property)];
pen.clearRect(0, 0, width, height);
for (const layer of top.parentElement.querySelectorAll("canvas")) {
    pen.drawImage(layer, left, upper, width, height, 0, 0, width, height);
}
const way = colour.map((value, place) => value - ground[place]);
const length = way.reduce((sum, part) => sum + part * part, 0);
const data = pen.getImageData(0, 0, width, height).data;
let count = 0;
for (let at = 0; at < data.length; at += 4) {
    const off = ground.map((value, place) => data[at + place] - value);
    const share = off.reduce((sum, part, place) => sum + part * way[place], 0) / length;
    const aside = Math.hypot(...off.map((part, place) => part - share * way[place]));
    const tolerance = Math.max(16, 0.15 * share * Math.sqrt(length));
    if (share >= 0.4 && share <= 1.2 && aside < tolerance) count += 1;
}
return count;
"#;

impl<'a> Canvas<'a> {
    /// The canvas of the page, once nothing on it moves.
    ///
    /// # Panics
    /// If it does not come to rest.
    pub async fn of(page: &Page<'a>) -> Self {
        Picture::that(page, "a picture at rest", |picture| picture.ink() > 0).await;
        let script = "const box = document.querySelector('[data-testid=timeline-canvas]')
                .getBoundingClientRect();
            const view = document.querySelector('[data-testid=timeline]').dataset;
            return [box.width, box.height, Number(view.t0), Number(view.t1)];";
        let numbers = page.script(script, &[]).await;
        let number = |place: usize| numbers[place].as_f64().expect("a measure of the canvas");
        Self {
            page: *page,
            width: number(0),
            height: number(1),
            view: (number(2), number(3)),
        }
    }

    /// Where a position of the axis stands.
    #[must_use]
    pub fn x(&self, position: f64) -> f64 {
        (position - self.view.0) / (self.view.1 - self.view.0) * self.width
    }

    /// Where an event stands on an axis on which each has a place of its own.
    #[must_use]
    pub fn at(&self, event: usize) -> f64 {
        self.x(event as f64)
    }

    /// The upper edge and the height of a lane: `task-3`, `resource-1`, `group-2`.
    ///
    /// # Panics
    /// If it is not in view.
    pub async fn lane(&self, subject: &str) -> (f64, f64) {
        let script = "const label = document.querySelector(
                `[data-testid='lane-${arguments[0]}'], [data-testid='${arguments[0]}'].group`);
            const canvas = document.querySelector('[data-testid=timeline-canvas]');
            if (label === null) return null;
            const [box, from] = [label, canvas].map((part) => part.getBoundingClientRect());
            return [box.top - from.top, box.height];";
        let place = self.page.script(script, &[json!(subject)]).await;
        let number = |at: usize| place[at].as_f64();
        let place = number(0).zip(number(1));
        place.unwrap_or_else(|| panic!("no lane of {subject} in view"))
    }

    /// The part of a lane between two places: from one height to another below its upper edge.
    ///
    /// # Panics
    /// If the lane is not in view.
    pub async fn between(&self, subject: &str, left: f64, right: f64, rows: (f64, f64)) -> Area {
        let (top, _) = self.lane(subject).await;
        Area {
            left,
            top: top + rows.0,
            width: right - left,
            height: rows.1 - rows.0,
        }
    }

    /// How many device pixels of an area have a colour of the style sheet.
    pub async fn ink(&self, area: Area, property: &str) -> u64 {
        let Area {
            left,
            top,
            width,
            height,
        } = area;
        let area = json!({ "left": left, "top": top, "width": width, "height": height });
        let count = self.page.script(COUNT, &[area, json!(property)]).await;
        count.as_u64().expect("a number of pixels")
    }

    /// The colour of a place: red, green, blue.
    pub async fn colour(&self, x: f64, y: f64) -> [f64; 3] {
        let script = "const top = document.querySelector('[data-testid=timeline-canvas]');
            const ratio = top.width / top.getBoundingClientRect().width;
            const pen = new OffscreenCanvas(1, 1).getContext('2d');
            for (const layer of top.parentElement.querySelectorAll('canvas')) {
                pen.drawImage(layer, -Math.floor(arguments[0] * ratio), -Math.floor(arguments[1] * ratio));
            }
            return [...pen.getImageData(0, 0, 1, 1).data];";
        let bytes = self.page.script(script, &[json!(x), json!(y)]).await;
        [0, 1, 2].map(|place| bytes[place].as_f64().expect("a colour"))
    }

    /// Waits until an area has so much of a colour.
    ///
    /// # Panics
    /// If that does not come about.
    pub async fn sees(&self, what: &str, area: Area, property: &str, right: impl Fn(u64) -> bool) {
        until(&format!("{what} in {area:?}"), async || {
            match self.ink(area, property).await {
                count if right(count) => Ok(()),
                count => Err(format!("{count} pixels of {property}")),
            }
        })
        .await;
    }

    /// Something is there that the row of the legend hides: its colour is in the area, goes when
    /// the row is clicked, and comes back.
    ///
    /// # Panics
    /// If it is not so.
    pub async fn owns(&self, row: &str, area: Area, property: &str, least: u64) {
        let row = format!("legend-{row}");
        self.sees(&row, area, property, |count| count >= least)
            .await;
        self.page.click(&row).await;
        // What stands beside it may have a pixel or two on the way to its colour.
        let gone = |count| count * 3 <= least;
        self.sees(&format!("no {row}"), area, property, gone).await;
        self.page.click(&row).await;
        self.sees(&row, area, property, |count| count >= least)
            .await;
    }

    /// The upper left corner of the canvas in the window.
    pub async fn corner(&self) -> (f64, f64) {
        let script = "const box = document.querySelector('[data-testid=timeline-canvas]')
                .getBoundingClientRect();
            return [box.left, box.top];";
        let place = self.page.script(script, &[]).await;
        let number = |at: usize| place[at].as_f64().expect("a corner");
        (number(0), number(1))
    }

    /// Does what a mouse does at places of the canvas: `move`, `down`, `up`, and `wheel` with how
    /// far it turns; with modifiers as the browser counts them (2 is Ctrl, 8 Shift).
    pub async fn mouse(&self, deeds: &[(&str, f64, f64)], modifiers: u8) {
        let (left, top) = self.corner().await;
        let mut held = 0;
        let mut at = (0.0, 0.0);
        for (deed, x, y) in deeds {
            let mut event = json!({ "modifiers": modifiers, "pointerType": "mouse" });
            let kind = match *deed {
                "move" => "mouseMoved",
                "down" => "mousePressed",
                "up" => "mouseReleased",
                _ => "mouseWheel",
            };
            if kind == "mouseWheel" {
                event["deltaX"] = json!(x);
                event["deltaY"] = json!(y);
            } else {
                at = (left + x, top + y);
            }
            if *deed == "down" {
                held = 1;
            }
            event["type"] = json!(kind);
            event["x"] = json!(at.0);
            event["y"] = json!(at.1);
            event["buttons"] = json!(held);
            if matches!(*deed, "down" | "up") {
                event["button"] = json!("left");
                event["clickCount"] = json!(1);
            }
            if *deed == "up" {
                held = 0;
            }
            self.page
                .browser()
                .devtools("Input.dispatchMouseEvent", event)
                .await;
        }
    }

    /// A picture of a part of the window around the canvas, as PNG: the names of the lanes too.
    ///
    /// # Panics
    /// If the browser does not answer.
    pub async fn cut_out(&self, names: f64, area: Area) -> Vec<u8> {
        let (left, top) = self.corner().await;
        let clip = json!({
            "x": left + area.left - names,
            "y": top + area.top,
            "width": area.width + names,
            "height": area.height,
            "scale": 1,
        });
        let shot = self
            .page
            .browser()
            .devtools("Page.captureScreenshot", json!({ "clip": clip }))
            .await;
        base64(shot["data"].as_str().unwrap_or_default())
    }
}

/// Bytes written as base64.
///
/// # Panics
/// If they are not.
#[must_use]
pub fn base64(text: &str) -> Vec<u8> {
    let digit = |letter: u8| -> u32 {
        let digit = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            other => panic!("{other} is no base64"),
        };
        u32::from(digit)
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in text.trim_end_matches('=').as_bytes().chunks(4) {
        let mut number = 0;
        for letter in group {
            number = number << 6 | digit(*letter);
        }
        number <<= 6 * (4 - group.len() as u32);
        let [_, all @ ..] = number.to_be_bytes();
        bytes.extend(&all[..group.len() * 3 / 4]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_to_its_last_byte() {
        assert_eq!(base64(""), b"");
        assert_eq!(base64("Zg=="), b"f");
        assert_eq!(base64("Zm8="), b"fo");
        assert_eq!(base64("Zm9v"), b"foo");
        assert_eq!(base64("Zm9vYmFy"), b"foobar");
        assert_eq!(base64("+/8="), [0xfb, 0xff]);
    }
}
