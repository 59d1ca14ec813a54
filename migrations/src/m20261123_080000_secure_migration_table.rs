//! The migration tool's own table keeps the rule that every table has row level security, forced.
//!
//! The owner writes it as it migrates; the gateway's login role reads it, so that the gateway can
//! say that the schema is behind.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

pub(crate) const UP: &str = r"
ALTER TABLE seaql_migrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE seaql_migrations FORCE ROW LEVEL SECURITY;
CREATE POLICY seaql_migrations_owner ON seaql_migrations
    FOR ALL TO gateway_owner USING (true) WITH CHECK (true);
CREATE POLICY seaql_migrations_read ON seaql_migrations
    FOR SELECT TO gateway_login USING (true);
GRANT SELECT ON seaql_migrations TO gateway_login;
";

pub(crate) const DOWN: &str = r"
REVOKE SELECT ON seaql_migrations FROM gateway_login;
DROP POLICY seaql_migrations_read ON seaql_migrations;
DROP POLICY seaql_migrations_owner ON seaql_migrations;
ALTER TABLE seaql_migrations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE seaql_migrations DISABLE ROW LEVEL SECURITY;
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
