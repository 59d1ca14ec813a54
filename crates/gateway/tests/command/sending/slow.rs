//! A mail server that answers a byte at a time.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use migrations::Tier;
use tokio::{io::AsyncWriteExt, net::TcpListener, time::sleep};
use transport::sink::Script;

use super::arranged::{Campaign, MailServer, worker};
use crate::serving::PATIENCE;

/// How many came, and how many of them have gone.
#[derive(Default)]
struct Seen {
    came: AtomicUsize,
    left: AtomicUsize,
}

async fn slow() -> (SocketAddr, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let seen = Arc::new(Seen::default());
    let count = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.came.fetch_add(1, Ordering::Relaxed);
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                // A greeting without an end.
                while stream.write_all(b"2").await.is_ok() {
                    sleep(Duration::from_secs(1)).await;
                }
                count.left.fetch_add(1, Ordering::Relaxed);
            });
        }
    });
    (address, seen)
}

/// What one tenant's server holds is not the whole worker: another's mail is read and sent before the server has let anybody
/// go.
#[tokio::test(flavor = "multi_thread")]
async fn one_tenants_slow_server_does_not_keep_anothers_mail_waiting() {
    let campaign = Campaign::new(30, &["Hello"]).await;
    let (address, seen) = slow().await;
    let port = address.port();
    let sql = format!(
        "UPDATE email_accounts SET smtp_settings = '{{\"host\": \"127.0.0.1\", \"port\": {port}, \"security\": \"none\"}}'
            WHERE email = 'ann@sender.test'"
    );
    campaign.change(Tier::Oltp, &sql).await;
    campaign.start().await;
    let server = MailServer::start(Script::default()).await;
    let home = campaign.home(&server).without("GATEWAY_SMTP_URL");
    let worker = worker(&home).await;
    let held = "count(*) >= 4 FROM email_messages WHERE status = 'sending'";
    campaign.until(Tier::Content, held, PATIENCE).await;
    let other = "SELECT id FROM tenants WHERE name = 'globex'";
    let other = campaign.value(Tier::Oltp, other).await;
    let others = format!("INSERT INTO jobs (tenant_id, queue_name, job_type, payload)
        SELECT '{}', queue, job, '{{\"receivedId\": \"01900000-0000-7000-8000-000000000000\",
            \"messageId\": \"01900000-0000-7000-8000-000000000000\"}}'
        FROM (VALUES ('email-processing', 'message.receive'), ('email-sending', 'message.send')) AS kind (queue, job),
            generate_series(1, 20)", other.as_str().expect("an id"));
    campaign.change(Tier::Queue, &others).await;
    let done = "count(*) = 40 FROM jobs WHERE payload ->> 'receivedId' IS NOT NULL AND status = 'completed'";
    campaign.until(Tier::Queue, done, PATIENCE).await;
    let (came, left) = (
        seen.came.load(Ordering::Relaxed),
        seen.left.load(Ordering::Relaxed),
    );
    assert_eq!((came, left), (4, 0), "half of the worker, and still at it");
    drop(worker);
}
