//! Which tables there are, by who may see their rows.

use sqlx::PgPool;

/// Tables that are no tenant's: the platform's, the users', and the migrations' own. All others are tenant tables.
pub(super) const OTHERS: [&str; 19] = [
    "admin_audit_log", // of all tenants, for staff
    "admin_system_events",
    "analytics_jobs", // of all tenants, for the dispatcher
    "changes",        // of all tenants, for the feed
    "feature_flags",
    "job_queues",
    "job_schedules",
    "permissions",
    "plans",
    "seaql_migrations",
    "smtp_ip_addresses",
    "staff_members",
    "staff_role_permissions",
    "staff_roles",
    "system_config",
    "tenants",
    "user_preferences",
    "users",
    "vps_instances",
];

/// Every table, in the order of their names.
pub(super) async fn all(admin: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1",
    )
    .fetch_all(admin)
    .await
    .expect("the catalog")
}

/// Tables of which each row is one tenant's.
pub(super) async fn of_tenants(admin: &PgPool) -> Vec<String> {
    all(admin)
        .await
        .into_iter()
        .filter(|table| !OTHERS.contains(&table.as_str()))
        .collect()
}
