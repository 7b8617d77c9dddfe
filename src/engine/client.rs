//! What the page says to the engine, and when it loses patience.
//!
//! - One engine at a time. It loads, says that it is ready, and is replaced when it stops
//!   answering or breaks.
//! - One run at a time matters: the newest. What is asked while the engine loads waits; a newer
//!   request takes the place of an older one.
//! - An engine that says nothing of a run for [`PATIENCE_MS`] after being told to end it is blocked
//!   by the run's program. Nothing inside can help then: the worker is terminated and another one
//!   loaded. What was waiting is sent to that one.
//! - Whatever an engine says that does not fit — another version, a run nobody asked for — is
//!   dropped or refused, never trusted.

use wakeline_protocol::{DemoSpec, Reply, Request, RunRequest, VERSION};

use super::{Event, Failure};
use crate::state::RunPlan;

/// How long an engine may take to let go of a run, in milliseconds.
///
/// An engine looks for messages between slices of a few milliseconds, so this is generous even
/// on a slow and busy machine, and still feels immediate.
pub(super) const PATIENCE_MS: u32 = 400;

/// How many events the engine may be ahead of the page: enough that neither waits for the other,
/// little enough that Stop finds a short queue.
pub(super) const WINDOW: u32 = 65_536;

/// What is to be done about the worker, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Load an engine in place of the one that is there, if any.
    Load,
    /// Terminate the engine.
    Terminate,
    /// Send a request.
    Send(Request),
    /// Call [`Client::patience_over`] after [`PATIENCE_MS`], unless told otherwise before. Takes
    /// the place of an earlier call.
    StartWaiting,
    /// Do not call it.
    StopWaiting,
    /// Let the page know.
    Tell(Event),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing was loaded yet, or it failed.
    None,
    Loading,
    Ready,
}

/// The decisions of the page about its engine.
#[derive(Debug)]
pub struct Client {
    stage: Stage,
    /// The number of the newest run that was asked for.
    newest: u32,
    /// The run that the engine is at, as far as the page knows.
    busy: Option<u32>,
    /// The run whose end is awaited with limited patience.
    awaited: Option<u32>,
    /// Sent once the engine is ready.
    waiting_run: Option<RunRequest>,
    commands: Vec<Command>,
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

impl Client {
    /// A client whose engine is yet to be loaded.
    #[must_use]
    pub fn new() -> Self {
        Self {
            stage: Stage::None,
            newest: 0,
            busy: None,
            awaited: None,
            waiting_run: None,
            commands: Vec::new(),
        }
    }

    /// What is to be done now, in order; the list is empty afterwards.
    #[must_use]
    pub fn take_commands(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.commands)
    }

    /// Loads the engine: at the beginning, and when a person asks for another try.
    pub fn load(&mut self) {
        self.stage = Stage::Loading;
        self.busy = None;
        self.awaited = None;
        self.commands.extend([
            Command::StopWaiting,
            Command::Load,
            Command::Tell(Event::Loading),
        ]);
    }

    /// Asks for a run; its number. The run before, if it goes on still, has the usual patience to
    /// make way.
    pub fn run(&mut self, plan: RunPlan) -> u32 {
        self.newest += 1;
        let run = self.newest;
        let request = RunRequest {
            run: self.newest,
            demo: plan.demo.clone(),
            params: plan.params.clone(),
            seed: plan.seed.to_string(),
            policy: plan.policy.clone(),
            clock: plan.clock,
            server: plan.server.clone(),
            limit: plan.limit.events,
            newest: plan.limit.newest,
            // No more than the page is going to keep.
            window: WINDOW.min(plan.limit.events),
        };
        self.tell(Event::Asked { run, plan });
        match self.busy {
            _ if self.stage != Stage::Ready => self.waiting_run = Some(request),
            Some(busy) => {
                // Sent only when the old run is over: what is on its way to a blocked engine
                // would be lost with it.
                self.waiting_run = Some(request);
                self.ask_to_end(busy);
            }
            None => self.send_run(request),
        }
        run
    }

    /// Stops a run. Nothing happens if it is over.
    pub fn stop(&mut self, run: u32) {
        if self
            .waiting_run
            .as_ref()
            .is_some_and(|request| request.run == run)
        {
            self.waiting_run = None;
            self.tell(Event::Withdrawn { run });
        }
        if self.busy == Some(run) {
            self.ask_to_end(run);
        }
    }

    /// Stops whatever is under way: nobody will look at it.
    pub fn abandon(&mut self) {
        let waiting = self.waiting_run.as_ref().map(|request| request.run);
        for run in [waiting, self.busy].into_iter().flatten() {
            self.stop(run);
        }
    }

    /// The page has taken in this many events of a run.
    pub fn taken(&mut self, run: u32, events: u32) {
        if self.stage == Stage::Ready && self.busy == Some(run) {
            self.commands
                .push(Command::Send(Request::Taken { run, events }));
        }
    }

    /// The engine said something; `bytes` is what came with it.
    pub fn hear(&mut self, reply: Reply, bytes: Option<Vec<u8>>) {
        match reply {
            Reply::Ready { version, demos } => self.ready(version, demos),
            Reply::Crashed { message, .. } if self.stage == Stage::Loading => {
                self.fail(Failure::NotLoaded(message));
            }
            _ if self.stage != Stage::Ready => {}
            Reply::Started { run } => self.tell(Event::Started { run }),
            Reply::Batch { run } => match bytes {
                Some(bytes) => {
                    if self.awaited == Some(run) {
                        // It obeys: these are the run's last events on their way here.
                        self.commands.push(Command::StartWaiting);
                    }
                    self.tell(Event::Batch { run, bytes });
                }
                None => self.hear_nonsense(),
            },
            Reply::Ended { run, summary } => {
                self.tell(Event::Ended { run, summary });
                self.run_over(run);
            }
            Reply::Refused { run, problems } => {
                self.tell(Event::Refused { run, problems });
                self.run_over(run);
            }
            Reply::Crashed { run, message } => self.crashed(run, message),
        }
    }

    /// The engine said something that is no message.
    pub fn hear_nonsense(&mut self) {
        self.fail(Failure::Unintelligible);
    }

    /// The browser reports an error of the worker: it did not load, or something in it threw.
    pub fn broken(&mut self, detail: String) {
        match self.stage {
            Stage::None => {}
            Stage::Loading => self.fail(Failure::NotLoaded(detail)),
            Stage::Ready => self.crashed(self.busy.unwrap_or(0), detail),
        }
    }

    /// The time for a run to end is over.
    pub fn patience_over(&mut self) {
        if let Some(run) = self.awaited.take() {
            self.tell(Event::Replaced { run });
            self.load();
        }
    }

    fn ready(&mut self, version: u32, demos: Vec<DemoSpec>) {
        if self.stage != Stage::Loading {
            return;
        }
        if version != VERSION {
            return self.fail(Failure::OtherVersion {
                page: VERSION,
                engine: version,
            });
        }
        self.stage = Stage::Ready;
        self.tell(Event::Ready(demos));
        if let Some(request) = self.waiting_run.take() {
            self.send_run(request);
        }
    }

    fn crashed(&mut self, run: u32, message: String) {
        if run == 0 {
            // It broke with nothing to do, so another one would break too.
            self.fail(Failure::BrokeDown(message));
        } else {
            self.tell(Event::Crashed { run, message });
            self.load();
        }
    }

    fn fail(&mut self, failure: Failure) {
        if let Some(run) = self.busy.take() {
            self.tell(Event::Lost { run });
        }
        self.stage = Stage::None;
        self.awaited = None;
        self.commands.extend([
            Command::StopWaiting,
            Command::Terminate,
            Command::Tell(Event::Failed(failure)),
        ]);
    }

    fn send_run(&mut self, request: RunRequest) {
        self.busy = Some(request.run);
        self.commands.push(Command::Send(Request::Run(request)));
    }

    fn ask_to_end(&mut self, run: u32) {
        if self.awaited != Some(run) {
            self.awaited = Some(run);
            self.commands
                .extend([Command::Send(Request::Stop { run }), Command::StartWaiting]);
        }
    }

    fn run_over(&mut self, run: u32) {
        if self.awaited == Some(run) {
            self.awaited = None;
            self.commands.push(Command::StopWaiting);
        }
        if self.busy == Some(run) {
            self.busy = None;
            if let Some(request) = self.waiting_run.take() {
                self.send_run(request);
            }
        }
    }

    fn tell(&mut self, event: Event) {
        self.commands.push(Command::Tell(event));
    }
}

#[cfg(test)]
mod tests {
    use wakeline_protocol::{Clock, Policy, RunSummary, TaskCounts, Values};

    use crate::state::Limit;

    use super::*;

    fn plan(demo: &str) -> RunPlan {
        RunPlan {
            demo: demo.to_owned(),
            params: Values::new(),
            seed: 1,
            policy: Policy::Fifo,
            clock: Clock::Virtual,
            server: String::new(),
            limit: Limit::default(),
        }
    }

    fn summary() -> RunSummary {
        RunSummary {
            outcome: "completed".to_owned(),
            reason: String::new(),
            end_ns: 0,
            events: 0,
            polls: 0,
            tasks: TaskCounts::default(),
            log_sha256: String::new(),
        }
    }

    fn ended(run: u32) -> Reply {
        Reply::Ended {
            run,
            summary: summary(),
        }
    }

    fn ready() -> Reply {
        Reply::Ready {
            version: VERSION,
            demos: Vec::new(),
        }
    }

    /// The commands as short words, without the echo of what was asked.
    fn words(client: &mut Client) -> Vec<String> {
        client
            .take_commands()
            .into_iter()
            .filter(|command| !matches!(command, Command::Tell(Event::Asked { .. })))
            .map(|command| match command {
                Command::Load => "load".to_owned(),
                Command::Terminate => "terminate".to_owned(),
                Command::StartWaiting => "wait".to_owned(),
                Command::StopWaiting => "no-wait".to_owned(),
                Command::Send(Request::Run(request)) => format!("run {}", request.run),
                Command::Send(Request::Stop { run }) => format!("stop {run}"),
                Command::Send(Request::Taken { run, events }) => format!("taken {run} {events}"),
                Command::Tell(Event::Asked { run, .. }) => format!("tell asked {run}"),
                Command::Tell(Event::Loading) => "tell loading".to_owned(),
                Command::Tell(Event::Ready(_)) => "tell ready".to_owned(),
                Command::Tell(Event::Failed(failure)) => format!("tell {}", failure.key()),
                Command::Tell(Event::Started { run }) => format!("tell started {run}"),
                Command::Tell(Event::Batch { run, .. }) => format!("tell batch {run}"),
                Command::Tell(Event::Ended { run, .. }) => format!("tell ended {run}"),
                Command::Tell(Event::Refused { run, .. }) => format!("tell refused {run}"),
                Command::Tell(Event::Replaced { run }) => format!("tell replaced {run}"),
                Command::Tell(Event::Withdrawn { run }) => format!("tell withdrawn {run}"),
                Command::Tell(Event::Lost { run }) => format!("tell lost {run}"),
                Command::Tell(Event::Crashed { run, .. }) => format!("tell crashed {run}"),
            })
            .collect()
    }

    fn loaded() -> Client {
        let mut client = Client::new();
        client.load();
        client.hear(ready(), None);
        let _ = client.take_commands();
        client
    }

    #[test]
    fn what_is_asked_while_the_engine_loads_waits_for_it_and_the_newest_wins() {
        let mut client = Client::new();
        client.load();
        client.run(plan("a"));
        client.run(plan("b"));
        assert_eq!(words(&mut client), ["no-wait", "load", "tell loading"]);
        client.hear(ready(), None);
        assert_eq!(words(&mut client), ["tell ready", "run 2"]);
    }

    #[test]
    fn an_engine_that_still_delivers_a_run_is_not_replaced() {
        let mut client = loaded();
        client.run(plan("a"));
        client.stop(1);
        client.hear(Reply::Batch { run: 1 }, Some(Vec::new()));
        assert_eq!(
            words(&mut client),
            ["run 1", "stop 1", "wait", "wait", "tell batch 1"]
        );
    }

    #[test]
    fn a_run_that_ends_in_time_is_told_and_nothing_is_replaced() {
        let mut client = loaded();
        client.run(plan("a"));
        client.hear(Reply::Started { run: 1 }, None);
        client.stop(1);
        client.hear(ended(1), None);
        client.patience_over();
        assert_eq!(
            words(&mut client),
            [
                "run 1",
                "tell started 1",
                "stop 1",
                "wait",
                "tell ended 1",
                "no-wait"
            ]
        );
    }

    #[test]
    fn an_engine_that_does_not_let_go_is_replaced_and_told() {
        let mut client = loaded();
        client.run(plan("a"));
        client.stop(1);
        client.stop(1);
        let _ = client.take_commands();
        client.patience_over();
        assert_eq!(
            words(&mut client),
            ["tell replaced 1", "no-wait", "load", "tell loading"]
        );
        // What the old engine may still have said is no longer of interest.
        client.hear(ended(1), None);
        client.taken(1, 5);
        assert_eq!(words(&mut client), Vec::<String>::new());
        client.hear(ready(), None);
        assert_eq!(words(&mut client), ["tell ready"]);
    }

    #[test]
    fn a_new_run_waits_until_the_old_one_has_made_way() {
        let mut client = loaded();
        client.run(plan("a"));
        client.run(plan("b"));
        client.run(plan("c"));
        assert_eq!(words(&mut client), ["run 1", "stop 1", "wait"]);
        client.hear(ended(1), None);
        assert_eq!(words(&mut client), ["tell ended 1", "no-wait", "run 3"]);
    }

    #[test]
    fn a_new_run_survives_the_engine_that_the_old_one_blocks() {
        let mut client = loaded();
        client.run(plan("a"));
        client.run(plan("b"));
        client.patience_over();
        let _ = client.take_commands();
        client.hear(ready(), None);
        assert_eq!(words(&mut client), ["tell ready", "run 2"]);
    }

    #[test]
    fn stopping_a_run_that_still_waits_takes_it_back() {
        let mut client = Client::new();
        client.load();
        client.run(plan("a"));
        client.stop(1);
        let _ = client.take_commands();
        client.hear(ready(), None);
        assert_eq!(words(&mut client), ["tell ready"]);
    }

    #[test]
    fn a_run_that_is_taken_back_is_told() {
        let mut client = loaded();
        client.run(plan("a"));
        client.run(plan("b"));
        client.stop(2);
        assert_eq!(
            words(&mut client),
            ["run 1", "stop 1", "wait", "tell withdrawn 2"]
        );
    }

    #[test]
    fn what_nobody_will_look_at_is_stopped() {
        let mut client = loaded();
        client.run(plan("a"));
        client.run(plan("b"));
        let _ = client.take_commands();
        client.abandon();
        assert_eq!(words(&mut client), ["tell withdrawn 2"]);
        client.hear(ended(1), None);
        client.abandon();
        assert_eq!(words(&mut client), ["tell ended 1", "no-wait"]);
    }

    #[test]
    fn what_was_asked_is_told_before_anything_is_sent() {
        let mut client = loaded();
        client.run(plan("a"));
        let commands = client.take_commands();
        assert_eq!(
            commands[0],
            Command::Tell(Event::Asked {
                run: 1,
                plan: plan("a")
            })
        );
        assert!(matches!(commands[1], Command::Send(Request::Run(_))));
    }

    #[test]
    fn an_engine_of_another_version_is_refused() {
        let mut client = Client::new();
        client.load();
        let _ = client.take_commands();
        client.hear(
            Reply::Ready {
                version: VERSION + 1,
                demos: Vec::new(),
            },
            None,
        );
        assert_eq!(
            words(&mut client),
            ["no-wait", "terminate", "tell page.engine.other-version"]
        );
    }

    #[test]
    fn an_engine_that_does_not_load_is_told_and_can_be_tried_again() {
        let mut client = Client::new();
        client.load();
        client.run(plan("a"));
        client.broken("404".to_owned());
        let _ = client.take_commands();
        client.broken("again".to_owned());
        assert_eq!(words(&mut client), Vec::<String>::new());
        client.load();
        client.hear(ready(), None);
        assert_eq!(
            words(&mut client),
            ["no-wait", "load", "tell loading", "tell ready", "run 1"]
        );
    }

    #[test]
    fn an_engine_that_breaks_while_it_loads_is_told_in_its_own_words() {
        let mut client = Client::new();
        client.load();
        let _ = client.take_commands();
        client.hear(
            Reply::Crashed {
                run: 0,
                message: "no such module".to_owned(),
            },
            None,
        );
        assert_eq!(
            words(&mut client),
            ["no-wait", "terminate", "tell page.engine.not-loaded"]
        );
    }

    #[test]
    fn a_crash_in_a_run_costs_the_engine_and_one_without_a_run_the_patience() {
        let mut client = loaded();
        client.run(plan("a"));
        let _ = client.take_commands();
        client.broken("unreachable".to_owned());
        assert_eq!(
            words(&mut client),
            ["tell crashed 1", "no-wait", "load", "tell loading"]
        );
        client.hear(ready(), None);
        client.broken("again".to_owned());
        assert_eq!(
            words(&mut client),
            [
                "tell ready",
                "no-wait",
                "terminate",
                "tell page.engine.broke-down"
            ]
        );
    }

    #[test]
    fn a_batch_without_bytes_is_no_message() {
        let mut client = loaded();
        client.run(plan("a"));
        client.hear(Reply::Batch { run: 1 }, None);
        assert_eq!(
            words(&mut client),
            [
                "run 1",
                "tell lost 1",
                "no-wait",
                "terminate",
                "tell page.engine.unintelligible"
            ]
        );
    }

    #[test]
    fn acknowledgements_are_sent_for_the_run_that_is_under_way() {
        let mut client = loaded();
        client.run(plan("a"));
        client.taken(1, 10);
        client.taken(7, 10);
        client.hear(ended(1), None);
        client.taken(1, 20);
        assert_eq!(words(&mut client), ["run 1", "taken 1 10", "tell ended 1"]);
    }
}
