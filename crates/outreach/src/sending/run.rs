//! The job `campaign.run`: takes a campaign's leads one step further, as far as they are due.
//!
//! It goes from one database to the next without holding anything in between, so every part can be done twice: a
//! message is there once for a step and a lead, its job has the message's id, and a lead is moved on only from where
//! it was found. Whatever dies in between, the next run goes on from there.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use entity::{
    content::email_message::{self, MessageStatus},
    id::{CampaignId, EmailMessageId, TenantId, TypedId},
    oltp::{
        campaign::{self, CampaignStatus},
        campaign_lead,
        campaign_sequence_step::{self, StepType},
        email_account, lead,
    },
};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait};
use tenant::{Access, Identity, Tier};
use uuid::Uuid;
use worker::{Failure, Job};

use super::{
    Ended,
    known::LeadKnown,
    sequence::{self, Next},
};
use crate::{
    Outreach, Trouble,
    rows::{by, query, uuids},
};

/// Leads that are taken further at once.
const BATCH: usize = 500;
/// How late a campaign is looked at again at the latest. Whatever happens to it hastens its job; this is for what died
/// before it could say so.
const LATE: Duration = Duration::hours(1);
/// The same of one that is paused, of which nothing is on its way.
const PAUSED: Duration = Duration::days(1);

/// One lead in the campaign, and what comes next for it.
struct Due {
    row: campaign_lead::Model,
    lead: lead::Model,
}

impl Outreach {
    /// Does it; answers when to do it again. A campaign has one job as long as it is not over: one that is made when it is
    /// resumed, or gets leads, only hastens that.
    pub(crate) async fn run_campaign(&self, job: &Job) -> Result<Ended, Failure> {
        const CAMPAIGN: &str = "campaignId";
        let id = job.id_in(CAMPAIGN)?;
        if job.is_first() {
            let handed_over = worker::hand_over(&self.database, job, CAMPAIGN).await;
            if handed_over.map_err(Trouble::from)? {
                return Ok(Ended::Done);
            }
        }
        Ok(self.run_on(job, id).await?)
    }

    async fn run_on(&self, job: &Job, id: CampaignId) -> Result<Ended, Trouble> {
        let tenant = job.tenant;
        match self.begin(tenant, id).await? {
            Begun::Running => {}
            Begun::NotBefore(start) => return Ok(Ended::Again(start)),
            Begun::Over => return Ok(Ended::Done),
        }
        self.look_after(tenant, id).await?;
        loop {
            let (steps, due) = self.due(tenant, id).await?;
            if due.is_empty() {
                return self.rest(tenant, id).await;
            }
            let is_full = due.len() == BATCH;
            self.advance(job, &steps, due).await?;
            if !is_full {
                return self.rest(tenant, id).await;
            }
        }
    }

    /// Lets a scheduled campaign start when its time has come, and gives one without leads all that are active.
    async fn begin(&self, tenant: TenantId, id: CampaignId) -> Result<Begun, Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let oltp = context.on(Tier::Oltp);
        let begun = async {
            let found = by::<campaign::Entity>(oltp, campaign::Column::Id, [id.into()]).await?;
            let Some(campaign) = found.into_iter().next() else {
                return Ok(Begun::Over);
            };
            let begun = match (campaign.status, campaign.scheduled) {
                (CampaignStatus::Scheduled, Some(start)) if start > Utc::now() => {
                    return Ok(Begun::NotBefore(start));
                }
                (CampaignStatus::Scheduled, _) => {
                    let sql = "UPDATE campaigns SET status = 'sending' WHERE id = $1 AND status = 'scheduled'";
                    query(oltp, sql, [id.into_value()]).await?;
                    Begun::Running
                }
                (CampaignStatus::Sending, _) => Begun::Running,
                (CampaignStatus::Paused, _) => Begun::NotBefore(Utc::now() + PAUSED),
                (CampaignStatus::Draft | CampaignStatus::Completed, _) => Begun::Over,
            };
            if matches!(begun, Begun::Running) {
                // In one statement, so that a second run finds those of the first.
                let sql = "INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id) \
                     SELECT tenant_id, $1, id FROM leads WHERE status = 'active' \
                     AND NOT EXISTS (SELECT FROM campaign_leads WHERE campaign_id = $1) \
                     ON CONFLICT (tenant_id, campaign_id, lead_id) DO NOTHING";
                query(oltp, sql, [id.into_value()]).await?;
            }
            Ok(begun)
        };
        let begun: Result<Begun, Trouble> = begun.await;
        context.finish(begun.is_ok()).await?;
        begun
    }

    /// The campaign's steps in their order, and the leads that are due.
    async fn due(
        &self,
        tenant: TenantId,
        id: CampaignId,
    ) -> Result<(Vec<campaign_sequence_step::Model>, Vec<Due>), Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let oltp = context.on(Tier::Oltp);
        let steps = campaign_sequence_step::Entity::find()
            .filter(campaign_sequence_step::Column::CampaignId.eq(id))
            .order_by_asc(campaign_sequence_step::Column::StepOrder)
            .into_query();
        let steps = oltp.rows(&steps).await?;
        let steps: Result<Vec<_>, _> = steps.iter().map(|row| row.read(0)).collect();
        let due = campaign_lead::Entity::find()
            .filter(campaign_lead::Column::CampaignId.eq(id))
            .filter(
                campaign_lead::Column::Status
                    .eq(campaign_lead::CampaignLeadStatus::Active.to_value()),
            )
            .filter(campaign_lead::Column::Due.lte(Utc::now()))
            .order_by_asc(campaign_lead::Column::Due)
            .order_by_asc(campaign_lead::Column::Id)
            .into_query()
            .limit(BATCH as u64)
            .take();
        let rows = oltp.rows(&due).await?;
        let rows: Result<Vec<campaign_lead::Model>, _> =
            rows.iter().map(|row| row.read(0)).collect();
        let rows = rows?;
        let keys = rows.iter().map(|row| row.lead_id.into());
        let leads = by::<lead::Entity>(oltp, lead::Column::Id, keys).await?;
        context.finish(false).await?;
        let mut leads: HashMap<_, _> = leads.into_iter().map(|lead| (lead.id, lead)).collect();
        // A campaign has a lead once, and a key of the database says that it is there.
        let due = rows.into_iter().filter_map(|row| {
            let lead = leads.remove(&row.lead_id)?;
            Some(Due { row, lead })
        });
        Ok((steps?, due.collect()))
    }

    async fn advance(
        &self,
        job: &Job,
        steps: &[campaign_sequence_step::Model],
        due: Vec<Due>,
    ) -> Result<(), Trouble> {
        let tenant = job.tenant;
        let asks = steps
            .iter()
            .any(|step| step.step_type == StepType::Condition);
        let known = self.known(tenant, &due, asks).await?;
        let now = Utc::now();
        let mut moves = Moves::default();
        let mut letters = Vec::new();
        for Due { row, lead } in &due {
            let known = LeadKnown::new(lead, known.get(&lead.id));
            match sequence::next(steps, row.next_step_order, lead.status, &known, now) {
                Next::Email(step) => letters.push(Letter { row, lead, step }),
                Next::Wait { order, until } => moves.go(row, order, Some(until)),
                Next::Completed => moves.end(row, "completed", None),
                Next::Stopped(reason) => moves.end(row, "stopped", Some(reason)),
            }
        }
        let standing = self.write_letters(tenant, &letters).await?;
        let on_their_way = standing.iter().filter(|standing| standing.is_on_its_way());
        let messages = on_their_way.map(|standing| standing.message).collect();
        self.queue_letters(job, messages).await?;
        for standing in standing {
            let Letter { row, step, .. } = standing.letter;
            if standing.is_on_its_way() {
                // What becomes of it says when to go on.
                moves.go(row, step.step_order, None);
            } else {
                moves.go(row, step.step_order + 1, Some(now));
            }
        }
        self.make(tenant, moves).await
    }

    /// What is known of the leads' answers to the campaign, where a condition asks for it.
    async fn known(
        &self,
        tenant: TenantId,
        due: &[Due],
        asks: bool,
    ) -> Result<HashMap<entity::id::LeadId, Vec<email_message::Model>>, Trouble> {
        let mut known: HashMap<_, Vec<_>> = HashMap::new();
        let Some(first) = due.first().filter(|_| asks) else {
            return Ok(known);
        };
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let keys = due.iter().map(|due| Uuid::from(due.lead.id));
        let found = by::<email_message::Entity>(
            context.on(Tier::Content),
            email_message::Column::LeadId,
            keys,
        )
        .await?;
        context.finish(false).await?;
        let own = found
            .into_iter()
            .filter(|message| message.campaign_id == Some(first.row.campaign_id));
        for message in own {
            if let Some(lead) = message.lead_id {
                known.entry(lead).or_default().push(message);
            }
        }
        Ok(known)
    }

    /// Makes a message for each; answers where that one stands, or the one that is there already.
    async fn write_letters<'l, 'd>(
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

    /// A job for each message, with the message's id, and whom to tell when it is done.
    async fn queue_letters(&self, job: &Job, messages: Vec<Uuid>) -> Result<(), Trouble> {
        let tenant = job.tenant;
        if messages.is_empty() {
            return Ok(());
        }
        let context = self.database.writing(Tier::Queue, Identity::Job { tenant });
        let sql = "INSERT INTO jobs (id, tenant_id, queue_name, job_type, priority, max_attempts, payload) \
             SELECT id, $2, q.name, 'message.send', q.default_priority, q.max_attempts, \
             jsonb_build_object('messageId', id, 'runId', $3::uuid) \
             FROM unnest($1::uuid[]) AS id, job_queues q WHERE q.name = 'email-sending' ON CONFLICT (id) DO NOTHING";
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

    /// Moves the leads on, each only from where it was found.
    async fn make(&self, tenant: TenantId, moves: Moves) -> Result<(), Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let sql = "UPDATE campaign_leads c SET status = m.status, stop_reason = m.reason, \
             next_step_order = m.next, due = m.due \
             FROM jsonb_to_recordset($1) AS m (id uuid, found integer, status text, reason text, next integer, due timestamptz) \
             WHERE c.id = m.id AND c.status = 'active' AND c.next_step_order = m.found AND c.due IS NOT NULL";
        let made = query(
            context.on(Tier::Oltp),
            sql,
            [serde_json::Value::from(moves.0).into()],
        )
        .await;
        context.finish(made.is_ok()).await?;
        made.map(drop).map_err(Trouble::from)
    }

    /// Ends a campaign that has nothing more for anybody, or says when it goes on.
    async fn rest(&self, tenant: TenantId, id: CampaignId) -> Result<Ended, Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let oltp = context.on(Tier::Oltp);
        let rest = async {
            // Who adds leads holds the campaign, so that it has got them or is over.
            let lock = "SELECT FROM campaigns WHERE id = $1 FOR UPDATE";
            query(oltp, lock, [id.into_value()]).await?;
            let sql = "SELECT count(*), min(due) FROM campaign_leads WHERE campaign_id = $1 AND status = 'active'";
            let rows = query(oltp, sql, [id.into_value()]).await?;
            let (active, due) = match rows.first() {
                Some(row) => (row.at::<i64>(0)?, row.at(1)?),
                None => (0, None::<DateTime<Utc>>),
            };
            if active == 0 {
                let sql = "UPDATE campaigns SET status = 'completed', completed = now() WHERE id = $1 AND status = 'sending'";
                query(oltp, sql, [id.into_value()]).await?;
                return Ok(Ended::Done);
            }
            let latest = Utc::now() + LATE;
            Ok(Ended::Again(due.map_or(latest, |due| due.min(latest))))
        };
        let rest: Result<Ended, Trouble> = rest.await;
        context.finish(rest.is_ok()).await?;
        rest
    }
}

/// Whether a campaign runs.
enum Begun {
    Running,
    NotBefore(DateTime<Utc>),
    Over,
}

/// A message to be made.
struct Letter<'d> {
    row: &'d campaign_lead::Model,
    lead: &'d lead::Model,
    step: &'d campaign_sequence_step::Model,
}

/// A message that was made, now or before.
struct Standing<'l, 'd> {
    letter: &'l Letter<'d>,
    message: Uuid,
    status: MessageStatus,
}

impl Standing<'_, '_> {
    fn is_on_its_way(&self) -> bool {
        matches!(self.status, MessageStatus::Queued | MessageStatus::Sending)
    }
}

/// Where leads go.
#[derive(Default)]
struct Moves(Vec<serde_json::Value>);

impl Moves {
    fn go(&mut self, row: &campaign_lead::Model, next: i32, due: Option<DateTime<Utc>>) {
        self.0.push(serde_json::json!({
            "id": Uuid::from(row.id), "found": row.next_step_order, "status": "active", "next": next, "due": due,
        }));
    }

    fn end(&mut self, row: &campaign_lead::Model, status: &str, reason: Option<String>) {
        self.0.push(serde_json::json!({
            "id": Uuid::from(row.id), "found": row.next_step_order, "status": status, "reason": reason,
            "next": row.next_step_order, "due": null,
        }));
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

/// What other rows name a message by.
pub(crate) fn storage_key(id: EmailMessageId) -> String {
    format!("mail/{}", id.into_raw())
}
