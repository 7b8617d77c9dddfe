//! What is drawn on the timeline's canvas, pixel by pixel.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::page::Page;
use crate::wait::until;

/// The pixels of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Width and height in device pixels.
    pub size: (u64, u64),
    /// How many pixels have each colour, by its name `rrggbbaa`.
    pub colours: BTreeMap<String, u64>,
    /// A hash of all pixels in their places: two pictures that differ have different ones.
    pub fingerprint: String,
}

/// Reads the canvases of the timeline, painted one over the other as on the screen.
const READ: &str = r#"
const top = document.querySelector('[data-testid="timeline-canvas"]');
if (top === null || top.width === 0 || top.height === 0) return null;
const sheet = new OffscreenCanvas(top.width, top.height);
const pen = sheet.getContext("2d");
for (const layer of top.parentElement.querySelectorAll("canvas")) {
    if (layer.width > 0 && layer.height > 0) {
        pen.drawImage(layer, 0, 0, sheet.width, sheet.height);
    }
}
const pixels = new Uint32Array(pen.getImageData(0, 0, sheet.width, sheet.height).data.buffer);
const colours = new Map();
let hash = 0x811c9dc5;
for (const colour of pixels) {
    colours.set(colour, (colours.get(colour) ?? 0) + 1);
    hash = Math.imul(hash ^ colour, 0x01000193);
    hash ^= hash >>> 15;
}
const name = (colour) => [0, 8, 16, 24]
    .map((shift) => ((colour >>> shift) & 255).toString(16).padStart(2, "0")).join("");
return {
    width: sheet.width,
    height: sheet.height,
    fingerprint: (hash >>> 0).toString(16),
    colours: Object.fromEntries([...colours].map(([colour, count]) => [name(colour), count])),
};
"#;

impl Picture {
    /// What is on the canvas now; `None` if there is no canvas, or it has no size yet.
    pub async fn now(page: &Page<'_>) -> Option<Self> {
        let read = page.script(READ, &[]).await;
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        Some(Self {
            size: (number(read.get("width")?), number(&read["height"])),
            fingerprint: read["fingerprint"].as_str()?.to_owned(),
            colours: read["colours"]
                .as_object()?
                .iter()
                .map(|(name, count)| (name.clone(), number(count)))
                .collect(),
        })
    }

    /// Waits until the picture is right, twice in a row the same, and returns it.
    ///
    /// # Panics
    /// If that does not come about.
    pub async fn that(page: &Page<'_>, what: &str, right: impl Fn(&Self) -> bool) -> Self {
        let mut last = None;
        until(what, async || {
            let now = Self::now(page).await;
            let steady = now.is_some() && now == last;
            last.clone_from(&now);
            match now {
                Some(picture) if steady && right(&picture) => Ok(picture),
                Some(picture) => Err(picture.to_string()),
                None => Err("no canvas".to_owned()),
            }
        })
        .await
    }

    /// How many pixels do not have the most common colour, which is the background's.
    #[must_use]
    pub fn ink(&self) -> u64 {
        let all: u64 = self.colours.values().sum();
        all - self.colours.values().max().copied().unwrap_or_default()
    }
}

impl std::fmt::Display for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (width, height) = self.size;
        write!(
            f,
            "{width}×{height}, {} colours, {} pixels of ink, fingerprint {}",
            self.colours.len(),
            self.ink(),
            self.fingerprint
        )
    }
}
