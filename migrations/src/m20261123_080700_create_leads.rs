//! Leads: the people who are written to. By far the longest of the tenants' tables.

use crate::{
    row_security::{WRITE, tenant},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE leads (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    email varchar(255) COLLATE "C" NOT NULL,
    name varchar(200) COLLATE "C",
    company varchar(200) COLLATE "C",
    status text NOT NULL DEFAULT 'active',
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT leads_status_check
        CHECK (status IN ('active', 'unsubscribed', 'bounced', 'replied', 'archived')),
    CONSTRAINT leads_email_check CHECK (email = lower(email)),
    CONSTRAINT leads_tenant_id_email_key UNIQUE (tenant_id, email),
    CONSTRAINT leads_tenant_id_id_key UNIQUE (tenant_id, id)
);
CREATE INDEX idx_leads_tenant_created ON leads (tenant_id, created DESC, id DESC);
CREATE INDEX idx_leads_tenant_name ON leads (tenant_id, name, id);
CREATE INDEX idx_leads_tenant_status ON leads (tenant_id, status, created DESC, id DESC);
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[TABLE, &keep_updated("leads"), &tenant("leads", WRITE)],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE leads"]).await
    }
}
