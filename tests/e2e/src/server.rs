//! The server that ships with the playground.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::places;
use crate::process::Process;
use crate::wait::until;

/// `wakeline serve` on a port of this machine that was free.
#[derive(Debug)]
pub struct Server {
    process: Process,
    site: PathBuf,
    address: String,
    /// What those before it printed.
    before: String,
}

impl Server {
    /// Serves a site.
    ///
    /// # Panics
    /// If the program is missing, or does not say where it serves.
    #[must_use]
    pub fn start(site: &Path) -> Self {
        let (process, address) = serve(site, "0");
        Self {
            process,
            site: site.to_owned(),
            address,
            before: String::new(),
        }
    }

    /// Starts it again, at the same address, after it was killed.
    ///
    /// # Panics
    /// If somebody else has taken the port meanwhile.
    pub fn restart(&mut self) {
        self.kill();
        self.before = self.said();
        let port = self.address.rsplit(':').next().expect("a port");
        let (process, address) = serve(&self.site, port);
        assert_eq!(address, self.address);
        self.process = process;
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

    /// Tells it to stop, as a person does who ends it.
    ///
    /// # Panics
    /// If it is gone already.
    pub fn stop(&self) {
        self.process.terminate();
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
        self.before.clone() + &self.process.said()
    }

    /// Waits until so many lines of its log have all of these parts.
    ///
    /// # Panics
    /// If there are more or fewer.
    pub async fn has_lines_with(&self, parts: &[&str], number: usize) {
        until(
            &format!("{number} lines with {parts:?}"),
            async || match self.lines_with(parts) {
                lines if lines == number => Ok(()),
                lines => Err(format!("{lines} lines in {}", self.said())),
            },
        )
        .await;
    }

    /// How many lines of its log have all of these parts.
    #[must_use]
    pub fn lines_with(&self, parts: &[&str]) -> usize {
        let has_them = |line: &&str| parts.iter().all(|part| line.contains(part));
        self.said().lines().filter(has_them).count()
    }
}

/// Starts to serve a site: the process, and where it serves.
fn serve(site: &Path, port: &str) -> (Process, String) {
    let mut command = Command::new(places::wakeline());
    command.arg("serve").arg("--root").arg(site);
    // At this level the log has a line for each request.
    let process = Process::start(command.args(["--port", port, "--log", "debug"]));
    let address = process.listen("its address", |line| {
        let start = line.find("http://")?;
        let address = line[start..].split_whitespace().next()?;
        Some(address.trim_end_matches('/').to_owned())
    });
    (process, address)
}
