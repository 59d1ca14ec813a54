//! The one PostgreSQL that all peers ask, and the data in it.

use std::path::{Path, PathBuf};

use embedded::{Options, Server};
use sqlx::{Connection, Executor, PgConnection};
use tokio::process::Command;

use crate::{Result, say};

/// What somebody would set for a server of this size that holds production data; all else is as
/// PostgreSQL has it, durable.
const SETTINGS: [(&str, &str); 9] = [
    ("shared_buffers", "1GB"),
    ("effective_cache_size", "8GB"),
    ("max_connections", "200"),
    ("max_wal_size", "4GB"),
    ("checkpoint_timeout", "15min"),
    ("random_page_cost", "1.1"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_line_prefix", "[%p] "),
];

/// A running PostgreSQL.
pub(crate) struct Database {
    server: Server,
}

/// How to reach one database of a server, or of a proxy in front of it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The folder of the Unix socket.
    pub(crate) socket: PathBuf,
    /// The database.
    pub(crate) name: String,
}

impl Place {
    /// The URL of a role.
    pub(crate) fn url(&self, role: &str) -> String {
        let socket = self.socket.display();
        format!(
            "postgres:///{}?host={socket}&port=5432&user={role}",
            self.name
        )
    }

    /// The database of the mail beside it.
    pub(crate) fn content(&self) -> Self {
        Self {
            socket: self.socket.clone(),
            name: format!("{}_content", self.name),
        }
    }

    /// The database of the numbers beside it.
    pub(crate) fn analytics(&self) -> Self {
        Self {
            socket: self.socket.clone(),
            name: format!("{}_analytics", self.name),
        }
    }

    /// The database of the jobs beside it.
    pub(crate) fn queue(&self) -> Self {
        Self {
            socket: self.socket.clone(),
            name: format!("{}_queue", self.name),
        }
    }

    /// A connection of the superuser, whom policies do not bind.
    pub(crate) async fn connect(&self) -> Result<PgConnection> {
        Ok(PgConnection::connect(&self.url("postgres")).await?)
    }
}

/// How much data a database holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) tenants: u64,
    pub(crate) campaigns_per_tenant: u64,
    pub(crate) leads_per_tenant: u64,
    pub(crate) largest_tenant_leads: u64,
    pub(crate) messages_per_campaign: u64,
}

impl Plan {
    /// That of the comparison: 10,000 campaigns, 50,000 steps, 2.19 million leads.
    pub(crate) const COMPARISON: Self = Self {
        tenants: 200,
        campaigns_per_tenant: 50,
        leads_per_tenant: 10_000,
        largest_tenant_leads: 200_000,
        messages_per_campaign: 0,
    };

    fn describe(&self) -> String {
        format!("seeded for the benchmark: {self:?}, {CAMPAIGN_LEADS} leads a campaign")
    }

    fn arguments(&self) -> Vec<String> {
        [
            ("--tenants", self.tenants),
            ("--campaigns-per-tenant", self.campaigns_per_tenant),
            ("--steps-per-campaign", 5),
            ("--leads-per-tenant", self.leads_per_tenant),
            ("--largest-tenant-leads", self.largest_tenant_leads),
            ("--messages-per-campaign", self.messages_per_campaign),
        ]
        .iter()
        .flat_map(|(flag, number)| [(*flag).to_owned(), number.to_string()])
        .collect()
    }
}

impl Database {
    /// Starts the server in `folder`; made the first time.
    pub(crate) async fn start(folder: &Path) -> Result<Self> {
        let mut options = Options::durable(folder);
        options.settings = SETTINGS
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let server = Server::start(options).await?;
        Ok(Self { server })
    }

    /// The process that all backends are children of.
    pub(crate) fn pid(&self) -> i32 {
        self.server.pid()
    }

    /// What the server logs.
    pub(crate) fn log(&self) -> &Path {
        self.server.log_path()
    }

    /// One of its databases.
    pub(crate) fn place(&self, name: &str) -> Place {
        Place {
            socket: self.server.socket_dir().to_owned(),
            name: name.to_owned(),
        }
    }

    /// A database with the data of a plan, made and filled by the gateway's own commands unless it is there.
    pub(crate) async fn seeded(&self, gateway: &Path, name: &str, plan: Plan) -> Result<Place> {
        let place = self.place(name);
        let (wanted, mut admin) = (plan.describe(), self.place("postgres").connect().await?);
        let there: Option<Option<String>> = sqlx::query_scalar(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1",
        )
        .bind(name)
        .fetch_optional(&mut admin)
        .await?;
        if there.flatten().as_deref() != Some(wanted.as_str()) {
            say::progress(format_args!("filling the database {name}, once: {plan:?}"));
            for of_tier in
                ["", "_content", "_analytics", "_queue"].map(|tier| format!("{name}{tier}"))
            {
                run(
                    &mut admin,
                    format!("DROP DATABASE IF EXISTS {of_tier} WITH (FORCE)"),
                )
                .await?;
            }
            run(
                &mut admin,
                format!("CREATE DATABASE {name} TEMPLATE template0"),
            )
            .await?;
            command(gateway, &place, &["migrate", "up"]).await?;
            let arguments = plan.arguments();
            let mut seed = vec!["seed"];
            seed.extend(arguments.iter().map(String::as_str));
            command(gateway, &place, &seed).await?;
            prepare(&place).await?;
            run(
                &mut place.content().connect().await?,
                "VACUUM (ANALYZE)".to_owned(),
            )
            .await?;
            run(
                &mut admin,
                format!("COMMENT ON DATABASE {name} IS '{wanted}'"),
            )
            .await?;
        }
        command(gateway, &place, &["migrate", "up"]).await?;
        subscribe(&place).await?;
        Ok(place)
    }

    /// Stops the server.
    pub(crate) async fn stop(self) -> Result<()> {
        Ok(self.server.stop().await?)
    }
}

/// Leads that each campaign writes to.
const CAMPAIGN_LEADS: u64 = 25;

/// Plans without limits, so that writing is measured and not refused; pages of leads of a campaign that are full; statistics
/// and visibility as a database has them that was there before today.
async fn prepare(place: &Place) -> Result<()> {
    let mut connection = place.connect().await?;
    run(
        &mut connection,
        "UPDATE plans SET max_campaigns_per_month = NULL, max_contacts = NULL".to_owned(),
    )
    .await?;
    let leads = format!(
        "WITH numbered AS (
            SELECT id, tenant_id, row_number() OVER (PARTITION BY tenant_id ORDER BY id) - 1 AS place FROM leads
        ), writing AS (
            SELECT id, tenant_id, created, row_number() OVER (PARTITION BY tenant_id ORDER BY id) - 1 AS place
            FROM campaigns
        )
        INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id, due, created, updated)
        SELECT writing.tenant_id, writing.id, numbered.id, writing.created, writing.created, writing.created
        FROM writing JOIN numbered
            ON numbered.tenant_id = writing.tenant_id AND numbered.place / {CAMPAIGN_LEADS} = writing.place
        ON CONFLICT (tenant_id, campaign_id, lead_id) DO NOTHING"
    );
    run(&mut connection, leads).await?;
    run(&mut connection, "VACUUM (ANALYZE)".to_owned()).await?;
    run(&mut connection, "CHECKPOINT".to_owned()).await
}

/// Subscriptions that are paid and go on, however old the database is: nobody else may write.
async fn subscribe(place: &Place) -> Result<()> {
    let sql = "UPDATE subscriptions SET status = 'active', current_period_end = now() + interval '1 year' \
         WHERE status <> 'canceled'";
    run(&mut place.connect().await?, sql.to_owned()).await
}

/// Takes back what the mutations wrote. What was seeded ends with June 2026.
pub(crate) async fn clean(place: &Place) -> Result<()> {
    let mut connection = place.connect().await?;
    for table in ["campaign_sequence_steps", "campaigns", "leads", "outbox"] {
        let sql = format!("DELETE FROM {table} WHERE created > '2026-07-02'");
        let deleted = connection.execute(sqlx::AssertSqlSafe(sql)).await?;
        if deleted.rows_affected() > 0 {
            run(&mut connection, format!("VACUUM (ANALYZE) {table}")).await?;
        }
    }
    Ok(())
}

/// One statement of the superuser.
pub(crate) async fn run(connection: &mut PgConnection, sql: String) -> Result<()> {
    connection.execute(sqlx::AssertSqlSafe(sql)).await?;
    Ok(())
}

/// A command of the gateway that has to succeed.
async fn command(gateway: &Path, place: &Place, arguments: &[&str]) -> Result<()> {
    let output = Command::new(gateway)
        .args(arguments)
        .env("DATABASE_URL", place.url("gateway_login"))
        .env("GATEWAY_MIGRATION_URL", place.url("gateway_migrator"))
        .env("GATEWAY_ADMIN_URL", place.url("postgres"))
        .output()
        .await?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`gateway {}` failed: {said}", arguments.join(" ")).into())
}
