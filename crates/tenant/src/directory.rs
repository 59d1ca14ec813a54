//! Finding who asks by names, for the commands.

use entity::id::{TenantId, UserId};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::Identity;

/// The member of `tenant` (a name or an id) that `user` (an address or an id) stands for; the first by
/// age of tenants that share a name.
///
/// `url` is that of a role that bypasses row level security: the login role can not, and must not,
/// look a tenant up by its name.
///
/// # Errors
/// When the database can not be asked.
pub async fn find_member(
    url: &str,
    tenant: &str,
    user: &str,
) -> Result<Option<Identity>, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let found: Option<(Uuid, Uuid)> = sqlx::query_as(
        "SELECT t.id, u.id FROM tenants t JOIN tenant_users m ON m.tenant_id = t.id JOIN users u ON u.id = m.user_id \
         WHERE (t.name = $1 OR t.id = $2) AND (lower(u.email) = lower($3) OR u.id = $4) AND m.deleted IS NULL AND t.deleted IS NULL AND u.deleted IS NULL \
         ORDER BY t.created, t.id LIMIT 1",
    )
    .bind(tenant)
    .bind(tenant.parse::<TenantId>().ok().map(Uuid::from))
    .bind(user)
    .bind(user.parse::<UserId>().ok().map(Uuid::from))
    .fetch_optional(&mut connection)
    .await?;
    connection.close().await?;
    Ok(found.map(|(tenant, user)| Identity::Member {
        tenant: TenantId::from(tenant),
        user: UserId::from(user),
    }))
}

/// The live tenant of a name, the oldest of several.
///
/// # Errors
/// As of [`find_member`].
pub async fn find_tenant(url: &str, name: &str) -> Result<Option<TenantId>, sqlx::Error> {
    let sql =
        "SELECT id FROM tenants WHERE name = $1 AND deleted IS NULL ORDER BY created, id LIMIT 1";
    let found = by_text(url, sql, name).await?;
    Ok(found.map(TenantId::from))
}

/// The user whose address is `email`, in no tenant.
///
/// # Errors
/// As of [`find_member`].
pub async fn find_user(url: &str, email: &str) -> Result<Option<Identity>, sqlx::Error> {
    let sql = "SELECT id FROM users WHERE lower(email) = lower($1) AND deleted IS NULL";
    let found = by_text(url, sql, email).await?.map(UserId::from);
    Ok(found.map(|user| Identity::User { user }))
}

/// The active member of staff whose address is `email`.
///
/// # Errors
/// As of [`find_member`].
pub async fn find_staff(url: &str, email: &str) -> Result<Option<Identity>, sqlx::Error> {
    let sql = "SELECT u.id FROM staff_members s JOIN users u ON u.id = s.user_id \
         WHERE lower(u.email) = lower($1) AND s.is_active AND u.deleted IS NULL";
    let found = by_text(url, sql, email).await?.map(UserId::from);
    Ok(found.map(|user| Identity::Staff { user }))
}

async fn by_text(url: &str, sql: &'static str, text: &str) -> Result<Option<Uuid>, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let found: Option<Uuid> = sqlx::query_scalar(sql)
        .bind(text)
        .fetch_optional(&mut connection)
        .await?;
    connection.close().await?;
    Ok(found)
}
