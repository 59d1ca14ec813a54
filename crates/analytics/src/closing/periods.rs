//! The periods that a tenant pays for, and what it used in them.

use chrono::NaiveDate;
use sea_orm::DbErr;
use tenant::InTier;

use super::run;
use crate::{
    counts::{DAILY, period_of},
    facts::Facts,
    sql::query,
};

const KNOW: &str = "
WITH made AS (INSERT INTO billing_analytics (tenant_id, subscription_id, period_start, period_end)
    SELECT (SELECT current_setting('app.current_tenant_id')::uuid), p.subscription, p.first, p.until
    FROM jsonb_to_recordset($1 -> 'periods') AS p (subscription uuid, first timestamptz, until timestamptz)
    WHERE p.first < p.until
    ON CONFLICT (tenant_id, period_start, period_end) DO NOTHING RETURNING period_start, period_end)
SELECT (min(period_start) AT TIME ZONE $2)::date, (max(period_end) AT TIME ZONE $2)::date FROM made";

/// Writes down the periods that are new, and gives days that were counted before theirs. The first of these days.
pub(crate) async fn know_periods(
    analytics: InTier<'_>,
    facts: &Facts,
) -> Result<Option<NaiveDate>, DbErr> {
    let zone = || facts.time_zone.clone().into();
    let rows = query(analytics, KNOW, vec![facts.value(), zone()]).await?;
    let row = rows.first();
    let first: Option<NaiveDate> = row.map_or(Ok(None), |row| row.at(0))?;
    let last: Option<NaiveDate> = row.map_or(Ok(None), |row| row.at(1))?;
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(None);
    };
    for table in DAILY {
        let sql = format!(
            "WITH period AS MATERIALIZED (SELECT day.day::date AS day, ({}) AS id
                FROM generate_series($1::timestamp, $2::timestamp, interval '1 day') AS day (day))
            UPDATE {table} t SET billing_id = period.id FROM period
            WHERE t.day = period.day AND t.billing_id IS DISTINCT FROM period.id",
            period_of("day.day", "$3")
        );
        run(analytics, &sql, vec![first.into(), last.into(), zone()]).await?;
    }
    Ok(Some(first))
}

/// A mailbox, a campaign and a lead are used in a period in which something was sent from, for and to it. A warm-up is
/// active in one in which something was sent on a day on which it was not through.
const TOTAL: &str = "
WITH domain AS MATERIALIZED (SELECT * FROM jsonb_to_recordset($1 -> 'accounts') AS a (account uuid, domain uuid))
UPDATE billing_analytics b SET (emails_sent, mailboxes_used, domains_used) = (
        SELECT coalesce(sum(t.sent), 0), count(DISTINCT t.email_account_id) FILTER (WHERE t.sent > 0),
            count(DISTINCT domain.domain) FILTER (WHERE t.sent > 0)
        FROM mailbox_analytics t LEFT JOIN domain ON domain.account = t.email_account_id WHERE t.billing_id = b.id),
    campaigns_used = (SELECT count(DISTINCT campaign_id) FROM campaign_analytics t WHERE t.billing_id = b.id AND t.sent > 0),
    leads_used = (SELECT count(DISTINCT lead_id) FROM lead_analytics t WHERE t.billing_id = b.id AND t.sent > 0),
    warmups_active = (SELECT count(DISTINCT domain_ip_assignment_id) FROM warmup_analytics t
        WHERE t.billing_id = b.id AND t.sent > 0 AND t.progress_percentage < 100)
WHERE b.period_end > coalesce($2, '-infinity'::date)::timestamp AT TIME ZONE $3";

/// Totals the periods that did not end before a day.
pub(super) async fn total(
    analytics: InTier<'_>,
    facts: &Facts,
    from: Option<NaiveDate>,
) -> Result<(), DbErr> {
    let values = vec![facts.value(), from.into(), facts.time_zone.clone().into()];
    run(analytics, TOTAL, values).await
}
