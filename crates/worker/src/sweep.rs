//! What is over goes, a batch at a time, the oldest first.

use std::collections::HashSet;

use sea_orm::{DbErr, Value, sea_query::ArrayType};
use tenant::{Database, Identity, Row, Tier};
use uuid::Uuid;

use crate::{relay, statement::alone};

/// How long jobs that are done, and their logs, are kept; dead letters stay until somebody drops them, or their
/// tenant is gone.
const DONE: &str = "7 days";
/// How long those are kept that a schedule made: the night's until after the next.
const SCHEDULED: &str = "2 days";
/// How long the outbox keeps what was passed on.
const PASSED: &str = "1 day";

/// How long it keeps what is no work, for those whom it is for.
const UNTAKEN: &str = "30 days";

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
    // From topic to topic, and of each the oldest: all else that waits there is not looked at.
    let untaken = format!(
        "WITH RECURSIVE known (topic) AS ( \
             (SELECT topic FROM outbox WHERE processed IS NULL ORDER BY topic LIMIT 1) \
             UNION ALL SELECT (SELECT o.topic FROM outbox o WHERE o.processed IS NULL AND o.topic > known.topic \
                 ORDER BY o.topic LIMIT 1) FROM known WHERE known.topic IS NOT NULL) \
         DELETE FROM outbox WHERE id IN (SELECT old.id FROM known CROSS JOIN LATERAL ( \
                 SELECT o.id FROM outbox o WHERE o.processed IS NULL AND o.topic = known.topic \
                     AND o.created < now() - interval '{UNTAKEN}' ORDER BY o.created LIMIT {BATCH} FOR UPDATE SKIP LOCKED) old \
             WHERE known.topic <> ALL ($1) LIMIT {BATCH}) RETURNING 1"
    );
    let scheduled = all(database, Tier::Queue, &scheduled, []).await?;
    let jobs = all(database, Tier::Queue, &jobs, []).await?;
    let outbox = all(database, Tier::Oltp, &outbox, []).await?;
    let untaken = all(database, Tier::Oltp, &untaken, [relay::topics()]).await?;
    Ok(scheduled + jobs + outbox + untaken + of_the_gone(database).await?)
}

/// Ends dead letters of tenants that are gone, of whom nobody is left to drop them; as all that is over they are removed
/// later.
async fn of_the_gone(database: &Database) -> Result<usize, DbErr> {
    let sql = "SELECT DISTINCT tenant_id FROM jobs WHERE status = 'failed'";
    let dead = alone(database, Tier::Queue, Identity::Dispatcher, sql, []).await?;
    let dead = tenants(&dead)?;
    if dead.is_empty() {
        return Ok(0);
    }
    let sql = "SELECT id FROM tenants WHERE id = ANY ($1) AND deleted IS NULL";
    let asked = [uuids(&dead)];
    let live = alone(database, Tier::Oltp, Identity::Dispatcher, sql, asked).await?;
    let live = tenants(&live)?;
    let sql = "UPDATE jobs SET status = 'completed', completed = now(), failed = NULL \
         WHERE status = 'failed' AND tenant_id = ANY ($1) RETURNING 1";
    let gone = [uuids(dead.difference(&live))];
    let ended = alone(database, Tier::Queue, Identity::Dispatcher, sql, gone).await?;
    Ok(ended.len())
}

fn tenants(rows: &[Row]) -> Result<HashSet<Uuid>, DbErr> {
    rows.iter().map(|row| row.at(0)).collect()
}

fn uuids<'k>(keys: impl IntoIterator<Item = &'k Uuid>) -> Value {
    let keys = keys.into_iter().copied().map(Value::from).collect();
    Value::Array(ArrayType::Uuid, Some(Box::new(keys)))
}

/// Runs a statement again and again, until it finds less than it could take.
async fn all<const N: usize>(
    database: &Database,
    tier: Tier,
    sql: &str,
    values: [Value; N],
) -> Result<usize, DbErr> {
    let mut removed = 0;
    loop {
        let batch = alone(database, tier, Identity::Dispatcher, sql, values.clone())
            .await?
            .len();
        removed += batch;
        if batch < BATCH {
            return Ok(removed);
        }
    }
}
