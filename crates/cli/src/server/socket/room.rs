//! Rooms: who is in them, and what is said to all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::{Message, Utf8Bytes};
use wakeline_protocol::Problem;

use super::Limits;
use super::outbox::Outbox;
use super::protocol::Notice;

/// All rooms. A room begins with its first member and ends with its last.
#[derive(Debug)]
pub(super) struct Rooms {
    limits: Limits,
    // The lock is held while outboxes are filled, so that all members see the same order; nobody
    // waits while holding it.
    rooms: Mutex<BTreeMap<String, Room>>,
}

#[derive(Debug, Default)]
struct Room {
    /// How many ever joined: the number of the newest member.
    joined: u32,
    members: BTreeMap<u32, Outbox>,
}

impl Room {
    fn tell_all(&self, notice: &Notice<'_>) -> usize {
        let text = Utf8Bytes::from(notice.to_json());
        for outbox in self.members.values() {
            outbox.push(Message::Text(text.clone()));
        }
        self.members.len()
    }

    fn numbers(&self) -> Vec<u32> {
        self.members.keys().copied().collect()
    }
}

impl Rooms {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            rooms: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Room>> {
        // Nothing in here can panic half way.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A member of a room. Dropping it leaves the room.
#[derive(Debug)]
pub(super) struct Member {
    rooms: Arc<Rooms>,
    room: String,
    number: u32,
    outbox: Outbox,
}

impl Member {
    /// Joins the room with this name. The others are told, and the new member is told who is
    /// there.
    ///
    /// # Errors
    /// If there are too many rooms, or too many members in this one.
    pub(super) fn join(rooms: &Arc<Rooms>, name: &str, outbox: &Outbox) -> Result<Self, Problem> {
        let limits = rooms.limits;
        let mut all = rooms.lock();
        if all.len() == limits.rooms && !all.contains_key(name) {
            return Err(Problem::new("too-many-rooms").with("limit", limits.rooms));
        }
        let room = all.entry(name.to_owned()).or_default();
        if room.members.len() == limits.members {
            return Err(Problem::new("room-full").with("limit", limits.members));
        }
        room.joined += 1;
        let number = room.joined;
        room.tell_all(&Notice::Joined { client: number });
        // Welcomed before anything that is said in the room can reach the outbox.
        let mut clients = room.numbers();
        clients.push(number);
        let welcome = Notice::Welcome {
            you: number,
            room: name,
            clients,
        };
        outbox.push(Message::Text(welcome.to_json().into()));
        room.members.insert(number, outbox.clone());
        drop(all);
        Ok(Self {
            rooms: Arc::clone(rooms),
            room: name.to_owned(),
            number,
            outbox: outbox.clone(),
        })
    }

    /// The number of the member, unique in the room for as long as the room exists.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// Says something to this member alone.
    pub(super) fn tell(&self, notice: &Notice<'_>) {
        self.outbox.push(Message::Text(notice.to_json().into()));
    }

    /// Says something to everybody in the room, this member included, and how many that were.
    pub(super) fn tell_all(&self, notice: &Notice<'_>) -> usize {
        let all = self.rooms.lock();
        all.get(&self.room).map_or(0, |room| room.tell_all(notice))
    }

    /// The numbers of all members, in the order in which they joined.
    pub(super) fn clients(&self) -> Vec<u32> {
        let all = self.rooms.lock();
        all.get(&self.room).map(Room::numbers).unwrap_or_default()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut all = self.rooms.lock();
        let Some(room) = all.get_mut(&self.room) else {
            return;
        };
        room.members.remove(&self.number);
        if room.members.is_empty() {
            all.remove(&self.room);
        } else {
            room.tell_all(&Notice::Left {
                client: self.number,
            });
        }
    }
}
