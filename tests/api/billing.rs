//! Subscriptions as time goes by, and as they are paid.
//!
//! The clock is the test's own where periods end: what is asked of [`Bookkeeping`] says what time it is.

mod concurrent;
mod grants;
mod plans;
mod readers;
mod rollover;
mod told;
mod usage;
mod webhooks;

use bookkeeping::Bookkeeping;
use chrono::{DateTime, Utc};
use entity::id::TenantId;
use gateway::settings::Settings;
use gateway_tests::{Options, World, cluster};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use tenant::{Database, DatabaseOptions};
use uuid::Uuid;

/// What webhooks are signed with; the second is the one before.
const SECRETS: [&str; 2] = ["whsec_new_one", "whsec_old_one"];

/// The demo, in which each tenant has one live subscription, to the plan Starter.
struct Books {
    world: World,
    keeping: Bookkeeping,
    acme: TenantId,
    globex: TenantId,
}

impl Books {
    async fn new() -> Self {
        Self::new_with(Settings::default()).await
    }

    async fn new_with(settings: Settings) -> Self {
        let settings = Settings {
            stripe_webhook_secret: Some(SECRETS.join(", ").into()),
            ..settings
        };
        let world = World::demo_with(Options {
            settings,
            ..Options::default()
        })
        .await;
        let url = cluster().await.server.url("gateway_login", &world.database);
        let database = Database::new(&url, &DatabaseOptions::default()).expect("a PostgreSQL URL");
        let books = Self {
            acme: tenant(&world, "acme").await,
            globex: tenant(&world, "globex").await,
            keeping: Bookkeeping::new(database),
            world,
        };
        books
            .change(
                "DELETE FROM payments; DELETE FROM outbox; DELETE FROM subscription_addons; DELETE FROM stripe_events;
                 DELETE FROM subscription_periods;
                 DELETE FROM subscriptions WHERE status = 'canceled';
                 UPDATE subscriptions s SET status = 'active', pending_plan_id = NULL,
                     plan_id = (SELECT id FROM plans WHERE slug = 'starter'),
                     current_period_start = '2027-01-31T10:00:00Z', current_period_end = '2027-02-28T10:00:00Z',
                     stripe_subscription_id = 'sub_' || t.name FROM tenants t WHERE t.id = s.tenant_id;
                 UPDATE tenant_config c SET stripe_customer_id = 'cus_' || t.name FROM tenants t WHERE t.id = c.tenant_id",
            )
            .await;
        books
    }

    /// Runs statements as the superuser.
    async fn change(&self, sql: &str) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(self.world.admin());
        done.await
            .unwrap_or_else(|error| panic!("{error} in: {sql}"));
    }

    /// The rows of a query, as JSON.
    async fn rows(&self, sql: &str) -> Value {
        let sql =
            format!("SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM ({sql}) AS found");
        let rows = sqlx::query_scalar(AssertSqlSafe(sql.clone())).fetch_one(self.world.admin());
        rows.await
            .unwrap_or_else(|error| panic!("{error} in: {sql}"))
    }

    /// Columns of a tenant's subscription.
    async fn subscription(&self, tenant: TenantId, columns: &str) -> Value {
        let tenant = Uuid::from(tenant);
        let sql = format!("SELECT {columns} FROM subscriptions s WHERE tenant_id = '{tenant}'");
        self.rows(&sql).await[0].take()
    }

    /// What was reported of a tenant beside acts of high risk, the first first: the topic and one key of the payload.
    async fn reported(&self, tenant: TenantId, key: &str) -> Vec<(String, Value)> {
        let sql = "SELECT topic, payload -> $2 FROM outbox WHERE tenant_id = $1 AND topic <> 'audit.recorded' ORDER BY created, payload ->> 'periodStart', topic";
        let rows = sqlx::query_as(sql).bind(Uuid::from(tenant)).bind(key);
        let rows: Vec<(String, Option<Value>)> = rows
            .fetch_all(self.world.admin())
            .await
            .expect("the outbox");
        let rows = rows.into_iter();
        rows.map(|(topic, value)| (topic, value.unwrap_or_default()))
            .collect()
    }

    async fn roll_over(&self, tenant: TenantId, now: &str) -> usize {
        let rolled = self.keeping.roll_over(tenant, at(now)).await;
        rolled.expect("periods that end")
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

async fn tenant(world: &World, name: &str) -> TenantId {
    let id: Uuid = sqlx::query_scalar("SELECT id FROM tenants WHERE name = $1")
        .bind(name)
        .fetch_one(world.admin())
        .await
        .expect("a tenant of the demo");
    id.into()
}
