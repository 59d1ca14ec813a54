//! A change of the log of acts is refused as a statement, before it finds a row: its owner, to whom the policies show none,
//! is told so, too, and is not left to believe that nothing was there.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TRIGGER admin_audit_log_no_change BEFORE UPDATE OR DELETE ON admin_audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_log()";
const DOWN: &str = "DROP TRIGGER admin_audit_log_no_change ON admin_audit_log";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
