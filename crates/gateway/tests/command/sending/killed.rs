//! Workers that are killed in the middle of thousands of messages.
#![expect(
    clippy::print_stdout,
    reason = "a run says what came of it, and how to repeat it"
)]

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use migrations::Tier;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::time::{Instant, sleep};
use transport::sink::Script;

use super::{
    arranged::{Campaign, MailServer, worker},
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
    assert_at_most_once(&campaign, &server, messages as i64).await;
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

/// Waits until so many messages were accepted.
async fn reached(campaign: &Campaign, server: &MailServer, accepted: usize) {
    let end = Instant::now() + PATIENCE;
    while server.accepted().len() < accepted {
        let is_late = Instant::now() > end;
        assert!(
            !is_late,
            "{:?} {:?}",
            campaign.messages().await,
            campaign.jobs().await
        );
        sleep(Duration::from_millis(20)).await;
    }
}

/// Who was written to, by what was accepted; and that each acceptance is known.
async fn assert_at_most_once(campaign: &Campaign, server: &MailServer, expected: i64) {
    let accepted = server.accepted();
    let ids: HashSet<&String> = accepted.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), accepted.len(), "a message was accepted twice");
    let known = campaign.sent_or_unknown().await;
    let mut steps = HashMap::<_, HashSet<_>>::new();
    for (to, id) in &accepted {
        let (address, step) = known.get(id).unwrap_or_else(|| panic!("{id} has no row"));
        assert_eq!(address, to);
        let is_first = steps.entry(to).or_default().insert(step);
        assert!(is_first, "{to} got a step twice");
    }
    let messages = campaign.messages().await;
    let unknown = messages.get("sending").copied().unwrap_or_default();
    println!("{} accepted, {unknown} unknown", accepted.len());
    assert!(unknown <= (KILLS * CONCURRENCY) as i64, "{messages:?}");
    let sent = messages.get("sent").copied().unwrap_or_default();
    assert_eq!(sent + unknown, expected, "{messages:?}");
    assert!(accepted.len() as i64 >= sent, "{messages:?}");
}

async fn assert_nothing_is_stuck(campaign: &Campaign, expected: i64, messages: i64) {
    let jobs = campaign.jobs().await;
    assert_eq!(jobs.keys().collect::<Vec<_>>(), ["completed"], "{jobs:?}");
    let leads = campaign.leads().await;
    assert_eq!(leads, [("completed".to_owned(), expected)].into());
    let counted = "SELECT sum(executed_count) FROM campaign_sequence_steps \
         WHERE campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign')";
    assert_eq!(campaign.value(Tier::Oltp, counted).await, messages);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_asked_to_stop_leaves_nothing_unknown() {
    const FEW: usize = 60;
    let campaign = Campaign::new(FEW as u32, &["Hello"]).await;
    let slow = Script::new(|_| {
        let moment = transport::sink::Moment::End;
        Some(transport::sink::Fault::delay(
            moment,
            Duration::from_millis(100),
        ))
    });
    let server = MailServer::start(slow).await;
    campaign.start().await;
    let home = campaign.home(&server);
    let first = worker(&home).await;
    reached(&campaign, &server, FEW / 4).await;
    let ended = first.stop("TERM").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
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
