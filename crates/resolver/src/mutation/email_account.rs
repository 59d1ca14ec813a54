//! Email accounts.

use async_graphql::Enum;
use entity::{
    columns::ColumnSet,
    id::{DomainId, EmailAccountId},
    oltp::email_account::{self, EmailAccountStatus as Stored},
};
use sea_orm::Value;

use super::prelude::*;
use crate::{
    error::{ClientError, Code},
    input::{Changes, DomainName, EmailAddress, Line, Path, typed_json},
    loader::{RawKey, RowsById},
    object::{
        domain::Domain,
        email_account::{EmailAccount, EmailAccountFilter, EmailAccountStatus},
    },
    write::{Rows, not_found},
};

root! {
    /// What can be changed.
    pub object EmailAccountMutations(()) {
        /// Makes an email account. For owners, admins and members.
        create_email_account(Input<CreateEmailAccountInput>): CreateEmailAccountPayload = |_row| Some(()) -> Run,
        /// Changes an email account. For owners, admins and members.
        update_email_account(Input<UpdateEmailAccountInput>): UpdateEmailAccountPayload = |_row| Some(()) -> Run,
        /// Changes the email accounts that a filter selects. For owners, admins and members.
        update_email_accounts(Input<UpdateEmailAccountsInput>): UpdateEmailAccountsPayload = |_row| Some(()) -> Run,
        /// Deletes an email account; the steps that send from it have to be changed first. For owners, admins and members.
        delete_email_account(Input<DeleteEmailAccountInput>): DeleteEmailAccountPayload = |_row| Some(()) -> Run,
        /// Deletes the email accounts that a filter selects. For owners, admins and members.
        delete_email_accounts(Input<DeleteEmailAccountsInput>): DeleteEmailAccountsPayload = |_row| Some(()) -> Run,
    }
}

writable! {
    EmailAccount on email_account;
    /// A new email account. Its password is kept in the platform's vault, never here.
    create CreateEmailAccountInput;
    /// What of an email account changes. Its address does not.
    change EmailAccountChanges;
    fixed {
        /// The id of the domain of the address.
        domain_id: Reference<DomainId> => DomainId,
        /// The address, in the domain or a subdomain of it; unique within the tenant.
        email: EmailAddress => Email,
    }
    required {}
    optional {
        /// The mail server software that hosts it; 50 characters at most. If not given, `mailu`.
        provider: String => Provider,
        /// How its mail is fetched.
        imap_settings: MailServerSettingsInput => ImapSettings,
        /// How its mail is sent.
        smtp_settings: MailServerSettingsInput => SmtpSettings,
        /// Emails that may be sent in a day, from 0 to 10,000. If not given, a new one has 50.
        daily_limit: Between<0, 10_000> => DailyLimit,
        /// Whether it can send: `ACTIVE` or `PAUSED`; the others are the platform's to say. If not given, a new one can.
        status: EmailAccountStatus => Status,
    }
}

typed_json! {
    /// How an account reaches a mail server.
    MailServerSettingsInput {
        required {
            /// The server's name.
            host: DomainName => "host",
            /// The server's port.
            port: Between<1, 65_535> => "port",
        }
        optional {
            /// How the connection is protected.
            security: MailServerSecurity => "security",
            /// The name that the account signs in with; if not given, its address. 255 characters at most.
            username: Line<255> => "username",
        }
    }
}

/// How a connection to a mail server is protected.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailServerSecurity {
    /// TLS from the first byte.
    Tls,
    /// TLS after a plain greeting.
    Starttls,
    /// Not at all.
    None,
}

impl crate::input::Stored for MailServerSecurity {
    fn stored(self, _: &Path<'_>) -> Result<Value, ClientError> {
        Ok(match self {
            Self::Tls => "tls",
            Self::Starttls => "starttls",
            Self::None => "none",
        }
        .into())
    }
}

rows::object! {
    /// The new email account.
    pub object CreateEmailAccountPayload(Written<EmailAccount>) {
        /// As it is now.
        email_account: EmailAccount = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for CreateEmailAccountInput {
    type Payload = CreateEmailAccountPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<EmailAccount>> {
        let domain = self.domain_id.typed(&INPUT.field("domain_id"))?;
        let email = self.email.checked(INPUT.field("email"))?;
        let (changes, ()) = self.split(&INPUT)?;
        is_in(writer, domain, &email).await?;
        writer.claim(Limit::EmailAccounts, 1).await?;
        writer.insert(&INPUT, changes).await.map(Written)
    }
}

/// Refuses an address of another domain.
async fn is_in(writer: &Writer<'_>, id: DomainId, email: &str) -> Result<()> {
    let key = (RawKey::of(id), ColumnSet::ALL);
    let loaders = writer.session().loaders();
    let found = loaders.load::<RowsById<Domain>>(&[key]).await?;
    let Some(domain) = found.into_iter().flatten().next() else {
        return Err(not_found(&INPUT.field("domain_id")).into());
    };
    let host = email.rsplit_once('@').map_or("", |(_, host)| host);
    let parent = host.strip_suffix(&domain.domain);
    if parent.is_some_and(|parent| parent.is_empty() || parent.ends_with('.')) {
        return Ok(());
    }
    let problem = format!("is not an address of the domain {}", domain.domain);
    Err(ClientError::at(Code::BadUserInput, INPUT.field("email"), problem).into())
}

impl Writable for EmailAccount {
    async fn prepare(
        _: &Writer<'_>,
        at: &Path<'_>,
        changes: &Changes<Self>,
        _: Rows<Self::Id>,
    ) -> Result<()> {
        let status = changes.get(email_account::Column::Status);
        let platforms = [Stored::Disabled, Stored::Error].map(|status| Some(text(status)));
        if !platforms.contains(&status.cloned()) {
            return Ok(());
        }
        let problem = "can be `ACTIVE` or `PAUSED`; the others are the platform's to say";
        Err(ClientError::at(Code::BadUserInput, at.field("status"), problem).into())
    }
}

fn text(status: Stored) -> Value {
    sea_orm::ActiveEnum::to_value(&status).into()
}

updatable! {
    EmailAccount by EmailAccountId, changed by EmailAccountChanges, filtered EmailAccountFilter, with Work;
    one UpdateEmailAccountInput answers UpdateEmailAccountPayload { email_account };
    many UpdateEmailAccountsInput answers UpdateEmailAccountsPayload;
}

deletable! {
    EmailAccount by EmailAccountId, filtered EmailAccountFilter, with Work;
    one DeleteEmailAccountInput answers DeleteEmailAccountPayload;
    many DeleteEmailAccountsInput answers DeleteEmailAccountsPayload;
}
