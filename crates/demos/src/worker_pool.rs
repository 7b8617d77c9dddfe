//! A fixed number of workers, and more jobs than that.
//!
//! Jobs stand in a queue, and whoever of the workers is free takes the first. Each job carries the
//! place where its result is awaited, so results can be had in the order of the jobs, whoever was
//! first, and a failure is the result of its job and harms no other. A pool that shuts down either
//! works off its queue, or drops everything at once: then what was submitted gets no answer.
//!
//! The jobs only take their time, unless they are real: then each worker has a thread or a Web
//! Worker count prime numbers, and the run is live.

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use wakeline::sync::oneshot;
use wakeline::sync::queue::{self, Queue};
use wakeline::task::JoinHandle;
use wakeline::time::sleep;
use wakeline::{eprintln, println, random, spawn_named};

use crate::outside::{Outside, Workers};
use crate::parameters::{choice, parameters};
use crate::work::{self, Count};

parameters! {
    /// The workers, the jobs, and how the pool is used and ended.
    pub struct Settings {
        /// How many workers there are.
        workers: u32 = 3, 1..=100;
        /// How many jobs there are.
        jobs: u32 = 10, 0..=500;
        /// The least time a job takes.
        job_min_ms: u64 = 500 ms, 0..=60_000;
        /// The greatest.
        job_max_ms: u64 = 2_000 ms, 0..=60_000;
        /// How many jobs in a hundred fail.
        failure_rate: f64 = 10.0 percent, 0.0..=100.0;
        /// How jobs come to the pool.
        mode: Mode = Map;
        /// The time from one job to the next, if they are submitted.
        every_ms: u64 = 200 ms, 0..=60_000;
        /// When the pool shuts down, if jobs are submitted.
        shutdown_ms: u64 = 1_500 ms, 0..=60_000;
        /// What becomes of the jobs that are queued or running then.
        shutdown: Shutdown = Drain;
        /// Whether the work is real. Then the run is live.
        parts: Parts = Simulated;
    }
    ordered { job_min_ms <= job_max_ms; }
    live { parts = "real"; }
    presets {
        tutorial { job_min_ms = 2000; job_max_ms = 2000; failure_rate = 0.0; }
        failures { failure_rate = 50.0; }
        refused { mode = "submit"; }
        dropped { mode = "submit"; shutdown = "now"; }
        one_worker { workers = 1; }
        real { parts = "real"; failure_rate = 30.0; }
    }
}

choice! {
    /// How jobs come to the pool.
    pub enum Mode {
        /// All at once, and their results in the same order.
        Map = "map",
        /// One by one, until the pool shuts down.
        Submit = "submit",
    }
}

choice! {
    /// How a pool shuts down.
    pub enum Shutdown {
        /// It works off its queue.
        Drain = "drain",
        /// It drops everything.
        Now = "now",
    }
}

choice! {
    /// What the work of a job is.
    pub enum Parts {
        /// A wait.
        Simulated = "simulated",
        /// Counting prime numbers, on a thread or in a Web Worker.
        Real = "real",
    }
}

/// A result, or why there is none.
type Outcome = Result<u64, String>;

/// Uses a pool in one of the two ways.
pub async fn main(settings: Settings, outside: Option<Rc<dyn Outside>>) -> Result<(), String> {
    let hands = match (settings.parts, outside) {
        (Parts::Real, Some(outside)) => Some(outside.workers(settings.workers as usize)),
        _ => None,
    };
    let pool = Pool::start(settings.workers, hands.map(Rc::from));
    let outcomes = match settings.mode {
        Mode::Map => {
            let outcomes = map(&pool, &settings).await;
            pool.shut_down(settings.shutdown).await;
            outcomes
        }
        Mode::Submit => {
            let submit = submit(pool.queue.clone(), settings.clone());
            let client = spawn_named("client", submit);
            sleep(Duration::from_millis(settings.shutdown_ms)).await;
            pool.shut_down(settings.shutdown).await;
            client.await.map_err(|error| error.to_string())?
        }
    };

    let (mut good, mut failed) = (0, 0);
    for (number, outcome) in (1..).zip(join_all(outcomes).await) {
        match outcome {
            Ok(Ok(result)) => {
                println!("job {number} returned {result}");
                good += 1;
            }
            Ok(Err(error)) => {
                eprintln!("job {number} failed: {error}");
                failed += 1;
            }
            Err(_) => eprintln!("job {number} was never finished"),
        }
    }
    println!("{good} results, {failed} failures");
    Ok(())
}

/// Gives the pool every job, and waits until all are done.
async fn map(pool: &Pool, settings: &Settings) -> Vec<Submitted> {
    let mut submitted = Vec::new();
    for number in 1..=settings.jobs {
        submitted.extend(queue_job(&pool.queue, Job::new(number, settings)).await);
    }
    pool.queue.join().await;
    submitted
}

/// Gives the pool job after job, until it takes no more.
async fn submit(queue: Queue<Job>, settings: Settings) -> Vec<Submitted> {
    let mut submitted = Vec::new();
    for number in 1..=settings.jobs {
        let Some(outcome) = queue_job(&queue, Job::new(number, &settings)).await else {
            eprintln!("job {number} was refused");
            break;
        };
        submitted.push(outcome);
        sleep(Duration::from_millis(settings.every_ms)).await;
    }
    submitted
}

/// Queues a job; `None` if the pool takes no more.
async fn queue_job(queue: &Queue<Job>, mut job: Job) -> Option<Submitted> {
    let (reply, outcome) = oneshot::channel();
    job.reply = Some(reply);
    let accepted = queue.put(job).await;
    accepted.is_ok().then_some(outcome)
}

/// Where the outcome of a submitted job is awaited.
type Submitted = oneshot::Receiver<Outcome>;

/// Work, and where its outcome goes.
struct Job {
    number: u32,
    length: Duration,
    fails: bool,
    reply: Option<oneshot::Sender<Outcome>>,
}

impl Job {
    fn new(number: u32, settings: &Settings) -> Self {
        let mut random = random::stream(&format!("job {number}"));
        let length = random.range(settings.job_min_ms..=settings.job_max_ms);
        Self {
            number,
            length: Duration::from_millis(length),
            fails: random.chance(settings.failure_rate / 100.0),
            reply: None,
        }
    }
}

/// Workers and their queue.
struct Pool {
    queue: Queue<Job>,
    workers: Vec<JoinHandle<()>>,
}

impl Pool {
    fn start(workers: u32, hands: Option<Rc<dyn Workers>>) -> Self {
        let queue = queue::Builder::new("jobs")
            .describe(|job: &Job| format!("job {}", job.number))
            .unbounded();
        let workers = (1..=workers).map(|number| {
            let take_jobs = take_jobs(number, queue.clone(), hands.clone());
            spawn_named(format!("worker {number}"), take_jobs)
        });
        Self {
            workers: workers.collect(),
            queue,
        }
    }

    async fn shut_down(mut self, how: Shutdown) {
        self.queue.close();
        if how == Shutdown::Now {
            self.workers.iter().for_each(JoinHandle::abort);
            while self.queue.try_get().is_ok() {}
        }
        for worker in self.workers.drain(..) {
            // Done, or cancelled a moment ago.
            let _ = worker.await;
        }
        println!("the pool is shut down");
    }
}

/// Takes jobs as long as there are any to come.
async fn take_jobs(number: u32, queue: Queue<Job>, hands: Option<Rc<dyn Workers>>) {
    while let Some(job) = queue.get().await {
        println!("worker {number}: begins job {}", job.number);
        let outcome = match &hands {
            Some(hands) => compute(&job, &**hands).await,
            None => take_time(&job).await,
        };
        println!("worker {number}: has done job {}", job.number);
        if let Some(reply) = job.reply {
            // Whoever asked may be gone by now.
            let _ = reply.send(outcome);
        }
        queue.task_done();
    }
}

/// A job that only takes its time.
async fn take_time(job: &Job) -> Outcome {
    sleep(job.length).await;
    match job.fails {
        true => Err("it had no luck".to_owned()),
        false => Ok(u64::from(job.number).pow(2)),
    }
}

/// A job that is really done, elsewhere.
async fn compute(job: &Job, hands: &dyn Workers) -> Outcome {
    let count = Count {
        milliseconds: u64::try_from(job.length.as_millis()).unwrap_or(u64::MAX),
        fails: job.fails,
    };
    let output = hands.run(work::PRIMES, count.encode()).await?;
    work::number(&output).ok_or_else(|| "no number came back".to_owned())
}
