//! A password is put there for the servers that an account names. Who changes what an account names as a member, but may not
//! read its password, could have it sent to a server of their own; so with another server its path is taken away, until
//! the operator sets it again.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = r"
CREATE FUNCTION keep_password_to_its_servers() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    NEW.vault_key_path := NULL;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION keep_password_to_its_servers() FROM PUBLIC;
CREATE TRIGGER email_accounts_password BEFORE UPDATE OF smtp_settings, imap_settings ON email_accounts FOR EACH ROW
    WHEN (current_user = 'gateway_login' AND OLD.vault_key_path IS NOT NULL AND
        jsonb_build_array(OLD.smtp_settings -> 'host', OLD.smtp_settings -> 'port', OLD.smtp_settings -> 'security',
            OLD.imap_settings -> 'host', OLD.imap_settings -> 'port', OLD.imap_settings -> 'security')
        <> jsonb_build_array(NEW.smtp_settings -> 'host', NEW.smtp_settings -> 'port', NEW.smtp_settings -> 'security',
            NEW.imap_settings -> 'host', NEW.imap_settings -> 'port', NEW.imap_settings -> 'security'))
    EXECUTE FUNCTION keep_password_to_its_servers();
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &["DROP TRIGGER email_accounts_password ON email_accounts;
               DROP FUNCTION keep_password_to_its_servers()"],
        )
        .await
    }
}
