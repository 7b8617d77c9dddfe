//! Resources that are given back whatever happens between.
//!
//! To set up a resource takes time, and so does giving it back, so a destructor cannot do it:
//! nothing can wait in a `Drop`. Instead, whoever needs resources enters them on a stack, does
//! its work in a function that may end early with `?`, and leaves the stack after it in any case.
//! What was entered last is left first, because it may depend on what came before.
//!
//! A transaction is the same idea for data: until it is committed nobody sees what it wrote, and
//! one that is dropped on the way leaves nothing behind. That takes no time, and a `Drop` does.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use wakeline::sync::{OwnedPermit, Semaphore};
use wakeline::time::sleep;
use wakeline::{eprintln, println};

use crate::parameters::{choice, parameters};

parameters! {
    /// What is needed, for how long, and what goes wrong.
    pub struct Settings {
        /// How many resources the work needs.
        resources: u32 = 3, 1..=20;
        /// How they are set up and given back.
        arrangement: Arrangement = Nested;
        /// How long it takes to set one up.
        setup_ms: u64 = 100 ms, 0..=60_000;
        /// How many steps the work has. Each writes a record.
        steps: u32 = 4, 1..=100;
        /// How long a step takes.
        step_ms: u64 = 250 ms, 0..=60_000;
        /// How long it takes to give a resource back.
        cleanup_ms: u64 = 100 ms, 0..=60_000;
        /// Which step fails; 0 for none.
        fail_step: u32 = 0, 0..=100;
        /// Which resource cannot be set up; 0 for none.
        fail_setup: u32 = 0, 0..=20;
        /// Whether the steps are one transaction.
        transaction: bool = true;
    }
    presets {
        tutorial { resources = 1; }
        rolled_back { fail_step = 3; }
        half_written { fail_step = 3; transaction = false; }
        broken_setup { fail_setup = 3; }
        at_once { arrangement = "at-once"; }
    }
}

choice! {
    /// How several resources are set up and given back.
    pub enum Arrangement {
        /// One after the other, and back in the reverse order.
        Nested = "nested",
        /// All at once, and back all at once.
        AtOnce = "at-once",
    }
}

/// Does the work, and gives everything back whatever came of it.
pub async fn main(settings: Settings) -> Result<(), String> {
    let records = Rc::new(RefCell::new(Vec::new()));
    let mut stack = Stack::default();
    let worked = work(&mut stack, &settings, &records).await;
    stack.leave(&settings).await;

    match worked {
        Ok(()) => println!("the work is done"),
        Err(error) => eprintln!("the work failed: {error}"),
    }
    let count = records.borrow().len();
    println!("{count} of {} records are written", settings.steps);
    Ok(())
}

/// The work. Every `?` in here may be the end of it.
async fn work(
    stack: &mut Stack,
    settings: &Settings,
    records: &Rc<RefCell<Vec<u32>>>,
) -> Result<(), String> {
    stack.enter(settings).await?;
    if !settings.transaction {
        for step in 1..=settings.steps {
            let record = take(step, settings).await?;
            records.borrow_mut().push(record);
        }
        return Ok(());
    }
    let mut transaction = Transaction::begin(records.clone());
    for step in 1..=settings.steps {
        let record = take(step, settings).await?;
        transaction.pending.push(record);
    }
    transaction.commit();
    Ok(())
}

/// One step of the work, and the record it makes.
async fn take(step: u32, settings: &Settings) -> Result<u32, String> {
    sleep(Duration::from_millis(settings.step_ms)).await;
    if step == settings.fail_step {
        return Err(format!("step {step} went wrong"));
    }
    println!("step {step} is done");
    Ok(step)
}

/// The resources that were entered, the last one at the end.
#[derive(Default)]
struct Stack {
    held: Vec<Resource>,
}

/// A resource while somebody has it.
struct Resource {
    number: u32,
    /// Nobody else can have it meanwhile.
    permit: OwnedPermit,
}

impl Stack {
    /// Enters every resource. If one cannot be set up, those that were are on the stack.
    async fn enter(&mut self, settings: &Settings) -> Result<(), String> {
        let numbers = 1..=settings.resources;
        if settings.arrangement == Arrangement::Nested {
            for number in numbers {
                self.held.push(set_up(number, settings).await?);
            }
            return Ok(());
        }
        let mut outcome = Ok(());
        for resource in join_all(numbers.map(|number| set_up(number, settings))).await {
            match resource {
                Ok(resource) => self.held.push(resource),
                Err(error) => outcome = Err(error),
            }
        }
        outcome
    }

    /// Gives back whatever is on the stack.
    async fn leave(mut self, settings: &Settings) {
        if settings.arrangement == Arrangement::AtOnce {
            let all = self.held.drain(..).rev();
            join_all(all.map(|resource| give_back(resource, settings))).await;
        }
        while let Some(resource) = self.held.pop() {
            give_back(resource, settings).await;
        }
    }
}

async fn set_up(number: u32, settings: &Settings) -> Result<Resource, String> {
    let resource = Rc::new(Semaphore::named(&format!("resource {number}"), 1));
    let permit = resource.acquire_owned().await;
    let permit = permit.map_err(|closed| closed.to_string())?;
    sleep(Duration::from_millis(settings.setup_ms)).await;
    if number == settings.fail_setup {
        return Err(format!("resource {number} could not be set up"));
    }
    println!("resource {number} is set up");
    Ok(Resource { number, permit })
}

async fn give_back(resource: Resource, settings: &Settings) {
    sleep(Duration::from_millis(settings.cleanup_ms)).await;
    println!("resource {} is given back", resource.number);
    drop(resource.permit);
}

/// Records that are written all together or not at all.
struct Transaction {
    records: Rc<RefCell<Vec<u32>>>,
    pending: Vec<u32>,
}

impl Transaction {
    fn begin(records: Rc<RefCell<Vec<u32>>>) -> Self {
        println!("transaction: begins");
        Self {
            records,
            pending: Vec::new(),
        }
    }

    fn commit(mut self) {
        println!("transaction: commits {} records", self.pending.len());
        self.records.borrow_mut().append(&mut self.pending);
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // After a commit nothing is pending. An empty transaction has nothing to take back.
        if !self.pending.is_empty() {
            eprintln!("transaction: rolls back {} records", self.pending.len());
        }
    }
}
