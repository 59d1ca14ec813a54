//! `gateway migrate`.

use clap::{Subcommand, ValueEnum};
use migrations::Passwords;
use secrecy::{ExposeSecret, SecretString};
use tenant::Tier;

use super::{CommandError, print};
use crate::{
    database::{Databases, TierDatabase},
    settings::Config,
};

/// Where to.
#[derive(Subcommand, Debug)]
pub enum Migrate {
    /// Apply what is missing; with GATEWAY_ADMIN_URL set, make the roles first
    Up {
        /// At most so many
        #[arg(long)]
        steps: Option<u32>,
        /// Only those of this tier
        #[arg(long)]
        tier: Option<TierName>,
    },
    /// Take the latest back; with it goes the data of its tables
    Down {
        /// So many
        #[arg(long, default_value_t = 1)]
        steps: u32,
        /// Of this tier [default: oltp]
        #[arg(long)]
        tier: Option<TierName>,
    },
    /// List all migrations, and which are applied
    Status,
}

impl Migrate {
    pub(super) async fn run(self, config: &Config) -> Result<(), CommandError> {
        let databases = match self {
            Self::Up { .. } => Databases::attach(config).await?,
            Self::Down { .. } | Self::Status => Databases::existing(config).await?,
        };
        let worked = self.work(config, &databases).await;
        databases.close(worked).await
    }

    async fn work(&self, config: &Config, databases: &Databases) -> Result<(), CommandError> {
        match self {
            Self::Up { steps, tier } => {
                make_roles(config, databases).await?;
                let mut names = Vec::new();
                for database in chosen(databases, *tier) {
                    let url = database.migration()?;
                    let done = migrations::up(history(database.tier), url, *steps).await?;
                    names.extend(done.into_iter().map(|name| (database.tier, name)));
                }
                report(
                    "applied",
                    &names,
                    "nothing to do: every migration is applied",
                )
            }
            Self::Down { steps, tier } => {
                let mut names = Vec::new();
                for database in chosen(databases, Some(tier.unwrap_or(TierName::Oltp))) {
                    let url = database.migration()?;
                    let done = migrations::down(history(database.tier), url, Some(*steps)).await?;
                    names.extend(done.into_iter().map(|name| (database.tier, name)));
                }
                report(
                    "taken back",
                    &names,
                    "nothing to do: no migration is applied",
                )
            }
            Self::Status => status(databases).await,
        }
    }
}

/// A tier as it is named on the command line.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierName {
    /// Tenants, what they send with, to whom, and what they pay
    Oltp,
    /// Mail
    Content,
    /// Numbers
    Analytics,
    /// Work
    Queue,
}

fn chosen(databases: &Databases, tier: Option<TierName>) -> impl Iterator<Item = &TierDatabase> {
    let tier = tier.map(|tier| match tier {
        TierName::Oltp => Tier::Oltp,
        TierName::Content => Tier::Content,
        TierName::Analytics => Tier::Analytics,
        TierName::Queue => Tier::Queue,
    });
    let is_chosen = move |database: &&TierDatabase| tier.is_none_or(|tier| tier == database.tier);
    databases.tiers().iter().filter(is_chosen)
}

/// A tier's migrations.
pub(super) fn history(tier: Tier) -> migrations::Tier {
    match tier {
        Tier::Oltp => migrations::Tier::Oltp,
        Tier::Content => migrations::Tier::Content,
        Tier::Analytics => migrations::Tier::Analytics,
        Tier::Queue => migrations::Tier::Queue,
    }
}

/// Applies what is missing in each tier; answers with how many migrations that were.
pub(super) async fn bring_up(databases: &Databases) -> Result<usize, CommandError> {
    let mut applied = 0;
    for database in databases.tiers() {
        let tier = history(database.tier);
        // Who may migrate need not be known where there is nothing to do.
        if migrations::pending(tier, &database.login).await? > 0 {
            let names = migrations::up(tier, database.migration()?, None).await?;
            applied += names.len();
        }
    }
    Ok(applied)
}

async fn status(databases: &Databases) -> Result<(), CommandError> {
    for database in databases.tiers() {
        let tier = database.tier;
        for migration in migrations::status(history(tier), &database.login).await? {
            let state = if migration.applied {
                "applied"
            } else {
                "missing"
            };
            print(format_args!(
                "{state}  {:<9}  {}",
                tier.as_str(),
                migration.name
            ))?;
        }
    }
    Ok(())
}

fn report(done: &str, names: &[(Tier, String)], nothing: &str) -> Result<(), CommandError> {
    if names.is_empty() {
        return print(nothing);
    }
    for (tier, name) in names {
        print(format_args!("{done}  {:<9}  {name}", tier.as_str()))?;
    }
    Ok(())
}

/// The embedded database has its roles. In one that was given, a superuser makes them, with the
/// passwords that the URLs of the two that log in carry.
async fn make_roles(config: &Config, databases: &Databases) -> Result<(), CommandError> {
    if config.database_url.is_none() {
        return Ok(());
    }
    let passwords = Passwords {
        login: config
            .database_url
            .as_ref()
            .and_then(|url| password_of("gateway_login", url)),
        migrator: config
            .migration_url
            .as_ref()
            .and_then(|url| password_of("gateway_migrator", url)),
    };
    for database in databases.tiers() {
        if let Some(admin) = &database.admin {
            migrations::make_database(admin).await?;
            migrations::prepare_roles(admin, &passwords).await?;
        }
    }
    Ok(())
}

/// The password in `postgres://role:password@host/…`, if that is the URL's role.
fn password_of(role: &str, url: &SecretString) -> Option<SecretString> {
    let (_, rest) = url.expose_secret().split_once("://")?;
    let (user, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
    let (name, password) = user.split_once(':')?;
    (name == role).then(|| decode(password).into())
}

/// Undoes percent-encoding. What is not UTF-8 then is no password that could be typed.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| first == b'%');
        let byte = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::password_of;

    fn password(url: &str) -> Option<String> {
        let found = password_of("gateway_login", &url.into())?;
        Some(found.expose_secret().to_owned())
    }

    #[test]
    fn the_password_is_that_of_the_role_decoded() {
        let found =
            password("postgres://gateway_login:p%40ss%2Fw%25rd@db.test:5432/x?sslmode=require");
        assert_eq!(found.as_deref(), Some("p@ss/w%rd"));
        assert_eq!(
            password("postgres://gateway_login:100%@db.test/x").as_deref(),
            Some("100%")
        );
        assert_eq!(password("postgres://gateway_login@db.test/x"), None);
        assert_eq!(password("postgres:///x?host=/tmp&user=gateway_login"), None);
        assert_eq!(password("postgres://postgres:secret@db.test/x"), None);
    }
}
