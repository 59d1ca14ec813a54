//! One operation in several databases: what holds for one tier's transaction holds for each.

mod away;
mod carried;
mod mixed;
mod named;
mod opened;
mod pools;
mod refused;
mod statements;
mod written;

use std::time::Duration;

use gateway_tests::{World, beside, cluster};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use tenant::{Database, DatabaseOptions, Identity, TenantContext, Tier};

/// Pools of all tiers, each of so many connections.
pub(crate) async fn database(world: &World, max_connections: u32) -> Database {
    let options = DatabaseOptions {
        max_connections,
        acquire_timeout: Duration::from_secs(60),
        ..DatabaseOptions::default()
    };
    let url = async |tier| {
        let name = beside(&world.database, tier);
        cluster().await.server.url("gateway_login", &name)
    };
    let oltp = Database::new(&url(migrations::Tier::Oltp).await, &options);
    let content = url(migrations::Tier::Content).await;
    let analytics = url(migrations::Tier::Analytics).await;
    let queue = url(migrations::Tier::Queue).await;
    let database = oltp.and_then(|database| database.and(Tier::Content, &content));
    let database = database.and_then(|database| database.and(Tier::Analytics, &analytics));
    let database = database.and_then(|database| database.and(Tier::Queue, &queue));
    database.expect("PostgreSQL URLs")
}

/// The owner of `acme`.
pub(crate) fn owner(world: &World) -> Identity {
    member(world, "owner")
}

/// The member of `acme` with a role.
fn member(world: &World, role: &str) -> Identity {
    let acme = &world.demo.as_ref().expect("a demo").tenants[0];
    let user = acme.users.iter().find(|user| user.roles == [role]);
    Identity::Member {
        tenant: acme.id.into(),
        user: user.expect("a member with the role").id.into(),
    }
}

/// The only value of a statement's only row, which is text.
pub(crate) async fn text(context: &TenantContext, tier: Tier, sql: &str) -> Result<String, DbErr> {
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let row = context.on(tier).query_one_raw(statement).await?;
    row.expect("a row").try_get_by_index(0)
}

/// How many rows a statement changed.
async fn run(context: &TenantContext, tier: Tier, sql: &str) -> Result<u64, DbErr> {
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let done = context.on(tier).execute_raw(statement).await?;
    Ok(done.rows_affected())
}
