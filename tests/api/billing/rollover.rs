//! The ends of periods: each once, whenever, how often and by how many it is looked at.

use std::sync::Arc;

use futures::future::join_all;
use serde_json::{Value, json};
use sqlx::Connection;
use tokio_util::sync::CancellationToken;
use worker::{Handlers, Options, Wake, Worker};

use super::{Books, at};

const PERIOD: &str = "current_period_start, current_period_end, status, cycle_anchor";

fn starts(reported: &[(String, Value)]) -> Vec<&str> {
    let starts = reported.iter().map(|(topic, start)| {
        assert_eq!(topic, "subscription.renewed");
        start.as_str().expect("a moment")
    });
    starts.collect()
}

#[tokio::test]
async fn months_that_were_missed_are_caught_up_one_by_one() {
    let books = Books::new().await;
    assert_eq!(books.roll_over(books.acme, "2027-02-28T09:59:59Z").await, 0);
    assert_eq!(books.roll_over(books.acme, "2027-05-31T10:00:00Z").await, 4);
    assert_eq!(
        books.subscription(books.acme, PERIOD).await,
        json!({
            "current_period_start": "2027-05-31T10:00:00+00:00", "current_period_end": "2027-06-30T10:00:00+00:00",
            "status": "active", "cycle_anchor": "2027-01-31T10:00:00+00:00",
        })
    );
    let reported = books.reported(books.acme, "periodStart").await;
    let expected = [
        "2027-02-28T10:00:00Z",
        "2027-03-31T10:00:00Z",
        "2027-04-30T10:00:00Z",
        "2027-05-31T10:00:00Z",
    ];
    assert_eq!(starts(&reported), expected);
    // Once more, and by a clock that was set back.
    for now in ["2027-05-31T10:00:00Z", "2027-03-01T00:00:00Z"] {
        assert_eq!(books.roll_over(books.acme, now).await, 0);
    }
    assert_eq!(books.reported(books.acme, "periodStart").await, reported);
    // Nobody else's.
    let theirs = books.subscription(books.globex, PERIOD).await;
    assert_eq!(theirs["current_period_end"], "2027-02-28T10:00:00+00:00");
    assert_eq!(books.reported(books.globex, "periodStart").await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_at_once_end_each_period_once() {
    let books = Books::new().await;
    let looks = (0..8).map(|_| books.roll_over(books.acme, "2028-01-31T10:00:00Z"));
    assert_eq!(join_all(looks).await.iter().sum::<usize>(), 12);
    let reported = books.reported(books.acme, "periodStart").await;
    let mut once = starts(&reported);
    once.dedup();
    assert_eq!(once.len(), 12);
}

/// One is held up between what it has read and what it writes: who comes second waits for it, and does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn who_comes_second_waits_and_finds_it_done() {
    let books = Books::new().await;
    let url = gateway_tests::cluster()
        .await
        .server
        .superuser_url(&books.world.database);
    let mut other = sqlx::PgConnection::connect(&url)
        .await
        .expect("a connection");
    let mut held = other.begin().await.expect("a transaction");
    sqlx::raw_sql("UPDATE subscriptions SET current_period_start = '2027-02-28T10:00:00Z', current_period_end = '2027-03-31T10:00:00Z'")
        .execute(&mut *held)
        .await
        .expect("the other's period");
    let waits = books.roll_over(books.acme, "2027-03-01T00:00:00Z");
    let commits = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(waiting)
            .fetch_one(books.world.admin())
            .await
            .expect("a number")
            == 0
        {
            tokio::task::yield_now().await;
        }
        held.commit().await.expect("the other's end");
    };
    let (ends, ()) = futures::future::join(waits, commits).await;
    assert_eq!(ends, 0);
    assert_eq!(books.reported(books.acme, "periodStart").await, []);
}

#[tokio::test]
async fn who_dies_in_between_has_done_nothing() {
    let books = Books::new().await;
    books
        .change(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF NEW.payload ->> 'periodStart' LIKE '2027-04%' THEN RAISE 'died here'; END IF; RETURN NEW; END $$;
             CREATE TRIGGER die BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION die()",
        )
        .await;
    let before = books.subscription(books.acme, "*").await;
    let late = at("2027-05-01T00:00:00Z");
    let died = books.keeping.roll_over(books.acme, late).await;
    assert!(died.is_err());
    assert_eq!(books.subscription(books.acme, "*").await, before);
    assert_eq!(books.reported(books.acme, "periodStart").await, []);
    books.change("DROP FUNCTION die() CASCADE").await;
    assert_eq!(books.roll_over(books.acme, "2027-05-01T00:00:00Z").await, 3);
    assert_eq!(books.reported(books.acme, "periodStart").await.len(), 3);
}

#[tokio::test]
async fn another_plan_follows_with_the_next_period() {
    let books = Books::new().await;
    books
        .change("UPDATE subscriptions SET pending_plan_id = (SELECT id FROM plans WHERE slug = 'growth')")
        .await;
    let plans =
        "(SELECT slug FROM plans WHERE id = plan_id) AS plan, pending_plan_id IS NOT NULL AS waits";
    books.roll_over(books.acme, "2027-02-28T09:59:59Z").await;
    assert_eq!(
        books.subscription(books.acme, plans).await,
        json!({ "plan": "starter", "waits": true })
    );
    books.roll_over(books.acme, "2027-04-28T10:00:00Z").await;
    assert_eq!(
        books.subscription(books.acme, plans).await,
        json!({ "plan": "growth", "waits": false })
    );
    let before = books.reported(books.acme, "planBefore").await;
    let before: Vec<bool> = before.iter().map(|(_, plan)| plan.is_string()).collect();
    assert_eq!(before, [true, false]);
}

#[tokio::test]
async fn what_is_to_end_ends_with_its_period() {
    let books = Books::new().await;
    books
        .change("UPDATE subscriptions SET cancel_at_period_end = true, cancel_reason = 'Done.'")
        .await;
    assert_eq!(books.roll_over(books.acme, "2029-01-01T00:00:00Z").await, 1);
    assert_eq!(books.roll_over(books.acme, "2029-01-01T00:00:00Z").await, 0);
    let ended = books
        .subscription(books.acme, "status, cancel_date, current_period_end")
        .await;
    let end = "2027-02-28T10:00:00+00:00";
    assert_eq!(
        ended,
        json!({ "status": "canceled", "cancel_date": end, "current_period_end": end })
    );
    assert_eq!(
        books.reported(books.acme, "at").await,
        [(
            "subscription.ended".to_owned(),
            json!("2027-02-28T10:00:00Z")
        )]
    );
}

/// By its schedule, as a worker does it.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_does_it_by_the_clock() {
    let books = Books::new().await;
    books
        .change("UPDATE subscriptions SET current_period_start = now() - interval '40 days', current_period_end = now() - interval '10 days'")
        .await;
    let queue = books.world.admin_of(migrations::Tier::Queue);
    sqlx::raw_sql("TRUNCATE jobs, job_logs; UPDATE job_schedules SET is_active = true, next_run = CASE name WHEN 'rollover' THEN now() ELSE 'infinity' END")
        .execute(queue)
        .await
        .expect("the hour");
    let server = &gateway_tests::cluster().await.server;
    let url = |tier| {
        server.url(
            "gateway_login",
            &gateway_tests::beside(&books.world.database, tier),
        )
    };
    let database = tenant::Database::new(
        &url(migrations::Tier::Oltp),
        &tenant::DatabaseOptions::default(),
    )
    .and_then(|made| made.and(tenant::Tier::Queue, &url(migrations::Tier::Queue)))
    .expect("PostgreSQL URLs");
    let handlers = bookkeeping::Bookkeeping::new(database.clone()).handlers();
    let options = Options {
        poll: std::time::Duration::from_millis(50),
        ..Options::default()
    };
    let worker = Worker::new(database, Handlers::new(handlers), Wake::default(), options);
    let stop = Arc::new(CancellationToken::new());
    let stopped = Arc::clone(&stop);
    let task = tokio::spawn(async move { worker.run(stopped.cancelled()).await });
    let done = "SELECT count(*) = 2 FROM jobs WHERE queue_name = 'billing' AND job_type = 'billing.rollover' AND status = 'completed'";
    for _ in 0..3000 {
        if sqlx::query_scalar::<_, bool>(done)
            .fetch_one(queue)
            .await
            .expect("jobs")
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    stop.cancel();
    task.await.expect("a worker that ends");
    let renewed = "SELECT bool_and(current_period_end > now()) FROM subscriptions";
    assert!(
        sqlx::query_scalar::<_, bool>(renewed)
            .fetch_one(books.world.admin())
            .await
            .expect("subscriptions")
    );
    for tenant in [books.acme, books.globex] {
        assert_eq!(books.reported(tenant, "periodStart").await.len(), 1);
    }
}
