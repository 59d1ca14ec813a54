//! What connections that stay open have together: the feed of changes, how many there may be, and the end of all.

mod operation;
mod operations;
mod outlet;
mod places;

use std::time::Duration;

use tenant::Feed;
use tokio::sync::watch;

pub(crate) use operation::{Asked, perform};
pub(crate) use operations::Operations;
pub(crate) use outlet::{Opened, Outlet, Piece, Refused, Serial, Tagged};
pub(crate) use places::Place;

use self::places::Places;
use crate::{http::Reservations, serve::InvalidUrl, settings::Config};

/// One for all [cores](crate::serve()) of a process.
pub(crate) struct Live {
    pub(crate) feed: Feed,
    pub(crate) limits: Limits,
    /// Of streams that many operations share.
    pub(crate) reservations: Reservations,
    places: Places,
    closing: watch::Sender<bool>,
}

/// How much a client may hold open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How long a socket may take to say who asks.
    pub(crate) init: Duration,
    /// How often something is sent where there is nothing to say.
    pub(crate) keep_alive: Duration,
    /// Most operations of one connection at once.
    pub(crate) operations: usize,
    /// Most bytes of a message to a socket.
    pub(crate) message_bytes: usize,
}

impl Live {
    pub(crate) fn new(url: &str, config: &Config) -> Result<Self, InvalidUrl> {
        Ok(Self {
            feed: Feed::new(url)?,
            limits: Limits {
                init: config.socket_init_timeout,
                keep_alive: config.keep_alive,
                operations: config.max_operations,
                message_bytes: config.max_message_bytes,
            },
            reservations: Reservations::default(),
            places: Places::new(config.max_streams, config.max_tenant_streams),
            closing: watch::Sender::new(false),
        })
    }

    /// A place among the connections that stay open, if there is one.
    pub(crate) fn place(&self) -> Option<Place> {
        self.places.take()
    }

    /// Ends all connections, each as soon as nothing but subscriptions runs on it.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Completes once connections are to end.
    pub(crate) async fn closed(&self) {
        // It can not fail: the sender is here.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }
}
