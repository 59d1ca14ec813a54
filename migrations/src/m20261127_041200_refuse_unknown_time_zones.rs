//! A tenant's days are those of a time zone that PostgreSQL knows: what is written is looked up among its names, for a word
//! that is none would fail whatever counts by days, and for ever.
//!
//! Names go: a server with other time zones than the last may not know what is there already. So whoever counts asks first
//! ([`USABLE`]), without a look at all names, for which a server reads as many files.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const CHECK: &str = "
CREATE FUNCTION is_time_zone(name text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$ SELECT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = $1) $$;
REVOKE EXECUTE ON FUNCTION is_time_zone(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_time_zone(text) TO gateway_login;

CREATE FUNCTION check_time_zone() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.ui_settings ->> 'time_zone' = OLD.ui_settings ->> 'time_zone' THEN
        RETURN NEW;
    END IF;
    IF NOT is_time_zone(NEW.ui_settings ->> 'time_zone') THEN
        RAISE SQLSTATE 'TG102' USING
            MESSAGE = format('%L is no time zone', NEW.ui_settings ->> 'time_zone'),
            HINT = 'Give a name of the IANA database such as Europe/Berlin.';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION check_time_zone() FROM PUBLIC;
CREATE TRIGGER tenant_config_time_zone BEFORE INSERT OR UPDATE OF ui_settings ON tenant_config FOR EACH ROW
    WHEN (NEW.ui_settings ->> 'time_zone' IS NOT NULL)
    EXECUTE FUNCTION check_time_zone();
";

/// The name of a time zone again, or NULL where nothing can be counted by it: `rollups.time_zone` has room for 64 characters.
const USABLE: &str = "
CREATE FUNCTION usable_time_zone(name text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM now() AT TIME ZONE name;
    RETURN CASE WHEN length(name) <= 64 THEN name END;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION usable_time_zone(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION usable_time_zone(text) TO gateway_worker;
";

const DOWN: &str = "
DROP FUNCTION usable_time_zone(text);
DROP TRIGGER tenant_config_time_zone ON tenant_config;
DROP FUNCTION check_time_zone();
DROP FUNCTION is_time_zone(text);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[CHECK, USABLE]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
