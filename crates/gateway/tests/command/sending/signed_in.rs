//! Accounts that send through servers of their own, and what these say of them.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use migrations::Tier;
use serde_json::{Value, json};
use tempfile::TempDir;
use transport::{
    Credentials,
    sink::{Fault, Moment, Script},
};

use super::arranged::{Campaign, MailServer, worker};
use crate::{home::Home, serving::PATIENCE};

const ADDRESS: &str = "ann@sender.test";

/// The account sends through the server, whose settings say no more than where it is.
async fn own_server(campaign: &Campaign, server: &MailServer) {
    let port = server.port();
    let sql = format!(
        "UPDATE email_accounts SET smtp_settings = '{{\"host\": \"127.0.0.1\", \"port\": {port}, \"security\": \"none\"}}'
            WHERE email = '{ADDRESS}'"
    );
    campaign.change(Tier::Oltp, &sql).await;
}

async fn secret(campaign: &Campaign) {
    let sql = format!("UPDATE email_accounts SET vault_key_path = 'ann' WHERE email = '{ADDRESS}'");
    campaign.change(Tier::Oltp, &sql).await;
}

/// A folder whose worker knows the password, and no server but the account's.
fn home(campaign: &Campaign, server: &MailServer) -> (Home, TempDir) {
    let secrets = tempfile::tempdir().expect("a folder");
    std::fs::write(secrets.path().join("ann"), "a password\n").expect("a file");
    let home = campaign.home(server).without("GATEWAY_SMTP_URL");
    let folder = secrets.path().to_str().expect("a path of ours");
    (home.with("GATEWAY_SECRETS_DIR", folder), secrets)
}

async fn problem(campaign: &Campaign) -> Value {
    let sql = format!(
        "SELECT jsonb_build_array(sending_problem, sending_failing_since IS NOT NULL) FROM email_accounts WHERE email = '{ADDRESS}'"
    );
    campaign.value(Tier::Oltp, &sql).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_signs_in_with_its_address_and_waits_while_it_is_not_let_in() {
    let campaign = Campaign::new(2, &["Hello"]).await;
    let known = Credentials::new(ADDRESS, "a password".to_owned());
    let server = MailServer::guarded(Script::default(), known).await;
    own_server(&campaign, &server).await;
    campaign.start().await;
    let (home, _secrets) = home(&campaign, &server);
    let worker = worker(&home).await;
    // Without a secret it sends as nobody, whom this server takes no mail of.
    let is_told = format!(
        "sending_problem IS NOT DISTINCT FROM 'sign_in' FROM email_accounts WHERE email = '{ADDRESS}'"
    );
    campaign.until(Tier::Oltp, &is_told, PATIENCE).await;
    let tried = "count(*) = 2 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' AND attempt_count > 0";
    campaign.until(Tier::Queue, tried, PATIENCE).await;
    assert_eq!(campaign.messages().await, [("queued".to_owned(), 2)].into());
    assert_eq!(problem(&campaign).await, json!(["sign_in", true]));

    secret(&campaign).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(campaign.messages().await, [("sent".to_owned(), 2)].into());
    assert_eq!(server.accepted().len(), 2);
    assert_eq!(problem(&campaign).await, json!([null, false]));
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_of_an_account_that_has_sent_all_it_may_waits() {
    let campaign = Campaign::new(2, &["Hello"]).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let day = Arc::clone(&is_over);
    let exceeded = Fault::answer(
        Moment::Recipient,
        550,
        "5.4.5 Daily user sending limit exceeded",
    );
    let script = Script::new(move |_| (!day.load(Ordering::Relaxed)).then(|| exceeded.clone()));
    let server = MailServer::start(script).await;
    own_server(&campaign, &server).await;
    campaign.start().await;
    let (home, _secrets) = home(&campaign, &server);
    let worker = worker(&home).await;
    let tried = "count(*) = 2 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' AND attempt_count > 0";
    campaign.until(Tier::Queue, tried, PATIENCE).await;
    assert_eq!(campaign.messages().await, [("queued".to_owned(), 2)].into());
    let is_told = format!(
        "sending_problem IS NOT DISTINCT FROM 'refused' FROM email_accounts WHERE email = '{ADDRESS}'"
    );
    campaign.until(Tier::Oltp, &is_told, PATIENCE).await;

    is_over.store(true, Ordering::Relaxed);
    campaign.hurry_to_its_end().await;
    assert_eq!(campaign.messages().await, [("sent".to_owned(), 2)].into());
    assert_eq!(problem(&campaign).await, json!([null, false]));
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}
