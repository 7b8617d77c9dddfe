//! The colours and signs of the page, as `www/styles/palette.css` and `src/view/icons.rs` have
//! them; a test compares.

use crate::lanes::Look;

/// The colours of a picture.
#[derive(Clone, Debug)]
pub(super) struct Palette {
    pub(super) ground: &'static str,
    pub(super) border: &'static str,
    pub(super) grid: &'static str,
    pub(super) text: &'static str,
    pub(super) text_secondary: &'static str,
    pub(super) lifetime: &'static str,
    pub(super) stuck: &'static str,
    pub(super) occupancy: &'static str,
    pub(super) occupancy_fill: &'static str,
    pub(super) capacity: &'static str,
    pub(super) returned: &'static str,
    pub(super) failed: &'static str,
    pub(super) cancelled: &'static str,
    pub(super) alive: &'static str,
    looks: [(Look, &'static str); 18],
}

impl Palette {
    pub(super) fn of_ground(dark: bool) -> Self {
        if dark { DARK } else { LIGHT }
    }

    /// The colour of a kind of slice.
    pub(super) fn of(&self, look: Look) -> &'static str {
        let mut looks = self.looks.iter();
        let known = looks.find(|(known, _)| *known == look);
        known.map_or(self.lifetime, |(_, color)| color)
    }
}

const LIGHT: Palette = Palette {
    ground: "#ffffff",
    border: "#e6e9ee",
    grid: "#eceef2",
    text: "#1a1e27",
    text_secondary: "#5a6372",
    lifetime: "#c6ccd8",
    stuck: "#b3261e",
    occupancy: "#1c8c8c",
    occupancy_fill: "#cfeaea",
    capacity: "#8a5a00",
    returned: "#1f7a3d",
    failed: "#b3261e",
    cancelled: "#8a4b00",
    alive: "#5a6372",
    looks: [
        (Look::Sleep, "#d9dde4"),
        (Look::Interval, "#98a2b3"),
        (Look::Join, "#5580b5"),
        (Look::Event, "#a08a00"),
        (Look::Receive, "#189a9a"),
        (Look::Send, "#dc7f14"),
        (Look::Semaphore, "#8355d1"),
        (Look::Lock, "#c03a78"),
        (Look::Held, "#c03a78"),
        (Look::Network, "#34914a"),
        (Look::Outside, "#80694f"),
        (Look::Other, "#7e8592"),
        (Look::Ready, "#c98a00"),
        (Look::Poll, "#3a55cf"),
        (Look::Cancelling, "#8a4b00"),
        (Look::Cancelled, "#8a4b00"),
        (Look::LongPoll, "#1d2f8c"),
        (Look::Failed, "#b3261e"),
    ],
};

const DARK: Palette = Palette {
    ground: "#14181e",
    border: "#222831",
    grid: "#1d232b",
    text: "#e3e7ee",
    text_secondary: "#a3adbc",
    lifetime: "#3d4756",
    stuck: "#ff8f85",
    occupancy: "#4cc3c3",
    occupancy_fill: "#16383b",
    capacity: "#e9b95a",
    returned: "#6fcf8a",
    failed: "#ff8f85",
    cancelled: "#e9a45a",
    alive: "#a3adbc",
    looks: [
        (Look::Sleep, "#3a4351"),
        (Look::Interval, "#6f7a8b"),
        (Look::Join, "#7fa9dc"),
        (Look::Event, "#d2bd3d"),
        (Look::Receive, "#45c0c0"),
        (Look::Send, "#eb9a3e"),
        (Look::Semaphore, "#b191f2"),
        (Look::Lock, "#ee7aad"),
        (Look::Held, "#ee7aad"),
        (Look::Network, "#65c47c"),
        (Look::Outside, "#bb9d7c"),
        (Look::Other, "#98a1af"),
        (Look::Ready, "#e6b34a"),
        (Look::Poll, "#93a7ff"),
        (Look::Cancelling, "#e9a45a"),
        (Look::Cancelled, "#e9a45a"),
        (Look::LongPoll, "#dde4ff"),
        (Look::Failed, "#ff8f85"),
    ],
};

/// The strokes of the sign for a kind of slice, on a grid of 16 by 16; `None` where its form says
/// enough.
pub(super) fn sign(look: Look) -> Option<&'static str> {
    Some(match look {
        Look::Sleep => "M13 9.6A5.4 5.4 0 1 1 6.4 3a4.3 4.3 0 0 0 6.6 6.6z",
        Look::Interval => "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 1 1 0-11zM8 5v3l2.2 1.6",
        Look::Send => "M1.8 8h7.4M6.6 5.2 9.4 8l-2.8 2.8M13 3.5v9",
        Look::Receive => "M3 3.5v9M5.8 8h8M11 5.2 13.8 8 11 10.8",
        Look::Lock => "M4 7.5h8V13H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2",
        Look::Semaphore => "M5 2h6v12H5zM8 4.8h.01M8 8h.01M8 11.2h.01",
        Look::Event => "M3.5 11.5h9L11.5 10V7.2a3.5 3.5 0 0 0-7 0V10zM7 13.8h2",
        Look::Join => "M2 4h2.5C8 4 7.5 8 10.5 8H14M2 12h2.5C8 12 7.5 8 10.5 8M12 6l2 2-2 2",
        Look::Network => {
            "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 1 1 8 2.2zM2.2 8h11.6M8 2.2c3 3.5 3 8 0 11.6M8 2.2c-3 3.5-3 8 0 11.6"
        }
        Look::Outside => "M6 3H3v10h3M6.5 8h7.3M11 5.2 13.8 8 11 10.8",
        Look::Other => "M3.5 8h.01M8 8h.01M12.5 8h.01",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_signs_are_those_of_the_page() {
        let sheet = include_str!("../../../../../www/styles/palette.css");
        let (light, dark) = sheet.split_once("[data-theme=\"dark\"]").unwrap();
        for (palette, sheet) in [(LIGHT, light), (DARK, dark)] {
            let own = [
                palette.ground,
                palette.text,
                palette.lifetime,
                palette.returned,
            ];
            for color in palette.looks.iter().map(|(_, color)| *color).chain(own) {
                assert!(sheet.contains(color), "{color}");
            }
        }
        let icons = include_str!("../../../../../src/view/icons.rs");
        for path in Look::ALL.into_iter().filter_map(sign) {
            assert!(icons.contains(path), "{path}");
        }
    }
}
