//! Workers that are killed in the middle of thousands of messages.
#![expect(
    clippy::print_stdout,
    reason = "a run says what came of it, and how to repeat it"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use migrations::Tier;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::time::{Instant, sleep};
use transport::sink::{Fault, Moment, Script};

use super::{
    arranged::{Campaign, MailServer, worker},
    promises::{assert_at_most_once, assert_nothing_is_stuck, reached},
    redis::Redis,
};

/// Every so many leads one gets a second message.
const TWICE: usize = 20;
const KILLS: usize = 12;
/// Jobs at once of a worker.
const CONCURRENCY: usize = 4;
/// Longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(600);

#[tokio::test(flavor = "multi_thread")]
async fn each_lead_gets_each_step_at_most_once_and_nothing_is_stuck() {
    let leads = leads();
    let messages = leads + leads / TWICE;
    let campaign = Campaign::new(leads as u32, &["One, {{ lead.name }}", "Two"]).await;
    campaign
        .change(
            Tier::Oltp,
            &format!(
                "UPDATE leads SET company = 'both' WHERE name LIKE 'Lead %' AND substr(name, 6)::integer % {TWICE} = 0;
                UPDATE campaign_sequence_steps SET send_condition = 'lead.company == \"both\"' \
                WHERE step_order = 2 AND campaign_id IN (SELECT id FROM campaigns WHERE name = 'the campaign')"
            ),
        )
        .await;
    // What a worker had is another's soon.
    campaign
        .change(Tier::Queue, "UPDATE job_queues SET lease_seconds = 2")
        .await;
    let server = MailServer::start(Script::default()).await;
    let redis = Redis::start().await;
    campaign.start().await;

    let begun = Instant::now();
    kill_until_sent(&campaign, &server, redis, messages).await;
    println!(
        "{messages} messages, {:.0} a second, with {KILLS} kills",
        messages as f64 / begun.elapsed().as_secs_f64()
    );
    let most_unknown = KILLS * CONCURRENCY;
    assert_at_most_once(&campaign, &server, messages as i64, most_unknown as i64).await;
    assert_nothing_is_stuck(&campaign, leads as i64, messages as i64).await;
}

/// Two thousand messages, or those to as many leads as `KILLED_LEADS` says: ten thousand to 9524, which take some minutes.
fn leads() -> usize {
    let given = std::env::var("KILLED_LEADS").ok();
    given.map_or(1_904, |leads| leads.parse().expect("a number of leads"))
}

/// Two workers, one of which is killed again and again as the campaign gets on; Redis goes in the middle, and comes back.
async fn kill_until_sent(
    campaign: &Campaign,
    server: &MailServer,
    mut redis: Redis,
    messages: usize,
) {
    let seed = rand::rng().random();
    println!("the seed of the kills is {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let home = campaign
        .home(server)
        .with("GATEWAY_WORKER_CONCURRENCY", CONCURRENCY.to_string())
        .with("REDIS_URL", redis.url());
    let mut workers = [worker(&home).await, worker(&home).await];
    let mut moments: Vec<usize> = (0..KILLS)
        .map(|_| random.random_range(0..messages * 9 / 10))
        .collect();
    moments.sort_unstable();
    for (kill, moment) in moments.into_iter().enumerate() {
        reached(campaign, server, moment).await;
        sleep(Duration::from_millis(random.random_range(0..200))).await;
        let victim = random.random_range(0..workers.len());
        workers[victim].signal("KILL").await;
        workers[victim] = worker(&home).await;
        match kill {
            4 => redis.stop().await,
            7 => redis.go_on().await,
            _ => {}
        }
    }
    let is_over = "status = 'completed' FROM campaigns WHERE name = 'the campaign'";
    campaign.until(Tier::Oltp, is_over, PATIENCE).await;
    // The last jobs say that they are done after their campaign does.
    let none = "NOT EXISTS (SELECT FROM jobs WHERE status NOT IN ('completed', 'failed'))";
    campaign.until(Tier::Queue, none, PATIENCE).await;
    for worker in workers {
        let ended = worker.stop("TERM").await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_asked_to_stop_leaves_nothing_unknown() {
    const FEW: usize = 60;
    let campaign = Campaign::new(FEW as u32, &["Hello"]).await;
    // Until the first has stopped, so that it is in the middle when it is asked to.
    let is_slow = Arc::new(AtomicBool::new(true));
    let slow = Arc::clone(&is_slow);
    let script = Script::new(move |_| {
        let second = Fault::delay(Moment::End, Duration::from_secs(1));
        slow.load(Ordering::Relaxed).then_some(second)
    });
    let server = MailServer::start(script).await;
    campaign.start().await;
    let home = campaign.home(&server);
    let first = worker(&home).await;
    reached(&campaign, &server, FEW / 4).await;
    let ended = first.stop("TERM").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    is_slow.store(false, Ordering::Relaxed);
    let sent = campaign.messages().await;
    assert_eq!(sent.get("sending"), None, "{sent:?}");
    assert!(sent["queued"] > 0, "it was in the middle: {sent:?}");
    let running = "SELECT count(*) FROM jobs WHERE status = 'running'";
    assert_eq!(campaign.value(Tier::Queue, running).await, 0);

    let second = worker(&home).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(campaign.messages().await["sent"], FEW as i64);
    assert_eq!(server.accepted().len(), FEW);
    assert_eq!(second.stop("TERM").await.code, Some(0));
}
