//! Passwords of accounts that can not be read for a while.

use migrations::Tier;
use serde_json::json;
use transport::{Credentials, sink::Script};

use super::arranged::{Campaign, MailServer, worker};
use crate::serving::PATIENCE;

const PROBLEM: &str = "SELECT jsonb_build_array(sending_problem, sending_failing_since IS NOT NULL) \
     FROM email_accounts WHERE email = 'ann@sender.test'";
const PUT_OFF: &str = "count(*) = 2 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' \
     AND run_at > now() + interval '5 minutes'";

#[tokio::test(flavor = "multi_thread")]
async fn mail_waits_for_a_password_that_can_not_be_read_and_the_account_says_so() {
    let campaign = Campaign::new(2, &["Hello"]).await;
    let credentials = Credentials::new("ann", "a password".to_owned());
    let server = MailServer::guarded(Script::default(), credentials).await;
    let settings = format!(
        "UPDATE email_accounts SET vault_key_path = 'sender/ann', \
             smtp_settings = '{{\"host\": \"127.0.0.1\", \"port\": {}, \"security\": \"none\", \"username\": \"ann\"}}' \
         WHERE email = 'ann@sender.test'",
        server.port()
    );
    campaign.change(Tier::Oltp, &settings).await;
    let home = campaign.home(&server).without("GATEWAY_SMTP_URL");
    let folder = home.path().join("secrets");
    let home = home.with("GATEWAY_SECRETS_DIR", folder.to_str().expect("a path"));
    campaign.start().await;
    let worker = worker(&home).await;
    campaign.until(Tier::Queue, PUT_OFF, PATIENCE).await;
    assert_eq!(campaign.messages().await, [("queued".to_owned(), 2)].into());
    assert_eq!(campaign.leads().await, [("active".to_owned(), 2)].into());
    let problem = campaign.value(Tier::Oltp, PROBLEM).await;
    assert_eq!(problem, json!(["password", true]));

    std::fs::create_dir_all(folder.join("sender")).expect("a folder");
    std::fs::write(folder.join("sender/ann"), "a password\n").expect("a file");
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    assert_eq!(server.accepted().len(), 2);
    let problem = campaign.value(Tier::Oltp, PROBLEM).await;
    assert_eq!(problem, json!([null, false]));
}
