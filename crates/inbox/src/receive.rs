//! The job `message.receive`: reads a mail that was kept, and does what it says.

mod known;
mod reading;
mod store;

use entity::{
    content::{email_message::MessageType, received_mail},
    id::{EmailMessageId, TenantId, TypedId},
    oltp::lead::LeadStatus,
};
use mail::{Bounce, Kind, Severity};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryTrait};
use tenant::{Access, Identity, InTier, Tier};
use uuid::Uuid;

use crate::{
    Inbox, Trouble, ended,
    rows::query,
    status::{self, Event},
};
use known::{Answered, Known};
use reading::Reading;

impl Inbox {
    /// Reads a mail that was kept; what kind of message it is. `None` where there is nothing to be done: it was read
    /// before, or it is gone.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn receive(
        &self,
        tenant: TenantId,
        id: EmailMessageId,
    ) -> Result<Option<MessageType>, Trouble> {
        let Some((received, raw)) = self.unread(tenant, id).await? else {
            return Ok(None);
        };
        let (size, full_size) = (received.raw_size_bytes, received.full_size_bytes);
        let read = move || Reading::of(&raw, size, full_size);
        let reading = tokio::task::spawn_blocking(read).await??;
        let mut known = self.known(tenant, &received, &reading).await?;
        let reading = match known.base.take() {
            Some(base) => tokio::task::spawn_blocking(move || reading.after(base)).await?,
            None => reading,
        };
        let effect = Effect::of(&reading, &known);
        self.store(tenant, &received, &reading, &known, effect.as_ref())
            .await?;
        self.tell_lead(tenant, effect.as_ref()).await?;
        self.done(tenant, id, reading.problems.is_empty()).await?;
        Ok(Some(reading.message_type()))
    }

    async fn unread(
        &self,
        tenant: TenantId,
        id: EmailMessageId,
    ) -> Result<Option<(received_mail::Model, Vec<u8>)>, Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let found = unread(context.on(Tier::Content), id).await;
        let found = ended(&context, found.map_err(Trouble::from)).await?;
        Ok(found.and_then(|mut received| {
            let raw = received.raw.take()?;
            Some((received, raw))
        }))
    }

    /// Says that all was done about a mail. Its bytes stay where they say more than the message does.
    async fn done(
        &self,
        tenant: TenantId,
        id: EmailMessageId,
        is_whole: bool,
    ) -> Result<(), Trouble> {
        let context = self
            .database
            .writing(Tier::Content, Identity::Job { tenant });
        let sql = "UPDATE received_mail SET processed = now(), raw = CASE WHEN $2 THEN NULL ELSE raw END \
             WHERE id = $1 AND processed IS NULL";
        let values = [id.into_value(), is_whole.into()];
        let done = query(context.on(Tier::Content), sql, values).await;
        ended(&context, done.map(drop).map_err(Trouble::from)).await
    }

    /// Writes down what became of the lead whose message it is about.
    async fn tell_lead(
        &self,
        tenant: TenantId,
        effect: Option<&Effect<'_>>,
    ) -> Result<(), Trouble> {
        let Some(effect) = effect else { return Ok(()) };
        let (status, reason) = match effect.happened {
            Happened::Replied => (LeadStatus::Replied, "has answered"),
            Happened::Bounced(_) => (LeadStatus::Bounced, "the address takes no mail"),
            Happened::Complained => (LeadStatus::Unsubscribed, "has complained of mail"),
            Happened::Delayed(_) | Happened::Delivered => return Ok(()),
        };
        match effect.message.lead {
            Some(lead) => self.set_lead(tenant, lead, status, reason).await,
            None => Ok(()),
        }
    }
}

async fn unread(
    content: InTier<'_>,
    id: EmailMessageId,
) -> Result<Option<received_mail::Model>, DbErr> {
    let select = received_mail::Entity::find()
        .filter(received_mail::Column::Id.eq(id))
        .filter(received_mail::Column::Processed.is_null())
        .into_query();
    let row = content.row(&select).await?;
    row.map(|row| row.read(0)).transpose()
}

/// What a mail means for a message that was sent.
struct Effect<'k> {
    message: &'k Answered,
    happened: Happened,
}

/// What happened to it; where it did not arrive, why.
enum Happened {
    Delivered,
    Replied,
    Bounced(String),
    Delayed(String),
    Complained,
}

impl<'k> Effect<'k> {
    /// None for what machines answer, and for what says nothing of a message of ours.
    fn of(reading: &Reading, known: &'k Known) -> Option<Self> {
        let message = known.answered.as_ref()?;
        let happened = match &reading.kind {
            // Who sends from an account of ours answers nobody.
            Kind::Email if known.is_ours => return None,
            Kind::Email => Happened::Replied,
            Kind::AutoReply(_) => return None,
            Kind::Delivered(report) if report.is_delivery() => Happened::Delivered,
            Kind::Delivered(_) => return None,
            Kind::Bounce(bounce) if bounce.severity() == Severity::Hard => {
                Happened::Bounced(reason(bounce))
            }
            Kind::Bounce(bounce) => Happened::Delayed(reason(bounce)),
            Kind::Complaint(_) => Happened::Complained,
        };
        Some(Self { message, happened })
    }

    /// Writes it down at the message.
    async fn tell_message(
        &self,
        content: InTier<'_>,
        received: &received_mail::Model,
    ) -> Result<(), DbErr> {
        let id: Uuid = self.message.id;
        let (event, reason) = match &self.happened {
            Happened::Delivered => (Event::Delivered, None),
            Happened::Replied => (Event::Replied, None),
            Happened::Bounced(reason) => (Event::Bounced, Some(reason.clone())),
            Happened::Complained => (Event::Complained, None),
            Happened::Delayed(reason) => return status::note(content, id, reason.clone()).await,
        };
        status::happened(content, id, event, received.received, reason).await
    }
}

/// Most characters of what a server says.
const LONGEST_REASON: usize = 500;

/// In the words of the server that did not take it.
fn reason(bounce: &Bounce) -> String {
    let worst = bounce.recipients.iter().max_by_key(|one| one.severity());
    let status = worst
        .and_then(|one| one.status)
        .map(|status| status.to_string());
    let diagnostic = worst.and_then(|one| one.diagnostic.clone());
    let words: Vec<String> = [status, diagnostic].into_iter().flatten().collect();
    if words.is_empty() {
        return "it did not arrive".to_owned();
    }
    let words = words.join(" ").replace('\0', "\u{fffd}");
    words.chars().take(LONGEST_REASON).collect()
}
