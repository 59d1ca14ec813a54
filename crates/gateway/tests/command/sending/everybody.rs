//! Whom a campaign writes to that was given nobody, and one that everybody was taken out of.

use migrations::Tier;
use transport::sink::Script;

use super::arranged::{Campaign, MailServer, worker};
use crate::serving::PATIENCE;

const TAKE_OUT: &str = "DELETE FROM campaign_leads";
/// The campaign begins with days in which nothing happens.
const WAIT_FIRST: &str = "UPDATE campaign_sequence_steps SET step_order = step_order + 1 \
        WHERE campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign');
    INSERT INTO campaign_sequence_steps (tenant_id, campaign_id, step_order, step_type, wait_duration_hours)
        SELECT tenant_id, id, 1, 'wait', 72 FROM campaigns WHERE name = 'the campaign'";

fn waiting(leads: u32) -> String {
    format!("count(*) = {leads} FROM campaign_leads WHERE due > now() + interval '71 hours'")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_without_leads_writes_to_all_that_are_active() {
    let campaign = Campaign::new(3, &["Hello"]).await;
    campaign.change(Tier::Oltp, TAKE_OUT).await;
    let archived = "UPDATE leads SET status = 'archived' WHERE email = 'lead2@leads.test'";
    campaign.change(Tier::Oltp, archived).await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    let mut accepted = server.accepted();
    accepted.sort();
    let accepted: Vec<&str> = accepted.iter().map(|(to, _)| &**to).collect();
    assert_eq!(accepted, ["lead1@leads.test", "lead3@leads.test"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_all_leads_are_taken_out_of_writes_to_nobody() {
    for was_given_leads in [true, false] {
        let campaign = Campaign::new(3, &["Hello"]).await;
        campaign.change(Tier::Oltp, WAIT_FIRST).await;
        if !was_given_leads {
            campaign.change(Tier::Oltp, TAKE_OUT).await;
        }
        let server = MailServer::start(Script::default()).await;
        campaign.start().await;
        let worker = worker(&campaign.home(&server)).await;
        campaign.until(Tier::Oltp, &waiting(3), PATIENCE).await;
        campaign.change(Tier::Oltp, TAKE_OUT).await;
        campaign.hurry_to_its_end().await;
        assert_eq!(worker.stop("TERM").await.code, Some(0));
        assert_eq!(campaign.leads().await, [].into(), "{was_given_leads}");
        assert_eq!(server.accepted(), []);
    }
}

/// More than are given to it in one transaction, one of which was the last that a worker did.
#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_gets_all_leads_of_a_large_tenant_a_part_at_a_time() {
    const LEADS: u32 = 21_000;
    let campaign = Campaign::new(LEADS, &["Hello"]).await;
    campaign.change(Tier::Oltp, WAIT_FIRST).await;
    campaign.change(Tier::Oltp, TAKE_OUT).await;
    let died = "INSERT INTO campaign_runs (tenant_id, campaign_id, leads_are_given, leads_after)
        SELECT tenant_id, id, true, (SELECT l.id FROM leads l WHERE l.tenant_id = c.tenant_id ORDER BY l.id OFFSET 499 LIMIT 1)
        FROM campaigns c WHERE name = 'the campaign'";
    campaign.change(Tier::Oltp, died).await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let all_but_those = waiting(LEADS - 500);
    campaign.until(Tier::Oltp, &all_but_those, PATIENCE).await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}
