//! What receivers do with a message, as its signed links say. The first time of each is kept.

use chrono::{DateTime, Utc};
use entity::{
    id::{EmailMessageId, LeadId, TenantId},
    oltp::lead::LeadStatus,
};
use tenant::{Identity, Tier};

use crate::{
    Inbox, Trouble, ended,
    status::{self, Event},
};

impl Inbox {
    /// The message was shown.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn opened(
        &self,
        tenant: TenantId,
        message: EmailMessageId,
        at: DateTime<Utc>,
    ) -> Result<(), Trouble> {
        self.happened(tenant, message, Event::Opened, at).await
    }

    /// One of its links was followed.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn clicked(
        &self,
        tenant: TenantId,
        message: EmailMessageId,
        at: DateTime<Utc>,
    ) -> Result<(), Trouble> {
        self.happened(tenant, message, Event::Clicked, at).await
    }

    /// The lead that the message went to asks for no more: nothing is sent to it from now on.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn unsubscribed(
        &self,
        tenant: TenantId,
        message: EmailMessageId,
        lead: LeadId,
        at: DateTime<Utc>,
    ) -> Result<(), Trouble> {
        // What the lead is owed comes first.
        self.set_lead(
            tenant,
            lead.into(),
            LeadStatus::Unsubscribed,
            "has asked for no more mail",
        )
        .await?;
        self.happened(tenant, message, Event::Unsubscribed, at)
            .await
    }

    async fn happened(
        &self,
        tenant: TenantId,
        message: EmailMessageId,
        event: Event,
        at: DateTime<Utc>,
    ) -> Result<(), Trouble> {
        let context = self
            .database
            .writing(Tier::Content, Identity::Job { tenant });
        let content = context.on(Tier::Content);
        let done = status::happened(content, message.into(), event, at, None).await;
        ended(&context, done.map_err(Trouble::from)).await
    }

    /// Writes down what became of a lead.
    pub(crate) async fn set_lead(
        &self,
        tenant: TenantId,
        lead: uuid::Uuid,
        status: LeadStatus,
        reason: &str,
    ) -> Result<(), Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let done = status::became(context.on(Tier::Oltp), lead, status, reason).await;
        ended(&context, done.map_err(Trouble::from)).await
    }
}
