//! WebSockets, after RFC 6455: messages with a beginning and an end, both ways, on a connection that
//! began with an HTTP request.

mod frame;
mod handshake;
mod socket;

pub use frame::{Message, Violation};
pub use handshake::{ConnectError, accept, connect};
pub use socket::{Close, WebSocket};
