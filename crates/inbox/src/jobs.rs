//! The jobs of this crate: `message.receive`, `mailbox.read` and `content.maintain`.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use entity::id::TenantId;
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
    async fn run(&self, job: &Job) -> Result<Done, Failure> {
        Ok(Done::Completed(Some(self.0.maintain(job.tenant).await?)))
    }
}

impl Inbox {
    /// All of the maintenance, and what was found. What is removed is removed batch by batch; a worker that stops in between
    /// leaves the rest to the next one.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn maintain(&self, tenant: TenantId) -> Result<String, Trouble> {
        let queued = self.requeue(tenant).await?;
        let days = self.retention(tenant).await?;
        self.retain(tenant, days, BATCH).await?;
        let bodies = all(|| self.expire_content(tenant, BATCH)).await?;
        let files = all(|| self.expire_attachments(tenant, days, BATCH)).await?;
        all(|| self.forget_received(tenant, days, BATCH)).await?;
        let forgotten = self.forget_leads(tenant, BATCH).await?;
        let orphans = self.find_orphans(tenant).await?;
        let expired = format!(
            "bodies that expired: {bodies}; files: {files}; messages whose lead is gone: {forgotten}"
        );
        Ok(told(queued, &expired, &orphans))
    }
}

/// Removes one batch after the other, until one is not full; how much.
async fn all<R>(mut remove: impl FnMut() -> R) -> Result<usize, Trouble>
where
    R: Future<Output = Result<usize, Trouble>>,
{
    let mut removed = 0;
    loop {
        let batch = remove().await?;
        removed += batch;
        if batch < BATCH as usize {
            return Ok(removed);
        }
    }
}

/// What was found, as the job's log keeps it.
fn told(queued: usize, expired: &str, orphans: &Orphans) -> String {
    let unknown = &orphans.unknown;
    format!(
        "mail read again: {queued}; {expired}; bodies that no message had: {}; sent messages without a \
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
