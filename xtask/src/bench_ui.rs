//! `cargo xtask bench-ui`: what the timeline costs in the page as it runs.

use anyhow::Result;

use crate::build;
use crate::program;
use crate::test::environment;
use crate::tools::{self, Need};
use crate::workspace::Workspace;

/// Measure the timeline in the page.
///
/// Opens logs of ten thousand to a million events on ten to a hundred thousand tasks in headless
/// Chromium, pans and zooms by a script, and prints for each how long opening took, the memory of
/// the page's module, the time from an input to its frame, and processor time for each frame.
/// Takes some minutes; nothing else should run meanwhile.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only the logs of up to a hundred thousand events, and fewer gestures
    #[arg(long)]
    quick: bool,
}

/// Builds, and prints the table.
///
/// # Errors
/// If the build fails, or the browser is missing or fails.
pub(crate) fn measure(workspace: &Workspace, options: &Options) -> Result<()> {
    let tools = tools::ensure(workspace, &[Need::Wasm, Need::Browser])?;
    build::build(workspace)?;
    let mut generator = program::cargo();
    generator.args(["build", "--release", "--package", "wakeline-timeline"]);
    generator.args(["--example", "busy_log"]);
    program::run(generator.current_dir(workspace.root()))?;
    let mut command = program::cargo();
    command.args(["run", "--quiet", "--package", "wakeline-e2e"]);
    command.args(["--bin", "bench_ui", "--"]);
    command.arg(workspace.target().join("release/examples/busy_log"));
    if options.quick {
        command.arg("quick");
    }
    environment(&mut command, workspace, tools.browser()?);
    program::run(command.current_dir(workspace.root()))
}
