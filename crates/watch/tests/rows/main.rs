//! Incidents in real databases, as the login role writes them.
#![expect(clippy::expect_used, reason = "a test that can not be set up fails")]

mod alerts;
#[expect(dead_code, reason = "the tests of events use the rest")]
#[path = "../../../../tests/support/capture.rs"]
mod capture;
mod place;
mod roles;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use events::SuspiciousKind;
use place::{Place, Row};
use watch::{Incident, Kind, Probe, Watch};

fn quota(tenant: uuid::Uuid) -> Incident {
    Incident {
        kind: Kind::Quota("leads".to_owned()),
        tenant: Some(tenant.into()),
        count: 1,
    }
}

#[tokio::test]
async fn however_many_see_it_there_is_one_row() {
    let place = Place::new().await;
    let watches: Vec<Watch> = (0..4).map(|_| Watch::default()).collect();
    let running: Vec<_> = watches
        .iter()
        .map(|watch| place.run(watch, Vec::new(), None))
        .collect();
    let (one, other) = (place.tenants[0], place.tenants[1]);
    for _ in 0..10 {
        for watch in &watches {
            watch.raise(quota(one));
            watch.raise(quota(other));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Of a tenant that is none there is no row, and it is in nobody's way.
    watches[0].raise(quota(uuid::Uuid::from_u128(99)));
    let all = |rows: &[Row]| rows.len() == 2 && rows.iter().all(|row| row.occurrences == 40);
    let rows = place.until(all).await;
    for row in &rows {
        assert_eq!(
            (
                &*row.event_type,
                &*row.subject,
                &*row.severity,
                row.is_resolved
            ),
            ("quota_reached", "leads", "low", false)
        );
    }
    assert_ne!(rows[0].tenant_id, rows[1].tenant_id);
    drop(running);
}

#[tokio::test]
async fn dead_letters_are_told_until_they_are_gone() {
    let place = Place::new().await;
    let running = place.run(&Watch::default(), Vec::new(), None);
    place.fail_jobs(0, "billing").await;
    place.fail_jobs(1, "email-sending").await;
    let opened = place.until(|rows| rows.len() == 2).await;
    assert_eq!(
        (
            &*opened[0].event_type,
            &*opened[0].subject,
            opened[0].tenant_id
        ),
        ("dead_letters", "billing", Some(place.tenants[0]))
    );
    assert_eq!(
        (&*opened[1].subject, opened[1].tenant_id),
        ("email-sending", Some(place.tenants[1]))
    );
    place
        .queue("DELETE FROM jobs WHERE queue_name = 'billing'")
        .await;
    let rows = place
        .until(|rows| rows.iter().any(|row| row.is_resolved))
        .await;
    let state: Vec<_> = rows
        .iter()
        .map(|row| (&*row.subject, row.is_resolved, row.resolved_by))
        .collect();
    assert_eq!(
        state,
        [("billing", true, None), ("email-sending", false, None)]
    );
    // If it begins again it is another row.
    place.fail_jobs(0, "billing").await;
    let rows = place.until(|rows| rows.len() == 3).await;
    assert!(!rows[2].is_resolved && rows[2].subject == "billing");
    drop(running);
}

#[tokio::test]
async fn what_is_not_paid_is_told_until_it_is() {
    let place = Place::new().await;
    let running = place.run(&Watch::default(), Vec::new(), None);
    let (one, other) = (place.tenants[0], place.tenants[1]);
    place
        .oltp(&format!(
            "INSERT INTO plans (name, slug, price_monthly, price_yearly) VALUES ('Plan', 'plan', 1, 1);
            INSERT INTO subscriptions (id, tenant_id, plan_id, status, current_period_start, current_period_end)
            SELECT v.id, v.tenant, plans.id, v.status, now(), now() + interval '1 month'
            FROM plans, (VALUES ('{one}'::uuid, '{one}'::uuid, 'past_due'), ('{other}', '{other}', 'active')) AS v (id, tenant, status)"
        ))
        .await;
    let rows = place
        .until(|rows| rows.iter().any(|row| row.occurrences > 3))
        .await;
    let subject = <entity::id::SubscriptionId as entity::id::TypedId>::from_raw(one).to_string();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(
        (
            &*rows[0].event_type,
            &*rows[0].subject,
            &*rows[0].severity,
            rows[0].tenant_id
        ),
        ("payment_overdue", &*subject, "medium", Some(one))
    );
    place
        .oltp("UPDATE subscriptions SET status = 'active'")
        .await;
    let rows = place.until(|rows| rows[0].is_resolved).await;
    assert_eq!((rows.len(), rows[0].resolved_by), (1, None));
    drop(running);
}

#[tokio::test]
async fn what_somebody_resolved_is_not_opened_again_while_it_lasts() {
    let place = Place::new().await;
    let running = place.run_seldom();
    place.fail_jobs(0, "billing").await;
    place.until(|rows| rows.len() == 1).await;
    place.oltp("UPDATE admin_system_events SET is_resolved = true, resolved_at = now(), resolved_by = (SELECT id FROM users)").await;
    let before = place.rows().await[0].occurrences;
    // It is seen, and counted, where it is.
    let rows = place.until(|rows| rows[0].occurrences > before + 3).await;
    assert_eq!((rows.len(), rows[0].is_resolved), (1, true));
    place.queue("DELETE FROM jobs").await;
    let quiet = "SELECT quiet_until < now() FROM admin_system_events";
    while !place.is(quiet).await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    place.fail_jobs(0, "billing").await;
    place
        .until(|rows| rows.len() == 2 && !rows[1].is_resolved)
        .await;
    drop(running);
}

/// What a process depends on, and a test switches.
struct Switch(Arc<AtomicBool>);

#[async_trait::async_trait]
impl Probe for Switch {
    fn name(&self) -> &'static str {
        "redis"
    }

    async fn answers(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn what_does_not_answer_is_told_until_it_does() {
    let place = Place::new().await;
    let answers = Arc::new(AtomicBool::new(false));
    let running = place.run(
        &Watch::default(),
        vec![Box::new(Switch(answers.clone()))],
        None,
    );
    let rows = place
        .until(|rows| rows.len() == 1 && rows[0].occurrences > 2)
        .await;
    assert_eq!(
        (
            &*rows[0].event_type,
            &*rows[0].subject,
            &*rows[0].severity,
            rows[0].tenant_id
        ),
        ("dependency_failing", "redis", "high", None)
    );
    answers.store(true, Ordering::Relaxed);
    place.until(|rows| rows[0].is_resolved).await;
    // A database of its own beside the others.
    place.allow_connections("content", false).await;
    let rows = place.until(|rows| rows.len() == 2).await;
    assert_eq!(rows[1].subject, "content");
    place.allow_connections("content", true).await;
    place.until(|rows| rows[1].is_resolved).await;
    drop(running);
}

#[tokio::test]
async fn what_is_seen_while_the_database_is_away_is_written_when_it_is_back() {
    let place = Place::new().await;
    let watch = Watch::default();
    let running = place.run(&watch, Vec::new(), None);
    place.allow_connections("oltp", false).await;
    for _ in 0..5 {
        watch.raise(Incident {
            kind: Kind::Suspicious(SuspiciousKind::RepeatedFailures, None),
            tenant: Some(place.tenants[0].into()),
            count: 1,
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    place.allow_connections("oltp", true).await;
    let rows = place.until(|rows| rows.len() == 2).await;
    let mut told: Vec<_> = rows
        .iter()
        .map(|row| (&*row.subject, &*row.severity, row.occurrences))
        .collect();
    told.sort_unstable();
    assert_eq!((told[0].0, told[0].1), ("oltp", "critical"));
    assert_eq!(told[1], ("repeated_failures", "medium", 5));
    drop(running);
}
