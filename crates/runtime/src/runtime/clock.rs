//! Whose time a runtime keeps.

use std::fmt;
use std::rc::Rc;

/// The clock of a runtime.
#[derive(Clone, Default)]
pub enum Clock {
    /// Time stands still while anything is ready and jumps to the next deadline when nothing is.
    /// The same program takes the same virtual time everywhere.
    #[default]
    Virtual,
    /// A real clock: nanoseconds since the run began, as the function reads them. A reading
    /// before an earlier one counts as that one.
    Real(Rc<dyn Fn() -> u64>),
}

impl Clock {
    /// The machine's monotonic clock, beginning now.
    #[cfg(not(target_arch = "wasm32"))]
    #[must_use]
    pub fn real() -> Self {
        let start = std::time::Instant::now();
        Self::Real(Rc::new(move || {
            u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
        }))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Virtual => "Virtual",
            Self::Real(_) => "Real",
        })
    }
}
