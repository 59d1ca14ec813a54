//! A membership knows whether its tenant and its user are live, so that who asks is known by one row.
//!
//! Each transaction begins with that question. Asked of three tables it was 21 of the 56 microseconds that PostgreSQL
//! needs for a lookup by id in all, asked of one it is 8.
//!
//! The flags of a membership are a part of its foreign keys. What is deleted has another key from then on, PostgreSQL hands
//! it on to the memberships in the same transaction, and waits for who adds one at that moment; nobody who does not switch
//! triggers off, which `gateway doctor` finds, can say what is not so. That hand is the system's own: row level security does not bind it, however forced.
//!
//! `live` is a plain column that a trigger writes and a check holds. A generated one would be written anew with the whole
//! table, whose rows those who read at that moment would miss, and PostgreSQL takes its key for changed by each update, so
//! that a tenant who is renamed would make wait whoever inserts a row of theirs.
//!
//! Whoever asks in a transaction has read `tenant_users` first, so that is what is locked first.

use crate::{
    m20261123_080300_create_viewer_tenants::viewer_tenants, row_security::unforced, statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const LOCK: &str = "LOCK TABLE tenant_users, tenants, users IN ACCESS EXCLUSIVE MODE;";

const COLUMNS: &str = "
CREATE FUNCTION keep_live() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    NEW.live := NEW.deleted IS NULL;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION keep_live() FROM PUBLIC;
ALTER TABLE tenants ADD COLUMN live boolean NOT NULL DEFAULT true;
ALTER TABLE users ADD COLUMN live boolean NOT NULL DEFAULT true;
ALTER TABLE tenant_users
    ADD COLUMN tenant_live boolean NOT NULL DEFAULT true,
    ADD COLUMN user_live boolean NOT NULL DEFAULT true;
";

/// Without the triggers that keep `updated`: nothing changes that somebody is shown.
const KNOWN: &str = "
ALTER TABLE tenants DISABLE TRIGGER tenants_updated;
ALTER TABLE users DISABLE TRIGGER users_updated;
ALTER TABLE tenant_users DISABLE TRIGGER tenant_users_updated;
UPDATE tenants SET live = false WHERE deleted IS NOT NULL;
UPDATE users SET live = false WHERE deleted IS NOT NULL;
UPDATE tenant_users SET tenant_live = tenants.live, user_live = users.live
    FROM tenants, users
    WHERE tenants.id = tenant_id AND users.id = user_id AND NOT (tenants.live AND users.live);
ALTER TABLE tenants ENABLE TRIGGER tenants_updated;
ALTER TABLE users ENABLE TRIGGER users_updated;
ALTER TABLE tenant_users ENABLE TRIGGER tenant_users_updated;
";

const KEYS: &str = "
CREATE TRIGGER tenants_live BEFORE INSERT OR UPDATE OF deleted ON tenants FOR EACH ROW EXECUTE FUNCTION keep_live();
CREATE TRIGGER users_live BEFORE INSERT OR UPDATE OF deleted ON users FOR EACH ROW EXECUTE FUNCTION keep_live();
ALTER TABLE tenants
    ADD CONSTRAINT tenants_live_check CHECK (live = (deleted IS NULL)),
    ADD CONSTRAINT tenants_live_key UNIQUE (id, live);
ALTER TABLE users
    ADD CONSTRAINT users_live_check CHECK (live = (deleted IS NULL)),
    ADD CONSTRAINT users_live_key UNIQUE (id, live);
ALTER TABLE tenant_users
    DROP CONSTRAINT tenant_users_tenant_id_fkey,
    DROP CONSTRAINT tenant_users_user_id_fkey,
    ADD CONSTRAINT tenant_users_tenant_id_fkey FOREIGN KEY (tenant_id, tenant_live)
        REFERENCES tenants (id, live) ON UPDATE CASCADE,
    ADD CONSTRAINT tenant_users_user_id_fkey FOREIGN KEY (user_id, user_live)
        REFERENCES users (id, live) ON UPDATE CASCADE;
";

/// The function names what is shown of a tenant: one that answers whole rows is wrong once the table has another column.
const NOT_SHOWN: &str = "DROP FUNCTION viewer_tenants()";

const DOWN: &str = "
ALTER TABLE tenant_users
    DROP CONSTRAINT tenant_users_tenant_id_fkey,
    DROP CONSTRAINT tenant_users_user_id_fkey,
    DROP COLUMN tenant_live,
    DROP COLUMN user_live,
    ADD CONSTRAINT tenant_users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    ADD CONSTRAINT tenant_users_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id);
DROP TRIGGER tenants_live ON tenants;
DROP TRIGGER users_live ON users;
DROP FUNCTION keep_live();
ALTER TABLE tenants DROP CONSTRAINT tenants_live_key, DROP CONSTRAINT tenants_live_check, DROP COLUMN live;
ALTER TABLE users DROP CONSTRAINT users_live_key, DROP CONSTRAINT users_live_check, DROP COLUMN live;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kept = unforced(
            &["tenants", "users", "tenant_users"],
            &[KNOWN, KEYS].concat(),
        );
        let shown = viewer_tenants("TABLE (id uuid, name text)", "tenants.id, tenants.name");
        run(manager, &[LOCK, NOT_SHOWN, &shown, COLUMNS, &kept]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let unkept = unforced(&["tenants", "users", "tenant_users"], DOWN);
        let whole = viewer_tenants("SETOF tenants", "tenants.*");
        run(manager, &[LOCK, NOT_SHOWN, &unkept, &whole]).await
    }
}
