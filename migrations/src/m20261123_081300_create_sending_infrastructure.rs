//! Servers, the addresses on them, and which domain sends from which address.
//!
//! The servers and addresses belong to the platform and are for staff; the assignment belongs to the
//! domain's tenant, who reads it while the platform writes it.

use crate::{
    row_security::{READ, staff, tenant},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const SERVERS: &str = r#"
CREATE TABLE vps_instances (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    hostwinds_instance_id varchar(100) COLLATE "C",
    ip_address varchar(45) COLLATE "C" NOT NULL,
    region varchar(50) COLLATE "C" NOT NULL,
    status text NOT NULL DEFAULT 'provisioning',
    monthly_cost bigint NOT NULL,
    approximate_cost bigint,
    currency varchar(3) COLLATE "C" NOT NULL DEFAULT 'USD',
    billing_day smallint,
    billing_period text NOT NULL DEFAULT 'monthly',
    decommission_scheduled_for timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT vps_instances_status_check
        CHECK (status IN ('active', 'provisioning', 'scheduled_decommission', 'decommissioned')),
    CONSTRAINT vps_instances_billing_period_check
        CHECK (billing_period IN ('monthly', 'quarterly', 'yearly')),
    CONSTRAINT vps_instances_hostwinds_instance_id_key UNIQUE (hostwinds_instance_id),
    CONSTRAINT vps_instances_billing_day_check CHECK (billing_day BETWEEN 1 AND 31),
    CONSTRAINT vps_instances_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);
CREATE INDEX idx_vps_instances_created ON vps_instances (created DESC, id DESC);
CREATE INDEX idx_vps_instances_status ON vps_instances (status, created DESC, id DESC);
"#;

const ADDRESSES: &str = r#"
CREATE TABLE smtp_ip_addresses (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    vps_instance_id uuid NOT NULL REFERENCES vps_instances (id),
    ip_address varchar(45) COLLATE "C" NOT NULL,
    status text NOT NULL DEFAULT 'available',
    reputation_state text NOT NULL DEFAULT 'good',
    approximate_cost bigint,
    currency varchar(3) COLLATE "C" NOT NULL DEFAULT 'USD',
    last_reputation_check timestamptz,
    assigned_count integer NOT NULL DEFAULT 0,
    provider_blacklist_status jsonb,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT smtp_ip_addresses_status_check
        CHECK (status IN ('available', 'assigned', 'warming', 'warmed', 'degraded', 'burned', 'quarantined')),
    CONSTRAINT smtp_ip_addresses_reputation_state_check
        CHECK (reputation_state IN ('good', 'fair', 'poor', 'critical')),
    CONSTRAINT smtp_ip_addresses_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);
CREATE INDEX idx_smtp_ip_addresses_created ON smtp_ip_addresses (created DESC, id DESC);
CREATE INDEX idx_smtp_ip_addresses_status ON smtp_ip_addresses (status, created DESC, id DESC);
CREATE INDEX idx_smtp_ip_addresses_vps_instance
    ON smtp_ip_addresses (vps_instance_id, created DESC, id DESC);
"#;

const ASSIGNMENTS: &str = r"
CREATE TABLE domain_ip_assignments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    domain_id uuid NOT NULL,
    smtp_ip_address_id uuid NOT NULL REFERENCES smtp_ip_addresses (id),
    status text NOT NULL DEFAULT 'active',
    warmup_state text NOT NULL DEFAULT 'unwarmed',
    assigned timestamptz NOT NULL DEFAULT now(),
    expires timestamptz,
    last_sent timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT domain_ip_assignments_status_check
        CHECK (status IN ('active', 'warming', 'scheduled', 'expired')),
    CONSTRAINT domain_ip_assignments_warmup_state_check
        CHECK (warmup_state IN ('unwarmed', 'warming', 'warmed')),
    CONSTRAINT domain_ip_assignments_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT domain_ip_assignments_domain_id_fkey FOREIGN KEY (tenant_id, domain_id)
        REFERENCES domains (tenant_id, id)
);
CREATE INDEX idx_domain_ip_assignments_tenant_created
    ON domain_ip_assignments (tenant_id, created DESC, id DESC);
CREATE INDEX idx_domain_ip_assignments_tenant_status
    ON domain_ip_assignments (tenant_id, status, created DESC, id DESC);
CREATE INDEX idx_domain_ip_assignments_domain
    ON domain_ip_assignments (tenant_id, domain_id, created DESC, id DESC);
CREATE INDEX idx_domain_ip_assignments_tenant_smtp_ip_address
    ON domain_ip_assignments (tenant_id, smtp_ip_address_id, created DESC, id DESC);
-- Staff look from the address, across tenants.
CREATE INDEX idx_domain_ip_assignments_smtp_ip_address
    ON domain_ip_assignments (smtp_ip_address_id, created DESC, id DESC);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                SERVERS,
                ADDRESSES,
                ASSIGNMENTS,
                &keep_updated("vps_instances"),
                &keep_updated("smtp_ip_addresses"),
                &keep_updated("domain_ip_assignments"),
                &staff("vps_instances", "infrastructure.read"),
                &staff("smtp_ip_addresses", "infrastructure.read"),
                &tenant("domain_ip_assignments", READ),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &["DROP TABLE domain_ip_assignments, smtp_ip_addresses, vps_instances"],
        )
        .await
    }
}
