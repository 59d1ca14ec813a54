//! A place for workers: empty databases with some tenants, and jobs that a test makes.

use std::{sync::Arc, time::Duration};

use gateway_tests::{World, beside, cluster};
use migrations::Tier;
use sqlx::AssertSqlSafe;
use tenant::{Database, DatabaseOptions};
use tokio::{sync::oneshot, task::JoinHandle, time::sleep};
use uuid::Uuid;
use worker::{Done, Failure, Handler, Handlers, Job, Options, Wake, Worker};

/// The queue of most tests.
pub const QUEUE: &str = "email-sending";

/// What a handler answers.
pub type Handled = Result<Done, Failure>;

/// Empty databases, tenants, workers.
pub struct Yard {
    pub world: World,
    pub tenants: Vec<Uuid>,
}

/// A worker that runs.
pub struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    database: Database,
}

impl Yard {
    pub async fn with(tenants: u128) -> Self {
        let world = World::empty().await;
        let tenants: Vec<Uuid> = (1..=tenants).map(Uuid::from_u128).collect();
        sqlx::query(
            "INSERT INTO tenants (id, name) SELECT id, id::text FROM unnest($1::uuid[]) AS id",
        )
        .bind(&tenants)
        .execute(world.admin())
        .await
        .expect("tenants");
        Self { world, tenants }
    }

    /// The only value of a statement in the queue tier, as the superuser.
    pub async fn one<T>(&self, sql: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        self.one_in(Tier::Queue, sql).await
    }

    pub async fn one_in<T>(&self, tier: Tier, sql: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        let value = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(self.world.admin_of(tier));
        value
            .await
            .unwrap_or_else(|error| panic!("{error} in: {sql}"))
    }

    /// Runs a statement in the queue tier, as the superuser.
    pub async fn run(&self, sql: &str) {
        self.run_in(Tier::Queue, sql).await;
    }

    pub async fn run_in(&self, tier: Tier, sql: &str) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(self.world.admin_of(tier));
        done.await
            .unwrap_or_else(|error| panic!("{error} in: {sql}"));
    }

    /// Waits until a condition of SQL holds in the queue tier.
    pub async fn until(&self, condition: &str) {
        self.until_in(Tier::Queue, condition).await;
    }

    pub async fn until_in(&self, tier: Tier, condition: &str) {
        for _ in 0..3000 {
            if self
                .one_in(
                    tier,
                    &format!("SELECT coalesce((SELECT {condition}), false)"),
                )
                .await
            {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
        let jobs = "SELECT coalesce(json_agg(s), '[]')::text FROM (SELECT status, count(*), min(last_error_message) FROM jobs GROUP BY 1) s";
        panic!("never: {condition}; {}", self.one::<String>(jobs).await);
    }

    /// Makes `count` jobs of a tenant, due since so many seconds.
    pub async fn add(&self, tenant: usize, count: i32, seconds: i32) -> Vec<Uuid> {
        self.add_to(QUEUE, tenant, count, 100, seconds).await
    }

    pub async fn add_to(
        &self,
        queue: &str,
        tenant: usize,
        count: i32,
        priority: i32,
        seconds: i32,
    ) -> Vec<Uuid> {
        let sql = "INSERT INTO jobs (tenant_id, queue_name, job_type, priority, run_at) \
             SELECT $1, $2, 'test', $4, now() - make_interval(secs => $5) FROM generate_series(1, $3) RETURNING id";
        sqlx::query_scalar(sql)
            .bind(self.tenants[tenant])
            .bind(queue)
            .bind(count)
            .bind(priority)
            .bind(seconds)
            .fetch_all(self.world.admin_of(Tier::Queue))
            .await
            .expect("jobs")
    }

    /// The databases of all tiers, through pools of their own, as another process has them.
    pub async fn database(&self) -> Database {
        let server = &cluster().await.server;
        let url = |tier| server.url("gateway_login", &beside(&self.world.database, tier));
        let database = Database::new(&url(Tier::Oltp), &DatabaseOptions::default());
        let content = |made: Database| made.and(tenant::Tier::Content, &url(Tier::Content));
        let queue = |made: Database| made.and(tenant::Tier::Queue, &url(Tier::Queue));
        database
            .and_then(content)
            .and_then(queue)
            .expect("PostgreSQL URLs")
    }

    /// A worker with databases of its own that does `test` jobs with this, four at once.
    pub async fn work<F, R>(&self, handle: F) -> Running
    where
        F: Fn(Job) -> R + Send + Sync + 'static,
        R: Future<Output = Handled> + Send + 'static,
    {
        self.work_as(options(4), Wake::default(), does(handle))
            .await
    }

    pub async fn work_as(&self, options: Options, wake: Wake, handlers: Handlers) -> Running {
        let database = self.database().await;
        let worker = Worker::new(database.clone(), handlers, wake, options);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            worker
                .run(async {
                    let _ = stopped.await;
                })
                .await;
        });
        Running {
            stop,
            task,
            database,
        }
    }
}

impl Running {
    /// Stops it as a signal would, and waits until it has ended.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.expect("a worker that ends");
        self.database.close().await;
    }
}

/// Options of a test: no time to end, looks often.
pub fn options(concurrency: usize) -> Options {
    Options {
        concurrency,
        poll: Duration::from_millis(50),
        drain: Duration::ZERO,
        ..Options::default()
    }
}

struct Does<F>(F);

#[async_trait::async_trait]
impl<F, R> Handler for Does<F>
where
    F: Fn(Job) -> R + Send + Sync + 'static,
    R: Future<Output = Handled> + Send + 'static,
{
    async fn run(&self, job: &Job) -> Handled {
        (self.0)(job.clone()).await
    }
}

/// Handlers that do `test` jobs, and those of campaigns, with this.
pub fn does<F, R>(handle: F) -> Handlers
where
    F: Fn(Job) -> R + Send + Sync + 'static,
    R: Future<Output = Handled> + Send + 'static,
{
    let handler: Arc<dyn Handler> = Arc::new(Does(handle));
    Handlers::new(["test", "campaign.run"].map(|name| (name, Arc::clone(&handler))))
}

/// Done, without a word.
pub async fn done(_: Job) -> Handled {
    Ok(Done::Completed(None))
}
