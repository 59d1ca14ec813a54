//! Adding what is new.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use entity::id::TenantId;
use sea_orm::DbErr;
use tenant::{TenantContext, Tier};

use crate::{
    Analytics, Trouble, closing,
    counts::{Added, Counts},
    ended,
    events::{self, Batch, Part, Source},
    facts::{self, Facts},
    sql::{days, query},
    watermark::{self, Watermark},
};

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rolled {
    /// Events that were added.
    pub events: i64,
    /// Whether all was counted anew.
    pub is_anew: bool,
    /// Whether nothing is left of what there was when it was looked at. What a transaction wrote that ended before an older
    /// one is left until that has ended, too.
    pub is_complete: bool,
    /// What the tenant's configuration has as its time zone and is none, if all was counted anew: days are those of UTC then.
    pub unknown_zone: Option<String>,
}

/// What there is to do.
enum Next {
    /// All: it was never counted, elsewhere, or in another time zone.
    Anew,
    /// A batch.
    Add(Watermark, Facts, Box<Batch>, States),
    /// What follows from the counts; and when all of it was there, if it is all.
    Close(Watermark, Facts, Option<DateTime<Utc>>),
}

/// What the campaigns and accounts of a batch are doing.
pub(crate) type States = (Vec<(uuid::Uuid, String)>, Vec<(uuid::Uuid, String)>);

impl Analytics {
    /// Counts what is new of a tenant.
    ///
    /// # Errors
    /// [`Trouble`]; what was added before it is counted.
    pub async fn rollup(&self, tenant: TenantId) -> Result<Rolled, Trouble> {
        let mut rolled = Rolled::default();
        loop {
            let context = self.reading(tenant);
            let next = next(&context, self.options.batch).await;
            match ended(&context, next).await? {
                Next::Anew => {
                    let recounted = self.recount(tenant).await?;
                    let events = rolled.events;
                    return Ok(Rolled {
                        events,
                        ..recounted
                    });
                }
                Next::Add(watermark, facts, mut batch, states) => {
                    let kept_from = self.kept_from();
                    let months = batch.counts.months(kept_from);
                    self.make_months(tenant, months).await?;
                    batch.counts.forget_leads_before(kept_from);
                    let context = self.writing(tenant);
                    let added = add(&context, &watermark, &facts, &batch, states).await;
                    if given_up(ended(&context, added).await)? {
                        rolled.events += batch.events;
                    }
                }
                Next::Close(watermark, facts, complete_at) => {
                    let context = self.writing(tenant);
                    let closed = closing::close(&context, &watermark, &facts, complete_at).await;
                    if given_up(ended(&context, closed).await)? {
                        rolled.is_complete = complete_at.is_some();
                        return Ok(rolled);
                    }
                }
            }
        }
    }

    /// The first day of the first month whose days of leads are kept.
    pub(crate) fn kept_from(&self) -> NaiveDate {
        let today = Utc::now().date_naive();
        let first = today.with_day(1).unwrap_or(today);
        first - Months::new(self.options.months.max(12))
    }

    /// Makes the partitions that numbers need and that are not known to be there, each in a transaction that is short.
    pub(crate) async fn make_months(
        &self,
        tenant: TenantId,
        mut months: BTreeSet<NaiveDate>,
    ) -> Result<(), Trouble> {
        if let Ok(made) = self.made.lock() {
            months.retain(|month| !made.contains(month));
        }
        for month in months {
            let context = self.writing(tenant);
            let sql = "SELECT make_lead_analytics_month(day) FROM unnest($1::date[]) AS day";
            let made = query(context.on(Tier::Analytics), sql, vec![days([month])]).await;
            ended(&context, made).await?;
            if let Ok(mut made) = self.made.lock() {
                made.insert(month);
            }
        }
        Ok(())
    }
}

/// The error of a transaction that somebody else was faster than.
pub(crate) fn moved() -> DbErr {
    DbErr::RecordNotUpdated
}

/// True if it was done, false if somebody else was faster.
fn given_up(done: Result<(), Trouble>) -> Result<bool, Trouble> {
    match done {
        Ok(()) => Ok(true),
        Err(Trouble::Database(DbErr::RecordNotUpdated)) => Ok(false),
        Err(trouble) => Err(trouble),
    }
}

async fn next(context: &TenantContext, most: u32) -> Result<Next, DbErr> {
    let Some(watermark) = Watermark::read(context.on(Tier::Analytics)).await? else {
        return Ok(Next::Anew);
    };
    let since = watermark.stale_from.min(watermark.day_before);
    let facts = Facts::read(context, since, watermark.fixed_zone()).await?;
    let content = context.on(Tier::Content);
    let source = Source::read(content).await?;
    let is_another = watermark.source != source.name
        || watermark.time_zone != facts.time_zone
        || watermark.next.transaction > source.limit;
    if is_another {
        return Ok(Next::Anew);
    }
    let settled = (Part::Settled, watermark.next, source.horizon);
    let batch = events::batch(content, settled, most, &watermark.time_zone).await?;
    if batch.events > 0 {
        let states = states(context, &batch.counts).await?;
        return Ok(Next::Add(watermark, facts, Box::new(batch), states));
    }
    let is_left = events::is_any_unsettled(content, source.horizon).await?;
    let complete_at = (!is_left).then_some(source.at);
    Ok(Next::Close(watermark, facts, complete_at))
}

pub(crate) async fn states(context: &TenantContext, counts: &Counts) -> Result<States, DbErr> {
    let oltp = context.on(Tier::Oltp);
    let campaigns = counts.campaigns.keys().map(|(key, _)| *key);
    let campaigns = facts::campaign_states(oltp, campaigns).await?;
    let accounts = counts.accounts.keys().map(|(key, _)| *key);
    Ok((campaigns, facts::warmup_states(oltp, accounts).await?))
}

async fn add(
    context: &TenantContext,
    watermark: &Watermark,
    facts: &Facts,
    batch: &Batch,
    (campaigns, accounts): States,
) -> Result<(), DbErr> {
    let analytics = context.on(Tier::Analytics);
    let Some((to, first)) = batch.end else {
        return Ok(());
    };
    if !watermark.move_on(analytics, to, first).await? {
        return Err(moved());
    }
    if let Some(day) = closing::know_periods(analytics, facts).await? {
        watermark::stale(analytics, day).await?;
    }
    let added = Added {
        counts: &batch.counts,
        campaigns: campaigns.into_iter().collect(),
        accounts: accounts.into_iter().collect(),
        keeps_states: false,
    };
    added.add(analytics, &watermark.time_zone).await
}
