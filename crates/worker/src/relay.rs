//! What the outbox holds becomes jobs.
//!
//! A row of the outbox and its job have one id: whatever dies between the two databases, the next pass makes a job that is
//! there already, which does nothing. Rows of other topics are left for those whom they are for, until `sweep` takes them.

use chrono::{DateTime, Utc};
use sea_orm::{DbBackend, DbErr, Statement, Value, sea_query::ArrayType};
use serde_json::json;
use tenant::{Database, Identity, Row, Tier};
use uuid::Uuid;

use crate::statement::{alone, dispatch};

/// A topic of the outbox, and the job that it becomes.
struct Topic {
    name: &'static str,
    queue: &'static str,
    job_type: &'static str,
    /// Whether the job is told in `happened` when it was reported.
    is_dated: bool,
}

/// Every topic that is work.
const TOPICS: [Topic; 5] = [
    Topic {
        name: "campaign.scheduled",
        queue: "email-sending",
        job_type: "campaign.run",
        is_dated: false,
    },
    Topic {
        name: "campaign.started",
        queue: "email-sending",
        job_type: "campaign.run",
        is_dated: false,
    },
    Topic {
        name: "audit.recorded",
        queue: "maintenance",
        job_type: "audit.record",
        is_dated: false,
    },
    Topic {
        name: "staff.acted",
        queue: "maintenance",
        job_type: "audit.record",
        is_dated: true,
    },
    Topic {
        name: "campaign.leads_added",
        queue: "email-sending",
        job_type: "campaign.run",
        is_dated: false,
    },
];

/// The names of all of them, as one value.
pub(crate) fn topics() -> Value {
    let topics = TOPICS.iter().map(|topic| Value::from(topic.name)).collect();
    Value::Array(ArrayType::String, Some(Box::new(topics)))
}

/// Rows of a pass.
const BATCH: i32 = 500;

/// Passes on what the outbox holds; answers with how many rows that were.
pub(crate) async fn pass(database: &Database) -> Result<usize, DbErr> {
    let mut passed = 0;
    loop {
        let count = pass_batch(database).await?;
        passed += count;
        if count < BATCH as usize {
            return Ok(passed);
        }
    }
}

async fn pass_batch(database: &Database) -> Result<usize, DbErr> {
    let unpassed = "SELECT id, tenant_id, topic, payload, created, trace_parent FROM outbox \
         WHERE processed IS NULL AND topic = ANY ($1) ORDER BY created, id LIMIT $2";
    let context = database.context(Identity::Dispatcher, tenant::Access::Read);
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, unpassed, [topics(), BATCH.into()]);
    let rows = context.rows_raw(&statement).await;
    context.finish(false).await?;
    let rows = rows?;
    if rows.is_empty() {
        return Ok(0);
    }
    make_jobs(database, &rows).await?;
    let ids: Result<Vec<Uuid>, _> = rows.iter().map(|row| row.at(0)).collect();
    let ids = ids?.into_iter().map(Value::from).collect();
    let ids = Value::Array(ArrayType::Uuid, Some(Box::new(ids)));
    let done = "UPDATE outbox SET processed = now() WHERE id = ANY ($1) AND processed IS NULL";
    alone(database, Tier::Oltp, Identity::Dispatcher, done, [ids]).await?;
    Ok(rows.len())
}

async fn make_jobs(database: &Database, rows: &[Row]) -> Result<(), DbErr> {
    let jobs: Result<Vec<serde_json::Value>, DbErr> = rows.iter().map(job).collect();
    let make = "INSERT INTO jobs (id, tenant_id, queue_name, job_type, priority, max_attempts, payload, run_at, trace_parent) \
         SELECT j.id, j.tenant_id, j.queue_name, j.job_type, q.default_priority, q.max_attempts, j.payload, j.run_at, j.trace_parent \
         FROM jsonb_to_recordset($1) AS j (id uuid, tenant_id uuid, queue_name text, job_type text, payload jsonb, run_at timestamptz, trace_parent text) \
         JOIN job_queues q ON q.name = j.queue_name ON CONFLICT (id) DO NOTHING";
    let jobs = serde_json::Value::from(jobs?);
    dispatch(database, make, [jobs.into()]).await.map(drop)
}

/// A job waits for the moment that its payload names in `at`, if it does.
fn job(row: &Row) -> Result<serde_json::Value, DbErr> {
    let name: &str = row.at(2)?;
    let mut payload: serde_json::Value = row.at(3)?;
    let created: DateTime<Utc> = row.at(4)?;
    let topic = TOPICS.iter().find(|topic| topic.name == name);
    let topic = topic.ok_or_else(|| DbErr::Custom(format!("{name} is no topic of work")))?;
    if topic.is_dated {
        payload["happened"] = json!(created);
    }
    let at = payload.get("at").and_then(serde_json::Value::as_str);
    let at = at.and_then(|at| at.parse::<DateTime<Utc>>().ok());
    Ok(json!({
        "id": row.at::<Uuid>(0)?, "tenant_id": row.at::<Uuid>(1)?, "queue_name": topic.queue,
        "job_type": topic.job_type, "run_at": at.unwrap_or(created), "payload": payload,
        "trace_parent": row.at::<Option<String>>(5)?,
    }))
}
