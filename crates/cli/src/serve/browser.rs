//! Opening the reader's browser.

use std::io;
use std::process::{Command, Stdio};

/// Opens an address in the browser that the system prefers.
///
/// # Errors
/// If the system's way of doing so is not there. What the browser then does is its own affair.
pub(super) fn open(url: &str) -> io::Result<()> {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/c", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    Command::new(program)
        .args(before)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(())
}
