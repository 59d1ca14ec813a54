//! Ctrl-C and SIGTERM.

use std::future;

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use super::CommandError;

/// How often the program was asked to stop. Listened to from the start, so that a signal at any
/// moment ends what was begun, in order.
#[derive(Clone)]
pub(super) struct Signals(watch::Receiver<u32>);

impl Signals {
    /// Begins to listen. Signals do not end the process any more.
    pub(super) fn listen() -> Result<Self, CommandError> {
        let mut interrupt = signal(SignalKind::interrupt()).map_err(CommandError::Runtime)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(CommandError::Runtime)?;
        let (count, asked) = watch::channel(0);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                count.send_modify(|count| *count += 1);
            }
        });
        Ok(Self(asked))
    }

    /// Completes when the program was asked to stop for the `times`th time.
    pub(super) async fn asked(mut self, times: u32) {
        // Without the task there is no runtime, and nobody to wait.
        if self.0.wait_for(|count| *count >= times).await.is_err() {
            future::pending().await
        }
    }

    /// Runs `work` until it is done or a signal comes. Dropping it rolls back its transaction and
    /// stops the embedded server.
    pub(super) async fn end<T, E>(
        self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, CommandError>
    where
        CommandError: From<E>,
    {
        tokio::select! {
            result = work => Ok(result?),
            () = self.asked(1) => Err(CommandError::Interrupted),
        }
    }
}
