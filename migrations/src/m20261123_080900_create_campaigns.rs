//! Campaigns and the steps of their sequences.
//!
//! Steps go with their campaign. A template or an account that a step uses cannot go: the step would
//! silently send nothing.

use crate::{
    row_security::{WRITE, tenant},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const CAMPAIGNS: &str = r#"
CREATE TABLE campaigns (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    company_id uuid,
    name varchar(200) COLLATE "C" NOT NULL,
    description text,
    status text NOT NULL DEFAULT 'draft',
    scheduled timestamptz,
    completed timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT campaigns_status_check
        CHECK (status IN ('draft', 'scheduled', 'sending', 'completed', 'paused')),
    CONSTRAINT campaigns_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT campaigns_company_id_fkey FOREIGN KEY (tenant_id, company_id)
        REFERENCES companies (tenant_id, id) ON DELETE SET NULL (company_id)
);
CREATE INDEX idx_campaigns_tenant_created ON campaigns (tenant_id, created DESC, id DESC);
CREATE INDEX idx_campaigns_tenant_name ON campaigns (tenant_id, name, id);
CREATE INDEX idx_campaigns_tenant_scheduled ON campaigns (tenant_id, scheduled, id);
CREATE INDEX idx_campaigns_tenant_status ON campaigns (tenant_id, status, created DESC, id DESC);
CREATE INDEX idx_campaigns_tenant_company
    ON campaigns (tenant_id, company_id, created DESC, id DESC);
"#;

const STEPS: &str = r"
CREATE TABLE campaign_sequence_steps (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    campaign_id uuid NOT NULL,
    step_order integer NOT NULL,
    step_type text NOT NULL,
    email_account_id uuid,
    template_id uuid,
    subject_override varchar(500),
    from_name_override varchar(100),
    wait_duration_hours integer,
    wait_until_date timestamptz,
    condition_type varchar(50),
    condition_value varchar(100),
    send_condition text,
    is_active boolean NOT NULL DEFAULT true,
    executed_count integer NOT NULL DEFAULT 0,
    last_executed timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT campaign_sequence_steps_step_type_check
        CHECK (step_type IN ('email', 'wait', 'condition')),
    CONSTRAINT campaign_sequence_steps_step_order_check CHECK (step_order > 0),
    CONSTRAINT campaign_sequence_steps_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT campaign_sequence_steps_campaign_id_fkey FOREIGN KEY (tenant_id, campaign_id)
        REFERENCES campaigns (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT campaign_sequence_steps_email_account_id_fkey FOREIGN KEY (tenant_id, email_account_id)
        REFERENCES email_accounts (tenant_id, id),
    CONSTRAINT campaign_sequence_steps_template_id_fkey FOREIGN KEY (tenant_id, template_id)
        REFERENCES templates (tenant_id, id)
);
CREATE INDEX idx_campaign_sequence_steps_tenant_created
    ON campaign_sequence_steps (tenant_id, created DESC, id DESC);
CREATE INDEX idx_campaign_sequence_steps_tenant_order
    ON campaign_sequence_steps (tenant_id, step_order, id);
CREATE INDEX idx_campaign_sequence_steps_tenant_campaign_order
    ON campaign_sequence_steps (tenant_id, campaign_id, step_order, id);
CREATE INDEX idx_campaign_sequence_steps_tenant_campaign
    ON campaign_sequence_steps (tenant_id, campaign_id, created DESC, id DESC);
CREATE INDEX idx_campaign_sequence_steps_tenant_email_account
    ON campaign_sequence_steps (tenant_id, email_account_id, created DESC, id DESC);
CREATE INDEX idx_campaign_sequence_steps_tenant_template
    ON campaign_sequence_steps (tenant_id, template_id, created DESC, id DESC);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                CAMPAIGNS,
                STEPS,
                &keep_updated("campaigns"),
                &keep_updated("campaign_sequence_steps"),
                &tenant("campaigns", WRITE),
                &tenant("campaign_sequence_steps", WRITE),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE campaign_sequence_steps, campaigns"]).await
    }
}
