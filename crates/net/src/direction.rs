//! One direction of a connection: what is under way, and what has arrived.

use std::collections::VecDeque;
use std::rc::Rc;

use wakeline::outside::Connection;
use wakeline::random::Random;
use wakeline::time::Instant;

use crate::link::Link;

/// What travels as one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Asks for a connection.
    Open,
    /// Agrees to it.
    Opened,
    Bytes(Vec<u8>),
    /// Nothing more will be sent.
    End,
    /// The connection is no more.
    Reset,
}

#[derive(Debug)]
struct Segment {
    content: Content,
    sent: Instant,
    arrives: Instant,
    /// It was there before the link was blocked.
    landed: bool,
}

/// How a direction came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Finished,
    Reset,
}

/// One direction of a connection.
#[derive(Debug)]
pub(crate) struct Direction {
    pub(crate) link: Rc<Link>,
    /// Knows the time, also while the run is being ended.
    connection: Connection,
    /// What tells its random numbers from those of other connections.
    pub(crate) label: String,
    random: Random,
    under_way: VecDeque<Segment>,
    /// When the last piece arrives: none behind it may be earlier.
    last: Instant,
    /// What has arrived and was not read.
    inbox: VecDeque<u8>,
    /// How the sender ended it, once that has arrived.
    pub(crate) end: Option<End>,
    /// The agreement to the connection has arrived.
    pub(crate) opened: bool,
    /// Bytes that were sent and whose room the sender has not got back.
    used: usize,
    /// Room that was read free, and when the sender learns of it.
    freed: VecDeque<(Instant, usize)>,
    /// The sender will send nothing more.
    pub(crate) finished: bool,
}

impl Direction {
    pub(crate) fn new(link: Rc<Link>, connection: &Connection) -> Self {
        let number = link.connections.get() + 1;
        link.connections.set(number);
        // A stream of its own: what happens on other connections does not change what happens here.
        let label = format!("network {} {} {number}", link.from, link.to);
        Self {
            random: wakeline::random::stream(&label),
            label,
            link,
            connection: connection.clone(),
            under_way: VecDeque::new(),
            last: Instant::default(),
            inbox: VecDeque::new(),
            end: None,
            opened: false,
            used: 0,
            freed: VecDeque::new(),
            finished: false,
        }
    }

    /// Puts something on its way, at this moment or a later one.
    pub(crate) fn send(&mut self, content: Content, sent: Instant) {
        let bytes = match &content {
            Content::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        self.used += bytes;
        let arrives = self.link.arrival(sent, bytes, &mut self.random);
        self.last = self.last.max(arrives);
        self.under_way.push_back(Segment {
            content,
            sent,
            arrives: self.last,
            landed: false,
        });
    }

    /// When the last thing that is under way arrives.
    pub(crate) fn last_arrival(&self) -> Instant {
        self.last
    }

    /// Takes the next piece that has arrived. Bytes are put into the inbox; their text is for the
    /// log.
    pub(crate) fn land(&mut self) -> Option<Content> {
        let front = self.under_way.front()?;
        if !front.landed && (front.arrives > self.connection.now() || self.link.is_blocked()) {
            return None;
        }
        let content = self.under_way.pop_front()?.content;
        match &content {
            Content::Bytes(bytes) => self.inbox.extend(bytes),
            Content::End => self.end = self.end.or(Some(End::Finished)),
            Content::Reset => self.end = Some(End::Reset),
            Content::Opened => self.opened = true,
            Content::Open => {}
        }
        Some(content)
    }

    /// When the next piece arrives, if that is known.
    pub(crate) fn next_arrival(&self) -> Option<Instant> {
        let front = self.under_way.front()?;
        (front.landed || !self.link.is_blocked()).then_some(front.arrives)
    }

    /// When the sender gives up, if nothing of what is under way gets through until then.
    pub(crate) fn gives_up_at(&self) -> Option<Instant> {
        let front = self.under_way.front()?;
        let waits = self.link.cut.get() && !front.landed;
        waits.then(|| front.sent + self.link.conditions.get().give_up)
    }

    /// Drops everything that is under way: the sender is no more.
    pub(crate) fn abandon(&mut self) {
        self.under_way.retain(|segment| segment.landed);
    }

    /// The link is about to be blocked: what has arrived stays here.
    pub(crate) fn block(&mut self) {
        let (now, is_blocked) = (self.connection.now(), self.link.is_blocked());
        for segment in &mut self.under_way {
            segment.landed |= segment.arrives <= now && !is_blocked;
        }
    }

    /// The link was released: everything that would have been here by now arrives at once.
    pub(crate) fn release(&mut self) {
        let now = self.connection.now();
        for segment in self.under_way.iter_mut().filter(|segment| !segment.landed) {
            segment.arrives = segment.arrives.max(now);
        }
        self.last = self.last.max(now);
    }

    /// The link was repaired: whatever was under way was lost, and is sent again at the sender's
    /// next attempt.
    pub(crate) fn repair(&mut self) {
        let now = self.connection.now();
        let mut last = Instant::default();
        for segment in self.under_way.iter_mut().filter(|segment| !segment.landed) {
            let again = self.link.next_try(segment.sent, now);
            last = last.max(again + self.link.travel(&mut self.random));
            segment.arrives = last;
        }
        self.last = self.last.max(last);
    }

    // ===== reading =====

    /// Whether something can be read.
    pub(crate) fn has_bytes(&self) -> bool {
        !self.inbox.is_empty()
    }

    /// Moves bytes out, and tells the sender at this later moment that there is room again.
    pub(crate) fn take(&mut self, into: &mut [u8], sender_learns: Instant) -> usize {
        let count = self.inbox.len().min(into.len());
        for (place, byte) in into.iter_mut().zip(self.inbox.drain(..count)) {
            *place = byte;
        }
        if count > 0 {
            self.freed.push_back((sender_learns, count));
        }
        count
    }

    /// Whether the receiver would lose something if it went now.
    pub(crate) fn has_unread(&self) -> bool {
        let bytes = |segment: &Segment| matches!(segment.content, Content::Bytes(_));
        self.has_bytes() || self.under_way.iter().any(bytes)
    }

    // ===== writing =====

    /// How many bytes the sender may send now. News of room comes back over `back`.
    pub(crate) fn room(&mut self, back: &Link) -> usize {
        let now = self.connection.now();
        while let Some((learns, bytes)) = self.freed.front().copied() {
            if learns > now || back.is_blocked() {
                break;
            }
            self.freed.pop_front();
            self.used -= bytes;
        }
        let window = self.link.conditions.get().window.max(1);
        window.saturating_sub(self.used)
    }

    /// When the sender learns of room, if that is known.
    pub(crate) fn next_room(&self, back: &Link) -> Option<Instant> {
        let (learns, _) = self.freed.front()?;
        (!back.is_blocked()).then_some(*learns)
    }
}
