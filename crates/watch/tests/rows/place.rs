//! Databases of a test's own, two tenants, and watchers.

use std::time::Duration;

use embedded::Server;
use events::Events;
use migrations::Passwords;
use sqlx::{
    AssertSqlSafe, PgPool, Row as _,
    postgres::{PgPoolOptions, PgRow},
};
use tenant::{Database, DatabaseOptions, Tier};
use tokio::task::JoinHandle;
use uuid::Uuid;
use watch::{Alerts, Options, Probe, Watch, Watcher};

/// How often a watcher looks.
const PERIOD: Duration = Duration::from_millis(100);

pub struct Place {
    pub server: Server,
    pub tenants: [Uuid; 2],
    pools: [PgPool; 2],
    _folder: tempfile::TempDir,
}

/// A watcher that runs; it is gone with the value.
pub struct Running(JoinHandle<()>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A row of `admin_system_events`, without what tells when.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: i64,
    pub event_type: String,
    pub severity: String,
    pub tenant_id: Option<Uuid>,
    pub subject: String,
    pub occurrences: i64,
    pub is_resolved: bool,
    pub resolved_by: Option<Uuid>,
}

impl Row {
    fn of(row: &PgRow) -> Self {
        Self {
            id: row.get(0),
            event_type: row.get(1),
            severity: row.get(2),
            tenant_id: row.get(3),
            subject: row.get(4),
            occurrences: row.get(5),
            is_resolved: row.get(6),
            resolved_by: row.get(7),
        }
    }
}

impl Place {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Server::start(embedded::Options::scratch(folder.path())).await;
        let server = server.expect("PostgreSQL starts");
        for tier in migrations::Tier::ALL {
            let name = tier.as_str();
            server.create_database(name).await.expect("a database");
            migrations::prepare_roles(&server.superuser_url(name), &Passwords::default())
                .await
                .expect("roles");
            migrations::up(tier, &server.url("gateway_migrator", name), None)
                .await
                .expect("a schema");
        }
        let pool = |name| {
            let pool = PgPoolOptions::new().max_connections(2);
            pool.connect_lazy(&server.superuser_url(name))
                .expect("a URL")
        };
        let pools = [pool("oltp"), pool("queue")];
        let place = Self {
            tenants: [Uuid::from_u128(1), Uuid::from_u128(2)],
            pools,
            server,
            _folder: folder,
        };
        let [one, other] = place.tenants;
        let people = format!(
            "INSERT INTO tenants (id, name) VALUES ('{one}', 'one'), ('{other}', 'other');
            INSERT INTO users (id, email) VALUES ('{one}', 'somebody@one.test')"
        );
        place.oltp(&people).await;
        place
    }

    /// A watcher, as a process has it.
    pub fn run(
        &self,
        watch: &Watch,
        probes: Vec<Box<dyn Probe>>,
        alerts: Option<Alerts>,
    ) -> Running {
        let watcher = self.watcher(watch, probes, alerts);
        Running(tokio::spawn(async move { watcher.run().await }))
    }

    /// One that does not run yet.
    pub fn watcher(
        &self,
        watch: &Watch,
        probes: Vec<Box<dyn Probe>>,
        alerts: Option<Alerts>,
    ) -> Watcher {
        Watcher::new(watch.clone(), self.options(PERIOD, probes, alerts))
    }

    /// A watcher that looks seldom. What it has not seen for three of its periods is over, which on a busy machine it may not
    /// see for as long as three of the usual ones.
    pub fn run_seldom(&self) -> Running {
        let options = self.options(5 * PERIOD, Vec::new(), None);
        let watcher = Watcher::new(Watch::default(), options);
        Running(tokio::spawn(async move { watcher.run().await }))
    }

    fn options(
        &self,
        period: Duration,
        probes: Vec<Box<dyn Probe>>,
        alerts: Option<Alerts>,
    ) -> Options {
        Options {
            database: self.database(),
            probes,
            period,
            alerts,
            events: Events::off(),
        }
    }

    fn database(&self) -> Database {
        let options = DatabaseOptions {
            max_connections: 1,
            acquire_timeout: Duration::from_secs(1),
            statement_timeout: None,
        };
        let url = |tier: Tier| self.server.url("gateway_login", tier.as_str());
        let oltp = Database::new(&url(Tier::Oltp), &options).expect("a URL");
        Tier::ALL[1..].iter().fold(oltp, |database, tier| {
            database.and(*tier, &url(*tier)).expect("a URL")
        })
    }

    pub async fn oltp(&self, sql: &str) {
        run(&self.pools[0], sql).await;
    }

    pub async fn queue(&self, sql: &str) {
        run(&self.pools[1], sql).await;
    }

    pub async fn is(&self, sql: &str) -> bool {
        let found = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&self.pools[0]);
        found.await.expect("an answer")
    }

    /// A job of a tenant that failed for good.
    pub async fn fail_jobs(&self, tenant: usize, queue: &str) {
        let tenant = self.tenants[tenant];
        self.queue(&format!(
            "INSERT INTO jobs (tenant_id, queue_name, job_type, status, failed) VALUES ('{tenant}', '{queue}', 'test', 'failed', now())"
        ))
        .await;
    }

    /// Lets the login role into a tier's database or not, and ends what is open.
    pub async fn allow_connections(&self, tier: &str, allowed: bool) {
        let change = if allowed { "GRANT" } else { "REVOKE" };
        let whom = if allowed { "TO" } else { "FROM" };
        let who = "gateway_login, PUBLIC";
        self.queue(&format!("{change} CONNECT ON DATABASE {tier} {whom} {who}"))
            .await;
        let end = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{tier}' AND usename = 'gateway_login'"
        );
        self.queue(&end).await;
    }

    pub async fn rows(&self) -> Vec<Row> {
        let rows = "SELECT id, event_type, severity, tenant_id, subject, occurrences, is_resolved, resolved_by \
            FROM admin_system_events ORDER BY id";
        let rows = sqlx::query(rows).fetch_all(&self.pools[0]).await;
        rows.expect("rows").iter().map(Row::of).collect()
    }

    /// Waits until the rows are so.
    pub async fn until(&self, are_so: impl Fn(&[Row]) -> bool) -> Vec<Row> {
        for _ in 0..1500 {
            let rows = self.rows().await;
            if are_so(&rows) {
                return rows;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("never; the rows are {:#?}", self.rows().await);
    }
}

async fn run(pool: &PgPool, sql: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await;
    done.unwrap_or_else(|error| panic!("{error} in {sql}"));
}
