//! Of which tenants there is something to count beside what happened to messages. It is asked of all of them each minute,
//! so by who sees tenants and when something changed, and not what.

use crate::{row_security::dispatched, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Both tables have a policy of the dispatcher's already.
const GRANTS: &str = "
GRANT SELECT (updated) ON subscriptions TO gateway_dispatcher;
GRANT SELECT (updated) ON tenant_config TO gateway_dispatcher;
";

const DOWN: &str = "
DROP POLICY campaign_leads_dispatcher ON campaign_leads;
REVOKE SELECT (tenant_id, status, updated) ON campaign_leads FROM gateway_dispatcher;
REVOKE SELECT (updated) ON subscriptions FROM gateway_dispatcher;
REVOKE SELECT (updated) ON tenant_config FROM gateway_dispatcher;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let completed = dispatched("campaign_leads", "SELECT (tenant_id, status, updated)");
        run(manager, &[GRANTS, &completed]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
