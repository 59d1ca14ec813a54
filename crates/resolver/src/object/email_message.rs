//! Messages: mail that was sent, is to be sent, or came.

use entity::{
    content::{attachment, email_message},
    id::{CampaignId, CampaignSequenceStepId, EmailAccountId, EmailMessageId, LeadId},
};

use super::{
    attachment::Attachment,
    campaign::Campaign,
    campaign_sequence_step::CampaignSequenceStep,
    email_account::EmailAccount,
    email_body::EmailBody,
    email_header::{EmailHeader, email_headers},
    lead::Lead,
    prelude::*,
};
use crate::loader::{body, by_text, named_by};

rows::object! {
    /// A piece of mail that was sent, is to be sent, or came. Mail is kept in a database of its own, which knows
    /// campaigns, steps, leads and accounts by their ids only: those that are gone are null.
    pub object EmailMessage(email_message::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// What answers and attachments name it by; unique within the tenant.
        storage_key: String,
        /// Whether it goes or came.
        direction: MessageDirection,
        /// What kind it is.
        message_type: MessageType,
        /// Where it stands.
        status: MessageStatus,
        /// The sender's address, as it stands in the message.
        from_email: String,
        /// The first receiver's address, as it stands in the message.
        to_email: String,
        /// The subject.
        subject: String,
        /// The Message-ID of its header, without the brackets.
        message_id: Option<String>,
        /// Its header fields, in their order.
        #[list_size = 20]
        headers: Vec<EmailHeader> = |row| Some(email_headers(&row.headers)) -> inside(),
        /// What was wrong with it when it was read.
        problems: Vec<String>,
        /// Bytes of the whole message.
        size_bytes: BigInt,
        /// Why it was not sent or did not arrive.
        failure_reason: Option<String>,
        /// When it was last worked on.
        processed: Option<DateTime<Utc>>,
        /// When it was made, to be sent.
        queued: Option<DateTime<Utc>>,
        /// When the server of the receiver's side took it.
        sent: Option<DateTime<Utc>>,
        /// When it was said to be delivered.
        delivered: Option<DateTime<Utc>>,
        /// When it was first opened.
        opened: Option<DateTime<Utc>>,
        /// When one of its links was first followed.
        clicked: Option<DateTime<Utc>>,
        /// When it was first answered.
        replied: Option<DateTime<Utc>>,
        /// When it came back.
        bounced: Option<DateTime<Utc>>,
        /// When it was said to be unwanted.
        complained: Option<DateTime<Utc>>,
        /// When its receiver asked for no more.
        unsubscribed: Option<DateTime<Utc>>,
        /// When it came.
        received: Option<DateTime<Utc>>,
        /// When it could not be sent.
        failed: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The account that sends it, or that it came to.
        email_account: Option<EmailAccount> = email_account_id -> by_id::<EmailAccount>(),
        /// The campaign that it is part of.
        campaign: Option<Campaign> = campaign_id -> by_id::<Campaign>(),
        /// The campaign's step that it is.
        step: Option<CampaignSequenceStep> = step_id -> by_id::<CampaignSequenceStep>(),
        /// The lead that it goes to or is from.
        lead: Option<Lead> = lead_id -> by_id::<Lead>(),
        /// Its text; null before there is one, and once it has expired.
        body: Option<EmailBody> = content_key -> body(),
        /// What is attached to it.
        attachments(ConnectionArguments<Attachment>): Connection<Attachment>
            = id -> named_by(attachment::Column::ParentStorageKey, email_message::Column::StorageKey),
        /// The message that it answers.
        parent: Option<EmailMessage> = parent_storage_key -> by_text::<EmailMessage>(email_message::Column::StorageKey),
        /// The messages that answer it.
        replies(ConnectionArguments<EmailMessage>): Connection<EmailMessage>
            = id -> named_by(email_message::Column::ParentStorageKey, email_message::Column::StorageKey),
        /// All messages of its thread, itself among them.
        thread(ConnectionArguments<EmailMessage>): Connection<EmailMessage>
            = thread_id -> children(email_message::Column::ThreadId),
    }
}

table! {
    EmailMessage of email_message by EmailMessageId,
    filtered EmailMessageFilter, ordered EmailMessageOrder, in Content
}

enumeration! {
    /// Whether a message goes or came.
    MessageDirection / MessageDirectionFilter of email_message::MessageDirection {
        /// It came.
        Inbound,
        /// It goes.
        Outbound,
    }
}

enumeration! {
    /// What kind of message it is.
    MessageType / MessageTypeFilter of email_message::MessageType {
        /// Written by somebody, or by a campaign.
        Email,
        /// Another message could not be delivered.
        Bounce,
        /// Sent by a program in answer, such as an absence note.
        AutoReply,
    }
}

enumeration! {
    /// Where a message stands: the furthest that happened to it.
    MessageStatus / MessageStatusFilter of email_message::MessageStatus {
        /// To be sent.
        Queued,
        /// Being handed to the mail server. One that stays so may have been sent, and is not sent again.
        Sending,
        /// The mail server took it.
        Sent,
        /// It was said to be delivered.
        Delivered,
        /// It was opened.
        Opened,
        /// One of its links was followed.
        Clicked,
        /// It was answered.
        Replied,
        /// It came back.
        Bounced,
        /// It was said to be unwanted.
        Complained,
        /// Its receiver asked for no more.
        Unsubscribed,
        /// It came.
        Received,
        /// It could not be sent.
        Failed,
    }
}

filter! {
    /// Which messages to show. Mail is in a database of its own, so what it belongs to is given by its id: to find the
    /// messages of campaigns with a name, ask for the campaigns, and for their messages inside them.
    EmailMessageFilter on email_message {
        columns {
            /// The id.
            id: Ids<EmailMessageId> => Id,
            /// What answers and attachments name it by.
            storage_key: TextFilter => StorageKey,
            /// The id of the account that sends it, or that it came to.
            email_account_id: Ids<EmailAccountId> => EmailAccountId,
            /// The id of the campaign that it is part of.
            campaign_id: Ids<CampaignId> => CampaignId,
            /// The id of the campaign's step that it is.
            step_id: Ids<CampaignSequenceStepId> => StepId,
            /// The id of the lead that it goes to or is from.
            lead_id: Ids<LeadId> => LeadId,
            /// The id of the message that began its thread.
            thread_id: Ids<EmailMessageId> => ThreadId,
            /// What the message that it answers is named by.
            parent_storage_key: TextFilter => ParentStorageKey,
            /// Whether it goes or came.
            direction: MessageDirectionFilter => Direction,
            /// What kind it is.
            message_type: MessageTypeFilter => MessageType,
            /// Where it stands.
            status: MessageStatusFilter => Status,
            /// The sender's address, as it stands in the message.
            from_email: TextFilter => FromEmail,
            /// The first receiver's address, as it stands in the message.
            to_email: TextFilter => ToEmail,
            /// The subject.
            subject: TextFilter => Subject,
            /// The Message-ID of its header, without the brackets.
            message_id: TextFilter => MessageId,
            /// Bytes of the whole message.
            size_bytes: BigIntFilter => SizeBytes,
            /// Whether something was wrong with it when it was read.
            has_problems: BooleanFilter => HasProblems,
            /// When it was made, to be sent.
            queued: DateTimeFilter => Queued,
            /// When the server of the receiver's side took it.
            sent: DateTimeFilter => Sent,
            /// When it was said to be delivered.
            delivered: DateTimeFilter => Delivered,
            /// When it was first opened.
            opened: DateTimeFilter => Opened,
            /// When one of its links was first followed.
            clicked: DateTimeFilter => Clicked,
            /// When it was first answered.
            replied: DateTimeFilter => Replied,
            /// When it came back.
            bounced: DateTimeFilter => Bounced,
            /// When it was said to be unwanted.
            complained: DateTimeFilter => Complained,
            /// When its receiver asked for no more.
            unsubscribed: DateTimeFilter => Unsubscribed,
            /// When it came.
            received: DateTimeFilter => Received,
            /// When it could not be sent.
            failed: DateTimeFilter => Failed,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
    }
}

order! {
    /// How messages are ordered.
    EmailMessageOrder by EmailMessageOrderField on email_message {
        /// When it was made.
        Created,
    }
}

aggregates! {
    EmailMessage of email_message {
        numbers {
            /// Bytes of the whole message.
            size_bytes: BigInt => SizeBytes,
        }
        times {
            /// When the server of the receiver's side took it.
            sent => Sent,
            /// When it was first opened.
            opened => Opened,
            /// When one of its links was first followed.
            clicked => Clicked,
            /// When it was first answered.
            replied => Replied,
            /// When it came back.
            bounced => Bounced,
            /// When it came.
            received => Received,
            /// When it was made.
            created => Created,
        }
        values {
            /// Whether it goes or came.
            direction: MessageDirection => Direction,
            /// What kind it is.
            message_type: MessageType => MessageType,
            /// Where it stands.
            status: MessageStatus => Status,
        }
        related {
            /// The account that sends it, or that it came to.
            email_account: EmailAccount => EmailAccountId,
            /// The campaign that it is part of.
            campaign: Campaign => CampaignId,
            /// The campaign's step that it is.
            step: CampaignSequenceStep => StepId,
            /// The lead that it goes to or is from.
            lead: Lead => LeadId,
        }
    }
}
