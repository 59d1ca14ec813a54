//! The tenants that the request's user is a live member of: for switching between them, a user must
//! read the names of tenants other than the request's.
//!
//! A second policy on `tenants` and `tenant_users` would be OR-ed to the first and make the tenant's
//! index unreachable, so it is a function. Why it is safe: it takes no argument, so it answers for
//! nobody but `app.current_user_id`; it runs as the owner, to whom row level security is forced and
//! who has no policy but those of the user's own memberships, so even a mistake in its query shows no
//! other row; its names are bound when it is created and its search path is pinned; and a missing
//! setting is an error.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// The function, which answers these columns in this form.
pub(crate) fn viewer_tenants(returns: &str, columns: &str) -> String {
    format!(
        "CREATE FUNCTION viewer_tenants() RETURNS {returns}
            LANGUAGE sql STABLE SECURITY DEFINER
            SET search_path = pg_catalog, public, pg_temp
        BEGIN ATOMIC
            SELECT {columns}
            FROM tenants
            JOIN tenant_users ON tenant_users.tenant_id = tenants.id
            WHERE tenant_users.user_id = current_setting('app.current_user_id')::uuid
                AND tenant_users.deleted IS NULL
                AND tenants.deleted IS NULL
            ORDER BY tenants.name, tenants.id;
        END;
        REVOKE EXECUTE ON FUNCTION viewer_tenants() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION viewer_tenants() TO gateway_login, gateway_staff;"
    )
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&viewer_tenants("SETOF tenants", "tenants.*")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP FUNCTION viewer_tenants()"]).await
    }
}
