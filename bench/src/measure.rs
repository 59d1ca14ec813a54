//! One measurement: a load, and what it cost everybody.

use std::{path::Path, time::Duration};

use serde::Serialize;
use tokio::time::sleep;

use crate::{
    Result,
    database::Place,
    mode::stage::{Contestant, Stage},
    operation::Operation,
    pgbench::{Mode, Scripts},
    process::{Usage, usage},
};

/// How often memory is looked at.
const PAUSE: Duration = Duration::from_millis(250);

/// What was measured once.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Measurement {
    pub(crate) operation: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) clients: u32,
    pub(crate) requests: u64,
    pub(crate) errors: u64,
    /// Requests a second.
    pub(crate) rate: f64,
    /// Microseconds.
    pub(crate) p50: u64,
    /// Microseconds.
    pub(crate) p99: u64,
    /// Microseconds of CPU for a request in the server; none for pgbench, which is no server.
    pub(crate) server_cpu: Option<f64>,
    /// Microseconds of CPU for a request in PostgreSQL.
    pub(crate) database_cpu: f64,
    /// The server's most memory, in bytes.
    pub(crate) resident: Option<u64>,
    /// Bytes of an answer, with its head.
    pub(crate) bytes: Option<u64>,
}

/// A server under load.
pub(crate) async fn server(
    stage: &Stage,
    contestant: &Contestant,
    operation: Operation,
    clients: u32,
    seconds: f64,
) -> Result<Measurement> {
    let (pid, database) = (contestant.peer.pid()?, stage.database.pid());
    let requests = contestant.file(operation)?;
    let before = (usage(pid), usage(database));
    let load = stage
        .loader
        .run(&contestant.peer.url, requests, clients, seconds);
    tokio::pin!(load);
    let mut resident = before.0.resident;
    let figures = loop {
        tokio::select! {
            figures = &mut load => break figures?,
            () = sleep(PAUSE) => resident = resident.max(usage(pid).resident),
        }
    };
    let after = (usage(pid), usage(database));
    Ok(Measurement {
        operation: operation.id(),
        subject: contestant.peer.kind.name(),
        clients,
        requests: figures.requests,
        errors: figures.errors(),
        rate: figures.rate(),
        p50: figures.p50,
        p99: figures.p99,
        server_cpu: Some(each(before.0, after.0, figures.requests)),
        database_cpu: each(before.1, after.1, figures.requests),
        resident: Some(resident.max(after.0.resident)),
        bytes: figures.bytes.checked_div(figures.requests),
    })
}

/// PostgreSQL alone.
pub(crate) async fn database(
    stage: &Stage,
    (operation, mode): (Operation, Mode),
    scripts: &Scripts,
    (place, folder): (&Place, &Path),
    (clients, seconds): (u32, f64),
) -> Result<Measurement> {
    let load = (clients, seconds);
    let figures = scripts
        .run(place, folder, load, stage.database.pid())
        .await?;
    Ok(Measurement {
        operation: operation.id(),
        subject: mode.name(),
        clients,
        requests: figures.transactions,
        errors: 0,
        rate: figures.rate,
        p50: figures.p50,
        p99: figures.p99,
        server_cpu: None,
        database_cpu: figures.cpu,
        resident: None,
        bytes: None,
    })
}

fn each(before: Usage, after: Usage, requests: u64) -> f64 {
    after.cpu.saturating_sub(before.cpu) as f64 / requests.max(1) as f64
}
