//! A machine of the tests: workers that call the real functions at once and then take their time
//! on a clock that only the test moves, and a directory in memory.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::Duration;

use wakeline::outside::Work;
use wakeline::sync::Semaphore;
use wakeline::time::sleep;
use wakeline_demos::outside::{
    Directory, FetchRequest, FetchResult, FileError, LocalBoxFuture, NetworkError, Outside, Socket,
    WorkError, Workers,
};
use wakeline_demos::{RunSetup, work};
use wakeline_protocol::Values;

use crate::support::{Story, run_live_setup};

/// How long a job or an access takes.
const TAKES: Duration = Duration::from_millis(10);

/// What the machine lacks, and what it counted.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    /// Whether its workers do nothing of what they are asked to: a test has no time for real work.
    pub(crate) is_lazy: Cell<bool>,
    /// Whether no worker can be started.
    pub(crate) no_workers: Cell<bool>,
    /// How many bytes its files may have together; `None` for as many as one likes.
    pub(crate) room: Cell<Option<usize>>,
    /// Whether there is no file system.
    pub(crate) no_files: Cell<bool>,
    /// Jobs under way.
    pub(crate) at_work: Cell<u32>,
    /// The most jobs that were under way at once.
    pub(crate) most: Cell<u32>,
    /// Jobs that were dropped before they were done.
    pub(crate) stopped: Cell<u32>,
    /// Directories that exist.
    pub(crate) directories: Cell<u32>,
    /// The most directories that there were.
    pub(crate) directories_made: Cell<u32>,
}

/// Runs a demo live on this machine.
pub(crate) fn run_real(demo: &str, values: Values, machine: &Rc<Machine>) -> Story {
    let setup = RunSetup {
        values,
        outside: Rc::new(This(machine.clone())),
        ..RunSetup::of(demo)
    };
    run_live_setup(setup, u32::MAX)
}

#[derive(Debug)]
struct This(Rc<Machine>);

impl Outside for This {
    fn fetch(&self, _: FetchRequest) -> LocalBoxFuture<'static, FetchResult> {
        Box::pin(async { Err(NetworkError::NoNetwork) })
    }

    fn connect(&self, _: &str) -> LocalBoxFuture<'static, Result<Box<dyn Socket>, NetworkError>> {
        Box::pin(async { Err(NetworkError::NoNetwork) })
    }

    fn workers(&self, most: usize) -> Box<dyn Workers> {
        Box::new(Hands {
            machine: self.0.clone(),
            free: Rc::new(Semaphore::named("hands", most)),
        })
    }

    fn directory(&self) -> LocalBoxFuture<'static, Result<Box<dyn Directory>, FileError>> {
        let machine = self.0.clone();
        Box::pin(async move {
            if machine.no_files.get() {
                return Err(FileError::NotSupported);
            }
            machine.directories.set(machine.directories.get() + 1);
            machine
                .directories_made
                .set(machine.directories_made.get() + 1);
            Ok(Box::new(Memory {
                machine,
                work: Work::begin("files"),
                files: RefCell::default(),
            }) as Box<dyn Directory>)
        })
    }
}

#[derive(Debug)]
struct Hands {
    machine: Rc<Machine>,
    free: Rc<Semaphore>,
}

/// Counts a job for as long as its future lives.
struct AtWork {
    machine: Rc<Machine>,
    done: bool,
}

impl AtWork {
    fn begin(machine: Rc<Machine>) -> Self {
        let at_work = machine.at_work.get() + 1;
        machine.at_work.set(at_work);
        machine.most.set(machine.most.get().max(at_work));
        Self {
            machine,
            done: false,
        }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.machine.at_work.set(self.machine.at_work.get() - 1);
        let stopped = self.machine.stopped.get() + u32::from(!self.done);
        self.machine.stopped.set(stopped);
    }
}

impl Workers for Hands {
    fn run(
        &self,
        function: &'static str,
        mut input: Vec<u8>,
    ) -> LocalBoxFuture<'static, Result<Vec<u8>, WorkError>> {
        if self.machine.is_lazy.get() {
            // How much is asked for stands in the first bytes.
            input[..8].fill(0);
        }
        let (machine, free) = (self.machine.clone(), self.free.clone());
        Box::pin(async move {
            let _hand = free.acquire().await;
            if machine.no_workers.get() {
                return Err(WorkError::NotStarted("none to be had".to_owned()));
            }
            let mut at_work = AtWork::begin(machine);
            let work = Work::begin(function);
            let function = work::find(function).expect("a function that there is");
            let mut progress = |percent| {
                work.progress(percent);
                ControlFlow::Continue(())
            };
            let result = function(&input, &mut progress);
            work.wait(sleep(TAKES)).await;
            at_work.done = true;
            result.map_err(WorkError::Failed)
        })
    }
}

#[derive(Debug)]
struct Memory {
    machine: Rc<Machine>,
    work: Work,
    files: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl Directory for Memory {
    fn write<'a>(
        &'a self,
        name: &'a str,
        offset: usize,
        bytes: &'a [u8],
    ) -> LocalBoxFuture<'a, Result<(), FileError>> {
        Box::pin(async move {
            self.work.wait(sleep(TAKES)).await;
            let mut files = self.files.borrow_mut();
            let used: usize = files.values().map(Vec::len).sum();
            if self
                .machine
                .room
                .get()
                .is_some_and(|room| used + bytes.len() > room)
            {
                return Err(FileError::Full);
            }
            let file = files.entry(name.to_owned()).or_default();
            let end = offset + bytes.len();
            file.resize(file.len().max(end), 0);
            file[offset..end].copy_from_slice(bytes);
            Ok(())
        })
    }

    fn read<'a>(
        &'a self,
        name: &'a str,
        offset: usize,
        most: usize,
    ) -> LocalBoxFuture<'a, Result<Vec<u8>, FileError>> {
        Box::pin(async move {
            self.work.wait(sleep(TAKES)).await;
            let files = self.files.borrow();
            let file = files.get(name).ok_or(FileError::Missing)?;
            let rest = file.get(offset..).unwrap_or_default();
            Ok(rest[..most.min(rest.len())].to_vec())
        })
    }

    fn remove(self: Box<Self>) -> LocalBoxFuture<'static, Result<(), FileError>> {
        Box::pin(async move {
            self.work.wait(sleep(TAKES)).await;
            drop(self);
            Ok(())
        })
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let directories = self.machine.directories.get() - 1;
        self.machine.directories.set(directories);
    }
}
