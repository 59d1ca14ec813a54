//! The job `mailbox.read`: takes the mail of one account from its server.
//!
//! Each message is kept in the transaction that says how far the mailbox was read, so one who dies in between takes up
//! where that stands. Where a server numbers its messages anew all of them come again, and those that are here are known by
//! their hashes. Nothing on the server changes.

mod account;
mod listen;
mod place;
mod problem;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    content::{mailbox::MailboxProblem, received_mail::MailSource},
    id::{EmailAccountId, EmailMessageId, TenantId},
};
use tenant::{Identity, Tier};
use tokio::time::{Instant, timeout};
use transport::{
    Networks, Secrets,
    imap::{self, Message, Messages, Place},
};
use uuid::Uuid;
use worker::{Shares, Wake};

use listen::Listeners;

use crate::{
    Inbox, Trouble,
    accept::{Arrived, keep, packed},
    ended,
};

/// How long a server may take for a piece of an answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long one job takes messages; the rest is for the next, so that others come between.
const LONG: Duration = Duration::from_secs(20);
/// How long it may take with the last of them. A server that takes longer is not reached.
const TOO_LONG: Duration = Duration::from_secs(120);
/// Most messages that are kept before they are queued.
const QUEUED: usize = 50;
/// The wait after a failure, in minutes; each next one is twice as long, up to [`LONGEST`].
const FIRST: i64 = 1;
const LONGEST: i64 = 30;

/// What reads mailboxes. Clones are the same.
#[derive(Clone)]
pub struct Mailboxes {
    inbox: Inbox,
    secrets: Secrets,
    networks: Networks,
    wake: Wake,
    max_bytes: usize,
    listeners: Listeners,
    /// How many of one tenant's mailboxes are read at once.
    pub(crate) shares: Shares,
}

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// This account's mailbox is not to be read.
    Nothing,
    /// So many messages were taken, and there are no more.
    All(usize),
    /// There are more.
    Part,
    /// It can not be read, and is to be tried again then.
    Failing(DateTime<Utc>),
}

impl Mailboxes {
    /// What keeps the mail in this inbox. Servers may be in the internet and in these networks; of messages of more than
    /// `max_bytes` the header alone is taken. So many connections are kept to servers that tell of new mail, and are given up
    /// with the last clone; of a tenant's mailboxes as many are read at once as `shares` says.
    #[must_use]
    pub fn new(
        inbox: Inbox,
        secrets: Secrets,
        networks: Networks,
        wake: Wake,
        max_bytes: usize,
        listeners: usize,
        shares: Shares,
    ) -> Self {
        Self {
            inbox,
            secrets,
            networks,
            wake,
            max_bytes,
            listeners: Listeners::new(listeners),
            shares,
        }
    }

    /// Takes what has come since the last time.
    pub(crate) async fn read(
        &self,
        tenant: TenantId,
        account: EmailAccountId,
    ) -> Result<Read, Trouble> {
        let Some(known) = self.known(tenant, account).await? else {
            return Ok(Read::Nothing);
        };
        // Of one who died after they were kept.
        self.queue(tenant, known.unread.clone()).await?;
        let taken = match self.server(&known).await {
            Ok(server) => {
                let taking = self.take(tenant, account, &server, known.place);
                let taken = timeout(TOO_LONG, taking).await;
                taken.unwrap_or_else(|_| Err(imap::Cause::TimedOut(TOO_LONG).into()))
            }
            Err(problem) => Err(Stop::Problem(problem)),
        };
        match taken {
            Ok(read) => {
                self.went_well(tenant, account).await?;
                Ok(read)
            }
            Err(Stop::Problem(problem)) => {
                let failures = self.failed(tenant, account, problem).await?;
                Ok(Read::Failing(Utc::now() + wait(failures)))
            }
            Err(Stop::Trouble(trouble)) => Err(trouble),
        }
    }

    async fn take(
        &self,
        tenant: TenantId,
        account: EmailAccountId,
        server: &imap::Account,
        place: Option<Place>,
    ) -> Result<Read, Stop> {
        let options = imap::Options {
            max_bytes: self.max_bytes,
            patience: PATIENCE,
            ..imap::Options::default()
        };
        let until = Instant::now() + LONG;
        let mut opened = imap::Inbox::open(server, options).await?;
        let mut messages = opened.after(place);
        let mut taken = 0;
        let read = loop {
            let taking = self.take_some(tenant, account, &mut messages, until);
            let (kept, more) = taking.await?;
            taken += kept;
            if !more {
                break Read::All(taken);
            }
            if Instant::now() >= until {
                break Read::Part;
            }
        };
        match read {
            Read::All(_) => self.listen(tenant, account, opened).await,
            _ => opened.close().await,
        }
        Ok(read)
    }

    /// Keeps the next messages, and has them read, also where the server is lost in the middle; how many, and whether there
    /// may be more.
    async fn take_some(
        &self,
        tenant: TenantId,
        account: EmailAccountId,
        messages: &mut Messages<'_>,
        until: Instant,
    ) -> Result<(usize, bool), Stop> {
        let mut kept = Vec::new();
        let ended = loop {
            // One at least, however long the server thinks.
            let is_long = !kept.is_empty() && Instant::now() >= until;
            if kept.len() == QUEUED || is_long {
                break Ok(true);
            }
            match messages.next().await {
                Ok(Some(message)) => kept.push(self.keep(tenant, account, message).await?.into()),
                Ok(None) => break Ok(false),
                Err(error) => break Err(error),
            }
        };
        let count = kept.len();
        self.queue(tenant, kept).await?;
        Ok((count, ended?))
    }

    /// Keeps a message, and says in the same transaction that the mailbox was read so far.
    async fn keep(
        &self,
        tenant: TenantId,
        account: EmailAccountId,
        message: Message,
    ) -> Result<EmailMessageId, Trouble> {
        let arrived = Arrived {
            source: MailSource::Imap,
            account: Some(account),
            received: message.arrived.map_or_else(Utc::now, |at| at.to_utc()),
            full_size: (!message.is_whole).then_some(message.size),
        };
        let (place, raw) = (message.place, message.bytes);
        let packed = tokio::task::spawn_blocking(move || packed(&raw)).await??;
        let database = &self.inbox.database;
        let context = database.writing(Tier::Content, Identity::Job { tenant });
        let content = context.on(Tier::Content);
        let done = async {
            let id = keep(content, tenant, packed, arrived).await?;
            place::keep(content, tenant, account, place).await?;
            Ok(id)
        };
        let done: Result<_, Trouble> = done.await;
        ended(&context, done).await
    }

    async fn queue(&self, tenant: TenantId, mails: Vec<Uuid>) -> Result<(), Trouble> {
        if !mails.is_empty() && self.inbox.queue(tenant, mails).await? > 0 {
            self.wake.touch();
        }
        Ok(())
    }
}

/// Why no more is taken.
enum Stop {
    /// Something is wrong with the account or its server.
    Problem(MailboxProblem),
    /// Something is wrong here.
    Trouble(Trouble),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// Until it is tried again, after so many failures in a row.
fn wait(failures: i32) -> TimeDelta {
    let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or_default();
    let factor = 2_i64.checked_pow(doublings).unwrap_or(i64::MAX);
    TimeDelta::minutes(FIRST.saturating_mul(factor).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::wait;

    #[test]
    fn a_mailbox_that_fails_is_tried_less_and_less_often() {
        let minutes = [1, 2, 3, 5, 6, 7, 100].map(|failures| wait(failures).num_minutes());
        assert_eq!(minutes, [1, 2, 4, 16, 30, 30, 30]);
    }
}
