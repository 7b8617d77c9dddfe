//! Lines that the program prints, in its log instead of on a terminal.

use std::fmt;

use crate::log::{Kind, LineLevel};
use crate::record::Site;
use crate::runtime::try_with_core;

/// Prints a line to the run's console: an event [`Line`](crate::log::Kind::Line) of the log.
///
/// Where nothing is recorded, or outside of a runtime, nothing happens.
///
/// ```
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async { wakeline::println!("{} is the answer", 42) });
/// let log = runtime.log();
/// let line = log.columns.iter_from(0).find(|e| e.kind == wakeline::log::Kind::Line).unwrap();
/// assert_eq!(log.text(line.low()), "42 is the answer");
/// ```
#[macro_export]
macro_rules! println {
    ($($argument:tt)*) => {
        $crate::print::line($crate::log::LineLevel::Output, ::std::format_args!($($argument)*))
    };
}

/// As [`println!`](crate::println), for trouble.
#[macro_export]
macro_rules! eprintln {
    ($($argument:tt)*) => {
        $crate::print::line($crate::log::LineLevel::Error, ::std::format_args!($($argument)*))
    };
}

/// What the macros call.
#[doc(hidden)]
#[track_caller]
pub fn line(level: LineLevel, text: fmt::Arguments<'_>) {
    let site = Site::caller();
    try_with_core(|core| {
        if core.is_recording() {
            // The text is formatted before anything is borrowed: formatting runs foreign code.
            let text = text.to_string();
            let text = core.intern(&text);
            core.record(
                Kind::Line,
                level.code(),
                site,
                core.current(),
                0,
                u64::from(text),
            );
        }
    });
}
