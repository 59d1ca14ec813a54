//! Contexts without a gateway around them.

use std::{sync::Arc, time::Duration};

use gateway_tests::{World, cluster};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr, Statement};
use tenant::{Act, Database, DatabaseOptions, Identity, Origin, TenantContext};

/// Pools of the test's database, as the login role.
pub(super) async fn database(world: &World, max_connections: u32) -> Database {
    let url = cluster().await.server.url("gateway_login", &world.database);
    let options = DatabaseOptions {
        max_connections,
        acquire_timeout: Duration::from_secs(20),
        ..DatabaseOptions::default()
    };
    Database::new(&url, &options).expect("a PostgreSQL URL")
}

/// The owner of a demo tenant.
pub(super) fn owner(world: &World, tenant: &str) -> Identity {
    member(world, tenant, "owner")
}

/// The member of a demo tenant who has a role.
pub(super) fn member(world: &World, tenant: &str, role: &str) -> Identity {
    let demo = world.demo.as_ref().expect("a demo world");
    let tenant = demo
        .tenants
        .iter()
        .find(|found| found.name == tenant)
        .expect("a demo tenant");
    let user = tenant.users.iter().find(|user| user.roles == [role]);
    Identity::Member {
        tenant: tenant.id.into(),
        user: user.expect("a member with the role").id.into(),
    }
}

/// The demo's member of staff.
pub(super) fn staff(world: &World) -> Identity {
    let demo = world.demo.as_ref().expect("a demo world");
    Identity::Staff {
        user: demo.staff.id.into(),
    }
}

/// The only value of a statement's only row, which is text.
pub(super) async fn text(context: &TenantContext, sql: &str) -> Result<String, DbErr> {
    let row = context
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await?;
    row.expect("a row").try_get_by_index(0)
}

/// Adds a company of that name.
pub(super) async fn add_company(context: &TenantContext, name: &str) -> Result<(), DbErr> {
    let insert = "INSERT INTO companies (tenant_id, name) VALUES (current_setting('app.current_tenant_id')::uuid, $1)";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, insert, [name.into()]);
    context.execute_raw(statement).await.map(drop)
}

/// How many companies of that name there are, in whatever tenant.
pub(super) async fn companies(world: &World, name: &str) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM companies WHERE name = $1").bind(name);
    count.fetch_one(world.admin()).await.expect("a count")
}

/// The SQLSTATE of an error that PostgreSQL made.
pub(super) fn sqlstate(error: &DbErr) -> String {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return format!("none: {error}");
    };
    let code = error.as_database_error().and_then(|error| error.code());
    code.map_or_else(|| format!("none: {error}"), Into::into)
}

/// The demo's member of staff, in a tenant.
pub(super) fn acting(world: &World, tenant: &str) -> Identity {
    Identity::Acting {
        tenant: owner(world, tenant).tenant().expect("a tenant"),
        user: staff(world).user(),
        act: Arc::new(Act {
            reason: "a test".to_owned(),
            request: uuid::Uuid::now_v7(),
            origin: Origin::default(),
        }),
    }
}
