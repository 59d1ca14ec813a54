//! Counting all of a tenant anew, from the messages themselves.
//!
//! A snapshot shows the messages as some transactions left them that are not below its horizon. What those wrote is in the
//! log, and will be added when they are: so here it is taken away.

use std::sync::Arc;

use entity::id::TenantId;
use sea_orm::DbErr;
use tenant::{TenantContext, Tier};
use uuid::Uuid;

use crate::{
    Analytics, Rolled, Trouble, closing,
    counts::{Added, Counts, clear, remove_empty},
    ended,
    events::{self, Part, Source},
    facts::Facts,
    messages, rollup,
    watermark::{Place, Watermark},
};

impl Analytics {
    /// Counts all of a tenant anew, in one transaction: who reads sees the old numbers, and then the new ones. How warm a
    /// domain was and what a campaign was doing when a day was counted stays what it was.
    ///
    /// # Errors
    /// [`Trouble`]; nothing was changed then.
    pub async fn recount(&self, tenant: TenantId) -> Result<Rolled, Trouble> {
        self.make_all_months(tenant).await?;
        let context = self.writing(tenant);
        let counted = self.count(&context).await;
        let (is_complete, unknown_zone) = ended(&context, counted).await?;
        if let Some(zone) = &unknown_zone {
            tracing::warn!(%tenant, zone, "this is no time zone: the tenant's days are those of UTC");
        }
        Ok(Rolled {
            events: 0,
            is_anew: true,
            is_complete,
            unknown_zone,
        })
    }

    /// Makes the partitions of the tenant's messages, so that they are not made within the long transaction.
    async fn make_all_months(&self, tenant: TenantId) -> Result<(), Trouble> {
        let kept_from = self.kept_from();
        let context = self.reading(tenant);
        let months = messages::months(context.on(Tier::Content), kept_from).await;
        let months = ended(&context, months).await?;
        self.make_months(tenant, months).await
    }

    /// Whether nothing is left, and what stands where a time zone should.
    async fn count(&self, context: &Arc<TenantContext>) -> Result<(bool, Option<String>), DbErr> {
        let (analytics, content) = (context.on(Tier::Analytics), context.on(Tier::Content));
        // Before there is a snapshot: whoever counted until now has ended.
        Watermark::take(analytics).await?;
        let source = Source::read(content).await?;
        let facts = Facts::read(context, None, None).await?;
        let horizon = Place {
            transaction: source.horizon,
            event: 0,
        };
        let watermark = Watermark {
            next: horizon,
            source: source.name.clone(),
            time_zone: facts.time_zone.clone(),
            facts: None,
            stale_from: None,
            day_before: None,
            zone_is_fixed: false,
        };
        watermark.put(analytics).await?;
        clear(analytics).await?;
        closing::know_periods(analytics, &facts).await?;
        let zone = &watermark.time_zone;
        let mut after = Uuid::nil();
        loop {
            let (counts, last) = messages::page(content, after, self.options.batch, zone).await?;
            let Some(last) = last else { break };
            self.add(context, counts, zone).await?;
            after = last;
        }
        let is_left = self.take_unsettled(context, horizon, zone).await?;
        let complete_at = (!is_left).then_some(source.at);
        closing::close(context, &watermark, &facts, complete_at).await?;
        remove_empty(analytics).await?;
        Ok((!is_left, facts.unknown_zone))
    }

    /// Takes away what is in the log and not below the horizon; whether there was anything.
    async fn take_unsettled(
        &self,
        context: &Arc<TenantContext>,
        horizon: Place,
        zone: &str,
    ) -> Result<bool, DbErr> {
        let (content, mut from, mut is_any) = (context.on(Tier::Content), horizon, false);
        loop {
            let part = (Part::Unsettled, from, horizon.transaction);
            let batch = events::batch(content, part, self.options.batch, zone).await?;
            let Some((end, _)) = batch.end else {
                return Ok(is_any);
            };
            self.add(context, batch.counts.negated(), zone).await?;
            (from, is_any) = (end, true);
        }
    }

    async fn add(
        &self,
        context: &TenantContext,
        mut counts: Counts,
        zone: &str,
    ) -> Result<(), DbErr> {
        counts.forget_leads_before(self.kept_from());
        let (campaigns, accounts) = rollup::states(context, &counts).await?;
        let added = Added {
            counts: &counts,
            campaigns: campaigns.into_iter().collect(),
            accounts: accounts.into_iter().collect(),
            keeps_states: true,
        };
        added.add(context.on(Tier::Analytics), zone).await
    }
}
