//! HTTP/1.1, after RFC 9110 and RFC 9112: a server, a client, and what both share.
//!
//! The server reads [`Request`]s from a [`Listener`](crate::Listener) and gives them to a
//! [`Router`]; the client keeps its connections. Heads are parsed by the crate `httparse`; what the
//! standard demands beyond syntax, framing above all, is checked here.

mod body;
mod client;
mod files;
mod head;
mod incoming;
mod limits;
mod message;
mod router;
mod server;
mod status;
mod target;

pub use body::Body;
pub use client::{Client, ClientError};
pub(crate) use client::{read_head as read_response_head, written as write_request_head};
pub use files::Files;
pub use incoming::Incoming;
pub use limits::Limits;
pub use message::{Headers, Request, Response};
pub use router::{Handled, Next, Router};
pub use server::serve;
pub use status::reason;
