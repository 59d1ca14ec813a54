//! What became of a day's mail, by lead: as many rows as messages, nearly. So each month is a partition, which goes as a
//! whole when it is old.
//!
//! Partitions are made and dropped by functions that run as the owner, for the platform's own work alone. Nobody has a
//! grant on a partition: all is asked of the table, under its policies; the partitions have row level security, too.

use super::m20261127_020300_create_daily_analytics::COUNTS;
use crate::{
    row_security::{READ, WRITE, tenant, tenant_ungranted, worked},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "
CREATE TABLE lead_analytics (
    tenant_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    day date NOT NULL,
    billing_id uuid,
    {COUNTS},
    PRIMARY KEY (tenant_id, lead_id, day),
    CONSTRAINT lead_analytics_billing_id_fkey FOREIGN KEY (tenant_id, billing_id)
        REFERENCES billing_analytics (tenant_id, id)
) PARTITION BY RANGE (day);
CREATE INDEX idx_lead_analytics_day ON lead_analytics (tenant_id, day, lead_id);
CREATE INDEX idx_lead_analytics_billing ON lead_analytics (tenant_id, billing_id);
-- What has no month of its own yet, and what is older than those that are kept.
CREATE TABLE lead_analytics_rest PARTITION OF lead_analytics DEFAULT;
";

/// Makes the partition of the month that a day is in; true if there was none. Rows of it that were in the rest move.
const MAKE: &str = "
CREATE FUNCTION make_lead_analytics_month(day date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    first date := date_trunc('month', day);
    last date := first + interval '1 month';
    name text := 'lead_analytics_' || to_char(first, 'YYYY_MM');
BEGIN
    IF EXISTS (SELECT FROM pg_class c WHERE c.relname = name AND c.relnamespace = 'public'::regnamespace) THEN
        RETURN false;
    END IF;
    -- One at a time: two that found no partition would both make it. The catalog itself is asked, for what was looked up
    -- by name is remembered over the wait.
    PERFORM pg_advisory_xact_lock(hashtext('make_lead_analytics_month'));
    IF EXISTS (SELECT FROM pg_class c WHERE c.relname = name AND c.relnamespace = 'public'::regnamespace) THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.lead_analytics INCLUDING ALL)', name);
    -- Row level security is forced on the owner as well; the transaction hides it from all others.
    ALTER TABLE lead_analytics_rest NO FORCE ROW LEVEL SECURITY;
    EXECUTE format('WITH moved AS (DELETE FROM public.lead_analytics_rest WHERE day >= %L AND day < %L RETURNING *)
        INSERT INTO public.%I SELECT * FROM moved', first, last, name);
    ALTER TABLE lead_analytics_rest FORCE ROW LEVEL SECURITY;
    EXECUTE format('ALTER TABLE public.lead_analytics ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        name, first, last);
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON public.%I FOR ALL TO gateway_login, gateway_staff
        USING (tenant_id = (SELECT current_setting(''app.current_tenant_id'')::uuid))
        WITH CHECK (tenant_id = (SELECT current_setting(''app.current_tenant_id'')::uuid))',
        name || '_tenant_isolation', name);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION make_lead_analytics_month(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_lead_analytics_month(date) TO gateway_worker, gateway_dispatcher;
";

/// Drops the partitions whose months ended before a day, and no month of the last year; how many those were.
const DROP: &str = "
CREATE FUNCTION drop_lead_analytics_before(day date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    bound date := least(day, (date_trunc('month', now()) - interval '1 year')::date);
    name text;
    dropped integer := 0;
BEGIN
    FOR name IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.lead_analytics'::regclass AND c.relname ~ '^lead_analytics_[0-9]{4}_[0-9]{2}$'
            AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= bound
    LOOP
        EXECUTE format('DROP TABLE public.%I', name);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;
REVOKE ALL ON FUNCTION drop_lead_analytics_before(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_lead_analytics_before(date) TO gateway_dispatcher;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                &TABLE.replace("{COUNTS}", COUNTS),
                &keep_updated("lead_analytics"),
                &tenant("lead_analytics", READ),
                &worked("lead_analytics", WRITE),
                &tenant_ungranted("lead_analytics_rest"),
                MAKE,
                DROP,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "DROP FUNCTION drop_lead_analytics_before(date)",
                "DROP FUNCTION make_lead_analytics_month(date)",
                "DROP TABLE lead_analytics",
            ],
        )
        .await
    }
}
