//! The colours of the canvas, read from the style sheet.
//!
//! The style sheet (`www/styles/palette.css`) is the one place where colours stand; light, dark
//! and any other theme are its business. The canvas cannot use its properties by itself, so they
//! are read once per theme.

use super::power::power;

use wakeline_protocol::decimal;

/// A colour without transparency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Color {
    pub(crate) red: u8,
    pub(crate) green: u8,
    pub(crate) blue: u8,
}

impl Color {
    /// Reads `#rgb`, `#rrggbb`, `rgb(r, g, b)` and `rgb(r g b)`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(digits) = text.strip_prefix('#') {
            if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            let number = u32::from_str_radix(digits, 16).ok()?;
            return match digits.len() {
                3 => {
                    let wide = |shift: u32| ((number >> shift & 15) * 17) as u8;
                    Some(Self::new(wide(8), wide(4), wide(0)))
                }
                6 => Some(Self::from_number(number)),
                _ => None,
            };
        }
        let numbers = text.strip_prefix("rgb(")?.strip_suffix(')')?;
        let mut numbers = numbers
            .split([',', ' '])
            .filter(|part| !part.is_empty())
            .map(str::parse::<u8>);
        let color = Self::new(
            numbers.next()?.ok()?,
            numbers.next()?.ok()?,
            numbers.next()?.ok()?,
        );
        numbers.next().is_none().then_some(color)
    }

    pub(crate) const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// The colour `0xRRGGBB`.
    const fn from_number(number: u32) -> Self {
        Self::new((number >> 16) as u8, (number >> 8) as u8, number as u8)
    }

    /// Between this colour (0) and another (1).
    pub(crate) fn mixed(self, other: Self, share: f64) -> Self {
        let share = share.clamp(0.0, 1.0);
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share) as u8;
        Self::new(
            mix(self.red, other.red),
            mix(self.green, other.green),
            mix(self.blue, other.blue),
        )
    }

    /// The colour as a number, `0xRRGGBB`.
    pub(crate) fn number(self) -> u32 {
        u32::from_be_bytes([0, self.red, self.green, self.blue])
    }

    /// As canvas and style sheet write it.
    pub(crate) fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// With some transparency; 1 is opaque.
    pub(crate) fn css_alpha(self, alpha: f64) -> String {
        format!(
            "rgba({},{},{},{})",
            self.red,
            self.green,
            self.blue,
            decimal::fixed(alpha, 3)
        )
    }

    /// The relative luminance as WCAG 2 defines it, from 0 for black to 1 for white.
    pub(crate) fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 {
                share / 12.92
            } else {
                power((share + 0.055) / 1.055, 2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// The one of two colours that stands out more from this one.
    pub(crate) fn contrasting(self, one: Self, other: Self) -> Self {
        if self.contrast(one) >= self.contrast(other) {
            one
        } else {
            other
        }
    }

    /// The contrast ratio as WCAG 2 defines it, from 1 to 21.
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

macro_rules! palette {
    ($($(#[$doc:meta])* $field:ident = $property:literal;)+) => {
        /// The colours of the canvas.
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct Palette { $($(#[$doc])* pub(crate) $field: Color,)+ }

        impl Palette {
            /// The properties of the style sheet that are read.
            #[cfg(test)]
            pub(crate) const PROPERTIES: &'static [&'static str] = &[$($property,)+];

            /// Looks each property up. What is not there or is no colour becomes grey: visible
            /// in every theme.
            pub(crate) fn read(look_up: impl Fn(&str) -> Option<String>) -> Self {
                let color = |property: &str| {
                    look_up(property)
                        .and_then(|text| Color::parse(&text))
                        .unwrap_or(Color::new(128, 128, 128))
                };
                Self { $($field: color($property),)+ }
            }
        }
    };
}

palette! {
    background = "--lane-background";
    background_alternate = "--lane-background-alternate";
    background_hover = "--lane-background-hover";
    background_selected = "--lane-background-selected";
    /// Behind the ruler and the lane of the executor.
    header = "--lane-header";
    border = "--lane-border";
    text = "--lane-text";
    text_secondary = "--lane-text-secondary";
    grid = "--lane-grid";
    grid_strong = "--lane-grid-strong";
    lifetime = "--lane-lifetime";
    poll_short = "--lane-poll-short";
    poll = "--lane-poll";
    poll_long = "--lane-poll-long";
    ready = "--lane-ready";
    sleep = "--lane-sleep";
    stuck = "--lane-stuck";
    stuck_ground = "--lane-stuck-ground";
    playhead = "--lane-playhead";
    selection = "--lane-selection";
    occupancy = "--lane-occupancy";
    occupancy_fill = "--lane-occupancy-fill";
    capacity = "--lane-capacity";
    timer = "--reason-timer";
    channel_send = "--reason-channel-send";
    channel_receive = "--reason-channel-receive";
    lock = "--reason-lock";
    semaphore = "--reason-semaphore";
    event = "--reason-event";
    join = "--reason-join";
    network = "--reason-network";
    outside = "--reason-outside";
    other = "--reason-other";
    wake = "--mark-wake";
    returned = "--mark-returned";
    failed = "--mark-failed";
    cancelled = "--mark-cancelled";
    alive = "--mark-alive";
    /// A printed line.
    line = "--mark-line";
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn colours_are_read_in_the_forms_that_a_browser_gives() {
        let blue = Color::new(58, 85, 207);
        for text in ["#3a55cf", " #3A55CF ", "rgb(58, 85, 207)", "rgb(58 85 207)"] {
            assert_eq!(Color::parse(text), Some(blue), "{text}");
        }
        assert_eq!(Color::parse("#f80"), Some(Color::new(255, 136, 0)));
        for text in [
            "",
            "#12",
            "#+12345",
            "red",
            "rgb(1,2)",
            "rgb(1,2,3,4)",
            "rgb(300,0,0)",
        ] {
            assert_eq!(Color::parse(text), None, "{text}");
        }
        assert_eq!(Color::parse(&blue.css()), Some(blue));
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let (black, white) = (Color::new(0, 0, 0), Color::new(255, 255, 255));
        assert!((black.contrast(white) - 21.0).abs() < 0.01);
        assert_eq!(Color::new(30, 40, 60).contrasting(black, white), white);
        assert_eq!(black.mixed(white, 0.5), Color::new(127, 127, 127));
    }

    /// The values of the properties in one block of the style sheet.
    fn block<'a>(sheet: &'a str, selector: &str) -> HashMap<&'a str, &'a str> {
        let start = sheet
            .find(selector)
            .unwrap_or_else(|| panic!("no {selector}"));
        let body = &sheet[start..];
        let body = &body[body.find('{').unwrap() + 1..body.find('}').unwrap()];
        body.lines()
            .filter_map(|line| line.trim().strip_suffix(';')?.split_once(':'))
            .map(|(name, value)| (name, value.trim()))
            .collect()
    }

    #[test]
    fn the_style_sheet_has_every_colour_in_light_and_dark_and_marks_stand_out() {
        let sheet = include_str!("../../www/styles/palette.css");
        for theme in [":root {", ":root[data-theme=\"dark\"]"] {
            let properties = block(sheet, theme);
            let find = |name: &str| properties.get(name).and_then(|text| Color::parse(text));
            for name in Palette::PROPERTIES {
                assert!(find(name).is_some(), "{theme} lacks {name}");
            }
            let palette = Palette::read(|name| properties.get(name).map(|&text| text.to_owned()));
            let ground = palette.background;
            let texts = [palette.text, palette.text_secondary];
            for color in texts {
                assert!(color.contrast(ground) >= 4.5, "{theme} {}", color.css());
            }
            let marks = [
                palette.poll,
                palette.playhead,
                palette.selection,
                palette.returned,
                palette.failed,
                palette.cancelled,
                palette.alive,
                palette.wake,
                palette.stuck,
                palette.line,
            ];
            for color in marks {
                assert!(color.contrast(ground) >= 3.0, "{theme} {}", color.css());
            }
        }
    }

    #[test]
    fn for_whoever_wants_more_contrast_every_kind_of_wait_and_mark_stands_out_as_text_does() {
        let sheet = include_str!("../../www/styles/palette.css");
        let (usual, more) = sheet
            .split_once("@media (prefers-contrast: more)")
            .expect("a palette of high contrast");
        for theme in [":root {", ":root[data-theme=\"dark\"]"] {
            let mut properties = block(usual, theme);
            properties.extend(block(more, theme));
            let palette = Palette::read(|name| properties.get(name).map(|&text| text.to_owned()));
            let ground = palette.background;
            for color in [palette.text, palette.text_secondary] {
                assert!(color.contrast(ground) >= 7.0, "{theme} {}", color.css());
            }
            for name in Palette::PROPERTIES {
                let is_kind = name.starts_with("--reason-") || name.starts_with("--mark-");
                let color = properties.get(name).and_then(|text| Color::parse(text));
                let contrast = color.expect("a colour").contrast(ground);
                assert!(!is_kind || contrast >= 4.5, "{theme} {name}: {contrast}");
            }
            for color in [palette.lifetime, palette.sleep] {
                assert!(color.contrast(ground) >= 2.9, "{theme} {}", color.css());
            }
        }
    }
}
