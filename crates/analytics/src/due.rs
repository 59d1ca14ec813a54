//! Which tenants there is something to count of, asked of all of them at once: a look into an index for each, where a job
//! for each would open three databases.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use entity::id::TenantId;
use sea_orm::DbErr;
use tenant::{Identity, InTier, Row, TenantContext, Tier};
use uuid::Uuid;

use crate::{
    Analytics, Trouble, ended,
    events::Source,
    sql::{numbers, query, times, uuids},
    watermark::Place,
};

/// A tenant of which nothing was left when it was last counted.
struct Settled {
    tenant: Uuid,
    next: Place,
    until: DateTime<Utc>,
}

impl Analytics {
    /// The live tenants of which something is to be counted: they have events that are not, were never counted, not up to
    /// the end of what there was, or from another server; their day has ended; or what goes into the numbers beside events
    /// has changed. Of all others everything is counted up to this moment, which their watermarks say from now on.
    ///
    /// What was written by a transaction of more than a minute, an account's limit, and the assignment of an address, are
    /// seen with the next event, or when the day ends.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn due(&self) -> Result<Vec<TenantId>, Trouble> {
        let context = self.database.writing(Tier::Analytics, Identity::Dispatcher);
        let due = due(&context).await;
        ended(&context, due).await
    }
}

async fn due(context: &TenantContext) -> Result<Vec<TenantId>, DbErr> {
    let (analytics, content) = (context.on(Tier::Analytics), context.on(Tier::Content));
    let source = Source::read(content).await?;
    let mut settled = settled(analytics, &source).await?;
    let busy = with_events(content, &settled).await?;
    settled.retain(|settled| !busy.contains(&settled.tenant));
    let due = others(context.on(Tier::Oltp), &settled).await?;
    settled.retain(|settled| !due.contains(&settled.tenant));
    put_off(analytics, &settled, source.at).await?;
    Ok(due.into_iter().map(TenantId::from).collect())
}

const SETTLED: &str = "SELECT tenant_id, next_transaction, next_event, counted_until FROM rollups \
     WHERE is_complete AND stale_from IS NULL AND day_ends > now() AND source = $1 AND next_transaction <= $2";

async fn settled(analytics: InTier<'_>, source: &Source) -> Result<Vec<Settled>, DbErr> {
    let values = vec![source.name.clone().into(), source.limit.into()];
    let rows = query(analytics, SETTLED, values).await?;
    let settled = |row: &Row| {
        Ok(Settled {
            tenant: row.at(0)?,
            next: Place {
                transaction: row.at(1)?,
                event: row.at(2)?,
            },
            until: row.at(3)?,
        })
    };
    rows.iter().map(settled).collect()
}

/// One row of each is looked for: of a semi-join the planner believes that all events are to be read.
const WITH_EVENTS: &str = "SELECT settled.tenant_id FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) \
         AS settled (tenant_id, transaction, event) \
     CROSS JOIN LATERAL (SELECT FROM message_events e WHERE e.tenant_id = settled.tenant_id \
         AND (e.transaction, e.id) >= (settled.transaction, settled.event) LIMIT 1) found";

/// Those that have events which are not counted.
async fn with_events(content: InTier<'_>, settled: &[Settled]) -> Result<HashSet<Uuid>, DbErr> {
    let rows = query(content, WITH_EVENTS, places(settled)).await?;
    rows.iter().map(|row| row.at(0)).collect()
}

/// What goes into the numbers beside events: the time zone, periods, and whom a campaign has come to its end with. The
/// minute is for transactions that were under way.
const OTHERS: &str = "SELECT t.id FROM tenants t \
     LEFT JOIN unnest($1::uuid[], $2::timestamptz[]) AS settled (tenant_id, until) ON settled.tenant_id = t.id \
     WHERE t.deleted IS NULL AND (settled.until IS NULL \
         OR EXISTS (SELECT FROM tenant_config c WHERE c.tenant_id = t.id AND c.updated > settled.until - interval '1 minute') \
         OR EXISTS (SELECT FROM subscriptions s WHERE s.tenant_id = t.id AND s.updated > settled.until - interval '1 minute') \
         OR EXISTS (SELECT FROM campaign_leads l WHERE l.tenant_id = t.id AND l.status = 'completed' \
             AND l.updated > settled.until - interval '1 minute'))";

/// The live tenants that are not settled, or are no longer.
async fn others(oltp: InTier<'_>, settled: &[Settled]) -> Result<HashSet<Uuid>, DbErr> {
    let tenants = uuids(settled.iter().map(|settled| settled.tenant));
    let until = times(settled.iter().map(|settled| settled.until));
    let rows = query(oltp, OTHERS, vec![tenants, until]).await?;
    rows.iter().map(|row| row.at(0)).collect()
}

/// A row that is locked is being counted. One that was put off just now was so by another worker.
const PUT_OFF: &str = "UPDATE rollups SET counted_until = $4 WHERE tenant_id IN (SELECT r.tenant_id FROM rollups r \
     JOIN unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS quiet (tenant_id, next_transaction, next_event) \
         USING (tenant_id, next_transaction, next_event) \
     WHERE r.is_complete AND r.stale_from IS NULL AND r.counted_until < $4 - interval '30 seconds' \
     FOR UPDATE OF r SKIP LOCKED)";

/// Says that there was nothing to count of them at that moment.
async fn put_off(analytics: InTier<'_>, quiet: &[Settled], at: DateTime<Utc>) -> Result<(), DbErr> {
    let mut values = places(quiet);
    values.push(at.into());
    query(analytics, PUT_OFF, values).await.map(drop)
}

/// The tenants, and the transactions and ids of the first events that are not counted of them.
fn places(settled: &[Settled]) -> Vec<sea_orm::Value> {
    vec![
        uuids(settled.iter().map(|settled| settled.tenant)),
        numbers(settled.iter().map(|settled| settled.next.transaction)),
        numbers(settled.iter().map(|settled| settled.next.event)),
    ]
}
