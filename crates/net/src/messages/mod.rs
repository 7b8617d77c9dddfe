//! JSON messages with their length before them: a server to which clients talk and through which
//! they talk to each other.
//!
//! A frame is a length, four bytes with the greatest first, and as many bytes of JSON. A client
//! sends **requests**, objects with a `type`, an `id` of its choice and `data`; each has one
//! **reply** with the same `id`. What has no `id` is a **notice**.
//!
//! | request | reply |
//! |---|---|
//! | `ping` | `{"type":"pong","id":…}` |
//! | `echo` | `{"type":"echo","id":…,"data":…}` |
//! | `clients` | `{"type":"clients","id":…,"you":…,"clients":[…]}` |
//! | `broadcast` | `{"type":"sent","id":…,"to":N}`: the others have the notice `{"type":"message","from":…,"data":…}` |
//! | another | `{"type":"error","id":…,"error":"unknown-type"}` |
//!
//! What is no JSON or no request is answered with the errors `not-json` and `not-a-request`, and
//! the connection goes on. A frame that is too long is answered with `oversize`, and the connection
//! ends: where the next frame begins is not known. A client that does not take in what is sent to it
//! is disconnected when its queue is full, so that it harms nobody else.

mod client;
mod frame;
mod reader;
mod server;

pub use client::{Client, Pace, RequestError};
pub use frame::{Decoder, Oversize, encode};
pub use reader::{FrameError, Reader};
pub use server::{Event, Limits, serve};
