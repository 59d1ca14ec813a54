//! What the job of a campaign goes by, beside the campaign itself, which changes when its people change it.
//!
//! `leads_are_given`: whom it writes to is decided: it was given leads, or began without any. One that began without writes to
//! all leads that are active then. These are given to it in the order of their ids, some thousand at a time; those after
//! `leads_after` are still to come, and null says that it has all. So whoever is taken out of it stays out.
//!
//! `removed_steps`: the steps that were deleted while leads were on their way, each with the step that was before it, or null.
//! A lead that has come to such a step goes on behind that one.

use crate::{
    row_security::{WORKERS, tenant, worked, writers},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r"
CREATE TABLE campaign_runs (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    campaign_id uuid NOT NULL,
    leads_are_given boolean NOT NULL DEFAULT false,
    leads_after uuid,
    removed_steps jsonb NOT NULL DEFAULT '{}',
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, campaign_id),
    CONSTRAINT campaign_runs_leads_after_check CHECK (leads_are_given OR leads_after IS NULL),
    CONSTRAINT campaign_runs_campaign_id_fkey FOREIGN KEY (tenant_id, campaign_id)
        REFERENCES campaigns (tenant_id, id) ON DELETE CASCADE
);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("campaign_runs"),
                &tenant("campaign_runs", "SELECT, INSERT, UPDATE"),
                &writers("campaign_runs", WORKERS),
                &worked("campaign_runs", "SELECT, INSERT, UPDATE"),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE campaign_runs"]).await
    }
}
