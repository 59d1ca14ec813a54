//! What is counted of this tier: which addresses a domain is warmed up on, and whom a campaign has come to its end with,
//! those of late first.

use crate::{row_security::worked, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// A lead's row does not change any more once it is completed, so `updated` says when that was.
const INDEX: &str =
    "CREATE INDEX idx_campaign_leads_tenant_completed ON campaign_leads (tenant_id, updated)
    WHERE status = 'completed'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[&worked("domain_ip_assignments", "SELECT"), INDEX],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "DROP INDEX idx_campaign_leads_tenant_completed",
                "DROP POLICY domain_ip_assignments_worker ON domain_ip_assignments;
                REVOKE ALL ON domain_ip_assignments FROM gateway_worker;",
            ],
        )
        .await
    }
}
