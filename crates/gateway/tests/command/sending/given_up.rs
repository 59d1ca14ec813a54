//! What stops a lead that somebody can mend, and how the lead gets its mail then.

use migrations::Tier;
use transport::sink::Script;

use super::arranged::{Campaign, MailServer, worker};
use crate::serving::PATIENCE;

const STOPPED: &str = "SELECT stop_reason FROM campaign_leads WHERE status = 'stopped'";
/// The campaign has something to come for who goes on.
const WAIT_LAST: &str = "INSERT INTO campaign_sequence_steps (tenant_id, campaign_id, step_order, step_type, wait_duration_hours)
    SELECT tenant_id, id, 2, 'wait', 72 FROM campaigns WHERE name = 'the campaign'";

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_that_was_stopped_gets_its_message_when_it_is_added_again() {
    let campaign = Campaign::new(2, &["Hello {{ lead.name }} of {{ lead.company }}"]).await;
    campaign.change(Tier::Oltp, WAIT_LAST).await;
    let company = "UPDATE leads SET company = 'Acme' WHERE email = 'lead1@leads.test'";
    campaign.change(Tier::Oltp, company).await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let one_each = "(SELECT count(*) FROM campaign_leads WHERE status = 'stopped') = 1 \
         AND (SELECT count(*) FROM campaign_leads WHERE due > now() + interval '71 hours') = 1";
    campaign.hurry_until(Tier::Oltp, one_each).await;
    let failed = "count(*) = 1 FROM email_messages WHERE status = 'failed'";
    campaign.until(Tier::Content, failed, PATIENCE).await;

    campaign
        .change(
            Tier::Oltp,
            "UPDATE leads SET company = 'Acme' WHERE email = 'lead2@leads.test';
            WITH taken_out AS (DELETE FROM campaign_leads RETURNING tenant_id, campaign_id, lead_id)
            INSERT INTO outbox (tenant_id, topic, payload)
                SELECT tenant_id, 'campaign.leads_added', jsonb_build_object('campaignId', campaign_id) FROM taken_out LIMIT 1;
            INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id)
                SELECT l.tenant_id, c.id, l.id FROM leads l JOIN campaigns c USING (tenant_id) WHERE c.name = 'the campaign'",
        )
        .await;
    let sent = "count(*) = 2 FROM email_messages WHERE status = 'sent'";
    campaign.hurry_until(Tier::Content, sent).await;
    let both = "count(*) = 2 FROM campaign_leads WHERE due > now() + interval '71 hours'";
    campaign.hurry_until(Tier::Oltp, both).await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    assert_eq!(
        server.accepted_by("lead1@leads.test"),
        1,
        "it was sent before"
    );
    assert_eq!(server.accepted_by("lead2@leads.test"), 1);
}

/// A campaign that runs may still lose what its steps need.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_without_a_template_or_an_account_stops_the_lead_with_the_reason() {
    for (lost, reason) in [
        ("template_id", "step 1 has no template"),
        ("email_account_id", "step 1 has no account to send from"),
    ] {
        let campaign = Campaign::new(1, &["Hello"]).await;
        let sql = format!(
            "UPDATE campaign_sequence_steps SET {lost} = NULL WHERE campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign')"
        );
        campaign.change(Tier::Oltp, &sql).await;
        let server = MailServer::start(Script::default()).await;
        campaign.start().await;
        let worker = worker(&campaign.home(&server)).await;
        campaign.hurry_to_its_end().await;
        assert_eq!(worker.stop("TERM").await.code, Some(0));
        assert_eq!(campaign.value(Tier::Oltp, STOPPED).await, reason);
        assert_eq!(campaign.messages().await, [].into());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_becomes_too_long_stops_the_lead_with_the_reason() {
    let campaign = Campaign::new(2, &["Hello"]).await;
    campaign
        .change(
            Tier::Oltp,
            "UPDATE campaign_sequence_steps SET subject_override = repeat('{{lead.name}}', 38)
                WHERE campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign');
            UPDATE leads SET name = repeat('é', 14) WHERE email = 'lead2@leads.test'",
        )
        .await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    assert_eq!(server.accepted_by("lead1@leads.test"), 1);
    let reason = campaign.value(Tier::Oltp, STOPPED).await;
    assert_eq!(reason, "the subject is 1064 octets long; 998 are the most");
}
