//! `gateway migrate`.

use clap::Subcommand;
use migrations::Passwords;
use secrecy::{ExposeSecret, SecretString};

use super::{CommandError, print};
use crate::{database::Databases, settings::Config};

/// Where to.
#[derive(Subcommand, Debug)]
pub enum Migrate {
    /// Apply what is missing; with GATEWAY_ADMIN_URL set, make the roles first
    Up {
        /// At most so many
        #[arg(long)]
        steps: Option<u32>,
    },
    /// Take the latest back; with it goes the data of its tables
    Down {
        /// So many
        #[arg(long, default_value_t = 1)]
        steps: u32,
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
            Self::Up { steps } => {
                make_roles(config).await?;
                let names = migrations::up(databases.migration()?, *steps).await?;
                report(
                    "applied",
                    &names,
                    "nothing to do: every migration is applied",
                )
            }
            Self::Down { steps } => {
                let names = migrations::down(databases.migration()?, Some(*steps)).await?;
                report(
                    "taken back",
                    &names,
                    "nothing to do: no migration is applied",
                )
            }
            Self::Status => status(&databases.login).await,
        }
    }
}

async fn status(login: &str) -> Result<(), CommandError> {
    for migration in migrations::status(login).await? {
        let state = if migration.applied {
            "applied"
        } else {
            "missing"
        };
        print(format_args!("{state}  {}", migration.name))?;
    }
    Ok(())
}

fn report(done: &str, names: &[String], nothing: &str) -> Result<(), CommandError> {
    if names.is_empty() {
        return print(nothing);
    }
    for name in names {
        print(format_args!("{done}  {name}"))?;
    }
    Ok(())
}

/// The embedded database has its roles. In one that was given, a superuser makes them, with the
/// passwords that the URLs of the two that log in carry.
async fn make_roles(config: &Config) -> Result<(), CommandError> {
    let (Some(_), Some(admin)) = (&config.database_url, &config.admin_url) else {
        return Ok(());
    };
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
    Ok(migrations::prepare_roles(admin.expose_secret(), &passwords).await?)
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
