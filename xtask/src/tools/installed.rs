//! Programs in the cache folder, each built from crates.io in one exact version.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::program;

/// A program on crates.io.
#[derive(Debug)]
pub(super) struct Installed<'a> {
    /// The package.
    pub(super) package: &'a str,
    /// Its exact version.
    pub(super) version: &'a str,
    /// Those of its programs that are wanted.
    pub(super) programs: &'a [&'a str],
}

impl Installed<'_> {
    /// The folder with the programs: the one on PATH where all of them have the wanted version,
    /// or the one in the cache. Builds them if neither is there.
    ///
    /// # Errors
    /// If they must be built and cargo cannot.
    pub(super) fn ensure(&self, accepts: impl Fn(&str) -> bool) -> Result<PathBuf> {
        if let Some(folder) = self.on_path(accepts) {
            return Ok(folder);
        }
        let root = super::cache()?.join(format!("{}-{}", self.package, self.version));
        let folder = root.join("bin");
        if !self.all_in(&folder) {
            self.build(&root)?;
        }
        Ok(folder)
    }

    fn on_path(&self, accepts: impl Fn(&str) -> bool) -> Option<PathBuf> {
        let first = program::find(self.programs.first()?)?;
        let shown = program::output(program::program(&first).arg("--version"))?;
        let folder = first.parent()?.to_owned();
        // Printed as `name 1.2.3`, sometimes with more behind it.
        (accepts(shown.split_whitespace().nth(1)?) && self.all_in(&folder)).then_some(folder)
    }

    fn all_in(&self, folder: &std::path::Path) -> bool {
        let suffix = std::env::consts::EXE_SUFFIX;
        self.programs
            .iter()
            .all(|name| folder.join(format!("{name}{suffix}")).is_file())
    }

    fn build(&self, root: &std::path::Path) -> Result<()> {
        let Self {
            package, version, ..
        } = self;
        println!(
            "Installing {package} {version} (once, some minutes) into {}",
            root.display()
        );
        let install = |locked: bool| {
            let mut command = program::cargo();
            command.args(["install", package, "--version", &format!("={version}")]);
            for name in self.programs {
                command.args(["--bin", name]);
            }
            command.arg("--root").arg(root);
            if locked {
                command.arg("--locked");
            }
            // A target folder set for this project would mix the tool's build into it.
            command.env_remove("CARGO_TARGET_DIR");
            program::run(&mut command)
        };
        install(true)
            .or_else(|error| {
                // A lock file can name a release that is not, or no longer, on crates.io.
                println!("{error:#}; trying once more without its lock file");
                install(false)
            })
            .with_context(|| {
                format!(
                    "{package} {version} is missing. Install it by hand and put it on PATH: \
                     cargo install --locked {package} --version {version}"
                )
            })
    }
}
