//! A tenant changes its configuration and its security policy: owners and admins do.
//!
//! Of the configuration, what the bill goes by is the matter of owners and billing. Rights on columns can
//! not depend on a member's role, so a trigger asks for it where one of those columns, or one of the
//! others, would change. It binds the gateway's login role only: jobs and the operator have no role in
//! the tenant. The customer at the payment provider is the billing service's to set.

use crate::{
    row_security::{ADMINS, PAYERS, any_writers, writers},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const GRANTS: &str = r"
GRANT INSERT (tenant_id, billing_email, billing_address, billing_notifications, usage_alerts,
        security_alerts, theme, ui_settings),
    UPDATE (billing_email, billing_address, billing_notifications, usage_alerts, security_alerts,
        theme, ui_settings)
    ON tenant_config TO gateway_login;
GRANT INSERT (tenant_id, password_min_length, password_require_uppercase, password_require_number,
        password_require_symbol, session_timeout_hours, max_login_attempts, two_factor_required,
        default_company_industry, default_company_size),
    UPDATE (password_min_length, password_require_uppercase, password_require_number,
        password_require_symbol, session_timeout_hours, max_login_attempts, two_factor_required,
        default_company_industry, default_company_size)
    ON tenant_policies TO gateway_login;
";

const FUNCTION: &str = r"
CREATE FUNCTION require_role() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT string_to_array(current_setting('app.current_roles'), ',') && TG_ARGV::text[] THEN
        RAISE insufficient_privilege USING MESSAGE =
            format('%s needs one of the roles %s', TG_NAME, array_to_string(TG_ARGV::text[], ', '));
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION require_role() FROM PUBLIC;
";

/// A row that is new differs from the defaults where something was chosen.
fn triggers() -> String {
    format!(
        "CREATE TRIGGER tenant_config_billing_update BEFORE UPDATE ON tenant_config FOR EACH ROW
            WHEN (current_user = 'gateway_login'
                AND (OLD.billing_email, OLD.billing_address, OLD.billing_notifications)
                    IS DISTINCT FROM (NEW.billing_email, NEW.billing_address, NEW.billing_notifications))
            EXECUTE FUNCTION require_role({PAYERS});
        CREATE TRIGGER tenant_config_billing_insert BEFORE INSERT ON tenant_config FOR EACH ROW
            WHEN (current_user = 'gateway_login'
                AND (NEW.billing_email, NEW.billing_address, NEW.billing_notifications)
                    IS DISTINCT FROM (NULL, NULL, true))
            EXECUTE FUNCTION require_role({PAYERS});
        CREATE TRIGGER tenant_config_choices_update BEFORE UPDATE ON tenant_config FOR EACH ROW
            WHEN (current_user = 'gateway_login'
                AND (OLD.usage_alerts, OLD.security_alerts, OLD.theme, OLD.ui_settings)
                    IS DISTINCT FROM (NEW.usage_alerts, NEW.security_alerts, NEW.theme, NEW.ui_settings))
            EXECUTE FUNCTION require_role({ADMINS});
        CREATE TRIGGER tenant_config_choices_insert BEFORE INSERT ON tenant_config FOR EACH ROW
            WHEN (current_user = 'gateway_login'
                AND (NEW.usage_alerts, NEW.security_alerts, NEW.theme, NEW.ui_settings)
                    IS DISTINCT FROM (true, true, 'system', '{{}}'::jsonb))
            EXECUTE FUNCTION require_role({ADMINS});"
    )
}

const DOWN: &str = r"
DROP TRIGGER tenant_config_billing_update ON tenant_config;
DROP TRIGGER tenant_config_billing_insert ON tenant_config;
DROP TRIGGER tenant_config_choices_update ON tenant_config;
DROP TRIGGER tenant_config_choices_insert ON tenant_config;
DROP FUNCTION require_role();
-- Of columns, too.
REVOKE INSERT, UPDATE ON tenant_config, tenant_policies FROM gateway_login;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let any = "'owner', 'admin', 'billing'";
        run(
            manager,
            &[
                GRANTS,
                &writers("tenant_config", any),
                &writers("tenant_policies", ADMINS),
                FUNCTION,
                &triggers(),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                DOWN,
                &any_writers("tenant_config"),
                &any_writers("tenant_policies"),
            ],
        )
        .await
    }
}
