//! Keys of internal tools, each for one member of a tenant: owners and admins make and revoke them.
//!
//! Kept is a digest, which nobody reads: a request that presents a key asks `api_key_grants()` in the transaction that
//! it opens, and is answered for the tenant and the user that the transaction is set to, and for the key with exactly
//! that digest. The function runs as the owner, who is forced to see the keys of that user only. In whose name a key is
//! made is not the maker's to say: it is a default, and not granted.
//!
//! When a key was last used is noted by `note_api_key_use()`, in a transaction of its own, because those of the key may
//! be read only; to the minute.

use crate::{
    row_security::{ADMINS, tenant_ungranted, writers},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE api_keys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    user_id uuid NOT NULL DEFAULT current_setting('app.current_user_id')::uuid,
    name varchar(100) COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    roles text[] NOT NULL,
    read_only boolean NOT NULL DEFAULT true,
    expires timestamptz,
    revoked timestamptz,
    last_used timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT api_keys_digest_check CHECK (octet_length(digest) = 32),
    CONSTRAINT api_keys_roles_check
        CHECK (cardinality(roles) > 0
            AND roles <@ ARRAY['owner', 'admin', 'member', 'analyst', 'billing']),
    CONSTRAINT api_keys_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (tenant_id, user_id)
        REFERENCES tenant_users (tenant_id, user_id)
);
CREATE INDEX idx_api_keys_tenant_created ON api_keys (tenant_id, created DESC, id DESC);
CREATE INDEX idx_api_keys_tenant_user ON api_keys (tenant_id, user_id, created DESC, id DESC);
"#;

const GRANTS: &str = r"
GRANT SELECT (id, tenant_id, user_id, name, roles, read_only, expires, revoked, last_used, created, updated)
    ON api_keys TO gateway_login, gateway_staff;
GRANT INSERT (id, tenant_id, name, digest, roles, read_only, expires), UPDATE (revoked)
    ON api_keys TO gateway_login;
";

const FUNCTIONS: &str = r"
CREATE POLICY api_keys_own ON api_keys
    FOR SELECT TO gateway_owner
    USING (user_id = (SELECT current_setting('app.current_user_id')::uuid));
CREATE POLICY api_keys_note_use ON api_keys
    FOR UPDATE TO gateway_owner
    USING (user_id = (SELECT current_setting('app.current_user_id')::uuid));
CREATE FUNCTION api_key_grants(key uuid, presented bytea)
    RETURNS TABLE (roles text[], read_only boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT api_keys.roles, api_keys.read_only
    FROM api_keys
    WHERE id = key AND digest = presented
        AND tenant_id = current_setting('app.current_tenant_id')::uuid
        AND user_id = current_setting('app.current_user_id')::uuid
        AND revoked IS NULL AND (expires IS NULL OR expires > now());
END;
CREATE FUNCTION note_api_key_use(key uuid) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    UPDATE api_keys SET last_used = now()
    WHERE id = key AND user_id = current_setting('app.current_user_id')::uuid
        AND (last_used IS NULL OR last_used < now() - interval '1 minute');
END;
REVOKE EXECUTE ON FUNCTION api_key_grants(uuid, bytea), note_api_key_use(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_key_grants(uuid, bytea), note_api_key_use(uuid) TO gateway_login;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("api_keys"),
                &tenant_ungranted("api_keys"),
                &writers("api_keys", ADMINS),
                GRANTS,
                FUNCTIONS,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "DROP FUNCTION api_key_grants(uuid, bytea), note_api_key_use(uuid)",
                "DROP TABLE api_keys",
            ],
        )
        .await
    }
}
