//! The job `message.send`: sends one message, once.
//!
//! The row says that it is being sent, and that is committed, before a byte goes out. Whoever finds a row that says so
//! does not know what became of it and leaves it alone: a message that may have been sent is never sent again.

use chrono::{Duration, Utc};
use entity::{
    content::email_message::{self, MessageStatus},
    id::{EmailMessageId, TenantId},
    oltp::{
        campaign::{self, CampaignStatus},
        campaign_sequence_step, company, email_account, lead, template,
    },
};
use transport::smtp::{Envelope, Refused};

use super::{Ended, sequence};
use crate::{Outreach, Trouble, account::Slot};

/// How soon a message of a campaign that was stopped for now is looked at again.
const PAUSED: Duration = Duration::minutes(1);
/// The same where the account can not send.
const NO_ACCOUNT: Duration = Duration::minutes(10);

/// All that a message is made of.
pub(crate) struct Draft {
    pub(crate) message: email_message::Model,
    pub(crate) campaign: campaign::Model,
    pub(crate) step: campaign_sequence_step::Model,
    pub(crate) lead: lead::Model,
    pub(crate) account: Option<email_account::Model>,
    pub(crate) template: Option<template::Model>,
    pub(crate) company: Option<company::Model>,
    /// The message before it in the same campaign to the same lead.
    pub(crate) before: Option<email_message::Model>,
}

impl Outreach {
    /// Does it.
    pub(crate) async fn send_message(
        &self,
        tenant: TenantId,
        id: EmailMessageId,
    ) -> Result<Ended, Trouble> {
        let Some(draft) = self.draft(tenant, id).await? else {
            return Ok(Ended::Done); // the campaign is gone, or the lead
        };
        match draft.message.status {
            MessageStatus::Queued => {}
            MessageStatus::Sending => {
                self.note_unknown(tenant, id).await?;
                return self.go_on(tenant, &draft, true).await;
            }
            _ => return self.go_on(tenant, &draft, true).await,
        }
        match draft.campaign.status {
            CampaignStatus::Sending => {}
            CampaignStatus::Paused | CampaignStatus::Scheduled | CampaignStatus::Draft => {
                return Ok(Ended::Again(Utc::now() + PAUSED));
            }
            CampaignStatus::Completed => {
                return self
                    .give_up(tenant, &draft, "the campaign was completed")
                    .await;
            }
        }
        if let Some(reason) = sequence::left_out(draft.lead.status) {
            return self
                .give_up(tenant, &draft, &format!("the lead {reason}"))
                .await;
        }
        self.send_draft(tenant, &draft).await
    }

    async fn send_draft(&self, tenant: TenantId, draft: &Draft) -> Result<Ended, Trouble> {
        let can_send = |account: &&email_account::Model| {
            account.status == email_account::EmailAccountStatus::Active
        };
        let Some(account) = draft.account.as_ref().filter(can_send) else {
            return Ok(Ended::Again(Utc::now() + NO_ACCOUNT));
        };
        let relay = match self.relay(tenant, account).await? {
            Ok(relay) => relay,
            Err(problem) => return self.give_up(tenant, draft, &problem.to_string()).await,
        };
        let letter = match self.compose(tenant, draft, account) {
            Ok(letter) => letter,
            Err(problem) => return self.give_up(tenant, draft, &problem.to_string()).await,
        };
        match self.reserve(tenant, account.id).await? {
            Slot::Free => {}
            Slot::NotBefore(day) => return Ok(Ended::Again(day)),
        }
        if !self.take(tenant, draft, &letter).await? {
            return Ok(Ended::Again(Utc::now() + PAUSED)); // somebody else has it at this moment
        }
        let envelope = Envelope {
            from: Some(account.email.clone()),
            to: vec![draft.lead.email.clone()],
        };
        let sent = self.mailer.send(&relay, &envelope, &letter.bytes).await;
        self.note(tenant, draft, sent.map(drop)).await
    }

    /// Writes down what the mail server said.
    async fn note(
        &self,
        tenant: TenantId,
        draft: &Draft,
        sent: Result<(), Refused>,
    ) -> Result<Ended, Trouble> {
        let id = draft.message.id;
        let Err(refused) = sent else {
            let set = "status = 'sent', sent = now(), failure_reason = NULL";
            self.set_message(tenant, id, set, None).await?;
            return self.go_on(tenant, draft, true).await;
        };
        let reason = refused.to_string();
        match &refused {
            Refused::Unknown { .. } => {
                self.note_unknown(tenant, id).await?;
                self.go_on(tenant, draft, true).await
            }
            Refused::Rejected(answer) if !answer.phase.is_about_message() => {
                self.set_message(
                    tenant,
                    id,
                    "status = 'queued', failure_reason = $2",
                    Some(&reason),
                )
                .await?;
                Err(Trouble::Later(reason))
            }
            Refused::Rejected(answer) => {
                let bad_address = answer
                    .status
                    .as_deref()
                    .is_some_and(|status| status.starts_with("5.1."));
                let set = if bad_address {
                    "status = 'bounced', bounced = now(), failure_reason = $2"
                } else {
                    "status = 'failed', failed = now(), failure_reason = $2"
                };
                self.set_message(tenant, id, set, Some(&reason)).await?;
                if bad_address {
                    self.set_lead(tenant, draft.lead.id, lead::LeadStatus::Bounced)
                        .await?;
                }
                self.go_on(tenant, draft, false).await
            }
            Refused::Unfit(_) => {
                self.set_message(
                    tenant,
                    id,
                    "status = 'failed', failed = now(), failure_reason = $2",
                    Some(&reason),
                )
                .await?;
                self.go_on(tenant, draft, false).await
            }
            Refused::Later(_) | Refused::NotReached { .. } => {
                self.set_message(
                    tenant,
                    id,
                    "status = 'queued', failure_reason = $2",
                    Some(&reason),
                )
                .await?;
                Err(Trouble::Later(reason))
            }
        }
    }
}
