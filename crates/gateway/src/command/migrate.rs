//! `gateway migrate`.

use clap::Subcommand;

use super::{CommandError, print};
use crate::{database::Databases, settings::Config};

/// Where to.
#[derive(Subcommand, Debug)]
pub enum Migrate {
    /// Apply what is missing
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
        let databases = Databases::attach(config).await?;
        let result = self.change(&databases).await;
        databases.close().await?;
        result
    }

    async fn change(&self, databases: &Databases) -> Result<(), CommandError> {
        match self {
            Self::Up { steps } => report("applied", &migrations::up(databases.migration()?, *steps).await?),
            Self::Down { steps } => report("taken back", &migrations::down(databases.migration()?, Some(*steps)).await?),
            Self::Status => {
                for migration in migrations::status(&databases.login).await? {
                    print(format_args!("{}  {}", if migration.applied { "applied" } else { "missing" }, migration.name));
                }
            }
        }
        Ok(())
    }
}

fn report(done: &str, names: &[String]) {
    if names.is_empty() {
        print("nothing to do");
    }
    for name in names {
        print(format_args!("{done}  {name}"));
    }
}
