//! Domains that mail is sent from. A company that goes leaves its domains with the tenant.

use crate::{
    row_security::{WRITE, tenant},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE domains (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    company_id uuid,
    domain varchar(253) COLLATE "C" NOT NULL,
    verification_status text NOT NULL DEFAULT 'pending',
    dns_records jsonb,
    is_primary boolean NOT NULL DEFAULT false,
    verified timestamptz,
    dns_ttl_observed integer,
    dns_last_verified_at timestamptz,
    dns_verification_error text,
    dns_verification_attempts integer NOT NULL DEFAULT 0,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT domains_verification_status_check
        CHECK (verification_status IN ('pending', 'verified', 'failed', 'error')),
    CONSTRAINT domains_domain_check CHECK (domain = lower(domain)),
    CONSTRAINT domains_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT domains_company_id_fkey FOREIGN KEY (tenant_id, company_id)
        REFERENCES companies (tenant_id, id) ON DELETE SET NULL (company_id)
);
CREATE INDEX idx_domains_tenant_created ON domains (tenant_id, created DESC, id DESC);
CREATE INDEX idx_domains_tenant_domain ON domains (tenant_id, domain, id);
CREATE INDEX idx_domains_tenant_verification_status
    ON domains (tenant_id, verification_status, created DESC, id DESC);
CREATE INDEX idx_domains_tenant_company
    ON domains (tenant_id, company_id, created DESC, id DESC);
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[TABLE, &keep_updated("domains"), &tenant("domains", WRITE)],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE domains"]).await
    }
}
