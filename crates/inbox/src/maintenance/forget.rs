//! Leads that were deleted. Of their mail it stays that and when something was sent and what became of it, which is counted;
//! whose it was, and what it said, goes.

use entity::id::TenantId;
use sea_orm::DbErr;
use tenant::{Access, Identity, InTier, Tier};
use uuid::Uuid;

use super::orphans::missing;
use crate::{
    Inbox, Trouble, ended,
    rows::{query, texts, uuids},
};

impl Inbox {
    /// Forgets the leads of messages that are not there any more, in transactions of at most so many messages. How many
    /// messages there were. Their bodies go with those that nobody has.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn forget_leads(&self, tenant: TenantId, batch: u32) -> Result<usize, Trouble> {
        let mut forgotten = 0;
        loop {
            let missed = self.unknown(tenant, "lead_id", "leads").await?;
            let gone = self.still_gone(tenant, missed).await?;
            if gone.is_empty() {
                return Ok(forgotten);
            }
            loop {
                let context = self
                    .database
                    .writing(Tier::Content, Identity::Job { tenant });
                let done = forget(context.on(Tier::Content), gone.clone(), batch).await;
                let done = ended(&context, done.map_err(Trouble::from)).await?;
                if done == 0 {
                    break;
                }
                forgotten += done;
            }
        }
    }
}

impl Inbox {
    /// Those of the leads that are not there when it is looked again. A look at two databases takes two snapshots, the later
    /// one of the messages: a lead that was made in between was not seen, and what is forgotten does not come back.
    async fn still_gone(&self, tenant: TenantId, missed: Vec<Uuid>) -> Result<Vec<Uuid>, Trouble> {
        if missed.is_empty() {
            return Ok(missed);
        }
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let gone = missing(context.on(Tier::Oltp), "leads", missed).await;
        ended(&context, gone.map_err(Trouble::from)).await
    }
}

/// The address of the lead is the receiver's of what was sent, and the sender's of what came.
async fn forget(content: InTier<'_>, leads: Vec<Uuid>, batch: u32) -> Result<usize, DbErr> {
    let sql = "UPDATE email_messages SET lead_id = NULL, subject = '', headers = '[]', problems = '{}', message_id = NULL, \
             content_key = NULL, failure_reason = NULL, \
             from_email = CASE direction WHEN 'inbound' THEN '' ELSE from_email END, \
             to_email = CASE direction WHEN 'outbound' THEN '' ELSE to_email END \
         WHERE id IN (SELECT id FROM email_messages WHERE lead_id = ANY ($1) LIMIT $2) RETURNING id, storage_key";
    let rows = query(content, sql, [uuids(leads), i64::from(batch).into()]).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.at(0)).collect::<Result<_, _>>()?;
    let keys: Vec<String> = rows.iter().map(|row| row.at(1)).collect::<Result<_, _>>()?;
    for table in [
        "attachments WHERE parent_storage_key",
        "email_search WHERE storage_key",
    ] {
        let sql = format!("DELETE FROM {table} = ANY ($1)");
        query(content, &sql, [texts(&keys)]).await?;
    }
    let sql = "DELETE FROM received_mail WHERE id = ANY ($1)";
    query(content, sql, [uuids(ids)]).await?;
    Ok(rows.len())
}
