//! `wasm-opt`, which makes WebAssembly smaller than rustc does. Builds work without it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::program;

/// The release of the npm package `binaryen` that is installed where node and npm are there.
const BINARYEN: &str = "131.0.0";

/// Older releases misread what today's rustc and wasm-bindgen emit.
const OLDEST: u32 = 120;

/// The WebAssembly features that rustc emits for `wasm32-unknown-unknown`, and no others: with
/// more, the optimiser may use what a visitor's browser does not have.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// A usable `wasm-opt`.
#[derive(Debug)]
pub(crate) struct Optimizer {
    program: PathBuf,
    version: String,
}

impl Optimizer {
    /// The one on PATH, or else the one in the cache.
    pub(crate) fn find() -> Option<Self> {
        Self::on_path().or_else(|| {
            let program = cached().ok()?;
            (program.is_file() && program::find("node").is_some()).then(|| Self {
                program,
                version: BINARYEN.to_owned(),
            })
        })
    }

    /// As [`find`](Self::find), but installs it into the cache if node and npm are there. Prints
    /// why there is none.
    pub(crate) fn find_or_install() -> Option<Self> {
        if let Some(found) = Self::find() {
            return Some(found);
        }
        match install() {
            Ok(true) => Self::find(),
            Ok(false) => {
                println!(
                    "No wasm-opt (Binaryen {OLDEST} or newer) on PATH, and no npm to install it: \
                     the bundle is larger than it could be."
                );
                None
            }
            Err(error) => {
                println!(
                    "wasm-opt could not be installed: the bundle is larger than it could be. \
                     ({error:#})"
                );
                None
            }
        }
    }

    fn on_path() -> Option<Self> {
        let program = program::find("wasm-opt")?;
        // Printed as `wasm-opt version 131 (version_131)`.
        let shown = program::output(program::program(&program).arg("--version"))?;
        let version = shown.split_whitespace().nth(2)?.to_owned();
        (version.parse::<u32>().ok()? >= OLDEST).then_some(Self { program, version })
    }

    /// Which one it is; another one may give other bytes.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// Makes a module smaller, in place, and takes the names of its functions out.
    ///
    /// Only passes that keep every result are used: the same run must give the same log with and
    /// without them, in the page and on the command line. The level is the lowest: the higher ones
    /// undo the regularity of what LLVM emits, and give a module that is smaller on disk and
    /// larger on its way to a browser. In the order of their names, functions that were made from
    /// one stand side by side, which helps a compressor too: it is why the names are still there.
    ///
    /// # Errors
    /// If the program fails; the module is then as it was.
    pub(crate) fn optimize(&self, module: &Path) -> Result<()> {
        let smaller = module.with_extension("smaller");
        let mut command = program::program(&self.program);
        command.arg("-O1").args(FEATURES).args([
            "--reorder-functions-by-name",
            "--strip-debug",
            "--strip-producers",
        ]);
        command.arg(module).arg("--output").arg(&smaller);
        program::run(&mut command)?;
        fs::rename(&smaller, module)?;
        Ok(())
    }
}

fn folder() -> Result<PathBuf> {
    Ok(super::cache()?.join(format!("binaryen-{BINARYEN}")))
}

fn cached() -> Result<PathBuf> {
    Ok(folder()?.join("node_modules/binaryen/bin/wasm-opt"))
}

/// Whether it was installed; `false` if node or npm is missing.
fn install() -> Result<bool> {
    let Some(npm) = program::find("npm").filter(|_| program::find("node").is_some()) else {
        return Ok(false);
    };
    let mut command = program::program(npm);
    command.args([
        "install",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--loglevel=error",
    ]);
    // Without a network the answer should come at once.
    command.args(["--fetch-retries=0", "--fetch-timeout=60000", "--prefix"]);
    command.arg(folder()?).arg(format!("binaryen@{BINARYEN}"));
    program::run(&mut command)?;
    Ok(true)
}
