//! Email accounts.

use entity::{
    content::email_message,
    id::{DomainId, EmailAccountId},
    oltp::{campaign_sequence_step, domain, email_account},
};

use super::{
    campaign_sequence_step::{CampaignSequenceStep, CampaignSequenceStepListFilter},
    domain::{Domain, DomainFilter},
    email_message::EmailMessage,
    mail_server_settings::{MailServerSettings, mail_server_settings},
    mailbox::Mailbox,
    prelude::*,
};

rows::object! {
    /// A mailbox that campaigns send from.
    pub object EmailAccount(email_account::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// The address, lower case.
        email: EmailAddress,
        /// The mail server software that hosts it.
        provider: String,
        /// How its mail is fetched.
        imap_settings: Option<MailServerSettings>
            = |row| Some(mail_server_settings(row.imap_settings.as_ref())) -> inside(),
        /// How its mail is sent.
        smtp_settings: Option<MailServerSettings>
            = |row| Some(mail_server_settings(row.smtp_settings.as_ref())) -> inside(),
        /// How the reading of its mailbox goes; null before the first time.
        mailbox: Option<Mailbox> = id -> by_id::<Mailbox>(),
        /// Whether it can send.
        status: EmailAccountStatus,
        /// Why its mail was not sent the last time; null if it was. Its messages wait, and are tried again.
        sending_problem: Option<SendingProblem>,
        /// Since when its mail can not be sent.
        sending_failing_since: Option<DateTime<Utc>>,
        /// When it was last warmed up.
        last_warmed: Option<DateTime<Utc>>,
        /// Emails sent today.
        daily_count: i32,
        /// Most emails it may send in a day.
        daily_limit: i32,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The domain of the address.
        domain: Domain = domain_id -> by_id::<Domain>(),
        /// The steps that send from it.
        steps(ConnectionArguments<CampaignSequenceStep>): Connection<CampaignSequenceStep>
            = id -> children(campaign_sequence_step::Column::EmailAccountId),
        /// The mail that it sent, is to send, and got.
        messages(ConnectionArguments<EmailMessage>): Connection<EmailMessage>
            = id -> children(email_message::Column::EmailAccountId),
        /// What became of the mail that it sent, by day.
        analytics(Span): Analytics = id -> analytics(Subject::EmailAccount),
    }
}

table! { EmailAccount of email_account by EmailAccountId, filtered EmailAccountFilter, ordered EmailAccountOrder }

enumeration! {
    /// Whether an account can send.
    EmailAccountStatus / EmailAccountStatusFilter of email_account::EmailAccountStatus {
        /// Can send.
        Active,
        /// Stopped by its owner.
        Paused,
        /// Stopped by the platform.
        Disabled,
        /// Its server refuses it.
        Error,
    }
}

enumeration! {
    /// Why an account's mail can not be sent.
    SendingProblem of email_account::SendingProblem {
        /// The account's settings name no server, or one on another machine without TLS.
        Settings,
        /// The settings name a server that is unknown, or that is not in the internet at a port for mail.
        Address,
        /// The account's password is not in the platform's vault.
        Password,
        /// The server does not let the account in: see the user's name, and the password.
        SignIn,
        /// The server takes no mail from this account's address, or no more for today.
        Refused,
        /// The server does not answer, not in time, or not by TLS with a certificate that is trusted.
        NotReached,
    }
}

filter! {
    /// Which email accounts to show.
    EmailAccountFilter / EmailAccountListFilter on email_account {
        columns {
            /// The id.
            id: Ids<EmailAccountId> => Id,
            /// The id of the domain of the address.
            domain_id: Ids<DomainId> => DomainId,
            /// The address, lower case.
            email: TextFilter => Email,
            /// The mail server software that hosts it.
            provider: TextFilter => Provider,
            /// Whether it can send.
            status: EmailAccountStatusFilter => Status,
            /// When it was last warmed up.
            last_warmed: DateTimeFilter => LastWarmed,
            /// Emails sent today.
            daily_count: IntFilter => DailyCount,
            /// Most emails it may send in a day.
            daily_limit: IntFilter => DailyLimit,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The domain of the address.
            domain: DomainFilter => DomainId, domain::Column::Id;
        }
        many {
            /// The steps that send from it.
            steps: CampaignSequenceStepListFilter => Id, campaign_sequence_step::Column::EmailAccountId;
        }
    }
}

order! {
    /// How email accounts are ordered.
    EmailAccountOrder by EmailAccountOrderField on email_account {
        /// When it was made.
        Created,
        /// The address.
        Email,
    }
}

aggregates! {
    EmailAccount of email_account {
        numbers {
            /// Emails sent today.
            daily_count: i32 => DailyCount,
            /// Most emails it may send in a day.
            daily_limit: i32 => DailyLimit,
        }
        texts {
            /// The address, lower case.
            email => Email,
        }
        times {
            /// When it was last warmed up.
            last_warmed => LastWarmed,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// The mail server software that hosts it.
            provider: String => Provider,
            /// Whether it can send.
            status: EmailAccountStatus => Status,
        }
        related {
            /// The domain of the address.
            domain: Domain => DomainId,
        }
    }
}
