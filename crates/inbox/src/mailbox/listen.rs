//! Mailboxes that are listened to. Where a server tells of new mail by itself (IDLE, RFC 2177) the connection of whoever has
//! read all of it stays, and has the mailbox read once more when it tells of something.
//!
//! Nothing depends on it: who loses such a connection, or has none, reads by the clock as ever. So a worker keeps only so
//! many, and does not care whether another one listens to the same mailbox.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use entity::id::{EmailAccountId, JobId, TenantId};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::AbortHandle,
};
use transport::imap;
use uuid::Uuid;

use super::Mailboxes;

/// Servers hang up after half an hour (RFC 2177).
const LONG: Duration = Duration::from_secs(25 * 60);

/// The connections that wait for mail. Clones are the same, and the last one hangs up.
#[derive(Clone)]
pub(super) struct Listeners {
    room: Arc<Semaphore>,
    listening: Arc<Mutex<HashMap<EmailAccountId, Listening>>>,
}

/// A task that ends with this.
struct Listening(AbortHandle);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Listeners {
    /// Room for so many.
    pub(super) fn new(most: usize) -> Self {
        Self {
            room: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            listening: Arc::default(),
        }
    }

    /// A place for who waits for an account, if there is one and nobody else does.
    fn place(&self, account: EmailAccountId) -> Option<OwnedSemaphorePermit> {
        let mut listening = self.listening();
        listening.retain(|_, task| !task.0.is_finished());
        if listening.contains_key(&account) {
            return None;
        }
        Arc::clone(&self.room).try_acquire_owned().ok()
    }

    fn listening(&self) -> MutexGuard<'_, HashMap<EmailAccountId, Listening>> {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailboxes {
    /// Keeps a connection on which all was read, where it is of use; else takes leave.
    pub(super) async fn listen(
        &self,
        tenant: TenantId,
        account: EmailAccountId,
        opened: imap::Inbox,
    ) {
        let place = match opened.tells_of_mail() {
            true => self.listeners.place(account),
            false => None,
        };
        let Some(place) = place else {
            return opened.close().await;
        };
        let (database, wake) = (self.inbox.database.clone(), self.wake.clone());
        let listening = tokio::spawn(async move {
            let heard = heard(opened).await;
            drop(place);
            if heard.is_err() {
                return; // whoever reads it next sees why
            }
            let job = JobId::from(Uuid::from(account));
            match worker::repeat(&database, tenant, job).await {
                Ok(()) => wake.touch(),
                Err(error) => tracing::warn!(%error, "a mailbox with new mail waits for the clock"),
            }
        });
        let listening = Listening(listening.abort_handle());
        self.listeners.listening().insert(account, listening);
    }
}

/// Waits until there may be something new.
async fn heard(mut opened: imap::Inbox) -> Result<(), imap::Error> {
    opened.wait(LONG).await?;
    opened.close().await;
    Ok(())
}
