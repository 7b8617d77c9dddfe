//! Giving way.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::waker;
use crate::log::{Cause, Kind};
use crate::record::Site;
use crate::runtime::try_with_core;

/// Lets every task that is ready now have its turn first, then goes on, at the same instant of a
/// virtual clock.
///
/// # Cancel safety
/// Yes. There is nothing to lose.
#[track_caller]
pub fn yield_now() -> YieldNow {
    YieldNow::new(Site::caller())
}

/// The future of [`yield_now`].
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct YieldNow {
    yielded: bool,
    site: Site,
}

impl YieldNow {
    pub(super) fn new(site: Site) -> Self {
        Self {
            yielded: false,
            site,
        }
    }
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        let yielded = try_with_core(|core| {
            core.record(Kind::Yielded, 0, self.site, core.current(), 0, 0);
            core.with_cause(Cause::Yielded, core.current(), || {
                waker::call_by_ref(cx.waker());
            });
        });
        if yielded.is_none() {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }
}
