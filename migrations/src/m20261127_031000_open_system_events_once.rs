//! Events that the platform writes by itself: one open row for a type, a tenant and a subject, however often and by however
//! many processes it is seen.
//!
//! Who sees it says until when it is to stay quiet; a row that nobody has seen by then is resolved. So nothing has to know
//! that a cause is gone, and no process's word is needed that may have died. What somebody resolved by hand is not opened
//! anew until its cause was gone once.
//!
//! The dispatcher writes them, in columns of its own, and reads what tells one from another; what they say it can not read.

use crate::{
    row_security::{ADMINS, any_writers, dispatched, no_permission, permission, writers},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: &str = r#"
ALTER TABLE admin_system_events
    ADD COLUMN subject varchar(200) COLLATE "C",
    ADD COLUMN occurrences bigint NOT NULL DEFAULT 1,
    ADD COLUMN last_seen timestamptz,
    ADD COLUMN quiet_until timestamptz,
    ADD CONSTRAINT admin_system_events_occurrences_check CHECK (occurrences > 0);
CREATE UNIQUE INDEX admin_system_events_open_key
    ON admin_system_events (event_type, tenant_id, subject) NULLS NOT DISTINCT
    WHERE NOT is_resolved AND subject IS NOT NULL;
CREATE INDEX idx_admin_system_events_quiet ON admin_system_events (quiet_until)
    WHERE NOT is_resolved AND quiet_until IS NOT NULL;
CREATE INDEX idx_admin_system_events_subject ON admin_system_events (event_type, subject, quiet_until)
    WHERE subject IS NOT NULL;
"#;

const DISPATCHER: &str = "
    SELECT (id, event_type, severity, tenant_id, subject, occurrences, is_resolved, resolved_by, created, last_seen, quiet_until),
    INSERT (event_type, severity, description, details, tenant_id, subject, occurrences, last_seen, quiet_until),
    UPDATE (occurrences, last_seen, quiet_until, is_resolved, resolved_at)";

/// Who resolves one says so as oneself.
const RESOLVING: &str = r"
CREATE POLICY admin_system_events_tenant_resolution ON admin_system_events
    FOR UPDATE TO gateway_login
    USING (tenant_id = (SELECT current_setting('app.current_tenant_id')::uuid))
    WITH CHECK (
        tenant_id = (SELECT current_setting('app.current_tenant_id')::uuid)
        AND is_resolved AND resolved_by = (SELECT current_setting('app.current_user_id')::uuid)
    );
CREATE POLICY admin_system_events_staff_resolution ON admin_system_events
    FOR UPDATE TO gateway_staff
    USING ((SELECT staff_may('events.manage')))
    WITH CHECK (
        (SELECT staff_may('events.manage'))
        AND is_resolved AND resolved_by = (SELECT current_setting('app.current_user_id')::uuid)
    );
GRANT UPDATE (is_resolved, resolved_at, resolved_by) ON admin_system_events TO gateway_login, gateway_staff;
";

const PERMISSION: &str = "events.manage";

const DOWN: &str = r"
REVOKE UPDATE (is_resolved, resolved_at, resolved_by) ON admin_system_events FROM gateway_login, gateway_staff;
DROP POLICY admin_system_events_staff_resolution ON admin_system_events;
DROP POLICY admin_system_events_tenant_resolution ON admin_system_events;
DROP POLICY admin_system_events_dispatcher ON admin_system_events;
REVOKE ALL ON admin_system_events FROM gateway_dispatcher;
ALTER TABLE admin_system_events
    DROP COLUMN subject, DROP COLUMN occurrences, DROP COLUMN last_seen, DROP COLUMN quiet_until;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let permission = permission(
            "019c0000-0000-7000-8000-000000000011",
            PERMISSION,
            "Resolve system events.",
        );
        run(
            manager,
            &[
                COLUMNS,
                &permission,
                &dispatched("admin_system_events", DISPATCHER),
                &writers("admin_system_events", ADMINS),
                RESOLVING,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (no_permission, any_writers) = (
            no_permission(PERMISSION),
            any_writers("admin_system_events"),
        );
        run(manager, &[&no_permission, &any_writers, DOWN]).await
    }
}
