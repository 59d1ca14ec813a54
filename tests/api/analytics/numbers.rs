//! Totals, rates, and the days before.

use entity::id::CampaignId;
use gateway_tests::World;
use serde_json::json;
use uuid::Uuid;

use super::{CAMPAIGNS, MAILBOXES, counted, day, demo, each, keys, newest, run, tenant};

/// Mail of a campaign in two weeks of 2026, which begin on Monday, 5 and 12 January.
pub(super) async fn two_weeks(world: &World) -> (Uuid, Uuid) {
    let acme = tenant(world, "acme");
    let campaign = keys(world, acme, "campaigns").await[0];
    for (on, numbers) in [
        ("2026-01-04", [7, 7, 7, 7]), // the Sunday before
        ("2026-01-05", [10, 4, 2, 1]),
        ("2026-01-07", [10, 6, 0, 1]),
        ("2026-01-12", [25, 5, 5, 0]),
        ("2026-01-18", [5, 1, 1, 0]),
        ("2026-01-19", [9, 9, 9, 9]), // the Monday after
    ] {
        day(world, CAMPAIGNS, (acme, campaign), on, numbers).await;
    }
    (acme, campaign)
}

#[tokio::test]
async fn a_campaign_has_totals_rates_and_what_is_different() {
    let (world, owner) = demo().await;
    let (acme, campaign) = two_weeks(&world).await;
    counted(&world, acme, "Europe/Berlin", "2026-01-19T08:00:00Z", true).await;
    let id = CampaignId::from(campaign);
    let query = format!(
        "{{ campaign(id: \"{id}\") {{ analytics(from: \"2026-01-12\", to: \"2026-01-18\") {{
            from to timeZone updated complete
            totals {{ sent delivered opened clicked replied bounced unsubscribed spamComplaints }}
            rates {{ open click reply bounce unsubscribe }}
            previous {{ from to totals {{ sent opened replied bounced }} rates {{ open reply bounce }} }}
            change {{ sent opened replied bounced clicked openRate replyRate bounceRate clickRate }}
            series {{ periodStart totals {{ sent replied }} rates {{ reply }} }} }} }} }}"
    );
    let analytics = owner.data(&query).await["campaign"]["analytics"].take();
    let empty = |on: &str| json!({"periodStart": on, "totals": {"sent": 0, "replied": 0}, "rates": {"reply": null}});
    assert_eq!(
        analytics,
        json!({
            "from": "2026-01-12", "to": "2026-01-18", "timeZone": "Europe/Berlin",
            "updated": "2026-01-19T08:00:00+00:00", "complete": true,
            "totals": {"sent": 30, "delivered": 30, "opened": 6, "clicked": 0, "replied": 6, "bounced": 0, "unsubscribed": 0, "spamComplaints": 0},
            "rates": {"open": 0.2, "click": 0.0, "reply": 0.2, "bounce": 0.0, "unsubscribe": 0.0},
            "previous": {"from": "2026-01-05", "to": "2026-01-11", "totals": {"sent": 20, "opened": 10, "replied": 2, "bounced": 2},
                "rates": {"open": 0.5, "reply": 0.1, "bounce": 0.1}},
            "change": {"sent": 0.5, "opened": -0.4, "replied": 2.0, "bounced": -1.0, "clicked": null,
                "openRate": -0.3, "replyRate": 0.1, "bounceRate": -0.1, "clickRate": 0.0},
            "series": [
                {"periodStart": "2026-01-12", "totals": {"sent": 25, "replied": 5}, "rates": {"reply": 0.2}},
                empty("2026-01-13"), empty("2026-01-14"), empty("2026-01-15"), empty("2026-01-16"), empty("2026-01-17"),
                {"periodStart": "2026-01-18", "totals": {"sent": 5, "replied": 1}, "rates": {"reply": 0.2}},
            ],
        })
    );
}

#[tokio::test]
async fn what_never_sent_has_zeros_and_no_rates() {
    let (_world, owner) = demo().await;
    let query = "{ campaigns(first: 1) { nodes { analytics(from: \"2026-01-12\", to: \"2026-01-13\") {
        timeZone updated complete totals { sent } rates { open } previous { totals { sent } } change { sent openRate }
        series { periodStart totals { sent } } } } } }";
    let analytics = owner.data(query).await["campaigns"]["nodes"][0]["analytics"].take();
    assert_eq!(
        analytics,
        json!({
            "timeZone": "UTC", "updated": null, "complete": false, "totals": {"sent": 0}, "rates": {"open": null},
            "previous": {"totals": {"sent": 0}}, "change": {"sent": null, "openRate": null},
            "series": [{"periodStart": "2026-01-12", "totals": {"sent": 0}}, {"periodStart": "2026-01-13", "totals": {"sent": 0}}],
        })
    );
}

#[tokio::test]
async fn a_tenants_numbers_are_those_of_all_its_accounts_and_of_no_other_tenant() {
    let (world, owner) = demo().await;
    for (name, sent) in [("acme", 3), ("globex", 100)] {
        let tenant = tenant(&world, name);
        for account in keys(&world, tenant, "email_accounts").await.iter().take(2) {
            day(
                &world,
                MAILBOXES,
                (tenant, *account),
                "2026-01-05",
                [sent, 1, 1, 0],
            )
            .await;
            day(
                &world,
                MAILBOXES,
                (tenant, *account),
                "2026-01-06",
                [sent, 0, 0, 0],
            )
            .await;
        }
        counted(
            &world,
            tenant,
            "UTC",
            "2026-01-07T00:00:00Z",
            name == "acme",
        )
        .await;
    }
    let query = "{ analytics(from: \"2026-01-05\", to: \"2026-01-06\") { complete totals { sent opened } series { totals { sent } } } }";
    let data = owner.data(query).await;
    assert_eq!(
        data["analytics"],
        json!({"complete": true, "totals": {"sent": 12, "opened": 2}, "series": [{"totals": {"sent": 6}}, {"totals": {"sent": 6}}]})
    );
}

#[tokio::test]
async fn every_kind_of_thing_that_mail_is_of_has_its_own() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    for (table, column, list, of, sent) in [
        (
            "campaign_analytics",
            "campaign_id",
            "campaigns",
            "campaigns",
            1,
        ),
        (
            "mailbox_analytics",
            "email_account_id",
            "emailAccounts",
            "email_accounts",
            2,
        ),
        (
            "sequence_step_analytics",
            "step_id",
            "campaignSequenceSteps",
            "campaign_sequence_steps",
            3,
        ),
        ("lead_analytics", "lead_id", "leads", "leads", 4),
        (
            "warmup_analytics",
            "domain_ip_assignment_id",
            "domainIpAssignments",
            "domain_ip_assignments",
            5,
        ),
    ] {
        // A page has no room for all leads.
        let first = match of {
            "leads" => newest(&world, acme, of).await,
            of => keys(&world, acme, of).await[0],
        };
        day(
            &world,
            (table, column),
            (acme, first),
            "2026-01-05",
            [sent, 0, 0, 0],
        )
        .await;
        let query = format!(
            "{{ {list} {{ nodes {{ id analytics(from: \"2026-01-05\", to: \"2026-01-05\") {{ totals {{ sent }} }} }} }} }}"
        );
        let data = owner.data(&query).await;
        let numbers = each(&data[list]["nodes"], "analytics");
        let numbers = numbers
            .iter()
            .map(|analytics| analytics["totals"]["sent"].as_i64());
        let counted: Vec<i64> = numbers.flatten().filter(|sent| *sent > 0).collect();
        assert_eq!(counted, [sent], "{list}");
    }
}

#[tokio::test]
async fn periods_that_are_paid_are_listed() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    let globex = tenant(&world, "globex");
    for (tenant, month, sent) in [(acme, 1, 10), (acme, 2, 20), (globex, 3, 900)] {
        run(
            &world,
            &format!(
                "INSERT INTO billing_analytics (tenant_id, period_start, period_end, emails_sent)
                VALUES ('{tenant}', '2026-0{month}-01Z', '2026-0{}-01Z', {sent})",
                month + 1
            ),
        )
        .await;
    }
    let query = "{ billingAnalytics { totalCount aggregates { sum { emailsSent } } nodes { id periodStart emailsSent subscription { id } } } }";
    let list = owner.data(query).await["billingAnalytics"].take();
    assert_eq!(each(&list["nodes"], "emailsSent"), [20, 10]);
    assert_eq!(
        json!([list["totalCount"], list["aggregates"]["sum"]["emailsSent"]]),
        json!([2, 30])
    );
    let query = format!(
        "{{ billingPeriod(id: {}) {{ periodStart }} }}",
        list["nodes"][1]["id"]
    );
    let found = owner.data(&query).await;
    assert_eq!(
        found["billingPeriod"]["periodStart"],
        "2026-01-01T00:00:00+00:00"
    );
}
