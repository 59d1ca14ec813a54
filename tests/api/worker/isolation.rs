//! Who hands out jobs sees no word of them; who does one sees its tenant's alone.

use std::sync::{Arc, Mutex};

use sea_orm::{DbBackend, DbErr, Statement};
use tenant::{Database, Identity, Row, Tier};
use worker::{Done, Job};

use super::yard::Yard;

async fn ask(database: &Database, identity: Identity, sql: &str) -> Result<Vec<Row>, DbErr> {
    let context = database.writing(Tier::Queue, identity);
    let rows = context
        .on(Tier::Queue)
        .rows_raw(&Statement::from_string(DbBackend::Postgres, sql))
        .await;
    context.finish(rows.is_ok()).await?;
    rows
}

#[tokio::test]
async fn who_hands_out_jobs_does_not_see_what_they_say() {
    let yard = Yard::with(2).await;
    yard.add(0, 1, 1).await;
    yard.add(1, 1, 1).await;
    yard.run("INSERT INTO job_logs (tenant_id, job_id, status, attempt_number, started) SELECT tenant_id, id, 'retry', 1, now() FROM jobs").await;
    let database = yard.database().await;
    let ids = ask(&database, Identity::Dispatcher, "SELECT id FROM jobs").await;
    assert_eq!(ids.expect("ids").len(), 2);
    for secret in [
        "SELECT payload FROM jobs",
        "SELECT last_error_message FROM jobs",
        "UPDATE jobs SET payload = '{}' RETURNING id",
        "UPDATE jobs SET tenant_id = tenant_id",
        "SELECT log_message FROM job_logs",
        "INSERT INTO job_logs (tenant_id, job_id, status, attempt_number, started) SELECT tenant_id, id, 'retry', 1, now() FROM jobs",
        "DELETE FROM job_queues",
    ] {
        let refused = ask(&database, Identity::Dispatcher, secret).await;
        let refused = refused.expect_err(secret).to_string();
        assert!(refused.contains("permission denied"), "{secret}: {refused}");
    }
    let set = format!("SET LOCAL app.current_tenant_id = '{}'", yard.tenants[0]);
    let context = database.writing(Tier::Queue, Identity::Dispatcher);
    let queue = context.on(Tier::Queue);
    queue
        .rows_raw(&Statement::from_string(DbBackend::Postgres, set))
        .await
        .expect("a setting");
    for sql in [
        "SELECT id FROM jobs",
        "SELECT id FROM job_logs",
        "DELETE FROM jobs RETURNING id",
    ] {
        let rows = queue
            .rows_raw(&Statement::from_string(DbBackend::Postgres, sql))
            .await;
        assert_eq!(rows.expect(sql).len(), 0, "{sql} while a tenant is set");
    }
    context.finish(false).await.expect("an end");
    database.close().await;
}

#[tokio::test]
async fn a_job_is_done_in_its_tenant() {
    let yard = Yard::with(2).await;
    for tenant in 0..2 {
        yard.add(tenant, 3, 1).await;
    }
    let (database, seen) = (yard.database().await, Arc::new(Mutex::new(Vec::new())));
    let noted = Arc::clone(&seen);
    let worker = yard
        .work(move |job: Job| {
            let (database, noted) = (database.clone(), Arc::clone(&noted));
            async move {
                let identity = Identity::Job { tenant: job.tenant };
                let rows = ask(&database, identity, "SELECT DISTINCT tenant_id FROM jobs").await;
                let rows = rows.expect("rows");
                let tenants: Vec<uuid::Uuid> =
                    rows.iter().map(|row| row.at(0).expect("an id")).collect();
                noted
                    .lock()
                    .expect("no panic")
                    .push((uuid::Uuid::from(job.tenant), tenants));
                Ok(Done::Completed(None))
            }
        })
        .await;
    yard.until("bool_and(status = 'completed') FROM jobs").await;
    worker.stop().await;
    let seen = seen.lock().expect("no panic");
    assert_eq!(seen.len(), 6);
    for (tenant, found) in seen.iter() {
        assert_eq!(found, &[*tenant]);
    }
}

#[tokio::test]
async fn a_job_does_not_reach_that_of_another_tenant() {
    let yard = Yard::with(2).await;
    let theirs = yard.add(1, 1, 1).await[0];
    let before: String = yard.one("SELECT to_jsonb(jobs)::text FROM jobs").await;
    let database = yard.database().await;
    let mine = Identity::Job {
        tenant: yard.tenants[0].into(),
    };
    for sql in [
        format!("SELECT payload FROM jobs WHERE id = '{theirs}'"),
        format!("UPDATE jobs SET status = 'completed' WHERE id = '{theirs}' RETURNING id"),
    ] {
        let rows = ask(&database, mine.clone(), &sql).await;
        assert_eq!(rows.expect("no error").len(), 0, "{sql}");
    }
    for sql in [
        format!(
            "INSERT INTO jobs (tenant_id, queue_name, job_type) VALUES ('{}', 'billing', 'test')",
            yard.tenants[1]
        ),
        format!(
            "INSERT INTO job_logs (tenant_id, job_id, status, attempt_number, started) VALUES ('{}', '{theirs}', 'retry', 1, now())",
            yard.tenants[0]
        ),
        format!("DELETE FROM jobs WHERE id = '{theirs}'"),
    ] {
        assert!(ask(&database, mine.clone(), &sql).await.is_err(), "{sql}");
    }
    database.close().await;
    assert_eq!(
        yard.one::<String>("SELECT to_jsonb(jobs)::text FROM jobs")
            .await,
        before
    );
}
