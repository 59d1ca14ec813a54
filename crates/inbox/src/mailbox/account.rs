//! Where an account's mail is, and how one signs in there.

use entity::{
    content::mailbox::MailboxProblem,
    id::{EmailAccountId, TenantId, TypedId},
};
use sea_orm::DbErr;
use serde_json::Value;
use tenant::{Access, Identity, TenantContext, Tier};
use transport::{Credentials, Security, Server, imap, imap::Place};
use uuid::Uuid;

use super::{Mailboxes, place};
use crate::{Trouble, ended, rows::query};

/// Where mail arrives (RFC 3501, section 5.1).
const INBOX: &str = "INBOX";

/// What is known of an account whose mailbox is to be read.
pub(super) struct Known {
    email: String,
    settings: Value,
    vault_key_path: Option<String>,
    /// How far it was read.
    pub(super) place: Option<Place>,
    /// What was kept, and is not read yet.
    pub(super) unread: Vec<Uuid>,
}

impl Mailboxes {
    /// `None` for an account that is gone, or whose mail nobody is to read.
    pub(super) async fn known(
        &self,
        tenant: TenantId,
        account: EmailAccountId,
    ) -> Result<Option<Known>, Trouble> {
        let database = &self.inbox.database;
        let context = database.context(Identity::Job { tenant }, Access::Read);
        let known = known(&context, account).await;
        ended(&context, known.map_err(Trouble::from)).await
    }

    /// The server that the settings name: by TLS from the first byte, unless they say otherwise.
    pub(super) async fn server(&self, known: &Known) -> Result<imap::Account, MailboxProblem> {
        let server = Server::of_settings(&known.settings, Security::Tls, &self.networks);
        let server = server.map_err(|_| MailboxProblem::Settings)?;
        let password = match &known.vault_key_path {
            Some(path) => self.secrets.read(path).await,
            None => None,
        };
        let password = password.ok_or(MailboxProblem::Password)?;
        let user = known.settings.get("username").and_then(Value::as_str);
        Ok(imap::Account {
            server,
            credentials: Credentials::new(user.unwrap_or(&known.email), password),
            mailbox: INBOX.to_owned(),
        })
    }
}

async fn known(context: &TenantContext, account: EmailAccountId) -> Result<Option<Known>, DbErr> {
    let sql =
        "SELECT email, imap_settings, vault_key_path FROM email_accounts WHERE id = $1 AND is_read";
    let rows = query(context.on(Tier::Oltp), sql, [account.into_value()]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let content = context.on(Tier::Content);
    Ok(Some(Known {
        email: row.at(0)?,
        settings: row.at(1)?,
        vault_key_path: row.at(2)?,
        place: place::of(content, account).await?,
        unread: place::unread(content, account).await?,
    }))
}
