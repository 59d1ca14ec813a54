//! Leads that wait for a message of which nothing will be heard any more.
//!
//! Who sends a message lets its lead go on. If its worker died in between at the last attempt, or the job was dropped,
//! nobody does, and the campaign would never end. So leads that have waited for long are looked at: what their message
//! is, and whether its job is still there. A dead letter of a message that was not sent waits for its replay. A message that
//! is not there any more may have been sent: the lead goes on without it, as it does where its step was deleted.

use std::collections::HashMap;

use entity::{
    content::email_message::MessageStatus,
    id::{CampaignId, CampaignSequenceStepId, EmailMessageId, LeadId, TenantId, TypedId},
};
use sea_orm::Value;
use tenant::{Access, Identity, Row, Tier};
use uuid::Uuid;

use super::{ledger::Place, send::CUT};
use crate::{
    Outreach, Trouble,
    rows::{query, uuids},
};

/// Leads that are looked at in a run.
const MOST: i32 = 500;

/// A lead that waits.
struct Waiting {
    place: Place,
    /// Whether the step is.
    is_gone: bool,
}

/// A lead's message.
struct Message {
    id: EmailMessageId,
    status: MessageStatus,
    was_sent: bool,
}

impl Outreach {
    /// Looks at the leads of a campaign that have waited for more than five minutes, the longest first.
    pub(crate) async fn look_after(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
    ) -> Result<(), Trouble> {
        let places = self.waiting(tenant, campaign).await?;
        if places.is_empty() {
            return Ok(());
        }
        let messages = self.messages(tenant, &places).await?;
        let keys = messages.values().map(|message| message.id.into());
        let jobs = self.jobs(tenant, uuids(keys)).await?;
        for Waiting { place, is_gone } in &places {
            let Some(message) = messages.get(&(place.step, place.lead)) else {
                self.go_on(tenant, place, false).await?;
                continue;
            };
            let job = jobs.get(&message.id).map(String::as_str);
            if *is_gone {
                self.settle_gone(tenant, place, message, job).await?;
            } else {
                self.settle(tenant, place, message, job).await?;
            }
        }
        Ok(())
    }

    /// Where they stand. They are marked, so that the next run looks at others; one that stands nowhere is due.
    async fn waiting(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
    ) -> Result<Vec<Waiting>, Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let sql = "WITH waiting AS (SELECT id FROM campaign_leads \
             WHERE campaign_id = $1 AND status = 'active' AND due IS NULL AND updated < now() - interval '5 minutes' \
             ORDER BY updated LIMIT $2 FOR UPDATE SKIP LOCKED) \
             UPDATE campaign_leads c SET due = CASE WHEN c.at_step_id IS NULL THEN now() END FROM waiting w WHERE c.id = w.id \
             RETURNING c.lead_id, c.at_step_id, \
                 NOT EXISTS (SELECT FROM campaign_sequence_steps s WHERE s.id = c.at_step_id)";
        let values = [campaign.into_value(), MOST.into()];
        let rows = query(context.on(Tier::Oltp), sql, values).await;
        context.finish(rows.is_ok()).await?;
        let mut places = Vec::new();
        for row in rows? {
            if let Some(step) = row.at::<Option<CampaignSequenceStepId>>(1)? {
                let place = Place {
                    campaign,
                    lead: row.at(0)?,
                    step,
                };
                let is_gone = row.at(2)?;
                places.push(Waiting { place, is_gone });
            }
        }
        Ok(places)
    }

    /// Their messages.
    async fn messages(
        &self,
        tenant: TenantId,
        places: &[Waiting],
    ) -> Result<HashMap<(CampaignSequenceStepId, LeadId), Message>, Trouble> {
        let sql = "SELECT m.step_id, m.lead_id, m.id, m.status, m.sent IS NOT NULL FROM email_messages m \
             JOIN unnest($1::uuid[], $2::uuid[]) AS asked (step_id, lead_id) USING (step_id, lead_id) \
             WHERE m.direction = 'outbound'";
        let steps = uuids(places.iter().map(|waiting| waiting.place.step.into()));
        let leads = uuids(places.iter().map(|waiting| waiting.place.lead.into()));
        let rows = self
            .read(tenant, Tier::Content, sql, [steps, leads])
            .await?;
        let message = |row: &Row| {
            let message = Message {
                id: row.at(2)?,
                status: row.at(3)?,
                was_sent: row.at(4)?,
            };
            Ok(((row.at(0)?, row.at(1)?), message))
        };
        rows.iter().map(message).collect()
    }

    /// What became of the jobs of messages; a job that is not there was dropped.
    async fn jobs(
        &self,
        tenant: TenantId,
        messages: Value,
    ) -> Result<HashMap<EmailMessageId, String>, Trouble> {
        let sql = "SELECT id, status FROM jobs WHERE id = ANY ($1)";
        let rows = self.read(tenant, Tier::Queue, sql, [messages]).await?;
        let job = |row: &Row| Ok((row.at::<Uuid>(0)?.into(), row.at(1)?));
        rows.iter().map(job).collect()
    }

    async fn read<const N: usize>(
        &self,
        tenant: TenantId,
        tier: Tier,
        sql: &str,
        values: [Value; N],
    ) -> Result<Vec<Row>, Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let rows = query(context.on(tier), sql, values).await;
        context.finish(false).await?;
        rows.map_err(Trouble::from)
    }

    /// Says of a lead what the message's job did not live to say.
    async fn settle(
        &self,
        tenant: TenantId,
        place: &Place,
        message: &Message,
        job: Option<&str>,
    ) -> Result<(), Trouble> {
        let is_over = matches!(job, None | Some("completed"));
        match message.status {
            MessageStatus::Queued if is_over => {
                let reason = "the job that was to send its message is gone";
                self.give_up(tenant, message.id, place, reason).await?;
            }
            MessageStatus::Sending if is_over || job == Some("failed") => {
                // One that is not being sent any more was put back just now, or is known of: the next run sees.
                if self.note_unknown(tenant, message.id).await? {
                    self.go_on(tenant, place, true).await?;
                }
            }
            MessageStatus::Queued | MessageStatus::Sending => {}
            _ => {
                self.go_on(tenant, place, message.was_sent).await?;
            }
        }
        Ok(())
    }

    /// The same where the message's step was deleted. Whoever is sending it meanwhile finds that, too.
    async fn settle_gone(
        &self,
        tenant: TenantId,
        place: &Place,
        message: &Message,
        job: Option<&str>,
    ) -> Result<(), Trouble> {
        match message.status {
            MessageStatus::Queued => {
                self.fail_unsent(tenant, message.id, CUT).await?;
            }
            MessageStatus::Sending if job == Some("running") => return Ok(()),
            MessageStatus::Sending if !self.note_unknown(tenant, message.id).await? => {
                return Ok(());
            }
            _ => {}
        }
        self.go_on(tenant, place, false).await.map(drop)
    }
}
