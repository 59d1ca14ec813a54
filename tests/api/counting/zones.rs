//! A day is one of the tenant's time zone.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use migrations::Tier;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::desk::Desk;

const COLUMNS: &str = "campaign_id, email_account_id, lead_id, sent";

impl Desk {
    pub(super) async fn live_in(&self, zone: &str) {
        let sql = format!(
            "INSERT INTO tenant_config (tenant_id, ui_settings) VALUES ('{}', '{{\"time_zone\": \"{zone}\"}}')
            ON CONFLICT (tenant_id) DO UPDATE SET ui_settings = excluded.ui_settings",
            self.tenants[0]
        );
        self.run(Tier::Oltp, &sql).await;
    }

    pub(super) async fn days(&self) -> Vec<String> {
        let lines = self.counted(0, 1).await;
        lines.into_iter().map(|(_, day, _)| day).collect()
    }
}

#[tokio::test]
async fn days_on_which_clocks_change_are_whole_days() {
    let desk = Desk::with(1, 2).await;
    desk.live_in("Europe/Berlin").await;
    desk.roll_up(0).await;
    let account = Uuid::from_u128(7);
    for (number, at) in (1..).zip([
        "2026-03-28 22:59:59Z", // the 28th ends
        "2026-03-28 23:00:00Z", // the 29th, of 23 hours, begins
        "2026-03-29 21:59:59Z",
        "2026-03-29 22:00:00Z",
        "2026-10-24 21:59:59Z",
        "2026-10-24 22:00:00Z", // the 25th, of 25 hours
        "2026-10-25 22:59:59Z",
        "2026-10-25 23:00:00Z",
    ]) {
        let values = format!("'{account}', '{account}', '{account}', '{at}'");
        desk.message(0, number, COLUMNS, &values).await;
    }
    desk.roll_up(0).await;
    desk.assert_exact(0, "Europe/Berlin").await;
    let sent: Vec<(String, i64)> = desk
        .counted(0, 1)
        .await
        .into_iter()
        .map(|(_, day, n)| (day, n[0]))
        .collect();
    let sent: Vec<(&str, i64)> = sent.iter().map(|(day, n)| (day.as_str(), *n)).collect();
    assert_eq!(
        sent,
        [
            ("2026-03-28", 1),
            ("2026-03-29", 2),
            ("2026-03-30", 1),
            ("2026-10-24", 1),
            ("2026-10-25", 2),
            ("2026-10-26", 1)
        ]
    );
}

/// The clocks of Beirut go from midnight to one: the day has none, and begins at one.
#[tokio::test]
async fn a_day_without_midnight_is_of_the_period_that_begins_with_it() {
    let desk = Desk::with(1, 100).await;
    desk.live_in("Asia/Beirut").await;
    let plan = "INSERT INTO plans (id, name, slug, price_monthly, price_yearly) VALUES ('00000000-0000-0000-0000-000000000009', 'P', 'p', 1, 2)";
    desk.run(Tier::Oltp, plan).await;
    let periods = format!(
        "INSERT INTO subscriptions (tenant_id, plan_id, current_period_start, current_period_end)
        SELECT '{}', '00000000-0000-0000-0000-000000000009', first::timestamptz, until::timestamptz FROM (VALUES
            ('2026-02-28 22:00Z', '2026-03-28 22:00Z'), ('2026-03-28 22:00Z', '2026-04-28 22:00Z')) p (first, until)",
        desk.tenants[0]
    );
    desk.run(Tier::Oltp, &periods).await;
    let account = Uuid::from_u128(7);
    for (number, at) in (1..).zip(["2026-03-28 21:59Z", "2026-03-28 22:30Z"]) {
        let values = format!("'{account}', '{account}', '{account}', '{at}'");
        desk.message(0, number, COLUMNS, &values).await;
    }
    desk.roll_up(0).await;
    let sql = "SELECT string_agg(format('%s %s', t.day, b.period_start AT TIME ZONE 'UTC'), ', ' ORDER BY t.day) \
         FROM mailbox_analytics t JOIN billing_analytics b ON b.id = t.billing_id";
    assert_eq!(
        desk.one::<String>(Tier::Analytics, sql).await,
        "2026-03-28 2026-02-28 22:00:00, 2026-03-29 2026-03-28 22:00:00"
    );
    let sent =
        "SELECT string_agg(emails_sent::text, ' ' ORDER BY period_start) FROM billing_analytics";
    assert_eq!(desk.one::<String>(Tier::Analytics, sent).await, "1 1");
}

/// As if the time zone that is counted by had been there for a day.
pub const A_DAY_AGO: &str = "UPDATE rollups SET zone_changed = zone_changed - interval '1 day'";

#[tokio::test]
async fn who_goes_back_and_forth_between_time_zones_is_counted_anew_once_a_day() {
    let desk = Desk::with(1, 100).await;
    let account = Uuid::from_u128(7);
    let message = async |number: u128| {
        let values = format!("'{account}', '{account}', '{account}', '2026-05-01 02:00Z'");
        desk.message(0, number, COLUMNS, &values).await;
    };
    let roll_up = async || {
        let rolled = desk.analytics.rollup(desk.tenant(0)).await;
        rolled.expect("numbers").is_anew
    };
    message(1).await;
    desk.roll_up(0).await;
    desk.live_in("America/New_York").await;
    assert!(roll_up().await);
    for (number, zone) in (2..).zip(["Europe/Berlin", "America/New_York", "Asia/Tokyo"]) {
        desk.live_in(zone).await;
        assert!(!roll_up().await, "{zone}");
        // What is new is counted all the same, by the days that the rest is of, which are named.
        message(number).await;
        desk.roll_up(0).await;
        desk.assert_exact(0, "America/New_York").await;
        let said = "SELECT time_zone::text FROM rollups";
        assert_eq!(
            desk.one::<String>(Tier::Analytics, said).await,
            "America/New_York"
        );
    }
    let due = "SELECT day_ends <= zone_changed + interval '1 day' FROM rollups";
    assert!(desk.one::<bool>(Tier::Analytics, due).await);
    desk.run(Tier::Analytics, A_DAY_AGO).await;
    assert!(roll_up().await);
    desk.assert_exact(0, "Asia/Tokyo").await;
}

#[tokio::test]
async fn another_time_zone_counts_anew_and_no_reader_sees_half() {
    let desk = Desk::with(1, 3).await;
    let account = Uuid::from_u128(7);
    for number in 0..40 {
        let at = format!("timestamptz '2026-05-01 00:30Z' + interval '{number} hours'");
        let values = format!("'{account}', '{account}', '{account}', {at}");
        desk.message(0, number + 1, COLUMNS, &values).await;
    }
    desk.roll_up(0).await;
    assert_eq!(desk.days().await, ["2026-05-01", "2026-05-02"]);
    let done = Arc::new(AtomicBool::new(false));
    let (admin, ended) = (
        desk.world.admin_of(Tier::Analytics).clone(),
        Arc::clone(&done),
    );
    let reading = tokio::spawn(async move {
        let mut seen = 0;
        while !ended.load(Ordering::Relaxed) {
            let sql = "SELECT (SELECT sum(sent)::bigint FROM mailbox_analytics), (SELECT sum(sent)::bigint FROM lead_analytics)";
            let sums: (i64, i64) = sqlx::query_as(AssertSqlSafe(sql))
                .fetch_one(&admin)
                .await
                .expect("sums");
            assert_eq!(sums, (40, 40));
            seen += 1;
        }
        seen
    });
    for zone in [
        "America/New_York",
        "Europe/Berlin",
        "Pacific/Kiritimati",
        "America/New_York",
    ] {
        desk.live_in(zone).await;
        let rolled = desk
            .analytics
            .rollup(desk.tenant(0))
            .await
            .expect("numbers");
        assert!(rolled.is_anew, "{zone}");
        desk.assert_exact(0, zone).await;
        desk.run(Tier::Analytics, A_DAY_AGO).await;
    }
    done.store(true, Ordering::Relaxed);
    assert!(reading.await.expect("sums of all or of none") > 3);
    assert_eq!(
        desk.days().await,
        ["2026-04-30", "2026-05-01", "2026-05-02"]
    );
}

#[tokio::test]
async fn another_server_or_database_is_counted_anew() {
    let desk = Desk::with(1, 100).await;
    desk.message(
        0,
        1,
        "email_account_id, sent",
        &format!("'{}', now()", Uuid::from_u128(7)),
    )
    .await;
    desk.roll_up(0).await;
    assert!(
        !desk
            .analytics
            .rollup(desk.tenant(0))
            .await
            .expect("numbers")
            .is_anew
    );
    for moved in [
        "source = 'elsewhere'",
        "next_transaction = next_transaction + 1000000000",
    ] {
        desk.run(Tier::Analytics, &format!("UPDATE rollups SET {moved}"))
            .await;
        desk.run(Tier::Analytics, "UPDATE mailbox_analytics SET sent = 99")
            .await;
        let rolled = desk
            .analytics
            .rollup(desk.tenant(0))
            .await
            .expect("numbers");
        assert!(rolled.is_anew, "{moved}");
        desk.assert_exact(0, "UTC").await;
    }
}
