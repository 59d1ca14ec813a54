//! What follows from the tables of days: standing, warm-ups, and what a period used. All of it is set, so making it twice
//! is making it once.

mod periods;
mod standing;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use tenant::{InTier, TenantContext, Tier};

use crate::{
    facts::{self, Facts},
    rollup::moved,
    sql::{days, numbers, query, texts, uuids},
    watermark::Watermark,
};

pub(crate) use periods::know_periods;

/// Makes what follows, as far as anything changed, and says how far the numbers go.
///
/// # Errors
/// [`moved`] if somebody else has counted meanwhile.
pub(crate) async fn close(
    context: &TenantContext,
    watermark: &Watermark,
    facts: &Facts,
    complete_at: Option<DateTime<Utc>>,
) -> Result<(), DbErr> {
    let analytics = context.on(Tier::Analytics);
    if !watermark.close(analytics, facts, complete_at).await? {
        return Err(moved());
    }
    if watermark.stale_from.is_some() || !facts.completed.is_empty() || facts.since.is_none() {
        set_completed(context, facts).await?;
    }
    let knows_these = watermark.facts.as_deref() == Some(&facts.hash);
    let from = if knows_these {
        let Some(from) = watermark.stale_from else {
            return Ok(());
        };
        Some(from)
    } else {
        know_periods(analytics, facts).await?;
        None
    };
    standing::set_health(analytics, from).await?;
    standing::make_warmups(analytics, facts, from).await?;
    periods::total(analytics, facts, from).await
}

const COMPLETED: &str = "
WITH d AS (SELECT * FROM unnest($1::uuid[], $2::date[], $3::bigint[], $4::text[]) AS d (campaign_id, day, completed, status)),
gone AS (UPDATE campaign_analytics t SET completed_leads = 0
    WHERE t.completed_leads > 0 AND t.day >= coalesce($5, '-infinity'::date)
        AND NOT EXISTS (SELECT FROM d WHERE d.campaign_id = t.campaign_id AND d.day = t.day)),
period AS MATERIALIZED (SELECT day, ({period}) AS id FROM (SELECT DISTINCT day FROM d) day)
INSERT INTO campaign_analytics AS t (tenant_id, campaign_id, day, billing_id, status, completed_leads)
SELECT (SELECT current_setting('app.current_tenant_id')::uuid), d.campaign_id, d.day, period.id, d.status, d.completed
FROM d JOIN period USING (day)
ON CONFLICT (tenant_id, campaign_id, day) DO UPDATE SET completed_leads = excluded.completed_leads
WHERE t.completed_leads <> excluded.completed_leads";

/// Sets with how many leads a campaign came to its end, on the days that were looked at.
async fn set_completed(context: &TenantContext, facts: &Facts) -> Result<(), DbErr> {
    let rows = &facts.completed;
    let campaigns = rows.iter().map(|(campaign, ..)| *campaign);
    let states = facts::campaign_states(context.on(Tier::Oltp), campaigns.clone()).await?;
    let states: HashMap<_, _> = states.into_iter().collect();
    let values = vec![
        uuids(campaigns.clone()),
        days(rows.iter().map(|(_, day, _)| *day)),
        numbers(rows.iter().map(|(.., count)| *count)),
        texts(campaigns.map(|campaign| states.get(&campaign).cloned())),
        facts.since.into(),
        facts.time_zone.clone().into(),
    ];
    let period = crate::counts::period_of("day.day", "$6");
    run(
        context.on(Tier::Analytics),
        &COMPLETED.replace("{period}", &period),
        values,
    )
    .await
}

async fn run(analytics: InTier<'_>, sql: &str, values: Vec<sea_orm::Value>) -> Result<(), DbErr> {
    query(analytics, sql, values).await.map(drop)
}
