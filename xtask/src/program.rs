//! Running other programs.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The cargo that runs this command, with an environment like that of the caller's shell.
pub(crate) fn cargo() -> Command {
    clean(Command::new(
        env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
    ))
}

/// Any other program, with an environment like that of the caller's shell.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    clean(Command::new(name))
}

/// `cargo run` tells this program about its own package. A cargo below must not see that: build
/// scripts that look at these variables would be run again and again.
fn clean(mut command: Command) -> Command {
    for (name, _) in env::vars_os() {
        let own = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if own {
            command.env_remove(name);
        }
    }
    command
}

/// Puts these folders before the command's PATH.
pub(crate) fn prepend_path(command: &mut Command, folders: &[PathBuf]) -> Result<()> {
    if folders.is_empty() {
        return Ok(());
    }
    let inherited = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&inherited));
    command.env(
        "PATH",
        env::join_paths(all).context("PATH cannot hold these folders")?,
    );
    Ok(())
}

/// Shows the command, runs it with this terminal, and waits.
///
/// # Errors
/// If it cannot be started, or ends with another status than 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", Shown(command));
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {}", Shown(command)))?;
    if !status.success() {
        bail!("{} failed: {status}", Shown(command));
    }
    Ok(())
}

/// What the command prints on its standard output.
///
/// # Errors
/// If it cannot be started, or ends with another status than 0.
pub(crate) fn printed(command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", Shown(command)))?;
    if !output.status.success() {
        bail!("{} failed: {}", Shown(command), output.status);
    }
    Ok(output.stdout)
}

/// What the command prints, if it can be started and ends with status 0.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then_some(text)
}

/// The program with this name on PATH.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// A command as a person would type it.
pub(crate) struct Shown<'a>(pub(crate) &'a Command);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Programs on PATH are known by their name; where they are is noise.
        let name = Path::new(self.0.get_program());
        write!(f, "{}", name.file_stem().unwrap_or_default().display())?;
        for argument in self.0.get_args() {
            let text = argument.to_string_lossy();
            if text.is_empty() || text.contains([' ', '"', '\'', '$', '*']) {
                write!(f, " '{}'", text.replace('\'', r"'\''"))?;
            } else {
                write!(f, " {text}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let mut command = Command::new("/somewhere/cargo");
        command.args(["test", "a b", "--", "it's"]);
        assert_eq!(
            Shown(&command).to_string(),
            r"cargo test 'a b' -- 'it'\''s'"
        );
    }

    #[test]
    fn output_of_a_failing_program_is_none() {
        let missing = "/no/such/program";
        assert_eq!(output(&mut Command::new(missing)), None);
        assert_eq!(output(program("cargo").arg("no-such-command")), None);
    }
}
