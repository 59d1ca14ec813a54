//! Totals of groups.

use entity::id::{CampaignId, CampaignSequenceStepId, EmailAccountId};
use gateway_tests::{Client, World};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CAMPAIGNS, MAILBOXES, day, demo, keys, run, tenant};

const DAYS: &str = "from: \"2026-01-01\", to: \"2026-02-28\"";

/// The groups of all of a tenant's mail: each with its key, of which only what is asked for, and what was sent.
async fn groups(owner: &Client, arguments: &str, key: &str) -> Value {
    let query = format!(
        "{{ analytics({DAYS}) {{ groups({arguments}) {{ key {{ {key} }} totals {{ sent }} }} }} }}"
    );
    owner.data(&query).await["analytics"]["groups"].take()
}

fn group(key: Value, sent: i64) -> Value {
    json!({"key": key, "totals": {"sent": sent}})
}

/// Days of two of the tenant's campaigns; and of one of another tenant, on the same days.
async fn two_campaigns(world: &World) -> [Uuid; 2] {
    let acme = tenant(world, "acme");
    let campaigns = keys(world, acme, "campaigns").await;
    for (campaign, on, numbers) in [
        (campaigns[0], "2025-12-31", [900, 0, 0, 0]), // not asked for
        (campaigns[0], "2026-01-05", [10, 5, 1, 0]),
        (campaigns[0], "2026-01-11", [20, 5, 1, 0]),
        (campaigns[0], "2026-02-02", [30, 5, 4, 0]),
        (campaigns[1], "2026-01-12", [4, 0, 0, 0]),
        (campaigns[1], "2026-03-01", [900, 0, 0, 0]), // nor this
    ] {
        day(world, CAMPAIGNS, (acme, campaign), on, numbers).await;
    }
    let globex = tenant(world, "globex");
    let theirs = keys(world, globex, "campaigns").await[0];
    for campaign in [theirs, campaigns[0]] {
        let of = (globex, campaign);
        day(world, CAMPAIGNS, of, "2026-01-05", [7777, 7, 7, 7]).await;
    }
    [campaigns[0], campaigns[1]]
}

#[tokio::test]
async fn a_tenants_mail_is_grouped_by_campaigns_and_by_spans() {
    let (world, owner) = demo().await;
    let campaigns = two_campaigns(&world).await;
    let ids = campaigns.map(|campaign| CampaignId::from(campaign).to_string());
    let by_campaign = groups(&owner, "by: [CAMPAIGN]", "campaignId day stepId").await;
    let key = |id: &str| json!({"campaignId": id, "day": null, "stepId": null});
    assert_eq!(
        by_campaign,
        json!([group(key(&ids[0]), 60), group(key(&ids[1]), 4)])
    );
    // In the order of `by`; a week begins on Monday.
    let by_both = groups(&owner, "by: [MONTH, CAMPAIGN]", "month campaignId").await;
    let key = |month: &str, id: &str| json!({"month": month, "campaignId": id});
    assert_eq!(
        by_both,
        json!([
            group(key("2026-01-01", &ids[0]), 30),
            group(key("2026-01-01", &ids[1]), 4),
            group(key("2026-02-01", &ids[0]), 30)
        ])
    );
    let by_week = groups(&owner, "by: [CAMPAIGN, WEEK], atLeastSent: 5", "week").await;
    assert_eq!(
        by_week,
        json!([
            group(json!({"week": "2026-01-05"}), 30),
            group(json!({"week": "2026-02-02"}), 30)
        ])
    );
    let by_day = groups(&owner, "by: [DAY, CAMPAIGN], first: 2", "day").await;
    assert_eq!(
        by_day,
        json!([
            group(json!({"day": "2026-01-05"}), 10),
            group(json!({"day": "2026-01-11"}), 20)
        ])
    );
    // The rows of what is grouped by, and rates.
    let query = format!(
        "{{ analytics({DAYS}) {{ groups(by: [CAMPAIGN]) {{ key {{ campaign {{ id }} }} rates {{ reply }} }} }} }}"
    );
    let data = owner.data(&query).await;
    assert_eq!(
        data["analytics"]["groups"],
        json!([
            {"key": {"campaign": {"id": ids[0]}}, "rates": {"reply": 0.1}},
            {"key": {"campaign": {"id": ids[1]}}, "rates": {"reply": 0.0}}
        ])
    );
}

#[tokio::test]
async fn accounts_are_groups_of_all_mail_and_what_is_gone_keeps_its_numbers() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    let account = keys(&world, acme, "email_accounts").await[0];
    let gone = Uuid::from_u128(1);
    for (account, sent) in [(account, 3), (gone, 2)] {
        day(
            &world,
            MAILBOXES,
            (acme, account),
            "2026-01-05",
            [sent, 0, 0, 0],
        )
        .await;
    }
    let globex = tenant(&world, "globex");
    let theirs = keys(&world, globex, "email_accounts").await[0];
    day(
        &world,
        MAILBOXES,
        (globex, theirs),
        "2026-01-05",
        [7777, 0, 0, 0],
    )
    .await;
    let ids = [gone, account].map(|account| EmailAccountId::from(account).to_string());
    let found = groups(
        &owner,
        "by: [EMAIL_ACCOUNT]",
        "emailAccountId emailAccount { id }",
    )
    .await;
    assert_eq!(
        found,
        json!([
            group(json!({"emailAccountId": ids[0], "emailAccount": null}), 2),
            group(
                json!({"emailAccountId": ids[1], "emailAccount": {"id": ids[1]}}),
                3
            )
        ])
    );
    // Without rows to group by it is all mail.
    assert_eq!(
        groups(&owner, "by: [MONTH]", "month").await,
        json!([group(json!({"month": "2026-01-01"}), 5)])
    );
}

#[tokio::test]
async fn a_campaign_has_its_steps_as_groups_and_no_other_campaigns() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    let campaigns = keys(&world, acme, "campaigns").await;
    let steps = keys(&world, acme, "campaign_sequence_steps").await;
    for (tenant, campaign, step, on, sent) in [
        (acme, campaigns[0], steps[0], "2026-01-05", 5),
        (acme, campaigns[0], steps[0], "2026-01-06", 6),
        (acme, campaigns[0], steps[1], "2026-01-05", 1),
        (acme, campaigns[1], steps[2], "2026-01-05", 50),
        (
            self::tenant(&world, "globex"),
            campaigns[0],
            steps[0],
            "2026-01-07",
            7777,
        ),
    ] {
        run(
            &world,
            &format!(
                "INSERT INTO sequence_step_analytics (tenant_id, campaign_id, step_id, day, sent)
                VALUES ('{tenant}', '{campaign}', '{step}', '{on}', {sent})"
            ),
        )
        .await;
    }
    let ids = [0, 1, 2].map(|place| CampaignSequenceStepId::from(steps[place]).to_string());
    let query = format!(
        "{{ campaigns(first: 50) {{ nodes {{ id analytics({DAYS}) {{ groups(by: [STEP]) {{ key {{ stepId step {{ id }} campaignId }} totals {{ sent }} }} }} }} }} }}"
    );
    let answer = owner.query(&query).await;
    // The campaigns, their numbers, the groups of all of them, the steps of all groups.
    assert_eq!(answer.statements(), 4);
    let data = answer.data();
    let of = |campaign: Uuid| {
        let id = CampaignId::from(campaign).to_string();
        let nodes = data["campaigns"]["nodes"].as_array().expect("campaigns");
        let node = nodes.iter().find(|node| node["id"] == *id);
        node.expect("the campaign")["analytics"]["groups"].clone()
    };
    let step = |place: usize| json!({"stepId": ids[place], "step": {"id": ids[place]}, "campaignId": null});
    assert_eq!(
        of(campaigns[0]),
        json!([group(step(0), 11), group(step(1), 1)])
    );
    assert_eq!(of(campaigns[1]), json!([group(step(2), 50)]));
    // Of all campaigns together, the steps with theirs.
    let found = groups(&owner, "by: [CAMPAIGN, STEP]", "campaignId stepId").await;
    let key = |campaign: usize, step: usize| json!({"campaignId": CampaignId::from(campaigns[campaign]).to_string(), "stepId": ids[step]});
    assert_eq!(
        found,
        json!([
            group(key(0, 0), 11),
            group(key(0, 1), 1),
            group(key(1, 2), 50)
        ])
    );
}
