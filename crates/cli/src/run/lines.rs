//! The lines of a run's console, as they come.

use std::collections::BTreeMap;

use wakeline::log::{Kind, LineLevel, Log};
use wakeline_demos::Run;

use crate::console::out;
use crate::time::readable;

/// Columns for the time, and for the name of the task.
const TIME: usize = 10;
const TASK: usize = 12;

/// A line, and who printed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) time_ns: u64,
    /// The task's name, or its number; empty if no task printed it.
    pub(super) task: String,
    pub(super) is_error: bool,
    pub(super) text: String,
}

/// Reads the lines of a log as it grows.
#[derive(Debug, Default)]
pub(super) struct Lines {
    shown: bool,
    /// Events that have been read.
    read: usize,
    names: BTreeMap<u32, String>,
}

impl Lines {
    /// `shown`: whether [`print_new`](Self::print_new) prints anything.
    pub(super) fn new(shown: bool) -> Self {
        Self {
            shown,
            ..Self::default()
        }
    }

    /// The lines since the last call.
    pub(super) fn new_lines(&mut self, log: &Log) -> Vec<Line> {
        let mut lines = Vec::new();
        for event in log.columns.iter_from(self.read) {
            let text = log.text(event.low());
            match event.kind {
                Kind::TaskCreated | Kind::TaskNamed if !text.is_empty() => {
                    self.names.insert(event.subject, text.to_owned());
                }
                Kind::Line => lines.push(Line {
                    time_ns: event.time,
                    task: self.name(event.subject),
                    is_error: event.flags == LineLevel::Error.code(),
                    text: text.to_owned(),
                }),
                _ => {}
            }
        }
        self.read = log.len();
        lines
    }

    fn name(&self, task: u32) -> String {
        match self.names.get(&task) {
            Some(name) => name.clone(),
            None if task == 0 => String::new(),
            None => format!("#{task}"),
        }
    }

    /// Prints the lines since the last call.
    pub(super) fn print_new(&mut self, run: &Run) {
        if !self.shown {
            return;
        }
        let lines = self.new_lines(&run.runtime().log());
        if !lines.is_empty() {
            let lines: Vec<String> = lines.iter().map(Line::to_text).collect();
            out(&lines.join("\n"));
        }
    }
}

impl Line {
    /// Time, task and text in columns. A line about trouble has an exclamation mark.
    fn to_text(&self) -> String {
        let time = readable(self.time_ns);
        let (task, text) = (printable(&self.task), printable(&self.text));
        let mark = if self.is_error { '!' } else { ' ' };
        format!("{time:>TIME$} ms {mark} {task:<TASK$} {text}")
    }
}

/// Text that does nothing to a terminal. What a demo prints may come from the network.
fn printable(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, c| {
        match c {
            '\t' => safe.push(' '),
            c if c.is_control() => safe.extend(c.escape_default()),
            c => safe.push(c),
        }
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cannot_play_tricks_on_the_terminal() {
        let line = Line {
            time_ns: 1_500_000,
            task: "main".to_owned(),
            is_error: true,
            text: "red \u{1b}[31m\nnext\tline 你好".to_owned(),
        };
        let expected = "     1.500 ms ! main         red \\u{1b}[31m\\nnext line 你好";
        assert_eq!(line.to_text(), expected);
    }
}
