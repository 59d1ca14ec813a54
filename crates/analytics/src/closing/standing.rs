//! How good the standing of mailboxes and warm-ups is.
//!
//! `health_score` is 100 less the share, in percent and rounded up, of what went out in the 30 days up to this one that
//! came back or was called spam; at least 0, and none where nothing went out.
//!
//! A warm-up's day is that of the mailboxes of its domain, from the day that the address was assigned up to the day before
//! the assignment ended. Its `progress_percentage` is its best day so far beside what these mailboxes may send in a day
//! (their `daily_limit`), at most 100.

use chrono::NaiveDate;
use sea_orm::DbErr;
use tenant::InTier;

use super::run;
use crate::{counts::columns, facts::Facts};

/// Over the window `month`.
const HEALTH: &str = "CASE WHEN sum(sent) OVER month > 0 THEN least(100, greatest(0, 100 - ceil(
    100.0 * sum(bounced + spam_complaints) OVER month / sum(sent) OVER month)))::integer END";

fn month(key: &str) -> String {
    format!(
        "WINDOW month AS (PARTITION BY {key} ORDER BY day RANGE BETWEEN '29 days' PRECEDING AND CURRENT ROW)"
    )
}

/// Sets it for mailboxes, from a day on.
pub(super) async fn set_health(
    analytics: InTier<'_>,
    from: Option<NaiveDate>,
) -> Result<(), DbErr> {
    let month = month("email_account_id");
    let sql = format!(
        "UPDATE mailbox_analytics t SET health_score = h.score
        FROM (SELECT email_account_id, day, {HEALTH} AS score FROM mailbox_analytics
            WHERE day >= coalesce($1, '-infinity'::date) - 29 {month}) h
        WHERE t.email_account_id = h.email_account_id AND t.day = h.day AND t.day >= coalesce($1, '-infinity'::date)
            AND t.health_score IS DISTINCT FROM h.score"
    );
    run(analytics, &sql, vec![from.into()]).await
}

/// Makes the days of warm-ups, from a day on.
pub(super) async fn make_warmups(
    analytics: InTier<'_>,
    facts: &Facts,
    from: Option<NaiveDate>,
) -> Result<(), DbErr> {
    let old = "DELETE FROM warmup_analytics WHERE day >= coalesce($1, '-infinity'::date)";
    run(analytics, old, vec![from.into()]).await?;
    let (names, sums) = (
        columns(str::to_owned),
        columns(|c| format!("sum(t.{c})::bigint AS {c}")),
    );
    let month = month("assignment");
    let sql = format!(
        "WITH account AS MATERIALIZED (
            SELECT * FROM jsonb_to_recordset($1 -> 'accounts') AS a (account uuid, domain uuid, most bigint)),
        assignment AS MATERIALIZED (SELECT * FROM jsonb_to_recordset($1 -> 'assignments')
            AS a (assignment uuid, domain uuid, first date, until date)),
        most AS (SELECT assignment, sum(most) AS most FROM assignment JOIN account USING (domain) GROUP BY assignment),
        counted AS (SELECT assignment, t.day, (array_agg(t.billing_id))[1] AS billing_id, {sums}
            FROM assignment a JOIN account USING (domain) JOIN mailbox_analytics t
                ON t.email_account_id = account AND t.day >= a.first AND t.day < coalesce(a.until, 'infinity')
            GROUP BY assignment, t.day),
        judged AS (SELECT counted.*, {HEALTH} AS health_score, trunc(least(100,
                100 * max(sent) OVER (PARTITION BY assignment ORDER BY day) / nullif(most, 0)))::integer AS progress
            FROM counted JOIN most USING (assignment) {month})
        INSERT INTO warmup_analytics (tenant_id, domain_ip_assignment_id, day, billing_id, health_score,
            progress_percentage, {names})
        SELECT (SELECT current_setting('app.current_tenant_id')::uuid), assignment, day, billing_id, health_score,
            progress, {names}
        FROM judged WHERE day >= coalesce($2, '-infinity'::date)"
    );
    run(analytics, &sql, vec![facts.value(), from.into()]).await
}
