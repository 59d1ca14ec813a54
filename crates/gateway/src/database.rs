//! The database that a command works on: one that was given, or the embedded one.

use std::{path::Path, time::Duration};

use embedded::{Options, Running, Server};
use migrations::Passwords;
use secrecy::ExposeSecret;

use crate::settings::Config;

/// The embedded server's database.
const NAME: &str = "gateway";

/// Where the database is, and the server if it is ours.
pub(crate) struct Databases {
    /// As the login role, who serves.
    pub(crate) login: String,
    /// As a role that may migrate.
    pub(crate) migration: Option<String>,
    /// As a superuser, who seeds and looks people up.
    pub(crate) admin: Option<String>,
    server: Option<Server>,
}

/// Why there is no database to work on.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The embedded server did not start.
    #[error(transparent)]
    Embedded(#[from] embedded::Error),
    /// Roles or migrations failed.
    #[error("the database could not be prepared")]
    Migration(#[from] migrations::Error),
    /// A setting is missing.
    #[error("{0}")]
    Missing(&'static str),
}

impl Databases {
    /// The given database, or the embedded one started, with its database and roles made.
    pub(crate) async fn open(config: &Config) -> Result<Self, DatabaseError> {
        match &config.database_url {
            Some(login) => Ok(Self {
                login: login.expose_secret().to_owned(),
                migration: config.migration_url.as_ref().map(|url| url.expose_secret().to_owned()),
                admin: config.admin_url.as_ref().map(|url| url.expose_secret().to_owned()),
                server: None,
            }),
            None => Self::embedded(&config.data_dir, config).await,
        }
    }

    async fn embedded(folder: &Path, config: &Config) -> Result<Self, DatabaseError> {
        let mut options = Options::durable(folder);
        options.binaries.clone_from(&config.postgres_bin);
        options.start_timeout = Duration::from_secs(120);
        let server = Server::start(options).await?;
        if !server.has_database(NAME).await? {
            server.create_database(NAME).await?;
        }
        let admin = server.superuser_url(NAME);
        migrations::prepare_roles(&admin, &Passwords::default()).await?;
        Ok(Self {
            login: server.url("gateway_login", NAME),
            migration: Some(server.url("gateway_migrator", NAME)),
            admin: Some(admin),
            server: Some(server),
        })
    }

    /// Like [`Self::open`], but uses the embedded server that another `gateway` runs at this moment.
    pub(crate) async fn attach(config: &Config) -> Result<Self, DatabaseError> {
        if config.database_url.is_none()
            && let Some(running) = Running::find(&config.data_dir)?
        {
            return Ok(Self {
                login: running.url("gateway_login", NAME),
                migration: Some(running.url("gateway_migrator", NAME)),
                admin: Some(running.superuser_url(NAME)),
                server: None,
            });
        }
        Self::open(config).await
    }

    /// True for the embedded database, which the gateway migrates and fills by itself.
    pub(crate) fn is_embedded(&self) -> bool {
        self.server.is_some()
    }

    /// The URL that migrations need.
    pub(crate) fn migration(&self) -> Result<&str, DatabaseError> {
        self.migration.as_deref().ok_or(DatabaseError::Missing(
            "set GATEWAY_MIGRATION_URL (postgres://gateway_migrator@host/database) to migrate a database of your own",
        ))
    }

    /// Stops the embedded server.
    pub(crate) async fn close(self) -> Result<(), DatabaseError> {
        match self.server {
            Some(server) => Ok(server.stop().await?),
            None => Ok(()),
        }
    }
}
