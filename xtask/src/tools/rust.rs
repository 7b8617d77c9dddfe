//! Parts of the Rust toolchain. With rustup they come with `rust-toolchain.toml`; they are missing
//! where that file was overridden, or where Rust came by another way.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::program;
use crate::workspace::Workspace;

const WASM: &str = "wasm32-unknown-unknown";

/// Ensures that Rust can compile to WebAssembly.
pub(super) fn ensure_wasm_target(workspace: &Workspace) -> Result<()> {
    let is_there = || {
        let mut rustc = program::program("rustc");
        rustc.args(["--print", "target-libdir", "--target", WASM]);
        rustc.current_dir(workspace.root());
        program::output(&mut rustc).is_some_and(|folder| {
            // The folder's name is printed whether it exists or not, and it holds at least `core`.
            Path::new(folder.trim())
                .read_dir()
                .is_ok_and(|mut files| files.next().is_some())
        })
    };
    if is_there() {
        return Ok(());
    }
    add(workspace, &["target", "add", WASM])?;
    if !is_there() {
        bail!("rustup added the target {WASM}, but rustc does not find it");
    }
    Ok(())
}

/// Ensures that clippy and rustfmt are there.
pub(super) fn ensure_lints(workspace: &Workspace) -> Result<()> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let mut cargo = program::cargo();
        cargo
            .args([command, "--version"])
            .current_dir(workspace.root());
        if program::output(&mut cargo).is_none() {
            add(workspace, &["component", "add", component])?;
        }
    }
    Ok(())
}

fn add(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let toolchain = workspace.toolchain()?;
    let named = arguments.join(" ");
    if program::find("rustup").is_none() {
        bail!(
            "Rust lacks a part that this needs, and there is no rustup to add it. \
             With rustup it would be: rustup {named} --toolchain {toolchain}"
        );
    }
    let mut rustup = program::program("rustup");
    rustup.args(arguments).args(["--toolchain", &toolchain]);
    program::run(&mut rustup).with_context(|| {
        format!("Rust lacks a part that this needs; try: rustup {named} --toolchain {toolchain}")
    })
}

/// Whether the nightly toolchain has Miri, which checks unsafe code while it runs.
pub(crate) fn has_miri() -> bool {
    program::output(program::program("rustup").args([
        "run",
        "nightly",
        "cargo",
        "miri",
        "--version",
    ]))
    .is_some()
}
