//! What is done at certain times.

use worker::Job;

use super::yard::{Running, Yard, done};

impl Yard {
    /// A schedule that is due, among others that are not. Its next time is the New Year, so that none comes while a test counts.
    async fn schedule(&self, next_run: &str) {
        self.run(&format!(
            "UPDATE job_schedules SET is_active = false;
             INSERT INTO job_schedules (name, queue_name, job_type, cron, next_run) VALUES ('test', 'maintenance', 'test', '0 0 1 1 *', {next_run})"
        ))
        .await;
    }

    async fn clocks(&self) -> Vec<Running> {
        let mut clocks = Vec::new();
        for _ in 0..4 {
            clocks.push(self.work(done).await);
        }
        clocks
    }
}

async fn stop(clocks: Vec<Running>) {
    for clock in clocks {
        clock.stop().await;
    }
}

const NEXT: &str = "next_run > now() AND next_run <= now() + interval '366 days' \
    AND to_char(next_run AT TIME ZONE 'UTC', 'MM-DD HH24:MI:SS') = '01-01 00:00:00' FROM job_schedules WHERE name = 'test'";

#[tokio::test]
async fn a_slot_is_one_job_in_each_tenant_and_missed_slots_are_one() {
    let yard = Yard::with(3).await;
    yard.run_in(
        migrations::Tier::Oltp,
        &format!(
            "UPDATE tenants SET deleted = now() WHERE id = '{}'",
            yard.tenants[2]
        ),
    )
    .await;
    yard.schedule("date_trunc('minute', now() - interval '10 years')")
        .await;
    let slot: String = yard
        .one("SELECT next_run::text FROM job_schedules WHERE name = 'test'")
        .await;
    let clocks = yard.clocks().await;
    yard.until(NEXT).await;
    yard.until("count(*) = 2 AND bool_and(status = 'completed') FROM jobs")
        .await;
    stop(clocks).await;
    let made = "SELECT count(DISTINCT tenant_id) FROM jobs WHERE job_type = 'test' AND priority = 200 AND queue_name = 'maintenance'";
    assert_eq!(yard.one::<i64>(made).await, 2);
    assert_eq!(yard.one::<i64>("SELECT count(*) FROM jobs").await, 2);
    // The clock is set back.
    yard.run(&format!(
        "UPDATE job_schedules SET next_run = '{slot}' WHERE name = 'test'"
    ))
    .await;
    let clocks = yard.clocks().await;
    yard.until(NEXT).await;
    stop(clocks).await;
    assert_eq!(yard.one::<i64>("SELECT count(*) FROM jobs").await, 2);
    // Another slot is another job.
    yard.run("UPDATE job_schedules SET next_run = now() WHERE name = 'test'")
        .await;
    let clocks = yard.clocks().await;
    yard.until("count(*) = 4 FROM jobs").await;
    stop(clocks).await;
}

#[tokio::test]
async fn a_schedule_that_makes_no_sense_keeps_no_other_waiting() {
    let yard = Yard::with(1).await;
    yard.schedule("now()").await;
    yard.run("INSERT INTO job_schedules (name, queue_name, job_type, cron) VALUES ('a', 'maintenance', 'test', 'now and then'), ('z', 'maintenance', 'test', '0 0 31 2 *')").await;
    let worker = yard
        .work(async |_: Job| Ok(worker::Done::Completed(None)))
        .await;
    yard.until("count(*) = 1 AND bool_and(status = 'completed') FROM jobs")
        .await;
    yard.until(NEXT).await;
    worker.stop().await;
}
