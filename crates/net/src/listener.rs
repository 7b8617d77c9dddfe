//! Where connections are accepted.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::rc::Rc;
use std::task::Poll;

use wakeline::outside::{Arrival, Connection};

use crate::stream::Stream;

/// How many connections may wait to be accepted.
const BACKLOG: usize = 128;

/// A port that somebody listens at.
pub(crate) struct Port {
    connection: Connection,
    waiting: RefCell<VecDeque<Stream>>,
    arrival: Arrival,
    is_open: Cell<bool>,
}

impl Port {
    #[track_caller]
    pub(crate) fn open(host: &str, port: u16) -> Rc<Self> {
        let connection = Connection::begin(&format!("{host}:{port}"));
        Rc::new(Self {
            arrival: Arrival::new(&connection),
            connection,
            waiting: RefCell::default(),
            is_open: Cell::new(true),
        })
    }

    pub(crate) fn is_open(&self) -> bool {
        self.is_open.get()
    }

    pub(crate) fn has_room(&self) -> bool {
        self.is_open() && self.waiting.borrow().len() < BACKLOG
    }

    /// A connection has arrived.
    pub(crate) fn offer(&self, stream: Stream) {
        self.waiting.borrow_mut().push_back(stream);
        self.arrival.wake();
    }

    pub(crate) fn close(&self) {
        if self.is_open.replace(false) {
            self.connection.end_well("");
            // Dropped when nothing is borrowed: each tells its other end.
            let waiting = self.waiting.take();
            drop(waiting);
            self.arrival.wake();
        }
    }
}

/// Accepts connections at a port, made by [`Host::listen`](crate::Host::listen).
///
/// Dropping it ends the listening: connections that were not accepted end, and new ones are
/// refused.
pub struct Listener {
    port: Rc<Port>,
}

impl Listener {
    pub(crate) fn new(port: Rc<Port>) -> Self {
        Self { port }
    }

    /// The next connection, in the order in which they came.
    ///
    /// # Errors
    /// `ConnectionAborted` when the host has crashed.
    ///
    /// # Cancel safety
    /// Safe: a connection that was not returned is returned by the next call.
    pub fn accept(&mut self) -> impl Future<Output = io::Result<Stream>> + use<'_> {
        let port = &self.port;
        poll_fn(move |cx| {
            let next = port.waiting.borrow_mut().pop_front();
            let accepted = match next {
                Some(stream) => Ok(stream),
                None if !port.is_open() => Err(io::ErrorKind::ConnectionAborted.into()),
                None => {
                    port.arrival.pending(cx, None);
                    return Poll::Pending;
                }
            };
            port.arrival.over();
            Poll::Ready(accepted)
        })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.port.arrival.over();
        self.port.close();
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("waiting", &self.port.waiting.borrow().len())
            .finish_non_exhaustive()
    }
}
