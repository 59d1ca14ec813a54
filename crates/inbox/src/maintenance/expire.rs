//! Retention.

use entity::id::TenantId;
use tenant::{Identity, Tier};

use crate::{Inbox, Trouble, ended, rows::query};

impl Inbox {
    /// Removes bodies whose time is over, at most so many, with what is searched of them. Their messages stay. How many
    /// were removed.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn expire_content(&self, tenant: TenantId, batch: u32) -> Result<usize, Trouble> {
        // Asked twice, because a message may just now begin a body's time anew.
        let sql = "DELETE FROM email_content WHERE expires < now() AND id IN (SELECT id FROM email_content \
             WHERE expires < now() ORDER BY expires LIMIT $1) RETURNING 1";
        self.remove(tenant, sql, batch).await
    }

    /// Forgets mail that was read a month ago, at most so many. Until then the same mail again is known to be the same;
    /// that of a mailbox for as long as bodies are kept, because a server may number all that it has anew.
    /// The bytes of mail that was malformed, or whose reading was dropped, are kept as long as bodies. How many were
    /// forgotten.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn forget_received(&self, tenant: TenantId, batch: u32) -> Result<usize, Trouble> {
        let sql = "DELETE FROM received_mail WHERE id IN (\
             (SELECT id FROM received_mail WHERE processed < now() - interval '30 days' AND raw IS NULL AND source <> 'imap' \
                 ORDER BY processed LIMIT $1) UNION ALL \
             (SELECT id FROM received_mail WHERE processed < now() - interval '2555 days' ORDER BY processed LIMIT $1) UNION ALL \
             (SELECT id FROM received_mail WHERE dropped < now() - interval '2555 days' ORDER BY dropped LIMIT $1)) RETURNING 1";
        self.remove(tenant, sql, batch).await
    }

    async fn remove(&self, tenant: TenantId, sql: &str, batch: u32) -> Result<usize, Trouble> {
        let context = self
            .database
            .writing(Tier::Content, Identity::Job { tenant });
        let batch = i64::from(batch);
        let removed = query(context.on(Tier::Content), sql, [batch.into()]).await;
        Ok(ended(&context, removed.map_err(Trouble::from)).await?.len())
    }
}
