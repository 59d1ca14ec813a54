//! Sends messages to the servers of accounts, and tells what became of them.
//!
//! ```no_run
//! # async fn example() -> Result<(), transport::smtp::Refused> {
//! use transport::{Credentials, Security, Server, smtp::{Envelope, Mailer, Options, Relay}};
//!
//! let mailer = Mailer::new(Options::default());
//! let relay = Relay {
//!     server: Server::new("smtp.example.com", 587, Security::StartTls),
//!     credentials: Some(Credentials::new("ann@example.com", "secret".to_owned())),
//!     name: None,
//! };
//! let envelope = Envelope {
//!     from: Some("ann@example.com".to_owned()),
//!     to: vec!["bob@example.org".to_owned()],
//! };
//! let accepted = mailer.send(&relay, &envelope, b"Subject: hello\r\n\r\nhello\r\n").await?;
//! # Ok(())
//! # }
//! ```
//!
//! Who sends a message at most once goes by [`Refused`]: all but [`Refused::Unknown`] say that the
//! server has not taken it. A call that is dropped before it ends is as good as unknown.
//!
//! The commands are lettre's. Its transports and their pool are not used: they do not say whether the
//! last dot was sent, and have no time-out once they are connected.

mod about;
mod connection;
mod deliver;
mod letter;
mod outages;
mod pool;
mod refused;
mod replies;
mod start_tls;

use std::{
    hash::{Hash, Hasher},
    sync::{Arc, Weak},
    time::Duration,
};

use deadpool::managed::Object;
use quick_cache::sync::Cache;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout_at},
};

use crate::{Credentials, Server};
pub use about::About;
use connection::{Connection, timed_out};
pub use letter::Envelope;
use letter::Letter;
use outages::Outages;
use pool::Connections;
pub use refused::{Answer, Cause, Phase, Refused, Unfit};

/// The least time between two looks for connections that nobody uses.
const BREATH: Duration = Duration::from_millis(50);

/// A server that takes mail for others, and who one is to it. Messages of equal relays share
/// connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// Where it is.
    pub server: Server,
    /// Who signs in; nobody if `None`.
    pub credentials: Option<Credentials>,
    /// What `EHLO` says this machine is called; its address if `None`.
    pub name: Option<String>,
}

impl Hash for Relay {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.server.hash(state);
        // The password is compared, and nothing is made of it.
        let user = self.credentials.as_ref().map(|known| &known.user);
        user.hash(state);
    }
}

/// How long a server may take; RFC 5321, section 4.5.3.2, asks for more than most need.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// To connect to one address of the server, and again for TLS.
    pub connect: Duration,
    /// To greet, and to answer a command.
    pub command: Duration,
    /// To take the content of a message.
    pub content: Duration,
    /// For one message from its connection to its last dot, all of these together: who answers each command at the last
    /// moment holds its sender no longer.
    pub message: Duration,
    /// To answer to the last dot. Who gives up here does not know what became of the message, so this
    /// is what the RFC says: ten minutes.
    pub answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            command: Duration::from_secs(60),
            content: Duration::from_secs(180),
            message: Duration::from_secs(240),
            answer: Duration::from_secs(600),
        }
    }
}

impl Timeouts {
    /// What is left of these for a message that has time until then.
    fn until(&self, end: Instant) -> Self {
        let left = end.saturating_duration_since(Instant::now());
        Self {
            command: self.command.min(left),
            content: self.content.min(left),
            ..*self
        }
    }
}

/// How a [`Mailer`] connects.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Most connections at once to one relay.
    pub max_connections: usize,
    /// How long a message waits for one of them.
    pub wait: Duration,
    /// How many relays connections are kept to; those used least lately are given up first.
    pub max_relays: usize,
    /// How long a connection is kept without a message.
    pub idle: Duration,
    /// How many messages a connection carries; servers refuse more, from 100 on.
    pub messages_per_connection: usize,
    /// How long a server may take.
    pub timeouts: Timeouts,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_connections: 4,
            wait: Duration::from_secs(60),
            max_relays: 1000,
            idle: Duration::from_secs(30),
            messages_per_connection: 100,
            timeouts: Timeouts::default(),
        }
    }
}

/// A message that the server has taken, with all its recipients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What it answered, such as `250 2.0.0 Ok: queued as 4Q2W`.
    pub response: String,
}

/// Sends messages, and keeps connections between them.
#[derive(Clone)]
pub struct Mailer {
    kept: Arc<Kept>,
}

struct Kept {
    options: Options,
    relays: Cache<Relay, Connections>,
    outages: Outages,
}

impl Mailer {
    /// Connects nothing yet. Has to be called within a Tokio runtime, where a task gives up connections
    /// that nobody uses.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let relays = Cache::new(options.max_relays);
        let kept = Arc::new(Kept {
            options,
            relays,
            outages: Outages::default(),
        });
        tokio::spawn(sweep(Arc::downgrade(&kept), options.idle));
        Self { kept }
    }

    /// Sends a message of whole lines, header first, as it is. Nothing is tried twice, but for a
    /// connection that the server has left since its last message. A relay that could not be reached is tried by one
    /// message at a time, after a wait that grows with the outage up to a quarter of an hour; all others are refused at
    /// once.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn send(
        &self,
        relay: &Relay,
        envelope: &Envelope,
        bytes: &[u8],
    ) -> Result<Accepted, Refused> {
        let letter = Letter::read(envelope, bytes)?;
        let outages = &self.kept.outages;
        outages.enter(relay, Instant::now())?;
        let sent = self.deliver(relay, &letter).await;
        outages.learn(relay, sent.as_ref().err(), Instant::now());
        sent
    }

    /// Why a message for this relay would be refused at once, if it would.
    #[must_use]
    pub fn away(&self, relay: &Relay) -> Option<Refused> {
        self.kept.outages.of(relay, Instant::now())
    }

    async fn deliver(&self, relay: &Relay, letter: &Letter<'_>) -> Result<Accepted, Refused> {
        let Kept {
            options, relays, ..
        } = &*self.kept;
        let connections = relays.get_or_insert_with(relay, || pool::connections(relay, options))?;
        let timeouts = &options.timeouts;
        let end = Instant::now() + timeouts.message;
        loop {
            let taken = timeout_at(end, pool::take(&connections)).await;
            let too_long = || timed_out(Phase::Connect, timeouts.message);
            let (mut connection, was_used) = taken.unwrap_or_else(|_| Err(too_long()))?;
            let delivered = connection.deliver(letter, timeouts, end).await;
            if !connection.is_at_rest {
                // Out of the pool, whose next connection is another one.
                drop(Object::take(connection));
            }
            match delivered {
                Err(refused) if was_used && refused.is_before_message() => {}
                delivered => return delivered,
            }
        }
    }

    /// Leaves all servers politely, but for connections that are in use.
    pub async fn close(&self) {
        leave(self.kept.give_up(Duration::ZERO)).await;
    }
}

impl Kept {
    /// Takes the connections that were idle for this long, and forgets relays that none is left to.
    fn give_up(&self, idle: Duration) -> Vec<Connection> {
        let mut idlers = Vec::new();
        for (_, connections) in self.relays.iter() {
            let kept = connections.retain(|_, kept| kept.last_used() < idle);
            idlers.extend(kept.removed);
        }
        self.relays
            .retain(|_, connections| connections.status().size > 0);
        idlers
    }
}

async fn sweep(kept: Weak<Kept>, idle: Duration) {
    loop {
        sleep((idle / 2).max(BREATH)).await;
        let Some(kept) = kept.upgrade() else {
            return;
        };
        let idlers = kept.give_up(idle);
        kept.outages.sweep(Instant::now());
        drop(kept);
        leave(idlers).await;
    }
}

async fn leave(connections: Vec<Connection>) {
    let mut farewells = JoinSet::new();
    for connection in connections {
        farewells.spawn(connection.quit());
    }
    farewells.join_all().await;
}
