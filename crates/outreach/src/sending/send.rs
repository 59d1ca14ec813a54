//! The job `message.send`: sends one message, once.
//!
//! The row says that it is being sent, and that is committed, before a byte goes out. Whoever finds a row that says so
//! does not know what became of it and leaves it alone: a message that may have been sent is never sent again.

use chrono::{Duration, Utc};
use entity::{
    content::email_message::{self, MessageStatus},
    id::{EmailAccountId, EmailMessageId, TenantId},
    oltp::{campaign, campaign_sequence_step, company, email_account, lead, template},
};
use transport::smtp::{About, Envelope, Refused, Relay};

use super::{
    Ended,
    kept_back::{Belonging, KeptBack},
    ledger::{Found, IN_HAND, Place, SENDING, Taken},
    letter::Letter,
};
use crate::{Outreach, Trouble, account::Slot, month::Month};

/// How late a message of a campaign that does not run is looked at again at the latest. Where it is resumed, its own job
/// hastens those of its messages.
const PAUSED: Duration = Duration::days(1);
/// How soon one is that somebody else has at this moment.
const OTHERS: Duration = Duration::minutes(1);
/// The same where the account can not send.
const NO_ACCOUNT: Duration = Duration::minutes(10);

/// The same where its tenant has all places in hand that it may.
const BUSY: Duration = Duration::seconds(5);

/// Why a message is not sent that has lost what it was made of.
pub(crate) const CUT: &str = "its campaign, its step or its lead was deleted";

/// What a message that is being sent counts against.
#[derive(Clone, Copy)]
struct Counted<'m> {
    account: EmailAccountId,
    month: Option<&'m Month>,
}

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
        let draft = match self.draft(tenant, id).await? {
            Found::Whole(draft) => draft,
            Found::Cut(message) => return self.end_cut(tenant, &message).await,
            Found::Nothing => return Ok(Ended::Done),
        };
        match draft.message.status {
            MessageStatus::Queued => {}
            MessageStatus::Sending => {
                // Whoever is sending it has put it back just now, or knows what became of it.
                if !self.note_unknown(tenant, id).await? {
                    return Ok(Ended::Again(Utc::now() + OTHERS));
                }
                return self.go_on(tenant, &draft.place(), true).await;
            }
            _ => {
                let was_sent = draft.message.sent.is_some();
                return self.go_on(tenant, &draft.place(), was_sent).await;
            }
        }
        match Belonging::of(&draft).keeps_back() {
            None => self.send_draft(tenant, &draft).await,
            Some(kept) => self.keep_back(tenant, &draft, kept).await,
        }
    }

    /// Does that with a message instead of sending it. What somebody else has taken meanwhile is theirs.
    async fn keep_back(
        &self,
        tenant: TenantId,
        draft: &Draft,
        kept: KeptBack,
    ) -> Result<Ended, Trouble> {
        let id = draft.message.id;
        let others = || Ok(Ended::Again(Utc::now() + OTHERS));
        match kept {
            KeptBack::Waits => Ok(Ended::Waiting(Utc::now() + PAUSED, draft.campaign.id)),
            KeptBack::Stops(reason) => self.abandon(tenant, draft, &reason).await,
            // Nothing is said of the lead: one that has been added again meanwhile is to get the message.
            KeptBack::LeadIsOut(reason) => match self.fail_unsent(tenant, id, reason).await? {
                true => Ok(Ended::Done),
                false => others(),
            },
            KeptBack::PassedOver(reason) => match self.fail_unsent(tenant, id, reason).await? {
                true => self.go_on(tenant, &draft.place(), false).await,
                false => others(),
            },
        }
    }

    /// A message whose campaign, step or lead is gone is not sent; the lead, if it is there, goes on.
    async fn end_cut(
        &self,
        tenant: TenantId,
        message: &email_message::Model,
    ) -> Result<Ended, Trouble> {
        match message.status {
            MessageStatus::Queued => {
                self.fail_unsent(tenant, message.id, CUT).await?;
            }
            MessageStatus::Sending if !self.note_unknown(tenant, message.id).await? => {
                return Ok(Ended::Again(Utc::now() + OTHERS));
            }
            _ => {}
        }
        let ids = (message.campaign_id, message.lead_id, message.step_id);
        let (Some(campaign), Some(lead), Some(step)) = ids else {
            return Ok(Ended::Done);
        };
        let place = Place {
            campaign,
            lead,
            step,
        };
        self.go_on(tenant, &place, false).await
    }

    async fn abandon(
        &self,
        tenant: TenantId,
        draft: &Draft,
        reason: &str,
    ) -> Result<Ended, Trouble> {
        self.give_up(tenant, draft.message.id, &draft.place(), reason)
            .await
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
            Err(problem) => {
                self.set_problem(tenant, account, Some((&problem).into()))
                    .await?;
                return Ok(Ended::Again(Utc::now() + NO_ACCOUNT));
            }
        };
        // Before anything is written: whoever else has mail for it waits as well.
        if let Some(away) = self.mailer.away(&relay) {
            return Err(Trouble::Later(away.with_cause()));
        }
        // One relay for all is no tenant's, and the others' mail goes no other way.
        let share = match self.settings.relay {
            None => self.settings.shares.take(tenant).await.map(Some),
            Some(_) => Some(None),
        };
        let Some(_share) = share else {
            return Ok(Ended::Again(Utc::now() + BUSY));
        };
        let letter = match self.compose(tenant, draft, account) {
            Ok(letter) => letter,
            Err(problem) => return self.abandon(tenant, draft, &problem.to_string()).await,
        };
        self.hand_over(tenant, draft, account, &relay, &letter)
            .await
    }

    /// Counts a message, says that it is being sent, and sends it.
    async fn hand_over(
        &self,
        tenant: TenantId,
        draft: &Draft,
        account: &email_account::Model,
        relay: &Relay,
        letter: &Letter,
    ) -> Result<Ended, Trouble> {
        match self.reserve(tenant, account.id).await? {
            Slot::Free => {}
            Slot::NotBefore(day) => return Ok(Ended::Again(day)),
        }
        let (month, kept) = self.look_again(tenant, &draft.place()).await?;
        if let Some(kept) = kept {
            self.release(tenant, account.id).await?;
            return self.keep_back(tenant, draft, kept).await;
        }
        let again = match self.take(tenant, draft, letter, month.as_ref()).await? {
            Taken::Yes => None,
            Taken::Others => Some(Utc::now() + OTHERS),
            Taken::NoRoom(again) => Some(again),
        };
        if let Some(again) = again {
            self.release(tenant, account.id).await?;
            return Ok(Ended::Again(again));
        }
        let envelope = Envelope {
            from: Some(account.email.clone()),
            to: vec![draft.lead.email.clone()],
        };
        let sent = self.mailer.send(relay, &envelope, &letter.bytes).await;
        let ended = match &sent {
            Ok(_) => self.note_sent(tenant, draft).await,
            Err(refused) => {
                let counted = Counted {
                    account: account.id,
                    month: month.as_ref(),
                };
                self.note_refused(tenant, draft, counted, refused).await
            }
        };
        self.tell_account(tenant, account, sent.as_ref().err())
            .await?;
        ended
    }

    async fn note_sent(&self, tenant: TenantId, draft: &Draft) -> Result<Ended, Trouble> {
        let sent = "status = 'sent', sent = now()";
        self.set_message(tenant, draft.message.id, SENDING, sent, None)
            .await?;
        self.go_on(tenant, &draft.place(), true).await
    }

    /// Writes down what the mail server said instead of yes.
    async fn note_refused(
        &self,
        tenant: TenantId,
        draft: &Draft,
        counted: Counted<'_>,
        refused: &Refused,
    ) -> Result<Ended, Trouble> {
        if let Refused::Unknown { .. } = refused {
            // Nobody else puts it back: whatever is known of it meanwhile, its lead goes on.
            self.note_unknown(tenant, draft.message.id).await?;
            return self.go_on(tenant, &draft.place(), true).await;
        }
        self.release(tenant, counted.account).await?;
        let month = counted.month;
        let reason = refused.with_cause();
        match refused {
            Refused::Rejected(answer) => match answer.about() {
                About::Account => self.put_back(tenant, draft, month, reason).await,
                About::Recipient => self.bounce(tenant, draft, month, &reason).await,
                About::Message => self.fail(tenant, draft, month, &reason).await,
            },
            Refused::Unfit(_) => self.fail(tenant, draft, month, &reason).await,
            _ => self.put_back(tenant, draft, month, reason).await,
        }
    }

    /// The lead first: a message that has bounced is not looked at again.
    async fn bounce(
        &self,
        tenant: TenantId,
        draft: &Draft,
        month: Option<&Month>,
        reason: &str,
    ) -> Result<Ended, Trouble> {
        self.set_lead(tenant, draft.lead.id, lead::LeadStatus::Bounced)
            .await?;
        let bounced = "status = 'bounced', bounced = now()";
        let message = (draft.message.id, month);
        self.set_counted(tenant, message, SENDING, bounced, Some(reason))
            .await?;
        self.go_on(tenant, &draft.place(), false).await
    }

    async fn fail(
        &self,
        tenant: TenantId,
        draft: &Draft,
        month: Option<&Month>,
        reason: &str,
    ) -> Result<Ended, Trouble> {
        let failed = "status = 'failed', failed = now()";
        let message = (draft.message.id, month);
        self.set_counted(tenant, message, SENDING, failed, Some(reason))
            .await?;
        self.go_on(tenant, &draft.place(), false).await
    }

    /// To be sent later; unless somebody has taken it for lost meanwhile, and let the lead go on.
    async fn put_back(
        &self,
        tenant: TenantId,
        draft: &Draft,
        month: Option<&Month>,
        reason: String,
    ) -> Result<Ended, Trouble> {
        let queued = "status = 'queued'";
        let is_back = self
            .set_counted(
                tenant,
                (draft.message.id, month),
                IN_HAND,
                queued,
                Some(&reason),
            )
            .await?;
        if is_back {
            return Err(Trouble::Later(reason));
        }
        self.fail(tenant, draft, month, &reason).await
    }
}

impl Draft {
    fn place(&self) -> Place {
        Place {
            campaign: self.campaign.id,
            lead: self.lead.id,
            step: self.step.id,
        }
    }
}
