//! Chromium and its driver.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::program;

/// What Debian calls them, and a font for the Chinese half of the page.
const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-noto-cjk"];

/// Names of Chromium and of its siblings.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// A browser and the program that drives it.
#[derive(Debug)]
pub(crate) struct Browser {
    program: PathBuf,
    driver: PathBuf,
}

impl Browser {
    /// Chromium.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// chromedriver.
    pub(crate) fn driver(&self) -> &Path {
        &self.driver
    }
}

/// Finds both, or installs them where that is possible without asking anybody.
pub(super) fn ensure() -> Result<Browser> {
    if let Some(browser) = find()? {
        return Ok(browser);
    }
    let by_hand = format!(
        "apt-get install --no-install-recommends {}",
        PACKAGES.join(" ")
    );
    if program::find("apt-get").is_none() {
        bail!(
            "Chromium and chromedriver of the same version are needed on PATH, or in the \
             variables CHROME and CHROMEDRIVER. On Debian: {by_hand}"
        );
    }
    if !is_root() {
        bail!("Chromium and its driver are missing. Install them with: sudo {by_hand}");
    }
    println!("Installing Chromium and its driver (once, some minutes)");
    let apt = |arguments: &[&str]| {
        let mut command = program::program("apt-get");
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments);
        program::run(&mut command).with_context(|| {
            format!("Chromium and its driver are missing. Install them with: {by_hand}")
        })
    };
    apt(&["update"])?;
    apt(&[
        &["install", "--yes", "--no-install-recommends"],
        &PACKAGES[..],
    ]
    .concat())?;
    find()?.context("Chromium was installed, but it is not on PATH")
}

fn find() -> Result<Option<Browser>> {
    let driver = match named("CHROMEDRIVER")? {
        Some(path) => Some(path),
        None => program::find("chromedriver"),
    };
    let browser = match named("CHROME")? {
        Some(path) => Some(path),
        None => NAMES.iter().find_map(|name| program::find(name)),
    };
    Ok(browser
        .zip(driver)
        .map(|(program, driver)| Browser { program, driver }))
}

/// The program that a variable names, if it is set.
fn named(variable: &str) -> Result<Option<PathBuf>> {
    let Some(value) = env::var_os(variable).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let path = PathBuf::from(value);
    if !path.is_file() {
        bail!("{variable} names {}, which is no file", path.display());
    }
    Ok(Some(path))
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // Every process owns its own entry there.
    Path::new("/proc/self")
        .metadata()
        .is_ok_and(|data| data.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
