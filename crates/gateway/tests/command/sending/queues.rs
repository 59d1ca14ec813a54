//! Workers of some queues only.

use migrations::Tier;
use transport::sink::Script;

use super::arranged::{Campaign, MailServer, worker};
use crate::serving::PATIENCE;

/// What each worker does by the clock and with the outbox it does for all queues: the campaign's job is made, and waits.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_leaves_the_queues_that_are_not_its_own() {
    let campaign = Campaign::new(1, &["Hello"]).await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let now = "UPDATE job_schedules SET next_run = now()";
    campaign.change(Tier::Queue, now).await;
    let home = campaign.home(&server);
    let home = home.with("GATEWAY_WORKER_QUEUES", "maintenance,billing");
    let other = worker(&home).await;
    let made = "count(*) = 1 FROM jobs WHERE job_type = 'campaign.run'";
    campaign.until(Tier::Queue, made, PATIENCE).await;
    let maintained = "count(*) > 0 AND bool_and(status = 'completed') FROM jobs WHERE queue_name = 'maintenance'";
    campaign.until(Tier::Queue, maintained, PATIENCE).await;
    assert_eq!(other.stop("TERM").await.code, Some(0));
    let tried = "SELECT sum(fence) FROM jobs WHERE job_type = 'campaign.run'";
    assert_eq!(campaign.value(Tier::Queue, tried).await, 0);

    let home = home.with("GATEWAY_WORKER_QUEUES", "email-sending");
    let sender = worker(&home).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(sender.stop("TERM").await.code, Some(0));
    assert_eq!(server.accepted().len(), 1);
}
