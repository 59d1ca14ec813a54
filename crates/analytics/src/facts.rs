//! What of the transactional tier goes into the numbers.

use chrono::NaiveDate;
use sea_orm::{DbErr, Value};
use tenant::{InTier, TenantContext, Tier};
use uuid::Uuid;

use crate::sql::{only, query, uuids};

/// What is true of a tenant now.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// The time zone that is counted by, by its IANA name: the tenant's, but for one that it is to be counted by until another
    /// day; UTC if it has none, or one that nothing can be counted by.
    pub time_zone: String,
    /// The tenant's, if it is another one.
    pub next_zone: Option<String>,
    /// What stands there as its time zone and is none.
    pub unknown_zone: Option<String>,
    /// `periods`, `accounts` and `assignments`: as SQL of the analytics tier reads them, see `closing`.
    pub known: serde_json::Value,
    /// A hash of all that.
    pub hash: String,
    /// Leads with whom a campaign came to its end, by campaign and day, from the day asked for on.
    pub completed: Vec<(Uuid, NaiveDate, i64)>,
    /// That day; none if it is all.
    pub since: Option<NaiveDate>,
}

/// The time zone is tried once, and not for each row.
const KNOWN: &str = "
WITH own AS MATERIALIZED (SELECT given, coalesce(usable_time_zone(given), 'UTC') AS name
    FROM (SELECT nullif((SELECT ui_settings ->> 'time_zone' FROM tenant_config), '')) config (given)),
z AS MATERIALIZED (SELECT given, own.name AS own, coalesce(usable_time_zone($2), own.name) AS name FROM own)
SELECT z.name, f.known, md5(f.known::text), f.completed, CASE WHEN z.given <> z.own THEN z.given END, nullif(z.own, z.name)
FROM z, LATERAL (SELECT jsonb_build_object(
    'periods', coalesce((SELECT jsonb_agg(jsonb_build_object('subscription', p.id, 'first', p.first, 'until', p.until)
        ORDER BY p.id, p.first, p.until) FROM (SELECT id, current_period_start, current_period_end FROM subscriptions
        UNION SELECT subscription_id, period_start, period_end FROM subscription_periods) p (id, first, until)), '[]'),
    'accounts', coalesce((SELECT jsonb_agg(jsonb_build_object('account', id, 'domain', domain_id, 'most', daily_limit)
        ORDER BY id) FROM email_accounts), '[]'),
    'assignments', coalesce((SELECT jsonb_agg(jsonb_build_object('assignment', id, 'domain', domain_id,
        'first', (assigned AT TIME ZONE z.name)::date, 'until', (expires AT TIME ZONE z.name)::date) ORDER BY id)
        FROM domain_ip_assignments WHERE status IN ('active', 'warming') OR (status = 'expired' AND expires IS NOT NULL)), '[]')
), coalesce((SELECT jsonb_agg(c ORDER BY c) FROM (
    SELECT jsonb_build_array(campaign_id, (updated AT TIME ZONE z.name)::date, count(*)) FROM campaign_leads
    WHERE status = 'completed' AND updated >= coalesce($1, '-infinity'::date)::timestamp AT TIME ZONE z.name
    GROUP BY campaign_id, (updated AT TIME ZONE z.name)::date) x (c)), '[]')) f (known, completed)";

impl Facts {
    /// What is true now; completions of leads from the day `since` on, or all. By the days of `zone`, if there is one.
    pub(crate) async fn read(
        context: &TenantContext,
        since: Option<NaiveDate>,
        zone: Option<&str>,
    ) -> Result<Self, DbErr> {
        let values = vec![since.into(), zone.into()];
        let row = only(context.on(Tier::Oltp), KNOWN, values).await?;
        let completed: serde_json::Value = row.at(3)?;
        let completed = serde_json::from_value(completed)
            .map_err(|error| DbErr::Type(format!("completed leads: {error}")))?;
        Ok(Self {
            time_zone: row.at(0)?,
            known: row.at(1)?,
            hash: row.at(2)?,
            completed,
            since,
            unknown_zone: row.at(4)?,
            next_zone: row.at(5)?,
        })
    }

    /// The facts as a parameter.
    pub(crate) fn value(&self) -> Value {
        self.known.clone().into()
    }
}

/// What campaigns are doing, of those that are there.
pub(crate) async fn campaign_states(
    oltp: InTier<'_>,
    ids: impl Iterator<Item = Uuid>,
) -> Result<Vec<(Uuid, String)>, DbErr> {
    let sql = "SELECT id, status::text FROM campaigns WHERE id = ANY ($1)";
    states(oltp, sql, ids).await
}

/// How warm the domains of accounts are: on the address that was assigned last of those in use.
pub(crate) async fn warmup_states(
    oltp: InTier<'_>,
    ids: impl Iterator<Item = Uuid>,
) -> Result<Vec<(Uuid, String)>, DbErr> {
    let sql = "SELECT DISTINCT ON (a.id) a.id, i.warmup_state::text FROM email_accounts a \
         JOIN domain_ip_assignments i ON i.domain_id = a.domain_id AND i.status IN ('active', 'warming') \
         WHERE a.id = ANY ($1) ORDER BY a.id, i.assigned DESC, i.id DESC";
    states(oltp, sql, ids).await
}

async fn states(
    oltp: InTier<'_>,
    sql: &str,
    ids: impl Iterator<Item = Uuid>,
) -> Result<Vec<(Uuid, String)>, DbErr> {
    let rows = query(oltp, sql, vec![uuids(ids)]).await?;
    rows.iter()
        .map(|row| Ok((row.at(0)?, row.at(1)?)))
        .collect()
}
