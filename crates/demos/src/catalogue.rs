//! Every demo there is.

use std::rc::Rc;

#[cfg(feature = "sources")]
use wakeline_protocol::SourceFile;
use wakeline_protocol::{DemoSpec, Modes, Values};

#[cfg(feature = "lessons")]
use crate::lesson::{self, Lesson};
use crate::outside::{LocalBoxFuture, Outside};
use crate::parameters::{Declaration, Parameters};

/// The chapters in the order of the page; each a key `chapter.CHAPTER` of the phrase table.
pub const CHAPTERS: [&str; 7] = [
    "loop",
    "tasks",
    "sync",
    "channels",
    "resources",
    "pools",
    "network",
];

/// What a demo finds around it.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(all(feature = "basic", feature = "network")),
    allow(dead_code, reason = "some demos need one part, some another")
)]
pub(crate) struct Surroundings {
    /// The network, workers, files.
    pub(crate) outside: Rc<dyn Outside>,
    /// Whether the run is live, so that it may use what is real.
    pub(crate) is_live: bool,
    /// Where the companion server is, without a slash at the end.
    pub(crate) server: String,
}

impl Surroundings {
    /// What there is in virtual time: a simulated network with a companion server on it.
    pub(crate) fn simulated() -> Self {
        #[cfg(feature = "network")]
        return Self {
            outside: Rc::new(crate::companion::Simulated::default()),
            is_live: false,
            server: crate::companion::ADDRESS.to_owned(),
        };
        #[cfg(not(feature = "network"))]
        return Self {
            outside: Rc::new(crate::outside::NoOutside),
            is_live: false,
            server: String::new(),
        };
    }
}

/// A demo's main program. Its error is the reason why the run failed.
pub(crate) type Main = LocalBoxFuture<'static, Result<(), String>>;

/// A demo.
#[derive(Debug)]
pub struct Demo {
    slug: &'static str,
    chapter: &'static str,
    modes: Modes,
    declaration: &'static Declaration,
    pub(crate) main: fn(&Values, Surroundings) -> Main,
    #[cfg(feature = "sources")]
    files: &'static [(&'static str, &'static str)],
}

impl Demo {
    /// Its name in addresses and on the command line.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        self.slug
    }

    /// What the page and the command line need to know of it.
    #[must_use]
    pub fn spec(&self) -> DemoSpec {
        DemoSpec {
            slug: self.slug.to_owned(),
            chapter: self.chapter.to_owned(),
            modes: self.modes,
            params: self.declaration.params(),
            ordered: self.declaration.ordered(),
            live: self.declaration.live(),
            presets: self.declaration.presets(),
        }
    }

    /// Its source as it was compiled, the main file first. The names are those in the locations
    /// of a log.
    #[cfg(feature = "sources")]
    #[must_use]
    pub fn source(&self) -> Vec<SourceFile> {
        let file = |&(name, text): &(&str, &str)| SourceFile {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        self.files.iter().map(file).collect()
    }

    /// What a learner does with it, `None` if nobody has written that yet. A file that cannot be
    /// read counts as none; a test says what is wrong with it.
    #[cfg(feature = "lessons")]
    #[must_use]
    pub fn lesson(&self) -> Option<Lesson> {
        let json = lesson::content(lesson::lesson_files(), self.slug)?;
        lesson::read_lesson(json).ok()
    }

    /// The same program in Python, on `asyncio`, `None` if nobody has written it yet.
    #[cfg(feature = "lessons")]
    #[must_use]
    pub fn asyncio(&self) -> Option<&'static str> {
        lesson::content(lesson::asyncio_files(), self.slug)
    }
}

/// Declares a demo: its slug, chapter, module with its parameters, and files. The module has a
/// function `main`, which takes the parameters and, for one that is `outside`, the network and where
/// the companion server is; one `with outside` also takes what is outside if the run is live.
macro_rules! demo {
    ($slug:literal in $chapter:literal outside, $module:ident::$parameters:ident, $($file:literal),+) => {
        Demo {
            modes: Modes::Network,
            main: |values, Surroundings { outside, server, .. }| {
                let parameters = Parameters::read(values);
                Box::pin(crate::$module::main(parameters, outside, server))
            },
            ..demo!($slug, $chapter, $module::$parameters, $($file),+)
        }
    };
    ($slug:literal in $chapter:literal with outside, $module:ident::$parameters:ident, $($file:literal),+) => {
        Demo {
            main: |values, Surroundings { outside, is_live, .. }| {
                let outside = is_live.then_some(outside);
                Box::pin(crate::$module::main(Parameters::read(values), outside))
            },
            ..demo!($slug, $chapter, $module::$parameters, $($file),+)
        }
    };
    ($slug:literal in $chapter:literal, $module:ident::$parameters:ident, $($file:literal),+) => {
        Demo {
            main: |values, _| Box::pin(crate::$module::main(Parameters::read(values))),
            ..demo!($slug, $chapter, $module::$parameters, $($file),+)
        }
    };
    ($slug:literal, $chapter:literal, $module:ident::$parameters:ident, $($file:literal),+) => {
        Demo {
            slug: $slug,
            chapter: $chapter,
            modes: Modes::Any,
            declaration: &<crate::$module::$parameters as Parameters>::DECLARATION,
            main: |_, _| Box::pin(async { Ok(()) }),
            #[cfg(feature = "sources")]
            files: &[$((concat!("demos/src/", $file), include_str!($file))),+],
        }
    };
}

static DEMOS: &[Demo] = &[
    #[cfg(feature = "basic")]
    demo!("hello" in "loop", hello::Hello, "hello.rs"),
    #[cfg(feature = "basic")]
    demo!("event-loop" in "loop", event_loop::Settings, "event_loop.rs"),
    #[cfg(feature = "basic")]
    demo!("lifecycle" in "loop", lifecycle::Settings, "lifecycle.rs"),
    #[cfg(feature = "basic")]
    demo!("futures" in "loop", futures::Settings, "futures.rs"),
    #[cfg(feature = "basic")]
    demo!("blocking" in "loop" with outside, blocking::Settings, "blocking.rs", "work.rs"),
    #[cfg(feature = "basic")]
    demo!(
        "pitfalls" in "loop",
        pitfalls::Settings,
        "pitfalls.rs",
        "pitfalls/never_run.rs",
        "pitfalls/lost.rs",
        "pitfalls/held_up.rs"
    ),
    #[cfg(feature = "basic")]
    demo!("gather" in "tasks", gather::Settings, "gather.rs"),
    #[cfg(feature = "basic")]
    demo!("wait" in "tasks", wait::Settings, "wait.rs"),
    #[cfg(feature = "basic")]
    demo!("as-completed" in "tasks", as_completed::Settings, "as_completed.rs"),
    #[cfg(feature = "basic")]
    demo!("task-group" in "tasks", task_group::Settings, "task_group.rs"),
    #[cfg(feature = "basic")]
    demo!("cancellation" in "tasks", cancellation::Settings, "cancellation.rs"),
    #[cfg(feature = "basic")]
    demo!("timeout" in "tasks", timeout::Limits, "timeout.rs"),
    #[cfg(feature = "basic")]
    demo!("retry" in "tasks", retry::Settings, "retry.rs"),
    #[cfg(feature = "basic")]
    demo!("lock" in "sync", lock::Settings, "lock.rs"),
    #[cfg(feature = "basic")]
    demo!("rwlock" in "sync", rwlock::Settings, "rwlock.rs"),
    #[cfg(feature = "basic")]
    demo!("semaphore" in "sync", semaphore::Jobs, "semaphore.rs"),
    #[cfg(feature = "basic")]
    demo!("event" in "sync", event::Settings, "event.rs"),
    #[cfg(feature = "basic")]
    demo!("condition" in "sync", condition::Settings, "condition.rs"),
    #[cfg(feature = "basic")]
    demo!("barrier" in "sync", barrier::Settings, "barrier.rs"),
    #[cfg(feature = "basic")]
    demo!("deadlock" in "sync", deadlock::Settings, "deadlock.rs"),
    #[cfg(feature = "basic")]
    demo!("producer-consumer" in "channels", producer_consumer::Settings, "producer_consumer.rs"),
    #[cfg(feature = "basic")]
    demo!("priority-queue" in "channels", priority_queue::Settings, "priority_queue.rs"),
    #[cfg(feature = "basic")]
    demo!("channels" in "channels", channels::Settings, "channels.rs"),
    #[cfg(feature = "basic")]
    demo!("pipeline" in "channels", pipeline::Settings, "pipeline.rs"),
    #[cfg(feature = "basic")]
    demo!("batching" in "channels", batching::Settings, "batching.rs"),
    #[cfg(feature = "basic")]
    demo!("resource-guard" in "resources", resource_guard::Settings, "resource_guard.rs"),
    #[cfg(feature = "basic")]
    demo!("connection-pool" in "resources", connection_pool::Settings, "connection_pool.rs"),
    #[cfg(feature = "basic")]
    demo!("cache" in "resources", cache::Settings, "cache.rs"),
    #[cfg(feature = "basic")]
    demo!(
        "files" in "resources" with outside,
        files::Settings,
        "files.rs",
        "files/disk.rs",
        "files/lines.rs"
    ),
    #[cfg(feature = "basic")]
    demo!("service" in "resources", service::Settings, "service.rs"),
    #[cfg(feature = "basic")]
    demo!("worker-pool" in "pools" with outside, worker_pool::Settings, "worker_pool.rs", "work.rs"),
    #[cfg(feature = "basic")]
    demo!(
        "task-scheduler" in "pools",
        task_scheduler::Settings,
        "task_scheduler.rs",
        "task_scheduler/graph.rs"
    ),
    #[cfg(feature = "basic")]
    demo!("profiler" in "pools", profiler::Settings, "profiler.rs"),
    #[cfg(feature = "basic")]
    demo!("custom-loop" in "pools", custom_loop::Settings, "custom_loop.rs"),
    #[cfg(feature = "network")]
    demo!("fetch" in "network" outside, fetch::Settings, "fetch.rs"),
    #[cfg(feature = "network")]
    demo!("http-server" in "network", http_server::Settings, "http_server.rs"),
    #[cfg(feature = "network")]
    demo!("tcp-messages" in "network", tcp_messages::Settings, "tcp_messages.rs", "gate.rs"),
    #[cfg(feature = "network")]
    demo!(
        "websocket" in "network" outside,
        websocket::Settings,
        "websocket.rs",
        "websocket/echo.rs",
        "websocket/room.rs",
        "gate.rs"
    ),
    #[cfg(feature = "network")]
    demo!(
        "crawler" in "network" outside,
        crawler::Settings,
        "crawler.rs",
        "crawler/html.rs",
        "crawler/robots.rs",
        "crawler/url.rs"
    ),
    #[cfg(feature = "network")]
    demo!(
        "realtime" in "network" outside,
        realtime::Settings,
        "realtime.rs",
        "companion/feed.rs"
    ),
];

/// Every demo, by chapter.
#[must_use]
pub fn demos() -> &'static [Demo] {
    DEMOS
}

/// The demo with this slug.
#[must_use]
pub fn find(slug: &str) -> Option<&'static Demo> {
    DEMOS.iter().find(|demo| demo.slug == slug)
}

/// What the page and the command line need to know of every demo.
#[must_use]
pub fn specs() -> Vec<DemoSpec> {
    DEMOS.iter().map(Demo::spec).collect()
}
