//! Users, tenants, and who is a member of which tenant as what.
//!
//! A user may be a member of many tenants, so `users` has no tenant: a request sees itself and the
//! live members of its tenant. The membership's policy filters the inner query. It is an array made
//! once for a statement, because a subquery in a policy is never turned into a join. With 100,000
//! users, a page of a tenant's users took 7 ms of 2,000 members as an array, which is an index
//! condition on `users`, 24 ms as `IN (SELECT …)` and 570 as `EXISTS`, which filter all users. Its
//! price before PostgreSQL 17 is that a batch of ids is tried against each member: 50 ids took 7 ms
//! (1 as `EXISTS`). Tenants of thousands are rare, and platforms of a hundred thousand are not.
//!
//! The two `…_own_memberships` policies are for the owner alone, to whom row level security is
//! forced as well; `viewer_tenants()` runs as the owner and sees through them.

use crate::{
    row_security::{READ, forced, grant, tenant},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = r#"
CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text COLLATE "C" NOT NULL,
    name text COLLATE "C",
    given_name text,
    family_name text,
    picture text,
    email_verified timestamptz,
    deleted timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_email_check CHECK (email = lower(email))
);
CREATE UNIQUE INDEX users_email_key ON users (email) WHERE deleted IS NULL;

CREATE TABLE tenants (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text COLLATE "C" NOT NULL,
    compute_id uuid,
    deleted timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tenant_users (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    user_id uuid NOT NULL REFERENCES users (id),
    email text COLLATE "C",
    roles text[] NOT NULL DEFAULT '{}',
    deleted timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT tenant_users_roles_check
        CHECK (roles <@ ARRAY['owner', 'admin', 'member', 'analyst', 'billing'])
);
CREATE INDEX idx_tenant_users_tenant ON tenant_users (tenant_id, created DESC, user_id DESC);
CREATE INDEX idx_tenant_users_user ON tenant_users (user_id, tenant_id);
"#;

const POLICIES: &str = r"
CREATE POLICY users_isolation ON users
    FOR SELECT TO gateway_login
    USING (id = ANY (ARRAY(
        SELECT user_id FROM tenant_users WHERE deleted IS NULL
        UNION ALL SELECT current_setting('app.current_user_id')::uuid
    )));
CREATE POLICY tenants_tenant_isolation ON tenants
    FOR SELECT TO gateway_login, gateway_staff
    USING (id = (SELECT current_setting('app.current_tenant_id')::uuid));
CREATE POLICY tenant_users_own_memberships ON tenant_users
    FOR SELECT TO gateway_owner
    USING (user_id = (SELECT current_setting('app.current_user_id')::uuid));
CREATE POLICY tenants_own_memberships ON tenants
    FOR SELECT TO gateway_owner
    USING (id IN (SELECT tenant_id FROM tenant_users WHERE deleted IS NULL));
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLES,
                &keep_updated("users"),
                &keep_updated("tenants"),
                &keep_updated("tenant_users"),
                &forced("users"),
                &grant("users", READ),
                &forced("tenants"),
                &grant("tenants", READ),
                &tenant("tenant_users", READ),
                POLICIES,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE users, tenants, tenant_users"]).await
    }
}
