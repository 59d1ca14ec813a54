//! Companies: the workspaces of a tenant.

use crate::{
    row_security::{WRITE, tenant},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE companies (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    name varchar(100) COLLATE "C" NOT NULL,
    workspace_name varchar(255) COLLATE "C",
    logo_url text,
    status text NOT NULL DEFAULT 'active',
    industry varchar(100) COLLATE "C",
    company_size varchar(50) COLLATE "C",
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT companies_status_check CHECK (status IN ('active', 'inactive', 'archived')),
    CONSTRAINT companies_workspace_name_key UNIQUE (workspace_name),
    CONSTRAINT companies_tenant_id_id_key UNIQUE (tenant_id, id)
);
CREATE INDEX idx_companies_tenant_created ON companies (tenant_id, created DESC, id DESC);
CREATE INDEX idx_companies_tenant_name ON companies (tenant_id, name, id);
CREATE INDEX idx_companies_tenant_status ON companies (tenant_id, status, created DESC, id DESC);
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("companies"),
                &tenant("companies", WRITE),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE companies"]).await
    }
}
