//! `wakeline serve` as a process.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::PATIENCE;
use super::command::wakeline;

/// A server that runs as a process, killed when the test is done with it.
pub(crate) struct Serving {
    process: Child,
    stdout: BufReader<ChildStdout>,
    /// What it has logged so far, and who reads that.
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    pub(crate) address: String,
}

impl Serving {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut process = wakeline(&["serve"])
            .args(arguments)
            // No playground here, whatever was built.
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(process.stderr.take().unwrap());
        let log = Arc::new(Mutex::new(String::new()));
        let lines = Arc::clone(&log);
        let reader = thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                *lines.lock().unwrap() += &(line + "\n");
            }
        });
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut address = String::new();
        stdout.read_line(&mut address).unwrap();
        Self {
            process,
            stdout,
            log,
            reader: Some(reader),
            address: address.trim_end().to_owned(),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        let port = self.address.trim_end_matches('/').rsplit(':').next();
        port.unwrap().parse().unwrap()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits for a line of the log with all of these parts.
    pub(crate) async fn logs(&self, parts: &[&str]) {
        let has_them = |line: &str| parts.iter().all(|part| line.contains(part));
        let waiting = async {
            while !self.log().lines().any(has_them) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!("no line with {parts:?} in {}", self.log());
        }
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = std::process::Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the end: status, the rest of the output, and the error output.
    pub(crate) fn end(&mut self) -> (Option<i32>, String, String) {
        let mut out = String::new();
        self.stdout.read_to_string(&mut out).unwrap();
        let status = self.process.wait().unwrap().code();
        // Its end is that of the process, so nothing is missing afterwards.
        self.reader.take().unwrap().join().unwrap();
        (status, out, self.log())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already, as most tests want it to.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
