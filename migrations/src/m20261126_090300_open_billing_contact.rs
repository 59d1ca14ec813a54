//! Owners and billing say whom the platform writes to about the bill. All else of a subscription follows
//! from what was bought and paid, which the billing service writes.
//!
//! The contact is a live member: the foreign key knows all users of the platform, and would tell which
//! of them there are.

use crate::{
    row_security::{PAYERS, any_writers, writers},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = r"
GRANT UPDATE (billing_contact_user_id) ON subscriptions TO gateway_login;
CREATE POLICY subscriptions_contact ON subscriptions AS RESTRICTIVE
    FOR UPDATE TO gateway_login
    USING (true)
    WITH CHECK (billing_contact_user_id IS NULL OR billing_contact_user_id = ANY (ARRAY(
        SELECT user_id FROM tenant_users WHERE deleted IS NULL
    )));
";

const DOWN: &str = r"
DROP POLICY subscriptions_contact ON subscriptions;
REVOKE UPDATE ON subscriptions FROM gateway_login;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP, &writers("subscriptions", PAYERS)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN, &any_writers("subscriptions")]).await
    }
}
