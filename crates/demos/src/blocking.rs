//! Heavy work beside a heartbeat, done in four ways.
//!
//! There is one thread. Work that holds it holds up everybody: no timer fires, no task has a
//! turn. Work in chunks lets others go between two of them. A budget goes further and takes only a
//! part of each frame, so that there is always time left for the rest. And work that is done
//! elsewhere costs this thread nothing: it is awaited like anything else.
//!
//! Usually the work is simulated: it takes time and computes nothing. Under the virtual clock it
//! moves the clock, and a worker elsewhere is a wait of the same length. With real workers they
//! count prime numbers, on threads or in Web Workers; that takes as long as it takes, so such a run
//! is live.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::Semaphore;
use wakeline::time::{Instant, block, now, sleep, sleep_until};
use wakeline::{eprintln, println, spawn_named};

use crate::outside::{self, LocalBoxFuture, Outside};
use crate::parameters::{choice, parameters};
use crate::work::{self, Count};

parameters! {
    /// The work, and how it is done.
    pub struct Settings {
        /// How the work is done.
        way: Way = Chunks;
        /// How large the first job is.
        first_ms: u64 = 2_000 ms, 0..=60_000;
        /// How large the second job is.
        second_ms: u64 = 1_000 ms, 0..=60_000;
        /// How large the third job is.
        third_ms: u64 = 3_000 ms, 0..=60_000;
        /// How large a chunk is.
        chunk_ms: u64 = 15 ms, 1..=10_000;
        /// How long a job pauses after a chunk.
        pause_ms: u64 = 1 ms, 1..=1_000;
        /// How long a frame is.
        frame_ms: u64 = 16 ms, 1..=1_000;
        /// How much of each frame goes into the work.
        budget_ms: u64 = 8 ms, 1..=1_000;
        /// How many workers there are elsewhere.
        workers: usize = 3, 1..=50;
        /// Whether they are real. Then the run is live.
        parts: Parts = Simulated;
        /// The time from one beat of the heart to the next.
        heartbeat_ms: u64 = 100 ms, 1..=10_000;
    }
    ordered { budget_ms <= frame_ms; }
    live { parts = "real"; }
    presets {
        tutorial { way = "blocking"; }
        chunks { way = "chunks"; }
        large_chunks { way = "chunks"; chunk_ms = 500; }
        budget { way = "budget"; first_ms = 200; second_ms = 100; third_ms = 300; }
        elsewhere { way = "elsewhere"; }
        real { way = "elsewhere"; parts = "real"; }
    }
}

choice! {
    /// How the work is done.
    pub enum Way {
        /// Each job holds the thread until it is done.
        Blocking = "blocking",
        /// Each job lets others go after every chunk.
        Chunks = "chunks",
        /// All jobs together take only a part of each frame.
        Budget = "budget",
        /// Workers do it, and the jobs wait for them.
        Elsewhere = "elsewhere",
    }
}

choice! {
    /// What the workers elsewhere are.
    pub enum Parts {
        /// Waits of the right length.
        Simulated = "simulated",
        /// Threads, or Web Workers.
        Real = "real",
    }
}

/// Starts the heart and the jobs, and waits for the jobs.
pub async fn main(settings: Settings, outside: Option<Rc<dyn Outside>>) -> Result<(), String> {
    let workers: Box<dyn Workers> = match (settings.parts, outside) {
        (Parts::Real, Some(outside)) => Box::new(Real(outside.workers(settings.workers))),
        _ => Box::new(Simulated {
            free: Rc::new(Semaphore::named("workers", settings.workers)),
        }),
    };
    let heart = Rc::new(Heart::new(Duration::from_millis(settings.heartbeat_ms)));
    let beating = spawn_named("heartbeat", beat(heart.clone()));
    let site = Rc::new(Site {
        free_frame: Cell::new(now()),
        workers,
        settings: settings.clone(),
    });

    let sizes = [settings.first_ms, settings.second_ms, settings.third_ms];
    let mut jobs = Vec::new();
    for (number, size) in (1..).zip(sizes) {
        let job = perform(number, Duration::from_millis(size), site.clone());
        jobs.push(spawn_named(format!("job {number}"), job));
    }
    for job in jobs {
        job.await.map_err(|error| error.to_string())??;
    }
    beating.abort();
    // It beats for ever, so it was cancelled.
    let _ = beating.await;
    heart.report();
    Ok(())
}

/// What the jobs share.
struct Site {
    settings: Settings,
    /// When the next frame begins that nobody has asked for.
    free_frame: Cell<Instant>,
    workers: Box<dyn Workers>,
}

/// Does a job in the way that was asked for.
async fn perform(number: u32, size: Duration, site: Rc<Site>) -> Result<(), String> {
    let settings = &site.settings;
    println!("job {number}: begins, {} ms of work", size.as_millis());
    match settings.way {
        Way::Blocking => block(size),
        Way::Chunks => {
            let chunk = Duration::from_millis(settings.chunk_ms);
            for piece in pieces(size, chunk) {
                block(piece);
                // To give way is not enough: who is ready again at once leaves no moment in which
                // nothing is ready, and under the virtual clock timers fire only then.
                sleep(Duration::from_millis(settings.pause_ms)).await;
            }
        }
        Way::Budget => {
            for piece in pieces(size, Duration::from_millis(settings.budget_ms)) {
                // One job has the frame; the next frame is for who asks next.
                let frame = site.free_frame.get().max(now());
                let length = Duration::from_millis(settings.frame_ms);
                site.free_frame.set(frame + length);
                sleep_until(frame).await;
                block(piece);
            }
        }
        Way::Elsewhere => {
            if let Some(found) = site.workers.run(size).await? {
                println!("job {number}: {found} prime numbers");
            }
        }
    }
    println!("job {number}: is done");
    Ok(())
}

/// Cuts work into pieces that are at most so large.
fn pieces(size: Duration, most: Duration) -> impl Iterator<Item = Duration> {
    let mut left = size;
    std::iter::from_fn(move || {
        let piece = left.min(most);
        left -= piece;
        (!piece.is_zero()).then_some(piece)
    })
}

/// Whoever does work elsewhere.
trait Workers {
    /// Has work of this size done by a worker, when one is free. Gives what it found, if it really
    /// looked for something.
    fn run(&self, size: Duration) -> LocalBoxFuture<'static, Result<Option<u64>, String>>;
}

/// Workers that only take their time.
struct Simulated {
    free: Rc<Semaphore>,
}

impl Workers for Simulated {
    fn run(&self, size: Duration) -> LocalBoxFuture<'static, Result<Option<u64>, String>> {
        let free = self.free.clone();
        Box::pin(async move {
            let worker = free.acquire().await.map_err(|closed| closed.to_string())?;
            sleep(size).await;
            drop(worker);
            Ok(None)
        })
    }
}

/// Workers that count prime numbers.
struct Real(Box<dyn outside::Workers>);

impl Workers for Real {
    fn run(&self, size: Duration) -> LocalBoxFuture<'static, Result<Option<u64>, String>> {
        let count = Count {
            milliseconds: u64::try_from(size.as_millis()).unwrap_or(u64::MAX),
            fails: false,
        };
        let counting = self.0.run(work::PRIMES, count.encode());
        Box::pin(async move { Ok(work::number(&counting.await?)) })
    }
}

/// Beats as regularly as it is allowed to.
async fn beat(heart: Rc<Heart>) {
    loop {
        sleep_until(heart.next.get()).await;
        heart.beat();
    }
}

/// When the heart should beat, and how it did.
struct Heart {
    period: Duration,
    next: Cell<Instant>,
    beats: Cell<u32>,
    missed: Cell<u32>,
    latest: Cell<Duration>,
}

impl Heart {
    fn new(period: Duration) -> Self {
        Self {
            period,
            next: Cell::new(now() + period),
            beats: Cell::new(0),
            missed: Cell::new(0),
            latest: Cell::new(Duration::ZERO),
        }
    }

    fn beat(&self) {
        self.beats.set(self.beats.get() + 1);
        let late = self.catch_up();
        if late.is_zero() {
            println!("heartbeat");
        } else {
            eprintln!("heartbeat, {} ms late", late.as_millis());
        }
    }

    /// Plans the next beat, leaving out those whose time has passed. Says how late this one is.
    fn catch_up(&self) -> Duration {
        let late = now() - self.next.get();
        self.latest.set(self.latest.get().max(late));
        self.next.set(self.next.get() + self.period);
        while self.next.get() < now() {
            self.missed.set(self.missed.get() + 1);
            self.next.set(self.next.get() + self.period);
        }
        late
    }

    /// Says how the heart did, counting beats that are overdue at the end.
    fn report(&self) {
        if self.next.get() < now() {
            self.missed.set(self.missed.get() + 1);
            self.catch_up();
        }
        println!(
            "{} heartbeats, {} missed, at most {} ms late, all done after {} ms",
            self.beats.get(),
            self.missed.get(),
            self.latest.get().as_millis(),
            now().as_nanos() / 1_000_000
        );
    }
}
