//! Messages for leads: each is made once, and has one job.

use std::collections::HashMap;

use entity::{
    content::email_message::MessageStatus,
    id::{EmailMessageId, TenantId, TypedId},
    oltp::{campaign_lead, campaign_sequence_step, email_account, lead},
};
use sea_orm::DbErr;
use tenant::{Access, Identity, InTier, Tier};
use uuid::Uuid;
use worker::Job;

use crate::{
    Outreach, Trouble,
    rows::{by, query, uuids},
};

/// A message to be made.
pub(super) struct Letter<'d> {
    pub(super) row: &'d campaign_lead::Model,
    pub(super) lead: &'d lead::Model,
    pub(super) step: &'d campaign_sequence_step::Model,
}

/// A message that was made, now or before.
pub(super) struct Standing<'l, 'd> {
    pub(super) letter: &'l Letter<'d>,
    pub(super) message: Uuid,
    status: MessageStatus,
}

impl Standing<'_, '_> {
    /// Somebody is to send it, or does.
    pub(super) fn is_on_its_way(&self) -> bool {
        matches!(self.status, MessageStatus::Queued | MessageStatus::Sending)
    }
}

impl Letter<'_> {
    fn as_row(&self, senders: &HashMap<Uuid, String>) -> serde_json::Value {
        let id = EmailMessageId::new();
        let account = self.step.email_account_id.map(Uuid::from);
        serde_json::json!({
            "id": Uuid::from(id), "storage_key": storage_key(id), "campaign_id": Uuid::from(self.row.campaign_id),
            "step_id": Uuid::from(self.step.id), "lead_id": Uuid::from(self.lead.id), "email_account_id": account,
            "from_email": account.and_then(|account| senders.get(&account)), "to_email": self.lead.email,
        })
    }
}

impl Outreach {
    /// Makes a message for each; answers where that one stands, or the one that is there already.
    pub(super) async fn write_letters<'l, 'd>(
        &self,
        tenant: TenantId,
        letters: &'l [Letter<'d>],
    ) -> Result<Vec<Standing<'l, 'd>>, Trouble> {
        if letters.is_empty() {
            return Ok(Vec::new());
        }
        let senders = self.senders(tenant, letters).await?;
        let context = self
            .database
            .writing(Tier::Content, Identity::Job { tenant });
        let content = context.on(Tier::Content);
        let written = async {
            let rows: Vec<serde_json::Value> = letters
                .iter()
                .map(|letter| letter.as_row(&senders))
                .collect();
            let sql = "INSERT INTO email_messages (id, tenant_id, storage_key, thread_id, direction, status, queued, \
                 campaign_id, step_id, lead_id, email_account_id, from_email, to_email, subject) \
                 SELECT id, $2, storage_key, id, 'outbound', 'queued', now(), \
                 campaign_id, step_id, lead_id, email_account_id, from_email, to_email, '' \
                 FROM jsonb_to_recordset($1) AS letter (id uuid, storage_key text, campaign_id uuid, step_id uuid, \
                 lead_id uuid, email_account_id uuid, from_email text, to_email text) \
                 ON CONFLICT (tenant_id, step_id, lead_id) WHERE direction = 'outbound' AND step_id IS NOT NULL DO NOTHING";
            let values = [serde_json::Value::from(rows).into(), tenant.into_value()];
            query(content, sql, values).await?;
            revive(content, letters).await?;
            let sql = "SELECT m.id, m.step_id, m.lead_id, m.status FROM email_messages m \
                 JOIN unnest($1::uuid[], $2::uuid[]) AS asked (step_id, lead_id) USING (step_id, lead_id) \
                 WHERE m.direction = 'outbound'";
            let steps = uuids(letters.iter().map(|letter| letter.step.id.into()));
            let leads = uuids(letters.iter().map(|letter| letter.lead.id.into()));
            query(content, sql, [steps, leads]).await
        };
        let written = written.await;
        context.finish(written.is_ok()).await?;
        let mut found = HashMap::new();
        for row in written? {
            let place: (Uuid, Uuid) = (row.at(1)?, row.at(2)?);
            found.insert(place, (row.at::<Uuid>(0)?, row.at::<MessageStatus>(3)?));
        }
        let standing = letters.iter().filter_map(|letter| {
            let place = (letter.step.id.into(), letter.lead.id.into());
            let (message, status) = *found.get(&place)?;
            Some(Standing {
                letter,
                message,
                status,
            })
        });
        Ok(standing.collect())
    }

    /// The addresses that the steps' accounts send from.
    async fn senders(
        &self,
        tenant: TenantId,
        letters: &[Letter<'_>],
    ) -> Result<HashMap<Uuid, String>, Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let keys = letters
            .iter()
            .filter_map(|letter| letter.step.email_account_id.map(Uuid::from));
        let accounts =
            by::<email_account::Entity>(context.on(Tier::Oltp), email_account::Column::Id, keys)
                .await?;
        context.finish(false).await?;
        let addresses = accounts
            .into_iter()
            .map(|account| (account.id.into(), account.email));
        Ok(addresses.collect())
    }

    /// A job for each message, with the message's id, and whom to tell when it is done. One that gave its message up has it
    /// to send again.
    pub(super) async fn queue_letters(
        &self,
        job: &Job,
        messages: Vec<Uuid>,
    ) -> Result<(), Trouble> {
        let tenant = job.tenant;
        if messages.is_empty() {
            return Ok(());
        }
        let context = self.database.writing(Tier::Queue, Identity::Job { tenant });
        let sql = "INSERT INTO jobs (id, tenant_id, queue_name, job_type, priority, max_attempts, payload) \
             SELECT id, $2, q.name, 'message.send', q.default_priority, q.max_attempts, \
             jsonb_build_object('messageId', id, 'runId', $3::uuid) \
             FROM unnest($1::uuid[]) AS id, job_queues q WHERE q.name = 'email-sending' \
             ON CONFLICT (id) DO UPDATE SET status = 'queued', run_at = now(), attempt_count = 0, completed = NULL \
             WHERE jobs.status = 'completed'";
        let queued = query(
            context.on(Tier::Queue),
            sql,
            [
                uuids(messages),
                tenant.into_value(),
                Uuid::from(job.id).into(),
            ],
        )
        .await;
        context.finish(queued.is_ok()).await?;
        queued?;
        self.wake.touch();
        Ok(())
    }
}

/// Messages that were given up before they went out are to be sent after all: their leads were added again.
async fn revive(content: InTier<'_>, letters: &[Letter<'_>]) -> Result<(), DbErr> {
    let sql = "UPDATE email_messages m SET status = 'queued', queued = now(), failed = NULL, failure_reason = NULL \
         FROM unnest($1::uuid[], $2::uuid[]) AS asked (step_id, lead_id) \
         WHERE m.step_id = asked.step_id AND m.lead_id = asked.lead_id AND m.direction = 'outbound' \
         AND m.status = 'failed' AND m.message_id IS NULL";
    let steps = uuids(letters.iter().map(|letter| letter.step.id.into()));
    let leads = uuids(letters.iter().map(|letter| letter.lead.id.into()));
    query(content, sql, [steps, leads]).await.map(drop)
}

/// What other rows name a message by.
pub(crate) fn storage_key(id: EmailMessageId) -> String {
    format!("mail/{}", id.into_raw())
}
