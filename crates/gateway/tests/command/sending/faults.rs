//! What mail servers do.

use std::sync::{Arc, atomic::Ordering};

use migrations::Tier;
use serde_json::json;
use transport::sink::{Fault, Moment, Script};

use super::arranged::{Campaign, MailServer, held, once, worker};
use crate::serving::PATIENCE;

/// A campaign of one lead and two steps that is sent to its end; and what was accepted for the lead.
async fn sent(script: Script) -> (Campaign, usize) {
    let campaign = Campaign::new(1, &["One", "Two"]).await;
    let server = MailServer::start(script).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    let accepted = server.accepted_by("lead1@leads.test");
    (campaign, accepted)
}

/// What is written down of the first step's message.
const FIRST: &str =
    "SELECT jsonb_build_array(status, failure_reason) FROM email_messages ORDER BY created LIMIT 1";

const SENDING: &str = "EXISTS (SELECT FROM email_messages WHERE status = 'sending')";

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_does_not_exist_is_written_to_once() {
    for reply in ["5.1.1 no such mailbox", "no such user"] {
        bounces(reply).await;
    }
}

async fn bounces(reply: &'static str) {
    let refused = Fault::answer(Moment::Recipient, 550, reply);
    let (campaign, accepted) = sent(once(refused)).await;
    assert_eq!(accepted, 0);
    let messages = campaign.messages().await;
    assert_eq!(
        messages,
        [("bounced".to_owned(), 1)].into(),
        "no second step"
    );
    let first = campaign.value(Tier::Content, FIRST).await;
    let reason = first[1].as_str().expect("a reason");
    assert!(reason.contains(reply), "{reason}");
    let lead = "SELECT status FROM leads WHERE email = 'lead1@leads.test'";
    assert_eq!(campaign.value(Tier::Oltp, lead).await, "bounced");
    assert_eq!(campaign.leads().await, [("stopped".to_owned(), 1)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_refused_fails_and_the_lead_goes_on() {
    let refused = Fault::answer(Moment::End, 554, "5.7.1 not this");
    let (campaign, accepted) = sent(once(refused)).await;
    assert_eq!(accepted, 1, "the second step");
    let expected = [("failed".to_owned(), 1), ("sent".to_owned(), 1)].into();
    assert_eq!(campaign.messages().await, expected);
    assert_eq!(campaign.leads().await, [("completed".to_owned(), 1)].into());
    let counts = "SELECT jsonb_agg(executed_count ORDER BY step_order) FROM campaign_sequence_steps \
         WHERE campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign')";
    assert_eq!(campaign.value(Tier::Oltp, counts).await, json!([0, 1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_later_is_asked_later() {
    for later in [
        Fault::defer(),
        Fault::answer(Moment::End, 451, "4.3.0 not now"),
        Fault::drop(Moment::Recipient),
    ] {
        let (campaign, accepted) = sent(once(later)).await;
        assert_eq!(accepted, 2);
        assert_eq!(campaign.messages().await, [("sent".to_owned(), 2)].into());
        let tries = "SELECT max(entries) FROM (SELECT count(*) FROM job_logs JOIN jobs ON jobs.id = job_id \
             WHERE job_type = 'message.send' GROUP BY job_id) AS logs (entries)";
        assert_eq!(campaign.value(Tier::Queue, tries).await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_perhaps_sent_is_never_sent_again() {
    // Neither where the server has it, nor where it has not: nobody can tell.
    for (moment, expected) in [(Moment::Kept, 2), (Moment::End, 1)] {
        let (campaign, accepted) = sent(once(Fault::drop(moment))).await;
        assert_eq!(accepted, expected, "{moment:?}");
        let first = campaign.value(Tier::Content, FIRST).await;
        assert_eq!(first[0], "sending");
        let reason = first[1].as_str().expect("a reason");
        assert!(reason.contains("is not sent again"), "{reason}");
        assert_eq!(campaign.leads().await, [("completed".to_owned(), 1)].into());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_waits_for_a_server_that_is_away() {
    let campaign = Campaign::new(3, &["Hello"]).await;
    let mut server = MailServer::start(Script::default()).await;
    server.stop().await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let tried = "count(*) = 3 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' AND attempt_count > 0";
    campaign.until(Tier::Queue, tried, PATIENCE).await;
    assert_eq!(campaign.messages().await, [("queued".to_owned(), 3)].into());
    server.listen(Script::default()).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(campaign.messages().await, [("sent".to_owned(), 3)].into());
    assert_eq!(server.accepted().len(), 3);
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

/// A worker is not heard of while the server takes its time: another finds the message on its way.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_not_sent_by_two_workers() {
    let campaign = Campaign::new(1, &["Hello"]).await;
    let go_on = Arc::default();
    let server = MailServer::start(held(&go_on, None)).await;
    campaign.start().await;
    let home = campaign.home(&server);
    let workers = [worker(&home).await, worker(&home).await];
    campaign.until(Tier::Content, SENDING, PATIENCE).await;
    let lost = "UPDATE jobs SET leased_until = now() - interval '1 minute' WHERE job_type = 'message.send'";
    campaign.change(Tier::Queue, lost).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(server.accepted().len(), 0, "another has let the lead go on");
    let first = campaign.value(Tier::Content, FIRST).await;
    assert!(first[1].is_string(), "{first}");
    go_on.store(true, Ordering::Relaxed);
    for worker in workers {
        assert_eq!(worker.stop("TERM").await.code, Some(0));
    }
    // The first one was told at last, and knows better.
    assert_eq!(server.accepted().len(), 1);
    let first = campaign.value(Tier::Content, FIRST).await;
    assert_eq!(first, json!(["sent", null]));
}

/// The same, and the server says later: nobody is to send it then, because the lead has gone on.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_taken_for_lost_is_not_put_back() {
    let campaign = Campaign::new(1, &["Hello"]).await;
    let go_on = Arc::default();
    let later = Fault::answer(Moment::End, 451, "4.3.0 not now");
    let server = MailServer::start(held(&go_on, Some(later))).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    campaign.until(Tier::Content, SENDING, PATIENCE).await;
    let lost = "UPDATE email_messages SET failure_reason = 'it may have been sent'";
    campaign.change(Tier::Content, lost).await;
    go_on.store(true, Ordering::Relaxed);
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    let first = campaign.value(Tier::Content, FIRST).await;
    assert_eq!(first[0], "failed", "{first}");
}

/// What a worker says of a job that is another's by now is not heard.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_ended_by_whoever_has_it() {
    let campaign = Campaign::new(1, &["Hello"]).await;
    let go_on = Arc::default();
    let server = MailServer::start(held(&go_on, None)).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    campaign.until(Tier::Content, SENDING, PATIENCE).await;
    let claimed = "UPDATE jobs SET fence = fence + 1, leased_until = now() + interval '1 hour' WHERE job_type = 'message.send'";
    campaign.change(Tier::Queue, claimed).await;
    go_on.store(true, Ordering::Relaxed);
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    let job = "SELECT status FROM jobs WHERE job_type = 'message.send'";
    assert_eq!(campaign.value(Tier::Queue, job).await, "running");
}
