//! The workloads.

#[cfg(feature = "peers")]
mod channels;
#[cfg(feature = "peers")]
mod locks;
mod tasks;
mod timers;

use crate::harness::Workload;

/// All of them, in the order of the tables.
#[must_use]
pub fn all() -> Vec<Workload> {
    let mut all = tasks::workloads();
    all.extend(timers::workloads());
    #[cfg(feature = "peers")]
    {
        all.extend(channels::workloads());
        all.extend(locks::workloads());
    }
    all
}
