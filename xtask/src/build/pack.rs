//! One WebAssembly module by wasm-pack.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::{Context, Result};

use super::size::Size;
use super::stamp::{self, Inputs, Stamp};
use crate::program;
use crate::tools::{Optimizer, Tools};
use crate::workspace::Workspace;

/// The profile of the workspace's manifest for what is shipped to a browser.
const PROFILE: &str = "wasm";

/// A package that becomes a module.
#[derive(Debug)]
pub(super) struct Package {
    /// What its files are called: `page.js`, `page_bg.wasm`.
    pub(super) name: &'static str,
    /// Its folder in the workspace.
    pub(super) folder: &'static str,
    /// Its library, as cargo spells it in file names.
    pub(super) library: &'static str,
}

impl Package {
    /// Where its files are built.
    pub(super) fn output(&self, workspace: &Workspace) -> PathBuf {
        workspace.state().join(self.name)
    }

    /// Builds it if anything that it is made from has changed. Returns its size.
    ///
    /// # Errors
    /// If wasm-pack or wasm-opt fails, or a file cannot be read or written.
    pub(super) fn build(&self, workspace: &Workspace, tools: &Tools) -> Result<Size> {
        let stamp_path = workspace.state().join(format!("{}.stamp", self.name));
        if let Some(stamp) = Stamp::read(&stamp_path)
            && self.module(workspace).is_file()
            && let Some(inputs) = self.inputs(workspace, Optimizer::find().as_ref())?
            && inputs.hash == stamp.inputs
        {
            return Ok(stamp.size);
        }
        let start = SystemTime::now();
        let optimizer = Optimizer::find_or_install();
        self.pack(workspace, tools, optimizer.is_some())?;
        let module = self.module(workspace);
        if let Some(optimizer) = &optimizer {
            optimizer.optimize(&module)?;
        }
        let bytes =
            fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
        let size = Size::of(&bytes)?;
        // Cargo has just written down what went in. What was edited meanwhile may or may not have
        // been read: without a stamp, the next build looks again.
        if let Some(inputs) = self.inputs(workspace, optimizer.as_ref())?
            && inputs.changed < start
        {
            let inputs = inputs.hash;
            Stamp { inputs, size }.write(&stamp_path)?;
        }
        Ok(size)
    }

    /// Calls wasm-pack. The names of functions stay in the module if something is to be done by
    /// them.
    fn pack(&self, workspace: &Workspace, tools: &Tools, named: bool) -> Result<()> {
        let output = self.output(workspace);
        // wasm-pack leaves files of earlier builds where they are.
        if output.exists() {
            fs::remove_dir_all(&output)
                .with_context(|| format!("cannot empty {}", output.display()))?;
        }
        let mut command = tools.wasm_pack()?;
        command
            .args([
                "build",
                self.folder,
                "--target",
                "web",
                "--profile",
                PROFILE,
            ])
            .args(["--out-name", self.name, "--out-dir"])
            .arg(&output)
            // Nothing is downloaded: both tools are there, and wasm-opt is called from here.
            .args(["--mode", "no-install", "--no-opt"])
            .args(["--no-typescript", "--no-pack"]);
        if named {
            command.env("CARGO_PROFILE_WASM_STRIP", "none");
        }
        program::run(command.current_dir(workspace.root()))
    }

    fn inputs(
        &self,
        workspace: &Workspace,
        optimizer: Option<&Optimizer>,
    ) -> Result<Option<Inputs>> {
        let list = workspace
            .target()
            .join("wasm32-unknown-unknown")
            .join(PROFILE)
            .join(format!("{}.d", self.library));
        let optimizer = optimizer.map_or("", Optimizer::version);
        let bindgen = workspace.wasm_bindgen_version()?;
        stamp::inputs(workspace, &list, &[PROFILE, &bindgen, optimizer])
    }

    fn module(&self, workspace: &Workspace) -> PathBuf {
        self.output(workspace)
            .join(format!("{}_bg.wasm", self.name))
    }
}
