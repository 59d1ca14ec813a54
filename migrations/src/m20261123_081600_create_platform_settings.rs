//! The platform's own settings: switches that everyone reads, and configuration for staff.

use crate::{
    row_security::{READ, forced, grant, staff},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = r#"
CREATE TABLE feature_flags (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    key varchar(100) COLLATE "C" NOT NULL,
    is_enabled boolean NOT NULL DEFAULT false,
    rollout_percentage smallint NOT NULL DEFAULT 0,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT feature_flags_key_key UNIQUE (key),
    CONSTRAINT feature_flags_rollout_percentage_check
        CHECK (rollout_percentage BETWEEN 0 AND 100)
);
CREATE INDEX idx_feature_flags_created ON feature_flags (created DESC, id DESC);

CREATE TABLE system_config (
    key text COLLATE "C" PRIMARY KEY,
    value jsonb NOT NULL,
    is_sensitive boolean NOT NULL DEFAULT false,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_system_config_created ON system_config (created DESC, key DESC);
"#;

const POLICY: &str = r"
CREATE POLICY feature_flags_read ON feature_flags
    FOR SELECT TO gateway_login, gateway_staff USING (true);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLES,
                &keep_updated("feature_flags"),
                &keep_updated("system_config"),
                &forced("feature_flags"),
                &grant("feature_flags", READ),
                POLICY,
                &staff("system_config", "configuration.read"),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE system_config, feature_flags"]).await
    }
}
