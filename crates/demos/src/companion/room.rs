//! Rooms of the simulated companion server: they speak as those of the real one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};
use wakeline_net::websocket::{Message, WebSocket};

/// All rooms. A room begins with its first member and ends with its last.
#[derive(Default)]
pub(super) struct Rooms {
    rooms: RefCell<BTreeMap<String, Room>>,
}

#[derive(Default)]
struct Room {
    /// How many ever joined: the number of the newest member.
    joined: u32,
    members: BTreeMap<u32, Rc<WebSocket>>,
}

impl Rooms {
    /// Lets a socket be a member of a room until it goes.
    pub(super) async fn converse(self: Rc<Self>, name: String, socket: WebSocket) {
        let socket = Rc::new(socket);
        let you = self.next_number(&name);
        self.tell_all(&name, &json!({ "type": "joined", "client": you }));
        let mut clients = self.numbers(&name);
        clients.push(you);
        let welcome = json!({ "type": "welcome", "you": you, "room": name, "clients": clients });
        tell(&socket, &welcome);
        if let Some(room) = self.rooms.borrow_mut().get_mut(&name) {
            room.members.insert(you, Rc::clone(&socket));
        }
        while let Some(Ok(message)) = socket.receive().await {
            let reply = self.reply(&name, you, &message);
            tell(&socket, &reply);
        }
        let left = {
            let mut rooms = self.rooms.borrow_mut();
            let room = rooms.get_mut(&name);
            let left = room.and_then(|room| room.members.remove(&you));
            if rooms.get(&name).is_some_and(|room| room.members.is_empty()) {
                rooms.remove(&name);
            }
            left
        };
        drop(left);
        self.tell_all(&name, &json!({ "type": "left", "client": you }));
    }

    fn next_number(&self, name: &str) -> u32 {
        let mut rooms = self.rooms.borrow_mut();
        let room = rooms.entry(name.to_owned()).or_default();
        room.joined += 1;
        room.joined
    }

    fn numbers(&self, name: &str) -> Vec<u32> {
        let rooms = self.rooms.borrow();
        let room = rooms.get(name);
        room.map_or_else(Vec::new, |room| room.members.keys().copied().collect())
    }

    /// Says something to every member, and to how many.
    fn tell_all(&self, name: &str, message: &Value) -> usize {
        let members: Vec<_> = {
            let rooms = self.rooms.borrow();
            let room = rooms.get(name);
            room.map_or_else(Vec::new, |room| room.members.values().cloned().collect())
        };
        members.iter().for_each(|member| tell(member, message));
        members.len()
    }

    fn reply(&self, name: &str, you: u32, message: &Message) -> Value {
        let error = |id: &Value, code: &str| json!({ "type": "error", "id": id, "error": { "code": code } });
        let request = match message {
            Message::Text(text) => serde_json::from_str(text).unwrap_or(Value::Null),
            Message::Bytes(_) => Value::Null,
        };
        let (id, data) = (&request["id"], &request["data"]);
        match request["type"].as_str() {
            Some("ping") => json!({ "type": "pong", "id": id }),
            Some("echo") => json!({ "type": "echo", "id": id, "data": data }),
            Some("broadcast") => {
                let message = json!({ "type": "message", "from": you, "data": data });
                let to = self.tell_all(name, &message);
                json!({ "type": "sent", "id": id, "to": to })
            }
            Some("clients") => {
                let clients = self.numbers(name);
                json!({ "type": "clients", "id": id, "you": you, "clients": clients })
            }
            Some(_) => error(id, "unknown-type"),
            None if request.is_null() => error(&Value::Null, "not-json"),
            None => error(id, "not-a-request"),
        }
    }
}

/// A socket that is closed does not want to hear more.
fn tell(socket: &WebSocket, message: &Value) {
    let _ = socket.push(&Message::Text(message.to_string()));
}
