//! `cargo xtask play`: build, serve, print the address.

use std::net::IpAddr;
use std::process::Command;

use anyhow::Result;
#[cfg(unix)]
use anyhow::anyhow;

use crate::build;
use crate::program::{self, Shown};
use crate::workspace::Workspace;

/// Build the playground and serve it on this machine.
///
/// Prints the address to open in a browser, and serves until Ctrl-C. The server also answers the
/// network demos: delays, status codes, JSON, an echo socket and a room.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Port to serve on [default: 8080, or a free one if 8080 is taken]
    #[arg(long)]
    port: Option<u16>,
    /// Address to serve on; anything but a loopback address lets other machines in
    #[arg(long, default_value = "127.0.0.1")]
    address: IpAddr,
    /// Open the page in your browser
    #[arg(long)]
    open: bool,
}

/// Builds and serves.
///
/// # Errors
/// If the build fails or the server cannot start.
pub(crate) fn play(workspace: &Workspace, options: &Options) -> Result<()> {
    build::build(workspace)?;
    let mut server = program::program(workspace.wakeline());
    server.arg("serve").arg("--root").arg(workspace.site());
    server.args(["--address", &options.address.to_string()]);
    if let Some(port) = options.port {
        server.args(["--port", &port.to_string()]);
    }
    if options.open {
        server.arg("--open");
    }
    become_it(&mut server)
}

/// Gives this process to the server: Ctrl-C and every other signal reach it alone, its status is
/// the command's, and nothing can be left behind.
#[cfg(unix)]
fn become_it(server: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    println!("$ {}", Shown(server));
    let error = server.exec();
    Err(anyhow!(error).context(format!("cannot start {}", Shown(server))))
}

#[cfg(not(unix))]
fn become_it(server: &mut Command) -> Result<()> {
    program::run(server)
}
