//! Writing a mail down as a message: all of it, with what it means for another, in one transaction.

use entity::{
    content::{
        attachment::AttachmentDisposition,
        email_message::{MessageDirection, MessageStatus},
        received_mail,
    },
    id::{AttachmentId, TenantId, TypedId},
};
use mail::{Attachment, Disposition};
use sea_orm::{ActiveEnum, DbErr};
use tenant::{Identity, InTier, Tier};

use super::{Effect, known::Known, reading::Reading};
use crate::{
    Inbox, Trouble,
    content::{keep_body, keep_words, storage_key},
    ended,
    rows::{query, size, texts},
};

impl Inbox {
    /// Stores it, unless it is there, and tells the message it is about.
    pub(super) async fn store(
        &self,
        tenant: TenantId,
        received: &received_mail::Model,
        reading: &Reading,
        known: &Known,
        effect: Option<&Effect<'_>>,
    ) -> Result<(), Trouble> {
        let context = self
            .database
            .writing(Tier::Content, Identity::Job { tenant });
        let content = context.on(Tier::Content);
        let stored = async {
            keep(content, received, reading, known).await?;
            match effect {
                Some(effect) => effect.tell_message(content, received).await,
                None => Ok(()),
            }
        };
        let stored: Result<(), DbErr> = stored.await;
        ended(&context, stored.map_err(Trouble::from)).await
    }
}

async fn keep(
    content: InTier<'_>,
    received: &received_mail::Model,
    reading: &Reading,
    known: &Known,
) -> Result<(), DbErr> {
    let (tenant, key) = (received.tenant_id, storage_key(received.id));
    let content_key = match &reading.body {
        Some(body) => Some(keep_body(content, tenant, &key, body).await?),
        None => None,
    };
    if insert(content, received, reading, known, content_key).await? {
        for attachment in &reading.attachments {
            attach(content, tenant, &key, attachment).await?;
        }
        keep_words(content, &key, reading.words.as_deref()).await?;
    }
    Ok(())
}

/// The message itself; false where it is there.
async fn insert(
    content: InTier<'_>,
    received: &received_mail::Model,
    reading: &Reading,
    known: &Known,
    content_key: Option<String>,
) -> Result<bool, DbErr> {
    let parsed = &reading.parsed;
    let parent = known.parent.as_ref();
    let receiver = parsed.to.first().or(parsed.cc.first());
    let headers =
        serde_json::to_value(&parsed.headers).map_err(|error| DbErr::Json(error.to_string()))?;
    let sql = "INSERT INTO email_messages (id, tenant_id, storage_key, content_key, email_account_id, campaign_id, lead_id, \
             parent_storage_key, thread_id, direction, message_type, from_email, to_email, subject, message_id, headers, \
             problems, size_bytes, status, processed, received) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, now(), $20) \
         ON CONFLICT (id) DO NOTHING RETURNING 1";
    let values = [
        received.id.into_value(),
        received.tenant_id.into_value(),
        storage_key(received.id).into(),
        content_key.into(),
        known.account.into(),
        parent.and_then(|parent| parent.campaign).into(),
        known.lead.into(),
        parent.map(|parent| parent.storage_key.clone()).into(),
        parent
            .map_or(received.id.into_raw(), |parent| parent.thread)
            .into(),
        MessageDirection::Inbound.to_value().into(),
        reading.message_type().to_value().into(),
        reading.sender().into(),
        receiver
            .map_or("", |mailbox| mailbox.address.as_str())
            .into(),
        parsed.subject.as_deref().unwrap_or_default().into(),
        reading.message_id.clone().into(),
        headers.into(),
        texts(reading.problems.iter()),
        received.raw_size_bytes.into(),
        MessageStatus::Received.to_value().into(),
        received.received.into(),
    ];
    Ok(!query(content, sql, values).await?.is_empty())
}

async fn attach(
    content: InTier<'_>,
    tenant: TenantId,
    key: &str,
    attachment: &Attachment,
) -> Result<(), DbErr> {
    let disposition = match attachment.disposition {
        Disposition::Inline => AttachmentDisposition::Inline,
        Disposition::Attachment => AttachmentDisposition::Attachment,
    };
    let sql = "INSERT INTO attachments (id, tenant_id, parent_storage_key, filename, mime_type, content_id, size_bytes, content, \
         storage_disposition) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = [
        AttachmentId::new().into_value(),
        tenant.into_value(),
        key.into(),
        attachment.filename.as_deref().unwrap_or("unnamed").into(),
        attachment.mime_type.as_str().into(),
        attachment.content_id.clone().into(),
        size(attachment.bytes.len()),
        attachment.bytes.clone().into(),
        disposition.to_value().into(),
    ];
    query(content, sql, values).await.map(drop)
}
