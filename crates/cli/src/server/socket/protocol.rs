//! The messages of a room: JSON text, one object each.
//!
//! A client asks with a `type`, an `id` of its choice and, where the type has a use for it,
//! `data`. Each request has exactly one reply, which carries the same `id`; notices have none.
//! What is no request has an error for a reply, and the socket stays open.

use axum::extract::ws::Message;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wakeline_phrases::Language;
use wakeline_protocol::Problem;

use super::room::Member;
use crate::server::refusal::{self, quote};

/// The longest id that is text, in bytes.
const LONGEST_ID: usize = 64;

/// What a client sends.
#[derive(Debug, Deserialize)]
struct Request {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Value,
}

/// What the server sends.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(super) enum Notice<'a> {
    /// The first message: who you are, and who is there, you included.
    Welcome {
        you: u32,
        room: &'a str,
        clients: Vec<u32>,
    },
    /// Somebody came.
    Joined { client: u32 },
    /// Somebody went.
    Left { client: u32 },
    /// Somebody said something to all.
    Message { from: u32, data: &'a Value },
    /// Reply to `ping`.
    Pong { id: &'a Value },
    /// Reply to `echo`.
    Echo { id: &'a Value, data: &'a Value },
    /// Reply to `broadcast`, after the sender's own copy of the message.
    Sent { id: &'a Value, to: usize },
    /// Reply to `clients`.
    Clients {
        id: &'a Value,
        you: u32,
        clients: Vec<u32>,
    },
    /// Reply to what is no request.
    Error { id: &'a Value, error: Value },
}

impl Notice<'_> {
    pub(super) fn to_json(&self) -> String {
        // Numbers, text and values that were JSON before: nothing that could fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Does what a member asks, and replies.
pub(super) fn answer(member: &Member, message: Message, language: Language) {
    let Message::Text(text) = message else {
        return fail(member, &Value::Null, &Problem::new("not-json"), language);
    };
    let value: Value = match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(_) => return fail(member, &Value::Null, &Problem::new("not-json"), language),
    };
    // Even a request that is wrong in other ways gets its id back.
    let id = value.get("id").cloned().unwrap_or_default();
    if !is_id(&id) {
        let problem = Problem::new("bad-id").with("longest", LONGEST_ID);
        return fail(member, &Value::Null, &problem, language);
    }
    let Ok(Request { kind, data }) = serde_json::from_value(value) else {
        return fail(member, &id, &Problem::new("not-a-request"), language);
    };
    let id = &id;
    match &*kind {
        "ping" => member.tell(&Notice::Pong { id }),
        "echo" => member.tell(&Notice::Echo { id, data: &data }),
        "broadcast" => {
            let to = member.tell_all(&Notice::Message {
                from: member.number(),
                data: &data,
            });
            member.tell(&Notice::Sent { id, to });
        }
        "clients" => member.tell(&Notice::Clients {
            id,
            you: member.number(),
            clients: member.clients(),
        }),
        other => {
            let problem = Problem::new("unknown-type")
                .with("input", quote(other))
                .with("known", "ping, echo, broadcast, clients");
            fail(member, id, &problem, language);
        }
    }
}

fn is_id(id: &Value) -> bool {
    match id {
        Value::Null | Value::Number(_) => true,
        Value::String(text) => text.len() <= LONGEST_ID,
        _ => false,
    }
}

fn fail(member: &Member, id: &Value, problem: &Problem, language: Language) {
    let error = refusal::error(problem, language);
    member.tell(&Notice::Error { id, error });
}
