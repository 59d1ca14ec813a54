//! Who may see and do what: the statements of each scope, so that a migration says its scope in a
//! line.
//!
//! Each function gives row level security (enabled, and forced on the owner), one policy and the
//! grants that the scope needs. A setting is read through `(SELECT …)`, once for a statement rather
//! than for each row, and never with `missing_ok`: without it the statement fails. The staff role
//! reads what the login role reads in a tenant, so that a request that became staff still reads its
//! tenant, and writes nothing.
//!
//! [`writers`] adds who of a tenant's members may write. Those policies are restrictive, so they take
//! from what the scope gives, and name commands that write, so reading does not know of them. [`readers`] does the same for
//! reading, where not all members may.

/// What a role needs that only reads.
pub(crate) const READ: &str = "SELECT";
/// What a role needs that reads and writes.
pub(crate) const WRITE: &str = "SELECT, INSERT, UPDATE, DELETE";

/// Who works with a tenant's data.
pub(crate) const WORKERS: &str = "'owner', 'admin', 'member'";
/// Who configures a tenant.
pub(crate) const ADMINS: &str = "'owner', 'admin'";
/// Who pays.
pub(crate) const PAYERS: &str = "'owner', 'billing'";
/// Who says who is a member, and as what.
pub(crate) const OWNERS: &str = "'owner'";

const MEMBERS: &str = "gateway_login, gateway_staff";

/// Rows of the request's tenant.
pub(crate) fn tenant(table: &str, commands: &str) -> String {
    tenant_named(table, &format!("{table}_tenant_isolation"), commands)
}

/// Rows of the request's tenant, where the policy has a name of its own.
pub(crate) fn tenant_named(table: &str, policy: &str, commands: &str) -> String {
    let policy = isolation(table, policy, "tenant_id", "app.current_tenant_id");
    forced(table) + &policy + &grant(table, commands)
}

/// Rows of the request's tenant, for whom the migration itself grants what.
pub(crate) fn tenant_ungranted(table: &str) -> String {
    let policy = format!("{table}_tenant_isolation");
    forced(table) + &isolation(table, &policy, "tenant_id", "app.current_tenant_id")
}

/// Rows of the request's tenant, but only these columns of them.
pub(crate) fn tenant_columns(table: &str, columns: &str) -> String {
    let policy = format!("{table}_tenant_isolation");
    let policy = isolation(table, &policy, "tenant_id", "app.current_tenant_id");
    forced(table)
        + &policy
        + &format!(
            "GRANT SELECT ({columns}), INSERT ({columns}), UPDATE ({columns}), DELETE
                ON {table} TO gateway_login;
            GRANT SELECT ({columns}) ON {table} TO gateway_staff;"
        )
}

/// Rows of the tenant that a job is for, and what the platform's own work may do with them.
pub(crate) fn worked(table: &str, commands: &str) -> String {
    worked_by(table, "tenant_id", commands)
}

/// The same where another column has the tenant.
pub(crate) fn worked_by(table: &str, column: &str, commands: &str) -> String {
    let own = own(column, "app.current_tenant_id");
    format!(
        "CREATE POLICY {table}_worker ON {table}
            FOR ALL TO gateway_worker USING ({own}) WITH CHECK ({own});
        GRANT {commands} ON {table} TO gateway_worker;"
    )
}

/// All rows, for the platform's own work that is in no tenant, and only while it is in none.
pub(crate) fn dispatched(table: &str, commands: &str) -> String {
    let none = "((SELECT coalesce(current_setting('app.current_tenant_id', true), '') = ''))";
    format!(
        "CREATE POLICY {table}_dispatcher ON {table}
            FOR ALL TO gateway_dispatcher USING {none} WITH CHECK {none};
        GRANT {commands} ON {table} TO gateway_dispatcher;"
    )
}

/// Rows of the request's user.
pub(crate) fn user(table: &str, commands: &str) -> String {
    let policy = isolation(
        table,
        &format!("{table}_isolation"),
        "user_id",
        "app.current_user_id",
    );
    forced(table) + &policy + &grant(table, commands)
}

/// All rows, for staff with a permission.
pub(crate) fn staff(table: &str, permission: &str) -> String {
    forced(table)
        + &format!(
            "CREATE POLICY {table}_staff ON {table}
                FOR SELECT TO gateway_staff USING ((SELECT staff_may('{permission}')));
            GRANT SELECT ON {table} TO gateway_staff;"
        )
}

/// A permission that roles of staff may be given.
pub(crate) fn permission(id: &str, name: &str, description: &str) -> String {
    let insert = format!(
        "INSERT INTO permissions (id, name, description) VALUES ('{id}', '{name}', '{description}');"
    );
    unforced(&["permissions"], &insert)
}

/// Takes [`permission`] back, from the roles that were given it, too.
pub(crate) fn no_permission(name: &str) -> String {
    let delete = format!("DELETE FROM permissions WHERE name = '{name}';");
    unforced(&["staff_role_permissions", "permissions"], &delete)
}

/// A statement of the owner's, whom the policies of these tables bind, too, and who has none on them.
pub(crate) fn unforced(tables: &[&str], statement: &str) -> String {
    let each = |force: &str| -> String {
        let tables = tables.iter();
        tables
            .map(|table| format!("ALTER TABLE {table} {force} ROW LEVEL SECURITY;"))
            .collect()
    };
    each("NO FORCE") + statement + &each("FORCE")
}

/// Only members with one of these roles write, whatever else lets them.
///
/// The roles are those of the opening message, in a subquery, so that they are read once for a
/// statement. An INSERT and an UPDATE of others fail; a DELETE has no new row to be checked, so it
/// finds no row.
pub(crate) fn writers(table: &str, roles: &str) -> String {
    let role = format!("((SELECT {}))", has_role(roles));
    format!(
        "CREATE POLICY {table}_insert_by_role ON {table} AS RESTRICTIVE
            FOR INSERT TO gateway_login WITH CHECK {role};
        CREATE POLICY {table}_update_by_role ON {table} AS RESTRICTIVE
            FOR UPDATE TO gateway_login USING (true) WITH CHECK {role};
        CREATE POLICY {table}_delete_by_role ON {table} AS RESTRICTIVE
            FOR DELETE TO gateway_login USING {role};"
    )
}

/// Takes [`writers`] back.
pub(crate) fn any_writers(table: &str) -> String {
    format!(
        "DROP POLICY {table}_insert_by_role ON {table};
        DROP POLICY {table}_update_by_role ON {table};
        DROP POLICY {table}_delete_by_role ON {table};"
    )
}

/// Only members with one of these roles read, whatever else lets them; staff and the platform's own work are not members.
pub(crate) fn readers(table: &str, roles: &str) -> String {
    let role = format!("((SELECT {}))", has_role(roles));
    format!(
        "CREATE POLICY {table}_select_by_role ON {table} AS RESTRICTIVE
            FOR SELECT TO gateway_login USING {role};"
    )
}

/// Takes [`readers`] back.
pub(crate) fn any_readers(table: &str) -> String {
    format!("DROP POLICY {table}_select_by_role ON {table};")
}

/// Whether the member has one of these roles.
pub(crate) fn has_role(roles: &str) -> String {
    format!("string_to_array(current_setting('app.current_roles'), ',') && ARRAY[{roles}]")
}

/// Row level security for everyone, the owner included; what follows are the exceptions.
pub(crate) fn forced(table: &str) -> String {
    format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
    )
}

/// Commands that the login role may use, as far as policies let it; staff read.
pub(crate) fn grant(table: &str, commands: &str) -> String {
    format!(
        "GRANT {commands} ON {table} TO gateway_login;
        GRANT SELECT ON {table} TO gateway_staff;"
    )
}

fn isolation(table: &str, policy: &str, column: &str, setting: &str) -> String {
    let own = own(column, setting);
    format!(
        "CREATE POLICY {policy} ON {table}
            FOR ALL TO {MEMBERS} USING ({own}) WITH CHECK ({own});"
    )
}

fn own(column: &str, setting: &str) -> String {
    format!("{column} = (SELECT current_setting('{setting}')::uuid)")
}
