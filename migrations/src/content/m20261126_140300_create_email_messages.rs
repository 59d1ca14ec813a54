//! Messages that were sent, are to be sent, or came.
//!
//! `storage_key` names a message, also in the Message-ID that goes out with it, so that an answer finds what it answers;
//! `content_key` names its body, which it may share. `thread_id` is the id of the message that began the thread, so
//! that a thread is read by one index, however deep it is.
//!
//! Of each step of a campaign there is one message to a lead: the row is made before anything is sent, so whoever is to
//! send a second one finds it.

use crate::{
    row_security::{READ, WRITE, tenant, worked},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE email_messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    storage_key varchar(500) COLLATE "C" NOT NULL,
    content_key varchar(500) COLLATE "C",
    email_account_id uuid,
    campaign_id uuid,
    step_id uuid,
    lead_id uuid,
    parent_storage_key varchar(500) COLLATE "C",
    thread_id uuid NOT NULL,
    direction text NOT NULL,
    message_type text NOT NULL DEFAULT 'email',
    from_email varchar(320) COLLATE "C" NOT NULL,
    to_email varchar(320) COLLATE "C" NOT NULL,
    subject varchar(998) COLLATE "C" NOT NULL,
    message_id varchar(998) COLLATE "C",
    headers jsonb NOT NULL DEFAULT '[]',
    problems text[] NOT NULL DEFAULT '{}',
    size_bytes bigint NOT NULL DEFAULT 0,
    status text NOT NULL,
    failure_reason text,
    processed timestamptz,
    queued timestamptz,
    sent timestamptz,
    delivered timestamptz,
    opened timestamptz,
    clicked timestamptz,
    replied timestamptz,
    bounced timestamptz,
    complained timestamptz,
    unsubscribed timestamptz,
    received timestamptz,
    failed timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT email_messages_direction_check CHECK (direction IN ('inbound', 'outbound')),
    CONSTRAINT email_messages_message_type_check
        CHECK (message_type IN ('email', 'bounce', 'auto_reply')),
    CONSTRAINT email_messages_status_check
        CHECK (status IN ('queued', 'sending', 'sent', 'delivered', 'opened', 'clicked', 'replied', 'bounced',
            'complained', 'unsubscribed', 'received', 'failed')),
    CONSTRAINT email_messages_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT email_messages_storage_key_key UNIQUE (tenant_id, storage_key),
    CONSTRAINT email_messages_content_key_fkey FOREIGN KEY (tenant_id, content_key)
        REFERENCES email_content (tenant_id, storage_key) ON DELETE SET NULL (content_key),
    CONSTRAINT email_messages_parent_storage_key_fkey FOREIGN KEY (tenant_id, parent_storage_key)
        REFERENCES email_messages (tenant_id, storage_key) ON DELETE SET NULL (parent_storage_key)
);
CREATE UNIQUE INDEX email_messages_step_lead_key ON email_messages (tenant_id, step_id, lead_id)
    WHERE direction = 'outbound' AND step_id IS NOT NULL;
CREATE INDEX idx_email_messages_tenant_created ON email_messages (tenant_id, created DESC, id DESC);
CREATE INDEX idx_email_messages_tenant_campaign
    ON email_messages (tenant_id, campaign_id, created DESC, id DESC) WHERE campaign_id IS NOT NULL;
CREATE INDEX idx_email_messages_tenant_lead
    ON email_messages (tenant_id, lead_id, created DESC, id DESC) WHERE lead_id IS NOT NULL;
CREATE INDEX idx_email_messages_tenant_account
    ON email_messages (tenant_id, email_account_id, created DESC, id DESC) WHERE email_account_id IS NOT NULL;
CREATE INDEX idx_email_messages_tenant_thread ON email_messages (tenant_id, thread_id, created, id);
CREATE INDEX idx_email_messages_tenant_step
    ON email_messages (tenant_id, step_id, created DESC, id DESC) WHERE step_id IS NOT NULL;
CREATE INDEX idx_email_messages_tenant_parent
    ON email_messages (tenant_id, parent_storage_key, created DESC, id DESC) WHERE parent_storage_key IS NOT NULL;
CREATE INDEX idx_email_messages_tenant_content ON email_messages (tenant_id, content_key)
    WHERE content_key IS NOT NULL;
CREATE INDEX idx_email_messages_tenant_message_id ON email_messages (tenant_id, message_id)
    WHERE message_id IS NOT NULL;
CREATE INDEX idx_email_messages_tenant_status ON email_messages (tenant_id, status, created DESC, id DESC);
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("email_messages"),
                &tenant("email_messages", READ),
                &worked("email_messages", WRITE),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE email_messages"]).await
    }
}
