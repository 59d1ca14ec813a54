//! Where a lead stands in a campaign is a step, `at_step_id`, and no number: the steps of a campaign that runs may be put into
//! another order, and some added or deleted. It is the last that was done; or, while `due` is null, the one whose message is
//! on its way. Null before the first, and for who came so far before there was the column: then `next_step_order` counts.
//!
//! Who has waited for longest is found by an index, however many wait.

use crate::{row_security::unforced, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMN: &str = r"
ALTER TABLE campaign_leads ADD COLUMN at_step_id uuid;
CREATE INDEX idx_campaign_leads_tenant_campaign_waiting ON campaign_leads (tenant_id, campaign_id, updated)
    WHERE status = 'active' AND due IS NULL;
";

/// Those whose message is on its way now.
const WAITING: &str = "
UPDATE campaign_leads c SET at_step_id = s.id FROM campaign_sequence_steps s
    WHERE s.tenant_id = c.tenant_id AND s.campaign_id = c.campaign_id AND s.step_order = c.next_step_order
    AND c.status = 'active' AND c.due IS NULL;
";

const COLUMN_BEFORE: &str = r"
DROP INDEX idx_campaign_leads_tenant_campaign_waiting;
ALTER TABLE campaign_leads DROP COLUMN at_step_id;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let waiting = unforced(&["campaign_leads", "campaign_sequence_steps"], WAITING);
        run(manager, &[COLUMN, &waiting]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[COLUMN_BEFORE]).await
    }
}
