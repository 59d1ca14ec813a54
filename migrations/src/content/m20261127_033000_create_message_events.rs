//! What happened to messages that go out, as a log to which rows are added: what is counted elsewhere is counted from it.
//!
//! A time of a message that is set gives a row; one that changes gives one that takes the old back (`amount` is -1) and one
//! for the new. So the sum of a message's rows always says what the message says, also when it goes or is of another
//! campaign. Messages that were there before have no rows: whoever counts begins with the messages themselves.
//!
//! `transaction` is the number of the transaction that wrote the row. What is below `pg_snapshot_xmin` has ended, so
//! whoever has read up to there has missed nothing, in whatever order transactions end and whatever `happened` says.

use crate::{
    row_security::{READ, tenant, worked},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE message_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id uuid NOT NULL,
    transaction bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    kind text NOT NULL,
    amount smallint NOT NULL,
    happened timestamptz NOT NULL,
    campaign_id uuid,
    step_id uuid,
    lead_id uuid,
    email_account_id uuid,
    created timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT message_events_kind_check CHECK (kind IN ('sent', 'delivered', 'opened', 'clicked', 'replied', 'bounced',
        'unsubscribed', 'complained')),
    CONSTRAINT message_events_amount_check CHECK (amount IN (-1, 1))
);
CREATE INDEX idx_message_events_tenant_transaction ON message_events (tenant_id, transaction, id);
"#;

/// OLD is null for a row that is new, NEW for one that goes.
const LOG: &str = "
CREATE FUNCTION log_message_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved boolean := (OLD.direction, OLD.campaign_id, OLD.step_id, OLD.lead_id, OLD.email_account_id)
        IS DISTINCT FROM (NEW.direction, NEW.campaign_id, NEW.step_id, NEW.lead_id, NEW.email_account_id);
BEGIN
    INSERT INTO message_events (tenant_id, kind, amount, happened, campaign_id, step_id, lead_id, email_account_id)
    SELECT row.tenant_id, row.kind, row.amount, row.happened, row.campaign_id, row.step_id, row.lead_id, row.email_account_id
    FROM (VALUES
        ('sent', OLD.sent, NEW.sent), ('delivered', OLD.delivered, NEW.delivered), ('opened', OLD.opened, NEW.opened),
        ('clicked', OLD.clicked, NEW.clicked), ('replied', OLD.replied, NEW.replied),
        ('bounced', OLD.bounced, NEW.bounced), ('unsubscribed', OLD.unsubscribed, NEW.unsubscribed),
        ('complained', OLD.complained, NEW.complained)
    ) time (kind, before, after) CROSS JOIN LATERAL (VALUES
        (OLD.direction, OLD.tenant_id, time.kind, -1::smallint, time.before, OLD.campaign_id, OLD.step_id, OLD.lead_id,
            OLD.email_account_id),
        (NEW.direction, NEW.tenant_id, time.kind, 1::smallint, time.after, NEW.campaign_id, NEW.step_id, NEW.lead_id,
            NEW.email_account_id)
    ) row (direction, tenant_id, kind, amount, happened, campaign_id, step_id, lead_id, email_account_id)
    WHERE row.direction = 'outbound' AND row.happened IS NOT NULL AND (moved OR time.before IS DISTINCT FROM time.after);
    RETURN NULL;
END $$;
";

/// Of each row: what is counted. Messages that wait to be sent, and all others that change in other ways, pay nothing.
const TRIGGERS: &str = "
CREATE TRIGGER email_messages_events_insert AFTER INSERT ON email_messages FOR EACH ROW
    WHEN (NEW.direction = 'outbound' AND {NEW} IS NOT NULL) EXECUTE FUNCTION log_message_events();
CREATE TRIGGER email_messages_events_update AFTER UPDATE ON email_messages FOR EACH ROW
    WHEN ((OLD.direction, OLD.campaign_id, OLD.step_id, OLD.lead_id, OLD.email_account_id, OLD.sent, OLD.delivered,
            OLD.opened, OLD.clicked, OLD.replied, OLD.bounced, OLD.unsubscribed, OLD.complained)
        IS DISTINCT FROM (NEW.direction, NEW.campaign_id, NEW.step_id, NEW.lead_id, NEW.email_account_id, NEW.sent,
            NEW.delivered, NEW.opened, NEW.clicked, NEW.replied, NEW.bounced, NEW.unsubscribed, NEW.complained))
    EXECUTE FUNCTION log_message_events();
CREATE TRIGGER email_messages_events_delete AFTER DELETE ON email_messages FOR EACH ROW
    WHEN (OLD.direction = 'outbound' AND {OLD} IS NOT NULL) EXECUTE FUNCTION log_message_events();
";

fn triggers() -> String {
    let any = |row: &str| {
        format!(
            "coalesce({row}.sent, {row}.delivered, {row}.opened, {row}.clicked, {row}.replied, {row}.bounced, \
             {row}.unsubscribed, {row}.complained)"
        )
    };
    TRIGGERS
        .replace("{NEW}", &any("NEW"))
        .replace("{OLD}", &any("OLD"))
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &tenant("message_events", READ),
                &worked("message_events", "SELECT, INSERT, DELETE"),
                LOG,
                &triggers(),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "DROP TRIGGER email_messages_events_insert ON email_messages;
                DROP TRIGGER email_messages_events_update ON email_messages;
                DROP TRIGGER email_messages_events_delete ON email_messages;",
                "DROP FUNCTION log_message_events()",
                "DROP TABLE message_events",
            ],
        )
        .await
    }
}
