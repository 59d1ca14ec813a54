//! Retention: how long the tenant says that its mail is kept.

use entity::id::TenantId;
use sea_orm::Value;
use tenant::{Access, Identity, Tier};
use uuid::Uuid;

use crate::{
    Inbox, Trouble,
    content::{RETENTION_DAYS, remove},
    ended,
    rows::{ids, query},
};

impl Inbox {
    /// For how many days the tenant's mail is kept: what its owners say, or what the platform's design does.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn retention(&self, tenant: TenantId) -> Result<i32, Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let sql = "SELECT mail_retention_days FROM tenant_policies";
        let found = query(context.on(Tier::Oltp), sql, []).await;
        let rows = ended(&context, found.map_err(Trouble::from)).await?;
        let days: Option<i32> = rows.first().map(|row| row.at(0)).transpose()?;
        Ok(days.unwrap_or(RETENTION_DAYS))
    }

    /// Moves the end of bodies that were kept while another number of days was said, a page after the other. How many were
    /// moved.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn retain(&self, tenant: TenantId, days: i32, batch: u32) -> Result<usize, Trouble> {
        let sql = "WITH page AS (SELECT id FROM email_content WHERE id > $1 ORDER BY id LIMIT $2), \
             moved AS (UPDATE email_content SET retention_days = $3, \
                 expires = expires + make_interval(days => $3 - retention_days) \
                 WHERE id IN (SELECT id FROM page) AND retention_days <> $3 RETURNING 1) \
             SELECT id, (SELECT count(*) FROM moved) FROM page ORDER BY id DESC LIMIT 1";
        let (mut after, mut moved) = (Uuid::nil(), 0);
        loop {
            let values = [after.into(), i64::from(batch).into(), days.into()];
            let rows = self.written(tenant, sql, values).await?;
            let Some(row) = rows.first() else {
                return Ok(moved);
            };
            let count: i64 = row.at(1)?;
            (after, moved) = (
                row.at(0)?,
                moved + usize::try_from(count).unwrap_or_default(),
            );
        }
    }

    /// Removes bodies whose time is over, at most so many, with what is searched of them. Their messages stay. How many
    /// were removed.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn expire_content(&self, tenant: TenantId, batch: u32) -> Result<usize, Trouble> {
        let context = self
            .database
            .writing(Tier::Content, Identity::Job { tenant });
        let content = context.on(Tier::Content);
        let expired = async {
            // A lock asks again, because a message may just now begin a body's time anew.
            let sql = "SELECT id FROM email_content WHERE expires < now() ORDER BY expires LIMIT $1 FOR UPDATE";
            let expired = ids(&query(content, sql, [i64::from(batch).into()]).await?)?;
            remove(content, &expired).await?;
            Ok(expired.len())
        };
        let expired: Result<usize, Trouble> = expired.await;
        ended(&context, expired).await
    }

    /// Removes files that came with mail so many days ago, at most so many. How many were removed.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn expire_attachments(
        &self,
        tenant: TenantId,
        days: i32,
        batch: u32,
    ) -> Result<usize, Trouble> {
        let sql = "DELETE FROM attachments WHERE id IN (SELECT id FROM attachments \
             WHERE created < now() - make_interval(days => $2) ORDER BY created LIMIT $1) RETURNING 1";
        let values = [i64::from(batch).into(), days.into()];
        Ok(self.written(tenant, sql, values).await?.len())
    }

    /// Forgets mail that was read a month ago, at most so many. Until then the same mail again is known to be the same;
    /// that of a mailbox for as long as bodies are kept, because a server may number all that it has anew.
    /// The bytes of mail that was malformed, or whose reading was dropped, are kept as long as bodies, which is so many
    /// days. How many were forgotten.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn forget_received(
        &self,
        tenant: TenantId,
        days: i32,
        batch: u32,
    ) -> Result<usize, Trouble> {
        let sql = "DELETE FROM received_mail WHERE id IN (\
             (SELECT id FROM received_mail WHERE processed < now() - interval '30 days' AND raw IS NULL AND source <> 'imap' \
                 ORDER BY processed LIMIT $1) UNION ALL \
             (SELECT id FROM received_mail WHERE processed < now() - make_interval(days => $2) ORDER BY processed LIMIT $1) UNION ALL \
             (SELECT id FROM received_mail WHERE dropped < now() - make_interval(days => $2) ORDER BY dropped LIMIT $1)) RETURNING 1";
        let values = [i64::from(batch).into(), days.into()];
        Ok(self.written(tenant, sql, values).await?.len())
    }

    /// Runs one statement in a transaction of its own.
    async fn written<const N: usize>(
        &self,
        tenant: TenantId,
        sql: &str,
        values: [Value; N],
    ) -> Result<Vec<tenant::Row>, Trouble> {
        let context = self
            .database
            .writing(Tier::Content, Identity::Job { tenant });
        let done = query(context.on(Tier::Content), sql, values).await;
        ended(&context, done.map_err(Trouble::from)).await
    }
}
