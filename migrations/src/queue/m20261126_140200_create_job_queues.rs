//! The queues, which all tenants share, and how jobs fare in each. Everyone reads them; staff with a permission of their
//! own pause and resume. Who did so last is kept by the database, from the transaction's own setting; staff see it.

use crate::{
    row_security::forced,
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE job_queues (
    name varchar(100) COLLATE "C" PRIMARY KEY,
    default_priority integer NOT NULL DEFAULT 100,
    is_active boolean NOT NULL DEFAULT true,
    max_attempts integer NOT NULL DEFAULT 10,
    lease_seconds integer NOT NULL DEFAULT 60,
    changed_by uuid,
    changed_at timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT job_queues_default_priority_check CHECK (default_priority BETWEEN 0 AND 1000),
    CONSTRAINT job_queues_max_attempts_check CHECK (max_attempts BETWEEN 1 AND 100),
    CONSTRAINT job_queues_lease_seconds_check CHECK (lease_seconds BETWEEN 1 AND 86400)
);
INSERT INTO job_queues (name, default_priority) VALUES
    ('email-processing', 40),
    ('email-sending', 100),
    ('billing', 100),
    ('analytics', 160),
    ('maintenance', 200);
"#;

/// Without a user it is whoever maintains the database.
const CHANGED: &str = r"
CREATE FUNCTION set_queue_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_by := nullif(current_setting('app.current_user_id', true), '')::uuid;
    NEW.changed_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER job_queues_changed BEFORE UPDATE ON job_queues
    FOR EACH ROW WHEN (NEW.is_active IS DISTINCT FROM OLD.is_active) EXECUTE FUNCTION set_queue_changed();
";

const POLICIES: &str = r"
CREATE POLICY job_queues_read ON job_queues
    FOR SELECT TO gateway_login, gateway_staff, gateway_worker, gateway_dispatcher USING (true);
CREATE POLICY job_queues_staff ON job_queues
    FOR UPDATE TO gateway_staff
    USING ('queues.manage' = ANY (string_to_array((SELECT current_setting('app.current_permissions')), ',')));
GRANT SELECT (name, default_priority, is_active, max_attempts, lease_seconds, created, updated) ON job_queues TO gateway_login;
GRANT SELECT ON job_queues TO gateway_staff, gateway_worker, gateway_dispatcher;
GRANT UPDATE (is_active) ON job_queues TO gateway_staff;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("job_queues"),
                &forced("job_queues"),
                CHANGED,
                POLICIES,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &["DROP TABLE job_queues", "DROP FUNCTION set_queue_changed()"],
        )
        .await
    }
}
