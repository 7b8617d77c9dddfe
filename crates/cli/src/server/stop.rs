//! How everything in the server learns that it is to end.

use tokio::sync::watch;

/// How far the server is on its way to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// It serves.
    Open,
    /// What is under way is to be finished; nothing new begins.
    Draining,
    /// What is not finished is dropped.
    Over,
}

/// The server's side: sets the stage.
#[derive(Debug)]
pub(super) struct Stages(watch::Sender<Stage>);

impl Stages {
    pub(super) fn enter(&self, stage: Stage) {
        self.0.send_replace(stage);
    }
}

/// Everybody else's side: waits for a stage.
#[derive(Clone, Debug)]
pub(super) struct Stop(watch::Receiver<Stage>);

impl Stop {
    /// The two sides.
    pub(super) fn new() -> (Stages, Self) {
        let (sender, receiver) = watch::channel(Stage::Open);
        (Stages(sender), Self(receiver))
    }

    /// Ready once the server is at `stage` or beyond. A server that is gone is beyond all.
    ///
    /// # Cancel safety
    /// Safe.
    pub(super) async fn at(&self, stage: Stage) {
        // An error means that the sender is gone.
        let _ = self.0.clone().wait_for(|now| *now >= stage).await;
    }
}
