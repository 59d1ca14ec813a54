//! The platform's staff: who they are, in which role, and what a role permits.
//!
//! `staff_may(permission)` is what the policies of staff tables ask. It reads these four tables, whose
//! own policies ask it; so it looks as the owner, who sees the rows that lead from the request's user
//! to his permissions and nothing else. The permissions are part of the schema, because policies name
//! them; they are inserted before row level security is forced on the owner.

use crate::{
    row_security::staff,
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const MEMBERS: &str = r#"
CREATE TABLE staff_roles (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(100) COLLATE "C" NOT NULL,
    description text,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT staff_roles_name_key UNIQUE (name)
);
CREATE INDEX idx_staff_roles_created ON staff_roles (created DESC, id DESC);

CREATE TABLE staff_members (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    role_id uuid NOT NULL REFERENCES staff_roles (id),
    is_active boolean NOT NULL DEFAULT true,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_staff_members_created ON staff_members (created DESC, user_id DESC);
CREATE INDEX idx_staff_members_role ON staff_members (role_id, created DESC, user_id DESC);
"#;

const PERMISSIONS: &str = r#"
CREATE TABLE permissions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(100) COLLATE "C" NOT NULL,
    description text,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT permissions_name_key UNIQUE (name)
);
CREATE INDEX idx_permissions_created ON permissions (created DESC, id DESC);

INSERT INTO permissions (id, name, description) VALUES
    ('019c0000-0000-7000-8000-000000000001', 'infrastructure.read', 'See servers and addresses.'),
    ('019c0000-0000-7000-8000-000000000002', 'staff.read', 'See staff, roles and permissions.'),
    ('019c0000-0000-7000-8000-000000000003', 'configuration.read', 'See the configuration.'),
    ('019c0000-0000-7000-8000-000000000004', 'events.read', 'See the events of all tenants.');

CREATE TABLE staff_role_permissions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    role_id uuid NOT NULL REFERENCES staff_roles (id) ON DELETE CASCADE,
    permission_id uuid NOT NULL REFERENCES permissions (id) ON DELETE CASCADE,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT staff_role_permissions_pair_key UNIQUE (role_id, permission_id)
);
CREATE INDEX idx_staff_role_permissions_created
    ON staff_role_permissions (created DESC, id DESC);
CREATE INDEX idx_staff_role_permissions_permission
    ON staff_role_permissions (permission_id, role_id);
"#;

const FUNCTIONS: &str = r"
CREATE FUNCTION staff_permissions() RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT permissions.name::text
    FROM staff_members
    JOIN users ON users.id = staff_members.user_id
    JOIN staff_role_permissions USING (role_id)
    JOIN permissions ON permissions.id = staff_role_permissions.permission_id
    WHERE staff_members.is_active
        AND users.deleted IS NULL
        AND staff_members.user_id = current_setting('app.current_user_id')::uuid;
END;
CREATE FUNCTION staff_may(permission text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT permission IN (SELECT staff_permissions());
END;
REVOKE EXECUTE ON FUNCTION staff_permissions(), staff_may(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION staff_permissions(), staff_may(text) TO gateway_login, gateway_staff;
";

/// Of users, staff see staff: who a customer's people are is the customer's.
const COLLEAGUES: &str = r"
CREATE POLICY users_staff ON users
    FOR SELECT TO gateway_staff
    USING (id IN (SELECT user_id FROM staff_members));
";

const DOWN: &str = r"
DROP POLICY users_own ON users;
DROP POLICY users_staff ON users;
DROP POLICY staff_roles_staff ON staff_roles;
DROP POLICY staff_members_staff ON staff_members;
DROP POLICY permissions_staff ON permissions;
DROP POLICY staff_role_permissions_staff ON staff_role_permissions;
DROP FUNCTION staff_may(text), staff_permissions();
DROP TABLE staff_members, staff_role_permissions, permissions, staff_roles;
";

const OWN: &str = r"
CREATE POLICY users_own ON users
    FOR SELECT TO gateway_owner
    USING (id = (SELECT current_setting('app.current_user_id')::uuid));
CREATE POLICY staff_members_own ON staff_members
    FOR SELECT TO gateway_owner
    USING (user_id = (SELECT current_setting('app.current_user_id')::uuid));
CREATE POLICY staff_role_permissions_own ON staff_role_permissions
    FOR SELECT TO gateway_owner
    USING (role_id IN (SELECT role_id FROM staff_members));
CREATE POLICY permissions_own ON permissions
    FOR SELECT TO gateway_owner
    USING (id IN (SELECT permission_id FROM staff_role_permissions));
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                MEMBERS,
                PERMISSIONS,
                FUNCTIONS,
                OWN,
                &keep_updated("staff_roles"),
                &keep_updated("staff_members"),
                &keep_updated("permissions"),
                &keep_updated("staff_role_permissions"),
                &staff("staff_roles", "staff.read"),
                &staff("staff_members", "staff.read"),
                &staff("permissions", "staff.read"),
                &staff("staff_role_permissions", "staff.read"),
                COLLEAGUES,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
