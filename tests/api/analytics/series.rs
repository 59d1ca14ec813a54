//! Days, weeks and months without gaps, where the tenant is.

use gateway_tests::World;
use migrations::Tier;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{counted, demo, each, keys, numbers::two_weeks, run, tenant};

#[tokio::test]
async fn weeks_begin_on_monday_and_months_on_the_first() {
    let (world, owner) = demo().await;
    two_weeks(&world).await;
    let series = async |by: &str, from: &str, to: &str| {
        let query = format!(
            "{{ topCampaigns(from: \"{from}\", to: \"{to}\") {{ ranks {{ campaign {{ analytics(from: \"{from}\", to: \"{to}\", by: {by}) {{
                series {{ periodStart totals {{ sent }} }} }} }} }} }} }}"
        );
        let data = owner.data(&query).await;
        let series = &data["topCampaigns"]["ranks"][0]["campaign"]["analytics"]["series"];
        let sent = each(series, "totals");
        let sent = sent.iter().map(|totals| totals["sent"].clone());
        json!([each(series, "periodStart"), sent.collect::<Vec<Value>>()])
    };
    assert_eq!(
        series("WEEK", "2026-01-05", "2026-01-18").await,
        json!([["2026-01-05", "2026-01-12"], [20, 30]])
    );
    // The first and the last week are cut, and begin on Monday all the same.
    assert_eq!(
        series("WEEK", "2026-01-04", "2026-01-26").await,
        json!([
            [
                "2025-12-29",
                "2026-01-05",
                "2026-01-12",
                "2026-01-19",
                "2026-01-26"
            ],
            [7, 20, 30, 9, 0]
        ])
    );
    assert_eq!(
        series("MONTH", "2025-12-15", "2026-02-01").await,
        json!([["2025-12-01", "2026-01-01", "2026-02-01"], [0, 66, 0]])
    );
}

/// The first and the last of the last thirty days in a time zone.
async fn last_thirty(world: &World, zone: &str) -> (String, String) {
    let days = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT (today - 29)::text, today::text FROM (SELECT (now() AT TIME ZONE '{zone}')::date AS today) AS day"
    )))
    .fetch_one(world.admin_of(Tier::Analytics))
    .await;
    days.expect("days")
}

#[tokio::test]
async fn days_that_are_not_given_are_the_last_thirty_where_the_tenant_is() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    // Half of the world has another day than the other half, so one of these is not that of UTC.
    for zone in ["Pacific/Kiritimati", "Etc/GMT+12"] {
        run(&world, "DELETE FROM rollups").await;
        counted(&world, acme, zone, "2026-01-19T08:00:00Z", false).await;
        let (first, last, data) = loop {
            let (first, last) = last_thirty(&world, zone).await;
            let data = owner
                .data("{ analytics { from to timeZone complete series { periodStart } } }")
                .await;
            // Unless a day ended there in between.
            if last_thirty(&world, zone).await.1 == last {
                break (first, last, data);
            }
        };
        let analytics = &data["analytics"];
        let series = each(&analytics["series"], "periodStart");
        assert_eq!(
            json!([
                analytics["from"],
                analytics["to"],
                analytics["timeZone"],
                analytics["complete"]
            ]),
            json!([first, last, zone, false])
        );
        assert_eq!(
            (series.len(), series[0], series[29]),
            (30, &json!(first), &json!(last))
        );
    }
}

/// The days on which clocks change have 23 and 25 hours, and a place each: mail is counted here as a worker counts it.
#[tokio::test]
async fn a_series_has_each_day_once_when_clocks_change() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    let zone = "mutation { updateTenantConfig(input: {uiSettings: {timeZone: \"Europe/Berlin\"}}) { tenantConfig { id } } }";
    owner.data(zone).await;
    let account = keys(&world, acme, "email_accounts").await[0];
    // The first and the last moment of each day, by two hours of clocks.
    for (number, at) in [
        "2015-03-28 22:59:59Z",
        "2015-03-28 23:00:00Z",
        "2015-03-29 21:59:59Z",
        "2015-03-29 22:00:00Z",
        "2015-10-24 21:59:59Z",
        "2015-10-24 22:00:00Z",
        "2015-10-25 22:59:59Z",
        "2015-10-25 23:00:00Z",
    ]
    .into_iter()
    .enumerate()
    {
        let id = Uuid::from_u128(0xd57_0000 + number as u128);
        let sql = format!(
            "INSERT INTO email_messages (id, tenant_id, storage_key, thread_id, direction, from_email, to_email, subject, status,
                email_account_id, sent)
            VALUES ('{id}', '{acme}', '{id}', '{id}', 'outbound', 'a@a.test', 'b@b.test', 's', 'sent', '{account}', '{at}')"
        );
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(world.admin_of(Tier::Content))
            .await
            .expect("a message");
    }
    let (analytics, pools) = gateway_tests::analytics(&world.database, 100).await;
    gateway_tests::roll_up(&analytics, acme.into()).await;
    pools.close().await;
    for (from, to) in [("2015-03-28", "2015-03-31"), ("2015-10-24", "2015-10-27")] {
        let query = format!(
            "{{ analytics(from: \"{from}\", to: \"{to}\") {{ timeZone complete totals {{ sent }} series {{ periodStart totals {{ sent }} }} }} }}"
        );
        let analytics = owner.data(&query).await["analytics"].take();
        let first: chrono::NaiveDate = from.parse().expect("a day");
        let days = first.iter_days().zip([1, 2, 1, 0]);
        let days: Vec<Value> = days
            .map(|(day, sent)| json!({"periodStart": day, "totals": {"sent": sent}}))
            .collect();
        assert_eq!(
            analytics,
            json!({"timeZone": "Europe/Berlin", "complete": true, "totals": {"sent": 4}, "series": days})
        );
    }
}
