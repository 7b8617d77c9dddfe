//! Lines to the terminal.
//!
//! Nothing here panics when the other end is gone: `wakeline list | head -1` is no failure.

use std::io::Write;

/// One line, or several, to the standard output.
pub(crate) fn out(text: &str) {
    let mut stdout = std::io::stdout().lock();
    // A reader that went away wants no more.
    let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
}

/// One line to the standard error output: what is wrong, or what the reader should know.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
