//! Whether the promise can be kept at all: what the login role may do, and what each table does.
//!
//! Policies protect nothing from a role that is a superuser, has BYPASSRLS or owns the table, and
//! a table without forced row level security or without a policy is open or useless. `serve`
//! refuses to start on any [`Finding`].

use sqlx::{Connection, PgConnection, Row, postgres::PgRow};

use crate::database::Database;

/// What an inspection looked at and what it found wrong.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The login role.
    pub role: String,
    /// Tables looked at.
    pub tables: usize,
    /// What breaks the promise; empty when all is well.
    pub findings: Vec<Finding>,
}

/// One thing that breaks the promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The role or the table it is about.
    pub subject: String,
    /// What is wrong, and what to do.
    pub problem: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.subject, self.problem)
    }
}

/// The roles that the login role can become are inspected with it: `SET ROLE` is a member's right.
const ROLES: &str = "SELECT r.rolname::text, r.rolsuper, r.rolbypassrls, \
    EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) AS owns_tables, \
    EXISTS (SELECT FROM pg_namespace n WHERE n.nspowner = r.oid AND n.nspname NOT LIKE 'pg\\_temp%' AND n.nspname NOT LIKE 'pg\\_toast%') AS owns_schemas, \
    r.rolname = current_user AS is_login \
    FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER') ORDER BY is_login DESC, r.rolname";

/// A row for each table outside the system schemas, with the commands that the roles the login
/// role can become were granted, those that a policy lets happen, and those for which one asks for the
/// member's roles. What the platform's own work may, no member's request can.
const TABLES: &str = "SELECT c.oid::regclass::text, c.relkind::text, c.relrowsecurity, c.relforcerowsecurity, \
    coalesce(c.reloptions::text ILIKE '%security_invoker=true%' OR c.reloptions::text ILIKE '%security_invoker=on%', false) AS invoker, \
    ARRAY(SELECT DISTINCT p FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE']) p, pg_roles r \
      WHERE pg_has_role(current_user, r.oid, 'MEMBER') AND (has_table_privilege(r.oid, c.oid, p) OR (p <> 'DELETE' AND has_any_column_privilege(r.oid, c.oid, p))) ORDER BY p) AS granted, \
    ARRAY(SELECT DISTINCT polcmd::text FROM pg_policy WHERE polrelid = c.oid AND polpermissive ORDER BY 1) AS policies, \
    ARRAY(SELECT DISTINCT polcmd::text FROM pg_policy WHERE polrelid = c.oid AND NOT polpermissive \
      AND coalesce(pg_get_expr(polwithcheck, polrelid), pg_get_expr(polqual, polrelid)) LIKE '%app.current_roles%') AS by_role, \
    ARRAY(SELECT DISTINCT p FROM unnest(ARRAY['INSERT','UPDATE','DELETE']) p, pg_roles r \
      WHERE pg_has_role(current_user, r.oid, 'MEMBER') AND r.rolname NOT IN ('gateway_worker', 'gateway_dispatcher') \
      AND (has_table_privilege(r.oid, c.oid, p) OR (p <> 'DELETE' AND has_any_column_privilege(r.oid, c.oid, p)))) AS for_members, \
    EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS of_tenants, \
    ARRAY(SELECT DISTINCT 'TRUNCATE' FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER') AND has_table_privilege(r.oid, c.oid, 'TRUNCATE')) AS truncate \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') \
      AND n.nspname NOT LIKE 'pg\\_temp%' AND n.nspname NOT LIKE 'pg\\_toast%' ORDER BY 1";

/// What a membership knows of its tenant and its user, and no key tells it any more: one that PostgreSQL checks, hands on
/// and has looked through, with its triggers at work.
const UNTOLD: &str = "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass('tenant_users') AND attname IN ('tenant_live', 'user_live') \
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = attrelid AND attnum = ANY (c.conkey) \
      AND c.contype = 'f' AND c.confupdtype = 'c' AND c.convalidated \
      AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgconstraint = c.oid AND tgenabled NOT IN ('O', 'A'))) ORDER BY 1";

impl Database {
    /// Inspects the login role and every table it could reach.
    ///
    /// # Errors
    /// When the database can not be asked.
    pub async fn inspect(&self) -> Result<Inspection, sqlx::Error> {
        let mut connection = self.connect_apart().await?;
        let inspection = inspect(&mut connection).await;
        connection.close().await?;
        inspection
    }
}

async fn inspect(connection: &mut PgConnection) -> Result<Inspection, sqlx::Error> {
    // As one transaction, which a pooler between gives one session.
    sqlx::raw_sql("BEGIN READ ONLY")
        .execute(&mut *connection)
        .await?;
    let roles = sqlx::query(ROLES).fetch_all(&mut *connection).await?;
    let tables = sqlx::query(TABLES).fetch_all(&mut *connection).await?;
    let mut findings = Vec::new();
    for role in &roles {
        inspect_role(role, &mut findings)?;
    }
    for table in &tables {
        inspect_table(table, &mut findings)?;
    }
    let untold: Vec<String> = sqlx::query_scalar(UNTOLD).fetch_all(connection).await?;
    findings.extend(untold.into_iter().map(|flag| Finding {
        subject: "table tenant_users".to_owned(),
        problem: format!(
            "is not told any more what {flag} says, so those who were deleted would be let in; \
             add its foreign key with ON UPDATE CASCADE, or enable the key's triggers"
        ),
    }));
    let role = roles
        .first()
        .map_or(Ok(String::new()), |row| row.try_get(0))?;
    Ok(Inspection {
        role,
        tables: tables.len(),
        findings,
    })
}

fn inspect_role(row: &PgRow, findings: &mut Vec<Finding>) -> Result<(), sqlx::Error> {
    let subject = format!("role {}", row.try_get::<String, _>("rolname")?);
    let faults = [
        (
            "rolsuper",
            "is a superuser, whom no policy binds; use a role without SUPERUSER",
        ),
        (
            "rolbypassrls",
            "has BYPASSRLS, so no policy binds it; ALTER ROLE … NOBYPASSRLS",
        ),
        (
            "owns_tables",
            "owns tables, so it could switch their row level security off; REASSIGN OWNED to the owner role",
        ),
        (
            "owns_schemas",
            "owns a schema; REASSIGN OWNED to the owner role",
        ),
    ];
    for (column, problem) in faults {
        if row.try_get::<bool, _>(column)? {
            findings.push(Finding {
                subject: subject.clone(),
                problem: problem.to_owned(),
            });
        }
    }
    Ok(())
}

fn inspect_table(row: &PgRow, findings: &mut Vec<Finding>) -> Result<(), sqlx::Error> {
    let name: String = row.try_get(0)?;
    let kind: String = row.try_get("relkind")?;
    let granted: Vec<String> = row.try_get("granted")?;
    let policies: Vec<String> = row.try_get("policies")?;
    let mut find = |problem: String| {
        findings.push(Finding {
            subject: format!("table {name}"),
            problem,
        })
    };
    if kind == "v" || kind == "m" || kind == "f" {
        let invokers = kind == "v" && row.try_get("invoker")?;
        if !granted.is_empty() && !invokers {
            find("is a view or foreign table that reads with its owner's rights; revoke it, or make it a view WITH (security_invoker = true)".into());
        }
        return Ok(());
    }
    if !row.try_get::<bool, _>("relrowsecurity")? {
        find("has no row level security; ALTER TABLE … ENABLE ROW LEVEL SECURITY".into());
    }
    if !row.try_get::<bool, _>("relforcerowsecurity")? {
        find("does not force row level security on its owner; ALTER TABLE … FORCE ROW LEVEL SECURITY".into());
    }
    if !row.try_get::<Vec<String>, _>("truncate")?.is_empty() {
        find("may be truncated, which no policy stops; REVOKE TRUNCATE".into());
    }
    let by_role: Vec<String> = row.try_get("by_role")?;
    let of_tenants: bool = row.try_get("of_tenants")?;
    let for_members: Vec<String> = row.try_get("for_members")?;
    for command in granted {
        let letter = policy_letter(&command);
        if of_tenants
            && for_members.contains(&command)
            && !by_role.iter().any(|policy| policy == letter)
        {
            find(format!(
                "lets every member {command}, an analyst, too; add a restrictive policy that reads app.current_roles"
            ));
        }
        if !policies
            .iter()
            .any(|policy| policy == "*" || policy == letter)
        {
            find(format!(
                "grants {command} but has no policy for it; add one or revoke it"
            ));
        }
    }
    Ok(())
}

/// `pg_policy.polcmd`'s letter of a command.
fn policy_letter(command: &str) -> &'static str {
    match command {
        "SELECT" => "r",
        "INSERT" => "a",
        "UPDATE" => "w",
        _ => "d",
    }
}
