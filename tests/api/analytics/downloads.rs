//! Numbers that are taken away as CSV.

use std::time::Duration;

use gateway_tests::{Client, LINK_KEY, World};
use migrations::Tier;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{CAMPAIGNS, day, demo, keys, run, tenant};

const DAYS: &str = "from=2026-01-01&to=2026-01-31";

async fn get(client: &Client, path: &str) -> Response {
    let sent = client.request(Method::GET, path).send().await;
    sent.expect("an answer")
}

async fn code(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body: Value = response.json().await.expect("JSON");
    let code = body["errors"][0]["extensions"]["code"].as_str();
    (status, code.unwrap_or_default().to_owned())
}

/// What is recorded, oldest first.
async fn recorded(world: &World, action: &str) -> Vec<Value> {
    let sql = format!(
        "SELECT to_jsonb(l) FROM admin_audit_log l WHERE action = '{action}' ORDER BY happened, id"
    );
    let rows = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(world.admin_of(Tier::Analytics))
        .await;
    rows.expect("entries")
}

/// Waits for what is recorded at the end of a download.
async fn ended(world: &World) -> Value {
    for _ in 0..3000 {
        if let Some(entry) = recorded(world, "analytics.downloaded").await.pop() {
            return entry;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the end of a download is not recorded");
}

/// Days of so many leads that are nobody, of one day.
async fn many(world: &World, tenant: Uuid, leads: u32) {
    run(
        world,
        &format!(
            "INSERT INTO lead_analytics (tenant_id, lead_id, day, sent)
            SELECT '{tenant}', gen_random_uuid(), '2026-01-05', 1 FROM generate_series(1, {leads})"
        ),
    )
    .await;
}

#[tokio::test]
async fn a_file_has_a_header_and_a_line_for_each_day_and_no_formula() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    let campaign = keys(&world, acme, "campaigns").await[0];
    sqlx::query("UPDATE campaigns SET name = $1 WHERE id = $2")
        .bind("=HYPERLINK(\"http://x.test\"), \"sale\"")
        .bind(campaign)
        .execute(world.admin())
        .await
        .expect("a name");
    day(
        &world,
        CAMPAIGNS,
        (acme, campaign),
        "2026-01-06",
        [5, 3, 2, 1],
    )
    .await;
    day(
        &world,
        CAMPAIGNS,
        (acme, campaign),
        "2026-01-05",
        [7, 0, 0, 0],
    )
    .await;
    let gone = Uuid::now_v7();
    day(&world, CAMPAIGNS, (acme, gone), "2026-01-31", [1, 0, 0, 0]).await;
    // Of other days, and of somebody else.
    day(
        &world,
        CAMPAIGNS,
        (acme, campaign),
        "2026-02-01",
        [9, 9, 9, 9],
    )
    .await;
    let globex = tenant(&world, "globex");
    let theirs = keys(&world, globex, "campaigns").await[0];
    day(
        &world,
        CAMPAIGNS,
        (globex, theirs),
        "2026-01-05",
        [99, 0, 0, 0],
    )
    .await;

    let response = get(&owner, &format!("/analytics/campaigns.csv?{DAYS}")).await;
    let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(response.status(), 200);
    assert_eq!(
        header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"campaigns-2026-01-01-2026-01-31.csv\""
    );
    assert_eq!(
        (header("cache-control"), header("x-content-type-options")),
        ("private, no-store".into(), "nosniff".into())
    );
    let (id, gone) = (
        entity::id::CampaignId::from(campaign),
        entity::id::CampaignId::from(gone),
    );
    let name = "\"'=HYPERLINK(\"\"http://x.test\"\"), \"\"sale\"\"\"";
    assert_eq!(
        response.text().await.expect("text"),
        format!(
            "day,campaign_id,campaign,status,completed_leads,sent,delivered,opened,clicked,replied,bounced,unsubscribed,spam_complaints\r\n\
             2026-01-05,{id},{name},,0,7,7,0,0,0,0,0,0\r\n\
             2026-01-06,{id},{name},,0,5,4,3,0,2,1,0,0\r\n\
             2026-01-31,{gone},,,0,1,1,0,0,0,0,0,0\r\n"
        )
    );
}

#[tokio::test]
async fn every_kind_has_a_file() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    for (kind, table, key, of) in [
        (
            "campaigns",
            "campaign_analytics",
            "campaign_id",
            "campaigns",
        ),
        (
            "accounts",
            "mailbox_analytics",
            "email_account_id",
            "email_accounts",
        ),
        (
            "steps",
            "sequence_step_analytics",
            "step_id",
            "campaign_sequence_steps",
        ),
        ("leads", "lead_analytics", "lead_id", "leads"),
        (
            "warmups",
            "warmup_analytics",
            "domain_ip_assignment_id",
            "domain_ip_assignments",
        ),
    ] {
        let row = keys(&world, acme, of).await[0];
        day(
            &world,
            (table, key),
            (acme, row),
            "2026-01-05",
            [3, 0, 0, 0],
        )
        .await;
        let text = get(&owner, &format!("/analytics/{kind}.csv?{DAYS}"))
            .await
            .text()
            .await
            .expect("text");
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(
            (lines.len(), lines[0][0], lines[0][1]),
            (2, "day", key),
            "{text}"
        );
        assert_eq!(
            (lines[1].len(), lines[1][0]),
            (lines[0].len(), "2026-01-05"),
            "{text}"
        );
        assert!(!lines[1][2].is_empty(), "{kind} has no name: {text}");
        let sent = lines[0]
            .iter()
            .position(|name| *name == "sent")
            .expect("a column");
        assert_eq!(lines[1][sent], "3", "{text}");
    }
    run(
        &world,
        &format!(
            "INSERT INTO billing_analytics (tenant_id, period_start, period_end, emails_sent)
            SELECT '{acme}', month, month + interval '1 month', 7 FROM generate_series('2026-01-01Z'::timestamptz, '2026-03-01Z', '1 month') AS month"
        ),
    )
    .await;
    let text = get(
        &owner,
        "/analytics/billing.csv?from=2026-01-01&to=2026-02-28",
    )
    .await
    .text()
    .await
    .expect("text");
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(
        text.starts_with("period_start,billing_analytics_id,period_end,emails_sent,"),
        "{text}"
    );
}

#[tokio::test]
async fn many_pages_are_one_file_of_one_moment_in_chunks() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    many(&world, acme, 150_000).await;
    let mut response = get(&owner, &format!("/analytics/leads.csv?{DAYS}")).await;
    assert_eq!(response.headers()["transfer-encoding"], "chunked");
    assert!(response.headers().get("content-length").is_none());
    let mut bytes = response
        .chunk()
        .await
        .expect("bytes")
        .expect("a chunk")
        .to_vec();
    // What comes while it is read is of another moment.
    run(
        &world,
        &format!("INSERT INTO lead_analytics (tenant_id, lead_id, day, sent) VALUES ('{acme}', gen_random_uuid(), '2026-01-30', 12345)"),
    )
    .await;
    let mut chunks = 1;
    while let Some(chunk) = response.chunk().await.expect("bytes") {
        bytes.extend(chunk);
        chunks += 1;
    }
    let text = String::from_utf8(bytes).expect("text");
    let mut ids: Vec<&str> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1))
        .collect();
    assert!(!text.contains("12345") && chunks > 10, "{chunks}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), text.lines().count()), (150_000, 150_001));
    let entry = ended(&world).await;
    assert_eq!(
        json!([entry["new_values"]["rows"], entry["new_values"]["complete"]]),
        json!([150_000, true])
    );
}

#[tokio::test]
async fn who_goes_away_ends_the_transaction_and_that_is_recorded() {
    let (world, owner) = demo().await;
    many(&world, tenant(&world, "acme"), 150_000).await;
    let mut response = get(&owner, &format!("/analytics/leads.csv?{DAYS}")).await;
    response.chunk().await.expect("bytes").expect("a chunk");
    drop(response);
    let entry = ended(&world).await;
    assert_eq!(entry["new_values"]["complete"], false, "{entry}");
    assert!(
        entry["new_values"]["rows"]
            .as_u64()
            .is_some_and(|rows| rows < 150_000),
        "{entry}"
    );
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'gateway_login' AND state LIKE 'idle in%'";
    let open: i64 = sqlx::query_scalar(open)
        .fetch_one(world.admin_of(Tier::Analytics))
        .await
        .expect("a number");
    assert_eq!(open, 0);
}

#[tokio::test]
async fn a_download_is_recorded_before_its_first_byte_and_at_its_end() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    let campaign = keys(&world, acme, "campaigns").await[0];
    day(
        &world,
        CAMPAIGNS,
        (acme, campaign),
        "2026-01-05",
        [7, 0, 0, 0],
    )
    .await;
    let request = owner.request(Method::GET, &format!("/analytics/campaigns.csv?{DAYS}"));
    let response = request
        .header("user-agent", "a browser")
        .send()
        .await
        .expect("an answer");
    let begun = recorded(&world, "analytics.download").await;
    assert_eq!(begun.len(), 1, "{begun:?}");
    response.text().await.expect("text");
    let ended = ended(&world).await;
    let user = world.demo.as_ref().expect("a demo").tenants[0]
        .users
        .iter()
        .find(|user| user.email == "owner@acme.test");
    for entry in [&begun[0], &ended] {
        assert_eq!(
            json!([
                entry["tenant_id"],
                entry["admin_user_id"],
                entry["resource_type"],
                entry["resource_id"],
                entry["user_agent"],
                entry["ip_address"]
            ]),
            json!([
                acme,
                user.expect("the owner").id,
                "analytics",
                "campaigns",
                "a browser",
                "127.0.0.1"
            ])
        );
        assert_eq!(
            json!([entry["new_values"]["from"], entry["new_values"]["to"]]),
            json!(["2026-01-01", "2026-01-31"])
        );
    }
    assert_eq!(
        json!([ended["new_values"]["rows"], ended["new_values"]["complete"]]),
        json!([1, true])
    );
}

/// Nothing leaves unseen.
#[tokio::test]
async fn what_can_not_be_recorded_is_not_given() {
    let (world, owner) = demo().await;
    run(
        &world,
        "ALTER TABLE admin_audit_log ADD CONSTRAINT full_up CHECK (false) NOT VALID",
    )
    .await;
    let refused = get(&owner, &format!("/analytics/campaigns.csv?{DAYS}")).await;
    assert_eq!(code(refused).await, (500, "INTERNAL_ERROR".to_owned()));
}

#[tokio::test]
async fn who_may_not_and_what_is_no_question_gets_nothing() {
    let (world, owner) = demo().await;
    let path = format!("/analytics/campaigns.csv?{DAYS}");
    let demo = world.demo.as_ref().expect("a demo world");
    let (user, staff) = (demo.tenants[0].users[0].id, demo.staff.id);
    assert_eq!(
        code(get(&world.anonymous(), &path).await).await,
        (401, "UNAUTHENTICATED".to_owned())
    );
    for client in [
        world.in_no_tenant(user),
        world.staff(staff),
        world.client(tenant(&world, "globex"), user),
    ] {
        assert_eq!(
            code(get(&client, &path).await).await,
            (403, "FORBIDDEN".to_owned())
        );
    }
    let acting = world.staff(staff).request(Method::GET, &path);
    let acting = acting
        .header("x-tenant-id", tenant(&world, "acme").to_string())
        .header("x-staff-reason", "a look");
    assert_eq!(
        code(acting.send().await.expect("an answer")).await,
        (403, "FORBIDDEN".to_owned())
    );
    for (path, status) in [
        ("/analytics/campaigns.csv", 400),
        ("/analytics/campaigns.csv?from=2026-01-01", 400),
        (
            "/analytics/campaigns.csv?from=2026-01-02&to=2026-01-01",
            400,
        ),
        ("/analytics/campaigns.csv?from=x&to=2026-01-01", 400),
        ("/analytics/campaigns?from=2026-01-01&to=2026-01-01", 404),
        ("/analytics/users.csv?from=2026-01-01&to=2026-01-01", 404),
    ] {
        assert_eq!(code(get(&owner, path).await).await.0, status, "{path}");
    }
    assert!(recorded(&world, "analytics.download").await.is_empty());
}

async fn link(owner: &Client) -> String {
    let query =
        "{ analyticsDownload(kind: CAMPAIGNS, from: \"2026-01-01\", to: \"2026-01-31\") { url } }";
    let data = owner.data(query).await;
    data["analyticsDownload"]["url"]
        .as_str()
        .expect("a link")
        .to_owned()
}

#[tokio::test]
async fn a_link_gives_the_same_file_to_a_browser() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    let campaign = keys(&world, acme, "campaigns").await[0];
    day(
        &world,
        CAMPAIGNS,
        (acme, campaign),
        "2026-01-05",
        [7, 0, 0, 0],
    )
    .await;
    let url = link(&owner).await;
    let by_link = get(&world.anonymous(), &url).await;
    assert_eq!(by_link.status(), 200);
    let by_token = get(&owner, &format!("/analytics/campaigns.csv?{DAYS}")).await;
    assert_eq!(
        by_link.text().await.expect("text"),
        by_token.text().await.expect("text")
    );
    // Changed in the middle, where the days are.
    let middle = url.len() / 2;
    let other = if &url[middle..=middle] == "A" {
        "B"
    } else {
        "A"
    };
    let forged = format!("{}{other}{}", &url[..middle], &url[middle + 1..]);
    assert_eq!(
        code(get(&world.anonymous(), &forged).await).await,
        (403, "FORBIDDEN".to_owned())
    );
    let keys = mail::link::Keys::new([(0, LINK_KEY.as_bytes())]).expect("a key");
    let old = mail::link::Link::Export {
        tenant: acme,
        user: Uuid::nil(),
        wanted: format!("campaigns.csv?{DAYS}"),
    };
    let old = keys.sign(
        &old,
        Some(chrono::Utc::now() - chrono::TimeDelta::seconds(1)),
    );
    let expired = get(&world.anonymous(), &format!("/analytics/link/{old}")).await;
    assert_eq!(code(expired).await, (410, "LINK_EXPIRED".to_owned()));
}

#[tokio::test]
async fn the_link_of_a_removed_member_is_dead() {
    let (world, _) = demo().await;
    let member = world.user("acme", "analyst@acme.test");
    let url = link(&member).await;
    assert_eq!(get(&world.anonymous(), &url).await.status(), 200);
    sqlx::raw_sql(
        "UPDATE tenant_users SET deleted = now() WHERE user_id = (SELECT id FROM users WHERE email = 'analyst@acme.test')",
    )
    .execute(world.admin())
    .await
    .expect("a removal");
    assert_eq!(
        code(get(&world.anonymous(), &url).await).await,
        (403, "FORBIDDEN".to_owned())
    );
}
