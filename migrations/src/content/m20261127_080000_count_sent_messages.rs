//! How many messages a tenant whose plan limits them has sent in the running period: one row, that changes in the transaction
//! that says that a message is being sent, so that neither a crash nor others at the same moment make it wrong. It is
//! counted from the messages once for a period.

use crate::{
    row_security::{READ, WRITE, tenant, worked},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r"
CREATE TABLE sent_in_period (
    tenant_id uuid PRIMARY KEY,
    period_start timestamptz NOT NULL,
    message_count bigint NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sent_in_period_message_count_check CHECK (message_count >= 0)
);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("sent_in_period"),
                &tenant("sent_in_period", READ),
                &worked("sent_in_period", WRITE),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE sent_in_period"]).await
    }
}
