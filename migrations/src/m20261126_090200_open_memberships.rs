//! Owners say what their tenant's members may do, and remove them.
//!
//! Nobody is made a member by a statement of the login role: whom a tenant has as a member, it sees the
//! account of, so that needs the person's own consent (an invitation that was accepted).
//!
//! A tenant keeps an owner. The trigger lets those who take an owner away wait for each other, and then
//! looks for another one with what the first has committed: two owners who remove each other at the
//! same moment can not both succeed. One whose account is deleted is none. It binds whoever takes one
//! away, the operator included.

use crate::{
    row_security::{OWNERS, any_writers, writers},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const GRANT: &str = "GRANT UPDATE (roles, deleted, email) ON tenant_users TO gateway_login";

const LAST_OWNER: &str = r"
CREATE FUNCTION keep_an_owner() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('gateway.owners ' || OLD.tenant_id, 0));
    IF NOT EXISTS (
        SELECT FROM tenant_users
        JOIN users ON users.id = tenant_users.user_id AND users.deleted IS NULL
        WHERE tenant_id = OLD.tenant_id AND user_id <> OLD.user_id
            AND tenant_users.deleted IS NULL AND 'owner' = ANY (roles)
    ) THEN
        RAISE SQLSTATE 'TG101' USING MESSAGE = 'a tenant keeps an owner';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION keep_an_owner() FROM PUBLIC;
CREATE TRIGGER tenant_users_keep_an_owner BEFORE UPDATE ON tenant_users FOR EACH ROW
    WHEN (OLD.deleted IS NULL AND 'owner' = ANY (OLD.roles)
        AND (NEW.deleted IS NOT NULL OR NOT 'owner' = ANY (NEW.roles)))
    EXECUTE FUNCTION keep_an_owner();
";

const DOWN: &str = r"
DROP TRIGGER tenant_users_keep_an_owner ON tenant_users;
DROP FUNCTION keep_an_owner();
REVOKE UPDATE ON tenant_users FROM gateway_login;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[GRANT, &writers("tenant_users", OWNERS), LAST_OWNER],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN, &any_writers("tenant_users")]).await
    }
}
