//! How the reading of accounts' mailboxes goes.

use entity::{content::mailbox, id::EmailAccountId};

use super::prelude::*;

rows::object! {
    /// How the reading of an account's mailbox goes. Mail is kept in a database of its own.
    pub object Mailbox(mailbox::Model) {
        /// When it was last read.
        last_read: Option<DateTime<Utc>>,
        /// Why it could not be read the last time; null if it could.
        problem: Option<MailboxProblem>,
        /// Since when it can not be read.
        failing_since: Option<DateTime<Utc>>,
    }
}

table! { Mailbox of mailbox by EmailAccountId as EmailAccountId email_account_id, in Content }

enumeration! {
    /// Why a mailbox can not be read. It is tried again, less and less often, at least every half an hour.
    MailboxProblem of mailbox::MailboxProblem {
        /// The account's settings name no server, or one on another machine without TLS.
        Settings,
        /// The settings name a server that is unknown, or that is not in the internet at a port for mail.
        Address,
        /// The account's password is not in the platform's vault.
        Password,
        /// The server does not let the account in: see the user's name, and the password.
        SignIn,
        /// The server does not open the inbox.
        Refused,
        /// The server does not answer, not in time, or not by TLS with a certificate that is trusted.
        NotReached,
        /// What the server says is not IMAP.
        Protocol,
    }
}
