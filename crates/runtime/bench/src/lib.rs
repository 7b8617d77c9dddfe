//! What Wakeline costs, beside its peers: the same workload on each, in one process, in turns.

pub mod executors;
pub mod harness;
pub mod meeting;
pub mod workloads;
