//! What a period used up to this moment.

use chrono::{DateTime, Utc};
use sea_orm::{DbErr, Value};
use tenant::{TenantContext, Tier};

use crate::sql::{only, query};

/// Messages that went out of the context's tenant on the days whose midnight lies in a period: those that are counted, and
/// those that are not yet. Whoever may read numbers and events may ask, members as well.
///
/// # Errors
/// As for any statement.
pub async fn emails_sent(
    context: &TenantContext,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<i64, DbErr> {
    // One statement, so that the watermark is that of the numbers.
    let counted = "SELECT next_transaction, next_event, time_zone, \
             (SELECT coalesce(sum(sent), 0)::bigint FROM mailbox_analytics \
              WHERE day >= ($1 AT TIME ZONE time_zone)::date AND day <= ($2 AT TIME ZONE time_zone)::date \
                AND day::timestamp AT TIME ZONE time_zone >= $1 AND day::timestamp AT TIME ZONE time_zone < $2) \
         FROM rollups";
    let period: [Value; 2] = [from.into(), until.into()];
    let counted = query(context.on(Tier::Analytics), counted, period.to_vec()).await?;
    let content = context.on(Tier::Content);
    let Some(row) = counted.first() else {
        // Never counted, so it is looked up.
        let sql = "SELECT count(*) FROM email_messages WHERE direction = 'outbound' AND email_account_id IS NOT NULL \
             AND date_trunc('day', sent, 'UTC') >= $1 AND date_trunc('day', sent, 'UTC') < $2";
        return only(content, sql, period.to_vec()).await?.at(0);
    };
    let newer = "SELECT coalesce(sum(amount), 0)::bigint FROM message_events \
         WHERE (transaction, id) >= ($3, $4) AND kind = 'sent' AND email_account_id IS NOT NULL \
            AND date_trunc('day', happened, $5) >= $1 AND date_trunc('day', happened, $5) < $2";
    let mut values = period.to_vec();
    values.push(row.at::<i64>(0)?.into());
    values.push(row.at::<i64>(1)?.into());
    values.push(row.at::<String>(2)?.into());
    let newer: i64 = only(content, newer, values).await?.at(0)?;
    Ok(row.at::<i64>(3)? + newer)
}
