//! The database that a command works on: one that was given, or the embedded one.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use embedded::{Options, Running, Server};
use migrations::Passwords;
use secrecy::{ExposeSecret, SecretString};

use crate::{auth, settings::Config};

/// The embedded server's database.
const NAME: &str = "gateway";

/// After a crash the server reads its log again first, which may take a while.
const START: Duration = Duration::from_secs(120);

/// Where the database is, and the server if it is ours.
pub(crate) struct Databases {
    /// As the login role, who serves.
    pub(crate) login: String,
    /// As a role that may migrate.
    migration: Option<String>,
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
    /// Its roles could not be made.
    #[error("the database could not be prepared")]
    Roles(#[from] migrations::Error),
    /// There is nothing to read yet.
    #[error(
        "there is no database in {} yet: make it with `gateway serve` or `gateway migrate up`, or set \
         GATEWAY_DATA_DIR to the folder of another one, or set DATABASE_URL",
        .0.display()
    )]
    Absent(PathBuf),
    /// Another kind of database, which the driver would not notice.
    #[error(
        "{0} is not a PostgreSQL URL: it begins with postgres:// (postgres://user@host/database)"
    )]
    Scheme(&'static str),
    /// A setting is missing.
    #[error("{0}")]
    Missing(&'static str),
}

impl Databases {
    /// The given database, or the embedded one started, made if missing.
    pub(crate) async fn open(config: &Config) -> Result<Self, DatabaseError> {
        match Self::given(config)? {
            Some(given) => Ok(given),
            None => Self::embedded(&config.data_dir, config).await,
        }
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

    /// Like [`Self::attach`], for commands that have nothing to say of an empty database.
    pub(crate) async fn existing(config: &Config) -> Result<Self, DatabaseError> {
        if config.database_url.is_none() && !embedded::has_cluster(&config.data_dir) {
            return Err(DatabaseError::Absent(config.data_dir.clone()));
        }
        Self::attach(config).await
    }

    /// The database that the settings name, if they name one.
    fn given(config: &Config) -> Result<Option<Self>, DatabaseError> {
        let Some(login) = exposed("DATABASE_URL", &config.database_url)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            login,
            migration: exposed("GATEWAY_MIGRATION_URL", &config.migration_url)?,
            admin: exposed("GATEWAY_ADMIN_URL", &config.admin_url)?,
            server: None,
        }))
    }

    async fn embedded(folder: &Path, config: &Config) -> Result<Self, DatabaseError> {
        let mut options = Options::durable(folder);
        options.binaries.clone_from(&config.postgres_bin);
        options.start_timeout = START;
        options.callers_files = &[auth::KEY_FILE];
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

    /// Stops the embedded server, whatever came of the work; the work's error is the one to tell.
    pub(crate) async fn close<T, E>(self, worked: Result<T, E>) -> Result<T, E>
    where
        E: From<DatabaseError>,
    {
        let stopped = match self.server {
            Some(server) => server.stop().await.map_err(DatabaseError::from),
            None => Ok(()),
        };
        let value = worked?;
        stopped?;
        Ok(value)
    }
}

/// The URL in a setting.
fn exposed(
    setting: &'static str,
    url: &Option<SecretString>,
) -> Result<Option<String>, DatabaseError> {
    let Some(url) = url.as_ref().map(ExposeSecret::expose_secret) else {
        return Ok(None);
    };
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Some(url.to_owned()));
    }
    Err(DatabaseError::Scheme(setting))
}
