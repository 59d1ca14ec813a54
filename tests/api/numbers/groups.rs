//! Groups: in which day, week and month a moment is, in which order groups come, what their keys show.

use gateway_tests::World;
use serde_json::{Value, json};

use super::{leads_made, run, tenant};

/// `[[date, count], …]` of the groups of leads.
async fn leads_by(client: &gateway_tests::Client, unit: &str, zone: &str) -> Value {
    let query = format!(
        "{{ leads {{ groups(by: [CREATED_{}], timeZone: \"{zone}\") {{ key {{ created {{ {unit} }} }} aggregates {{ count }} }} }} }}",
        unit.to_uppercase()
    );
    let data = client.data(&query).await;
    let groups = data["leads"]["groups"].as_array().into_iter().flatten();
    groups
        .map(|group| json!([group["key"]["created"][unit], group["aggregates"]["count"]]))
        .collect()
}

#[tokio::test]
async fn a_day_is_that_of_the_time_zone_when_clocks_change() {
    let world = World::empty().await;
    let tenant = tenant(&world).await;
    // In Berlin the 29th of March 2026 has 23 hours, from 23:00 UTC of the 28th to 22:00.
    let moments = [
        "2026-03-28T22:59:59.999999Z",
        "2026-03-28T23:00:00Z",
        "2026-03-29T00:59:59Z",
        "2026-03-29T01:00:00Z",
        "2026-03-29T21:59:59.999999Z",
        "2026-03-29T22:00:00Z",
        // The 25th of October has 25, from 22:00 of the 24th to 23:00.
        "2026-10-24T22:00:00Z",
        "2026-10-25T22:59:59Z",
        "2026-10-25T23:00:00Z",
    ];
    leads_made(&world, &tenant, &moments).await;
    assert_eq!(
        leads_by(&tenant.client, "day", "Europe/Berlin").await,
        json!([
            ["2026-03-28", 1],
            ["2026-03-29", 4],
            ["2026-03-30", 1],
            ["2026-10-25", 2],
            ["2026-10-26", 1]
        ])
    );
    assert_eq!(
        leads_by(&tenant.client, "day", "UTC").await,
        json!([
            ["2026-03-28", 2],
            ["2026-03-29", 4],
            ["2026-10-24", 1],
            ["2026-10-25", 2]
        ])
    );
    // The 29th of March is a Sunday, the 26th of October a Monday.
    assert_eq!(
        leads_by(&tenant.client, "week", "Europe/Berlin").await,
        json!([
            ["2026-03-23", 5],
            ["2026-03-30", 1],
            ["2026-10-19", 2],
            ["2026-10-26", 1]
        ])
    );
    assert_eq!(
        leads_by(&tenant.client, "month", "Europe/Berlin").await,
        json!([["2026-03-01", 6], ["2026-10-01", 3]])
    );
}

#[tokio::test]
async fn a_week_begins_on_monday_also_across_years() {
    let world = World::empty().await;
    let tenant = tenant(&world).await;
    // A Sunday, the Monday after it, and the Sunday of that week, which is of the next year.
    let moments = [
        "2026-12-27T23:59:59Z",
        "2026-12-28T00:00:00Z",
        "2027-01-03T23:59:59Z",
    ];
    leads_made(&world, &tenant, &moments).await;
    assert_eq!(
        leads_by(&tenant.client, "week", "UTC").await,
        json!([["2026-12-21", 1], ["2026-12-28", 2]])
    );
}

#[tokio::test]
async fn a_group_shows_its_key_the_related_object_and_no_other_value() {
    let world = World::empty().await;
    let tenant = tenant(&world).await;
    let id = tenant.id;
    run(
        &world,
        &format!(
            "WITH company AS (INSERT INTO companies (tenant_id, name) VALUES ('{id}', 'Acme') RETURNING id)
             INSERT INTO campaigns (tenant_id, name, status, company_id)
             SELECT '{id}', name, status, CASE WHEN own THEN company.id END FROM company,
             (VALUES ('a', 'draft', true), ('b', 'paused', true), ('c', 'draft', true), ('d', 'paused', false)) v (name, status, own)"
        ),
    )
    .await;
    let data = tenant
        .client
        .data(
            "{ campaigns(first: 1) { groups(by: [COMPANY, STATUS]) {
                key { status company { id name } companyId created { day } }
                aggregates { count min { name } max { name } } } } }",
        )
        .await;
    let groups = &data["campaigns"]["groups"];
    let company = groups[0]["key"]["company"].clone();
    assert_eq!(company["name"], "Acme");
    let key = |status: &str, company: &Value| json!({ "status": status, "company": company, "companyId": company["id"], "created": null });
    let aggregates = |count: i64, min: &str, max: &str| json!({ "count": count, "min": { "name": min }, "max": { "name": max } });
    assert_eq!(
        *groups,
        json!([
            { "key": key("DRAFT", &company), "aggregates": aggregates(2, "a", "c") },
            { "key": key("PAUSED", &company), "aggregates": aggregates(1, "b", "b") },
            // Nulls are last.
            { "key": key("PAUSED", &Value::Null), "aggregates": aggregates(1, "d", "d") },
        ])
    );
}

#[tokio::test]
async fn the_same_field_twice_shows_what_both_select() {
    let world = World::demo().await;
    let query = "{ emailAccounts { aggregates { ...sums } ...more groups(by: [STATUS]) { aggregates { sum { dailyCount } } } } }
        fragment sums on EmailAccountAggregates { sum { dailyCount } }
        fragment more on EmailAccountConnection { aggregates { sum { dailyLimit } max { dailyCount } }
            groups(by: [STATUS]) { aggregates { max { dailyLimit } } } }";
    let answer = world.owner("acme").query(query).await;
    let accounts = &answer.data()["emailAccounts"];
    for number in [
        &accounts["aggregates"]["sum"]["dailyCount"],
        &accounts["aggregates"]["sum"]["dailyLimit"],
        &accounts["aggregates"]["max"]["dailyCount"],
        &accounts["groups"][0]["aggregates"]["sum"]["dailyCount"],
        &accounts["groups"][0]["aggregates"]["max"]["dailyLimit"],
    ] {
        assert!(
            number.as_i64().is_some_and(|number| number > 0),
            "{accounts:#}"
        );
    }
    assert_eq!(answer.statements(), 2);
}
