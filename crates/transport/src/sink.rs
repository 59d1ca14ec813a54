//! An SMTP server for development and tests. It listens on loopback alone, takes mail for whomever,
//! and delivers nothing: what it accepts goes into a Maildir, a journal, a channel.
//!
//! Commands, replies and dot-stuffing are those of Stalwart's codec, `smtp-proto`. Whole servers were
//! weighed: `mailin-embedded` blocks a thread for each connection, `samotop` is built on the discontinued
//! async-std, and neither lets a test say at which point of the conversation it goes wrong.
//!
//! ```
//! # async fn example() -> Result<(), transport::sink::Error> {
//! use transport::sink::{Options, Sink};
//!
//! let (sender, mut messages) = tokio::sync::mpsc::channel(16);
//! let sink = Sink::bind(Options { channel: Some(sender), ..Options::default() }).await?;
//! println!("send mail to {}", sink.address());
//! tokio::spawn(sink.serve(std::future::pending()));
//! while let Some(message) = messages.recv().await {
//!     println!("to {:?}: {:?}", message.to, message.message_id());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! To let one more thing go wrong, add it to [`Trouble`] or [`Moment`].

mod accept;
mod connection;
mod content;
mod fault;
mod keep;
mod received;
mod reply;
mod sasl;
mod session;

use std::{
    future::Future,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use rustls::ServerConfig;
use tokio::{
    net::{TcpListener, TcpStream},
    pin,
    sync::{mpsc, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::Credentials;
pub use fault::{Fault, Moment, Script, Trouble};
use keep::Keep;
pub use received::Received;
pub use reply::Reply;

/// How long connections may take to end their message once the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// How long nobody is let in after somebody could not be.
const BREATH: Duration = Duration::from_millis(50);

/// How a sink is started. The default takes everything on a free port of `127.0.0.1`, and forgets it.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen: an address of loopback; port 0 is a free one.
    pub listen: SocketAddr,
    /// The name it greets with.
    pub name: String,
    /// The largest message that is taken, in bytes; announced as SIZE (RFC 1870).
    pub max_bytes: usize,
    /// A certificate and its key: STARTTLS is offered, and not demanded.
    pub tls: Option<Arc<ServerConfig>>,
    /// With `tls`: connections begin with TLS, as on port 465 (RFC 8314).
    pub implicit_tls: bool,
    /// With these, nobody sends who has not signed in.
    pub credentials: Option<Credentials>,
    /// How long a client may say nothing.
    pub patience: Duration,
    /// How long a client waits for its greeting.
    pub greeting_delay: Duration,
    /// What goes wrong, and with whose mail.
    pub script: Script,
    /// A Maildir, made if missing, in which accepted messages are written to `new/`.
    pub maildir: Option<PathBuf>,
    /// A file that a line is appended to for each recipient of an accepted message, before its sender
    /// is told: time, recipient, message id, with tabs between them. A line outlives this process.
    pub journal: Option<PathBuf>,
    /// Accepted messages are sent here, before their sender is told; one that is full makes senders
    /// wait, one that is closed has them try again later.
    pub channel: Option<mpsc::Sender<Received>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            name: "localhost".to_owned(),
            max_bytes: 32 * 1024 * 1024,
            tls: None,
            implicit_tls: false,
            credentials: None,
            patience: Duration::from_secs(300),
            greeting_delay: Duration::ZERO,
            script: Script::default(),
            maildir: None,
            journal: None,
            channel: None,
        }
    }
}

/// Why a sink did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Mail that nobody delivers is taken from this machine only.
    #[error("{0} can be reached from elsewhere: listen on 127.0.0.1 or [::1]")]
    NotLoopback(SocketAddr),
    /// The address is taken, or not this machine's.
    #[error("can not listen on {address}: choose another address or port")]
    Bind {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The Maildir or the journal can not be made or opened.
    #[error("can not write to {}", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A server that listens.
pub struct Sink {
    listener: TcpListener,
    address: SocketAddr,
    options: Arc<Options>,
    keep: Arc<Keep>,
}

/// Listens and serves until `stop` is ready, and the messages that are on their way then have ended.
///
/// # Errors
/// As [`Sink::bind`].
pub async fn run(options: Options, stop: impl Future<Output = ()>) -> Result<(), Error> {
    let sink = Sink::bind(options).await?;
    tracing::info!(address = %sink.address(), "mail is taken, and not delivered");
    sink.serve(stop).await;
    Ok(())
}

impl Sink {
    /// Listens; connections wait until [`Sink::serve`].
    ///
    /// # Errors
    /// When the address is none of loopback's or taken, or the Maildir or journal can not be written.
    pub async fn bind(options: Options) -> Result<Self, Error> {
        let address = options.listen;
        if !address.ip().is_loopback() {
            return Err(Error::NotLoopback(address));
        }
        let keep = Arc::new(Keep::open(&options).await?);
        let refused = |source| Error::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        Ok(Self {
            address: listener.local_addr().map_err(refused)?,
            listener,
            options: Arc::new(options),
            keep,
        })
    }

    /// Where it listens, with the port that was free.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is ready. Then nobody is let in any more, who is between two messages is sent
    /// away, and the others have ten seconds to end theirs.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(self.connection(stream, stopped.clone()));
                    }
                    // One that is gone already, or there are too many: the next may do better.
                    Err(error) => {
                        tracing::warn!(error = %error, "a client could not be let in");
                        sleep(BREATH).await;
                    }
                }
            }
        }
        drop(self.listener);
        stopping.send_replace(true);
        let rest = async { while connections.join_next().await.is_some() {} };
        // Who takes longer is cut off, with the set.
        let _ = timeout(GRACE, rest).await;
    }

    fn connection(
        &self,
        stream: TcpStream,
        stopped: watch::Receiver<bool>,
    ) -> impl Future<Output = ()> + Send + 'static {
        let (options, keep) = (Arc::clone(&self.options), Arc::clone(&self.keep));
        async move {
            if let Err(error) = connection::serve(stream, &options, &keep, stopped).await {
                tracing::debug!(error = %error, "a client went away");
            }
        }
    }
}
