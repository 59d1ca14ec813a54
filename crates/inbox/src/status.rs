//! How far a message and a lead have come. Both only go on, each along one line, so it does not matter in which order
//! and how often it is told what happened.

use chrono::{DateTime, Utc};
use entity::{content::email_message::MessageStatus, oltp::lead::LeadStatus};
use sea_orm::{ActiveEnum, DbErr, Value};
use tenant::InTier;
use uuid::Uuid;

use crate::rows::{query, texts};

/// The line of a message that was sent. What ends it stands behind what can happen before, and what its receiver says
/// behind what machines do. `received` is not on it: mail that came goes nowhere.
const OF_MESSAGE: [MessageStatus; 11] = [
    MessageStatus::Queued,
    MessageStatus::Sending,
    MessageStatus::Sent,
    MessageStatus::Delivered,
    MessageStatus::Opened,
    MessageStatus::Clicked,
    MessageStatus::Replied,
    MessageStatus::Bounced,
    MessageStatus::Failed,
    MessageStatus::Unsubscribed,
    MessageStatus::Complained,
];

/// The line of a lead. Who was put away stays so, except that whoever asked for no more gets no more.
const OF_LEAD: [LeadStatus; 5] = [
    LeadStatus::Active,
    LeadStatus::Replied,
    LeadStatus::Bounced,
    LeadStatus::Archived,
    LeadStatus::Unsubscribed,
];

/// What can happen to a message after it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Delivered,
    Opened,
    Clicked,
    Replied,
    Bounced,
    Complained,
    Unsubscribed,
}

impl Event {
    fn status(self) -> MessageStatus {
        match self {
            Self::Delivered => MessageStatus::Delivered,
            Self::Opened => MessageStatus::Opened,
            Self::Clicked => MessageStatus::Clicked,
            Self::Replied => MessageStatus::Replied,
            Self::Bounced => MessageStatus::Bounced,
            Self::Complained => MessageStatus::Complained,
            Self::Unsubscribed => MessageStatus::Unsubscribed,
        }
    }

    /// The column of its time.
    fn column(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
            Self::Replied => "replied",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Unsubscribed => "unsubscribed",
        }
    }
}

/// Writes down what happened to a message that was sent, with the first time that it did.
///
/// Its receiver may be faster than whoever sent it is with writing that down, and who died first never does. Then it was
/// sent when it was last in hand, which is what `processed` says.
pub(crate) async fn happened(
    content: InTier<'_>,
    message: Uuid,
    event: Event,
    at: DateTime<Utc>,
    reason: Option<String>,
) -> Result<(), DbErr> {
    let column = event.column();
    let is_further = "array_position($4, status) < array_position($4, $2)";
    let sql = format!(
        "UPDATE email_messages SET {column} = least({column}, $3), processed = now(), \
             sent = coalesce(sent, least(processed, $3)), status = CASE WHEN {is_further} THEN $2 ELSE status END, failure_reason = coalesce($5, failure_reason) \
         WHERE id = $1 AND direction = 'outbound' AND ({column} IS NULL OR {column} > $3 OR {is_further})"
    );
    let values = [
        message.into(),
        event.status().to_value().into(),
        at.into(),
        line(OF_MESSAGE),
        reason.into(),
    ];
    query(content, &sql, values).await.map(drop)
}

/// Writes down what was said of a message that may still arrive.
pub(crate) async fn note(content: InTier<'_>, message: Uuid, reason: String) -> Result<(), DbErr> {
    let sql = "UPDATE email_messages SET failure_reason = $2, processed = now() \
         WHERE id = $1 AND direction = 'outbound' AND bounced IS NULL AND failure_reason IS DISTINCT FROM $2";
    query(content, sql, [message.into(), reason.into()])
        .await
        .map(drop)
}

/// Writes down what became of a lead, whom no campaign writes to any more, and why.
pub(crate) async fn became(
    oltp: InTier<'_>,
    lead: Uuid,
    status: LeadStatus,
    reason: &str,
) -> Result<(), DbErr> {
    let sql = "UPDATE leads SET status = $2 WHERE id = $1 AND array_position($3, status) < array_position($3, $2)";
    let values = [lead.into(), status.to_value().into(), line(OF_LEAD)];
    query(oltp, sql, values).await?;
    let sql = "UPDATE campaign_leads SET status = 'stopped', stop_reason = $2, due = NULL \
         WHERE lead_id = $1 AND status = 'active'";
    query(oltp, sql, [lead.into(), reason.into()])
        .await
        .map(drop)
}

fn line<S: ActiveEnum<Value = String>>(line: impl IntoIterator<Item = S>) -> Value {
    texts(line.into_iter().map(|status| status.to_value()))
}

#[cfg(test)]
mod tests {
    use entity::{content::email_message::MessageStatus, oltp::lead::LeadStatus};
    use sea_orm::Iterable;

    use super::{OF_LEAD, OF_MESSAGE};

    /// One that is not would never be left, nor reached.
    #[test]
    fn every_status_is_on_its_line_once() {
        for status in MessageStatus::iter() {
            let times = OF_MESSAGE.iter().filter(|found| **found == status).count();
            let expected = usize::from(status != MessageStatus::Received);
            assert_eq!(times, expected, "{status:?}");
        }
        for status in LeadStatus::iter() {
            let times = OF_LEAD.iter().filter(|found| **found == status).count();
            assert_eq!(times, 1, "{status:?}");
        }
    }
}
