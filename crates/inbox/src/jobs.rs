//! The jobs of this crate: `message.receive`, `mailbox.read` and `content.maintain`.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use worker::{Done, Failure, Handler, Job};

use crate::{Inbox, Mailboxes, Orphans, Trouble, mailbox::Read};

/// Rows that one statement of the maintenance removes.
const BATCH: u32 = 500;

/// How soon a mailbox is looked at again whose tenant has all places in hand that it may.
const BUSY: TimeDelta = TimeDelta::seconds(5);

struct Receive(Inbox);
struct Maintain(Inbox);
struct ReadMailbox(Mailboxes);

impl Inbox {
    /// What does the jobs, by their types.
    #[must_use]
    pub fn handlers(&self) -> [(&'static str, Arc<dyn Handler>); 2] {
        [
            ("message.receive", Arc::new(Receive(self.clone()))),
            ("content.maintain", Arc::new(Maintain(self.clone()))),
        ]
    }
}

impl Mailboxes {
    /// What does the jobs, by their types.
    #[must_use]
    pub fn handlers(&self) -> [(&'static str, Arc<dyn Handler>); 1] {
        [("mailbox.read", Arc::new(ReadMailbox(self.clone())))]
    }
}

#[async_trait::async_trait]
impl Handler for ReadMailbox {
    /// A server that fails is no failure of the job, which is as well as ever: it waits.
    async fn run(&self, job: &Job) -> Result<Done, Failure> {
        let Some(_share) = self.0.shares.take(job.tenant).await else {
            return Ok(Done::Again(Utc::now() + BUSY));
        };
        let read = self.0.read(job.tenant, job.id_in("accountId")?).await?;
        Ok(match read {
            Read::Nothing => Done::Completed(None),
            Read::All(taken) => Done::Completed(Some(format!("messages taken: {taken}"))),
            Read::Part => Done::Again(Utc::now()),
            Read::Failing(next) => Done::Again(next),
        })
    }
}

#[async_trait::async_trait]
impl Handler for Receive {
    async fn run(&self, job: &Job) -> Result<Done, Failure> {
        self.0.receive(job.tenant, job.id_in("receivedId")?).await?;
        Ok(Done::Completed(None))
    }
}

#[async_trait::async_trait]
impl Handler for Maintain {
    /// What is removed is removed batch by batch; a worker that stops in between leaves the rest to the next one.
    async fn run(&self, job: &Job) -> Result<Done, Failure> {
        let (inbox, tenant) = (&self.0, job.tenant);
        let queued = inbox.requeue(tenant).await?;
        let mut expired = 0;
        loop {
            let removed = inbox.expire_content(tenant, BATCH).await?;
            expired += removed;
            if removed < BATCH as usize {
                break;
            }
        }
        while inbox.forget_received(tenant, BATCH).await? >= BATCH as usize {}
        let orphans = inbox.find_orphans(tenant).await?;
        Ok(Done::Completed(Some(told(queued, expired, &orphans))))
    }
}

/// What was found, as the job's log keeps it.
fn told(queued: usize, expired: usize, orphans: &Orphans) -> String {
    let unknown = &orphans.unknown;
    format!(
        "mail read again: {queued}; bodies that expired: {expired}; bodies that no message had: {}; sent messages without a \
         body: {}; named and not there: {} campaigns, {} steps, {} leads, {} accounts",
        orphans.removed_bodies,
        orphans.without_body,
        unknown.campaigns.len(),
        unknown.steps.len(),
        unknown.leads.len(),
        unknown.accounts.len()
    )
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let cause = std::error::Error::source(&trouble).map(ToString::to_string);
        Self::Later(match cause {
            Some(cause) => format!("{trouble}: {cause}"),
            None => trouble.to_string(),
        })
    }
}
