//! A campaign's own job, which looks when there is something to see, and not every few seconds. Runs are counted: each
//! claim of a job raises its fence.

use migrations::Tier;
use transport::sink::{Fault, Script};

use super::arranged::{Campaign, MailServer, early_in_the_day, worker};
use crate::serving::PATIENCE;

const RUNS: &str = "SELECT sum(fence) FROM jobs WHERE job_type = 'campaign.run'";
/// It has been done, and waits for at least half an hour.
const RESTS: &str = "count(*) > 0 AND count(*) = count(*) FILTER (WHERE status = 'completed' \
         OR status = 'queued' AND fence > 0 AND run_at > now() + interval '30 minutes') \
     FROM jobs WHERE job_type = 'campaign.run'";
/// Only messages are due sooner than they said.
const HURRY_MESSAGES: &str =
    "UPDATE jobs SET run_at = now() WHERE job_type = 'message.send' AND status = 'queued'";
const IS_OVER: &str = "status = 'completed' FROM campaigns WHERE name = 'the campaign'";

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_waits_for_the_next_day_looks_when_a_message_has_gone() {
    early_in_the_day().await;
    let campaign = Campaign::new(5, &["One", "Two"]).await;
    let limit = "UPDATE email_accounts SET daily_limit = 3 WHERE email = 'ann@sender.test'";
    campaign.change(Tier::Oltp, limit).await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    // Three first messages, two that wait for tomorrow, and then three second ones that do, too.
    let put_off = "count(*) = 5 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' \
         AND run_at = (date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC'";
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    campaign.until(Tier::Queue, RESTS, PATIENCE).await;
    let runs = campaign.value(Tier::Queue, RUNS).await;
    assert!(
        (2..=6).contains(&runs.as_i64().expect("a number")),
        "{runs}"
    );
    campaign.change(Tier::Queue, HURRY_MESSAGES).await;
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    assert_eq!(
        campaign.value(Tier::Queue, RUNS).await,
        runs,
        "nothing has gone"
    );

    let no_limit = "UPDATE email_accounts SET daily_limit = 1000 WHERE email = 'ann@sender.test'";
    campaign.change(Tier::Oltp, no_limit).await;
    campaign.change(Tier::Queue, HURRY_MESSAGES).await;
    // Nobody hurries the campaign: its messages do.
    campaign.until(Tier::Oltp, IS_OVER, PATIENCE).await;
    assert_eq!(server.accepted().len(), 10);
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

/// Who resumes a campaign makes it a second job, which hastens the first and ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_is_resumed_or_gets_leads_goes_on_at_once_with_the_job_that_it_has() {
    let campaign = Campaign::new(2, &["One"]).await;
    campaign
        .change(
            Tier::Oltp,
            "UPDATE campaign_sequence_steps SET step_order = 2 \
                 WHERE campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign');
            INSERT INTO campaign_sequence_steps (tenant_id, campaign_id, step_order, step_type, wait_duration_hours)
                SELECT tenant_id, id, 1, 'wait', 72 FROM campaigns WHERE name = 'the campaign'",
        )
        .await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    campaign.until(Tier::Queue, RESTS, PATIENCE).await;

    campaign
        .change(
            Tier::Oltp,
            "INSERT INTO leads (tenant_id, email) SELECT id, 'late@leads.test' FROM tenants WHERE name = 'sender';
            INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id, next_step_order)
                SELECT l.tenant_id, c.id, l.id, 2 FROM leads l JOIN campaigns c ON c.name = 'the campaign'
                WHERE l.email = 'late@leads.test';
            INSERT INTO outbox (tenant_id, topic, payload)
                SELECT tenant_id, 'campaign.leads_added', jsonb_build_object('campaignId', id)
                FROM campaigns WHERE name = 'the campaign'",
        )
        .await;
    let sent =
        "count(*) = 1 FROM email_messages WHERE status = 'sent' AND to_email = 'late@leads.test'";
    campaign.until(Tier::Content, sent, PATIENCE).await;
    let ended = "count(*) = 2 AND count(*) FILTER (WHERE status = 'completed') = 1 FROM jobs WHERE job_type = 'campaign.run'";
    campaign.until(Tier::Queue, ended, PATIENCE).await;
    campaign.until(Tier::Queue, RESTS, PATIENCE).await;

    let paused = "UPDATE campaigns SET status = 'paused' WHERE name = 'the campaign'";
    campaign.change(Tier::Oltp, paused).await;
    campaign.hurry().await;
    campaign.until(Tier::Queue, RESTS, PATIENCE).await;
    let waited = "UPDATE campaign_leads SET due = now() WHERE due IS NOT NULL";
    campaign.change(Tier::Oltp, waited).await;
    campaign.start().await;
    campaign.until(Tier::Oltp, IS_OVER, PATIENCE).await;
    assert_eq!(server.accepted().len(), 3);
    let runs =
        "count(*) = 3 AND bool_and(status = 'completed') FROM jobs WHERE job_type = 'campaign.run'";
    campaign.until(Tier::Queue, runs, PATIENCE).await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

/// Its messages were put off by the mail server, and then the campaign was paused.
#[tokio::test(flavor = "multi_thread")]
async fn messages_of_a_paused_campaign_wait_until_it_is_resumed() {
    let campaign = Campaign::new(4, &["One"]).await;
    let mut server = MailServer::start(Script::new(|_| Some(Fault::defer()))).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let tried = "count(*) = 4 AND min(attempt_count) > 0 FROM jobs WHERE job_type = 'message.send'";
    campaign.until(Tier::Queue, tried, PATIENCE).await;
    let paused = "UPDATE campaigns SET status = 'paused' WHERE name = 'the campaign'";
    campaign.change(Tier::Oltp, paused).await;
    let wait = "count(*) = 4 AND bool_and(status = 'queued' AND run_at > now() + interval '2 hours') \
         FROM jobs WHERE job_type = 'message.send'";
    campaign.hurry_until(Tier::Queue, wait).await;
    campaign.until(Tier::Queue, RESTS, PATIENCE).await;
    server.stop().await;
    server.listen(Script::default()).await;

    campaign.start().await;
    campaign.until(Tier::Oltp, IS_OVER, PATIENCE).await;
    assert_eq!(server.accepted().len(), 4);
    let left = "count(*) = 0 FROM jobs WHERE status <> 'completed' OR waits_for IS NOT NULL";
    campaign.until(Tier::Queue, left, PATIENCE).await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}
