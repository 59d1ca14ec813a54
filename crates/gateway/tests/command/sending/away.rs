//! Mail servers that are away for long.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use migrations::Tier;
use tokio::net::TcpListener;
use transport::sink::Script;

use super::arranged::{Campaign, MailServer, worker};
use crate::serving::PATIENCE;

/// The clock goes as fast as jobs fail: each keeps how long it would have waited, and is due at once.
const FAST: &str = "CREATE FUNCTION hurry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.payload := NEW.payload || jsonb_build_object('waits',
            coalesce(NEW.payload -> 'waits', '[]') || to_jsonb(extract(epoch FROM NEW.run_at - now())));
        NEW.run_at := now();
        RETURN NEW;
    END $$;
    CREATE TRIGGER hurry BEFORE UPDATE ON jobs FOR EACH ROW
        WHEN (OLD.status = 'running' AND NEW.status = 'queued' AND NEW.job_type = 'message.send') EXECUTE FUNCTION hurry()";

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_tried_for_more_than_a_day_before_it_is_a_dead_letter() {
    let campaign = Campaign::new(1, &["Hello"]).await;
    // A port that nobody listens on.
    let mut server = MailServer::start(Script::default()).await;
    server.stop().await;
    campaign.change(Tier::Queue, FAST).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let is_dead = "EXISTS (SELECT FROM jobs WHERE job_type = 'message.send' AND status = 'failed')";
    campaign.until(Tier::Queue, is_dead, PATIENCE).await;
    let waits = "SELECT jsonb_build_array(count(*), sum(wait::float8) > 86400, max(wait::float8) <= 3600) \
         FROM jobs, jsonb_array_elements(payload -> 'waits') AS wait";
    let waits = campaign.value(Tier::Queue, waits).await;
    assert_eq!(waits, serde_json::json!([99, true, true]));
    let why = "SELECT last_error_message FROM jobs WHERE status = 'failed'";
    let why = campaign.value(Tier::Queue, why).await;
    let why = why.as_str().expect("a reason");
    assert!(why.contains("Connection refused"), "{why}");
    assert_eq!(campaign.messages().await, [("queued".to_owned(), 1)].into());

    // The lead waits for it, and gets it when it is replayed.
    server.listen(Script::default()).await;
    let replayed = "UPDATE jobs SET status = 'queued', attempt_count = 0, run_at = now(), failed = NULL WHERE status = 'failed'";
    campaign.change(Tier::Queue, replayed).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(server.accepted_by("lead1@leads.test"), 1);
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

/// A server that hangs up before it says a word; and how often somebody came.
pub async fn hanging_up() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let came = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&came);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    (address, came)
}

/// Each account has a server of its own. What waits for the one is looked at hundreds of times, and the server asked a few.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_mail_for_a_server_that_is_away_does_not_try_it_again_and_again() {
    const LEADS: usize = 40;
    let campaign = Campaign::new(LEADS as u32, &["One"]).await;
    let server = MailServer::start(Script::default()).await;
    let (away, came) = hanging_up().await;
    campaign
        .change(
            Tier::Oltp,
            &format!(
                "INSERT INTO email_accounts (tenant_id, domain_id, email, daily_limit, smtp_settings)
                    SELECT tenant_id, id, 'bob@sender.test', 1000000, '{{\"host\": \"127.0.0.1\", \"port\": {}, \"security\": \"none\"}}'
                    FROM domains WHERE domain = 'sender.test';
                UPDATE email_accounts SET smtp_settings = '{{\"host\": \"127.0.0.1\", \"port\": {}, \"security\": \"none\"}}'
                    WHERE email = 'ann@sender.test';
                INSERT INTO campaigns (tenant_id, name, status)
                    SELECT tenant_id, 'another', 'sending' FROM campaigns WHERE name = 'the campaign';
                INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id)
                    SELECT l.tenant_id, c.id, l.id FROM leads l JOIN campaigns c USING (tenant_id)
                    WHERE c.name = 'another' AND l.email LIKE '%@leads.test';
                INSERT INTO campaign_sequence_steps (tenant_id, campaign_id, step_order, step_type, email_account_id, template_id)
                    SELECT s.tenant_id, c.id, 1, 'email', (SELECT id FROM email_accounts WHERE email = 'bob@sender.test'), s.template_id
                    FROM campaigns c JOIN campaigns o ON o.name = 'the campaign' JOIN campaign_sequence_steps s ON s.campaign_id = o.id
                    WHERE c.name = 'another';
                INSERT INTO outbox (tenant_id, topic, payload) SELECT tenant_id, 'campaign.started', jsonb_build_object('campaignId', id)
                    FROM campaigns WHERE name = 'another'",
                away.port(),
                server.port(),
            ),
        )
        .await;
    campaign.change(Tier::Queue, FAST).await;
    let home = campaign.home(&server).without("GATEWAY_SMTP_URL");
    let worker = worker(&home).await;
    let looked = format!(
        "count(*) > {} FROM jobs, jsonb_array_elements(payload -> 'waits') AS wait",
        LEADS * 10
    );
    campaign.until(Tier::Queue, &looked, PATIENCE).await;
    let tried = came.load(Ordering::Relaxed);
    assert!((1..LEADS).contains(&tried), "{tried} connections");

    // Nor does it keep anybody waiting.
    campaign.start().await;
    let sent = format!("count(*) = {LEADS} FROM email_messages WHERE status = 'sent'");
    campaign.until(Tier::Content, &sent, PATIENCE).await;
    assert_eq!(server.accepted().len(), LEADS);
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}
