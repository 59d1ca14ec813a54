//! Numbers, as a worker counts them.

use std::time::Duration;

use analytics::{Analytics, Options, Rolled};
use embedded::Server;
use entity::id::TenantId;
use migrations::Tier;
use sqlx::{Connection, PgConnection};
use tenant::{Database, DatabaseOptions};
use tokio::time::sleep;

use crate::{beside, cluster};

/// What counts in the databases of the transactional tier's name, so many events at once; and its pools, to be closed.
pub async fn analytics(oltp: &str, batch: u32) -> (Analytics, Database) {
    of_server(&cluster().await.server, oltp, batch)
}

fn of_server(server: &Server, oltp: &str, batch: u32) -> (Analytics, Database) {
    let url = |tier| server.url("gateway_login", &beside(oltp, tier));
    let options = DatabaseOptions {
        acquire_timeout: Duration::from_secs(60),
        ..DatabaseOptions::default()
    };
    let database = Database::new(&url(Tier::Oltp), &options)
        .and_then(|database| database.and(tenant::Tier::Content, &url(Tier::Content)))
        .and_then(|database| database.and(tenant::Tier::Analytics, &url(Tier::Analytics)))
        .and_then(|database| database.and(tenant::Tier::Queue, &url(Tier::Queue)))
        .expect("PostgreSQL URLs");
    // The demo is of a fixed day, which is kept whatever day it is.
    let options = Options {
        batch,
        months: 1200,
    };
    (Analytics::new(database.clone(), options), database)
}

/// Rolls up until all is counted: a transaction of any other test that is open keeps what is newer from being.
pub async fn roll_up(analytics: &Analytics, tenant: TenantId) -> Rolled {
    for _ in 0..3000 {
        let rolled = analytics.rollup(tenant).await.expect("numbers");
        if rolled.is_complete {
            return rolled;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("never complete");
}

/// Counts what the tenants of the demo have sent, and has an act of high risk in each.
pub(crate) async fn fill(server: &Server, oltp: &str, demo: &seed::Demo) {
    let (analytics, database) = of_server(server, oltp, 20_000);
    for tenant in &demo.tenants {
        roll_up(&analytics, tenant.id.into()).await;
    }
    happen(&server.superuser_url(&beside(oltp, Tier::Content))).await;
    for tenant in &demo.tenants {
        roll_up(&analytics, tenant.id.into()).await;
    }
    database.close().await;
    let tenants: Vec<_> = demo.tenants.iter().map(|tenant| tenant.id).collect();
    let url = server.superuser_url(&beside(oltp, Tier::Analytics));
    let mut connection = PgConnection::connect(&url)
        .await
        .expect("the analytics tier");
    let acted = "INSERT INTO admin_audit_log (id, admin_user_id, action, resource_type, resource_id, tenant_id, happened) \
         SELECT md5('act ' || tenant)::uuid, $2, 'api_key.created', 'api_key', 'key', tenant, timestamptz '2026-06-15 12:00:00Z' \
         FROM unnest($1::uuid[]) AS tenant";
    let acted = sqlx::query(acted)
        .bind(tenants)
        .bind(demo.staff.id)
        .execute(&mut connection)
        .await;
    acted.expect("acts");
    connection.close().await.expect("an end");
}

/// Has something happen to a message of each tenant that is taken back: what is seeded comes past the triggers.
async fn happen(url: &str) {
    let mut connection = PgConnection::connect(url).await.expect("the content tier");
    let sql = "INSERT INTO message_events (tenant_id, kind, amount, happened, campaign_id, step_id, lead_id, email_account_id) \
         SELECT tenant_id, 'opened', amount, sent, campaign_id, step_id, lead_id, email_account_id \
         FROM (SELECT DISTINCT ON (tenant_id) * FROM email_messages WHERE direction = 'outbound' AND sent IS NOT NULL \
             ORDER BY tenant_id, id) m, (VALUES (1), (-1)) AS taken (amount)";
    let happened = sqlx::query(sql).execute(&mut connection).await;
    happened.expect("events");
    connection.close().await.expect("an end");
}
