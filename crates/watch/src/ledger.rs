//! The rows of incidents. Both statements are the dispatcher's.
//!
//! All processes take the rows in one order, so that none waits for another that waits for it; a row that somebody
//! holds is being seen, and is not over.

use std::time::Duration;

use entity::{
    id::{AdminSystemEventId, TenantId, TypedId},
    oltp::admin_system_event::Severity,
};
use sea_orm::{ActiveEnum, DbBackend, DbErr, Statement, Value};
use serde_json::json;
use tenant::{Database, Identity, Row, Tier};
use uuid::Uuid;

use crate::Incident;

/// What somebody resolved by hand stays so until it was quiet once; of all else the open row is counted up, or made. A
/// tenant that is none has no row.
const WRITE: &str = r"
WITH given AS (
    SELECT g.*, now() + make_interval(secs => g.quiet) AS until
    FROM jsonb_to_recordset($1) AS g (event_type text, tenant_id uuid, subject text, severity text, description text,
        details jsonb, seen bigint, quiet double precision)
    WHERE g.tenant_id IS NULL OR g.tenant_id IN (SELECT id FROM tenants)
), dealt AS (
    UPDATE admin_system_events e
    SET occurrences = e.occurrences + g.seen, last_seen = now(), quiet_until = g.until
    FROM given g
    WHERE e.event_type = g.event_type AND e.tenant_id IS NOT DISTINCT FROM g.tenant_id AND e.subject = g.subject
        AND e.is_resolved AND e.resolved_by IS NOT NULL AND e.quiet_until >= now()
    RETURNING e.event_type, e.tenant_id, e.subject
)
INSERT INTO admin_system_events AS e
    (event_type, tenant_id, subject, severity, description, details, occurrences, last_seen, quiet_until)
SELECT g.event_type, g.tenant_id, g.subject, g.severity, g.description, g.details, g.seen, now(), g.until
FROM given g
WHERE NOT EXISTS (
    SELECT FROM dealt d
    WHERE d.event_type = g.event_type AND d.tenant_id IS NOT DISTINCT FROM g.tenant_id AND d.subject = g.subject
)
ORDER BY g.event_type, g.tenant_id, g.subject
ON CONFLICT (event_type, tenant_id, subject) WHERE NOT is_resolved AND subject IS NOT NULL
DO UPDATE SET occurrences = e.occurrences + excluded.occurrences, last_seen = now(),
    quiet_until = greatest(e.quiet_until, excluded.quiet_until)
RETURNING id, event_type, severity, tenant_id, subject, occurrences, created = now()";

const RESOLVE: &str = r"
UPDATE admin_system_events SET is_resolved = true, resolved_at = now()
WHERE id IN (
    SELECT id FROM admin_system_events WHERE NOT is_resolved AND quiet_until < now()
    ORDER BY event_type, tenant_id, subject FOR UPDATE SKIP LOCKED
)
RETURNING id, event_type, severity, tenant_id, subject, occurrences, true";

/// A row that has begun, or is over.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// None while it can not be written down.
    pub(crate) id: Option<AdminSystemEventId>,
    pub(crate) event_type: String,
    pub(crate) severity: Severity,
    pub(crate) tenant: Option<TenantId>,
    pub(crate) subject: String,
    pub(crate) occurrences: i64,
}

impl Entry {
    /// One without a row.
    pub(crate) fn unwritten(incident: &Incident) -> Self {
        let kind = &incident.kind;
        Self {
            id: None,
            event_type: kind.event_type().to_owned(),
            severity: kind.severity(),
            tenant: incident.tenant,
            subject: kind.subject(),
            occurrences: i64::try_from(incident.count).unwrap_or(i64::MAX),
        }
    }
}

/// Writes incidents down; answers with the rows that were made for them.
pub(crate) async fn write(
    database: &Database,
    incidents: &[Incident],
    period: Duration,
) -> Result<Vec<Entry>, DbErr> {
    if incidents.is_empty() {
        return Ok(Vec::new());
    }
    let given = incidents.iter().map(|incident| {
        let kind = &incident.kind;
        json!({
            "event_type": kind.event_type(),
            "tenant_id": incident.tenant.map(Uuid::from),
            "subject": kind.subject(),
            "severity": kind.severity().to_value(),
            "description": kind.description(),
            "details": kind.details(),
            "seen": incident.count,
            "quiet": kind.quiet(period).as_secs_f64(),
        })
    });
    let given = serde_json::Value::from_iter(given);
    changed(database, WRITE, [given.into()]).await
}

/// Resolves what has been quiet for long enough; answers with it.
pub(crate) async fn resolve(database: &Database) -> Result<Vec<Entry>, DbErr> {
    changed(database, RESOLVE, []).await
}

async fn changed<const N: usize>(
    database: &Database,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<Entry>, DbErr> {
    let context = database.writing(Tier::Oltp, Identity::Dispatcher);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = context.rows_raw(&statement).await;
    context.finish(rows.is_ok()).await?;
    rows?
        .iter()
        .filter_map(|row| entry(row).transpose())
        .collect()
}

/// None for one that was open before.
fn entry(row: &Row) -> Result<Option<Entry>, DbErr> {
    if !row.at::<bool>(6)? {
        return Ok(None);
    }
    let severity: String = row.at(2)?;
    Ok(Some(Entry {
        id: Some(AdminSystemEventId::from_raw(row.at(0)?)),
        event_type: row.at(1)?,
        severity: Severity::try_from_value(&severity)?,
        tenant: row.at::<Option<Uuid>>(3)?.map(TenantId::from),
        subject: row.at::<Option<String>>(4)?.unwrap_or_default(),
        occurrences: row.at(5)?,
    }))
}
