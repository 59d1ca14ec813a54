//! Work that is begun twice, and work that nobody ended.

use migrations::Tier;
use transport::sink::{Fault, Script};

use super::arranged::{Campaign, MailServer, once, worker};
use crate::serving::PATIENCE;

/// Leads that wait for a message have waited for long.
const LATE: &str = "ALTER TABLE campaign_leads DISABLE TRIGGER USER;
    UPDATE campaign_leads SET updated = now() - interval '1 hour' WHERE due IS NULL;
    ALTER TABLE campaign_leads ENABLE TRIGGER USER";

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_is_run_four_times_at_once_does_nothing_twice() {
    const LEADS: u32 = 40;
    let campaign = Campaign::new(LEADS, &["One", "Two"]).await;
    let server = MailServer::start(Script::default()).await;
    for _ in 0..4 {
        campaign.start().await;
    }
    let home = campaign.home(&server);
    let workers = [worker(&home).await, worker(&home).await];
    let is_over = "status = 'completed' FROM campaigns WHERE name = 'the campaign'";
    campaign.until(Tier::Oltp, is_over, PATIENCE).await;
    for worker in workers {
        assert_eq!(worker.stop("TERM").await.code, Some(0));
    }
    let runs = "SELECT count(*) FROM jobs WHERE job_type = 'campaign.run'";
    assert_eq!(campaign.value(Tier::Queue, runs).await, 4);
    let both = 2 * i64::from(LEADS);
    assert_eq!(
        campaign.messages().await,
        [("sent".to_owned(), both)].into()
    );
    assert_eq!(server.accepted().len() as i64, both);
    let counted = "SELECT sum(executed_count) FROM campaign_sequence_steps \
         WHERE campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign')";
    assert_eq!(campaign.value(Tier::Oltp, counted).await, both);
}

/// The server puts it off, and somebody mends the template meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_put_off_goes_out_as_its_template_is_by_then() {
    let campaign = Campaign::new(1, &["One"]).await;
    let server = MailServer::start(once(Fault::defer())).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let put_off = "count(*) = 1 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' AND attempt_count = 1";
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    let mend = "UPDATE templates SET content = content || ' Mended.'";
    campaign.change(Tier::Oltp, mend).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(server.accepted().len(), 1);
    let bodies = "SELECT count(*) FROM email_messages m JOIN email_content c ON c.storage_key LIKE m.storage_key || '/%' \
         WHERE m.to_email LIKE '%@leads.test'";
    assert_eq!(campaign.value(Tier::Content, bodies).await, 2);
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

/// The database refuses just where the row is to say that the message is being sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_out_only_once_its_row_says_so() {
    let campaign = Campaign::new(3, &["One"]).await;
    let server = MailServer::start(Script::default()).await;
    campaign
        .change(
            Tier::Content,
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON email_messages FOR EACH ROW
                WHEN (NEW.status = 'sending') EXECUTE FUNCTION refuse()",
        )
        .await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let tried =
        "count(*) = 3 AND min(attempt_count) >= 2 FROM jobs WHERE job_type = 'message.send'";
    campaign.hurry_until(Tier::Queue, tried).await;
    assert_eq!(server.accepted(), []);
    let again = "DROP TRIGGER refuse ON email_messages";
    campaign.change(Tier::Content, again).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(server.accepted().len(), 3);
    assert_eq!(campaign.messages().await, [("sent".to_owned(), 3)].into());
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

/// The worker died at the job's last attempt: before the message went out, while it did, and after.
#[tokio::test(flavor = "multi_thread")]
async fn a_lead_whose_worker_died_at_the_last_attempt_goes_on() {
    let campaign = Campaign::new(3, &["One", "Two"]).await;
    let mut server = MailServer::start(Script::new(|_| Some(Fault::defer()))).await;
    campaign.start().await;
    let home = campaign.home(&server);
    let first = worker(&home).await;
    let tried = "count(*) = 3 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' AND attempt_count > 0";
    campaign.until(Tier::Queue, tried, PATIENCE).await;
    assert_eq!(first.stop("TERM").await.code, Some(0));
    let dead = "UPDATE jobs SET status = 'failed', failed = now() WHERE job_type = 'message.send'";
    campaign.change(Tier::Queue, dead).await;
    for (lead, status) in [(1, "sending"), (2, "sent")] {
        let sql = format!(
            "UPDATE email_messages SET status = '{status}', failure_reason = NULL WHERE to_email = 'lead{lead}@leads.test'"
        );
        campaign.change(Tier::Content, &sql).await;
    }
    campaign.change(Tier::Oltp, LATE).await;

    server.stop().await;
    server.listen(Script::default()).await;
    let second = worker(&home).await;
    let two = "count(*) = 2 FROM campaign_leads WHERE status = 'completed'";
    campaign.hurry_until(Tier::Oltp, two).await;
    assert_eq!(server.accepted_by("lead1@leads.test"), 1, "the second step");
    assert_eq!(server.accepted_by("lead2@leads.test"), 1, "the second step");
    // The third one's dead letter waits for its replay, and its lead with it.
    assert_eq!(server.accepted_by("lead3@leads.test"), 0);
    assert_eq!(campaign.leads().await["active"], 1);
    let third = "SELECT id FROM email_messages WHERE status = 'queued'";
    let third = campaign.value(Tier::Content, third).await;
    let replay = format!(
        "UPDATE jobs SET status = 'queued', attempt_count = 0, run_at = now(), failed = NULL WHERE id = '{}'",
        third.as_str().expect("an id")
    );
    campaign.change(Tier::Queue, &replay).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(server.accepted_by("lead3@leads.test"), 2);
    assert_eq!(second.stop("TERM").await.code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_whose_dead_letter_is_dropped_is_stopped() {
    let campaign = Campaign::new(1, &["One", "Two"]).await;
    let server = MailServer::start(Script::new(|_| Some(Fault::defer()))).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let tried = "count(*) = 1 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' AND attempt_count > 0";
    campaign.until(Tier::Queue, tried, PATIENCE).await;
    let dropped = "DELETE FROM jobs WHERE job_type = 'message.send'";
    campaign.change(Tier::Queue, dropped).await;
    campaign.change(Tier::Oltp, LATE).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    assert_eq!(campaign.messages().await, [("failed".to_owned(), 1)].into());
    let reason = "SELECT stop_reason FROM campaign_leads WHERE status = 'stopped'";
    let reason = campaign.value(Tier::Oltp, reason).await;
    assert_eq!(reason, "the job that was to send its message is gone");
}

/// As after the database of mail was brought back as it was some time ago. Nobody can tell whether it was sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_lead_whose_message_is_lost_goes_on_without_it() {
    let campaign = Campaign::new(1, &["One", "Two"]).await;
    let mut server = MailServer::start(Script::default()).await;
    server.stop().await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let tried = "count(*) = 1 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' AND attempt_count > 0";
    campaign.until(Tier::Queue, tried, PATIENCE).await;
    campaign
        .change(Tier::Content, "DELETE FROM email_messages")
        .await;
    campaign.change(Tier::Oltp, LATE).await;
    server.listen(Script::default()).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    assert_eq!(server.accepted_by("lead1@leads.test"), 1, "the second step");
    assert_eq!(campaign.leads().await, [("completed".to_owned(), 1)].into());
}
