//! The server for development and tests, heard by hand.

mod faults;
mod keep;
mod protocol;
mod sign_in;
mod stop;

use std::net::SocketAddr;

use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use transport::sink::{Options, Received, Sink};

/// A sink that serves, and what it accepted.
pub struct Running {
    pub address: SocketAddr,
    pub messages: mpsc::Receiver<Received>,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

impl Running {
    pub async fn start(options: Options) -> Self {
        let (channel, messages) = mpsc::channel(64);
        let sink = Sink::bind(Options {
            channel: Some(channel),
            ..options
        });
        let sink = sink.await.expect("a sink");
        let address = sink.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(sink.serve(async {
            // What stops it is that the other end is dropped.
            let _ = stopped.await;
        }));
        Self {
            address,
            messages,
            stop: Some(stop),
            served,
        }
    }

    /// Asks it to stop.
    pub fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until it has.
    pub async fn end(self) {
        self.served.await.expect("no panic");
    }

    /// The message that was accepted next.
    pub async fn next(&mut self) -> Received {
        self.messages.recv().await.expect("a message")
    }

    /// Whether a message was accepted that was not asked for yet.
    pub fn has_more(&mut self) -> bool {
        self.messages.try_recv().is_ok()
    }
}
