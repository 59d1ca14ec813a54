//! What of a tenant's a mail is about: the account it came to, the message it answers, the lead it is from.

use entity::{
    content::received_mail,
    id::{TenantId, TypedId},
};
use sea_orm::DbErr;
use tenant::{Access, Identity, InTier, TenantContext, Tier};
use uuid::Uuid;

use super::reading::Reading;
use crate::{
    Inbox, Trouble,
    content::{Base, base_of},
    ended,
    rows::{query, texts, uuids},
};

/// What a mail is about.
pub(super) struct Known {
    pub(super) account: Option<Uuid>,
    /// Whether it is from an account of the tenant's own.
    pub(super) is_ours: bool,
    /// The closest message of its thread that is there.
    pub(super) parent: Option<Answered>,
    /// The closest that was sent.
    pub(super) answered: Option<Answered>,
    pub(super) lead: Option<Uuid>,
    /// What its body may refer to.
    pub(super) base: Option<Base>,
}

/// A message that another is about.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) id: Uuid,
    pub(super) storage_key: String,
    pub(super) thread: Uuid,
    pub(super) campaign: Option<Uuid>,
    pub(super) lead: Option<Uuid>,
    is_outbound: bool,
    message_id: Option<String>,
}

/// How long after it was sent a message is taken for the one that a report is about which does not say which one it is.
const TRIED: &str = "14 days";
/// How far another server's clock may be behind.
const SKEW: &str = "1 hour";

impl Inbox {
    /// Looks for it.
    pub(super) async fn known(
        &self,
        tenant: TenantId,
        received: &received_mail::Model,
        reading: &Reading,
    ) -> Result<Known, Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let known = known(&context, received, reading).await;
        ended(&context, known.map_err(Trouble::from)).await
    }
}

async fn known(
    context: &TenantContext,
    received: &received_mail::Model,
    reading: &Reading,
) -> Result<Known, DbErr> {
    let (oltp, content) = (context.on(Tier::Oltp), context.on(Tier::Content));
    let sender = reading.sender().to_lowercase();
    let receivers = reading.receivers();
    let accounts = accounts(oltp, &receivers, &sender).await?;
    let account = |email: &str| accounts.iter().find(|(_, found)| found == email);
    let found = receivers.iter().find_map(|email| account(email));
    let known_account = received.email_account_id.map(Uuid::from);
    let came_to = known_account.or(found.map(|(id, _)| *id));
    let ids = reading.about();
    let thread = match came_to {
        Some(account) if ids.is_empty() => {
            let leads = leads(oltp, &reading.reported()).await?;
            last_sent(content, received, account, leads).await?
        }
        _ => thread(content, received, &ids).await?,
    };
    let answered = thread.iter().find(|message| message.is_outbound).cloned();
    let parent = thread.into_iter().next();
    let lead = match parent.as_ref().and_then(|parent| parent.lead) {
        Some(lead) => Some(lead),
        None => lead(oltp, sender.as_str()).await?,
    };
    let base = match parent.as_ref().filter(|_| reading.body.is_some()) {
        Some(parent) => base_of(content, &parent.storage_key).await?,
        None => None,
    };
    Ok(Known {
        base,
        account: came_to,
        is_ours: account(&sender).is_some(),
        parent,
        answered,
        lead,
    })
}

/// The messages with these ids, in the order of the ids. Of several with one id, that which was sent comes first: it is
/// the one that others copy.
async fn thread(
    content: InTier<'_>,
    received: &received_mail::Model,
    ids: &[String],
) -> Result<Vec<Answered>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "{ANSWERED} WHERE message_id = ANY ($1) AND id <> $2 ORDER BY direction DESC, created, id LIMIT 1000"
    );
    let values = [texts(ids), received.id.into_value()];
    let rows = query(content, &sql, values).await?;
    let mut found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let place = |message: &Answered| {
        let found = message.message_id.as_ref();
        found.and_then(|found| ids.iter().position(|id| id == found))
    };
    // It is stable, so those with one id stay as they were.
    found.sort_by_key(place);
    Ok(found)
}

/// The last message that the account has sent to one of these leads, in the days that servers try for before they report
/// (RFC 5321, section 4.5.4.1): of an older one nobody tells any more.
async fn last_sent(
    content: InTier<'_>,
    received: &received_mail::Model,
    account: Uuid,
    leads: Vec<Uuid>,
) -> Result<Vec<Answered>, DbErr> {
    if leads.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "{ANSWERED} WHERE lead_id = ANY ($1) AND email_account_id = $2 AND direction = 'outbound' \
         AND status NOT IN ('queued', 'failed') \
         AND coalesce(sent, processed) BETWEEN $3 - interval '{TRIED}' AND $3 + interval '{SKEW}' \
         ORDER BY created DESC, id DESC LIMIT 1"
    );
    let values = [uuids(leads), account.into(), received.received.into()];
    let rows = query(content, &sql, values).await?;
    rows.iter().map(read).collect()
}

/// The beginning of a statement whose rows are [`read`].
const ANSWERED: &str = "SELECT id, storage_key, thread_id, campaign_id, lead_id, direction = 'outbound', message_id \
     FROM email_messages";

fn read(row: &tenant::Row) -> Result<Answered, DbErr> {
    Ok(Answered {
        id: row.at(0)?,
        storage_key: row.at(1)?,
        thread: row.at(2)?,
        campaign: row.at(3)?,
        lead: row.at(4)?,
        is_outbound: row.at(5)?,
        message_id: row.at(6)?,
    })
}

/// The accounts with these addresses, the oldest first.
async fn accounts(
    oltp: InTier<'_>,
    receivers: &[String],
    sender: &str,
) -> Result<Vec<(Uuid, String)>, DbErr> {
    let emails = receivers.iter().map(String::as_str).chain([sender]);
    let sql = "SELECT id, email FROM email_accounts WHERE email = ANY ($1) ORDER BY created, id";
    let rows = query(oltp, sql, [texts(emails)]).await?;
    rows.iter()
        .map(|row| Ok((row.at(0)?, row.at(1)?)))
        .collect()
}

async fn leads(oltp: InTier<'_>, emails: &[String]) -> Result<Vec<Uuid>, DbErr> {
    if emails.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT id FROM leads WHERE email = ANY ($1)";
    let rows = query(oltp, sql, [texts(emails)]).await?;
    rows.iter().map(|row| row.at(0)).collect()
}

async fn lead(oltp: InTier<'_>, sender: &str) -> Result<Option<Uuid>, DbErr> {
    let sql = "SELECT id FROM leads WHERE email = $1";
    let rows = query(oltp, sql, [sender.into()]).await?;
    rows.first().map(|row| row.at(0)).transpose()
}
