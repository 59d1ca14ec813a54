//! The row of `mailboxes`: how far an account's mailbox was read, and how that went.

use entity::{
    content::mailbox::MailboxProblem,
    id::{EmailAccountId, TenantId, TypedId},
};
use sea_orm::{ActiveEnum, DbErr};
use tenant::{Identity, InTier, Tier};
use transport::imap::Place;
use uuid::Uuid;

use super::Mailboxes;
use crate::{Trouble, ended, rows::query};

/// Mails whose jobs are looked for at once.
const PAGE: i32 = 1000;

/// How far a mailbox was read.
pub(super) async fn of(
    content: InTier<'_>,
    account: EmailAccountId,
) -> Result<Option<Place>, DbErr> {
    let sql = "SELECT uid_validity, last_uid FROM mailboxes WHERE email_account_id = $1";
    let rows = query(content, sql, [account.into_value()]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let number = |place| -> Result<Option<u32>, DbErr> {
        let number: Option<i64> = row.at(place)?;
        Ok(number.and_then(|number| u32::try_from(number).ok()))
    };
    let place = number(0)?.zip(number(1)?);
    Ok(place.map(|(uid_validity, uid)| Place { uid_validity, uid }))
}

/// Mail of the account that was kept and not read.
pub(super) async fn unread(
    content: InTier<'_>,
    account: EmailAccountId,
) -> Result<Vec<Uuid>, DbErr> {
    let sql = "SELECT id FROM received_mail WHERE processed IS NULL AND dropped IS NULL AND email_account_id = $1 \
         ORDER BY id LIMIT $2";
    let rows = query(content, sql, [account.into_value(), PAGE.into()]).await?;
    rows.iter().map(|row| row.at(0)).collect()
}

/// Says that it was read so far. Never back, where two read it at once; numbers of another validity begin anew.
pub(super) async fn keep(
    content: InTier<'_>,
    tenant: TenantId,
    account: EmailAccountId,
    place: Place,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO mailboxes (email_account_id, tenant_id, uid_validity, last_uid) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (email_account_id) DO UPDATE SET uid_validity = excluded.uid_validity, last_uid = CASE \
             WHEN mailboxes.uid_validity = excluded.uid_validity THEN greatest(mailboxes.last_uid, excluded.last_uid) \
             ELSE excluded.last_uid END";
    let values = [
        account.into_value(),
        tenant.into_value(),
        i64::from(place.uid_validity).into(),
        i64::from(place.uid).into(),
    ];
    query(content, sql, values).await.map(drop)
}

impl Mailboxes {
    /// Says that all went well just now.
    pub(super) async fn went_well(
        &self,
        tenant: TenantId,
        account: EmailAccountId,
    ) -> Result<(), Trouble> {
        let database = &self.inbox.database;
        let context = database.writing(Tier::Content, Identity::Job { tenant });
        let sql = "INSERT INTO mailboxes (email_account_id, tenant_id, last_read) VALUES ($1, $2, now()) \
             ON CONFLICT (email_account_id) DO UPDATE SET last_read = now(), problem = NULL, failures = 0, failing_since = NULL";
        let values = [account.into_value(), tenant.into_value()];
        let done = query(context.on(Tier::Content), sql, values).await;
        ended(&context, done.map(drop).map_err(Trouble::from)).await
    }

    /// Says what is wrong; how often in a row something was.
    pub(super) async fn failed(
        &self,
        tenant: TenantId,
        account: EmailAccountId,
        problem: MailboxProblem,
    ) -> Result<i32, Trouble> {
        let database = &self.inbox.database;
        let context = database.writing(Tier::Content, Identity::Job { tenant });
        let sql = "INSERT INTO mailboxes AS m (email_account_id, tenant_id, problem, failures, failing_since) \
             VALUES ($1, $2, $3, 1, now()) ON CONFLICT (email_account_id) DO UPDATE SET problem = excluded.problem, \
             failures = least(m.failures, 1000) + 1, failing_since = coalesce(m.failing_since, now()) RETURNING failures";
        let problem = problem.to_value().into();
        let values = [account.into_value(), tenant.into_value(), problem];
        let done = query(context.on(Tier::Content), sql, values).await;
        let rows = ended(&context, done.map_err(Trouble::from)).await?;
        let failures: Option<i32> = rows.first().map(|row| row.at(0)).transpose()?;
        Ok(failures.unwrap_or(1))
    }
}
