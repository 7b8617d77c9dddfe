//! Many jobs, few permits: a semaphore decides how many work at once.
//!
//! Whoever has to wait stands in line; a permit that comes back goes to the first one there, and
//! nobody can push in.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::Semaphore;
use wakeline::time::{now, sleep};
use wakeline::{println, random};

use crate::parameters::parameters;

parameters! {
    /// The jobs, and how many may work at once.
    pub struct Jobs {
        /// How many jobs there are.
        jobs: u32 = 10, 1..=500;
        /// How many of them may work at once.
        permits: usize = 3, 1..=500;
        /// The least time a job takes.
        job_min_ms: u64 = 500 ms, 0..=60_000;
        /// The greatest time a job takes.
        job_max_ms: u64 = 2_000 ms, 0..=60_000;
    }
    ordered { job_min_ms <= job_max_ms; }
    presets {
        tutorial { jobs = 10; permits = 3; job_min_ms = 2000; job_max_ms = 2000; }
        one_by_one { permits = 1; }
        crowd { jobs = 60; permits = 8; job_min_ms = 100; job_max_ms = 1500; }
    }
}

/// Runs every job under a permit.
pub async fn main(settings: Jobs) -> Result<(), String> {
    let permits = Rc::new(Semaphore::named("permits", settings.permits));
    let desk = Rc::new(Desk::default());

    let mut jobs = Vec::new();
    for number in 0..settings.jobs {
        let work = job(number, settings.clone(), permits.clone(), desk.clone());
        jobs.push(wakeline::spawn_named(format!("job {number}"), work));
    }
    for job in jobs {
        job.await.map_err(|error| error.to_string())??;
    }

    println!(
        "{} jobs done, at most {} at once",
        settings.jobs,
        desk.most.get()
    );
    Ok(())
}

async fn job(
    number: u32,
    settings: Jobs,
    permits: Rc<Semaphore>,
    desk: Rc<Desk>,
) -> Result<(), String> {
    // The job's own source of randomness: how long it takes does not depend on who goes first.
    let mut random = random::stream(&format!("job {number}"));
    let length = random.range(settings.job_min_ms..=settings.job_max_ms);

    let asked = now();
    let permit = permits
        .acquire()
        .await
        .map_err(|closed| closed.to_string())?;
    let waited = (now() - asked).as_millis();
    println!(
        "job {number} begins after {waited} ms in line, {} at work",
        desk.enter()
    );

    sleep(Duration::from_millis(length)).await;

    desk.leave();
    println!("job {number} is done after {length} ms");
    drop(permit);
    Ok(())
}

/// Counts who is at work, to show that the semaphore keeps its promise.
#[derive(Default)]
struct Desk {
    at_work: Cell<usize>,
    most: Cell<usize>,
}

impl Desk {
    fn enter(&self) -> usize {
        let at_work = self.at_work.get() + 1;
        self.at_work.set(at_work);
        self.most.set(self.most.get().max(at_work));
        at_work
    }

    fn leave(&self) {
        self.at_work.set(self.at_work.get() - 1);
    }
}
