//! `cargo xtask screenshots`: the pictures in the documentation, from the page as it runs.

use anyhow::Result;

use crate::build;
use crate::program;
use crate::test::environment;
use crate::tools::{self, Need};
use crate::workspace::Workspace;

/// Builds, and writes `docs/screenshots/*.png`.
///
/// # Errors
/// If the build fails, or the browser is missing or fails.
pub(crate) fn take(workspace: &Workspace) -> Result<()> {
    let tools = tools::ensure(workspace, &[Need::Wasm, Need::Browser])?;
    build::build(workspace)?;
    let mut command = program::cargo();
    command.args([
        "run",
        "--quiet",
        "--package",
        "wakeline-e2e",
        "--bin",
        "screenshots",
        "--",
    ]);
    command.arg(workspace.root().join("docs/screenshots"));
    environment(&mut command, workspace, tools.browser()?);
    program::run(command.current_dir(workspace.root()))
}
