//! Staff with a permission of its own read the log of acts of high risk. The log is in the analytics tier, whose policy asks
//! for the permission's name.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = r"
ALTER TABLE permissions NO FORCE ROW LEVEL SECURITY;
INSERT INTO permissions (id, name, description) VALUES
    ('019c0000-0000-7000-8000-000000000007', 'audit.read', 'Read the log of acts of high risk.');
ALTER TABLE permissions FORCE ROW LEVEL SECURITY;
";

const DOWN: &str = r"
ALTER TABLE staff_role_permissions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE permissions NO FORCE ROW LEVEL SECURITY;
DELETE FROM permissions WHERE name = 'audit.read';
ALTER TABLE permissions FORCE ROW LEVEL SECURITY;
ALTER TABLE staff_role_permissions FORCE ROW LEVEL SECURITY;
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
