//! What a request costs in statements and exchanges, and the gateway's statements for pgbench.

use std::{collections::BTreeMap, time::Duration};

use chrono::Utc;
use serde::Serialize;

use super::stage::{Contestant, Stage};
use crate::{
    Result,
    answer::number,
    capture::{Captured, Mark, log_statements},
    operation::Operation,
    peer::{Kind, Start},
    proxy::Proxy,
    requests::hexadecimal,
    say,
    statistics::median,
};

/// Requests of the gateway that pgbench repeats, each of another tenant.
const CAPTURED: usize = 12;
/// Requests of the others that are counted.
const COUNTED: usize = 5;

/// Statements and exchanges of a request.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cost {
    pub(crate) operation: &'static str,
    pub(crate) subject: &'static str,
    /// As the server's log counts them: a message of several statements is one.
    pub(crate) statements: f64,
    /// How often the server spoke and PostgreSQL answered, the end of the transaction included.
    pub(crate) exchanges: f64,
}

/// What was counted, and what the gateway sent.
#[derive(Default)]
pub(crate) struct Costs {
    pub(crate) all: Vec<Cost>,
    pub(crate) captured: BTreeMap<Operation, Vec<Captured>>,
}

/// Counts, one request at a time, over connections that have seen the operation before.
pub(crate) async fn costs(stage: &Stage, operations: &[Operation]) -> Result<Costs> {
    log_statements(&stage.place, true).await?;
    let counted = count(stage, operations).await;
    log_statements(&stage.place, false).await?;
    counted
}

async fn count(stage: &Stage, operations: &[Operation]) -> Result<Costs> {
    let mut costs = Costs::default();
    for kind in [Kind::Gateway, Kind::PostGraphile(1), Kind::Stock] {
        say::progress(format_args!("counting the statements of {}", kind.name()));
        let proxy = Proxy::start(&stage.place, Duration::ZERO, kind.name())?;
        let start = Start {
            paths: &stage.paths,
            place: &proxy.place(),
            cores: None,
            run: "counted",
        };
        let contestant = Contestant::start(stage, kind, &start, operations).await?;
        for operation in operations
            .iter()
            .copied()
            .filter(|operation| kind.can(*operation))
        {
            let (cost, mut captured) = one(stage, &contestant, operation, &proxy).await?;
            costs.all.push(cost);
            if kind == Kind::Gateway {
                name_types(stage, &proxy, &mut captured).await?;
                costs.captured.insert(operation, captured);
            }
        }
        contestant.peer.stop().await?;
    }
    Ok(costs)
}

async fn one(
    stage: &Stage,
    contestant: &Contestant,
    operation: Operation,
    proxy: &Proxy,
) -> Result<(Cost, Vec<Captured>)> {
    let peer = &contestant.peer;
    let file = contestant.file(operation)?;
    stage.loader.run(&peer.url, file, 8, 1.0).await?;
    let count = match peer.kind {
        Kind::Gateway => CAPTURED,
        _ => COUNTED,
    };
    let (mut captured, mut exchanges) = (Vec::new(), Vec::new());
    for request in contestant.requests(operation).iter().take(count) {
        let number = number();
        let (body, since) = (request.unique(number)?, Utc::now().timestamp_millis());
        let (mark, before) = (Mark::set(stage.database.log()).await?, proxy.exchanges());
        peer.ask(&request.token, &body).await?;
        captured.push(Captured {
            number: hexadecimal(number),
            since: since.unsigned_abs(),
            statements: mark.since().await?,
        });
        exchanges.push((proxy.exchanges() - before) as f64);
    }
    let cost = Cost {
        operation: operation.id(),
        subject: peer.kind.name(),
        statements: median(
            captured
                .iter()
                .map(|request| request.statements.len() as f64),
        ),
        exchanges: median(exchanges),
    };
    Ok((cost, captured))
}

/// Looks up the types that the driver declared.
async fn name_types(stage: &Stage, proxy: &Proxy, requests: &mut [Captured]) -> Result<()> {
    let mut connection = stage.place.connect().await?;
    let statements = requests
        .iter_mut()
        .flat_map(|request| &mut request.statements);
    for logged in statements {
        for number in proxy.types(&logged.sql) {
            let name: Option<String> =
                sqlx::query_scalar("SELECT format_type(nullif($1, 0)::oid, NULL)")
                    .bind(i64::from(number))
                    .fetch_one(&mut connection)
                    .await?;
            logged.types.push(name);
        }
    }
    Ok(())
}
