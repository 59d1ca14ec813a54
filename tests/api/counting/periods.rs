//! Periods of a subscription that nobody saw while they ran.

use bookkeeping::Bookkeeping;
use migrations::Tier;
use uuid::Uuid;

use super::desk::Desk;

const PLAN: &str = "INSERT INTO plans (id, name, slug, price_monthly, price_yearly) \
    VALUES ('00000000-0000-0000-0000-000000000009', 'P', 'p', 1, 2)";

const COUNTED: &str = "SELECT string_agg(format('%s %s', period_start AT TIME ZONE 'UTC', emails_sent), ', ' ORDER BY period_start) \
    FROM billing_analytics";

impl Desk {
    async fn periods(&self) -> String {
        self.one(Tier::Analytics, COUNTED).await
    }

    async fn days_without_a_period(&self) -> i64 {
        let sql = "SELECT count(*) FROM mailbox_analytics WHERE billing_id IS NULL";
        self.one(Tier::Analytics, sql).await
    }
}

/// A worker that was away for two ends and more begins the last period; those between were paid for as well.
#[tokio::test]
async fn periods_that_were_missed_are_counted_and_recounted_the_same() {
    let desk = Desk::with(1, 100).await;
    desk.run(Tier::Oltp, PLAN).await;
    let begun = format!(
        "INSERT INTO subscriptions (tenant_id, plan_id, current_period_start, current_period_end) \
         VALUES ('{}', '00000000-0000-0000-0000-000000000009', '2026-01-31 00:00Z', '2026-02-28 00:00Z')",
        desk.tenants[0]
    );
    desk.run(Tier::Oltp, &begun).await;
    let account = Uuid::from_u128(7);
    for (number, at) in (1..).zip(["2026-02-10", "2026-03-10", "2026-04-10", "2026-05-10"]) {
        let values = format!("'{account}', '{at} 12:00Z'");
        desk.message(0, number, "email_account_id, sent", &values)
            .await;
    }
    desk.roll_up(0).await;
    assert_eq!(desk.periods().await, "2026-01-31 00:00:00 1");
    assert_eq!(desk.days_without_a_period().await, 3);
    let keeping = Bookkeeping::new(desk.database.clone());
    let late = "2026-05-20T00:00:00Z".parse().expect("a moment");
    let ends = keeping.roll_over(desk.tenant(0), late).await;
    assert_eq!(ends.expect("ends"), 3);
    desk.roll_up(0).await;
    let counted = desk.periods().await;
    assert_eq!(
        counted,
        "2026-01-31 00:00:00 1, 2026-02-28 00:00:00 1, 2026-03-31 00:00:00 1, 2026-04-30 00:00:00 1"
    );
    assert_eq!(desk.days_without_a_period().await, 0);
    let before = desk.dump(0).await;
    desk.analytics
        .recount(desk.tenant(0))
        .await
        .expect("numbers");
    assert_eq!(desk.dump(0).await, before);
    // Also from nothing.
    let forget = "UPDATE mailbox_analytics SET billing_id = NULL; DELETE FROM billing_analytics";
    desk.run(Tier::Analytics, forget).await;
    desk.analytics
        .recount(desk.tenant(0))
        .await
        .expect("numbers");
    assert_eq!(desk.periods().await, counted);
    assert_eq!(desk.days_without_a_period().await, 0);
}
