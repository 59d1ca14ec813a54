//! Staff with a permission of its own read in a tenant, and their first statement there reports it in the outbox:
//! who, why, in which request. So nobody of the platform looks into a tenant unseen.
//!
//! The staff role writes nothing else. A record is of the request's tenant, in the name of the request's user, and
//! has a reason; the transaction is read only once it is written.

use crate::{
    row_security::{no_permission, permission},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const PERMISSION: &str = "tenants.read";

const RECORD: &str = r"
GRANT INSERT (tenant_id, topic, payload) ON outbox TO gateway_staff;
CREATE POLICY outbox_insert_by_staff ON outbox AS RESTRICTIVE
    FOR INSERT TO gateway_staff
    WITH CHECK (topic = 'staff.acted'
        AND payload ->> 'userId' = (SELECT current_setting('app.current_user_id'))
        AND length(payload ->> 'reason') > 0
        AND (SELECT staff_may('tenants.read')));
";

const DOWN: &str = r"
DROP POLICY outbox_insert_by_staff ON outbox;
REVOKE INSERT (tenant_id, topic, payload) ON outbox FROM gateway_staff;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let permission = permission(
            "019c0000-0000-7000-8000-000000000005",
            PERMISSION,
            "Read in a tenant, for a reason that is recorded.",
        );
        run(manager, &[&permission, RECORD]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN, &no_permission(PERMISSION)]).await
    }
}
