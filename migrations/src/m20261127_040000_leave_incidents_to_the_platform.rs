//! Who a token's or a key's roles do not make an owner or admin reads no system events, whatever its user is; and an incident
//! of security is not resolved by a member of the tenant, who may be the one that it is about.

use crate::{
    row_security::{ADMINS, has_role},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const OWN: &str = "tenant_id = (SELECT current_setting('app.current_tenant_id')::uuid)";

/// The membership is asked as before; beside it the roles that the request has of it, if `narrowed`.
fn readers(narrowed: bool) -> String {
    let narrowed = match narrowed {
        true => format!("AND (SELECT {})", has_role(ADMINS)),
        false => String::new(),
    };
    format!(
        "ALTER POLICY admin_system_events_tenant_admins ON admin_system_events USING (
            {OWN} AND (SELECT EXISTS (
                SELECT FROM tenant_users
                WHERE user_id = current_setting('app.current_user_id')::uuid
                    AND deleted IS NULL
                    AND roles && ARRAY['owner', 'admin']
            )) {narrowed});"
    )
}

fn resolved(which: &str) -> String {
    format!(
        "ALTER POLICY admin_system_events_tenant_resolution ON admin_system_events USING ({OWN}{which});"
    )
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let resolved = resolved(" AND event_type <> 'security_incident'");
        run(manager, &[&readers(true), &resolved]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&resolved(""), &readers(false)]).await
    }
}
