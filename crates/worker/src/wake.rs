//! How a worker hears that there is something to do.
//!
//! In this process by a [`Wake`], which whoever makes work touches once the work is committed. Between processes through
//! Redis: due jobs are put into a list for each queue and priority, and workers wait at the lists. Nothing of that is
//! needed: a worker looks into PostgreSQL by itself every so often, and what Redis loses it finds there.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Notify, time::timeout};

/// Says that there may be something to do. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// There may be something to do.
    pub fn touch(&self) {
        self.0.notify_one();
    }

    /// Waits until it is touched, but no longer than `at_most`.
    pub(crate) async fn wait(&self, at_most: Duration) {
        // That nothing was heard is no news.
        let _ = timeout(at_most, self.0.notified()).await;
    }
}
