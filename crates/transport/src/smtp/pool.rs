//! Connections that are kept for the next message.

use std::{io, sync::Arc};

use deadpool::{
    Runtime,
    managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult},
};
use rustls::ClientConfig;

use super::{Cause, Options, Phase, Refused, Relay, connection::Connection};
use crate::dial;

/// Makes connections to one relay.
pub(super) struct Connector {
    relay: Relay,
    tls: Arc<ClientConfig>,
    options: Options,
}

pub(super) type Connections = Pool<Connector>;

pub(super) fn connections(relay: &Relay, options: &Options) -> Result<Connections, Refused> {
    let unusable = |error| Refused::not_reached(Phase::Tls, Cause::Io(error));
    let connector = Connector {
        relay: relay.clone(),
        tls: dial::trust(&relay.server).map_err(unusable)?,
        options: *options,
    };
    let built = Pool::builder(connector)
        .max_size(options.max_connections)
        .wait_timeout(Some(options.wait))
        .runtime(Runtime::Tokio1)
        .build();
    built.map_err(|error| unusable(io::Error::other(error)))
}

impl Manager for Connector {
    type Type = Connection;
    type Error = Refused;

    async fn create(&self) -> Result<Connection, Refused> {
        Connection::open(&self.relay, &self.tls, &self.options.timeouts).await
    }

    /// Does not ask the server: a connection that it has left shows at the next message, which is sent
    /// on another one then.
    async fn recycle(&self, connection: &mut Connection, kept: &Metrics) -> RecycleResult<Refused> {
        // Counted from zero.
        let sent = kept.recycle_count + 1;
        if !connection.is_at_rest {
            return Err(RecycleError::message("something is half said on it"));
        }
        if sent >= self.options.messages_per_connection {
            return Err(RecycleError::message("it has served its time"));
        }
        Ok(())
    }
}

/// A connection that is free, and whether it was used before.
pub(super) async fn take(pool: &Connections) -> Result<(Object<Connector>, bool), Refused> {
    match pool.get().await {
        Ok(connection) => {
            let was_used = Object::metrics(&connection).recycle_count > 0;
            Ok((connection, was_used))
        }
        Err(PoolError::Backend(refused)) => Err(refused),
        Err(_) => Err(Refused::not_reached(Phase::Connect, Cause::Busy)),
    }
}
