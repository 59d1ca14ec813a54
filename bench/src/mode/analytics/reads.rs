//! Numbers that are read, each time in a transaction of the tenant, through the same context as a request's: the statements
//! without GraphQL around them.

use std::time::Instant;

use futures::future::try_join_all;
use sea_orm::{DbBackend, Statement};
use serde::Serialize;
use tenant::{Access, Database, Identity, TenantContext, Tier};
use uuid::Uuid;

use crate::{
    Result,
    statistics::{median, percentile},
};

/// Pages of each tenant.
const PAGES: usize = 30;
/// Clients that read a campaign's days at once, and how often.
const CLIENTS: usize = 8;
const READS: usize = 250;

/// What was measured.
#[derive(Debug, Serialize)]
pub(super) struct Measured {
    /// Fifty campaigns, what became of their messages, and their last thirty days: three databases, one context. The median.
    pub(super) cross_tier_ms: f64,
    /// Ninety days of a campaign, read by eight at once.
    pub(super) read_p99_ms: f64,
}

pub(super) async fn measure(database: &Database, tenants: &[Uuid]) -> Result<Measured> {
    let mut pages = Vec::with_capacity(PAGES);
    for number in 0..PAGES {
        let context = context(database, tenants[number % tenants.len()]);
        let begun = Instant::now();
        page(&context).await?;
        context.finish(false).await?;
        pages.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    let clients = (0..CLIENTS).map(|client| read(database, tenants[client % tenants.len()]));
    let mut reads: Vec<u64> = try_join_all(clients).await?.into_iter().flatten().collect();
    reads.sort_unstable();
    Ok(Measured {
        cross_tier_ms: median(pages),
        read_p99_ms: percentile(&reads, 0.99) as f64 / 1000.0,
    })
}

fn context(database: &Database, tenant: Uuid) -> std::sync::Arc<TenantContext> {
    let tenant = tenant.into();
    database.context(Identity::Job { tenant }, Access::Read)
}

async fn page(context: &TenantContext) -> Result<()> {
    let campaigns =
        "SELECT id, name, status FROM campaigns ORDER BY created DESC, id DESC LIMIT 50";
    let campaigns = ask(context, Tier::Oltp, campaigns.to_owned()).await?;
    let messages = format!(
        "SELECT campaign_id, status, count(*) FROM email_messages WHERE campaign_id IN ({campaigns}) GROUP BY 1, 2"
    );
    ask(context, Tier::Content, messages).await?;
    let days = format!(
        "SELECT campaign_id, day, sent, opened_tracked, replied FROM campaign_analytics WHERE campaign_id IN ({campaigns}) AND day > date '2026-05-01'"
    );
    ask(context, Tier::Analytics, days).await?;
    Ok(())
}

/// Microseconds that each read took.
async fn read(database: &Database, tenant: Uuid) -> Result<Vec<u64>> {
    let mut took = Vec::with_capacity(READS);
    let all = context(database, tenant);
    let campaigns = ask(
        &all,
        Tier::Oltp,
        "SELECT id FROM campaigns ORDER BY id LIMIT 100".to_owned(),
    )
    .await?;
    all.finish(false).await?;
    let campaigns: Vec<&str> = campaigns.split(", ").collect();
    for number in 0..READS {
        let context = context(database, tenant);
        let begun = Instant::now();
        let days = format!(
            "SELECT campaign_id, day, sent, delivered, opened_tracked, clicked_tracked, replied, bounced FROM campaign_analytics \
             WHERE campaign_id = {} AND day > date '2026-03-01' ORDER BY day LIMIT 90",
            campaigns[number % campaigns.len()]
        );
        ask(&context, Tier::Analytics, days).await?;
        context.finish(false).await?;
        took.push(u64::try_from(begun.elapsed().as_micros())?);
    }
    Ok(took)
}

/// The first column of a statement's rows, as a list of SQL.
async fn ask(context: &TenantContext, tier: Tier, sql: String) -> Result<String> {
    let rows = context
        .on(tier)
        .rows_raw(&Statement::from_string(DbBackend::Postgres, sql))
        .await?;
    let keys: std::result::Result<Vec<String>, _> = rows
        .iter()
        .map(|row| row.at::<Uuid>(0).map(|key| format!("'{key}'")))
        .collect();
    Ok(keys?.join(", "))
}
