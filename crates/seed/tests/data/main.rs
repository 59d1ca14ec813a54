//! The data in a real database with the real schema.

mod demo;
mod jobs;
mod mail;
mod refusals;
mod synthetic;

use embedded::{Options, Server};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Postgres, postgres::PgRow};

/// A server of this test, with migrated databases.
struct Databases {
    server: Server,
    _dir: tempfile::TempDir,
}

impl Databases {
    async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let server = Server::start(Options::scratch(dir.path())).await;
        let server = server.unwrap_or_else(|error| panic!("{error}"));
        Self { server, _dir: dir }
    }

    /// A new database with the schema; the URL is the superuser's.
    async fn migrated(&self, name: &str) -> String {
        self.migrated_as(migrations::Tier::Oltp, name).await
    }

    /// The same of a tier.
    async fn migrated_as(&self, tier: migrations::Tier, name: &str) -> String {
        self.server.create_database(name).await.expect("made");
        let url = self.server.superuser_url(name);
        migrations::prepare_roles(&url, &migrations::Passwords::default())
            .await
            .expect("roles");
        migrations::up(tier, &self.server.url("gateway_migrator", name), None)
            .await
            .expect("migrated");
        url
    }
}

/// The transactional tier alone.
fn of_oltp(url: &str) -> seed::AdminUrls {
    seed::AdminUrls::of_oltp(url)
}

/// All rows of a query.
async fn ask<Row>(url: &str, sql: &str) -> Vec<Row>
where
    Row: for<'r> sqlx::FromRow<'r, PgRow> + Send + Unpin,
{
    let mut connection = PgConnection::connect(url).await.expect("a connection");
    sqlx::query_as::<Postgres, Row>(AssertSqlSafe(sql.to_owned()))
        .fetch_all(&mut connection)
        .await
        .expect("an answer")
}

async fn run(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.expect("a connection");
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// The names of [`tables`], each with all its rows as one hash.
async fn content(url: &str) -> Vec<(String, i64, Option<String>)> {
    let mut all = Vec::new();
    for (table,) in tables(url).await {
        let hash = format!(
            "SELECT '{table}', count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {table} t"
        );
        all.extend(ask(url, &hash).await);
    }
    all
}

/// The names of all tables but the migrations' own and those of what has just happened, which the database itself writes,
/// what Stripe told, periods that ended, or campaigns that were begun since.
async fn tables(url: &str) -> Vec<(String,)> {
    let sql = "SELECT tablename::text FROM pg_tables
        WHERE schemaname = 'public' AND tablename NOT IN ('seaql_migrations', 'changes', 'message_events', 'stripe_events',
            'subscription_periods', 'campaign_runs') ORDER BY 1";
    ask(url, sql).await
}
