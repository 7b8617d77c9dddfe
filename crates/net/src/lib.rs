//! A simulated network on the clock of a Wakeline run, and the protocols that run on it.
//!
//! A [`Network`] has [hosts](Host) that listen and connect; a connection is a [`Stream`] of bytes in
//! each direction, with the traits of the `futures` crates. How far it is from one host to another,
//! how wide and how bad the line is, say [`Conditions`]; the network can be cut, held, repaired and
//! crashed at any moment of a run. Under the virtual clock all of it depends on the program and the
//! seed alone, and all of it is in the run's log.

#![warn(missing_docs)]

mod conditions;
mod direction;
mod host;
pub mod http;
mod link;
mod listener;
pub mod messages;
mod network;
mod stream;
pub mod websocket;
mod wire;

pub use conditions::Conditions;
pub use host::Host;
pub use listener::Listener;
pub use network::Network;
pub use stream::{ReadHalf, Stream, WriteHalf};

/// The guide's examples are tested with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/network.md")]
struct Guide;
