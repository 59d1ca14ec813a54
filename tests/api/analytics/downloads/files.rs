//! What there is in a file.

use uuid::Uuid;

use super::{
    super::{CAMPAIGNS, day, demo, keys, run, tenant},
    DAYS, get,
};

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
async fn periods_are_those_of_days_where_the_tenant_is() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    // Midnight of 1 February in Auckland is in January's last day in UTC.
    run(
        &world,
        &format!(
            "INSERT INTO rollups (tenant_id, source, next_transaction, next_event, time_zone) VALUES ('{acme}', 'here', 0, 0, 'Pacific/Auckland');
            INSERT INTO billing_analytics (tenant_id, period_start, period_end, emails_sent) VALUES
                ('{acme}', '2026-01-31T11:00:00Z', '2026-02-28T11:00:00Z', 7)"
        ),
    )
    .await;
    let file = async |days: &str| {
        let file = get(&owner, &format!("/analytics/billing.csv?{days}")).await;
        file.text().await.expect("text")
    };
    let january = file("from=2026-01-01&to=2026-01-31").await;
    assert_eq!(january.lines().count(), 1, "{january}");
    let february = file("from=2026-02-01&to=2026-02-28").await;
    assert_eq!(february.lines().count(), 2, "{february}");
    assert!(
        february.contains("\r\n2026-01-31T11:00:00.000000Z,"),
        "{february}"
    );
}
