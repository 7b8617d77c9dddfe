//! How large a module is, on disk and on its way to a browser.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;

/// Over this, a module is too large on its way to the browser.
const MOST_BROTLI: usize = 250_000;

/// The size of a module in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    raw: usize,
    brotli: usize,
}

impl Size {
    /// Measures a module: compressed as a server would that has the time.
    ///
    /// # Errors
    /// If the compressor fails, which it does not in memory.
    pub(super) fn of(module: &[u8]) -> Result<Self> {
        let mut compressed = Vec::new();
        let best = BrotliEncoderParams {
            quality: 11,
            lgwin: 22,
            size_hint: module.len(),
            ..BrotliEncoderParams::default()
        };
        brotli::BrotliCompress(&mut &*module, &mut compressed, &best)
            .context("cannot measure a module's compressed size")?;
        Ok(Self {
            raw: module.len(),
            brotli: compressed.len(),
        })
    }

    /// Prints the size, and a warning if it is too large.
    pub(super) fn print(self, name: &str) {
        let kilobytes = |bytes: usize| bytes as f64 / 1000.0;
        println!(
            "  {name:<7} {:>7.1} KB wasm, {:>6.1} KB with brotli",
            kilobytes(self.raw),
            kilobytes(self.brotli)
        );
        if self.brotli > MOST_BROTLI {
            println!(
                "warning: {name} is larger than {:.0} KB with brotli",
                kilobytes(MOST_BROTLI)
            );
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.raw, self.brotli)
    }
}

impl FromStr for Size {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let (raw, brotli) = text.split_once(' ').context("two numbers are expected")?;
        Ok(Self {
            raw: raw.parse()?,
            brotli: brotli.parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetition_compresses_and_a_size_survives_being_written() {
        let size = Size::of(&[7; 10_000]).unwrap();
        assert_eq!(size.raw, 10_000);
        assert!(size.brotli < 100, "{size}");
        assert_eq!(size.to_string().parse::<Size>().unwrap(), size);
        assert!("12".parse::<Size>().is_err());
    }
}
