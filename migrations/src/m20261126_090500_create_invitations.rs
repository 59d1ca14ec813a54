//! Invitations into a tenant, by address: owners make and revoke them. In whose name is not theirs to
//! say: it is a default, and not granted.
//!
//! Of one address there is one open invitation in a tenant. One that has expired is open still, because an
//! index can not know the time; who invites again revokes it first.

use crate::{
    row_security::{OWNERS, READ, tenant, writers},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE invitations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    email text COLLATE "C" NOT NULL,
    roles text[] NOT NULL,
    invited_by_user_id uuid NOT NULL DEFAULT current_setting('app.current_user_id')::uuid,
    expires timestamptz NOT NULL,
    accepted timestamptz,
    accepted_by_user_id uuid,
    revoked timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT invitations_email_check CHECK (email = lower(email)),
    CONSTRAINT invitations_roles_check
        CHECK (cardinality(roles) > 0
            AND roles <@ ARRAY['owner', 'admin', 'member', 'analyst', 'billing']),
    CONSTRAINT invitations_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT invitations_invited_by_user_id_fkey FOREIGN KEY (tenant_id, invited_by_user_id)
        REFERENCES tenant_users (tenant_id, user_id),
    CONSTRAINT invitations_accepted_by_user_id_fkey FOREIGN KEY (tenant_id, accepted_by_user_id)
        REFERENCES tenant_users (tenant_id, user_id)
);
CREATE UNIQUE INDEX invitations_email_key ON invitations (tenant_id, email)
    WHERE accepted IS NULL AND revoked IS NULL;
CREATE INDEX idx_invitations_tenant_created ON invitations (tenant_id, created DESC, id DESC);
CREATE INDEX idx_invitations_tenant_invited_by
    ON invitations (tenant_id, invited_by_user_id, created DESC, id DESC);
CREATE INDEX idx_invitations_tenant_accepted_by
    ON invitations (tenant_id, accepted_by_user_id, created DESC, id DESC);
-- Whom an address is invited by, in whatever tenant.
CREATE INDEX idx_invitations_open_email ON invitations (email)
    WHERE accepted IS NULL AND revoked IS NULL;
"#;

const GRANTS: &str = r"
GRANT INSERT (id, tenant_id, email, roles, expires), UPDATE (roles, expires, revoked)
    ON invitations TO gateway_login;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("invitations"),
                &tenant("invitations", READ),
                &writers("invitations", OWNERS),
                GRANTS,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE invitations"]).await
    }
}
