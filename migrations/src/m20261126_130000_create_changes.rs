//! What changed, for those who want to be told: a row for each change, written by triggers in the
//! transaction that makes it, so there is no change without it and none that was rolled back.
//!
//! The triggers are of statements: one that changes a thousand rows adds its thousand in one INSERT. They take no
//! lock, unlike NOTIFY, for which all transactions that use it wait for each other when they commit.
//!
//! `transaction` is who wrote it. A reader that keeps the snapshot of its last look asks for what the new one sees and
//! that one did not: nothing is missed or seen twice, in whatever order transactions commit, and a long one
//! holds nothing back. (The numbers in `id` are given out before the commit, so a reader that went by
//! them would miss what commits late.)
//!
//! A tenant's request can neither read nor write the table. It is written by the triggers, as the owner, and read by
//! `gateway_feed`, only while no tenant is set. What is old is removed by a function, in batches.
//!
//! A step's change is one of its campaign.

use crate::{row_security::forced, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r"
CREATE TABLE changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    subject_id uuid NOT NULL,
    change text NOT NULL,
    happened timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT changes_change_check CHECK (change IN ('created', 'updated', 'deleted'))
);
CREATE INDEX idx_changes_transaction ON changes (transaction);
";

const POLICIES: &str = r"
CREATE POLICY changes_written_and_removed ON changes
    FOR ALL TO gateway_owner USING (true) WITH CHECK (true);
CREATE POLICY changes_feed ON changes
    FOR SELECT TO gateway_feed
    USING ((SELECT coalesce(current_setting('app.current_tenant_id', true), '') = ''));
GRANT SELECT ON changes TO gateway_feed;
";

/// Old rows go from the front, and what another process is removing is passed over.
const FORGET: &str = r"
CREATE FUNCTION forget_changes(before timestamptz, at_most integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    WITH forgotten AS (
        DELETE FROM changes WHERE id IN (
            SELECT id FROM changes WHERE happened < before ORDER BY id LIMIT at_most FOR UPDATE SKIP LOCKED
        )
        RETURNING 1
    )
    SELECT count(*) FROM forgotten;
END;
REVOKE EXECUTE ON FUNCTION forget_changes(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_changes(timestamptz, integer) TO gateway_feed;
";

/// Nobody calls these but the triggers. A row that goes to another tenant is gone for the one it was of.
const NOTE: &str = r"
CREATE FUNCTION note_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO changes (tenant_id, subject, subject_id, change)
        SELECT tenant_id, TG_ARGV[0], id, 'created' FROM new_rows;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO changes (tenant_id, subject, subject_id, change)
        SELECT tenant_id, TG_ARGV[0], id, 'updated' FROM new_rows
        UNION ALL
        SELECT left_rows.tenant_id, TG_ARGV[0], left_rows.id, 'deleted'
        FROM (SELECT tenant_id, id FROM old_rows EXCEPT SELECT tenant_id, id FROM new_rows) AS left_rows;
    ELSE
        INSERT INTO changes (tenant_id, subject, subject_id, change)
        SELECT tenant_id, TG_ARGV[0], id, 'deleted' FROM old_rows;
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION note_changes() FROM PUBLIC;

CREATE FUNCTION note_changed_sequences() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO changes (tenant_id, subject, subject_id, change)
        SELECT DISTINCT tenant_id, 'campaign', campaign_id, 'updated' FROM old_rows;
    ELSE
        INSERT INTO changes (tenant_id, subject, subject_id, change)
        SELECT DISTINCT tenant_id, 'campaign', campaign_id, 'updated' FROM new_rows;
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION note_changed_sequences() FROM PUBLIC;
";

const DOWN: &str = r"
DROP TRIGGER campaign_sequence_steps_inserted ON campaign_sequence_steps;
DROP TRIGGER campaign_sequence_steps_changed ON campaign_sequence_steps;
DROP TRIGGER campaign_sequence_steps_deleted ON campaign_sequence_steps;
DROP TRIGGER campaigns_inserted ON campaigns;
DROP TRIGGER campaigns_changed ON campaigns;
DROP TRIGGER campaigns_deleted ON campaigns;
DROP FUNCTION note_changed_sequences(), note_changes(), forget_changes(timestamptz, integer);
DROP TABLE changes;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &forced("changes"),
                POLICIES,
                FORGET,
                NOTE,
                &noted("campaigns", "note_changes('campaign')"),
                &noted("campaign_sequence_steps", "note_changed_sequences()"),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}

/// The triggers that call a function with the rows of each statement. Each event has its own, because one with
/// transition tables can have no other.
pub(crate) fn noted(table: &str, function: &str) -> String {
    format!(
        "CREATE TRIGGER {table}_inserted AFTER INSERT ON {table}
            REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {function};
        CREATE TRIGGER {table}_changed AFTER UPDATE ON {table}
            REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {function};
        CREATE TRIGGER {table}_deleted AFTER DELETE ON {table}
            REFERENCING OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {function};"
    )
}
