//! Whether the request's user still has an account: the opening message of a user who names no tenant asks
//! it. A function, because people are seen in a tenant, and here is none; it answers for nobody but the
//! user who asks, as `viewer_tenants()` does.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = r"
CREATE FUNCTION viewer_is_live() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (
        SELECT FROM users
        WHERE id = current_setting('app.current_user_id')::uuid AND deleted IS NULL
    );
END;
REVOKE EXECUTE ON FUNCTION viewer_is_live() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION viewer_is_live() TO gateway_login;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP FUNCTION viewer_is_live()"]).await
    }
}
