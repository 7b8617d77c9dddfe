//! A resource at a moment: a channel, lock, semaphore, notification, queue or connection.

use std::rc::Rc;

use wakeline::log::{NetworkPhase, ResourceKind, UNBOUNDED};

use super::line::Line;
use super::shelf::Shelf;
use crate::order;

/// A task that holds permits of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The task.
    pub task: u32,
    /// How many permits; a mutex has one.
    pub permits: u64,
    /// The event since which it holds at least one.
    pub since: u32,
    /// How many of these were handed to it while it waited; it has not run since.
    pub handed: u64,
}

/// A task in line at a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// The task.
    pub task: u32,
    /// The event that began its wait.
    pub since: u32,
}

/// A message inside of a channel or queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The event that sent it.
    pub sent: u32,
    /// The task that sent it, 0 if none.
    pub sender: u32,
    /// Index of its description in the log's strings, 0 if it is not described.
    pub text: u32,
}

/// Where a request or socket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The task that began it.
    pub task: u32,
    /// The event that began it.
    pub begun: u32,
    /// Method and address: an index into the log's strings.
    pub request: u32,
    /// The last phase that was recorded, `None` before the first.
    pub phase: Option<NetworkPhase>,
    /// The status code of the answer, 0 while there is none.
    pub status: u32,
    /// The length of the body in bytes, 0 while there is none.
    pub body: u32,
    /// Messages sent over the socket.
    pub sent: u32,
    /// Messages received over the socket.
    pub received: u32,
    /// How it ended.
    pub end: Option<ConnectionEnd>,
}

/// How a request or socket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionEnd {
    /// The event.
    pub at: u32,
    /// How.
    pub manner: ConnectionManner,
    /// Index of the reason in the log's strings.
    pub reason: u32,
}

/// The manner in which a request or socket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionManner {
    /// As it should.
    Well,
    /// With an error.
    Error,
    /// Aborted by the program.
    Aborted,
}

/// A resource at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Its id, from 1 in the order of creation.
    pub id: u32,
    /// What it is; `None` for a code that this version does not know.
    pub kind: Option<ResourceKind>,
    /// Index of its name in the log's strings, 0 if it has none.
    pub name: u32,
    /// The event that created it.
    pub created: u32,
    /// The task that created it, 0 if that was outside of any task.
    pub created_by: u32,
    /// Where it was created: an index into the log's locations, 0 if unknown.
    pub location: u16,
    /// A notification is stored for the next who waits. Of an event, a cancellation token or a
    /// promise: it is set, and nobody has to wait.
    pub notified: bool,
    /// Messages that went in since the beginning.
    pub sent: u32,
    /// Messages that were taken out since the beginning.
    pub received: u32,
    /// For a connection: where it stands.
    pub connection: Option<Rc<Connection>>,
    pub(super) capacity: u32,
    /// The event that closed it, plus one; 0 if none has.
    closed: u32,
    pub(super) messages: Line<u32, (u32, u32), 2>,
    pub(super) senders: Line<u32, u32, 1>,
    pub(super) waiters: Line<u32, u32, 1>,
    /// Of a work queue into which something was put.
    work: Option<Rc<Work>>,
    /// While somebody holds something.
    held: Option<Rc<Held>>,
}

/// What only a work queue has.
#[derive(Clone, Debug, Default, PartialEq)]
struct Work {
    /// Units that were put in and are not done.
    units: u64,
    /// The messages by their text.
    by_text: Shelf<(u32, u32), ()>,
}

/// Who holds a lock or permits.
#[derive(Clone, Debug, Default, PartialEq)]
struct Held {
    holders: Shelf<u32, Holder>,
    permits: u64,
}

impl Resource {
    pub(super) fn new(id: u32, kind: Option<ResourceKind>, at: u32) -> Self {
        Self {
            id,
            kind,
            name: 0,
            created: at,
            created_by: 0,
            location: 0,
            notified: false,
            sent: 0,
            received: 0,
            connection: None,
            capacity: 0,
            closed: 0,
            messages: Line::default(),
            senders: Line::default(),
            waiters: Line::default(),
            work: None,
            held: None,
        }
    }

    /// How many messages or permits fit; `None` if any number does or the kind has no such
    /// limit.
    #[must_use]
    pub fn capacity(&self) -> Option<u32> {
        match self.kind {
            Some(ResourceKind::Mutex) => Some(1),
            _ if self.capacity == UNBOUNDED || self.capacity == 0 => None,
            _ => Some(self.capacity),
        }
    }

    /// The event that closed it.
    #[must_use]
    pub fn closed(&self) -> Option<u32> {
        self.closed.checked_sub(1)
    }

    /// Units of a work queue that were put in and are not done.
    #[must_use]
    pub fn units(&self) -> u64 {
        self.work.as_ref().map_or(0, |work| work.units)
    }

    /// How many messages are inside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether no message is inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Whether another message fits.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.capacity()
            .is_none_or(|capacity| self.messages.len() < capacity as usize)
    }

    /// The messages inside, the next to be received first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = Message> + '_ {
        self.messages
            .iter()
            .map(|(sent, &(sender, text))| Message { sent, sender, text })
    }

    /// The tasks that wait for room, the first in line first.
    pub fn blocked_senders(&self) -> impl DoubleEndedIterator<Item = Waiter> + '_ {
        line(&self.senders)
    }

    /// The tasks that wait for anything else that this resource gives: a message, the lock,
    /// permits, a notification, an answer. The first in line first.
    pub fn waiters(&self) -> impl DoubleEndedIterator<Item = Waiter> + '_ {
        line(&self.waiters)
    }

    /// How many tasks wait for room.
    #[must_use]
    pub fn blocked_senders_len(&self) -> usize {
        self.senders.len()
    }

    /// How many tasks wait for anything else.
    #[must_use]
    pub fn waiters_len(&self) -> usize {
        self.waiters.len()
    }

    /// The place in line, from 0, of the wait that this event began; `None` if it is in no line
    /// here, as after a hand-over.
    #[must_use]
    pub fn place_in_line(&self, wait: u32) -> Option<usize> {
        [&self.senders, &self.waiters]
            .into_iter()
            .find(|line| line.get(wait).is_some())
            .map(|line| line.rank(wait))
    }

    /// The tasks that hold the lock or permits, in the order in which they got them.
    #[must_use]
    pub fn holders(&self) -> Vec<Holder> {
        let held = self.held.iter().flat_map(|held| held.holders.iter());
        let holders: Vec<Holder> = held.map(|(_, holder)| *holder).collect();
        let order = order(holders.len(), &[&|at| holders[at].since]);
        order.into_iter().map(|at| holders[at]).collect()
    }

    /// One task that holds the lock or permits; of a mutex, the one.
    pub(crate) fn any_holder(&self) -> Option<u32> {
        let (task, _) = self.held.as_ref()?.holders.first()?;
        Some(task)
    }

    /// What this task holds of the resource.
    #[must_use]
    pub fn held_by(&self, task: u32) -> Option<&Holder> {
        self.held.as_ref()?.holders.get(task)
    }

    /// How many permits are held.
    #[must_use]
    pub fn permits_in_use(&self) -> u64 {
        self.held.as_ref().map_or(0, |held| held.permits)
    }

    /// Bytes of memory that it holds beside itself.
    pub(super) fn memory(&self) -> usize {
        let connection = self
            .connection
            .as_ref()
            .map_or(0, |_| size_of::<Connection>());
        let work = self.work.as_ref();
        let work = work.map_or(0, |work| size_of::<Work>() + work.by_text.memory());
        let held = self.held.as_ref();
        let held = held.map_or(0, |held| size_of::<Held>() + held.holders.memory());
        let lines = self.messages.memory() + self.senders.memory() + self.waiters.memory();
        connection + work + held + lines
    }

    pub(super) fn close(&mut self, at: u32) {
        if self.closed == 0 {
            self.closed = at.saturating_add(1);
        }
    }

    // ===== permits =====

    pub(super) fn hand_over(&mut self, task: u32, permits: u64, at: u32) {
        self.hold(task, permits, permits, at);
    }

    /// Permits that were handed over before are among those acquired now.
    pub(super) fn acquire(&mut self, task: u32, permits: u64, at: u32) {
        let handed = self.held_by(task).map_or(0, |holder| holder.handed);
        let handed = handed.min(permits);
        if handed > 0 {
            let held = Rc::make_mut(self.held.get_or_insert_default());
            if let Some(holder) = held.holders.get_mut(task) {
                holder.handed -= handed;
            }
        }
        self.hold(task, permits - handed, 0, at);
    }

    fn hold(&mut self, task: u32, permits: u64, handed: u64, at: u32) {
        let held = Rc::make_mut(self.held.get_or_insert_default());
        held.permits = held.permits.saturating_add(permits);
        if let Some(holder) = held.holders.get_mut(task) {
            holder.permits = holder.permits.saturating_add(permits);
            holder.handed = holder.handed.saturating_add(handed);
        } else {
            let holder = Holder {
                task,
                permits,
                since: at,
                handed,
            };
            held.holders.insert(task, holder);
        }
    }

    pub(super) fn release(&mut self, task: u32, permits: u64) {
        if self.held_by(task).is_none() {
            return;
        }
        let held = Rc::make_mut(self.held.get_or_insert_default());
        let Some(holder) = held.holders.get_mut(task) else {
            return;
        };
        let released = permits.min(holder.permits);
        holder.permits -= released;
        holder.handed = holder.handed.min(holder.permits);
        if holder.permits == 0 {
            held.holders.remove(task);
        }
        held.permits = held.permits.saturating_sub(released);
        if held.holders.is_empty() {
            self.held = None;
        }
    }

    /// So many permits a task holds that holds some.
    pub(super) fn set_permits(&mut self, task: u32, permits: u64) {
        if let Some(held) = &mut self.held {
            let held = Rc::make_mut(held);
            if let Some(holder) = held.holders.get_mut(task) {
                let before = std::mem::replace(&mut holder.permits, permits);
                let others = held.permits.saturating_sub(before);
                held.permits = others.saturating_add(permits);
            }
        }
    }

    /// So many of these were handed to it while it waited.
    pub(super) fn set_handed(&mut self, task: u32, permits: u64) {
        if let Some(held) = &mut self.held
            && let Some(holder) = Rc::make_mut(held).holders.get_mut(task)
        {
            holder.handed = permits.min(holder.permits);
        }
    }

    // ===== notifications =====

    /// So many of those in line have what they waited for, the first ones first. They learn of
    /// it, and end their waits, in their next polls.
    pub(super) fn release_waiters(&mut self, count: u64) {
        for _ in 0..count.min(self.waiters.len() as u64) {
            if let Some((first, _)) = self.waiters.first() {
                self.waiters.remove(first);
            }
        }
    }

    // ===== messages =====

    /// A message goes in, after which `inside` are there: a channel that keeps the last ones
    /// only loses older ones by it. What leaves is added to `departed`.
    pub(super) fn put(&mut self, message: Message, inside: u32, departed: &mut Vec<u32>) {
        self.sent += 1;
        self.messages
            .insert(message.sent, (message.sender, message.text));
        if self.kind == Some(ResourceKind::Queue) {
            let work = Rc::make_mut(self.work.get_or_insert_default());
            work.units = work.units.saturating_add(1);
            work.by_text.insert((message.text, message.sent), ());
        }
        while self.messages.len() > inside as usize {
            self.depart_first(departed);
        }
    }

    /// The message that this text describes goes out, after which `inside` are there.
    pub(super) fn take(&mut self, text: u32, inside: u32, departed: &mut Vec<u32>) {
        self.received += 1;
        if self.messages.len() <= inside as usize {
            return;
        }
        match self.taken_out_of_order(text) {
            Some(sent) => self.depart(sent, departed),
            None => self.depart_first(departed),
        }
    }

    pub(super) fn discard(&mut self, count: u64, departed: &mut Vec<u32>) {
        for _ in 0..count.min(self.messages.len() as u64) {
            self.depart_first(departed);
        }
    }

    /// Which message this text describes, if it is not the first. A work queue may give out the
    /// last one or the most urgent one first; of several alike, no text tells which it was, and
    /// it makes no difference to what is inside.
    fn taken_out_of_order(&self, text: u32) -> Option<u32> {
        if self.kind != Some(ResourceKind::Queue) || self.messages.first()?.1.1 == text {
            return None;
        }
        match self.messages.last()? {
            (sent, (_, last)) if *last == text => Some(sent),
            _ => match self.work.as_ref()?.by_text.first_from((text, 0))? {
                ((found, sent), ()) if found == text => Some(sent),
                _ => None,
            },
        }
    }

    fn depart_first(&mut self, departed: &mut Vec<u32>) {
        if let Some((sent, _)) = self.messages.first() {
            self.depart(sent, departed);
        }
    }

    fn depart(&mut self, sent: u32, departed: &mut Vec<u32>) {
        if let Some((_, text)) = self.messages.remove(sent) {
            if let Some(work) = &mut self.work {
                Rc::make_mut(work).by_text.remove((text, sent));
            }
            departed.push(sent);
        }
    }

    /// A unit of work is done, after which so many are left.
    pub(super) fn finish_unit(&mut self, left: u64) {
        Rc::make_mut(self.work.get_or_insert_default()).units = left;
    }
}

fn line(line: &Line<u32, u32, 1>) -> impl DoubleEndedIterator<Item = Waiter> + '_ {
    line.iter().map(|(since, &task)| Waiter { task, since })
}
