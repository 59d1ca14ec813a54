//! Leads that are due go one step further: a message, a wait, or their end.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{
    id::{LeadId, TenantId, TypedId},
    oltp::{
        campaign_lead,
        campaign_sequence_step::{self, StepType},
    },
};
use tenant::{Access, Identity, Tier};
use uuid::Uuid;
use worker::Job;

use super::{
    due::Due,
    known::{LeadKnown, Message},
    messages::Letter,
    sequence::{self, Next},
};
use crate::{
    Outreach, Trouble,
    rows::{query, uuids},
};

impl Outreach {
    /// Takes each as far as it comes now.
    pub(super) async fn advance(
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
        for Due { row, lead, order } in &due {
            let known = LeadKnown::new(lead, known.get(&lead.id));
            match sequence::next(steps, *order, lead.status, &known, now) {
                Next::Email(step) => letters.push(Letter { row, lead, step }),
                Next::Wait { step, until } => moves.go_past(row, step, until),
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
                moves.wait_at(row, step);
            } else {
                moves.go_past(row, step, now);
            }
        }
        self.make(tenant, moves).await
    }

    /// What happened to the campaign's messages to the leads, where a condition asks for it.
    async fn known(
        &self,
        tenant: TenantId,
        due: &[Due],
        asks: bool,
    ) -> Result<HashMap<LeadId, Vec<Message>>, Trouble> {
        let mut known: HashMap<_, Vec<_>> = HashMap::new();
        let Some(first) = due.first().filter(|_| asks) else {
            return Ok(known);
        };
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let sql = "SELECT lead_id, sent, opened, clicked, replied FROM email_messages \
             WHERE lead_id = ANY ($1) AND campaign_id = $2 AND direction = 'outbound'";
        let leads = uuids(due.iter().map(|due| due.lead.id.into()));
        let values = [leads, first.row.campaign_id.into_value()];
        let found = query(context.on(Tier::Content), sql, values).await;
        context.finish(false).await?;
        for row in found? {
            let message = Message {
                sent: row.at(1)?,
                opened: row.at(2)?,
                clicked: row.at(3)?,
                replied: row.at(4)?,
            };
            known.entry(row.at(0)?).or_default().push(message);
        }
        Ok(known)
    }

    /// Moves the leads on, each only from where it was found.
    async fn make(&self, tenant: TenantId, moves: Moves) -> Result<(), Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let sql = "UPDATE campaign_leads c SET status = m.status, stop_reason = m.reason, \
             next_step_order = m.next, at_step_id = m.at, due = m.due \
             FROM jsonb_to_recordset($1) AS m (id uuid, found integer, found_at uuid, status text, reason text, next integer, at uuid, due timestamptz) \
             WHERE c.id = m.id AND c.status = 'active' AND c.next_step_order = m.found \
             AND c.at_step_id IS NOT DISTINCT FROM m.found_at AND c.due IS NOT NULL";
        let made = query(
            context.on(Tier::Oltp),
            sql,
            [serde_json::Value::from(moves.0).into()],
        )
        .await;
        context.finish(made.is_ok()).await?;
        made.map(drop).map_err(Trouble::from)
    }
}

/// Where leads go.
#[derive(Default)]
struct Moves(Vec<serde_json::Value>);

impl Moves {
    /// Its step's message is on its way.
    fn wait_at(&mut self, row: &campaign_lead::Model, step: &campaign_sequence_step::Model) {
        self.go(row, step, step.step_order, None);
    }

    fn go_past(
        &mut self,
        row: &campaign_lead::Model,
        step: &campaign_sequence_step::Model,
        due: DateTime<Utc>,
    ) {
        self.go(row, step, step.step_order + 1, Some(due));
    }

    fn go(
        &mut self,
        row: &campaign_lead::Model,
        at: &campaign_sequence_step::Model,
        next: i32,
        due: Option<DateTime<Utc>>,
    ) {
        self.0.push(serde_json::json!({
            "id": Uuid::from(row.id), "found": row.next_step_order, "found_at": row.at_step_id.map(Uuid::from),
            "status": "active", "next": next, "at": Uuid::from(at.id), "due": due,
        }));
    }

    fn end(&mut self, row: &campaign_lead::Model, status: &str, reason: Option<String>) {
        let at = row.at_step_id.map(Uuid::from);
        self.0.push(serde_json::json!({
            "id": Uuid::from(row.id), "found": row.next_step_order, "found_at": at, "status": status, "reason": reason,
            "next": row.next_step_order, "at": at, "due": null,
        }));
    }
}
