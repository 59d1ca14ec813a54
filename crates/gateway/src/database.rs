//! The databases that a command works on, one for each tier: those that were given, or the embedded ones.

mod urls;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use embedded::{Options, Running, Server};
use migrations::Passwords;
use secrecy::{ExposeSecret, SecretString};
use tenant::Tier;

use crate::{
    auth,
    settings::{Config, TierSettings},
};
use urls::beside;

pub use urls::TierUrls;

/// The embedded server's database of the transactional tier; the others are named after theirs.
const NAME: &str = "gateway";

/// After a crash the server reads its log again first, which may take a while.
const START: Duration = Duration::from_secs(120);

/// Where the databases of the tiers are, and the server if it is ours.
pub(crate) struct Databases {
    tiers: Vec<TierDatabase>,
    server: Option<Server>,
}

/// One tier's database.
pub(crate) struct TierDatabase {
    pub(crate) tier: Tier,
    /// As the login role, who serves.
    pub(crate) login: String,
    /// As a role that may migrate.
    migration: Option<String>,
    /// As a superuser, who seeds and looks people up.
    pub(crate) admin: Option<String>,
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
            let url = |role: &str, name: &str| running.url(role, name);
            return Ok(Self {
                tiers: embedded_tiers(url, |name| running.superuser_url(name)),
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

    /// The databases that the settings name, if they name the transactional one. Those of the other tiers are beside it
    /// unless they are named, too.
    fn given(config: &Config) -> Result<Option<Self>, DatabaseError> {
        let Some(login) = exposed("DATABASE_URL", &config.database_url)? else {
            return Ok(None);
        };
        let oltp = TierDatabase {
            tier: Tier::Oltp,
            login,
            migration: exposed("GATEWAY_MIGRATION_URL", &config.migration_url)?,
            admin: exposed("GATEWAY_ADMIN_URL", &config.admin_url)?,
        };
        let others = [
            (Tier::Content, &config.content),
            (Tier::Analytics, &config.analytics),
            (Tier::Queue, &config.queue),
        ];
        let mut tiers = Vec::with_capacity(Tier::ALL.len());
        for (tier, settings) in others {
            tiers.push(oltp.other(tier, settings)?);
        }
        tiers.insert(0, oltp);
        Ok(Some(Self {
            tiers,
            server: None,
        }))
    }

    async fn embedded(folder: &Path, config: &Config) -> Result<Self, DatabaseError> {
        let mut options = Options::durable(folder);
        options.binaries.clone_from(&config.postgres_bin);
        options.start_timeout = START;
        options.callers_files = &[auth::KEY_FILE, auth::LINK_KEY_FILE];
        let server = Server::start(options).await?;
        let url = |role: &str, name: &str| server.url(role, name);
        let tiers = embedded_tiers(url, |name| server.superuser_url(name));
        for tier in Tier::ALL {
            let name = name_of(tier);
            if !server.has_database(&name).await? {
                server.create_database(&name).await?;
            }
            migrations::prepare_roles(&server.superuser_url(&name), &Passwords::default()).await?;
        }
        Ok(Self {
            tiers,
            server: Some(server),
        })
    }

    /// Each tier's, the transactional one first.
    pub(crate) fn tiers(&self) -> &[TierDatabase] {
        &self.tiers
    }

    /// The transactional tier's.
    pub(crate) fn oltp(&self) -> &TierDatabase {
        self.tiers
            .first()
            .expect("every way to make this puts the transactional tier first")
    }

    /// All as the login role, who serves.
    pub(crate) fn login(&self) -> TierUrls {
        let of = |tier| {
            let mut tiers = self.tiers.iter();
            let found = tiers.find(|database| database.tier == tier);
            found.map_or_else(String::new, |database| database.login.clone())
        };
        TierUrls {
            oltp: of(Tier::Oltp),
            content: of(Tier::Content),
            analytics: of(Tier::Analytics),
            queue: of(Tier::Queue),
        }
    }

    /// All as a superuser, as far as one is known; `None` where the transactional tier's is not.
    pub(crate) fn admin(&self) -> Option<seed::AdminUrls> {
        let of = |tier| {
            let mut tiers = self.tiers.iter();
            let found = tiers.find(|database| database.tier == tier);
            found.and_then(|database| database.admin.clone())
        };
        Some(seed::AdminUrls {
            oltp: of(Tier::Oltp)?,
            content: of(Tier::Content),
            analytics: of(Tier::Analytics),
            queue: of(Tier::Queue),
        })
    }

    /// True for the embedded database, which the gateway migrates and fills by itself.
    pub(crate) fn is_embedded(&self) -> bool {
        self.server.is_some()
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

impl TierDatabase {
    /// The URL that migrations need.
    pub(crate) fn migration(&self) -> Result<&str, DatabaseError> {
        self.migration
            .as_deref()
            .ok_or(DatabaseError::Missing(match self.tier {
                Tier::Oltp => {
                    "set GATEWAY_MIGRATION_URL (postgres://gateway_migrator@host/database) to migrate a database of your own"
                }
                Tier::Content => {
                    "set GATEWAY_CONTENT_MIGRATION_URL, too, where GATEWAY_CONTENT_URL names a database"
                }
                Tier::Analytics => {
                    "set GATEWAY_ANALYTICS_MIGRATION_URL, too, where GATEWAY_ANALYTICS_URL names a database"
                }
                Tier::Queue => {
                    "set GATEWAY_QUEUE_MIGRATION_URL, too, where GATEWAY_QUEUE_URL names a database"
                }
            }))
    }

    /// The database of another tier: the one that its settings name, or the one beside this.
    fn other(&self, tier: Tier, settings: &TierSettings) -> Result<Self, DatabaseError> {
        let names = match tier {
            Tier::Queue => [
                "GATEWAY_QUEUE_URL",
                "GATEWAY_QUEUE_MIGRATION_URL",
                "GATEWAY_QUEUE_ADMIN_URL",
            ],
            Tier::Analytics => [
                "GATEWAY_ANALYTICS_URL",
                "GATEWAY_ANALYTICS_MIGRATION_URL",
                "GATEWAY_ANALYTICS_ADMIN_URL",
            ],
            Tier::Content | Tier::Oltp => [
                "GATEWAY_CONTENT_URL",
                "GATEWAY_CONTENT_MIGRATION_URL",
                "GATEWAY_CONTENT_ADMIN_URL",
            ],
        };
        let login = exposed(names[0], &settings.url)?;
        let is_beside = login.is_none();
        let besides = |url: &Option<String>| {
            let url = url.as_deref().filter(|_| is_beside);
            url.map(|url| beside(url, tier))
        };
        let migration = exposed(names[1], &settings.migration_url)?;
        let admin = exposed(names[2], &settings.admin_url)?;
        Ok(Self {
            tier,
            login: login.unwrap_or_else(|| beside(&self.login, tier)),
            migration: migration.or_else(|| besides(&self.migration)),
            admin: admin.or_else(|| besides(&self.admin)),
        })
    }
}

fn embedded_tiers(
    url: impl Fn(&str, &str) -> String,
    superuser: impl Fn(&str) -> String,
) -> Vec<TierDatabase> {
    let database = |tier| {
        let name = name_of(tier);
        TierDatabase {
            tier,
            login: url("gateway_login", &name),
            migration: Some(url("gateway_migrator", &name)),
            admin: Some(superuser(&name)),
        }
    };
    Tier::ALL.map(database).into()
}

/// The name of a tier's database in the embedded server.
fn name_of(tier: Tier) -> String {
    match tier {
        Tier::Oltp => NAME.to_owned(),
        Tier::Content | Tier::Analytics | Tier::Queue => format!("{NAME}_{}", tier.as_str()),
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
