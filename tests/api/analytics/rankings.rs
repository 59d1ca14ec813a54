//! What stands out.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{CAMPAIGNS, counted, day, demo, keys, tenant};

#[tokio::test]
async fn the_best_are_first_and_what_few_got_is_left_out() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    let campaigns = keys(&world, acme, "campaigns").await;
    for (campaign, numbers) in
        campaigns
            .iter()
            .zip([[100, 50, 10, 1], [40, 30, 8, 2], [2, 2, 2, 0], [0, 1, 1, 0]])
    {
        day(&world, CAMPAIGNS, (acme, *campaign), "2026-01-05", numbers).await;
    }
    // Of other days, and of nobody who is here.
    day(
        &world,
        CAMPAIGNS,
        (acme, campaigns[1]),
        "2026-02-05",
        [900, 900, 900, 0],
    )
    .await;
    let globex = tenant(&world, "globex");
    let theirs = keys(&world, globex, "campaigns").await[0];
    day(
        &world,
        CAMPAIGNS,
        (globex, theirs),
        "2026-01-05",
        [999, 999, 999, 0],
    )
    .await;
    counted(&world, acme, "UTC", "2026-03-01T00:00:00Z", true).await;

    let top = async |arguments: &str| {
        let query = format!(
            "{{ topCampaigns(from: \"2026-01-01\", to: \"2026-01-31\", {arguments}) {{ from to updated complete
                ranks {{ campaignId campaign {{ id }} totals {{ sent }} rates {{ reply }} }} }} }}"
        );
        owner.data(&query).await["topCampaigns"].take()
    };
    let sent = |found: &Value| -> Vec<i64> {
        let ranks = found["ranks"].as_array().into_iter().flatten();
        ranks
            .filter_map(|rank| rank["totals"]["sent"].as_i64())
            .collect()
    };
    let best = top("by: REPLY_RATE, first: 2, atLeastSent: 10").await;
    assert_eq!(sent(&best), [40, 100]);
    assert_eq!(
        json!([best["from"], best["to"], best["updated"], best["complete"]]),
        json!([
            "2026-01-01",
            "2026-01-31",
            "2026-03-01T00:00:00+00:00",
            true
        ])
    );
    let ranks = best["ranks"].as_array().expect("ranks");
    for rank in ranks {
        assert_eq!(rank["campaignId"], rank["campaign"]["id"]);
    }
    assert_eq!(
        (&ranks[0]["rates"]["reply"], &ranks[1]["rates"]["reply"]),
        (&json!(0.2), &json!(0.1))
    );
    assert_eq!(sent(&top("by: REPLY_RATE").await), [2, 40, 100]);
    assert_eq!(sent(&top("by: BOUNCED").await), [40, 100, 2]);
    // What sent nothing has no rate, and comes last.
    assert_eq!(
        sent(&top("by: OPEN_RATE, atLeastSent: 0").await),
        [2, 40, 100, 0]
    );
    let none = top("first: 0").await;
    assert_eq!(json!([none["ranks"], none["complete"]]), json!([[], true]));
}

#[tokio::test]
async fn equals_are_in_the_order_of_their_ids() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    let campaigns = keys(&world, acme, "campaigns").await;
    for campaign in campaigns[..6].iter().rev() {
        let day_of = (acme, *campaign);
        day(&world, CAMPAIGNS, day_of, "2026-01-05", [5, 1, 1, 0]).await;
    }
    let ids = |campaigns: &[Uuid]| -> Vec<Value> {
        let ids = campaigns.iter().copied().map(entity::id::CampaignId::from);
        ids.map(|id| json!(id.to_string())).collect()
    };
    for by in ["SENT", "REPLY_RATE"] {
        for first in [6, 3] {
            let query = format!(
                "{{ topCampaigns(from: \"2026-01-05\", to: \"2026-01-05\", by: {by}, first: {first}) {{ ranks {{ campaignId }} }} }}"
            );
            let data = owner.data(&query).await;
            let found = super::each(&data["topCampaigns"]["ranks"], "campaignId");
            let expected = ids(&campaigns[..first]);
            assert_eq!(found, expected.iter().collect::<Vec<_>>(), "{by}");
        }
    }
}

#[tokio::test]
async fn accounts_and_steps_are_ranked_too() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    for (list, row, (table, column), of) in [
        (
            "topEmailAccounts",
            "emailAccount",
            ("mailbox_analytics", "email_account_id"),
            "email_accounts",
        ),
        (
            "topSteps",
            "step",
            ("sequence_step_analytics", "step_id"),
            "campaign_sequence_steps",
        ),
    ] {
        let keys = keys(&world, acme, of).await;
        day(
            &world,
            (table, column),
            (acme, keys[0]),
            "2026-01-05",
            [5, 0, 0, 0],
        )
        .await;
        day(
            &world,
            (table, column),
            (acme, keys[1]),
            "2026-01-05",
            [6, 0, 0, 0],
        )
        .await;
        let query = format!(
            "{{ {list}(from: \"2026-01-05\", to: \"2026-01-05\") {{ ranks {{ {row}Id {row} {{ id }} totals {{ sent }} }} }} }}"
        );
        let data = owner.data(&query).await;
        let ranks = &data[list]["ranks"];
        assert_eq!(
            json!([ranks[0]["totals"]["sent"], ranks[1]["totals"]["sent"]]),
            json!([6, 5]),
            "{list}"
        );
        assert!(ranks[0][row]["id"].is_string(), "{data}");
        assert_eq!(ranks[0][row]["id"], ranks[0][format!("{row}Id")]);
    }
}

/// Numbers outlive what they are of.
#[tokio::test]
async fn a_campaign_that_is_gone_still_counts() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    let gone = Uuid::now_v7();
    day(&world, CAMPAIGNS, (acme, gone), "2026-01-05", [5, 0, 0, 0]).await;
    let query = "{ topCampaigns(from: \"2026-01-05\", to: \"2026-01-05\") { ranks { campaignId campaign { name } totals { sent } } } }";
    let data = owner.data(query).await;
    let id = entity::id::CampaignId::from(gone).to_string();
    assert_eq!(
        data["topCampaigns"]["ranks"],
        json!([{"campaignId": id, "campaign": null, "totals": {"sent": 5}}])
    );
}
