//! What the database says of who asks, with the opening message's answer.

use sea_orm::DbErr;

use super::TenantContext;
use crate::{
    identity::{Identity, Role},
    tier::Tier,
    transaction::Grants,
};

impl TenantContext {
    /// The member's roles, the most powerful first; empty for who asks in no tenant. Opens the transaction.
    ///
    /// # Errors
    /// As for any statement, when the transaction can not be opened.
    pub async fn roles(&self) -> Result<Vec<Role>, DbErr> {
        match self.identity {
            Identity::Member { .. } | Identity::Key(_) => {}
            Identity::User { .. }
            | Identity::Staff { .. }
            | Identity::Acting { .. }
            | Identity::Job { .. }
            | Identity::Dispatcher => return Ok(Vec::new()),
        }
        let mut roles: Vec<Role> = self
            .grants()
            .await?
            .names
            .iter()
            .filter_map(|text| Role::parse(text))
            .collect();
        roles.sort_unstable();
        Ok(roles)
    }

    /// A member of staff's permissions, as the database spells them; empty for everybody else. Opens the transaction.
    ///
    /// # Errors
    /// As for any statement, when the transaction can not be opened.
    pub async fn permissions(&self) -> Result<Vec<String>, DbErr> {
        if !self.identity.is_staff() {
            return Ok(Vec::new());
        }
        Ok(self.grants().await?.names.to_vec())
    }

    /// Has it checked that who asks may, without a statement of its own. Opens the transaction.
    ///
    /// # Errors
    /// As for any statement, when the transaction can not be opened.
    pub async fn admit(&self) -> Result<(), DbErr> {
        self.grants().await.map(drop)
    }

    /// Whether who asks may write anything at all; not an analyst, nor a key that only reads. Opens the transaction.
    ///
    /// # Errors
    /// As for any statement, when the transaction can not be opened.
    pub async fn may_write(&self) -> Result<bool, DbErr> {
        Ok(!self.grants().await?.read_only)
    }

    pub(super) async fn grants(&self) -> Result<Grants, DbErr> {
        let mut attempts = 0;
        loop {
            let transaction = self.transaction(Tier::Oltp).await?;
            match transaction.opened().await {
                Ok(grants) => return Ok(grants),
                Err(error) => {
                    let tier = Tier::Oltp;
                    self.try_again(&mut attempts, tier, &transaction, error)
                        .await?;
                }
            }
        }
    }
}
