//! Who has something to count is asked of all tenants at once, each minute.

use migrations::Tier;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use worker::{Handlers, Options, Wake, Worker};

use super::desk::Desk;

const COLUMNS: &str = "campaign_id, email_account_id, lead_id, sent";

impl Desk {
    /// A message that was sent at a time, of a tenant.
    async fn sent(&self, place: usize, number: u128, at: &str) {
        let id = Uuid::from_u128(7);
        let values = format!("'{id}', '{id}', '{id}', {at}");
        self.message(place, number, COLUMNS, &values).await;
    }

    /// The places of the tenants that are due.
    async fn due(&self) -> Vec<usize> {
        let due = self.analytics.due().await.expect("tenants");
        let place = |tenant: Uuid| self.tenants.iter().position(|known| *known == tenant);
        let mut due: Vec<usize> = due
            .into_iter()
            .map(|tenant| place(tenant.into()).expect("one of the tenants"))
            .collect();
        due.sort_unstable();
        due
    }

    /// Tenants of which each has been counted, and longer ago than what was just written.
    async fn counted_through(tenants: u128) -> Self {
        let desk = Self::with(tenants, 100).await;
        for place in 0..desk.tenants.len() {
            desk.roll_up(place).await;
        }
        desk.wait().await;
        desk
    }

    /// Has ten minutes pass since all was counted, of a day that still goes on.
    async fn wait(&self) {
        let later = "UPDATE rollups SET counted_until = counted_until - interval '10 minutes', day_ends = now() + interval '1 hour'";
        self.run(Tier::Analytics, later).await;
    }

    /// Has what was written beside messages be two minutes old.
    async fn age(&self) {
        for table in ["subscriptions", "tenant_config", "campaign_leads"] {
            let older = format!(
                "ALTER TABLE {table} DISABLE TRIGGER USER; UPDATE {table} SET updated = now() - interval '2 minutes';
                ALTER TABLE {table} ENABLE TRIGGER USER"
            );
            self.run(Tier::Oltp, &older).await;
        }
    }

    async fn minutes_behind(&self, place: usize) -> i32 {
        let sql = format!(
            "SELECT (extract(epoch FROM now() - counted_until) / 60)::integer FROM rollups WHERE tenant_id = '{}'",
            self.tenants[place]
        );
        self.one(Tier::Analytics, &sql).await
    }
}

#[tokio::test]
async fn who_has_no_news_is_not_due_and_counted_up_to_now() {
    let desk = Desk::with(3, 100).await;
    assert_eq!(desk.due().await, [0, 1, 2], "nobody was ever counted");
    desk.sent(2, 1, "now()").await;
    for place in 0..3 {
        desk.roll_up(place).await;
    }
    desk.wait().await;
    assert_eq!(desk.minutes_behind(2).await, 10);
    desk.sent(1, 2, "now() - interval '40 days'").await;
    assert_eq!(desk.due().await, [1], "what is late is news");
    assert_eq!(desk.minutes_behind(0).await, 0);
    assert_eq!(desk.minutes_behind(1).await, 10);
    assert_eq!(desk.minutes_behind(2).await, 0);
    desk.roll_up(1).await;
    assert!(desk.due().await.is_empty());
    desk.assert_exact(1, "UTC").await;
}

#[tokio::test]
async fn what_is_taken_back_or_goes_is_news() {
    let desk = Desk::counted_through(2).await;
    desk.sent(0, 1, "now()").await;
    desk.roll_up(0).await;
    desk.wait().await;
    assert!(desk.due().await.is_empty());
    desk.run(Tier::Content, "DELETE FROM email_messages").await;
    assert_eq!(desk.due().await, [0]);
}

#[tokio::test]
async fn a_day_ends_in_the_tenants_time_zone_and_is_closed_once() {
    let desk = Desk::with(2, 100).await;
    let zone = format!(
        "INSERT INTO tenant_config (tenant_id, ui_settings) VALUES ('{}', '{{\"time_zone\": \"Pacific/Kiritimati\"}}')",
        desk.tenants[0]
    );
    desk.run(Tier::Oltp, &zone).await;
    desk.age().await;
    for place in 0..2 {
        desk.roll_up(place).await;
    }
    let ends = "SELECT bool_and(day_ends = ((counted_until AT TIME ZONE time_zone)::date + 1)::timestamp AT TIME ZONE time_zone
            AND day_ends > counted_until AND day_ends <= counted_until + interval '1 day') AND count(DISTINCT day_ends) = 2 FROM rollups";
    assert!(desk.one::<bool>(Tier::Analytics, ends).await);
    desk.wait().await;
    let over = format!(
        "UPDATE rollups SET day_ends = now() WHERE tenant_id = '{}'",
        desk.tenants[0]
    );
    desk.run(Tier::Analytics, &over).await;
    assert_eq!(desk.due().await, [0]);
    desk.roll_up(0).await;
    assert!(desk.due().await.is_empty());
}

#[tokio::test]
async fn a_period_a_time_zone_and_a_lead_at_its_end_are_news_without_mail() {
    let desk = Desk::counted_through(4).await;
    let plan = "INSERT INTO plans (id, name, slug, price_monthly, price_yearly) VALUES ('00000000-0000-0000-0000-000000000009', 'P', 'p', 1, 2)";
    desk.run(Tier::Oltp, plan).await;
    let changes = format!(
        "INSERT INTO subscriptions (tenant_id, plan_id, current_period_start, current_period_end)
            VALUES ('{}', '00000000-0000-0000-0000-000000000009', now(), now() + interval '1 month');
        INSERT INTO tenant_config (tenant_id, ui_settings) VALUES ('{}', '{{\"time_zone\": \"Asia/Tokyo\"}}')",
        desk.tenants[1], desk.tenants[2],
    );
    desk.run(Tier::Oltp, &changes).await;
    let ended = format!(
        "ALTER TABLE campaign_leads DISABLE TRIGGER ALL;
        INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id, status) VALUES ('{0}', '{0}', '{0}', 'completed'),
            ('{1}', '{1}', '{1}', 'active')",
        desk.tenants[3], desk.tenants[0]
    );
    desk.run(Tier::Oltp, &ended).await;
    assert_eq!(desk.due().await, [1, 2, 3]);
    for place in 1..4 {
        desk.roll_up(place).await;
    }
    let known = "SELECT count(*) FROM billing_analytics";
    assert_eq!(desk.one::<i64>(Tier::Analytics, known).await, 1);
    // What was written less than a minute before is looked at once more.
    desk.age().await;
    assert!(desk.due().await.is_empty());
}

#[tokio::test]
async fn who_is_gone_is_not_due_and_who_was_left_in_the_middle_is() {
    let desk = Desk::counted_through(5).await;
    let tenant = |place: usize| desk.tenants[place];
    desk.sent(0, 1, "now()").await;
    desk.run(
        Tier::Oltp,
        &format!(
            "UPDATE tenants SET deleted = now() WHERE id = '{}'",
            tenant(0)
        ),
    )
    .await;
    let left = format!(
        "UPDATE rollups SET is_complete = false WHERE tenant_id = '{}';
        UPDATE rollups SET stale_from = '2026-01-01' WHERE tenant_id = '{}';
        UPDATE rollups SET source = 'elsewhere' WHERE tenant_id = '{}';
        UPDATE rollups SET next_transaction = next_transaction + 1000000000 WHERE tenant_id = '{}'",
        tenant(1),
        tenant(2),
        tenant(3),
        tenant(4)
    );
    desk.run(Tier::Analytics, &left).await;
    assert_eq!(desk.due().await, [1, 2, 3, 4]);
}

/// As a worker does it: by the schedule.
#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_makes_jobs_for_those_who_are_due() {
    let desk = Desk::counted_through(3).await;
    desk.sent(1, 1, "now()").await;
    let now = "UPDATE job_schedules SET is_active = name = 'analytics', next_run = now()";
    desk.run(Tier::Queue, now).await;
    let handlers = Handlers::new(desk.analytics.handlers());
    let worker = Worker::new(
        desk.database.clone(),
        handlers,
        Wake::default(),
        Options::default(),
    );
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { worker.run(stop.cancelled()).await }
    });
    let done = "SELECT count(*) > 0 AND bool_and(status = 'completed') FROM jobs";
    for _ in 0..3000 {
        if desk.one::<bool>(Tier::Queue, done).await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    stop.cancel();
    running.await.expect("a worker that ends");
    let whose =
        "SELECT array_agg(DISTINCT tenant_id) FROM jobs WHERE job_type = 'analytics.rollup'";
    assert_eq!(
        desk.one::<Vec<Uuid>>(Tier::Queue, whose).await,
        [desk.tenants[1]]
    );
}
