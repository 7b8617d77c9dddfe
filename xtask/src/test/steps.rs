//! What is checked, and by which commands.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::program;
use crate::tools::{self, Need, Tools};
use crate::workspace::Workspace;

/// One step.
#[derive(Debug)]
pub(super) struct Step {
    /// How it is named on the command line.
    pub(super) name: &'static str,
    /// What it checks.
    pub(super) what: &'static str,
    /// What must be there.
    pub(super) needs: &'static [Need],
    /// Whether it runs only if asked for.
    pub(super) on_request: bool,
    /// Whether it is a failure if it ran no test.
    pub(super) runs_tests: bool,
    /// The commands, run one after another until one fails.
    pub(super) commands: fn(&Plan<'_>) -> Result<Commands>,
}

/// What a step does.
#[derive(Debug)]
pub(super) enum Commands {
    /// Runs these.
    Run(Vec<Command>),
    /// Cannot be run here, and why.
    Skip(String),
}

/// What steps work with.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// The workspace.
    pub(super) workspace: &'a Workspace,
    /// What the chosen steps need.
    pub(super) tools: Tools,
}

/// Crates that are compiled for a browser, and so are linted for it too.
const FOR_WASM: [&str; 10] = [
    "wakeline",
    "wakeline-demos",
    "wakeline-engine",
    "wakeline-engine-network",
    "wakeline-phrases",
    "wakeline-playground",
    "wakeline-protocol",
    "wakeline-study",
    "wakeline-timeline",
    "wakeline-web",
];

/// Folders of packages that may have tests for a browser.
const BROWSER_TESTED: [&str; 6] = [
    ".",
    "crates/demos",
    "crates/engine",
    "crates/runtime",
    "crates/timeline",
    "crates/web",
];

/// How long the tests of one package may take in a browser, in seconds. wasm-pack's own limit of
/// 20 is too short for a machine that is busy.
const BROWSER_SECONDS: &str = "300";

/// All steps, the quick ones first.
pub(super) const STEPS: &[Step] = &[
    Step {
        name: "format",
        what: "cargo fmt --check",
        needs: &[Need::Lints],
        on_request: false,
        runs_tests: false,
        commands: |plan| plan.cargo(&[&["fmt", "--all", "--", "--check", "--color", "never"]]),
    },
    Step {
        name: "clippy",
        what: "clippy on everything, natively, warnings denied",
        needs: &[Need::Lints],
        on_request: false,
        runs_tests: false,
        commands: |plan| {
            let strict = ["--", "-D", "warnings"];
            let all = ["clippy", "--workspace", "--all-targets"];
            // The runtime as somebody has it who wants no event log.
            let plain = ["clippy", "--package", "wakeline", "--no-default-features"];
            plan.cargo(&[
                &[&all[..], &strict].concat(),
                &[&plain[..], &strict].concat(),
            ])
        },
    },
    Step {
        name: "clippy-wasm",
        what: "clippy on what runs in a browser, for wasm32, warnings denied",
        needs: &[Need::Lints, Need::Wasm],
        on_request: false,
        runs_tests: false,
        commands: clippy_wasm,
    },
    Step {
        name: "docs",
        what: "cargo doc, warnings denied",
        needs: &[],
        on_request: false,
        runs_tests: false,
        commands: |plan| {
            let mut command = plan.command(&["doc", "--workspace", "--no-deps"]);
            // Programs are documented for those who work on them: links to what is private are meant.
            let flags = "-D warnings -A rustdoc::private_intra_doc_links";
            command.env("RUSTDOCFLAGS", flags);
            Ok(Commands::Run(vec![command]))
        },
    },
    Step {
        name: "native",
        what: "unit and integration tests on this machine",
        needs: &[],
        on_request: false,
        runs_tests: true,
        commands: |plan| {
            let scope = ["test", "--workspace", "--exclude", "wakeline-e2e"];
            plan.cargo(&[&[&scope[..], &["--lib", "--bins", "--tests"]].concat()])
        },
    },
    Step {
        name: "features",
        what: "the runtime with the features that nothing else turns on",
        needs: &[],
        on_request: false,
        runs_tests: true,
        commands: |plan| {
            let mut line = vec![
                "test",
                "--package",
                "wakeline",
                "--features",
                "small,tracing",
            ];
            // What erased tasks could break, and what the layer for `tracing` does.
            for file in [
                "runtime_end",
                "task_abort",
                "task_join",
                "task_panic",
                "tracing",
            ] {
                line.extend(["--test", file]);
            }
            plan.cargo(&[&line])
        },
    },
    Step {
        name: "doctests",
        what: "the examples in the documentation",
        needs: &[],
        on_request: false,
        runs_tests: true,
        commands: |plan| plan.cargo(&[&["test", "--workspace", "--doc"]]),
    },
    Step {
        name: "browser",
        what: "wasm-pack test --headless --chrome, for each package with browser tests",
        needs: &[Need::Wasm, Need::Browser],
        on_request: false,
        runs_tests: true,
        commands: browser,
    },
    Step {
        name: "build",
        what: "the playground as it is shipped, and the wakeline command",
        needs: &[Need::Wasm],
        on_request: false,
        runs_tests: false,
        commands: |_| {
            let this = std::env::current_exe().context("cannot tell where this program is")?;
            let mut command = Command::new(this);
            command.arg("build");
            Ok(Commands::Run(vec![command]))
        },
    },
    Step {
        name: "e2e",
        what: "the playground in a real browser, end to end",
        needs: &[Need::Browser],
        on_request: false,
        runs_tests: true,
        commands: |plan| {
            let mut command = plan.command(&["test", "--package", "wakeline-e2e"]);
            super::environment(&mut command, plan.workspace, plan.tools.browser()?);
            Ok(Commands::Run(vec![command]))
        },
    },
    Step {
        name: "miri",
        what: "the runtime's tests under Miri (only with --miri)",
        needs: &[],
        on_request: true,
        runs_tests: true,
        commands: miri,
    },
];

impl Plan<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program::cargo();
        command.args(arguments).current_dir(self.workspace.root());
        command
    }

    fn cargo(&self, lines: &[&[&str]]) -> Result<Commands> {
        Ok(Commands::Run(
            lines.iter().map(|line| self.command(line)).collect(),
        ))
    }
}

fn clippy_wasm(plan: &Plan<'_>) -> Result<Commands> {
    let clippy = |packages: &[&str], targets: &[&str]| {
        let mut command = plan.command(&["clippy", "--target", "wasm32-unknown-unknown"]);
        for package in packages {
            command.args(["--package", package]);
        }
        command.args(targets).args(["--", "-D", "warnings"]);
        command
    };
    let mut commands = vec![clippy(&FOR_WASM, &["--lib"])];
    for folder in browser_tested(plan.workspace) {
        let mut command = clippy(&[], &["--tests"]);
        command.current_dir(plan.workspace.root().join(folder));
        commands.push(command);
    }
    Ok(Commands::Run(commands))
}

fn browser(plan: &Plan<'_>) -> Result<Commands> {
    let driver = plan.tools.browser()?.driver();
    let commands = browser_tested(plan.workspace)
        .into_iter()
        .map(|folder| {
            let mut command = plan.tools.wasm_pack()?;
            command.args(["test", "--headless", "--chrome", "--chromedriver"]);
            command.arg(driver).args(["--mode", "no-install", folder]);
            command
                .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_SECONDS)
                .env(
                    "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
                    plan.workspace.root().join("webdriver.json"),
                )
                .current_dir(plan.workspace.root());
            Ok(command)
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Commands::Run(commands))
}

/// The folders of packages that have tests for a browser.
fn browser_tested(workspace: &Workspace) -> Vec<&'static str> {
    BROWSER_TESTED
        .into_iter()
        .filter(|folder| {
            let folder = workspace.root().join(folder);
            mentions(&folder.join("src"), "#[wasm_bindgen_test") || {
                mentions(&folder.join("tests"), "#[wasm_bindgen_test")
            }
        })
        .collect()
}

/// Whether a Rust file below the folder contains the text.
fn mentions(folder: &Path, text: &str) -> bool {
    let Ok(entries) = folder.read_dir() else {
        return false;
    };
    entries.filter_map(Result::ok).any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return mentions(&path, text);
        }
        path.extension().is_some_and(|extension| extension == "rs")
            && fs::read_to_string(&path).is_ok_and(|source| source.contains(text))
    })
}

fn miri(plan: &Plan<'_>) -> Result<Commands> {
    if !tools::has_miri() {
        return Ok(Commands::Skip(
            "needs Miri; install it with: rustup toolchain install nightly --component miri"
                .to_owned(),
        ));
    }
    // Through rustup: this workspace's own toolchain is another one.
    let mut command = program::program("rustup");
    command
        .args([
            "run",
            "nightly",
            "cargo",
            "miri",
            "test",
            "--package",
            "wakeline",
        ])
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN")
        .current_dir(plan.workspace.root());
    Ok(Commands::Run(vec![command]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for (position, step) in STEPS.iter().enumerate() {
            assert!(
                STEPS[..position]
                    .iter()
                    .all(|other| other.name != step.name)
            );
        }
    }

    #[test]
    fn a_package_with_a_browser_test_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(folder.path().to_owned(), folder.path().join("target"));
        assert!(browser_tested(&workspace).is_empty());
        let tests = folder.path().join("crates/web/src/socket");
        fs::create_dir_all(&tests).unwrap();
        fs::write(
            tests.join("tests.rs"),
            "#[wasm_bindgen_test]\nfn opens() {}",
        )
        .unwrap();
        fs::write(folder.path().join("crates/web/notes.md"), "").unwrap();
        assert_eq!(browser_tested(&workspace), ["crates/web"]);
    }
}
