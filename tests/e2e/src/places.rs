//! Where the things are that are tested.

use std::env;
use std::path::{Path, PathBuf};

/// Cargo's target folder: this program is in `<target>/<profile>/` or in a folder below.
///
/// # Panics
/// If it is not.
#[must_use]
pub fn target() -> PathBuf {
    let program = env::current_exe().expect("a program knows where it is");
    program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file())
        .expect("tests are run by cargo, from its target folder")
        .to_owned()
}

/// The folder of the built site.
///
/// # Panics
/// If it was not built.
#[must_use]
pub fn site() -> PathBuf {
    let site = given("WAKELINE_SITE").unwrap_or_else(|| target().join("site"));
    built(&site.join("index.html"));
    site
}

/// The `wakeline` program.
///
/// # Panics
/// If it was not built.
#[must_use]
pub fn wakeline() -> PathBuf {
    let name = format!("wakeline{}", env::consts::EXE_SUFFIX);
    let program = given("WAKELINE_PROGRAM").unwrap_or_else(|| target().join("release").join(name));
    built(&program);
    program
}

/// Chromium, if a variable names it; otherwise chromedriver finds it.
#[must_use]
pub fn chromium() -> Option<PathBuf> {
    given("CHROME")
}

/// chromedriver.
#[must_use]
pub fn chromedriver() -> PathBuf {
    given("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into())
}

/// Where a failing story leaves what it saw.
#[must_use]
pub fn failures() -> PathBuf {
    target().join("e2e/failures")
}

fn given(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

fn built(file: &Path) {
    assert!(
        file.is_file(),
        "{} is missing. Build what is tested first: cargo xtask build",
        file.display()
    );
}
