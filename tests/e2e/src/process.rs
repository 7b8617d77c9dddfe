//! Programs that a story starts, and that end with it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use crate::wait::PATIENCE;

/// A running program. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    lines: Receiver<String>,
    said: Arc<Mutex<String>>,
}

impl Process {
    /// Starts a program and listens to what it prints.
    ///
    /// # Panics
    /// If it cannot be started.
    pub(crate) fn start(command: &mut Command) -> Self {
        let name = command.get_program().display().to_string();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        let said = Arc::new(Mutex::new(String::new()));
        let (sender, lines) = mpsc::channel();
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|pipe| Box::new(pipe) as _),
            child.stderr.take().map(|pipe| Box::new(pipe) as _),
        ];
        for output in outputs.into_iter().flatten() {
            let (sender, said) = (sender.clone(), Arc::clone(&said));
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if let Ok(mut said) = said.lock() {
                        said.push_str(&line);
                        said.push('\n');
                    }
                    // Nobody listens any more once it is known where the program is.
                    let _ = sender.send(line);
                }
            });
        }
        Self {
            name,
            child,
            lines,
            said,
        }
    }

    /// Reads lines until `find` makes something of one.
    ///
    /// # Panics
    /// If the program ends before, or takes too long.
    pub(crate) fn listen<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            match self
                .lines
                .recv_timeout(PATIENCE.saturating_sub(start.elapsed()))
            {
                Ok(line) => {
                    if let Some(found) = find(&line) {
                        return found;
                    }
                }
                Err(why) => {
                    let why = match why {
                        RecvTimeoutError::Timeout => "was silent for too long",
                        RecvTimeoutError::Disconnected => "ended",
                    };
                    panic!(
                        "{} {why} before it said {what}:\n{}",
                        self.name,
                        self.said()
                    );
                }
            }
        }
    }

    /// Everything that it printed so far.
    pub(crate) fn said(&self) -> String {
        self.said
            .lock()
            .map(|said| said.clone())
            .unwrap_or_default()
    }

    /// Asks it to end.
    ///
    /// # Panics
    /// If it is gone.
    pub(crate) fn terminate(&self) {
        let number = i32::try_from(self.child.id()).ok();
        let process = number.and_then(rustix::process::Pid::from_raw);
        let process = process.expect("a running program has a number");
        rustix::process::kill_process(process, rustix::process::Signal::TERM)
            .expect("a program that runs can be told to end");
    }

    /// Ends it now.
    pub(crate) fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
