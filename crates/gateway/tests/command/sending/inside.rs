//! Mail servers that tenants name, in the network that the worker itself is in.

use std::sync::atomic::Ordering;

use migrations::Tier;
use transport::sink::Script;

use super::{
    arranged::{Campaign, MailServer, worker},
    away::hanging_up,
};

/// Ways to write this machine.
const HOSTS: [&str; 6] = [
    "127.0.0.1",
    "localhost",
    "127.1",
    "2130706433",
    "::ffff:127.0.0.1",
    "0.0.0.0",
];

const REASON: &str = "not sent, failed at connecting: the mail server has no address that may be connected to: it has to be \
    in the internet, at port 25, 143, 465, 587, 993 or 2525";

impl Campaign {
    async fn server_of_account(&self, host: &str, port: u16) {
        let settings = format!(
            "UPDATE email_accounts SET smtp_settings = '{{\"host\": \"{host}\", \"port\": {port}, \"security\": \"none\"}}'
                WHERE email = 'ann@sender.test'"
        );
        self.change(Tier::Oltp, &settings).await;
    }

    /// Waits until the message was tried with what its account says now.
    async fn tried(&self) {
        let attempts =
            "SELECT coalesce(sum(attempt_count), 0) FROM jobs WHERE job_type = 'message.send'";
        let before = self.value(Tier::Queue, attempts).await;
        // The first may have begun before.
        let twice = format!(
            "coalesce(sum(attempt_count), 0) >= {before} + 2 FROM jobs WHERE job_type = 'message.send'"
        );
        self.hurry_until(Tier::Queue, &twice).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_connected_to_who_is_not_in_the_internet_unless_the_operator_permits_it() {
    let campaign = Campaign::new(1, &["Hello"]).await;
    let server = MailServer::start(Script::default()).await;
    let (inside, came) = hanging_up().await;
    campaign.server_of_account(HOSTS[0], inside.port()).await;
    campaign.start().await;
    let home = campaign.home(&server).without("GATEWAY_SMTP_URL");
    let shut = home.without("GATEWAY_MAIL_NETWORKS");
    let first = worker(&shut).await;
    for host in HOSTS {
        campaign.server_of_account(host, inside.port()).await;
        campaign.tried().await;
        let reason = "SELECT failure_reason FROM email_messages WHERE direction = 'outbound'";
        assert_eq!(
            campaign.value(Tier::Content, reason).await,
            REASON,
            "{host}"
        );
    }
    assert_eq!(first.stop("TERM").await.code, Some(0));
    assert_eq!(came.load(Ordering::Relaxed), 0);
    assert_eq!(campaign.messages().await, [("queued".to_owned(), 1)].into());

    let second = worker(&shut.with("GATEWAY_MAIL_NETWORKS", "127.0.0.0/8")).await;
    campaign.server_of_account(HOSTS[0], inside.port()).await;
    campaign.tried().await;
    assert!(came.load(Ordering::Relaxed) > 0);
    campaign.server_of_account(HOSTS[0], server.port()).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(server.accepted_by("lead1@leads.test"), 1);
    assert_eq!(second.stop("TERM").await.code, Some(0));
}
