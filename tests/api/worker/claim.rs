//! Who gets which job.

use uuid::Uuid;
use worker::{Done, Wake};

use super::yard::{Yard, does, done, options};

#[tokio::test]
async fn only_what_is_due_in_a_queue_that_is_active_is_done() {
    let yard = Yard::with(1).await;
    let later = yard.add(0, 3, -3600).await;
    yard.run("UPDATE job_queues SET is_active = false WHERE name = 'email-processing'")
        .await;
    yard.add_to("email-processing", 0, 3, 10, 60).await;
    let worker = yard.work(done).await;
    for _ in 0..3 {
        let due = yard.add(0, 1, 0).await;
        yard.until(&format!(
            "status = 'completed' FROM jobs WHERE id = '{}'",
            due[0]
        ))
        .await;
    }
    assert_eq!(
        yard.one::<i64>("SELECT count(*) FROM jobs WHERE status = 'queued' AND attempt_count = 0")
            .await,
        6
    );
    yard.run("UPDATE job_queues SET is_active = true").await;
    yard.until("count(*) = 6 FROM jobs WHERE status = 'completed'")
        .await;
    let moved = "UPDATE jobs SET run_at = now() WHERE run_at > now()";
    yard.run(moved).await;
    yard.until("bool_and(status = 'completed') FROM jobs").await;
    worker.stop().await;
    assert_eq!(later.len(), 3);
}

#[tokio::test]
async fn each_job_is_done_once_whoever_else_claims() {
    let yard = Yard::with(3).await;
    yard.run("CREATE TABLE effects (id uuid)").await;
    for tenant in 0..3 {
        yard.add(tenant, 400, 60).await;
    }
    let effects = yard.world.admin_of(migrations::Tier::Queue).clone();
    let mut workers = Vec::new();
    for _ in 0..4 {
        let effects = effects.clone();
        workers.push(
            yard.work(move |job| {
                let effects = effects.clone();
                async move {
                    let note =
                        sqlx::query("INSERT INTO effects VALUES ($1)").bind(Uuid::from(job.id));
                    note.execute(&effects).await.expect("a row");
                    Ok(Done::Completed(None))
                }
            })
            .await,
        );
    }
    yard.until("bool_and(status = 'completed') FROM jobs").await;
    for worker in workers {
        worker.stop().await;
    }
    let counts = "SELECT (SELECT format('%s %s', count(*), count(DISTINCT id)) FROM effects) || (SELECT format(' %s %s', max(attempt_count), max(fence)) FROM jobs)
        || (SELECT format(' %s', count(*)) FROM job_logs)";
    assert_eq!(yard.one::<String>(counts).await, "1200 1200 1 1 1200");
}

/// Blocks of the table and its indexes, and full reads, that were asked for so far. A closed connection has told all.
const ASKED: &str = "SELECT ARRAY[seq_scan, heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit]
    FROM pg_stat_user_tables JOIN pg_statio_user_tables USING (relid) WHERE pg_stat_user_tables.relname = 'jobs'";

impl Yard {
    /// Blocks that a job costs, all in all, of the first hundred that a worker does, four at once.
    async fn blocks_of_a_job(&self) -> i64 {
        self.run("VACUUM ANALYZE jobs").await;
        let before: Vec<i64> = self.one(ASKED).await;
        let worker = self.work_as(options(4), Wake::default(), does(done)).await;
        self.until("count(*) >= 100 FROM job_logs WHERE status = 'success'")
            .await;
        worker.stop().await;
        let begun: i64 = self.one("SELECT count(*) FROM job_logs").await;
        let after: Vec<i64> = self.one(ASKED).await;
        assert_eq!(after[0] - before[0], 0, "full reads of the table");
        (after[1] - before[1]) / begun
    }
}

/// Half of the jobs are of times to come, all of one priority: nothing but the index keeps them out of the way.
#[tokio::test]
async fn a_claim_does_not_read_the_jobs_that_it_leaves() {
    let yard = Yard::with(50).await;
    yard.run(
        "INSERT INTO jobs (tenant_id, queue_name, job_type, run_at)
         SELECT lpad(to_hex(1 + n % 50), 32, '0')::uuid, 'email-sending', 'test',
             now() + CASE WHEN n % 100 < 50 THEN interval '1 day' ELSE interval '-1 day' END + n * interval '1 millisecond'
         FROM generate_series(1, 200000) AS n",
    )
    .await;
    let each = yard.blocks_of_a_job().await;
    // All of the table would be some 8,000; this is with all that a job costs after its claim.
    assert!(each < 2500, "{each} blocks a job");
}

#[tokio::test]
async fn a_claim_does_not_read_what_is_less_urgent() {
    let yard = Yard::with(200).await;
    yard.run(
        "INSERT INTO jobs (tenant_id, queue_name, job_type, priority, run_at)
         SELECT lpad(to_hex(1 + n % 200), 32, '0')::uuid, 'email-sending', 'test', n / 2500, now() - interval '1 hour'
         FROM generate_series(0, 99999) AS n",
    )
    .await;
    let each = yard.blocks_of_a_job().await;
    // A look at each of the forty priorities would be some 40,000.
    assert!(each < 2500, "{each} blocks a job");
}
