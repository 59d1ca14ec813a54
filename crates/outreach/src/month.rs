//! What the tenant's plan lets it send in a period.

use chrono::{DateTime, Duration, Utc};
use entity::id::TenantId;
use sea_orm::DbErr;
use tenant::{Access, Identity, InTier, Tier};

use crate::{Outreach, Trouble, rows::query};

/// How soon a message that waits for the next period is looked at again: more may be allowed meanwhile.
const LATER: Duration = Duration::hours(1);

/// A period, and how many messages may be sent in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Month {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    most: i64,
}

impl Outreach {
    /// The running period of the tenant's subscription; `None` where nothing limits what is sent.
    pub(crate) async fn month(&self, tenant: TenantId) -> Result<Option<Month>, Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let sql = "SELECT s.current_period_start, s.current_period_end, p.max_emails_per_month::bigint \
                 + (SELECT coalesce(sum(a.quantity), 0) FROM subscription_addons a \
                     WHERE a.subscription_id = s.id AND a.addon_type = 'extra_emails') \
             FROM subscriptions s JOIN plans p ON p.id = s.plan_id \
             ORDER BY s.status IN ('active', 'past_due') DESC, s.current_period_end DESC, s.id DESC LIMIT 1";
        let rows = query(context.on(Tier::Oltp), sql, []).await;
        context.finish(false).await?;
        let Some(row) = rows?.into_iter().next() else {
            return Ok(None);
        };
        let (start, end) = (row.at(0)?, row.at(1)?);
        let most: Option<i64> = row.at(2)?;
        Ok(most.map(|most| Month { start, end, most }.at(Utc::now())))
    }
}

impl Month {
    /// A period that is over, and that nobody has begun the next of yet, is followed by one without an end.
    fn at(self, now: DateTime<Utc>) -> Self {
        if now < self.end {
            return self;
        }
        Self {
            start: self.end,
            end: DateTime::<Utc>::MAX_UTC,
            ..self
        }
    }

    /// When a message that does not fit any more is looked at again.
    pub(crate) fn again(&self) -> DateTime<Utc> {
        self.end.min(Utc::now() + LATER)
    }

    /// Whether there is room for one more message, in the transaction that says that it is being sent. Others of the tenant
    /// wait meanwhile, and then count it: what is being sent counts as sent.
    pub(crate) async fn has_room(
        &self,
        content: InTier<'_>,
        tenant: TenantId,
    ) -> Result<bool, DbErr> {
        let key = format!("emails of {}", uuid::Uuid::from(tenant));
        let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text";
        query(content, lock, [key.into()]).await?;
        let sql = "SELECT (SELECT count(*) FROM email_messages WHERE direction = 'outbound' AND sent >= $1) \
             + (SELECT count(*) FROM email_messages WHERE direction = 'outbound' AND status = 'sending' AND processed >= $1)";
        let rows = query(content, sql, [self.start.into()]).await?;
        let sent: Option<i64> = rows.first().map(|row| row.at(0)).transpose()?;
        Ok(sent.unwrap_or_default() < self.most)
    }
}
