//! What is written down about a message and its lead. Each is one statement, and does nothing the second time.

use chrono::{DateTime, Utc};
use entity::{
    content::email_message,
    id::{CampaignId, CampaignSequenceStepId, EmailMessageId, LeadId, TenantId, TypedId},
    oltp::{
        campaign, campaign_sequence_step, company, email_account,
        lead::{self, LeadStatus},
        template,
    },
};
use inbox::content::{Body, keep_body, keep_words};
use sea_orm::{ActiveEnum, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryTrait};
use tenant::{Access, Identity, Tier};
use uuid::Uuid;

use super::{Ended, letter::Letter, send::Draft};
use crate::{
    Outreach, Trouble,
    month::Month,
    rows::{by, query},
};

/// A message that is not sent yet.
pub(crate) const QUEUED: &str = "status = 'queued'";
/// One that is being sent, or was when its worker died.
pub(crate) const SENDING: &str = "status = 'sending'";
/// One that is being sent, and that nobody has taken for lost.
pub(crate) const IN_HAND: &str = "status = 'sending' AND failure_reason IS NULL";

/// Whether a message is this worker's to send.
pub(crate) enum Taken {
    /// It is.
    Yes,
    /// Somebody else was first.
    Others,
    /// The plan allows no more in this period; to be looked at again then.
    NoRoom(DateTime<Utc>),
}

/// A lead at a step of a campaign.
pub(crate) struct Place {
    pub(crate) campaign: CampaignId,
    pub(crate) lead: LeadId,
    pub(crate) step: CampaignSequenceStepId,
}

/// The row of a lead ($2) in a campaign ($1) that has not come past a step ($3): it waits for the step's message, or whoever
/// made that has not written down yet that it waits. Compared by where the steps are now.
const AT_STEP: &str = "campaign_id = $1 AND lead_id = $2 AND status = 'active' AND (due IS NULL AND at_step_id = $3 \
     OR due IS NOT NULL AND coalesce((SELECT step_order FROM campaign_sequence_steps WHERE id = at_step_id), next_step_order - 1) \
         < (SELECT step_order FROM campaign_sequence_steps WHERE id = $3))";

/// What there is of a message.
pub(crate) enum Found {
    /// All that it is made of.
    Whole(Box<Draft>),
    /// Its campaign, its step or its lead is gone.
    Cut(Box<email_message::Model>),
    /// Nothing, not even the message.
    Nothing,
}

impl Outreach {
    /// All that a message is made of.
    pub(crate) async fn draft(
        &self,
        tenant: TenantId,
        id: EmailMessageId,
    ) -> Result<Found, Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let (oltp, content) = (context.on(Tier::Oltp), context.on(Tier::Content));
        let read = async {
            let Some(message) =
                one::<email_message::Entity>(content, email_message::Column::Id, Some(id.into()))
                    .await?
            else {
                return Ok(Found::Nothing);
            };
            let campaign = message.campaign_id.map(Uuid::from);
            let step = message.step_id.map(Uuid::from);
            let lead = message.lead_id.map(Uuid::from);
            // What is asked together goes out together.
            let (campaign, step, lead, before) = tokio::try_join!(
                one::<campaign::Entity>(oltp, campaign::Column::Id, campaign),
                one::<campaign_sequence_step::Entity>(
                    oltp,
                    campaign_sequence_step::Column::Id,
                    step
                ),
                one::<lead::Entity>(oltp, lead::Column::Id, lead),
                before(content, &message),
            )?;
            let (Some(campaign), Some(step), Some(lead)) = (campaign, step, lead) else {
                return Ok(Found::Cut(Box::new(message)));
            };
            let account = step.email_account_id.map(Uuid::from);
            let template = step.template_id.map(Uuid::from);
            let company = campaign.company_id.map(Uuid::from);
            let (account, template, company) = tokio::try_join!(
                one::<email_account::Entity>(oltp, email_account::Column::Id, account),
                one::<template::Entity>(oltp, template::Column::Id, template),
                one::<company::Entity>(oltp, company::Column::Id, company),
            )?;
            Ok(Found::Whole(Box::new(Draft {
                account,
                template,
                company,
                before,
                message,
                campaign,
                step,
                lead,
            })))
        };
        let read: Result<_, Trouble> = read.await;
        context.finish(false).await?;
        read
    }

    /// Says that the message is being sent, and keeps what is sent.
    pub(crate) async fn take(
        &self,
        tenant: TenantId,
        draft: &Draft,
        letter: &Letter,
        month: Option<&Month>,
    ) -> Result<Taken, Trouble> {
        let context = self
            .database
            .writing(Tier::Content, Identity::Job { tenant });
        let content = context.on(Tier::Content);
        let taken = async {
            if let Some(month) = month
                && !month.take_place(content, tenant).await?
            {
                return Ok(Taken::NoRoom(month.again()));
            }
            let (text, html) = (letter.text.as_str(), letter.html.as_deref());
            let body = Body::new(Some(text), html);
            // One that was put back may be written anew, of a template that was changed meanwhile; the body of before has
            // the message's key still, until it is found to be nobody's.
            let hash = mail::body::content_hash(Some(text), html);
            let key = draft.message.storage_key.as_str();
            let content_key = format!("{key}/{hash}");
            let content_key = keep_body(content, tenant, &content_key, &body).await?;
            // Of a tenant that nothing limits nobody counts, so that what was counted before is not what it has sent.
            let sql = "WITH uncounted AS (DELETE FROM sent_in_period WHERE $12) \
                 UPDATE email_messages SET status = 'sending', processed = now(), content_key = $2, subject = $3, \
                 from_email = $4, to_email = $5, message_id = $6, headers = $7, size_bytes = $8, email_account_id = $9, \
                 parent_storage_key = $10, thread_id = $11, failure_reason = NULL \
                 WHERE id = $1 AND status = 'queued' RETURNING 1";
            let before = draft.before.as_ref();
            let rows = query(
                content,
                sql,
                [
                    draft.message.id.into_value(),
                    content_key.into(),
                    letter.subject.as_str().into(),
                    letter.from.as_str().into(),
                    draft.lead.email.as_str().into(),
                    letter.message_id.as_str().into(),
                    letter.headers.clone().into(),
                    i64::try_from(letter.bytes.len()).unwrap_or(i64::MAX).into(),
                    draft
                        .account
                        .as_ref()
                        .map(|account| Uuid::from(account.id))
                        .into(),
                    before.map(|before| before.storage_key.clone()).into(),
                    before
                        .map_or(draft.message.id, |before| before.thread_id)
                        .into_value(),
                    month.is_none().into(),
                ],
            )
            .await?;
            if rows.is_empty() {
                return Ok(Taken::Others);
            }
            keep_words(content, key, Some(text)).await?;
            Ok(Taken::Yes)
        };
        let taken: Result<Taken, Trouble> = taken.await;
        context.finish(matches!(taken, Ok(Taken::Yes))).await?;
        taken
    }

    /// Changes a message if it is still what `if_still` says; answers whether it was.
    pub(crate) async fn set_message(
        &self,
        tenant: TenantId,
        id: EmailMessageId,
        if_still: &str,
        set: &str,
        reason: Option<&str>,
    ) -> Result<bool, Trouble> {
        self.set_counted(tenant, (id, None), if_still, set, reason)
            .await
    }

    /// The same for a message that was counted in a month, and is certainly not sent: it does not count any more.
    pub(crate) async fn set_counted(
        &self,
        tenant: TenantId,
        (id, month): (EmailMessageId, Option<&Month>),
        if_still: &str,
        set: &str,
        reason: Option<&str>,
    ) -> Result<bool, Trouble> {
        let context = self
            .database
            .writing(Tier::Content, Identity::Job { tenant });
        let content = context.on(Tier::Content);
        let sql = format!(
            "UPDATE email_messages SET {set}, failure_reason = $2, processed = now() \
             WHERE id = $1 AND {if_still} RETURNING 1"
        );
        let done = async {
            let changed = query(content, &sql, [id.into_value(), reason.into()]).await?;
            if let Some(month) = month
                && !changed.is_empty()
            {
                month.give_place_back(content).await?;
            }
            Ok(!changed.is_empty())
        };
        let done: Result<bool, DbErr> = done.await;
        context.finish(done.is_ok()).await?;
        done.map_err(Trouble::from)
    }

    /// Nobody knows what became of the message. It stays as it is, with the reason; unless it is known meanwhile, or the
    /// message is to be sent again: answers whether it is as nobody knows.
    pub(crate) async fn note_unknown(
        &self,
        tenant: TenantId,
        id: EmailMessageId,
    ) -> Result<bool, Trouble> {
        let reason = "the mail server was not heard to the end: it may have been sent, and is not sent again";
        self.set_message(tenant, id, SENDING, "status = 'sending'", Some(reason))
            .await
    }

    /// The message is not sent, and the lead is left out. The lead first: whoever finds a message that failed takes it
    /// that the lead goes on. A message that never went out has no Message-ID, by which it is known when the lead is added
    /// again.
    pub(crate) async fn give_up(
        &self,
        tenant: TenantId,
        message: EmailMessageId,
        place: &Place,
        reason: &str,
    ) -> Result<Ended, Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let sql = format!(
            "UPDATE campaign_leads SET status = 'stopped', stop_reason = $4, due = NULL WHERE {AT_STEP}"
        );
        let values = [
            place.campaign.into_value(),
            place.lead.into_value(),
            place.step.into_value(),
            reason.into(),
        ];
        let done = query(context.on(Tier::Oltp), &sql, values).await;
        context.finish(done.is_ok()).await?;
        done?;
        self.fail_unsent(tenant, message, reason).await?;
        Ok(Ended::Done)
    }

    /// A message that was not sent yet never is; answers whether it was not.
    pub(crate) async fn fail_unsent(
        &self,
        tenant: TenantId,
        message: EmailMessageId,
        reason: &str,
    ) -> Result<bool, Trouble> {
        let failed = "status = 'failed', failed = now(), message_id = NULL";
        self.set_message(tenant, message, QUEUED, failed, Some(reason))
            .await
    }

    /// The lead goes on to the next step, and the step counts one more; once, however often it is said. The step may be gone.
    pub(crate) async fn go_on(
        &self,
        tenant: TenantId,
        place: &Place,
        counts: bool,
    ) -> Result<Ended, Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let sql = format!(
            "WITH gone_on AS (UPDATE campaign_leads SET at_step_id = $3, due = now(), next_step_order = \
                 coalesce((SELECT step_order + 1 FROM campaign_sequence_steps WHERE id = $3), next_step_order) \
                 WHERE {AT_STEP} RETURNING 1) \
             UPDATE campaign_sequence_steps SET executed_count = executed_count + 1, last_executed = now() \
             WHERE id = $3 AND $4 AND EXISTS (SELECT FROM gone_on)"
        );
        let values = [
            place.campaign.into_value(),
            place.lead.into_value(),
            place.step.into_value(),
            counts.into(),
        ];
        let done = query(context.on(Tier::Oltp), &sql, values).await;
        context.finish(done.is_ok()).await?;
        done?;
        Ok(Ended::Done)
    }

    /// Writes down what is known of a lead, unless it asked for no more.
    pub(crate) async fn set_lead(
        &self,
        tenant: TenantId,
        lead: LeadId,
        status: LeadStatus,
    ) -> Result<(), Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let sql =
            "UPDATE leads SET status = $2 WHERE id = $1 AND status NOT IN ('unsubscribed', $2)";
        let values = [lead.into_value(), status.to_value().into()];
        let done = query(context.on(Tier::Oltp), sql, values).await;
        context.finish(done.is_ok()).await?;
        done.map(drop).map_err(Trouble::from)
    }
}

/// The row with a key, if there is a key and a row.
async fn one<E>(
    tier: tenant::InTier<'_>,
    column: E::Column,
    key: Option<Uuid>,
) -> Result<Option<E::Model>, Trouble>
where
    E: EntityTrait<Model: entity::columns::FromColumns>,
{
    Ok(by::<E>(tier, column, key).await?.into_iter().next())
}

/// The message before this one, of the same campaign to the same lead, that was sent.
async fn before(
    content: tenant::InTier<'_>,
    message: &email_message::Model,
) -> Result<Option<email_message::Model>, Trouble> {
    let select = email_message::Entity::find()
        .filter(email_message::Column::LeadId.eq(message.lead_id))
        .filter(email_message::Column::CampaignId.eq(message.campaign_id))
        .filter(email_message::Column::Sent.is_not_null())
        .filter(email_message::Column::Id.ne(message.id))
        .order_by_desc(email_message::Column::Created)
        .into_query()
        .limit(1)
        .take();
    let row = content.row(&select).await?;
    row.map(|row| row.read(0))
        .transpose()
        .map_err(Trouble::from)
}
