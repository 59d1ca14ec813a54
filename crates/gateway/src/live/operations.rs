//! The operations of a connection that go on, by their ids.

use std::{collections::HashMap, sync::Arc};

use tokio::task::AbortHandle;

use super::Serial;

/// Those that go on. They end with it.
#[derive(Default)]
pub(crate) struct Operations {
    next: Serial,
    by_serial: HashMap<Serial, Running>,
    by_id: HashMap<Arc<str>, Serial>,
}

struct Running {
    id: Arc<str>,
    task: AbortHandle,
    is_subscription: bool,
}

impl Operations {
    pub(crate) fn len(&self) -> usize {
        self.by_serial.len()
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// A number that none had before.
    pub(crate) fn serial(&mut self) -> Serial {
        self.next += 1;
        self.next
    }

    pub(crate) fn add(
        &mut self,
        serial: Serial,
        id: &str,
        task: AbortHandle,
        is_subscription: bool,
    ) {
        let id = Arc::from(id);
        self.by_id.insert(Arc::clone(&id), serial);
        let running = Running {
            id,
            task,
            is_subscription,
        };
        self.by_serial.insert(serial, running);
    }

    /// The id of an operation, unless it has ended.
    pub(crate) fn id(&self, serial: Serial) -> Option<Arc<str>> {
        self.by_serial
            .get(&serial)
            .map(|running| Arc::clone(&running.id))
    }

    /// The operation is over, or is to be.
    pub(crate) fn end(&mut self, id: &str) {
        if let Some(serial) = self.by_id.remove(id)
            && let Some(running) = self.by_serial.remove(&serial)
        {
            running.task.abort();
        }
    }

    /// Ends the subscriptions; their ids.
    pub(crate) fn end_subscriptions(&mut self) -> Vec<Arc<str>> {
        let running = self.by_serial.values();
        let subscriptions = running.filter(|running| running.is_subscription);
        let ids: Vec<_> = subscriptions
            .map(|running| Arc::clone(&running.id))
            .collect();
        ids.iter().for_each(|id| self.end(id));
        ids
    }
}

impl Drop for Operations {
    fn drop(&mut self) {
        self.by_serial
            .values()
            .for_each(|running| running.task.abort());
    }
}
