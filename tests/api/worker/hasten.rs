//! Jobs that tell others that what they wait for has happened.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::{TimeDelta, Utc};
use entity::id::JobId;
use uuid::Uuid;
use worker::{Done, Job, hand_over, hasten, hasten_all};

use super::yard::Yard;

/// A day: nobody waits for it in a test.
fn tomorrow() -> Done {
    Done::Again(Utc::now() + TimeDelta::days(1))
}

#[tokio::test]
async fn a_job_that_is_hastened_while_it_runs_is_done_once_more_whatever_it_says() {
    let waiting = Done::Waiting(Utc::now() + TimeDelta::days(1), Uuid::from_u128(7));
    for says in [Done::Completed(None), tomorrow(), waiting] {
        let yard = Yard::with(1).await;
        yard.add(0, 1, 1).await;
        let (database, said) = (yard.database().await, says.clone());
        let times = Arc::new(AtomicUsize::new(0));
        let worker = yard
            .work(move |job: Job| {
                let (database, said) = (database.clone(), said.clone());
                let is_first = times.fetch_add(1, Ordering::Relaxed) == 0;
                async move {
                    if is_first {
                        let hastened = hasten(&database, job.tenant, job.id).await;
                        hastened.expect("a database");
                    }
                    Ok(said)
                }
            })
            .await;
        let status = match says {
            Done::Completed(_) => "completed",
            Done::Again(_) | Done::Waiting(..) => "queued",
        };
        yard.until(&format!("fence = 2 AND status = '{status}' FROM jobs"))
            .await;
        worker.stop().await;
        let left = "SELECT concat_ws(' ', fence, attempt_count, run_at > now() + interval '23 hours') FROM jobs";
        let expected = match says {
            Done::Completed(_) => "2 1 f",
            Done::Again(_) | Done::Waiting(..) => "2 0 t",
        };
        assert_eq!(yard.one::<String>(left).await, expected);
    }
}

#[tokio::test]
async fn a_job_that_waits_is_hastened_and_one_that_is_due_or_over_is_left_alone() {
    let yard = Yard::with(2).await;
    let database = yard.database().await;
    let tenant = yard.tenants[0].into();
    let hastened = async |job: Uuid| {
        let done = hasten(&database, tenant, JobId::from(job)).await;
        done.expect("a database");
    };
    let row = "SELECT string_agg(concat_ws(' ', status, run_at <= now() + interval '3 seconds', run_at < now() - interval '1 minute'), '; ' \
         ORDER BY status, run_at) FROM jobs";
    let waits = yard.add(0, 1, -86400).await;
    let due = yard.add(0, 1, 3600).await;
    let over = yard.add(0, 1, 3600).await;
    yard.run(&format!(
        "UPDATE jobs SET status = 'completed' WHERE id = '{}'",
        over[0]
    ))
    .await;
    for job in [waits[0], due[0], over[0], Uuid::new_v4()] {
        hastened(job).await;
    }
    let expected = "completed t t; queued t t; queued t f";
    assert_eq!(yard.one::<String>(row).await, expected);
    // Another tenant's.
    let others = yard.add(1, 1, -86400).await;
    hastened(others[0]).await;
    let waits = "SELECT run_at > now() + interval '1 hour' FROM jobs ORDER BY run_at DESC LIMIT 1";
    assert!(yard.one::<bool>(waits).await);
}

/// Three wait for one thing, two of another tenant's, too, and one for another.
#[tokio::test]
async fn all_that_wait_for_the_same_are_hastened_and_nobody_elses() {
    let yard = Yard::with(2).await;
    let (this, that) = (Uuid::from_u128(7), Uuid::from_u128(8));
    yard.add(0, 3, 1).await;
    yard.add(1, 2, 1).await;
    let other = JobId::from(yard.add(0, 1, 1).await[0]);
    let worker = yard
        .work(move |job: Job| async move {
            let event = if job.id == other { that } else { this };
            Ok(Done::Waiting(Utc::now() + TimeDelta::days(1), event))
        })
        .await;
    yard.until("count(*) = 6 FROM jobs WHERE status = 'queued' AND waits_for IS NOT NULL")
        .await;
    worker.stop().await;
    let database = yard.database().await;
    let tenant = yard.tenants[0].into();
    let counts = [
        hasten_all(&database, tenant, this).await,
        hasten_all(&database, tenant, this).await,
    ];
    assert_eq!(counts.map(|count| count.expect("a database")), [3, 0]);
    let due = "SELECT string_agg(concat_ws(' ', tenant_id = '00000000-0000-0000-0000-000000000001', attempt_count, waits_for), '; ') \
         FROM jobs WHERE run_at <= now()";
    assert_eq!(yard.one::<String>(due).await, "t 0; t 0; t 0");

    // Whatever comes next, it waits no more.
    let worker = yard.work(|_| async { Ok(tomorrow()) }).await;
    yard.until(
        "count(*) = 3 FROM jobs WHERE fence = 2 AND status = 'queued' AND waits_for IS NULL",
    )
    .await;
    worker.stop().await;
}

/// Whether a younger job finds one to hand over to, by what that one is.
#[tokio::test]
async fn a_job_hands_over_to_an_older_one_about_the_same_that_has_not_ended() {
    for (older, expected) in [
        ("run_at = now() + interval '1 day'", true),
        (
            "status = 'running', started = now(), leased_until = now() + interval '1 hour'",
            true,
        ),
        ("status = 'completed'", false),
        ("status = 'failed'", false),
        (
            "run_at = now() + interval '1 day', payload = '{\"about\": \"that\"}'",
            false,
        ),
        (
            "run_at = now() + interval '1 day', job_type = 'other'",
            false,
        ),
        (
            "run_at = now() + interval '1 day', created = now() + interval '1 hour'",
            false,
        ),
        (
            "run_at = now() + interval '1 day', tenant_id = '00000000-0000-0000-0000-000000000002'",
            false,
        ),
    ] {
        let yard = Yard::with(2).await;
        let first = yard.add(0, 1, -86400).await;
        yard.run(&format!(
            "UPDATE jobs SET payload = '{{\"about\": \"this\"}}'; UPDATE jobs SET {older}"
        ))
        .await;
        let second = yard.add(0, 1, -86400).await;
        yard.run(&format!(
            "UPDATE jobs SET payload = '{{\"about\": \"this\"}}', run_at = now() WHERE id = '{}'",
            second[0]
        ))
        .await;
        let database = yard.database().await;
        let worker = yard
            .work(move |job: Job| {
                let database = database.clone();
                async move {
                    let found = hand_over(&database, &job, "about").await;
                    Ok(Done::Completed(Some(
                        found.expect("a database").to_string(),
                    )))
                }
            })
            .await;
        let said = format!(
            "log_message = '{expected}' FROM job_logs WHERE job_id = '{}' AND status = 'success'",
            second[0]
        );
        yard.until(&said).await;
        worker.stop().await;
        let sooner = format!(
            "SELECT run_at < now() + interval '1 hour' FROM jobs WHERE id = '{}'",
            first[0]
        );
        if expected {
            assert!(yard.one::<bool>(&sooner).await, "{older}");
        }
    }
}
