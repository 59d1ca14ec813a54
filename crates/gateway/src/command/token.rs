//! `gateway token`.

use std::time::Duration;

use clap::Args;
use entity::id::{TenantId, UserId};
use tenant::{Identity, find_member, find_staff, find_user};

use super::{CommandError, print};
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
        let identity = match self.by_ids() {
            Some(identity) => identity,
            None => self.by_names(config).await?,
        };
        let key = key(config)?;
        let valid = Duration::from_secs(self.hours.saturating_mul(3600));
        print(Claims::new(identity, valid).sign(&key))
    }

    fn by_ids(&self) -> Option<Identity> {
        let user = self.user.parse::<UserId>().ok()?;
        match &self.tenant {
            Some(tenant) => Some(Identity::Member {
                tenant: tenant.parse::<TenantId>().ok()?,
                user,
            }),
            None if self.staff => Some(Identity::Staff { user }),
            None => Some(Identity::User { user }),
        }
    }

    async fn by_names(&self, config: &Config) -> Result<Identity, CommandError> {
        let databases = Databases::existing(config).await?;
        let found = match databases.admin.as_deref() {
            None => Err(CommandError::Usage(
                "names can not be looked up as the login role: give ids (--tenant tnt_… --user user_…), or set GATEWAY_ADMIN_URL to a superuser's URL".to_owned(),
            )),
            Some(url) => self.look_up(url).await,
        };
        databases.close(found).await
    }

    async fn look_up(&self, url: &str) -> Result<Identity, CommandError> {
        let found = match &self.tenant {
            Some(tenant) => find_member(url, tenant, &self.user).await,
            None if self.staff => find_staff(url, &self.user).await,
            None => find_user(url, &self.user).await,
        };
        found.map_err(CommandError::Unreachable)?.ok_or_else(|| {
            CommandError::Usage(match &self.tenant {
                Some(tenant) => format!("the tenant {tenant} has no member {}, or there is no such tenant: the demo, which the first `gateway serve` makes, has owner@acme.test in acme and owner@globex.test in globex", self.user),
                None if !self.staff => format!("there is no user {}: the demo, which the first `gateway serve` makes, has owner@acme.test and consultant@agency.test", self.user),
                None => format!("no active member of staff is {}: the demo, which the first `gateway serve` makes, has ops@platform.test", self.user),
            })
        })
    }
}

/// The key that was given, or that of the data folder.
pub(super) fn key(config: &Config) -> Result<TokenKey, CommandError> {
    Ok(match &config.token_key {
        Some(secret) => TokenKey::new(secret)?,
        None => TokenKey::of_folder(&config.data_dir)?,
    })
}
