//! A few connections for many callers.
//!
//! A permit for each connection there may be decides who has to wait; the connections themselves
//! lie in a list while nobody uses them. Opening one is expensive, so it is kept. One that lay
//! there may have broken meanwhile, so it is checked before it is given out, and replaced if it
//! is broken. Whoever waits too long for a connection goes away without one.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use wakeline::random::{self, Random};
use wakeline::sync::{Permit, Semaphore};
use wakeline::time::{now, sleep, timeout};
use wakeline::{eprintln, println, spawn_named};

use crate::parameters::parameters;

parameters! {
    /// The pool, who uses it, and how long everything takes.
    pub struct Settings {
        /// How many connections there may be at once.
        size: usize = 3, 1..=100;
        /// How many callers there are.
        callers: u32 = 6, 1..=200;
        /// How many queries each makes.
        queries: u32 = 2, 1..=100;
        /// How long it takes to open a connection.
        open_ms: u64 = 300 ms, 0..=60_000;
        /// How long it takes to check one.
        check_ms: u64 = 20 ms, 0..=60_000;
        /// How long a query takes at least.
        query_ms: u64 = 200 ms, 0..=60_000;
        /// How much longer it may take.
        jitter_ms: u64 = 200 ms, 0..=60_000;
        /// How many connections in a hundred turn out broken when they are checked.
        invalid_rate: f64 = 10.0 percent, 0.0..=100.0;
        /// How long a caller waits for a connection before it gives up.
        patience_ms: u64 = 5_000 ms, 0..=60_000;
    }
    presets {
        tutorial {
            callers = 4; queries = 1; open_ms = 0; check_ms = 0; jitter_ms = 0;
            invalid_rate = 0.0;
        }
        exhausted { size = 2; callers = 12; query_ms = 500; patience_ms = 1000; }
        broken { invalid_rate = 80.0; }
    }
}

/// An open connection.
struct Connection {
    number: u32,
}

/// The connections, and who may have one.
struct Pool {
    settings: Settings,
    permits: Semaphore,
    idle: RefCell<Vec<Connection>>,
    opened: Cell<u32>,
    in_use: Cell<u32>,
    most_in_use: Cell<u32>,
}

/// Has every caller make its queries.
pub async fn main(settings: Settings) -> Result<(), String> {
    let pool = Rc::new(Pool {
        permits: Semaphore::named("pool", settings.size),
        idle: RefCell::default(),
        opened: Cell::new(0),
        in_use: Cell::new(0),
        most_in_use: Cell::new(0),
        settings: settings.clone(),
    });
    let mut callers = Vec::new();
    for number in 1..=settings.callers {
        let call = call(number, pool.clone());
        callers.push(spawn_named(format!("caller {number}"), call));
    }
    let mut answered = 0;
    for caller in callers {
        answered += caller.await.map_err(|error| error.to_string())?;
    }
    println!(
        "{answered} of {} queries answered, {} connections opened, at most {} in use",
        settings.callers * settings.queries,
        pool.opened.get(),
        pool.most_in_use.get()
    );
    Ok(())
}

/// Makes one query after the other, and counts those that were answered.
async fn call(number: u32, pool: Rc<Pool>) -> u32 {
    let settings = &pool.settings;
    let mut random = random::stream(&format!("caller {number}"));
    let mut answered = 0;
    for _ in 0..settings.queries {
        let length = settings.query_ms + random.range(0..=settings.jitter_ms);
        let asked = now();
        let Some(lease) = pool.checkout(&mut random).await else {
            let waited = (now() - asked).as_millis();
            eprintln!("caller {number}: no connection after {waited} ms, gives up");
            continue;
        };
        println!(
            "caller {number}: has connection {} after {} ms",
            lease.connection.number,
            (now() - asked).as_millis()
        );
        sleep(Duration::from_millis(length)).await;
        lease.give_back();
        answered += 1;
    }
    answered
}

/// A connection in use. It is closed with this unless it is given back.
struct Lease<'a> {
    connection: Connection,
    pool: &'a Pool,
    _use: InUse<'a>,
    // Last, so that whoever comes next finds the connection in the list.
    _permit: Permit<'a>,
}

impl Pool {
    /// A connection that works, `None` if none became free in time.
    async fn checkout(&self, random: &mut Random) -> Option<Lease<'_>> {
        let patience = Duration::from_millis(self.settings.patience_ms);
        let permit = timeout(patience, self.permits.acquire()).await.ok()?.ok()?;
        let in_use = InUse::enter(self);
        let connection = match self.idle() {
            Some(connection) if self.is_valid(&connection, random).await => connection,
            // None there, or a broken one.
            _ => self.open().await,
        };
        Some(Lease {
            connection,
            pool: self,
            _use: in_use,
            _permit: permit,
        })
    }

    /// The connection that was given back last.
    fn idle(&self) -> Option<Connection> {
        self.idle.borrow_mut().pop()
    }

    async fn is_valid(&self, connection: &Connection, random: &mut Random) -> bool {
        sleep(Duration::from_millis(self.settings.check_ms)).await;
        let is_valid = !random.chance(self.settings.invalid_rate / 100.0);
        if !is_valid {
            eprintln!("pool: connection {} is broken", connection.number);
        }
        is_valid
    }

    async fn open(&self) -> Connection {
        let number = self.opened.get() + 1;
        self.opened.set(number);
        sleep(Duration::from_millis(self.settings.open_ms)).await;
        println!("pool: connection {number} is open");
        Connection { number }
    }
}

impl Lease<'_> {
    /// Puts the connection back, and lets the next caller have it.
    fn give_back(self) {
        self.pool.idle.borrow_mut().push(self.connection);
    }
}

/// Counts the connections in use, also when a caller is cancelled in the middle.
struct InUse<'a>(&'a Pool);

impl<'a> InUse<'a> {
    fn enter(pool: &'a Pool) -> Self {
        let in_use = pool.in_use.get() + 1;
        pool.in_use.set(in_use);
        pool.most_in_use.set(in_use.max(pool.most_in_use.get()));
        Self(pool)
    }
}

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.0.in_use.set(self.0.in_use.get() - 1);
    }
}
