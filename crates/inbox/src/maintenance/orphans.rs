//! What does not fit together: bodies that no message has, messages that have lost theirs, and keys into the transactional
//! tier behind which there is nothing, for no database checks those.

use entity::id::TenantId;
use sea_orm::DbErr;
use tenant::{Access, Identity, InTier, TenantContext, Tier};
use uuid::Uuid;

use crate::{
    Inbox, Trouble,
    content::remove,
    ended,
    rows::{ids, query, uuids},
};

/// What was found in a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orphans {
    /// Bodies that no message had for a day, and that were removed.
    pub removed_bodies: usize,
    /// Messages of the last day that were sent and have no body. None expires in a day.
    pub without_body: usize,
    /// What messages name and the transactional tier does not have.
    pub unknown: Unknown,
}

/// Keys of rows that are not there: at most [`Unknown::MOST`] of each are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Of campaigns.
    pub campaigns: Vec<Uuid>,
    /// Of their steps.
    pub steps: Vec<Uuid>,
    /// Of leads.
    pub leads: Vec<Uuid>,
    /// Of the accounts that send.
    pub accounts: Vec<Uuid>,
}

impl Unknown {
    /// How many are listed.
    pub const MOST: usize = 1000;
}

/// Rows that are looked at in one transaction.
const PAGE: i32 = 1000;

impl Inbox {
    /// Looks for what does not fit together in a tenant, a page after the other, and removes the bodies that nobody has.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn find_orphans(&self, tenant: TenantId) -> Result<Orphans, Trouble> {
        Ok(Orphans {
            removed_bodies: self.remove_bodies(tenant).await?,
            without_body: self.without_body(tenant).await?,
            unknown: Unknown {
                campaigns: self.unknown(tenant, "campaign_id", "campaigns").await?,
                steps: self
                    .unknown(tenant, "step_id", "campaign_sequence_steps")
                    .await?,
                leads: self.unknown(tenant, "lead_id", "leads").await?,
                accounts: self
                    .unknown(tenant, "email_account_id", "email_accounts")
                    .await?,
            },
        })
    }

    async fn remove_bodies(&self, tenant: TenantId) -> Result<usize, Trouble> {
        let (mut after, mut removed) = (Uuid::nil(), 0);
        loop {
            let context = self
                .database
                .writing(Tier::Content, Identity::Job { tenant });
            let page = remove_bodies(context.on(Tier::Content), after).await;
            let page = ended(&context, page).await?;
            let Some((last, count)) = page else {
                return Ok(removed);
            };
            (after, removed) = (last, removed + count);
        }
    }

    async fn without_body(&self, tenant: TenantId) -> Result<usize, Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let sql = "SELECT count(*) FROM email_messages WHERE created > now() - interval '1 day' AND content_key IS NULL \
             AND direction = 'outbound' AND (sent IS NOT NULL OR status = 'sending')";
        let counted = query(context.on(Tier::Content), sql, []).await;
        let rows = ended(&context, counted.map_err(Trouble::from)).await?;
        let count: Option<i64> = rows.first().map(|row| row.at(0)).transpose()?;
        Ok(usize::try_from(count.unwrap_or_default()).unwrap_or(usize::MAX))
    }

    /// The keys in a column of messages that a table of the transactional tier does not have.
    pub(super) async fn unknown(
        &self,
        tenant: TenantId,
        column: &str,
        table: &str,
    ) -> Result<Vec<Uuid>, Trouble> {
        let (mut after, mut unknown) = (Uuid::nil(), Vec::new());
        while unknown.len() < Unknown::MOST {
            let context = self
                .database
                .context(Identity::Job { tenant }, Access::Read);
            let page = page(&context, column, table, after).await;
            let page = ended(&context, page.map_err(Trouble::from)).await?;
            let Some((last, found)) = page else { break };
            after = last;
            unknown.extend(found);
        }
        unknown.truncate(Unknown::MOST);
        Ok(unknown)
    }
}

/// Removes those of a page of bodies that nobody has; the page's last one, and how many were removed. One that a message
/// was given just now was changed just now.
async fn remove_bodies(content: InTier<'_>, after: Uuid) -> Result<Option<(Uuid, usize)>, Trouble> {
    let sql = "SELECT id FROM email_content WHERE id > $1 ORDER BY id LIMIT $2";
    let page = ids(&query(content, sql, [after.into(), PAGE.into()]).await?)?;
    let Some(last) = page.last().copied() else {
        return Ok(None);
    };
    let sql = "SELECT id FROM email_content c WHERE id = ANY ($1) AND updated < now() - interval '1 day' \
         AND NOT EXISTS (SELECT FROM email_messages m WHERE m.tenant_id = c.tenant_id AND m.content_key = c.storage_key) \
         FOR UPDATE";
    let orphans = ids(&query(content, sql, [uuids(page)]).await?)?;
    remove(content, &orphans).await?;
    Ok(Some((last, orphans.len())))
}

/// The last of a page of keys, and those that are not there.
async fn page(
    context: &TenantContext,
    column: &str,
    table: &str,
    after: Uuid,
) -> Result<Option<(Uuid, Vec<Uuid>)>, DbErr> {
    let sql = format!(
        "SELECT DISTINCT {column} FROM email_messages WHERE {column} > $1 ORDER BY {column} LIMIT $2"
    );
    let values = [after.into(), PAGE.into()];
    let rows = query(context.on(Tier::Content), &sql, values).await?;
    let keys: Result<Vec<Uuid>, DbErr> = rows.iter().map(|row| row.at(0)).collect();
    let keys = keys?;
    let Some(last) = keys.last().copied() else {
        return Ok(None);
    };
    Ok(Some((
        last,
        missing(context.on(Tier::Oltp), table, keys).await?,
    )))
}

/// Those of the keys that a table of the transactional tier does not have.
pub(super) async fn missing(
    oltp: InTier<'_>,
    table: &str,
    keys: Vec<Uuid>,
) -> Result<Vec<Uuid>, DbErr> {
    let sql = format!(
        "SELECT key FROM unnest($1::uuid[]) AS key WHERE NOT EXISTS (SELECT FROM {table} WHERE id = key)"
    );
    let rows = query(oltp, &sql, [uuids(keys)]).await?;
    rows.iter().map(|row| row.at(0)).collect()
}
