//! What became of a day's mail, by campaign, mailbox, step and warm-up. A row counts what happened on its day: a message
//! that was sent on Monday and opened on Tuesday is in both. A day is one of the tenant's time zone.

use crate::{
    row_security::{READ, WRITE, tenant, worked},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Name, key, and what it has beside the counts that all have.
const TABLES: [(&str, &str, &str); 4] = [
    (
        "campaign_analytics",
        "campaign_id",
        "status text,
        completed_leads bigint NOT NULL DEFAULT 0,",
    ),
    (
        "mailbox_analytics",
        "email_account_id",
        "warmup_status text,
        health_score integer,
        current_volume bigint NOT NULL DEFAULT 0,
        CONSTRAINT mailbox_analytics_health_score_check CHECK (health_score BETWEEN 0 AND 100),",
    ),
    (
        "sequence_step_analytics",
        "step_id",
        "campaign_id uuid NOT NULL,",
    ),
    (
        "warmup_analytics",
        "domain_ip_assignment_id",
        "health_score integer,
        progress_percentage integer,
        CONSTRAINT warmup_analytics_health_score_check CHECK (health_score BETWEEN 0 AND 100),
        CONSTRAINT warmup_analytics_progress_check CHECK (progress_percentage BETWEEN 0 AND 100),",
    ),
];

/// The counts of each table of days.
pub(super) const COUNTS: &str = "sent bigint NOT NULL DEFAULT 0,
        delivered bigint NOT NULL DEFAULT 0,
        opened_tracked bigint NOT NULL DEFAULT 0,
        clicked_tracked bigint NOT NULL DEFAULT 0,
        replied bigint NOT NULL DEFAULT 0,
        bounced bigint NOT NULL DEFAULT 0,
        unsubscribed bigint NOT NULL DEFAULT 0,
        spam_complaints bigint NOT NULL DEFAULT 0,
        created timestamptz NOT NULL DEFAULT now(),
        updated timestamptz NOT NULL DEFAULT now()";

fn create((table, key, own): (&str, &str, &str)) -> [String; 4] {
    let made = format!(
        "CREATE TABLE {table} (
        tenant_id uuid NOT NULL,
        {key} uuid NOT NULL,
        day date NOT NULL,
        billing_id uuid,
        {own}
        {COUNTS},
        PRIMARY KEY (tenant_id, {key}, day),
        CONSTRAINT {table}_billing_id_fkey FOREIGN KEY (tenant_id, billing_id)
            REFERENCES billing_analytics (tenant_id, id)
    );
    CREATE INDEX idx_{table}_day ON {table} (tenant_id, day, {key});
    CREATE INDEX idx_{table}_billing ON {table} (tenant_id, billing_id);"
    );
    [
        made,
        keep_updated(table),
        tenant(table, READ),
        worked(table, WRITE),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let statements = create(table);
            run(manager, &statements.each_ref().map(String::as_str)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let names = TABLES.map(|(table, ..)| table).join(", ");
        run(manager, &[&format!("DROP TABLE {names}")]).await
    }
}
