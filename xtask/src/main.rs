//! The project's own commands: `cargo xtask play`, `cargo xtask test`.
//!
//! They are written in Rust, so that a machine with Rust, git and a C compiler needs nothing else:
//! what is missing is installed, or named with the command that installs it. Each can be run again
//! at any time and does only what is not done yet.

mod bench_ui;
mod bench_web;
mod build;
mod play;
mod program;
mod screenshots;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::tools::Need;
use crate::workspace::Workspace;

/// Build, run and test the Wakeline playground.
///
/// Start with `cargo xtask play`, and open the address that it prints. Everything that is missing
/// on this machine is installed, or named with the command that installs it.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build the playground and serve it on this machine
    Play(play::Options),
    /// Run every check: formatting, lints, native, browser and end-to-end tests
    Test(test::Options),
    /// Build the playground into target/site, and the `wakeline` command
    Build,
    /// Install the tools that building and testing need
    Setup(SetupOptions),
    /// Measure the timeline in the page: opening, memory and frames of logs of up to a million events
    BenchUi(bench_ui::Options),
    /// Measure the executor beside its peers in WebAssembly, in Chromium and in node
    BenchWeb(bench_web::Options),
    /// Take the pictures in docs/screenshots from the running page
    Screenshots,
}

/// Install the tools that building and testing need.
///
/// The wasm32 target, clippy, rustfmt, wasm-pack and wasm-bindgen; for tests also Chromium and its
/// driver. What is on PATH in the right version is used; wasm-pack and wasm-bindgen are otherwise
/// kept in the user's cache folder, and nothing of yours is overwritten.
#[derive(Debug, clap::Args)]
struct SetupOptions {
    /// Only what building the playground needs: no browser
    #[arg(long)]
    build_only: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    match task {
        Task::Play(options) => play::play(&workspace, &options)?,
        Task::Test(options) => return test::test(&workspace, &options),
        Task::Build => {
            build::build(&workspace)?;
        }
        Task::Setup(options) => {
            let mut needs = vec![Need::Lints, Need::Wasm];
            if !options.build_only {
                needs.push(Need::Browser);
            }
            tools::ensure(&workspace, &needs)?.describe();
        }
        Task::BenchUi(options) => bench_ui::measure(&workspace, &options)?,
        Task::BenchWeb(options) => bench_web::measure(&workspace, &options)?,
        Task::Screenshots => screenshots::take(&workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}
