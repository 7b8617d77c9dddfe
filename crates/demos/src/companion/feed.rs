//! Sensors that measure: the readings of the companion server's feed, and of the demo `realtime`.
//! The real companion server sends the same.

use serde_json::{Value, json};

use super::site::mix;

/// The most sensors that a feed has.
pub const MOST_SENSORS: u64 = 100;

/// What a feed sends. Readings depend on this and on their number alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feed {
    /// How many sensors there are; they take turns.
    pub sensors: u64,
    /// The time between two readings, and before the first.
    pub interval_ms: u64,
    /// How many readings there are.
    pub count: u64,
    /// What the values depend on.
    pub seed: u64,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            sensors: 3,
            interval_ms: 100,
            count: 1_000_000,
            seed: 0,
        }
    }
}

/// What a sensor says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Which reading it is, from 0.
    pub number: u64,
    /// Which sensor says so, from 1.
    pub sensor: u64,
    /// What it measured: tenths of a degree.
    pub tenths: i64,
}

impl Feed {
    /// The reading with this number: around 20 degrees, and sometimes far off.
    #[must_use]
    pub fn reading(&self, number: u64) -> Reading {
        let sensors = self.sensors.max(1);
        let bits = mix(mix(self.seed).wrapping_add(number));
        let noise = i64::try_from(bits % 41).unwrap_or(0) - 20;
        let is_spike = (bits >> 32).is_multiple_of(20);
        Reading {
            number,
            sensor: number % sensors + 1,
            tenths: 200 + noise + if is_spike { 80 } else { 0 },
        }
    }
}

impl Reading {
    /// As a feed sends it.
    #[must_use]
    pub fn to_json(self) -> String {
        let Self {
            number,
            sensor,
            tenths,
        } = self;
        json!({ "number": number, "sensor": sensor, "tenths": tenths }).to_string()
    }

    /// From what a feed sends; `None` if it is none.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        Some(Self {
            number: value["number"].as_u64()?,
            sensor: value["sensor"].as_u64()?,
            tenths: value["tenths"].as_i64()?,
        })
    }
}
