//! A running server.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Child,
    thread,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::time::{Instant, sleep};

use crate::{
    SUPERUSER,
    account::Account,
    error::Error,
    home::Home,
    launch,
    lock::Lock,
    log::Log,
    orphan,
    settings::{Durability, Options},
    socket,
    url::socket_url,
    watchdog::Watchdog,
};

/// How often a state that nobody announces is looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// A running PostgreSQL server. Dropping it stops it, too, but [`Server::stop`] waits as long as it takes.
///
/// It is not tied to the async runtime that started it.
#[derive(Debug)]
pub struct Server {
    // Fields are dropped in this order: the lock goes last.
    watchdog: Option<Watchdog>,
    child: Child,
    log: Log,
    socket_dir: PathBuf,
    durability: Durability,
    _lock: Lock,
}

impl Server {
    /// Starts a server in `options.data_dir` and waits until it takes connections. The first time it makes
    /// the cluster, which takes a second or two.
    ///
    /// # Errors
    ///
    /// When the folder is in use, foreign or of another major version, when no binaries are found, and
    /// when the server does not come up; see [`Error`].
    pub async fn start(options: Options) -> Result<Self, Error> {
        let home = Home::open(&options.data_dir, options.callers_files)?;
        let mut lock = Lock::take(&home)?;
        orphan::clear(&home, &lock).await?;
        let account = Account::choose(&home.cluster())?;
        let binaries = launch::prepare(&home, &account, &options).await?;
        let socket_dir = socket::folder(&home, &account)?;
        let (child, log) = launch::spawn(&home, &account, &binaries, &options, &socket_dir)?;
        let recorded = lock.record(Some(child.id() as i32));
        // From here on, dropping `server` stops the process.
        let mut server = Self {
            watchdog: None,
            child,
            log,
            socket_dir,
            durability: options.durability,
            _lock: lock,
        };
        recorded?;
        let watchdog = Watchdog::start(&account, server.child.id(), server.parting_signal())?;
        server.watchdog = Some(watchdog);
        server.ready_within(options.start_timeout).await?;
        tracing::info!(pid = server.pid(), socket = %server.socket_dir.display(), "PostgreSQL is ready");
        Ok(server)
    }

    /// Stops the server: running statements are cancelled, data is written out. Escalates to an immediate
    /// shutdown (data is recovered at the next start) after 30 s.
    ///
    /// # Errors
    ///
    /// [`Error::StillRunning`] if not even that ends it within another 10 s.
    pub async fn stop(mut self) -> Result<(), Error> {
        for (signal, seconds) in [(Signal::SIGINT, 30), (Signal::SIGQUIT, 10)] {
            self.signal(signal);
            let deadline = Instant::now() + Duration::from_secs(seconds);
            while Instant::now() < deadline {
                if self.has_ended() {
                    return Ok(());
                }
                sleep(PAUSE).await;
            }
        }
        Err(Error::StillRunning { pid: self.pid() })
    }

    /// The connection string of the superuser, for `database`.
    pub fn superuser_url(&self, database: &str) -> String {
        self.url(SUPERUSER, database)
    }

    /// The connection string of `role`, for `database`. Roles need no password.
    pub fn url(&self, role: &str, database: &str) -> String {
        socket_url(&self.socket_dir, role, database)
    }

    /// The process number of the server.
    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// The folder of the Unix socket.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The file that the server logs to.
    pub fn log_path(&self) -> &Path {
        self.log.path()
    }

    /// A connection of the superuser.
    pub(crate) async fn connect(&self, database: &str) -> Result<PgConnection, sqlx::Error> {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket_dir)
            .port(socket::PORT)
            .username(SUPERUSER)
            .database(database)
            .connect()
            .await
    }

    async fn ready_within(&mut self, patience: Duration) -> Result<(), Error> {
        let deadline = Instant::now() + patience;
        loop {
            if self.has_ended() {
                return Err(Error::DiedEarly {
                    log: self.log.path().into(),
                    tail: self.log.tail(),
                });
            }
            if let Ok(connection) = self.connect("postgres").await {
                return Ok(connection.close().await?);
            }
            if Instant::now() > deadline {
                return Err(Error::NotReady {
                    seconds: patience.as_secs(),
                    log: self.log.path().into(),
                    tail: self.log.tail(),
                });
            }
            sleep(PAUSE).await;
        }
    }

    /// What ends the server when there is no time to wait: data that will not be read again needs no
    /// last checkpoint.
    fn parting_signal(&self) -> Signal {
        match self.durability {
            Durability::Durable => Signal::SIGINT,
            Durability::Scratch => Signal::SIGQUIT,
        }
    }

    fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Never signals a process that we have already collected: its number may be another's by now.
    fn signal(&mut self, signal: Signal) {
        if !self.has_ended() {
            // It may end between the two lines; the number is still ours then.
            let _ = kill(Pid::from_raw(self.pid()), signal);
        }
    }
}

impl Drop for Server {
    /// Signals the server and gives it a moment, blocking this thread up to three seconds, so that whoever
    /// removes the folder or starts the next server finds it ended.
    fn drop(&mut self) {
        self.signal(self.parting_signal());
        for _ in 0..150 {
            if self.has_ended() {
                // It is empty now. A folder outside the data folder would be litter; the next start
                // makes it again.
                let _ = fs::remove_dir(&self.socket_dir);
                return;
            }
            thread::sleep(PAUSE);
        }
    }
}
