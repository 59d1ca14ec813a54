//! Events that the platform's staff should know of.
//!
//! Staff see all of them, a tenant's owners and admins see their tenant's. The two policies are for
//! two roles: OR-ed in one role they would keep both from the tenant's index.

use crate::{
    row_security::staff,
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE admin_system_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_type varchar(100) COLLATE "C" NOT NULL,
    severity text NOT NULL DEFAULT 'low',
    description text NOT NULL,
    details jsonb,
    tenant_id uuid REFERENCES tenants (id),
    user_id uuid REFERENCES users (id),
    is_resolved boolean NOT NULL DEFAULT false,
    resolved_at timestamptz,
    resolved_by uuid REFERENCES users (id),
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT admin_system_events_severity_check
        CHECK (severity IN ('low', 'medium', 'high', 'critical'))
);
CREATE INDEX idx_admin_system_events_tenant_created
    ON admin_system_events (tenant_id, created DESC, id DESC);
CREATE INDEX idx_admin_system_events_created ON admin_system_events (created DESC, id DESC);
CREATE INDEX idx_admin_system_events_severity
    ON admin_system_events (severity, created DESC, id DESC);
CREATE INDEX idx_admin_system_events_user
    ON admin_system_events (user_id, created DESC, id DESC);
CREATE INDEX idx_admin_system_events_resolved_by
    ON admin_system_events (resolved_by, created DESC, id DESC);
"#;

const POLICY: &str = r"
CREATE POLICY admin_system_events_tenant_admins ON admin_system_events
    FOR SELECT TO gateway_login
    USING (
        tenant_id = (SELECT current_setting('app.current_tenant_id')::uuid)
        AND (SELECT EXISTS (
            SELECT FROM tenant_users
            WHERE user_id = current_setting('app.current_user_id')::uuid
                AND deleted IS NULL
                AND roles && ARRAY['owner', 'admin']
        ))
    );
GRANT SELECT ON admin_system_events TO gateway_login;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("admin_system_events"),
                &staff("admin_system_events", "events.read"),
                POLICY,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE admin_system_events"]).await
    }
}
