//! What the readers of mail need to reach this gateway.

use transport::sink::Script;

use super::arranged::{Campaign, MailServer, worker};
use crate::home::Home;

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_mail_away_is_told_what_its_links_lack() {
    let campaign = Campaign::new(0, &[]).await;
    let server = MailServer::start(Script::default()).await;
    let here = campaign.home(&server).without("GATEWAY_LINK_KEY");
    let away = here.without("GATEWAY_SMTP_URL");
    let settings = ["GATEWAY_PUBLIC_URL", "GATEWAY_LINK_KEY"];
    let told = async |home: &Home| {
        let ended = worker(home).await.stop("TERM").await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        settings.map(|setting| ended.stderr.contains(setting))
    };
    assert_eq!(told(&away).await, [true, true]);
    let away = away.with("GATEWAY_PUBLIC_URL", "https://mail.example.com");
    assert_eq!(told(&away).await, [false, true]);
    let key = "a key for tests only that is long enough";
    let away = away.with("GATEWAY_LINK_KEY", key);
    assert_eq!(told(&away).await, [false, false]);
    let here = away
        .without("GATEWAY_PUBLIC_URL")
        .without("GATEWAY_LINK_KEY")
        .with("GATEWAY_SMTP_URL", server.url());
    assert_eq!(told(&here).await, [false, false]);
}
