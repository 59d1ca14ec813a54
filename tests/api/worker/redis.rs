//! Jobs through a real Redis, and what becomes of them while it is away.

use std::time::Duration;

use gateway_tests::Redis;
use migrations::Tier;
use tokio::time::sleep;
use uuid::Uuid;
use worker::{Done, Job, Wake};

use super::yard::{Running, Yard, does, options};

const JOBS: i32 = 2000;
const LIST: &str = "gateway:jobs:email-sending";

impl Yard {
    /// Workers as of several processes, which note each job that they do.
    async fn crew(&self, redis: &Redis) -> Vec<Running> {
        self.run("CREATE TABLE IF NOT EXISTS effects (id uuid)")
            .await;
        let effects = self.world.admin_of(Tier::Queue);
        let mut crew = Vec::new();
        for _ in 0..3 {
            let effects = effects.clone();
            let handlers = does(move |job: Job| {
                let effects = effects.clone();
                async move {
                    let note =
                        sqlx::query("INSERT INTO effects VALUES ($1)").bind(Uuid::from(job.id));
                    note.execute(&effects).await.expect("a row");
                    Ok(Done::Completed(None))
                }
            });
            let wake = Wake::through(Some(&redis.url().into())).expect("a URL");
            crew.push(self.work_as(options(4), wake, handlers).await);
        }
        crew
    }

    async fn until_done(&self, more_than: i32) {
        self.until(&format!(
            "count(*) > {more_than} FROM jobs WHERE status = 'completed'"
        ))
        .await;
    }

    async fn each_once(&self, crew: Vec<Running>) {
        self.until("bool_and(status = 'completed') FROM jobs").await;
        for worker in crew {
            worker.stop().await;
        }
        let counts = "SELECT format('%s %s', count(*), count(DISTINCT id)) FROM effects";
        assert_eq!(self.one::<String>(counts).await, format!("{JOBS} {JOBS}"));
        let row = "SELECT format('%s %s', max(attempt_count), max(fence)) FROM jobs";
        assert_eq!(self.one::<String>(row).await, "1 1");
    }
}

/// Notes that jobs were told to Redis, which their rows do not say once they are done.
const MARKED: &str = "CREATE TABLE marked (id uuid);
    CREATE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
        $$ BEGIN INSERT INTO marked VALUES (NEW.id); RETURN NEW; END $$;
    CREATE TRIGGER marked AFTER UPDATE ON jobs FOR EACH ROW WHEN (NEW.status = 'migrated_to_redis') EXECUTE FUNCTION mark()";

#[tokio::test]
async fn jobs_flow_through_redis() {
    let (yard, redis) = (Yard::with(2).await, Redis::start().await);
    yard.run(MARKED).await;
    yard.add(0, JOBS, 60).await;
    let crew = yard.crew(&redis).await;
    yard.each_once(crew).await;
    let marked: i64 = yard.one("SELECT count(DISTINCT id) FROM marked").await;
    assert!(marked > i64::from(JOBS) * 9 / 10, "{marked} of {JOBS}");
    assert_eq!(redis.command(&["ZCARD", LIST]), "0");
}

/// Its poll is an hour, and that of the one who is woken, too.
#[tokio::test]
async fn a_worker_of_another_process_is_woken() {
    let (yard, redis) = (Yard::with(1).await, Redis::start().await);
    let wake = || Wake::through(Some(&redis.url().into())).expect("a URL");
    let mut seldom = options(1);
    seldom.poll = Duration::from_secs(3600);
    let worker = yard.work_as(seldom, wake(), does(super::yard::done)).await;
    // It waits at the lists by now, or will look before it does.
    sleep(Duration::from_millis(500)).await;
    yard.run_in(
        Tier::Oltp,
        &format!("INSERT INTO outbox (tenant_id, topic, payload) VALUES ('{}', 'campaign.started', '{{}}')", yard.tenants[0]),
    )
    .await;
    let gateway = wake();
    let published = tokio::spawn({
        let gateway = gateway.clone();
        async move { gateway.publish().await }
    });
    gateway.touch();
    yard.until("count(*) = 1 FROM jobs WHERE status = 'completed'")
        .await;
    published.abort();
    worker.stop().await;
}

#[tokio::test]
async fn a_redis_that_dies_and_comes_back_costs_nothing() {
    let (yard, mut redis) = (Yard::with(2).await, Redis::start().await);
    yard.add(0, JOBS, 60).await;
    let crew = yard.crew(&redis).await;
    yard.until_done(200).await;
    redis.stop();
    yard.until_done(800).await;
    redis.start_again().await;
    yard.until_done(1200).await;
    redis.stop();
    yard.each_once(crew).await;
}

#[tokio::test]
async fn a_redis_that_forgets_costs_nothing() {
    let (yard, redis) = (Yard::with(2).await, Redis::start().await);
    yard.add(0, JOBS, 60).await;
    let crew = yard.crew(&redis).await;
    for done in [100, 500, 900, 1300] {
        yard.until_done(done).await;
        assert_eq!(redis.command(&["FLUSHALL"]), "OK");
    }
    yard.each_once(crew).await;
}

#[tokio::test]
async fn a_redis_that_stands_still_costs_nothing() {
    let (yard, redis) = (Yard::with(2).await, Redis::start().await);
    yard.add(0, JOBS, 60).await;
    let crew = yard.crew(&redis).await;
    yard.until_done(300).await;
    redis.signal("STOP");
    yard.until_done(900).await;
    redis.signal("CONT");
    yard.each_once(crew).await;
}

/// What is in a list may be done, unknown, or nonsense.
#[tokio::test]
async fn what_redis_says_is_not_believed() {
    let (yard, redis) = (Yard::with(1).await, Redis::start().await);
    let done = yard.add(0, 1, 60).await[0];
    yard.run("UPDATE jobs SET status = 'completed', completed = now(), attempt_count = 1")
        .await;
    let later = yard.add(0, 1, -3600).await[0];
    let (done, later, unknown) = (
        done.to_string(),
        later.to_string(),
        Uuid::new_v4().to_string(),
    );
    redis.command(&[
        "ZADD", LIST, "1", &done, "1", &later, "1", &unknown, "1", "nonsense",
    ]);
    yard.run("CREATE TABLE IF NOT EXISTS effects (id uuid)")
        .await;
    let crew = yard.crew(&redis).await;
    let due = yard.add(0, 1, 1).await[0];
    yard.until(&format!(
        "status = 'completed' FROM jobs WHERE id = '{due}'"
    ))
    .await;
    for worker in crew {
        worker.stop().await;
    }
    assert_eq!(yard.one::<i64>("SELECT count(*) FROM effects").await, 1);
    assert_eq!(redis.command(&["ZCARD", LIST]), "0");
}
