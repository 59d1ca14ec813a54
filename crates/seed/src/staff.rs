//! The platform's own people in the demo.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{demo::Account, draw::space, error::Error, key::key};

/// Adds a user with a role that may do everything.
pub(crate) async fn add(
    connection: &mut PgConnection,
    parent: u64,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let role = key(space(parent, "staff_roles"), 0);
    let since = now - TimeDelta::days(400);
    sqlx::query(
        "WITH person AS (
            INSERT INTO users (id, email, name, given_name, family_name, email_verified, created, updated)
            VALUES ($1, 'ops@platform.test', 'Nora Horvat', 'Nora', 'Horvat', $3, $3, $3)
        ), role AS (
            INSERT INTO staff_roles (id, name, description, created, updated)
            VALUES ($2, 'operations', 'Runs the platform: every permission.', $3, $3)
        )
        INSERT INTO user_preferences (id, user_id, theme, created, updated)
        VALUES ($4, $1, 'dark', $3, $3)",
    )
    .bind(user_id(parent))
    .bind(role)
    .bind(since)
    .bind(key(space(parent, "staff_preferences"), 0))
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO staff_members (user_id, role_id, created, updated) VALUES ($1, $2, $3, $3)",
    )
    .bind(user_id(parent))
    .bind(role)
    .bind(since)
    .execute(&mut *connection)
    .await?;
    grant_all(connection, parent, role, since).await
}

async fn grant_all(
    connection: &mut PgConnection,
    parent: u64,
    role: Uuid,
    since: DateTime<Utc>,
) -> Result<(), Error> {
    let permissions: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM permissions ORDER BY name")
        .fetch_all(&mut *connection)
        .await?;
    let grants = space(parent, "staff_role_permissions");
    let ids: Vec<Uuid> = (0..permissions.len() as u64)
        .map(|index| key(grants, index))
        .collect();
    sqlx::query(
        "INSERT INTO staff_role_permissions (id, role_id, permission_id, created, updated)
        SELECT id, $1, permission_id, $2, $2
        FROM unnest($3::uuid[], $4::uuid[]) AS grants (id, permission_id)",
    )
    .bind(role)
    .bind(since)
    .bind(ids)
    .bind(permissions)
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes the addresses' counters agree with the assignments.
pub(crate) async fn count_assignments(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query(
        "UPDATE smtp_ip_addresses SET assigned_count = counted.number
        FROM (
            SELECT smtp_ip_address_id AS id, count(*) AS number
            FROM domain_ip_assignments WHERE status IN ('active', 'warming') GROUP BY 1
        ) AS counted
        WHERE counted.id = smtp_ip_addresses.id",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The user that `add` added.
pub(crate) async fn find(
    connection: &mut PgConnection,
    parent: u64,
) -> Result<Option<Account>, Error> {
    let row: Option<(Uuid, String, String, String)> = sqlx::query_as(
        "SELECT users.id, coalesce(users.name, users.email), users.email, staff_roles.name
        FROM users
        JOIN staff_members ON staff_members.user_id = users.id
        JOIN staff_roles ON staff_roles.id = staff_members.role_id
        WHERE users.id = $1",
    )
    .bind(user_id(parent))
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(id, name, email, role)| Account {
        id,
        name,
        email,
        roles: vec![role],
    }))
}

fn user_id(parent: u64) -> Uuid {
    key(space(parent, "staff_users"), 0)
}
