//! The server that ships with the playground.

use std::path::Path;
use std::process::Command;

use crate::places;
use crate::process::Process;
use crate::wait::until;

/// `wakeline serve` on a free port of this machine.
#[derive(Debug)]
pub struct Server {
    process: Process,
    address: String,
}

impl Server {
    /// Serves a site.
    ///
    /// # Panics
    /// If the program is missing, or does not say where it serves.
    #[must_use]
    pub fn start(site: &Path) -> Self {
        let mut command = Command::new(places::wakeline());
        command.arg("serve").arg("--root").arg(site);
        // At this level the log has a line for each request.
        let process = Process::start(command.args(["--port", "0", "--log", "debug"]));
        let address = process.listen("its address", |line| {
            let start = line.find("http://")?;
            let address = line[start..].split_whitespace().next()?;
            Some(address.trim_end_matches('/').to_owned())
        });
        Self { process, address }
    }

    /// Where it serves, without a slash at the end.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Ends it as if its machine had lost power: every connection breaks.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Waits until the server's log has a line about this: it was really asked.
    ///
    /// # Panics
    /// If there is none.
    pub async fn has_logged(&self, what: &str) {
        until(&format!("{what} in the server's log"), async || {
            let said = self.said();
            if said.contains(what) {
                Ok(())
            } else {
                Err(said)
            }
        })
        .await;
    }

    /// What it printed.
    #[must_use]
    pub fn said(&self) -> String {
        self.process.said()
    }
}
