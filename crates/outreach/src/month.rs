//! What the tenant's plan lets it send in a period.

use std::{
    sync::Arc,
    time::{Duration as Age, Instant},
};

use analytics::{Counted, Period};
use billing::{counting, granted};
use chrono::{DateTime, Duration, Utc};
use entity::id::TenantId;
use quick_cache::sync::Cache;
use sea_orm::DbErr;
use tenant::{InTier, TenantContext, Tier};

use crate::{Outreach, quota, rows::query};

/// How soon a message that waits for the next period is looked at again: more may be allowed meanwhile.
const LATER: Duration = Duration::hours(1);

/// How long what is counted of a tenant is taken from here: as often as more is.
const KEPT: Age = Age::from_mins(1);

/// A period, how many messages may be sent in it, and what is counted of those that were.
#[derive(Clone, Debug)]
pub(crate) struct Month {
    period: Period,
    most: i64,
    counted: Arc<Counted>,
}

/// What is counted of each tenant's period, so that it is not asked for each message. With what is newer it is exact,
/// however old it is: so the plan is held to it, as to a count of the messages themselves, which would be one of all of the
/// month's for each that is sent.
pub(crate) struct Sent(Cache<TenantId, Kept>);

#[derive(Clone)]
struct Kept {
    since: Instant,
    period: Period,
    counted: Arc<Counted>,
}

impl Default for Sent {
    fn default() -> Self {
        Self(Cache::new(10_000))
    }
}

impl Sent {
    /// While the numbers are away, mail does not wait for them: nothing is counted then, and all is looked up.
    async fn counted(
        &self,
        context: &TenantContext,
        tenant: TenantId,
        period: &Period,
    ) -> Arc<Counted> {
        let kept = self.0.get(&tenant);
        let kept = kept.filter(|kept| kept.period == *period && kept.since.elapsed() < KEPT);
        if let Some(kept) = kept {
            return kept.counted;
        }
        let counted = Counted::read(context.on(Tier::Analytics), vec![period.clone()]).await;
        let counted = counted.unwrap_or_else(|_| Counted::nothing(vec![period.clone()]));
        let counted = Arc::new(counted);
        let kept = Kept {
            since: Instant::now(),
            period: period.clone(),
            counted: Arc::clone(&counted),
        };
        self.0.insert(tenant, kept);
        counted
    }
}

impl Outreach {
    /// The running period of the tenant's subscription; `None` where nothing limits what is sent. One that grants nothing
    /// any more lets nothing be sent.
    pub(crate) async fn month(
        &self,
        context: &TenantContext,
        tenant: TenantId,
    ) -> Result<Option<Month>, DbErr> {
        let most = granted(
            "p.max_emails_per_month::bigint + (SELECT coalesce(sum(a.quantity), 0) FROM subscription_addons a \
             WHERE a.subscription_id = s.id AND a.addon_type = 'extra_emails')",
        );
        let sql = counting(&format!(
            "s.current_period_start, s.current_period_end, {most}"
        ));
        let rows = query(context.on(Tier::Oltp), &sql, []).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let Some(most) = row.at(2)? else {
            return Ok(None);
        };
        let period = Period {
            start: row.at(0)?,
            end: row.at(1)?,
        };
        let period = running(period, Utc::now());
        let counted = self.sent.counted(context, tenant, &period).await;
        Ok(Some(Month {
            period,
            most,
            counted,
        }))
    }
}

/// A period that is over, and that nobody has begun the next of yet, is followed by one without an end.
fn running(period: Period, now: DateTime<Utc>) -> Period {
    if now < period.end {
        return period;
    }
    Period {
        start: period.end,
        end: DateTime::<Utc>::MAX_UTC,
    }
}

impl Month {
    /// When a message that does not fit any more is looked at again.
    pub(crate) fn again(&self) -> DateTime<Utc> {
        self.period.end.min(Utc::now() + LATER)
    }

    /// Counts one more message, if there is room, in the transaction that says that it is being sent. Others of the tenant
    /// wait meanwhile, and then have counted it: what is being sent counts as sent, and so does what nobody knows the end of.
    pub(crate) async fn take_place(
        &self,
        content: InTier<'_>,
        tenant: TenantId,
    ) -> Result<bool, DbErr> {
        if quota::add(content, self.period.start, self.most).await? {
            return Ok(true);
        }
        // It is full, or nobody has counted yet.
        if quota::is_counted(content, self.period.start).await? {
            return Ok(false);
        }
        quota::lock(content, tenant).await?;
        let sent = self.counted.and_newer(content).await?;
        quota::begin(content, tenant, self.period.start, sent.iter().sum()).await?;
        quota::add(content, self.period.start, self.most).await
    }

    /// Gives the place of a message back that was certainly not sent, in the transaction that says so.
    pub(crate) async fn give_place_back(&self, content: InTier<'_>) -> Result<(), DbErr> {
        quota::take_back(content, self.period.start).await
    }
}
