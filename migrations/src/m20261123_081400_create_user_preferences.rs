//! What a user prefers, in whatever tenant: seen and changed by the user alone.

use crate::{
    row_security::{WRITE, user},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE user_preferences (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    theme text NOT NULL DEFAULT 'system',
    language varchar(10) COLLATE "C" NOT NULL DEFAULT 'en',
    timezone varchar(64) COLLATE "C" NOT NULL DEFAULT 'UTC',
    email_notifications boolean NOT NULL DEFAULT true,
    push_notifications boolean NOT NULL DEFAULT true,
    weekly_reports boolean NOT NULL DEFAULT true,
    marketing_emails boolean NOT NULL DEFAULT false,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_preferences_theme_check CHECK (theme IN ('system', 'light', 'dark')),
    CONSTRAINT user_preferences_user_id_key UNIQUE (user_id)
);
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("user_preferences"),
                &user("user_preferences", WRITE),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE user_preferences"]).await
    }
}
