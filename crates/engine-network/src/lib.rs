//! The engine as it is in `wakeline-engine`, with the demos of the network instead of all others.
//!
//! Those need a simulated network, which is a third of what a browser would have to load for the
//! engine. As a module of its own it is loaded when the first of them is run.

pub use wakeline_engine::Engine;
