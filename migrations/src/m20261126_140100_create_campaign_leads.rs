//! Whom a campaign writes to, and how far it has come with each: `next_step_order` is the place in its sequence that comes
//! next, and `due` when. While a message is on its way there is no time: what becomes of it says when to go on.
//!
//! How many mails an account has sent today says `daily_count`; of which day that is, `daily_count_day`.

use crate::{
    row_security::{WORKERS, WRITE, tenant, worked, writers},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE campaign_leads (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    campaign_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    status text NOT NULL DEFAULT 'active',
    stop_reason text,
    next_step_order integer NOT NULL DEFAULT 1,
    due timestamptz DEFAULT now(),
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT campaign_leads_status_check CHECK (status IN ('active', 'completed', 'stopped')),
    CONSTRAINT campaign_leads_next_step_order_check CHECK (next_step_order > 0),
    CONSTRAINT campaign_leads_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT campaign_leads_campaign_lead_key UNIQUE (tenant_id, campaign_id, lead_id),
    CONSTRAINT campaign_leads_campaign_id_fkey FOREIGN KEY (tenant_id, campaign_id)
        REFERENCES campaigns (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT campaign_leads_lead_id_fkey FOREIGN KEY (tenant_id, lead_id)
        REFERENCES leads (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_campaign_leads_tenant_created ON campaign_leads (tenant_id, created DESC, id DESC);
CREATE INDEX idx_campaign_leads_tenant_campaign
    ON campaign_leads (tenant_id, campaign_id, created DESC, id DESC);
CREATE INDEX idx_campaign_leads_tenant_lead ON campaign_leads (tenant_id, lead_id, created DESC, id DESC);
CREATE INDEX idx_campaign_leads_tenant_campaign_due ON campaign_leads (tenant_id, campaign_id, due, id)
    WHERE status = 'active';
"#;

const GRANTS: &str = r"
ALTER TABLE email_accounts ADD COLUMN daily_count_day date;
GRANT SELECT (daily_count_day) ON email_accounts TO gateway_login, gateway_staff;
GRANT UPDATE (daily_count_day) ON email_accounts TO gateway_worker;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("campaign_leads"),
                &tenant("campaign_leads", WRITE),
                &writers("campaign_leads", WORKERS),
                &worked("campaign_leads", "SELECT, INSERT, UPDATE"),
                GRANTS,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "ALTER TABLE email_accounts DROP COLUMN daily_count_day",
                "DROP TABLE campaign_leads",
            ],
        )
        .await
    }
}
