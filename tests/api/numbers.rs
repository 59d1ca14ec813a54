//! Numbers about whole lists: aggregates, groups, estimates, the dashboard.
//!
//! That every aggregate is right under random filters is compared in `differential`, that each is of
//! the tenant's own rows only in `isolation`.

mod dashboard;
mod estimates;
mod groups;
mod having;
mod refusals;
mod statements;

use gateway_tests::{Client, World};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// A tenant with one user.
struct Tenant {
    id: Uuid,
    client: Client,
}

async fn tenant(world: &World) -> Tenant {
    let (id, user) = (Uuid::now_v7(), Uuid::now_v7());
    run(
        world,
        &format!(
            "INSERT INTO tenants (id, name) VALUES ('{id}', 'numbers');
             INSERT INTO users (id, email) VALUES ('{user}', '{user}@x.test');
             INSERT INTO tenant_users (tenant_id, user_id, roles) VALUES ('{id}', '{user}', '{{owner}}')"
        ),
    )
    .await;
    Tenant {
        id,
        client: world.client(id, user),
    }
}

/// Statements of the superuser.
async fn run(world: &World, sql: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(world.admin())
        .await;
    done.unwrap_or_else(|error| panic!("{error} in: {sql}"));
}

/// Leads that were made at these moments.
async fn leads_made(world: &World, tenant: &Tenant, moments: &[&str]) {
    for (number, moment) in moments.iter().enumerate() {
        let id = tenant.id;
        run(
            world,
            &format!(
                "INSERT INTO leads (tenant_id, email, created) VALUES ('{id}', 'lead{number}@x.test', '{moment}')"
            ),
        )
        .await;
    }
}
