//! What is over goes, a batch at a time, the oldest first.

use sea_orm::DbErr;
use tenant::{Database, Identity, Tier};

use crate::statement::alone;

/// How long jobs that are done, and their logs, are kept; dead letters stay until somebody drops them.
const DONE: &str = "7 days";
/// How long those are kept that a schedule made: the night's until after the next.
const SCHEDULED: &str = "2 days";
/// How long the outbox keeps what was passed on.
const PASSED: &str = "1 day";

/// Most rows of one statement.
const BATCH: usize = 1000;

/// Removes what is old; answers with how much.
pub(crate) async fn old(database: &Database) -> Result<usize, DbErr> {
    let jobs = |which: &str, kept: &str| {
        format!(
            "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE status = 'completed'{which} \
             AND updated < now() - interval '{kept}' ORDER BY updated LIMIT {BATCH} FOR UPDATE SKIP LOCKED) RETURNING 1"
        )
    };
    let scheduled = jobs(" AND dedupe_key LIKE 'schedule:%'", SCHEDULED);
    let jobs = jobs("", DONE);
    let outbox = format!(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE processed < now() - interval '{PASSED}' \
         ORDER BY processed LIMIT {BATCH} FOR UPDATE SKIP LOCKED) RETURNING 1"
    );
    let scheduled = all(database, Tier::Queue, &scheduled).await?;
    let jobs = all(database, Tier::Queue, &jobs).await?;
    let outbox = all(database, Tier::Oltp, &outbox).await?;
    Ok(scheduled + jobs + outbox)
}

/// Runs a statement again and again, until it finds less than it could take.
async fn all(database: &Database, tier: Tier, sql: &str) -> Result<usize, DbErr> {
    let mut removed = 0;
    loop {
        let batch = alone(database, tier, Identity::Dispatcher, sql, [])
            .await?
            .len();
        removed += batch;
        if batch < BATCH {
            return Ok(removed);
        }
    }
}
