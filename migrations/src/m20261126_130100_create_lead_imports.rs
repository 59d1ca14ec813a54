//! Imports of leads: a file that comes in many batches, each a transaction of its own, and how far it has come.
//!
//! Who imports is not theirs to say: it is a default, and not granted. Each batch adds to the counts in the
//! transaction that writes its leads, so they are of what is there.

use crate::{
    m20261126_130000_create_changes::noted,
    row_security::{READ, WORKERS, tenant, writers},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE lead_imports (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    started_by_user_id uuid NOT NULL DEFAULT current_setting('app.current_user_id')::uuid,
    name varchar(200) COLLATE "C" NOT NULL,
    state text NOT NULL DEFAULT 'running',
    total_count integer,
    created_count integer NOT NULL DEFAULT 0,
    updated_count integer NOT NULL DEFAULT 0,
    skipped_count integer NOT NULL DEFAULT 0,
    rejected_count integer NOT NULL DEFAULT 0,
    finished timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT lead_imports_state_check CHECK (state IN ('running', 'completed', 'stopped')),
    CONSTRAINT lead_imports_finished_check CHECK ((state = 'running') = (finished IS NULL)),
    CONSTRAINT lead_imports_total_count_check CHECK (total_count >= 0),
    CONSTRAINT lead_imports_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT lead_imports_started_by_user_id_fkey FOREIGN KEY (tenant_id, started_by_user_id)
        REFERENCES tenant_users (tenant_id, user_id)
);
CREATE INDEX idx_lead_imports_tenant_created ON lead_imports (tenant_id, created DESC, id DESC);
CREATE INDEX idx_lead_imports_tenant_name ON lead_imports (tenant_id, name, id);
CREATE INDEX idx_lead_imports_tenant_state ON lead_imports (tenant_id, state, created DESC, id DESC);
CREATE INDEX idx_lead_imports_tenant_started_by
    ON lead_imports (tenant_id, started_by_user_id, created DESC, id DESC);
"#;

const GRANTS: &str = r"
GRANT INSERT (id, tenant_id, name, total_count),
    UPDATE (state, total_count, created_count, updated_count, skipped_count, rejected_count, finished)
    ON lead_imports TO gateway_login;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("lead_imports"),
                &tenant("lead_imports", READ),
                &writers("lead_imports", WORKERS),
                GRANTS,
                &noted("lead_imports", "note_changes('lead_import')"),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE lead_imports"]).await
    }
}
