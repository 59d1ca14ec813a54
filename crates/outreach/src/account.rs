//! The accounts that mail is sent from: their servers, their secrets, and how much they may send in a day.

mod day;
mod problem;

use chrono::{DateTime, Utc};
use entity::{
    id::{EmailAccountId, TenantId, TypedId},
    oltp::email_account,
};
use tenant::{Access, Identity, Tier};
use transport::{Credentials, Security, Server, Unusable, smtp::Relay};

use crate::{Outreach, Trouble, rows::query};

pub(crate) use day::BeginDay;

/// Whether an account may send now.
pub(crate) enum Slot {
    /// It may, and one more is counted.
    Free,
    /// It has sent all that it may today.
    NotBefore(DateTime<Utc>),
}

/// Why an account's server can not be used.
#[derive(Debug, thiserror::Error)]
pub enum NoServer {
    /// There is nothing to connect to.
    #[error("the account has no SMTP server")]
    Missing,
    /// A setting is not what it should be.
    #[error("the account's SMTP settings have no usable {0}")]
    Unusable(&'static str),
    /// The secret can not be read.
    #[error("the account's password can not be read")]
    NoSecret,
}

impl Outreach {
    /// Counts one more message of today, unless the account has sent all that it may. The day is that of UTC.
    pub(crate) async fn reserve(
        &self,
        tenant: TenantId,
        account: EmailAccountId,
    ) -> Result<Slot, Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        // The next day is that after the day that is full, whatever day it is by the worker's clock. Who began before
        // midnight and waited for one who began after it counts to the new day.
        let sql = "WITH clock AS (SELECT (now() AT TIME ZONE 'UTC')::date AS today), counted AS (UPDATE email_accounts SET \
             daily_count = CASE WHEN daily_count_day >= today THEN daily_count ELSE 0 END + 1, \
             daily_count_day = greatest(daily_count_day, today) \
             FROM clock \
             WHERE id = $1 AND CASE WHEN daily_count_day >= today THEN daily_count ELSE 0 END < daily_limit RETURNING 1) \
             SELECT (today + 1)::timestamp AT TIME ZONE 'UTC' FROM clock WHERE NOT EXISTS (SELECT FROM counted)";
        let full = query(context.on(Tier::Oltp), sql, [account.into_value()]).await;
        context.finish(full.is_ok()).await?;
        match full?.first() {
            Some(full) => Ok(Slot::NotBefore(full.at(0)?)),
            None => Ok(Slot::Free),
        }
    }

    /// Takes back what [`Self::reserve`] counted: the message was certainly not sent. A worker that dies before has the
    /// account send one less.
    pub(crate) async fn release(
        &self,
        tenant: TenantId,
        account: EmailAccountId,
    ) -> Result<(), Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let sql = "UPDATE email_accounts SET daily_count = daily_count - 1 \
             WHERE id = $1 AND daily_count > 0 AND daily_count_day = (now() AT TIME ZONE 'UTC')::date";
        let done = query(context.on(Tier::Oltp), sql, [account.into_value()]).await;
        context.finish(done.is_ok()).await?;
        done.map(drop).map_err(Trouble::from)
    }

    /// How the account's mail goes out: through the relay of the settings if there is one, else through its own server.
    pub(crate) async fn relay(
        &self,
        tenant: TenantId,
        account: &email_account::Model,
    ) -> Result<Result<Relay, NoServer>, Trouble> {
        if let Some(relay) = &self.settings.relay {
            return Ok(Ok(relay.clone()));
        }
        // No model has it: nothing of the API is ever to show it.
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let sql = "SELECT vault_key_path FROM email_accounts WHERE id = $1";
        let found = query(context.on(Tier::Oltp), sql, [account.id.into_value()]).await;
        context.finish(false).await?;
        let path: Option<String> = match found?.first() {
            Some(row) => row.at(0)?,
            None => None,
        };
        Ok(self.own_relay(account, path.as_deref()).await)
    }

    async fn own_relay(
        &self,
        account: &email_account::Model,
        vault_key_path: Option<&str>,
    ) -> Result<Relay, NoServer> {
        let settings = account.smtp_settings.as_ref().ok_or(NoServer::Missing)?;
        let networks = &self.settings.networks;
        let server = Server::of_settings(settings, Security::StartTls, networks);
        let server = server.map_err(|Unusable(setting)| NoServer::Unusable(setting))?;
        let user = settings.get("username").and_then(serde_json::Value::as_str);
        let credentials = match (vault_key_path, user) {
            (Some(path), user) => {
                let password = self.settings.secrets.read(path).await;
                let password = password.ok_or(NoServer::NoSecret)?;
                Some(Credentials::new(user.unwrap_or(&account.email), password))
            }
            (None, Some(_)) => return Err(NoServer::NoSecret),
            // A server that takes mail of whoever reaches it.
            (None, None) => None,
        };
        Ok(Relay {
            server,
            credentials,
            name: None,
        })
    }
}
