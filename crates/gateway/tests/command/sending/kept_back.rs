//! What a campaign does not send any more when it goes on: its messages waited while it was paused, and meanwhile leads
//! were taken out of it, or steps switched off.

use migrations::Tier;
use serde_json::json;
use transport::sink::{Fault, Script};

use super::arranged::{Campaign, MailServer, early_in_the_day, worker};
use crate::serving::{PATIENCE, Serving};

/// The campaign has something to come for who goes on, so that it is not over before all is looked at.
const WAIT_LAST: &str = "INSERT INTO campaign_sequence_steps (tenant_id, campaign_id, step_order, step_type, wait_duration_hours)
    SELECT tenant_id, id, 2, 'wait', 72 FROM campaigns WHERE name = 'the campaign'";
const FAILED: &str = "SELECT jsonb_agg(jsonb_build_array(to_email, failure_reason) ORDER BY to_email) \
    FROM email_messages WHERE status = 'failed'";

/// How many leads have come to the wait at the end.
fn at_the_end(leads: u32) -> String {
    format!("count(*) = {leads} FROM campaign_leads WHERE due > now() + interval '71 hours'")
}

/// Has the mail server put a message to each lead off, and then pauses the campaign. The server takes all that comes later.
async fn pause_with_messages(campaign: &Campaign, leads: u32) -> (MailServer, Serving) {
    let mut server = MailServer::start(Script::new(|_| Some(Fault::defer()))).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let tried = format!(
        "count(*) = {leads} AND min(attempt_count) > 0 FROM jobs WHERE job_type = 'message.send'"
    );
    campaign.until(Tier::Queue, &tried, PATIENCE).await;
    let paused = "UPDATE campaigns SET status = 'paused' WHERE name = 'the campaign'";
    campaign.change(Tier::Oltp, paused).await;
    let wait = format!(
        "count(*) = {leads} AND bool_and(status = 'queued' AND run_at > now() + interval '2 hours') \
         FROM jobs WHERE job_type = 'message.send'"
    );
    campaign.hurry_until(Tier::Queue, &wait).await;
    server.stop().await;
    server.listen(Script::default()).await;
    (server, worker)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_that_is_taken_out_of_a_paused_campaign_gets_nothing_when_that_goes_on() {
    early_in_the_day().await;
    let campaign = Campaign::new(3, &["Hello"]).await;
    campaign.change(Tier::Oltp, WAIT_LAST).await;
    let (server, worker) = pause_with_messages(&campaign, 3).await;
    let take_out = "DELETE FROM campaign_leads WHERE lead_id = (SELECT id FROM leads WHERE email = 'lead1@leads.test')";
    campaign.change(Tier::Oltp, take_out).await;

    campaign.start().await;
    campaign.hurry_until(Tier::Oltp, &at_the_end(2)).await;
    let ended = "count(*) = 1 FROM email_messages WHERE status = 'failed'";
    campaign.hurry_until(Tier::Content, ended).await;
    assert_eq!(server.accepted_by("lead1@leads.test"), 0);
    assert_eq!(server.accepted_by("lead2@leads.test"), 1);
    assert_eq!(server.accepted_by("lead3@leads.test"), 1);
    assert_eq!(
        campaign.value(Tier::Content, FAILED).await,
        json!([["lead1@leads.test", "its lead was taken out of the campaign"]])
    );
    assert_eq!(campaign.leads().await, [("active".to_owned(), 2)].into());
    let counted = "SELECT daily_count FROM email_accounts WHERE email = 'ann@sender.test'";
    assert_eq!(campaign.value(Tier::Oltp, counted).await, 2);
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_that_was_taken_out_and_is_added_again_gets_its_message_once() {
    let campaign = Campaign::new(1, &["Hello"]).await;
    campaign.change(Tier::Oltp, WAIT_LAST).await;
    // Whom the campaign writes to at all, so that it is not over without the other.
    let other = "INSERT INTO leads (tenant_id, email) SELECT id, 'other@leads.test' FROM tenants WHERE name = 'sender';
        INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id, due)
            SELECT l.tenant_id, c.id, l.id, now() + interval '90 days' FROM leads l JOIN campaigns c USING (tenant_id)
            WHERE c.name = 'the campaign' AND l.email = 'other@leads.test'";
    campaign.change(Tier::Oltp, other).await;
    let (server, worker) = pause_with_messages(&campaign, 1).await;
    let take_out = "DELETE FROM campaign_leads WHERE lead_id = (SELECT id FROM leads WHERE email = 'lead1@leads.test')";
    campaign.change(Tier::Oltp, take_out).await;
    campaign.start().await;
    let ended = "count(*) = 1 FROM email_messages WHERE status = 'failed'";
    campaign.hurry_until(Tier::Content, ended).await;
    let done = "bool_and(status = 'completed') FROM jobs WHERE job_type = 'message.send'";
    campaign.until(Tier::Queue, done, PATIENCE).await;

    let add = "INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id)
            SELECT l.tenant_id, c.id, l.id FROM leads l JOIN campaigns c USING (tenant_id)
            WHERE c.name = 'the campaign' AND l.email = 'lead1@leads.test';
        INSERT INTO outbox (tenant_id, topic, payload)
            SELECT tenant_id, 'campaign.leads_added', jsonb_build_object('campaignId', id)
            FROM campaigns WHERE name = 'the campaign'";
    campaign.change(Tier::Oltp, add).await;
    let waits = "count(*) = 1 FROM campaign_leads \
         WHERE due BETWEEN now() + interval '71 hours' AND now() + interval '73 hours'";
    campaign.hurry_until(Tier::Oltp, waits).await;
    assert_eq!(server.accepted_by("lead1@leads.test"), 1);
    assert_eq!(campaign.messages().await, [("sent".to_owned(), 1)].into());
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

/// As it is for who comes to it later.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_is_switched_off_in_a_paused_campaign_is_passed_over_when_that_goes_on() {
    let campaign = Campaign::new(2, &["One", "Two"]).await;
    let (server, worker) = pause_with_messages(&campaign, 2).await;
    let off = "UPDATE campaign_sequence_steps SET is_active = false \
         WHERE step_order = 1 AND campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign')";
    campaign.change(Tier::Oltp, off).await;

    campaign.start().await;
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    for lead in ["lead1@leads.test", "lead2@leads.test"] {
        assert_eq!(server.accepted_by(lead), 1, "the second step to {lead}");
    }
    let reason = "its step was switched off";
    assert_eq!(
        campaign.value(Tier::Content, FAILED).await,
        json!([["lead1@leads.test", reason], ["lead2@leads.test", reason]])
    );
    assert_eq!(
        campaign.messages().await,
        [("failed".to_owned(), 2), ("sent".to_owned(), 2)].into()
    );
    assert_eq!(campaign.leads().await, [("completed".to_owned(), 2)].into());
    let counted = "SELECT executed_count FROM campaign_sequence_steps \
         WHERE step_order = 1 AND campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign')";
    assert_eq!(campaign.value(Tier::Oltp, counted).await, 0);
}
