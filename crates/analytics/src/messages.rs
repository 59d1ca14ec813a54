//! What a page of messages comes to, as they say themselves.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::DbErr;
use tenant::InTier;
use uuid::Uuid;

use crate::{
    counts::{COUNTS, Counts, WHOLE, summed},
    sql::query,
};

/// Sums up the messages behind one, at most so many; the last of them, if there were any.
pub(crate) async fn page(
    content: InTier<'_>,
    after: Uuid,
    most: u32,
    time_zone: &str,
) -> Result<(Counts, Option<Uuid>), DbErr> {
    let times: Vec<String> = COUNTS
        .iter()
        .map(|(kind, _)| format!("('{kind}', p.{kind})"))
        .collect();
    let times = times.join(", ");
    let counted = format!(
        "page AS MATERIALIZED (SELECT * FROM email_messages WHERE id > $1 ORDER BY id LIMIT $2),
        counted AS MATERIALIZED (
            SELECT kind, 1 AS amount, (happened AT TIME ZONE $3)::date AS day, campaign_id, step_id, lead_id, email_account_id
            FROM page p CROSS JOIN LATERAL (VALUES {times}) time (kind, happened)
            WHERE direction = 'outbound' AND happened IS NOT NULL)"
    );
    let sql = summed(&counted, "(SELECT id FROM page ORDER BY id DESC LIMIT 1)");
    let values = vec![after.into(), i64::from(most).into(), time_zone.into()];
    let (counts, whole) = Counts::of(query(content, &sql, values).await?)?;
    Ok((counts, whole.at(WHOLE)?))
}

/// The first days of the months that have passed since the first message was made, from a day on.
pub(crate) async fn months(
    content: InTier<'_>,
    kept_from: NaiveDate,
) -> Result<BTreeSet<NaiveDate>, DbErr> {
    let sql = "SELECT month::date FROM (SELECT min(created) FROM email_messages) m (first), \
         generate_series(date_trunc('month', greatest(first, $1::date)), now(), interval '1 month') AS month \
         WHERE first IS NOT NULL";
    let rows = query(content, sql, vec![kept_from.into()]).await?;
    rows.iter().map(|row| row.at(0)).collect()
}
