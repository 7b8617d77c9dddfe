//! Heavy work in pieces.

use std::time::Duration;

use super::YieldNow;
use crate::record::Site;
use crate::runtime::with_core;
use crate::time::{Instant, block};

/// Lets a computation give way whenever it has held the thread for so long, so that others have
/// their turns in between.
///
/// On a real clock the time is measured. Under a virtual clock no time passes by itself, so each
/// piece of work says what it [costs](Self::spend): the clock moves by that, and the task gives way
/// at the same pieces in every run. A limit of [pieces](Self::pieces) works on either.
///
/// Natively, [`spawn_blocking`](super::spawn_blocking) moves work to another thread instead.
///
/// ```
/// use std::time::Duration;
/// use wakeline::task::Budget;
/// use wakeline::time::now;
///
/// let runtime = wakeline::Builder::new().build();
/// runtime.block_on(async {
///     let piece = Duration::from_millis(1);
///     let beside = wakeline::spawn(async { now().as_nanos() });
///     let mut budget = Budget::new(Duration::from_millis(4));
///     let mut sum = 0_u64;
///     for number in 0..10 {
///         sum += number; // imagine more
///         budget.spend(piece).await;
///     }
///     assert_eq!(sum, 45);
///     assert_eq!(budget.turns(), 3); // gave way after the fourth piece and the eighth
///     assert_eq!(beside.await.unwrap(), 4_000_000);
/// });
/// ```
#[derive(Debug)]
pub struct Budget {
    time: Duration,
    pieces: u64,
    /// Since when it holds the thread; `None` before the first piece of a turn.
    since: Option<Instant>,
    done: u64,
    turns: u64,
}

impl Budget {
    /// So much time a turn.
    ///
    /// # Panics
    /// Outside of a runtime: the first turn begins now.
    #[must_use]
    pub fn new(time: Duration) -> Self {
        Self {
            time,
            pieces: u64::MAX,
            since: Some(moment()),
            done: 0,
            turns: 1,
        }
    }

    /// No more than so many pieces a turn, whatever their cost.
    ///
    /// # Panics
    /// If that is 0.
    #[must_use]
    pub fn pieces(mut self, pieces: u64) -> Self {
        assert!(pieces > 0, "there is at least one piece a turn");
        self.pieces = pieces;
        self
    }

    /// A piece of work was done. Gives way if the turn's time or number of pieces is used up.
    ///
    /// # Cancel safety
    /// Yes.
    ///
    /// # Panics
    /// Outside of a runtime.
    #[track_caller]
    pub fn step(&mut self) -> impl Future<Output = ()> + use<> {
        self.spend_at(Duration::ZERO, Site::caller())
    }

    /// As [`step`](Self::step), for a piece that costs so much under a virtual clock: time moves on
    /// by that, as by [`time::block`](crate::time::block), at once. On a real clock, which saw the
    /// piece itself, the cost means nothing.
    ///
    /// # Cancel safety
    /// Yes.
    ///
    /// # Panics
    /// Outside of a runtime.
    #[track_caller]
    pub fn spend(&mut self, cost: Duration) -> impl Future<Output = ()> + use<> {
        self.spend_at(cost, Site::caller())
    }

    fn spend_at(&mut self, cost: Duration, site: Site) -> impl Future<Output = ()> + use<> {
        let is_virtual = with_core("Budget::spend", |core| core.is_virtual());
        if is_virtual && !cost.is_zero() {
            block(cost);
        }
        let now = moment();
        let since = *self.since.get_or_insert(now);
        self.done += 1;
        let is_spent = now - since >= self.time || self.done >= self.pieces;
        if is_spent {
            self.since = None;
            self.done = 0;
            self.turns += 1;
        }
        let pause = is_spent.then(|| YieldNow::new(site));
        async move {
            if let Some(pause) = pause {
                pause.await;
            }
        }
    }

    /// How many turns the work has taken, this one included.
    #[must_use]
    pub fn turns(&self) -> u64 {
        self.turns
    }
}

/// The moment on the clock, read anew if it is a real one.
fn moment() -> Instant {
    with_core("Budget", |core| {
        core.refresh();
        core.now()
    })
}

/// Calls a function with each item, and gives way in between as a [`Budget`] of so much time says.
/// Under a virtual clock, where no time passes by itself, that is after every
/// [`PIECES_IN_VIRTUAL_TIME`]th item.
///
/// # Cancel safety
/// Dropping the future leaves out the items that are left.
///
/// # Panics
/// Outside of a runtime.
///
/// ```
/// use std::time::Duration;
///
/// let runtime = wakeline::Builder::new().build();
/// let mut sum = 0;
/// runtime.block_on(wakeline::task::for_each_within(
///     Duration::from_millis(4),
///     1..=1000,
///     |number| sum += number,
/// ));
/// assert_eq!(sum, 500_500);
/// ```
#[track_caller]
pub fn for_each_within<I: IntoIterator>(
    time: Duration,
    items: I,
    mut function: impl FnMut(I::Item),
) -> impl Future<Output = ()> {
    let site = Site::caller();
    async move {
        let mut budget = Budget::new(time);
        if with_core("for_each_within", |core| core.is_virtual()) {
            budget = budget.pieces(PIECES_IN_VIRTUAL_TIME);
        }
        for item in items {
            function(item);
            budget.spend_at(Duration::ZERO, site).await;
        }
    }
}

/// See [`for_each_within`].
pub const PIECES_IN_VIRTUAL_TIME: u64 = 100;
