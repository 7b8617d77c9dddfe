//! An operation that often fails, tried again and again, but not at once.
//!
//! The pause before each further attempt stays the same or grows, up to a limit, and a bit of
//! chance keeps many callers from coming back all at the same instant. A circuit breaker that they
//! share goes one step further: after so many failures in a row nobody bothers the operation for a
//! while, and then a single attempt finds out whether it is worth trying again.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use wakeline::random::{self, Random};
use wakeline::task::Builder;
use wakeline::time::{Instant, now, sleep};
use wakeline::{eprintln, println};

use crate::parameters::{choice, parameters};

parameters! {
    /// What is tried, how often, and when again.
    pub struct Settings {
        /// How many callers there are.
        callers: u32 = 3, 1..=100;
        /// How long an attempt takes.
        operation_ms: u64 = 100 ms, 0..=60_000;
        /// How many attempts in a hundred fail.
        failure_rate: f64 = 70.0 percent, 0.0..=100.0;
        /// How often a caller tries before it gives up.
        attempts: u32 = 5, 1..=50;
        /// How the pauses grow.
        pauses: Pauses = Exponential;
        /// The first pause.
        base_ms: u64 = 500 ms, 0..=60_000;
        /// By how much each pause is longer than the one before.
        factor: f64 = 2.0, 1.0..=10.0;
        /// The longest pause.
        cap_ms: u64 = 10_000 ms, 0..=600_000;
        /// By how much of itself a pause may be shorter or longer, by chance.
        jitter: f64 = 20.0 percent, 0.0..=100.0;
        /// Whether the callers share a circuit breaker.
        breaker: bool = false;
        /// After how many failures in a row it opens.
        breaker_failures: u32 = 3, 1..=100;
        /// How long it stays open.
        breaker_open_ms: u64 = 2_000 ms, 0..=60_000;
    }
    ordered { base_ms <= cap_ms; }
    presets {
        tutorial {
            callers = 1; operation_ms = 0; failure_rate = 100.0; attempts = 5;
            pauses = "exponential"; base_ms = 500; factor = 2.0; jitter = 0.0;
        }
        fixed { pauses = "fixed"; }
        in_step { callers = 8; jitter = 0.0; failure_rate = 90.0; }
        spread { callers = 8; jitter = 50.0; failure_rate = 90.0; }
        breaker { callers = 6; breaker = true; failure_rate = 85.0; }
    }
}

choice! {
    /// How the pauses grow.
    pub enum Pauses {
        /// They do not.
        Fixed = "fixed",
        /// Each is longer than the one before.
        Exponential = "exponential",
    }
}

/// Has every caller try its luck.
pub async fn main(settings: Settings) -> Result<(), String> {
    let breaker = settings.breaker.then(|| Rc::new(Breaker::new(&settings)));
    let mut callers = Vec::new();
    for number in 1..=settings.callers {
        let task = Builder::new().name(format!("caller {number}"));
        let call = call(number, settings.clone(), breaker.clone());
        callers.push(task.spawn_fallible(call));
    }
    let (mut good, mut given_up) = (0, 0);
    for caller in callers {
        match caller.await.map_err(|error| error.to_string())? {
            Ok(()) => good += 1,
            Err(_) => given_up += 1,
        }
    }
    println!("{good} succeeded, {given_up} gave up");
    Ok(())
}

/// Tries until it works or the attempts are used up.
async fn call(
    number: u32,
    settings: Settings,
    breaker: Option<Rc<Breaker>>,
) -> Result<(), Failure> {
    let mut random = random::stream(&format!("caller {number}"));
    let mut pause_ms = settings.base_ms as f64;
    let mut attempt = 1;
    loop {
        let result = match &breaker {
            None => operation(&settings, &mut random).await,
            Some(breaker) => breaker.guard(operation(&settings, &mut random)).await,
        };
        let failure = match result {
            Ok(()) => {
                println!("caller {number}: attempt {attempt} succeeded");
                return Ok(());
            }
            Err(failure) => failure,
        };
        eprintln!("caller {number}: attempt {attempt}: {failure}");
        if attempt == settings.attempts {
            return Err(failure);
        }
        attempt += 1;

        let spread = settings.jitter / 100.0 * (2.0 * random.float() - 1.0);
        let pause = (pause_ms * (1.0 + spread)).min(settings.cap_ms as f64);
        sleep(Duration::from_millis(pause.round() as u64)).await;
        if settings.pauses == Pauses::Exponential {
            pause_ms = (pause_ms * settings.factor).min(settings.cap_ms as f64);
        }
    }
}

/// Why an attempt came to nothing.
#[derive(Clone, Copy, PartialEq)]
enum Failure {
    Failed,
    /// The breaker was open: nothing was attempted.
    NotTried,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Failed => "failed",
            Self::NotTried => "not even tried, the breaker is open",
        })
    }
}

/// Takes its time and fails more often than not.
async fn operation(settings: &Settings, random: &mut Random) -> Result<(), Failure> {
    sleep(Duration::from_millis(settings.operation_ms)).await;
    if random.chance(settings.failure_rate / 100.0) {
        return Err(Failure::Failed);
    }
    Ok(())
}

/// Keeps callers away from an operation that only fails.
struct Breaker {
    state: Cell<State>,
    failures: u32,
    pause: Duration,
}

#[derive(Clone, Copy)]
enum State {
    /// Everybody may try. So many failures in a row so far.
    Closed(u32),
    /// Nobody may until then; whoever comes first after that tries for all.
    Open(Instant),
}

impl Breaker {
    fn new(settings: &Settings) -> Self {
        Self {
            state: Cell::new(State::Closed(0)),
            failures: settings.breaker_failures,
            pause: Duration::from_millis(settings.breaker_open_ms),
        }
    }

    /// Makes the attempt, unless the breaker is open.
    async fn guard(
        &self,
        attempt: impl Future<Output = Result<(), Failure>>,
    ) -> Result<(), Failure> {
        let mut is_trial = false;
        if let State::Open(until) = self.state.get() {
            if now() < until {
                return Err(Failure::NotTried);
            }
            // It stays open for all others meanwhile. Should this attempt be cancelled, somebody
            // else gets to try a pause later.
            self.state.set(State::Open(now() + self.pause));
            println!("breaker: one may try");
            is_trial = true;
        }
        let result = attempt.await;
        if result.is_ok() {
            self.close();
        } else {
            self.count_failure(is_trial);
        }
        result
    }

    fn close(&self) {
        if let State::Open(_) = self.state.replace(State::Closed(0)) {
            println!("breaker: closes");
        }
    }

    fn count_failure(&self, is_trial: bool) {
        match self.state.get() {
            State::Closed(failures) if failures + 1 < self.failures => {
                self.state.set(State::Closed(failures + 1));
            }
            // An attempt that began before the breaker opened has nothing new to say.
            State::Open(_) if !is_trial => {}
            State::Closed(_) | State::Open(_) => {
                println!("breaker: opens for {} ms", self.pause.as_millis());
                self.state.set(State::Open(now() + self.pause));
            }
        }
    }
}
