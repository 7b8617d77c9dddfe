//! The programs that building and testing need: found, or installed, or named.
//!
//! What is on PATH in the right version is used. wasm-pack and wasm-bindgen are otherwise built
//! from crates.io into the user's cache folder, one folder per version, so that two checkouts which
//! want different versions do not fight. Nothing outside of that folder is changed, except for
//! what rustup and, for root on Debian, apt-get are asked to add; each such command is printed.

mod browser;
mod installed;
mod optimizer;
mod rust;
mod wasm;

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

pub(crate) use self::browser::Browser;
pub(crate) use self::optimizer::Optimizer;
pub(crate) use self::rust::has_miri;
use crate::program;
use crate::workspace::Workspace;

/// Something that a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// rustfmt and clippy.
    Lints,
    /// The wasm32 target, wasm-pack and wasm-bindgen.
    Wasm,
    /// Chromium and its driver.
    Browser,
}

/// What was found or installed.
#[derive(Debug, Default)]
pub(crate) struct Tools {
    /// To be put before PATH, so that the right versions are found by name.
    folders: Vec<PathBuf>,
    /// wasm-pack, if it was asked for.
    wasm_pack: Option<PathBuf>,
    /// The browser, if it was asked for.
    browser: Option<Browser>,
}

impl Tools {
    /// A command that finds the tools on its PATH.
    ///
    /// # Errors
    /// If a folder has a name that PATH cannot hold.
    pub(crate) fn command(&self, mut command: Command) -> Result<Command> {
        program::prepend_path(&mut command, &self.folders)?;
        Ok(command)
    }

    /// wasm-pack, with the tools that it needs on its PATH.
    ///
    /// # Errors
    /// If [`Need::Wasm`] was not asked for.
    pub(crate) fn wasm_pack(&self) -> Result<Command> {
        let path = self
            .wasm_pack
            .as_ref()
            .context("wasm-pack was not set up")?;
        self.command(program::program(path))
    }

    /// The browser and its driver.
    ///
    /// # Errors
    /// If [`Need::Browser`] was not asked for.
    pub(crate) fn browser(&self) -> Result<&Browser> {
        self.browser.as_ref().context("the browser was not set up")
    }

    /// Prints where the tools are.
    pub(crate) fn describe(&self) {
        println!("Everything that was asked for is there:");
        for folder in &self.folders {
            println!("  {}", folder.display());
        }
        if let Some(browser) = &self.browser {
            println!("  {}", browser.program().display());
            println!("  {}", browser.driver().display());
        }
    }
}

/// Finds or installs what is needed.
///
/// # Errors
/// If something is missing and cannot be installed from here; the message says what would.
pub(crate) fn ensure(workspace: &Workspace, needs: &[Need]) -> Result<Tools> {
    let mut tools = Tools::default();
    if needs.contains(&Need::Lints) {
        rust::ensure_lints(workspace)?;
    }
    if needs.contains(&Need::Wasm) {
        rust::ensure_wasm_target(workspace)?;
        let wasm = wasm::ensure(workspace)?;
        tools.wasm_pack = Some(wasm.wasm_pack);
        tools.folders = wasm.folders;
    }
    if needs.contains(&Need::Browser) {
        tools.browser = Some(browser::ensure()?);
    }
    Ok(tools)
}

/// Where this project keeps tools: `$XDG_CACHE_HOME/wakeline`, or `~/.cache/wakeline`.
fn cache() -> Result<PathBuf> {
    env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .map(|path| path.join("wakeline"))
        .context("neither XDG_CACHE_HOME nor a home folder says where tools can be kept")
}
