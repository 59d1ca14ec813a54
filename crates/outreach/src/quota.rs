//! The number of messages that a tenant has sent in a period, as one row: it changes in the transaction that says that a
//! message is being sent, so it is exact however many send at once and whatever dies.

use chrono::{DateTime, Utc};
use entity::id::{TenantId, TypedId};
use sea_orm::DbErr;
use tenant::InTier;

use crate::rows::query;

/// Counts one more in the period that began at `start`; false if there are `most`, or if nobody has begun to count.
pub(crate) async fn add(
    content: InTier<'_>,
    start: DateTime<Utc>,
    most: i64,
) -> Result<bool, DbErr> {
    let sql = "UPDATE sent_in_period SET message_count = message_count + 1 \
         WHERE period_start = $1 AND message_count < $2 RETURNING 1";
    let rows = query(content, sql, [start.into(), most.into()]).await?;
    Ok(!rows.is_empty())
}

/// Whether somebody has begun to count a period.
pub(crate) async fn is_counted(content: InTier<'_>, start: DateTime<Utc>) -> Result<bool, DbErr> {
    let sql = "SELECT FROM sent_in_period WHERE period_start = $1";
    let rows = query(content, sql, [start.into()]).await?;
    Ok(!rows.is_empty())
}

/// Lets one at a time begin to count for a tenant.
pub(crate) async fn lock(content: InTier<'_>, tenant: TenantId) -> Result<(), DbErr> {
    let key = format!("emails of {}", uuid::Uuid::from(tenant));
    let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text";
    query(content, sql, [key.into()]).await.map(drop)
}

/// Begins to count a period in which `sent` were sent by now, unless somebody has meanwhile. What is being sent counts.
pub(crate) async fn begin(
    content: InTier<'_>,
    tenant: TenantId,
    start: DateTime<Utc>,
    sent: i64,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO sent_in_period (tenant_id, period_start, message_count) SELECT $2, $1, $3 + \
             (SELECT count(*) FROM email_messages WHERE direction = 'outbound' AND status = 'sending' AND processed >= $1) \
         WHERE NOT EXISTS (SELECT FROM sent_in_period WHERE period_start = $1) \
         ON CONFLICT (tenant_id) DO UPDATE SET period_start = excluded.period_start, message_count = excluded.message_count";
    query(
        content,
        sql,
        [start.into(), tenant.into_value(), sent.into()],
    )
    .await
    .map(drop)
}

/// Counts one less: it was certainly not sent.
pub(crate) async fn take_back(content: InTier<'_>, start: DateTime<Utc>) -> Result<(), DbErr> {
    let sql = "UPDATE sent_in_period SET message_count = message_count - 1 \
         WHERE period_start = $1 AND message_count > 0";
    query(content, sql, [start.into()]).await.map(drop)
}
