//! Whether the program has panicked.
//!
//! In a browser a panic ends a call in the middle: nothing unwinds, nothing is dropped, borrows
//! stay taken, and the next call finds the program as it was left. The only sound thing to do is
//! not to call it again. So whoever is called by the browser asks [`happened`] first.

use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;
use std::rc::Rc;
use std::sync::Once;

type Report = Rc<dyn Fn(&str)>;

thread_local! {
    static HAPPENED: Cell<bool> = const { Cell::new(false) };
    static REPORT: RefCell<Option<Report>> = const { RefCell::new(None) };
}

/// Calls `report` with the message and place of every panic from now on, before the program
/// stops, and makes [`happened`] true. A later call replaces `report`.
///
/// Other hooks that were set before are called afterwards.
pub fn on_panic(report: impl Fn(&str) + 'static) {
    REPORT.with(|slot| slot.replace(Some(Rc::new(report))));
    notice();
}

/// Makes [`happened`] true after every panic from now on.
pub(crate) fn notice() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            note(info);
            before(info);
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) {
    // A panic inside of the report must not report itself for ever.
    if HAPPENED.replace(true) {
        return;
    }
    let report = REPORT.with(|slot| slot.try_borrow().ok().and_then(|report| report.clone()));
    if let Some(report) = report {
        report(&info.to_string());
    }
}

/// Whether there has been a panic on this thread since the first [`on_panic`] or the first pump.
///
/// Natively, where panics unwind, it only says that somebody panicked once.
#[must_use]
pub fn happened() -> bool {
    HAPPENED.get()
}

/// Makes [`happened`] true for a failure that no hook sees: a trap, or an exhausted stack.
pub fn poison() {
    HAPPENED.set(true);
}
