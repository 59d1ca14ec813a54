//! The database of a tier whose server stops in the middle of a campaign, and comes back.

use std::time::Duration;

use migrations::Tier;
use reqwest::StatusCode;
use serde_json::Value;
use tokio::time::sleep;
use transport::sink::{Fault, Moment, Script};

use super::{
    arranged::{Campaign, MailServer, worker},
    promises::{assert_at_most_once, assert_nothing_is_stuck, reached},
};
use crate::{
    cluster::Apart,
    home::Home,
    serving::{PATIENCE, Serving},
};

const LEADS: u32 = 100;
/// Jobs at once: of so many messages nobody may know what became of them.
const CONCURRENCY: i64 = 4;
const ALIVE: &str = "{ __typename }";
const LEAD: &str = "{ leads(first: 1) { nodes { email } } }";
const MAIL: &str = "{ messages(first: 1) { nodes { id } } }";

/// A campaign whose workers lose a database, and a gateway beside them.
struct Outage {
    apart: Apart,
    campaign: Campaign,
    mail: MailServer,
    worker: Serving,
    gateway: Serving,
    token: String,
}

impl Outage {
    /// Begins when a quarter of the messages is sent.
    async fn of(tier: Tier) -> Self {
        let mut apart = Apart::start(tier).await;
        let campaign = Campaign::apart(&apart, LEADS, &["One", "Two"]).await;
        let soon = "UPDATE job_queues SET lease_seconds = 2";
        campaign.change(Tier::Queue, soon).await;
        // So that some are on their way.
        let slow = Fault::delay(Moment::End, Duration::from_millis(100));
        let mail = MailServer::start(Script::new(move |_| Some(slow.clone()))).await;
        campaign.start().await;
        let home = campaign
            .home(&mail)
            .with("GATEWAY_WORKER_CONCURRENCY", CONCURRENCY.to_string())
            .with("GATEWAY_EVENTS_INTERVAL_SECONDS", "1");
        let token = owner(&home).await;
        let gateway = home.serve(&[]).await;
        let worker = worker(&home).await;
        reached(&campaign, &mail, LEADS as usize / 2).await;
        apart.stop().await;
        Self {
            apart,
            campaign,
            mail,
            worker,
            gateway,
            token,
        }
    }

    async fn assert_answers(&self, query: &str, expected: StatusCode) {
        let answer = self.gateway.post(&self.token, query).send().await;
        let answer = answer.expect("an answer");
        let status = answer.status();
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(status, expected, "{query} {body:#}");
        if status != StatusCode::OK {
            assert_eq!(body["errors"][0]["extensions"]["code"], "UNAVAILABLE");
        }
    }

    async fn ready(&self) -> (StatusCode, String) {
        let answer = reqwest::get(format!("{}/readyz", self.gateway.base)).await;
        let answer = answer.expect("an answer");
        (answer.status(), answer.text().await.expect("text"))
    }

    /// Whoever has begun may end; then nothing more goes out.
    async fn assert_nothing_goes_out(&self) {
        sleep(Duration::from_secs(2)).await;
        let before = self.mail.accepted().len();
        sleep(Duration::from_secs(2)).await;
        assert_eq!(self.mail.accepted().len(), before);
        assert!(before < 2 * LEADS as usize, "it was in the middle");
    }

    /// Ends it; the campaign ends, too, and what was told is over.
    async fn end(mut self, tier: Tier) {
        self.apart.go_on().await;
        let Self { campaign, mail, .. } = &self;
        campaign.hurry_to_its_end().await;
        let none = "NOT EXISTS (SELECT FROM jobs WHERE queue_name = 'email-sending' AND status <> 'completed')";
        campaign.until(Tier::Queue, none, PATIENCE).await;
        let messages = 2 * i64::from(LEADS);
        assert_at_most_once(campaign, mail, messages, CONCURRENCY).await;
        assert_nothing_is_stuck(campaign, i64::from(LEADS), messages).await;
        let over = format!(
            "count(*) = 1 AND bool_and(is_resolved AND resolved_by IS NULL) \
             FROM admin_system_events WHERE event_type = 'dependency_failing' AND subject = '{}'",
            tier.as_str()
        );
        campaign.until(Tier::Oltp, &over, PATIENCE).await;
        assert_eq!(self.ready().await, (StatusCode::OK, "ok\n".to_owned()));
        for query in [ALIVE, LEAD, MAIL] {
            self.assert_answers(query, StatusCode::OK).await;
        }
        assert_eq!(self.worker.stop("TERM").await.code, Some(0));
        assert_eq!(self.gateway.stop("TERM").await.code, Some(0));
    }
}

/// A token of somebody of the demo.
async fn owner(home: &Home) -> String {
    let asked = ["token", "--tenant", "acme", "--user", "owner@acme.test"];
    home.run(&asked).await.ok().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_content_tier_goes_and_comes_back() {
    let outage = Outage::of(Tier::Content).await;
    let without = (StatusCode::OK, "ok, without content\n".to_owned());
    assert_eq!(outage.ready().await, without);
    outage.assert_answers(ALIVE, StatusCode::OK).await;
    outage.assert_answers(LEAD, StatusCode::OK).await;
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    outage.assert_answers(MAIL, unavailable).await;
    let told = "EXISTS (SELECT FROM admin_system_events WHERE event_type = 'dependency_failing' \
         AND subject = 'content' AND severity = 'high' AND NOT is_resolved)";
    outage.campaign.until(Tier::Oltp, told, PATIENCE).await;
    outage.assert_nothing_goes_out().await;
    let tried = "EXISTS (SELECT FROM jobs WHERE job_type = 'message.send' AND last_error_message IS NOT NULL)";
    outage.campaign.until(Tier::Queue, tried, PATIENCE).await;
    outage.end(Tier::Content).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_transactional_tier_goes_and_comes_back() {
    let outage = Outage::of(Tier::Oltp).await;
    let (status, text) = outage.ready().await;
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    assert_eq!(status, unavailable, "{text}");
    outage.assert_answers(ALIVE, StatusCode::OK).await;
    // Who is a member is asked there.
    outage.assert_answers(LEAD, unavailable).await;
    outage.assert_answers(MAIL, unavailable).await;
    let kept = "what needs somebody can not be written down; it is kept";
    outage.worker.logged(kept).await;
    outage.assert_nothing_goes_out().await;
    outage.end(Tier::Oltp).await;
}
