//! Work in phases: nobody begins the next one before everybody is done with this one.
//!
//! Each phase takes as long as its slowest party, so time is lost wherever the parties differ. And
//! the barrier counts heads, it does not know names: if one goes home for good, the others wait
//! for ever.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use wakeline::sync::Barrier;
use wakeline::time::{now, sleep};
use wakeline::{eprintln, println, random, spawn_named};

use crate::parameters::parameters;

parameters! {
    /// Who works, in how many phases, and for how long.
    pub struct Settings {
        /// How many parties there are.
        parties: u32 = 4, 1..=100;
        /// How many phases there are.
        phases: u32 = 3, 1..=100;
        /// How long a party works in each phase at least.
        work_ms: u64 = 500 ms, 0..=60_000;
        /// How much longer it may take.
        jitter_ms: u64 = 700 ms, 0..=60_000;
        /// How much longer the first party takes than the others.
        handicap_ms: u64 = 0 ms, 0..=60_000;
        /// After how many phases the first party goes home; 0 for not before the end.
        leaves_after: u32 = 0, 0..=100;
    }
    presets {
        in_step { jitter_ms = 0; }
        slow_one { jitter_ms = 100; handicap_ms = 2000; }
        deserted { leaves_after = 1; }
    }
}

/// Has everybody work through the phases.
pub async fn main(settings: Settings) -> Result<(), String> {
    let barrier = Rc::new(Barrier::named("end of phase", settings.parties as usize));
    let idle = Rc::new(Cell::new(Duration::ZERO));
    let mut parties = Vec::new();
    for number in 1..=settings.parties {
        let work = work(number, settings.clone(), barrier.clone(), idle.clone());
        parties.push(spawn_named(format!("party {number}"), work));
    }
    for party in parties {
        party.await.map_err(|error| error.to_string())?;
    }
    println!(
        "{} phases in {} ms, {} ms spent waiting",
        settings.phases,
        now().as_nanos() / 1_000_000,
        idle.get().as_millis()
    );
    Ok(())
}

async fn work(number: u32, settings: Settings, barrier: Rc<Barrier>, idle: Rc<Cell<Duration>>) {
    let mut random = random::stream(&format!("party {number}"));
    for phase in 1..=settings.phases {
        let mut length = settings.work_ms + random.range(0..=settings.jitter_ms);
        if number == 1 {
            length += settings.handicap_ms;
        }
        sleep(Duration::from_millis(length)).await;

        println!("party {number}: done with phase {phase} after {length} ms");
        let came = now();
        // Whoever comes last leads: it is the one who knows that everybody is here.
        if barrier.wait().await.is_leader() {
            println!("party {number}: came last, phase {phase} is over");
        }
        idle.set(idle.get() + (now() - came));

        if number == 1 && phase == settings.leaves_after && phase < settings.phases {
            eprintln!("party {number}: goes home after phase {phase}");
            return;
        }
    }
}
