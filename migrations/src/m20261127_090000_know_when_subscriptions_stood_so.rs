//! `stripe_status_updated`: when Stripe last said how a subscription stands, by its state or by an invoice. A state that is
//! older than an invoice still says which plan and which period it is of, but not whether that is paid.

use crate::{row_security::unforced, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let known = "UPDATE subscriptions SET stripe_status_updated = stripe_updated;";
        run(
            manager,
            &[
                "ALTER TABLE subscriptions ADD COLUMN stripe_status_updated timestamptz",
                &unforced(&["subscriptions"], known),
                "GRANT UPDATE (stripe_status_updated) ON subscriptions TO gateway_worker",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &["ALTER TABLE subscriptions DROP COLUMN stripe_status_updated"],
        )
        .await
    }
}
