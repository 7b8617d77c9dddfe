//! A connection between two hosts, as both of its ends see it.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll};

use wakeline::log::{MessageDirection, NetworkPhase};
use wakeline::outside::{Arrival, Connection};
use wakeline::time::Instant;

use crate::direction::{Content, Direction, End};
use crate::link::Link;

/// One of the two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The one that asked for the connection.
    Client,
    /// The one that accepted it.
    Server,
}

impl Side {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// How far the opening of a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    /// What the client sent first is under way.
    Asking,
    /// The server's answer is under way.
    Answering,
    Done,
}

/// What belongs to one end.
#[derive(Debug)]
struct EndPoint {
    host: Box<str>,
    /// Where its reader waits.
    read: Arrival,
    /// Where its writer waits.
    write: Arrival,
    /// Why it is of no more use.
    failed: Cell<Option<io::ErrorKind>>,
    /// Its program has let go of it.
    gone: Cell<bool>,
}

/// A connection. What its two directions carry is in one cell, which is never borrowed while a
/// task is woken.
pub(crate) struct Wire {
    connection: Connection,
    ends: [EndPoint; 2],
    directions: RefCell<[Direction; 2]>,
    opening: Cell<Opening>,
    /// A reset was sent back to the client, to the server.
    reset_sent: [Cell<bool>; 2],
}

impl Wire {
    /// A connection of which nothing has been sent yet.
    #[track_caller]
    pub(crate) fn new(name: &str, there: Rc<Link>, back: Rc<Link>) -> Rc<Self> {
        let connection = Connection::begin(name);
        let end = |host: &str| EndPoint {
            host: host.into(),
            read: Arrival::new(&connection),
            write: Arrival::new(&connection),
            failed: Cell::new(None),
            gone: Cell::new(false),
        };
        Rc::new(Self {
            ends: [end(&there.from), end(&there.to)],
            directions: RefCell::new([
                Direction::new(there, &connection),
                Direction::new(back, &connection),
            ]),
            opening: Cell::new(Opening::Asking),
            reset_sent: [Cell::new(false), Cell::new(false)],
            connection,
        })
    }

    /// From where, to where, and the how manieth on this way it is.
    pub(crate) fn label(&self) -> String {
        self.with_outgoing(Side::Client, |direction| direction.label.clone())
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn end(&self, side: Side) -> &EndPoint {
        &self.ends[side as usize]
    }

    pub(crate) fn host(&self, side: Side) -> &str {
        &self.end(side).host
    }

    /// The direction that this end sends into.
    fn with_outgoing<T>(&self, side: Side, f: impl FnOnce(&mut Direction) -> T) -> T {
        f(&mut self.directions.borrow_mut()[side as usize])
    }

    // ===== sending =====

    /// Puts something on its way, and sets the time of whoever waits for it.
    pub(crate) fn send(&self, from: Side, content: Content) {
        let now = self.connection.now();
        self.with_outgoing(from, |direction| direction.send(content, now));
        self.reschedule(from.other());
        // A sender behind a cut has a limit from now on.
        self.reschedule(from);
    }

    /// Whoever waits at this end is woken when it has something to do, and not before.
    pub(crate) fn reschedule(&self, side: Side) {
        let end = self.end(side);
        let (arrival, room) = self.expectations(side);
        end.read.expect(arrival);
        end.write.expect(room);
    }

    /// When a reader and a writer at this end can go on, as far as that is known.
    fn expectations(&self, side: Side) -> (Option<Instant>, Option<Instant>) {
        if self.end(side).failed.get().is_some() {
            // Whoever still waits is to learn of it.
            let now = Some(self.connection.now());
            return (now, now);
        }
        let directions = self.directions.borrow();
        let outgoing = &directions[side as usize];
        let incoming = &directions[side.other() as usize];
        let mut gives_up = outgoing.gives_up_at();
        let earlier = |a: Option<Instant>, b: Option<Instant>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let mut arrival = incoming.next_arrival();
        match self.opening.get() {
            Opening::Asking => arrival = outgoing.next_arrival(),
            Opening::Answering if side == Side::Client => gives_up = incoming.gives_up_at(),
            _ => {}
        }
        // A reset ends the wait of a writer, too.
        let room = earlier(outgoing.next_room(&incoming.link), arrival);
        (earlier(arrival, gives_up), earlier(room, gives_up))
    }

    /// Takes in whatever has arrived at this end by now, and tells the log.
    fn land(&self, side: Side) {
        let incoming = side.other();
        loop {
            // What is under way to an end that has failed is lost: nothing comes after an error.
            if self.end(side).failed.get().is_some() {
                return;
            }
            let landed = self.with_outgoing(incoming, Direction::land);
            match landed {
                None => return,
                Some(Content::Bytes(bytes)) => {
                    let (text, is_text) = shown(&bytes);
                    let direction = if is_text {
                        MessageDirection::ReceivedText
                    } else {
                        MessageDirection::ReceivedBytes
                    };
                    self.connection.message(direction, text, bytes.len());
                }
                Some(Content::Reset) => {
                    self.fail(side, io::ErrorKind::ConnectionReset, "reset");
                }
                Some(_) => {}
            }
        }
    }

    /// Gives the connection up if nothing of what this end sent has got through for too long.
    fn check_limit(&self, side: Side) {
        let limit = self.with_outgoing(side, |direction| direction.gives_up_at());
        if limit.is_some_and(|limit| limit <= self.connection.now()) {
            self.fail(side, io::ErrorKind::TimedOut, "timed out");
            self.reset_other(side);
        }
    }

    /// This end is of no more use.
    pub(crate) fn fail(&self, side: Side, kind: io::ErrorKind, why: &str) {
        let end = self.end(side);
        if end.failed.get().is_none() {
            end.failed.set(Some(kind));
            self.connection.end_with_error(why);
        }
    }

    /// The other end is told that the connection is no more, once.
    pub(crate) fn reset_other(&self, side: Side) {
        if !self.reset_sent[side.other() as usize].replace(true) {
            self.with_outgoing(side, |direction| {
                direction.abandon();
                direction.finished = true;
            });
            self.send(side, Content::Reset);
        }
    }

    // ===== the program's side =====

    /// Reads what has arrived at this end.
    pub(crate) fn poll_read(
        &self,
        side: Side,
        cx: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.land(side);
        let end = self.end(side);
        let incoming = side.other();
        // The news that there is room again travels as long as anything else.
        let now = self.connection.now();
        let learns = self.with_outgoing(side, |back| now + back.link.conditions.get().latency);
        let count = self.with_outgoing(incoming, |direction| direction.take(into, learns));
        if count > 0 || into.is_empty() {
            end.read.over();
            self.reschedule(incoming);
            return Poll::Ready(Ok(count));
        }
        self.check_limit(side);
        if let Some(kind) = end.failed.get() {
            end.read.over();
            return Poll::Ready(Err(kind.into()));
        }
        if self.with_outgoing(incoming, |direction| direction.end) == Some(End::Finished) {
            end.read.over();
            return Poll::Ready(Ok(0));
        }
        end.read.pending(cx, self.expectations(side).0);
        Poll::Pending
    }

    /// Sends as much as there is room for.
    pub(crate) fn poll_write(
        &self,
        side: Side,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.land(side);
        self.check_limit(side);
        let end = self.end(side);
        if let Some(kind) = end.failed.get() {
            end.write.over();
            return Poll::Ready(Err(kind.into()));
        }
        if self.with_outgoing(side, |direction| direction.finished) {
            end.write.over();
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let room = {
            let mut directions = self.directions.borrow_mut();
            let back = Rc::clone(&directions[side.other() as usize].link);
            directions[side as usize].room(&back)
        };
        if room == 0 && !bytes.is_empty() {
            end.write.pending(cx, self.expectations(side).1);
            return Poll::Pending;
        }
        end.write.over();
        let piece = self.with_outgoing(side, |direction| direction.link.conditions.get().piece);
        let count = bytes.len().min(room).min(piece.max(1));
        if count > 0 {
            let sent = &bytes[..count];
            let (text, is_text) = shown(sent);
            let direction = if is_text {
                MessageDirection::SentText
            } else {
                MessageDirection::SentBytes
            };
            self.connection.message(direction, text, count);
            self.send(side, Content::Bytes(sent.to_vec()));
            self.answer_for_the_gone(side);
        }
        Poll::Ready(Ok(count))
    }

    /// What is sent to an end that nobody reads from any more is answered with a reset when it
    /// arrives there.
    fn answer_for_the_gone(&self, side: Side) {
        let other = side.other();
        if !self.end(other).gone.get() || self.reset_sent[side as usize].replace(true) {
            return;
        }
        let arrives = self.with_outgoing(side, |direction| direction.last_arrival());
        self.with_outgoing(other, |direction| direction.send(Content::Reset, arrives));
        self.reschedule(side);
    }

    /// This end will send nothing more.
    pub(crate) fn finish(&self, side: Side) {
        let end = self.end(side);
        if end.failed.get().is_some() {
            return;
        }
        let finished = self.with_outgoing(side, |direction| {
            std::mem::replace(&mut direction.finished, true)
        });
        if !finished {
            self.connection.phase(NetworkPhase::Closing, "", 0);
            self.send(side, Content::End);
        }
    }

    /// The program lets go of this end.
    pub(crate) fn let_go(&self, side: Side) {
        let end = self.end(side);
        end.gone.set(true);
        end.read.over();
        end.write.over();
        let other = side.other();
        if end.failed.get().is_none() {
            self.finish(side);
            let unread = self.with_outgoing(other, |direction| direction.has_unread());
            if unread && !self.reset_sent[other as usize].replace(true) {
                // Behind everything that was said, so that an answer which says why is read first.
                self.send(side, Content::Reset);
            }
        }
        if self.end(other).gone.get() {
            self.connection.end_well("");
        }
    }

    /// The end's machine has failed: its program sees an error, and the other end a reset.
    pub(crate) fn crash(&self, side: Side) {
        if self.end(side).gone.get() || self.end(side).failed.get().is_some() {
            return;
        }
        self.fail(side, io::ErrorKind::ConnectionAborted, "crash");
        self.reset_other(side);
        self.end(side).read.wake();
        self.end(side).write.wake();
    }

    // ===== opening =====

    /// Waits until what the client sent first has arrived.
    pub(crate) fn poll_asked(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let landed = self.with_outgoing(Side::Client, Direction::land);
        if landed.is_none() {
            self.check_limit(Side::Client);
            return self.still_opening(cx);
        }
        self.opening.set(Opening::Answering);
        self.end(Side::Client).read.over();
        Poll::Ready(Ok(()))
    }

    /// Waits until the answer to that has arrived.
    pub(crate) fn poll_opened(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let landed = self.with_outgoing(Side::Server, Direction::land);
        match landed {
            None => {
                let limit = self.with_outgoing(Side::Server, |direction| direction.gives_up_at());
                if limit.is_some_and(|limit| limit <= self.connection.now()) {
                    self.fail(Side::Client, io::ErrorKind::TimedOut, "timed out");
                    self.reset_other(Side::Client);
                }
                return self.still_opening(cx);
            }
            Some(Content::Opened) => {
                self.opening.set(Opening::Done);
                self.connection.phase(NetworkPhase::Open, "", 0);
            }
            Some(_) => self.fail(Side::Client, io::ErrorKind::ConnectionRefused, "refused"),
        }
        self.still_opening(cx)
    }

    /// Whether the opening is done, has failed, or takes longer.
    fn still_opening(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let end = self.end(Side::Client);
        let result = match (end.failed.get(), self.opening.get()) {
            (Some(kind), _) => Err(kind.into()),
            (None, Opening::Done) => Ok(()),
            (None, _) => {
                end.read.pending(cx, self.expectations(Side::Client).0);
                return Poll::Pending;
            }
        };
        end.read.over();
        Poll::Ready(result)
    }

    // ===== faults =====

    /// Applies a change of a link to the direction that goes over it.
    pub(crate) fn on_link(&self, link: &Rc<Link>, change: impl Fn(&mut Direction)) {
        for side in [Side::Client, Side::Server] {
            let applies = self.with_outgoing(side, |direction| {
                let applies = Rc::ptr_eq(&direction.link, link);
                if applies {
                    change(direction);
                }
                applies
            });
            if applies {
                self.reschedule(Side::Client);
                self.reschedule(Side::Server);
            }
        }
    }
}

/// What the log shows of bytes: their text, if they are one.
fn shown(bytes: &[u8]) -> (&str, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text)
            if !text
                .chars()
                .any(|c| c.is_control() && !c.is_ascii_whitespace()) =>
        {
            (text, true)
        }
        _ => ("", false),
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("client", &self.ends[0].host)
            .field("server", &self.ends[1].host)
            .finish_non_exhaustive()
    }
}
