//! Numbers about jobs: those of this worker, and what waits in the queues. They go where the process's meter sends them,
//! which is nowhere as a rule.

use std::{sync::LazyLock, time::Duration};

use opentelemetry::{
    KeyValue, global,
    metrics::{Gauge, Histogram},
};
use sea_orm::{DbBackend, DbErr, Statement};
use tenant::{Access, Database, Identity, Row, Tier};
use tokio::time::sleep;

use crate::{Handlers, Job};

/// Jobs of a queue and a priority that are counted at most.
const MOST: i64 = 10_000;

/// Seconds up to which jobs are counted together: a message that is read to a mailbox that is fetched.
const SECONDS: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0,
];

static JOBS: LazyLock<Histogram<f64>> = LazyLock::new(|| {
    global::meter("worker")
        .f64_histogram("gateway.job.duration")
        .with_description("Attempts at jobs, by type and what became of them.")
        .with_unit("s")
        .with_boundaries(SECONDS.to_vec())
        .build()
});

/// An attempt has ended. A type that nobody does here is one of the others, or whoever makes jobs would make series.
pub(crate) fn ended(handlers: &Handlers, job: &Job, outcome: &'static str, took: Duration) {
    let known = handlers.of(&job.job_type).is_some();
    let job_type = if known { &*job.job_type } else { "(other)" };
    let labels = [
        KeyValue::new("job.type", job_type.to_owned()),
        KeyValue::new("queue", job.queue.clone()),
        KeyValue::new("outcome", outcome),
    ];
    JOBS.record(took.as_secs_f64(), &labels);
}

/// Asks every so often what waits, for ever; or never, if nobody wants to know.
pub(crate) async fn measure(database: &Database, every: Option<Duration>) {
    let Some(every) = every else {
        return std::future::pending().await;
    };
    let meter = global::meter("worker");
    let due = meter
        .u64_gauge("gateway.queue.due")
        .with_description("Jobs that are due and that nobody does: of each priority up to 10,000.")
        .build();
    let oldest = meter
        .f64_gauge("gateway.queue.oldest")
        .with_description("How long the job that waits longest has been due.")
        .with_unit("s")
        .build();
    loop {
        match waiting(database).await {
            Ok(rows) => record(&rows, &due, &oldest),
            Err(error) => tracing::warn!(error = %error, "the queues can not be measured"),
        }
        sleep(every).await;
    }
}

fn record(rows: &[Row], due: &Gauge<u64>, oldest: &Gauge<f64>) {
    for row in rows {
        // The statement says so.
        let (Ok(queue), Ok(count), Ok(age)) =
            (row.at::<String>(0), row.at::<i64>(1), row.at::<f64>(2))
        else {
            return tracing::error!("a queue's numbers are of other types");
        };
        let labels = [KeyValue::new("queue", queue)];
        due.record(u64::try_from(count).unwrap_or_default(), &labels);
        oldest.record(age, &labels);
    }
}

/// Each queue, how many of its jobs are due, and for how many seconds the first of them: a walk along the priorities, so
/// that jobs for later, which may be very many, are not looked at.
async fn waiting(database: &Database) -> Result<Vec<Row>, DbErr> {
    const OPEN: &str = "status IN ('queued', 'migrated_to_redis')";
    let sql = format!(
        "WITH RECURSIVE step (queue, priority) AS (
            SELECT name, (SELECT min(priority) FROM jobs WHERE queue_name = name AND {OPEN}) FROM job_queues
            UNION ALL
            SELECT queue, (SELECT min(j.priority) FROM jobs j WHERE j.queue_name = queue AND {OPEN} AND j.priority > step.priority)
            FROM step WHERE priority IS NOT NULL
        )
        SELECT queue::text, coalesce(sum(due.count), 0)::bigint,
            coalesce(extract(epoch FROM now() - min(due.oldest)), 0)::float8
        FROM step LEFT JOIN LATERAL (
            SELECT count(*), min(run_at) AS oldest FROM (
                SELECT run_at FROM jobs WHERE queue_name = queue AND {OPEN} AND priority = step.priority AND run_at <= now()
                ORDER BY run_at LIMIT {MOST}
            ) first
        ) due ON true GROUP BY queue"
    );
    let context = database.context(Identity::Dispatcher, Access::Read);
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let rows = context.on(Tier::Queue).rows_raw(&statement).await;
    context.finish(false).await?;
    rows
}
