//! Moving a connection on: reading and writing, and whom that wakes.

use std::{
    sync::Mutex,
    task::{Context, Poll, Waker},
};

use super::{Connection, lock};

/// Who reads and writes.
pub(super) struct Driver {
    /// None once it has ended.
    pub(super) connection: Option<Connection>,
    /// Whom the connection wakes: the last who polled it.
    driving: Option<Waker>,
    /// Others who wait for an answer.
    waiting: Vec<Waker>,
}

impl Driver {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection: Some(connection),
            driving: None,
            waiting: Vec::new(),
        }
    }

    /// Reads and writes as far as that goes without waiting.
    pub(super) fn poll(&mut self, ctx: &mut Context<'_>) {
        if let Some(connection) = &mut self.connection
            && let Poll::Ready(ended) = connection.as_mut().poll(ctx)
        {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection has ended");
            }
            // Dropping it tells everybody who waits for an answer that none will come.
            self.connection = None;
        }
    }
}

/// One exchange's part in moving the connection on.
pub(super) struct Turn<'w> {
    driver: &'w Mutex<Driver>,
    waker: Option<Waker>,
}

impl<'w> Turn<'w> {
    pub(super) fn new(driver: &'w Mutex<Driver>) -> Self {
        Self {
            driver,
            waker: None,
        }
    }

    /// Polls the connection, which from now on wakes this exchange.
    pub(super) fn take(&mut self, ctx: &mut Context<'_>) {
        let waker = ctx.waker();
        if !self.waker.as_ref().is_some_and(|own| own.will_wake(waker)) {
            self.waker = Some(waker.clone());
        }
        let mut driver = lock(self.driver);
        driver.poll(ctx);
        let before = driver.driving.take();
        if let Some(before) = before
            && !before.will_wake(waker)
            && !driver.waiting.iter().any(|other| other.will_wake(&before))
        {
            driver.waiting.push(before);
        }
        driver.driving = Some(waker.clone());
    }
}

impl Drop for Turn<'_> {
    /// Whoever ends, or is given up, while others wait wakes them: the connection would wake nobody else.
    fn drop(&mut self) {
        let Some(own) = &self.waker else { return };
        let waiting = std::mem::take(&mut lock(self.driver).waiting);
        for other in waiting.into_iter().filter(|other| !other.will_wake(own)) {
            other.wake();
        }
    }
}
