//! `cargo xtask bench-web`: what an operation of the executor costs in WebAssembly.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::build;
use crate::program;
use crate::test::environment;
use crate::tools::{self, Need, Tools};
use crate::workspace::Workspace;

/// Measure the executor beside its peers, in Chromium and in node.
///
/// Spawning, joining, giving way and waking: Wakeline, wasm-bindgen-futures, tokio, async-executor
/// and JavaScript's own promises do the same in turns. Prints the least and the median time of an
/// operation over the rounds, the ratio of the least to ours, and the memory that a parked task
/// takes. Takes some minutes; nothing else should run meanwhile. The peers are fetched and compiled
/// the first time.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Three rounds, and sizes up to ten thousand and the fixed ones
    #[arg(long)]
    quick: bool,
    /// Only what has this in its title, such as `yield`
    #[arg(long, default_value = "")]
    filter: String,
    /// Also a million tasks at once
    #[arg(long)]
    large: bool,
}

/// Builds, and prints the tables.
///
/// # Errors
/// If the build fails, or the browser is missing or fails.
pub(crate) fn measure(workspace: &Workspace, options: &Options) -> Result<()> {
    let tools = tools::ensure(workspace, &[Need::Wasm, Need::Browser])?;
    build::build_command(workspace)?;
    let folder = workspace.target().join("bench-web/site");
    pack(workspace, &tools, &folder)?;
    let (rounds, largest) = match (options.quick, options.large) {
        (true, _) => ("3", "10000"),
        (false, false) => ("9", "100000"),
        (false, true) => ("9", "1000000"),
    };

    println!("\n### Chromium\n");
    let mut chromium = program::cargo();
    chromium.args(["run", "--quiet", "--package", "wakeline-e2e"]);
    chromium
        .args(["--bin", "bench_web", "--"])
        .arg(&folder)
        .args([rounds, largest, &options.filter]);
    environment(&mut chromium, workspace, tools.browser()?);
    program::run(chromium.current_dir(workspace.root()))?;

    println!("\n### Node\n");
    let Some(node) = program::find("node") else {
        println!("node is not on PATH: nothing is measured there");
        return Ok(());
    };
    let mut node = program::program(node);
    node.arg(folder.join("node.mjs"));
    program::run(node.args([rounds, largest, &options.filter]))
}

/// The module, and the scripts around it.
fn pack(workspace: &Workspace, tools: &Tools, folder: &Path) -> Result<()> {
    let package = workspace.root().join("crates/web/bench");
    let mut command = tools.wasm_pack()?;
    command
        .args(["build", "crates/web/bench", "--target", "web", "--release"])
        .args(["--out-name", "bench", "--out-dir"])
        .arg(folder)
        // Nothing is downloaded, and nobody is measured with another optimizer than the others.
        .args(["--mode", "no-install", "--no-opt"])
        .args(["--no-typescript", "--no-pack"])
        .env("CARGO_TARGET_DIR", workspace.target().join("bench-web"));
    program::run(command.current_dir(workspace.root()))?;
    let scripts = package.join("js");
    let entries = scripts
        .read_dir()
        .with_context(|| format!("cannot read {}", scripts.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", scripts.display()))?;
        fs::copy(entry.path(), folder.join(entry.file_name()))
            .with_context(|| format!("cannot copy {}", entry.path().display()))?;
    }
    Ok(())
}
