//! The dashboard: one operation, as many statements for much data as for none.

use chrono::{Datelike, Days, NaiveDate, Utc};
use gateway_tests::{Client, World};
use serde_json::{Value, json};

use super::{run, tenant};

const QUERY: &str = "{ dashboard {
    campaignsByStatus { status count }
    leadsByStatus { status count }
    newLeadsByWeek(timeZone: \"Europe/Berlin\") { week count }
    domainsToVerify(first: 3) { totalCount nodes { domain verificationStatus } }
    accountsNearDailyLimit(first: 200) { totalCount nodes { email dailyCount dailyLimit } }
} }";

/// Three groupings, and two lists with a page and a count each.
const STATEMENTS: u32 = 7;

async fn ask(client: &Client) -> Value {
    let answer = client.query(QUERY).await;
    let data = answer.data()["dashboard"].take();
    assert_eq!(answer.statements(), STATEMENTS);
    data
}

#[tokio::test]
async fn a_tenant_without_anything_sees_zeros() {
    let world = World::empty().await;
    let board = ask(&tenant(&world).await.client).await;
    let statuses = |field: &str| -> Vec<_> {
        let counts = board[field].as_array().into_iter().flatten();
        counts
            .map(|count| {
                (
                    count["status"].as_str().unwrap_or_default(),
                    count["count"].as_i64(),
                )
            })
            .collect()
    };
    assert_eq!(
        statuses("campaignsByStatus"),
        ["DRAFT", "SCHEDULED", "SENDING", "COMPLETED", "PAUSED"].map(|status| (status, Some(0)))
    );
    assert_eq!(
        statuses("leadsByStatus"),
        ["ACTIVE", "UNSUBSCRIBED", "BOUNCED", "REPLIED", "ARCHIVED"]
            .map(|status| (status, Some(0)))
    );
    let empty = json!({ "totalCount": 0, "nodes": [] });
    assert_eq!(
        [&board["domainsToVerify"], &board["accountsNearDailyLimit"]],
        [&empty, &empty]
    );
}

/// The Monday of this week in Berlin.
fn this_monday() -> NaiveDate {
    let today = Utc::now()
        .with_timezone(&chrono_tz::Europe::Berlin)
        .date_naive();
    today - Days::new(u64::from(today.weekday().num_days_from_monday()))
}

/// What a new tenant sees whose leads were made in the weeks before that of a Monday, and in that.
async fn board_of_week(world: &World, monday: NaiveDate) -> Value {
    let tenant = tenant(world).await;
    let id = tenant.id;
    // Weeks ago, days into the week, hour of the clock in Berlin.
    for (number, (weeks, days, hour)) in [
        (11, 0, "00:00"),
        (11, 6, "23:59"),
        (12, 6, "23:59"),
        (3, 2, "12:00"),
        (0, 0, "00:00"),
    ]
    .into_iter()
    .enumerate()
    {
        let day = monday - Days::new(7 * weeks) + Days::new(days);
        run(
            world,
            &format!(
                "INSERT INTO leads (tenant_id, email, created) VALUES ('{id}', 'lead{number}@x.test', '{day} {hour} Europe/Berlin')"
            ),
        )
        .await;
    }
    ask(&tenant.client).await
}

#[tokio::test]
async fn new_leads_are_in_the_weeks_in_which_they_were_made() {
    let world = World::empty().await;
    let mut monday = this_monday();
    let mut board = board_of_week(&world, monday).await;
    // Another week may have begun meanwhile.
    if this_monday() != monday {
        monday = this_monday();
        board = board_of_week(&world, monday).await;
    }
    let expected: Vec<Value> = (0..12)
        .rev()
        .map(|weeks| {
            let count = match weeks {
                11 => 2,
                3 | 0 => 1,
                _ => 0,
            };
            json!({ "week": (monday - Days::new(7 * weeks)).to_string(), "count": count })
        })
        .collect();
    assert_eq!(board["newLeadsByWeek"], json!(expected));
}

#[tokio::test]
async fn the_demo_has_what_a_dashboard_shows() {
    let world = World::demo().await;
    let board = ask(&world.owner("acme")).await;
    let demo = world.demo.as_ref().expect("a demo world");
    let acme = demo
        .tenants
        .iter()
        .find(|tenant| tenant.name == "acme")
        .expect("acme")
        .id;
    let count = async |table: &str, condition: &str| -> i64 {
        let sql =
            format!("SELECT count(*) FROM {table} WHERE tenant_id = '{acme}' AND {condition}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(world.admin())
            .await
            .expect("a count")
    };
    for (field, table) in [
        ("campaignsByStatus", "campaigns"),
        ("leadsByStatus", "leads"),
    ] {
        for found in board[field].as_array().into_iter().flatten() {
            let status = found["status"].as_str().unwrap_or_default().to_lowercase();
            assert_eq!(
                found["count"],
                count(table, &format!("status = '{status}'")).await,
                "{table} {status}"
            );
        }
    }
    let unproven = count("domains", "verification_status <> 'verified'").await;
    assert_eq!(board["domainsToVerify"]["totalCount"], unproven);
    let near = count(
        "email_accounts",
        "daily_count >= 0.8 * daily_limit AND daily_limit > 0",
    )
    .await;
    assert_eq!(board["accountsNearDailyLimit"]["totalCount"], near);
    let all = count("email_accounts", "true").await;
    assert!(
        unproven > 0 && near > 0 && near < all,
        "{unproven} {near} {all}"
    );
    for account in board["accountsNearDailyLimit"]["nodes"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let number = |field: &str| account[field].as_i64().unwrap_or_default();
        assert!(
            5 * number("dailyCount") >= 4 * number("dailyLimit"),
            "{account}"
        );
    }
}

#[tokio::test]
async fn an_account_is_near_its_limit_from_four_fifths_on() {
    let world = World::empty().await;
    let tenant = tenant(&world).await;
    let id = tenant.id;
    run(
        &world,
        &format!(
            "WITH domain AS (INSERT INTO domains (tenant_id, domain) VALUES ('{id}', 'x.test') RETURNING id)
             INSERT INTO email_accounts (tenant_id, domain_id, email, daily_count, daily_limit)
             SELECT '{id}', domain.id, sent || '.' || most || '@x.test', sent, most FROM domain,
             (VALUES (39, 50), (40, 50), (51, 50), (0, 0), (3, 0), (2147483647, 2147483647), (0, 50)) v (sent, most)"
        ),
    )
    .await;
    let query = "{ dashboard { accountsNearDailyLimit(orderBy: {field: EMAIL}) { totalCount aggregates { max { dailyCount } } nodes { email } } } }";
    assert_eq!(
        tenant.client.data(query).await["dashboard"]["accountsNearDailyLimit"],
        json!({
            "totalCount": 3, "aggregates": { "max": { "dailyCount": 2_147_483_647 } },
            "nodes": [{ "email": "2147483647.2147483647@x.test" }, { "email": "40.50@x.test" }, { "email": "51.50@x.test" }],
        })
    );
}

#[tokio::test]
async fn staff_have_no_dashboard() {
    let world = World::demo().await;
    let staff = world.demo.as_ref().expect("a demo world").staff.id;
    let answer = world.staff(staff).query(QUERY).await;
    assert_eq!(
        (answer.code(), &answer.body["data"]),
        ("FORBIDDEN", &Value::Null)
    );
}
