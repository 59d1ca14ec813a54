//! What is looked for: databases that do not answer, dead letters, subscriptions that are not paid, and whatever else a process depends on.

use std::time::Duration;

use sea_orm::{DbBackend, DbErr, Statement};
use tenant::{Access, Database, Identity, Row, Tier};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{Incident, Kind};

/// How long something may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Dead letters by tenant and queue; there are few, and they have an index of their own.
const DEAD: &str = "SELECT tenant_id, queue_name FROM jobs WHERE status = 'failed' GROUP BY 1, 2";

/// Subscriptions that wait for a payment; they have an index of their own, too.
const OVERDUE: &str =
    "SELECT tenant_id, id FROM subscriptions WHERE status IN ('past_due', 'unpaid')";

/// Something that a process depends on.
#[async_trait::async_trait]
pub trait Probe: Send + Sync {
    /// Its name, as the subject of the incident.
    fn name(&self) -> &'static str;

    /// Whether it answers. Who asks waits for some seconds at most.
    async fn answers(&self) -> bool;
}

/// All that is to be seen now.
pub(crate) async fn look(database: &Database, probes: &[Box<dyn Probe>]) -> Vec<Incident> {
    let mut seen = Vec::new();
    for probe in probes {
        if !timeout(PATIENCE, probe.answers()).await.unwrap_or(false) {
            seen.push(failing(probe.name()));
        }
    }
    for tier in Tier::ALL {
        if ask(database, tier, "SELECT 1").await.is_err() {
            seen.push(failing(tier.as_str()));
            if tier == Tier::Oltp {
                // Nobody can be asked before it, so nothing is known of the others.
                return seen;
            }
        }
    }
    // That it does not answer is seen above.
    let dead = ask(database, Tier::Queue, DEAD).await.unwrap_or_default();
    seen.extend(dead.iter().filter_map(|row| dead_letters(row).ok()));
    let overdue = ask(database, Tier::Oltp, OVERDUE).await.unwrap_or_default();
    seen.extend(overdue.iter().filter_map(|row| self::overdue(row).ok()));
    seen
}

fn failing(name: &'static str) -> Incident {
    Incident {
        kind: Kind::Dependency(name),
        tenant: None,
        count: 1,
    }
}

fn dead_letters(row: &Row) -> Result<Incident, DbErr> {
    Ok(Incident {
        kind: Kind::DeadLetters(row.at(1)?),
        tenant: Some(row.at::<Uuid>(0)?.into()),
        count: 1,
    })
}

fn overdue(row: &Row) -> Result<Incident, DbErr> {
    Ok(Incident {
        kind: Kind::Overdue(row.at(1)?),
        tenant: Some(row.at::<Uuid>(0)?.into()),
        count: 1,
    })
}

/// Asks a database as who sees ids only.
async fn ask(database: &Database, tier: Tier, sql: &str) -> Result<Vec<Row>, DbErr> {
    let context = database.context(Identity::Dispatcher, Access::Read);
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let rows = context.on(tier).rows_raw(&statement).await;
    context.finish(false).await?;
    rows
}
