//! The build of the playground: four WebAssembly modules, a folder of files around them, and the
//! command that serves it.
//!
//! wasm-pack builds the page, the engine and the study. What it makes, `index.html` and `www/` are put
//! together in `target/site`, where every file but `index.html` carries a hash of its content in
//! its name: a browser may keep such a file for ever, and a new build is never mixed with an old
//! one. All references are relative, so that the folder works anywhere on a static host.

mod pack;
mod references;
mod site;
mod size;
mod stamp;

use std::process::Command;

use anyhow::Result;

use crate::program;
use crate::tools::{self, Need};
use crate::workspace::Workspace;

use self::pack::Package;

/// The page.
const PAGE: Package = Package {
    name: "page",
    folder: ".",
    library: "wakeline_playground",
};

/// The Web Worker that runs demos.
const ENGINE: Package = Package {
    name: "engine",
    folder: "crates/engine",
    library: "wakeline_engine",
};

/// The same with the demos of the network.
const NETWORK: Package = Package {
    name: "network",
    folder: "crates/engine-network",
    library: "wakeline_engine_network",
};

/// The Web Worker that studies whole logs.
const STUDY: Package = Package {
    name: "study",
    folder: "crates/study",
    library: "wakeline_study",
};

/// Builds what has changed since the last time.
///
/// # Errors
/// If a tool is missing or fails, or if a file of the page names one that does not exist.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let tools = tools::ensure(workspace, &[Need::Wasm])?;
    build_command(workspace)?;
    let mut sizes = Vec::new();
    let packages = [&PAGE, &ENGINE, &NETWORK, &STUDY];
    for package in packages {
        sizes.push((package.name, package.build(workspace, &tools)?));
    }
    let made = [
        ("pictures.svg", told(workspace, &["pictures"])?),
        (
            "catalogue.json",
            told(workspace, &["list", "--json", "--lang", "en"])?,
        ),
        ("sources.json", told(workspace, &["source", "--json"])?),
        ("lessons.en.json", lessons(workspace, "en")?),
        ("lessons.zh.json", lessons(workspace, "zh")?),
    ];
    site::assemble(workspace, &packages, &made)?;
    println!("The playground is in {}", workspace.site().display());
    for (name, size) in sizes {
        size.print(name);
    }
    Ok(())
}

/// Builds the `wakeline` command, which serves.
///
/// # Errors
/// If cargo fails.
pub(crate) fn build_command(workspace: &Workspace) -> Result<()> {
    let mut command = program::cargo();
    command.args([
        "build",
        "--release",
        "--package",
        "wakeline-cli",
        "--bin",
        "wakeline",
    ]);
    program::run(command.current_dir(workspace.root()))
}

/// The lessons of all demos in a language.
fn lessons(workspace: &Workspace, language: &str) -> Result<Vec<u8>> {
    told(workspace, &["lesson", "--json", "--lang", language])
}

/// What the command that was built prints: tables about all demos, which the page loads apart.
fn told(workspace: &Workspace, arguments: &[&str]) -> Result<Vec<u8>> {
    program::printed(Command::new(workspace.wakeline()).args(arguments))
}
