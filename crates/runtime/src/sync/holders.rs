//! Who holds how many permits, for the log.

use std::cell::RefCell;

use crate::record::Resource;

/// Permits that somebody holds: how many or, where there is a log that asks who that is, where it
/// is written down.
///
/// A guard of two words goes from function to function in registers. One of three goes through
/// memory, and to read from there in wider pieces than it was written in a moment ago costs the
/// processor more than a whole turn of a lock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share(usize);

impl Share {
    /// So many, where nobody wants to know whose.
    #[inline]
    pub(super) fn of_count(count: usize) -> Self {
        Self(count)
    }

    /// How many, if nobody wants to know whose.
    #[inline]
    pub(super) fn as_count(self, resource: &Resource) -> Option<usize> {
        resource.is_quiet().then_some(self.0)
    }
}

/// What is written down.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Holding {
    pub(super) count: usize,
    /// The task that acquired them.
    pub(super) task: u32,
}

/// Shares of one semaphore that are written down.
#[derive(Debug, Default)]
pub(super) struct Holders {
    written: RefCell<Written>,
}

#[derive(Debug, Default)]
struct Written {
    holdings: Vec<Holding>,
    /// Places in the above that mean nothing.
    unused: Vec<usize>,
}

impl Holders {
    pub(super) fn add(&self, holding: Holding) -> Share {
        let mut written = self.written.borrow_mut();
        let at = match written.unused.pop() {
            Some(at) => at,
            None => {
                written.holdings.push(Holding::default());
                written.holdings.len() - 1
            }
        };
        written.holdings[at] = holding;
        Share(at)
    }

    pub(super) fn look(&self, share: Share) -> Holding {
        self.written.borrow().holdings[share.0]
    }

    /// A share is given up.
    pub(super) fn remove(&self, share: Share) -> Holding {
        self.written.borrow_mut().unused.push(share.0);
        self.look(share)
    }
}
