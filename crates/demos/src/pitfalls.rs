//! Mistakes that everybody makes once, each beside the program that does it right.
//!
//! None of these is caught by the compiler, and most of them work in a first test. Each wrong
//! program here does something that looks reasonable; what is wrong with it is seen in its run.

mod held_up;
mod lost;
mod never_run;

use crate::parameters::{choice, parameters};

parameters! {
    /// Which mistake, and how large.
    pub struct Settings {
        /// The mistake.
        pair: Pair = ForgottenAwait;
        /// Which of its two programs run.
        programs: Programs = Both;
        /// How many times things happen.
        times: u32 = 5, 1..=50;
        /// How long each takes.
        step_ms: u64 = 100 ms, 1..=10_000;
    }
    presets {
        right_only { programs = "right"; }
        forgotten_await { pair = "forgotten-await"; }
        nested_run { pair = "nested-run"; }
        lock_across_await { pair = "lock-across-await"; }
        dropped_future { pair = "dropped-future"; }
        lost_notification { pair = "lost-notification"; }
        unbounded_queue { pair = "unbounded-queue"; }
        starvation { pair = "starvation"; }
    }
}

choice! {
    /// The mistakes.
    pub enum Pair {
        /// A future is made, and nobody awaits it.
        ForgottenAwait = "forgotten-await",
        /// A loop is run inside of a task of another loop.
        NestedRun = "nested-run",
        /// A lock is held while something else is awaited.
        LockAcrossAwait = "lock-across-await",
        /// A future is dropped half-way, because another one was quicker.
        DroppedFuture = "dropped-future",
        /// A notification comes when nobody waits yet.
        LostNotification = "lost-notification",
        /// A queue without bound between a quick one and a slow one.
        UnboundedQueue = "unbounded-queue",
        /// A task that wakes itself until something happens.
        Starvation = "starvation",
    }
}

choice! {
    /// Which programs run.
    pub enum Programs {
        /// First the wrong one, then the right one.
        Both = "both",
        /// The wrong one.
        Wrong = "wrong",
        /// The right one.
        Right = "right",
    }
}

/// Runs the programs of the pair.
pub async fn main(settings: Settings) -> Result<(), String> {
    if settings.programs != Programs::Right {
        run(&settings, false).await?;
    }
    if settings.programs != Programs::Wrong {
        run(&settings, true).await?;
    }
    Ok(())
}

async fn run(settings: &Settings, is_right: bool) -> Result<(), String> {
    match (settings.pair, is_right) {
        (Pair::ForgottenAwait, false) => never_run::forgotten(settings).await,
        (Pair::ForgottenAwait, true) => never_run::awaited(settings).await,
        (Pair::NestedRun, false) => never_run::nested(settings).await?,
        (Pair::NestedRun, true) => never_run::not_nested(settings).await?,
        (Pair::LockAcrossAwait, false) => held_up::lock_held(settings).await?,
        (Pair::LockAcrossAwait, true) => held_up::lock_released(settings).await?,
        (Pair::DroppedFuture, false) => lost::dropped(settings).await,
        (Pair::DroppedFuture, true) => lost::kept(settings).await,
        (Pair::LostNotification, false) => lost::unheard(settings).await?,
        (Pair::LostNotification, true) => lost::remembered(settings).await?,
        (Pair::UnboundedQueue, false) => held_up::unbounded(settings).await,
        (Pair::UnboundedQueue, true) => held_up::bounded(settings).await,
        (Pair::Starvation, false) => held_up::spinning(settings).await?,
        (Pair::Starvation, true) => held_up::waiting(settings).await?,
    }
    Ok(())
}
