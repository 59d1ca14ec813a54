//! What is old goes.

use chrono::NaiveDate;
use entity::id::TenantId;
use tenant::{Identity, Tier};

use crate::{Analytics, Trouble, ended, sql::only, sql::query, watermark::Watermark};

/// For how long events are kept once they are counted.
const KEPT: &str = "7 days";

/// Events of one transaction.
const BATCH: usize = 5_000;

/// What went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Events of the tenant.
    pub events: usize,
    /// Months of leads, of all tenants.
    pub months: i32,
}

impl Analytics {
    /// Removes the tenant's events that were counted long ago, a batch at a time, and the months of leads that are not kept.
    ///
    /// # Errors
    /// [`Trouble`]; what was removed before it is gone.
    pub async fn maintain(&self, tenant: TenantId) -> Result<Removed, Trouble> {
        let mut removed = Removed {
            events: 0,
            months: self.drop_months(self.kept_from()).await?,
        };
        let context = self.reading(tenant);
        let watermark = Watermark::read(context.on(Tier::Analytics)).await;
        let Some(watermark) = ended(&context, watermark).await? else {
            return Ok(removed);
        };
        let sql = format!(
            "DELETE FROM message_events WHERE id IN (SELECT id FROM message_events \
             WHERE (transaction, id) < ($1, $2) AND created < now() - interval '{KEPT}' \
             ORDER BY transaction, id LIMIT {BATCH}) RETURNING 1"
        );
        loop {
            let context = self
                .database
                .writing(Tier::Content, Identity::Job { tenant });
            let next = watermark.next;
            let values = vec![next.transaction.into(), next.event.into()];
            let gone = query(context.on(Tier::Content), &sql, values).await;
            let gone = ended(&context, gone).await?.len();
            removed.events += gone;
            if gone < BATCH {
                return Ok(removed);
            }
        }
    }

    async fn drop_months(&self, before: NaiveDate) -> Result<i32, Trouble> {
        let context = self.database.writing(Tier::Analytics, Identity::Dispatcher);
        let sql = "SELECT drop_lead_analytics_before($1)";
        let dropped = only(context.on(Tier::Analytics), sql, vec![before.into()]).await;
        let dropped = dropped.and_then(|row| row.at(0));
        ended(&context, dropped).await
    }
}
