//! A running gateway, the same for the binary and for the tests.

mod accept;
mod activity;
mod connection;
mod core;
mod downloads;
mod gateway;
mod tls;

use std::{convert::Infallible, future::Future, io, sync::Arc, time::Duration};

use events::ProcessKind;
use futures::future::join;
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
    time::{Instant, timeout},
};

use crate::report::{Sampled, Sampler};

use self::{
    accept::accept,
    core::{Core, Phase},
    gateway::Shared,
};

pub(crate) use self::{core::STACK, downloads::DownloadTurn, gateway::database};
pub use self::{
    gateway::{Gateway, InvalidUrl, Unready},
    tls::TlsError,
};

/// Serves until `shutdown` completes, then lets requests in flight end, for `drain` at most, and
/// closes the connections.
///
/// Each core is a thread with a runtime of its own, and a client's connection stays on one of them, as the
/// database's connections do. So whatever a request waits for wakes the thread that it runs on; one runtime
/// for all threads has them wake each other several times a request, to take over what is only about to
/// become ready.
///
/// # Errors
/// When the listener fails, or a thread can not be started.
pub async fn serve(
    gateways: Vec<Arc<Gateway>>,
    listener: TcpListener,
    drain: Duration,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (phase, phases) = watch::channel(Phase::Running);
    let (alive, mut lives) = mpsc::channel(1);
    let shared = gateways.first().map(|gateway| gateway.shared());
    let mut sampler = sampler(&gateways);
    let start = |gateway| Core::start(gateway, phases.clone(), alive.clone());
    let cores = gateways
        .into_iter()
        .map(start)
        .collect::<io::Result<Vec<_>>>()?;
    drop(alive);
    tokio::select! {
        never = accept(&listener, &cores) => match never {},
        () = follow(shared.as_deref()) => {}
        () = tell_workers(shared.as_deref()) => {}
        never = renew(shared.as_deref()) => match never {},
        () = report(sampler.as_mut(), shared.as_deref()) => {}
        () = shutdown => {}
    }
    drop(listener);
    let until = Instant::now() + drain;
    if let Some(shared) = &shared {
        shared.live.close();
    }
    phase.send_replace(Phase::Draining);
    // Nothing is received: it is closed once the last thread has ended.
    if timeout(drain, lives.recv()).await.is_err() {
        tracing::warn!("requests still in flight were cut off");
        // The threads end at once, and so they do if this future is dropped before.
        drop(phase);
        let _ = timeout(CUTTING, lives.recv()).await;
    }
    if let (Some(mut sampler), Some(shared)) = (sampler, shared) {
        // What the last requests were is to be told, too.
        sampler.look();
        let left = until.saturating_duration_since(Instant::now());
        // Each has what is left: alerts may make events.
        shared.watcher.finish(left.max(CUTTING)).await;
        let left = until.saturating_duration_since(Instant::now());
        shared.report.events.flush(left.max(CUTTING)).await;
    }
    Ok(())
}

/// Reads what changed, for all cores, for as long as it is polled.
async fn follow(shared: Option<&Shared>) {
    match shared {
        Some(shared) => shared.live.feed.run().await,
        None => std::future::pending().await,
    }
}

/// Looks for a renewed certificate, if there is one at all.
async fn renew(shared: Option<&Shared>) -> Infallible {
    match shared.and_then(|shared| shared.tls.as_ref()) {
        Some(tls) => tls.renew().await,
        None => std::future::pending().await,
    }
}

/// What looks at the gateways from time to time.
fn sampler(gateways: &[Arc<Gateway>]) -> Option<Sampler> {
    let first = gateways.first()?;
    let sampled = Sampled {
        kind: ProcessKind::Serve,
        databases: gateways.iter().map(|of| of.database().clone()).collect(),
        // An operation, its COMMIT, and as long again.
        held: 2 * first.request_timeout(),
        requests: gateways
            .iter()
            .map(|of| Arc::clone(of.requests()))
            .collect(),
        is_process: true,
    };
    let shared = first.shared();
    Some(Sampler::new(
        Arc::clone(&shared.report),
        shared.events_interval,
        sampled,
    ))
}

/// Tells what the gateways are and do, for as long as it is polled.
async fn report(sampler: Option<&mut Sampler>, shared: Option<&Shared>) {
    match (sampler, shared) {
        (Some(sampler), Some(shared)) => {
            let telling = join(sampler.run(), shared.report.events.run());
            join(telling, shared.watcher.run()).await;
        }
        _ => std::future::pending().await,
    }
}

/// Tells the workers of other processes what they may find, for as long as it is polled.
async fn tell_workers(shared: Option<&Shared>) {
    match shared {
        Some(shared) => shared.wake.publish().await,
        None => std::future::pending().await,
    }
}

/// How long threads may take to drop what they were doing.
const CUTTING: Duration = Duration::from_secs(1);
