//! Where a database is, and how a connection to it is made.

mod local;
mod tls;

use std::{io, path::PathBuf, str::FromStr, time::Duration};

use futures::FutureExt;
use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::time::timeout;
use tokio_postgres::{
    Client, Config, NoTls,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::wire::{Connection, Wire, connecting};
use local::LocalSocket;

/// How long the handshake may take; the pool's time-out is the shorter one as a rule.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Where a database is.
pub(crate) struct Target {
    config: Config,
    tls: MakeRustlsConnect,
    options: PgConnectOptions,
    /// What a fresh connection runs before it is used.
    preparing: Option<String>,
    /// The URL says that nothing stays prepared: a pooler stands between, that lends each transaction another session.
    is_pooled: bool,
    /// What each transaction sets there, where connections are given nothing that stays.
    in_each: Option<String>,
}

impl Target {
    /// Reads a PostgreSQL URL as the migrations do, with the environment's `PG…` variables and the
    /// password file for what it leaves out.
    ///
    /// # Errors
    /// When `url` is none, or names a certificate file that can not be read.
    pub(crate) fn parse(
        url: &str,
        statement_timeout: Option<Duration>,
    ) -> Result<Self, sqlx::Error> {
        Self::named(url, "tenant-gateway", statement_timeout)
    }

    /// The same with a name of its own among the server's sessions.
    pub(crate) fn named(
        url: &str,
        name: &str,
        statement_timeout: Option<Duration>,
    ) -> Result<Self, sqlx::Error> {
        let mut options = PgConnectOptions::from_str(url)?.application_name(name);
        let is_pooled = keeps_nothing(&options);
        let time = statement_timeout.map(|time| time.as_millis());
        if let Some(time) = time
            && !is_pooled
        {
            // With the first message of a connection, and never again.
            options = options.options([("statement_timeout", time)]);
        }
        let tls = tls::connector(&options)?;
        let in_each = time.filter(|_| is_pooled);
        Ok(Self {
            config: config(&options),
            tls,
            options,
            preparing: None,
            is_pooled,
            in_each: in_each.map(|time| format!("SET LOCAL statement_timeout = {time}")),
        })
    }

    /// The same, with connections that run `preparing` before they are used.
    pub(crate) fn prepared(mut self, preparing: String) -> Self {
        self.preparing = Some(preparing).filter(|_| !self.is_pooled);
        self
    }

    /// Whether nothing may be left on a connection for the next transaction: no statement by its name.
    pub(crate) fn is_pooled(&self) -> bool {
        self.is_pooled
    }

    /// A transaction's opening message, with what other connections were given when they were made.
    pub(crate) fn completed(&self, opening: String) -> String {
        match &self.in_each {
            Some(setting) => opening.replacen(';', &format!("; {setting};"), 1),
            None => opening,
        }
    }

    /// The same for the other driver.
    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    pub(crate) async fn connect(&self) -> Result<Wire, sqlx::Error> {
        let (client, connection) = self.connect_apart().await?;
        let wire = Wire::new(client, connection, self.preparing.as_deref()).await;
        let wire = wire.map_err(connecting)?;
        Ok(if self.is_pooled {
            wire.forgetful()
        } else {
            wire
        })
    }

    /// A connection, and what has to be polled for it to work.
    pub(crate) async fn connect_apart(&self) -> Result<(Client, Connection), sqlx::Error> {
        let Some(path) = self.socket() else {
            let connected = self.config.connect(self.tls.clone()).await;
            let (client, connection) = connected.map_err(connecting)?;
            return Ok((client, connection.boxed()));
        };
        let socket = timeout(HANDSHAKE, LocalSocket::connect(&path)).await;
        let socket = socket.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        // PostgreSQL has no TLS on such sockets; who insists on it is told so.
        let connected = self.config.connect_raw(socket, NoTls).await;
        let (client, connection) = connected.map_err(connecting)?;
        Ok((client, connection.boxed()))
    }

    /// The path of the Unix socket, if it is one that is connected to.
    fn socket(&self) -> Option<PathBuf> {
        let [Host::Unix(folder)] = self.config.get_hosts() else {
            return None;
        };
        let [port] = self.config.get_ports() else {
            return None;
        };
        Some(folder.join(format!(".s.PGSQL.{port}")))
    }
}

fn config(options: &PgConnectOptions) -> Config {
    let mut config = Config::new();
    match options.get_socket() {
        Some(folder) => config.host_path(folder),
        // As sqlx has it: a host that is a path is a socket's folder.
        None => config.host(options.get_host()),
    };
    config
        .port(options.get_port())
        .user(options.get_username())
        .ssl_mode(match options.get_ssl_mode() {
            PgSslMode::Disable => SslMode::Disable,
            PgSslMode::Allow | PgSslMode::Prefer => SslMode::Prefer,
            PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull => SslMode::Require,
        })
        .connect_timeout(HANDSHAKE);
    if let Some(database) = options.get_database() {
        config.dbname(database);
    }
    if let Some(name) = options.get_application_name() {
        config.application_name(name);
    }
    if let Some(settings) = options.get_options() {
        config.options(settings);
    }
    if let Some(password) = password(options) {
        config.password(password);
    }
    config
}

/// sqlx's word for it in a URL, `statement-cache-capacity=0`, which it shows in a URL only.
fn keeps_nothing(options: &PgConnectOptions) -> bool {
    let url = options.to_url_lossy();
    let mut pairs = url.query_pairs();
    pairs.any(|(name, value)| name == "statement-cache-capacity" && value == "0")
}

/// sqlx shows the password in a URL only.
fn password(options: &PgConnectOptions) -> Option<Vec<u8>> {
    let url = options.to_url_lossy();
    let encoded = url.password()?.to_owned();
    Some(percent_encoding::percent_decode_str(&encoded).collect())
}
