//! Mail is here once it is kept: a row in the content tier, then a job that reads it.

use chrono::{DateTime, Utc};
use entity::{
    content::received_mail::MailSource,
    id::{EmailAccountId, EmailMessageId, TenantId, TypedId},
};
use sea_orm::{ActiveEnum, DbErr};
use sha2::{Digest, Sha256};
use tenant::{Access, Identity, InTier, Tier};
use uuid::Uuid;

use crate::{
    Inbox, Trouble, ended,
    rows::{query, size, uuids},
};

/// How hard it is compressed: it is there for a moment, and its sender waits.
const LEVEL: i32 = 1;

/// Mails whose jobs are looked for at once.
const PAGE: i32 = 1000;

/// Mail that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The id of the message that it becomes, and of the job that makes it.
    pub id: EmailMessageId,
}

/// What is known of mail besides its bytes.
pub(crate) struct Arrived {
    pub(crate) source: MailSource,
    /// The account whose mailbox it was in.
    pub(crate) account: Option<EmailAccountId>,
    pub(crate) received: DateTime<Utc>,
    /// How many bytes it has where these are its header alone.
    pub(crate) full_size: Option<u32>,
}

/// Mail, ready to be kept.
pub(crate) struct Packed {
    raw: Vec<u8>,
    size: usize,
    hash: String,
}

impl Inbox {
    /// Keeps mail (RFC 5322) and has it read. The same mail of the same account again is the one that is here already.
    ///
    /// # Errors
    /// [`Trouble`]; it may be kept all the same, and is then read by and by.
    pub async fn accept(
        &self,
        tenant: TenantId,
        raw: Vec<u8>,
        source: MailSource,
        account: Option<EmailAccountId>,
        received: DateTime<Utc>,
    ) -> Result<Accepted, Trouble> {
        let packed = tokio::task::spawn_blocking(move || packed(&raw)).await??;
        let context = self
            .database
            .writing(Tier::Content, Identity::Job { tenant });
        let content = context.on(Tier::Content);
        let arrived = Arrived {
            source,
            account,
            received,
            full_size: None,
        };
        let kept = keep(content, tenant, packed, arrived).await;
        let id = ended(&context, kept.map_err(Trouble::from)).await?;
        self.queue(tenant, vec![id.into()]).await?;
        Ok(Accepted { id })
    }

    /// Queues what was kept more than a minute ago, was not read, and has no job: whoever kept it died before it was
    /// queued. How many mails that were. Mail whose job failed for good and was dropped is marked, and left alone.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn requeue(&self, tenant: TenantId) -> Result<usize, Trouble> {
        let (mut after, mut queued) = (Uuid::nil(), 0);
        loop {
            let context = self
                .database
                .context(Identity::Job { tenant }, Access::Read);
            let unread = unread(context.on(Tier::Content), after).await;
            let unread = ended(&context, unread.map_err(Trouble::from)).await?;
            let Some(last) = unread.last().copied() else {
                return Ok(queued);
            };
            after = last;
            queued += self.queue(tenant, unread.clone()).await?;
            self.mark_dropped(tenant, unread).await?;
        }
    }

    /// Says of those mails whose jobs were dropped that they were.
    async fn mark_dropped(&self, tenant: TenantId, mails: Vec<Uuid>) -> Result<(), Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let sql = "SELECT id FROM dropped_jobs WHERE id = ANY ($1)";
        let rows = query(context.on(Tier::Queue), sql, [uuids(mails)]).await;
        let rows = ended(&context, rows.map_err(Trouble::from)).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let dropped: Vec<Uuid> = rows.iter().map(|row| row.at(0)).collect::<Result<_, _>>()?;
        let context = self
            .database
            .writing(Tier::Content, Identity::Job { tenant });
        let sql = "UPDATE received_mail SET dropped = now() WHERE id = ANY ($1) AND processed IS NULL AND dropped IS NULL";
        let done = query(context.on(Tier::Content), sql, [uuids(dropped)]).await;
        ended(&context, done.map(drop).map_err(Trouble::from)).await
    }

    /// A job for each mail that has none, with the mail's id; how many there were. None where somebody dropped it.
    pub(crate) async fn queue(&self, tenant: TenantId, mails: Vec<Uuid>) -> Result<usize, Trouble> {
        let context = self.database.writing(Tier::Queue, Identity::Job { tenant });
        let sql = "INSERT INTO jobs (id, tenant_id, queue_name, job_type, priority, max_attempts, payload) \
             SELECT mail.id, $2, q.name, 'message.receive', q.default_priority, q.max_attempts, jsonb_build_object('receivedId', mail.id) \
             FROM unnest($1::uuid[]) AS mail (id), job_queues q WHERE q.name = 'email-processing' \
             AND NOT EXISTS (SELECT FROM dropped_jobs d WHERE d.id = mail.id) ON CONFLICT (id) DO NOTHING RETURNING 1";
        let values = [uuids(mails), tenant.into_value()];
        let queued = query(context.on(Tier::Queue), sql, values).await;
        Ok(ended(&context, queued.map_err(Trouble::from)).await?.len())
    }
}

/// Compresses mail, which takes its time.
pub(crate) fn packed(raw: &[u8]) -> Result<Packed, Trouble> {
    let hash = Sha256::digest(raw);
    Ok(Packed {
        raw: zstd::bulk::compress(raw, LEVEL).map_err(Trouble::Unreadable)?,
        size: raw.len(),
        hash: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

/// Keeps mail, or finds the same of the same account.
pub(crate) async fn keep(
    content: InTier<'_>,
    tenant: TenantId,
    packed: Packed,
    arrived: Arrived,
) -> Result<EmailMessageId, DbErr> {
    let (account, hash) = (arrived.account.map(Uuid::from), packed.hash.as_str());
    let sql = "INSERT INTO received_mail (id, tenant_id, email_account_id, source, raw, raw_size_bytes, content_hash, received, \
             full_size_bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (tenant_id, content_hash, email_account_id) DO NOTHING RETURNING id";
    let values = [
        EmailMessageId::new().into_value(),
        tenant.into_value(),
        account.into(),
        arrived.source.to_value().into(),
        packed.raw.into(),
        size(packed.size),
        hash.into(),
        arrived.received.into(),
        arrived.full_size.map(i64::from).into(),
    ];
    let mut rows = query(content, sql, values).await?;
    if rows.is_empty() {
        let sql = "SELECT id FROM received_mail WHERE content_hash = $1 AND email_account_id IS NOT DISTINCT FROM $2";
        rows = query(content, sql, [hash.into(), account.into()]).await?;
    }
    let row = rows.first().ok_or(DbErr::RecordNotInserted)?;
    Ok(row.at::<Uuid>(0)?.into())
}

async fn unread(content: InTier<'_>, after: Uuid) -> Result<Vec<Uuid>, DbErr> {
    let sql = "SELECT id FROM received_mail WHERE processed IS NULL AND dropped IS NULL AND created < now() - interval '1 minute' AND id > $1 \
         ORDER BY id LIMIT $2";
    let rows = query(content, sql, [after.into(), PAGE.into()]).await?;
    rows.iter().map(|row| row.at(0)).collect()
}
