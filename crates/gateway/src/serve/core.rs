//! A thread that serves connections, with a runtime of its own.

use std::{
    convert::Infallible,
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use futures::future::join;
use tokio::{
    runtime,
    sync::{
        mpsc::{self, UnboundedReceiver, UnboundedSender},
        watch,
    },
    time::timeout,
};

use super::{
    Gateway,
    accept::{Connection, Counted, Given},
    activity::Patience,
    connection::Serving,
};
use crate::http;

/// Bytes of a thread's stack. The parser and the executor recurse as deep as a document is nested, which
/// is limited; twice tokio's default leaves room for a build without optimization.
pub(crate) const STACK: usize = 4 << 20;

/// How long the core's connections to the database may take to close.
const CLOSING: Duration = Duration::from_secs(5);

/// What all cores are to do. Once nobody is there to say so they end at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Serve.
    Running,
    /// Let requests in flight end.
    Draining,
}

/// One of the threads, as seen from the one that accepts.
pub(super) struct Core {
    given: UnboundedSender<Given>,
    connections: Arc<AtomicUsize>,
}

/// Held by each thread for as long as it runs.
pub(super) type Alive = mpsc::Sender<Infallible>;

impl Core {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread, or no file descriptor, to give.
    pub(super) fn start(
        gateway: Arc<Gateway>,
        phases: watch::Receiver<Phase>,
        alive: Alive,
    ) -> io::Result<Self> {
        let (given, receiving) = mpsc::unbounded_channel();
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        thread::Builder::new()
            .name("gateway-core".to_owned())
            .stack_size(STACK)
            .spawn(move || {
                runtime.block_on(run(gateway, receiving, phases));
                // What is cut off is dropped with the runtime: the guards close what they hold.
                drop(runtime);
                drop(alive);
            })?;
        Ok(Self {
            given,
            connections: Arc::default(),
        })
    }

    /// How many clients' connections it has.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Gives it another one.
    pub(super) fn take(&self, stream: std::net::TcpStream) {
        // A core that has ended has none.
        let _ = self.given.send((stream, Counted::new(&self.connections)));
    }
}

async fn run(
    gateway: Arc<Gateway>,
    receiving: UnboundedReceiver<Given>,
    phases: watch::Receiver<Phase>,
) {
    tokio::select! {
        ((), ()) = join(
            serve(&gateway, receiving, phases.clone()),
            sockets_closed(&gateway, phases.clone()),
        ) => {
            // All requests have ended, so this waits for the end of transactions at most.
            let _ = timeout(CLOSING, gateway.database().close()).await;
        }
        () = cut_off(phases) => {}
    }
}

/// Completes once the gateway is draining and its sockets are closed.
async fn sockets_closed(gateway: &Gateway, mut phases: watch::Receiver<Phase>) {
    let _ = phases.wait_for(|phase| *phase == Phase::Draining).await;
    gateway.sockets_closed().await;
}

/// Serves each connection as a task of its own, until all have ended after the core is to drain.
async fn serve(
    gateway: &Arc<Gateway>,
    mut receiving: UnboundedReceiver<Given>,
    mut phases: watch::Receiver<Phase>,
) {
    let patience = Patience {
        head: gateway.read_timeout(),
        idle: gateway.idle_timeout(),
    };
    let serving = Serving::new(http::router(Arc::clone(gateway)), gateway.tls(), patience);
    // Of the core's own, so that its tasks ask nothing of other threads.
    let (drain, drained) = watch::channel(false);
    loop {
        tokio::select! {
            Some(given) = receiving.recv() => {
                // One that has gone already is no connection.
                if let Ok(connection) = Connection::new(given) {
                    tokio::spawn(serving.clone().serve(connection, drained.clone()));
                }
            }
            _ = phases.wait_for(|phase| *phase == Phase::Draining) => break,
        }
    }
    drop(drained);
    drain.send_replace(true);
    // Each connection has a receiver.
    drain.closed().await;
}

/// Completes once nobody is there to say what to do.
async fn cut_off(mut phases: watch::Receiver<Phase>) {
    while phases.changed().await.is_ok() {}
}
