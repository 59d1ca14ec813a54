//! What is over goes, a batch at a time, the oldest first.

use sea_orm::DbErr;
use tenant::{Database, Identity, Tier};

use crate::statement::{alone, dispatch};

/// How long jobs that are done, and their logs, are kept; dead letters stay until somebody drops them.
const DONE: &str = "7 days";
/// How long the outbox keeps what was passed on.
const PASSED: &str = "1 day";

/// Removes what is old; answers with how much.
pub(crate) async fn old(database: &Database) -> Result<usize, DbErr> {
    let jobs = format!(
        "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE status = 'completed' \
         AND updated < now() - interval '{DONE}' ORDER BY updated LIMIT 1000 FOR UPDATE SKIP LOCKED) RETURNING 1"
    );
    let mut removed = dispatch(database, &jobs, []).await?.len();
    let outbox = format!(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE processed < now() - interval '{PASSED}' \
         ORDER BY processed LIMIT 1000 FOR UPDATE SKIP LOCKED) RETURNING 1"
    );
    removed += alone(database, Tier::Oltp, Identity::Dispatcher, &outbox, [])
        .await?
        .len();
    Ok(removed)
}
