//! Acts of high risk: who has which role, what is paid, what holds for a whole tenant, what was taken out, and who acted in
//! somebody else's name. Rows are added, and nothing else: grants and policies know no other command, and a trigger
//! refuses the owner, too.

use crate::{
    row_security::{forced, worked},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE admin_audit_log (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    admin_user_id uuid,
    action varchar(100) COLLATE "C" NOT NULL,
    resource_type varchar(100) COLLATE "C" NOT NULL,
    resource_id varchar(200) COLLATE "C",
    tenant_id uuid,
    old_values jsonb,
    new_values jsonb,
    ip_address varchar(45),
    user_agent varchar(500),
    notes text,
    data_classification text NOT NULL DEFAULT 'confidential',
    retention_category text NOT NULL DEFAULT 'audit',
    happened timestamptz NOT NULL DEFAULT now(),
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT admin_audit_log_data_classification_check
        CHECK (data_classification IN ('public', 'internal', 'confidential', 'restricted')),
    CONSTRAINT admin_audit_log_retention_category_check
        CHECK (retention_category IN ('operational', 'audit', 'legal'))
);
CREATE INDEX idx_admin_audit_log_happened ON admin_audit_log (happened DESC, id DESC);
CREATE INDEX idx_admin_audit_log_tenant ON admin_audit_log (tenant_id, happened DESC, id DESC);
CREATE INDEX idx_admin_audit_log_user ON admin_audit_log (admin_user_id, happened DESC, id DESC);

CREATE FUNCTION refuse_change_of_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'admin_audit_log is append only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER admin_audit_log_append_only BEFORE UPDATE OR DELETE ON admin_audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit_log();
CREATE TRIGGER admin_audit_log_no_truncate BEFORE TRUNCATE ON admin_audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_log();
"#;

const POLICIES: &str = "
CREATE POLICY admin_audit_log_staff ON admin_audit_log FOR SELECT TO gateway_staff
    USING ('audit.read' = ANY (string_to_array((SELECT current_setting('app.current_permissions')), ',')));
GRANT SELECT ON admin_audit_log TO gateway_staff;
";

/// The platform's own work adds rows of the tenant that its job is for, and sees the ids of those that are there.
const ADDED: &str = "INSERT, SELECT (id)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &forced("admin_audit_log"),
                POLICIES,
                &worked("admin_audit_log", ADDED),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "DROP TABLE admin_audit_log",
                "DROP FUNCTION refuse_change_of_audit_log()",
            ],
        )
        .await
    }
}
