//! Leads that get no more mail.

use migrations::Tier;
use transport::sink::Script;

use super::arranged::{Campaign, MailServer, worker};
use crate::serving::PATIENCE;

const STOPPED: &str = "SELECT stop_reason FROM campaign_leads WHERE status = 'stopped'";

#[tokio::test(flavor = "multi_thread")]
async fn who_unsubscribes_between_two_steps_gets_the_first_only() {
    let campaign = Campaign::new(2, &["One", "Two"]).await;
    campaign
        .change(
            Tier::Oltp,
            "INSERT INTO campaign_sequence_steps (tenant_id, campaign_id, step_order, step_type, wait_duration_hours)
                SELECT tenant_id, id, 3, 'wait', 24 FROM campaigns WHERE name = 'the campaign';
            UPDATE campaign_sequence_steps SET step_order = 5 - step_order WHERE step_order > 1
                AND campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign')",
        )
        .await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let waiting = "count(*) = 2 FROM campaign_leads WHERE next_step_order = 3 AND due > now() + interval '23 hours'";
    campaign.until(Tier::Oltp, waiting, PATIENCE).await;
    campaign
        .change(
            Tier::Oltp,
            "UPDATE leads SET status = 'unsubscribed' WHERE email = 'lead1@leads.test';
            UPDATE campaign_leads SET due = now() WHERE due > now()",
        )
        .await;
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    assert_eq!(server.accepted_by("lead1@leads.test"), 1);
    assert_eq!(server.accepted_by("lead2@leads.test"), 2);
    let reason = campaign.value(Tier::Oltp, STOPPED).await;
    assert_eq!(reason, "has asked for no more mail");
}

/// The message is made, and waits for the server, when the lead unsubscribes.
#[tokio::test(flavor = "multi_thread")]
async fn who_unsubscribes_while_a_message_waits_does_not_get_it() {
    let campaign = Campaign::new(1, &["One"]).await;
    let mut server = MailServer::start(Script::default()).await;
    server.stop().await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let tried = "count(*) = 1 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' AND attempt_count > 0";
    campaign.until(Tier::Queue, tried, PATIENCE).await;
    let sql = "UPDATE leads SET status = 'unsubscribed' WHERE email = 'lead1@leads.test'";
    campaign.change(Tier::Oltp, sql).await;
    server.listen(Script::default()).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    assert_eq!(server.accepted().len(), 0);
    let reason = campaign.value(Tier::Oltp, STOPPED).await;
    assert_eq!(reason, "the lead has asked for no more mail");
    assert_eq!(campaign.messages().await, [("failed".to_owned(), 1)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_is_missing_stops_the_lead_with_its_name() {
    let campaign = Campaign::new(2, &["Hello {{ lead.name }} of {{ lead.company }}"]).await;
    let sql = "UPDATE leads SET company = 'Acme' WHERE email = 'lead1@leads.test'";
    campaign.change(Tier::Oltp, sql).await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    assert_eq!(server.accepted_by("lead1@leads.test"), 1);
    assert_eq!(server.accepted_by("lead2@leads.test"), 0);
    let reason = campaign.value(Tier::Oltp, STOPPED).await;
    let reason = reason.as_str().expect("a reason");
    assert!(reason.contains("lead.company"), "{reason}");
}
