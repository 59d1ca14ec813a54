//! `gateway token`.

use std::time::Duration;

use clap::Args;
use tenant::Identity;

use super::{CommandError, find::Somebody, print};
use crate::{
    auth::{Claims, TokenKey},
    database::Databases,
    settings::Config,
};

/// Signs a development token. Names are looked up in the database; ids need none.
#[derive(Args, Debug)]
pub struct Token {
    /// The tenant's name (acme) or id (tnt_…); without one the user asks in no tenant
    #[arg(long)]
    tenant: Option<String>,
    /// The user's address (owner@acme.test) or id (user_…)
    #[arg(long)]
    user: String,
    /// For a member of the platform's staff, who asks in no tenant
    #[arg(long, conflicts_with = "tenant")]
    staff: bool,
    /// Hours that the token is valid
    #[arg(long, default_value_t = 24)]
    hours: u64,
}

impl Token {
    pub(super) async fn run(self, config: &Config) -> Result<(), CommandError> {
        let identity = match self.somebody().by_ids() {
            Some(identity) => identity,
            None => self.by_names(config).await?,
        };
        let key = key(config)?;
        let valid = Duration::from_secs(self.hours.saturating_mul(3600));
        print(Claims::new(&identity, valid).sign(&key))
    }

    fn somebody(&self) -> Somebody<'_> {
        Somebody {
            tenant: self.tenant.as_deref(),
            user: &self.user,
            staff: self.staff,
        }
    }

    async fn by_names(&self, config: &Config) -> Result<Identity, CommandError> {
        let databases = Databases::existing(config).await?;
        let found = self.somebody().by_names(&databases).await;
        databases.close(found).await
    }
}

/// The key that was given, or that of the data folder.
pub(super) fn key(config: &Config) -> Result<TokenKey, CommandError> {
    Ok(match &config.token_key {
        Some(secret) => TokenKey::new(secret)?,
        None => TokenKey::of_folder(&config.data_dir)?,
    })
}
