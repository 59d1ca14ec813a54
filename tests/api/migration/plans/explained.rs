//! A gateway whose statements are explained.

use std::{
    fmt::Write,
    sync::atomic::{AtomicUsize, Ordering},
};

use gateway_tests::{Answer, Client, Options, Wire, World, beside, cluster};
use migrations::Tier;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::plan::Plan;

/// Four tenants with a few thousand rows.
const PLAN: seed::Plan = seed::Plan {
    tenants: 4,
    companies_per_tenant: 300,
    domains_per_tenant: 300,
    email_accounts_per_tenant: 600,
    leads_per_tenant: 2500,
    largest_tenant_leads: None,
    templates_per_tenant: 300,
    campaigns_per_tenant: 300,
    steps_per_campaign: 5,
    messages_per_campaign: 6,
    seed: 7,
    until: chrono::DateTime::UNIX_EPOCH,
};

/// A gateway whose statements are explained.
pub(super) struct Explained {
    wire: Wire,
    pub(super) owner: Client,
    staff: Client,
    _world: World,
}

impl Explained {
    /// `settings` are the login role's in this database.
    pub(super) async fn new(settings: &[&str]) -> Self {
        let server = &cluster().await.server;
        let database = copy_of_rows().await;
        let mut admin = PgConnection::connect(&server.superuser_url(&database))
            .await
            .expect("a connection");
        for tier in Tier::ALL {
            let name = beside(&database, tier);
            let admin = PgConnection::connect(&server.superuser_url(&name)).await;
            explain(&mut admin.expect("a connection"), &name, settings).await;
        }
        let (tenant, user) = owner(&mut admin).await;
        let staff = staff(&mut admin).await;
        let wire = Wire::to_cluster().await;
        let database_url = Some(wire.url("gateway_login", &database));
        let world = World::with(Options {
            database_url,
            max_connections: Some(1),
            ..Options::default()
        })
        .await;
        Self {
            owner: world.client(tenant, user),
            staff: world.staff(staff),
            _world: world,
            wire,
        }
    }

    /// The plans of an operation's statements; those of the opening message are left out.
    pub(super) async fn plans(&self, client: &Client, query: &str) -> (Answer, Vec<Plan>) {
        // PostgreSQL explains a statement when it puts it away, which may be at the transaction's end.
        self.wire.quiet().await;
        self.wire.notices();
        let answer = client.query(query).await;
        self.wire.quiet().await;
        let plans = self
            .wire
            .notices()
            .iter()
            .filter_map(|notice| Plan::read(notice))
            .collect();
        (answer, plans)
    }

    /// The plans of an operation, asked by the owner of a tenant and by staff, as far as they may.
    pub(super) async fn allowed_plans(&self, query: &str) -> Vec<Plan> {
        let mut all = Vec::new();
        for client in [&self.owner, &self.staff] {
            let (answer, plans) = self.plans(client, query).await;
            if answer.code() != "FORBIDDEN" {
                assert!(
                    answer.body.get("errors").is_none(),
                    "{query}\n{:#}",
                    answer.body
                );
                all.extend(plans);
            }
        }
        all
    }

    /// The plans of an operation that the owner of a tenant may ask.
    pub(super) async fn owner_plans(&self, query: &str) -> Vec<Plan> {
        let (answer, plans) = self.plans(&self.owner, query).await;
        answer.data();
        assert!(!plans.is_empty(), "auto_explain says nothing");
        plans
    }
}

/// Databases with the plan's rows, which are written once.
async fn copy_of_rows() -> String {
    static ROWS: OnceCell<String> = OnceCell::const_new();
    static COPIES: AtomicUsize = AtomicUsize::new(0);
    let write = async || {
        let rows = cluster().await.empty().await;
        let plan = seed::Plan {
            until: "2026-06-15T12:00:00Z".parse().expect("a moment"),
            ..PLAN
        };
        seed::synthetic(&cluster().await.admin_urls(&rows), &plan)
            .await
            .expect("rows");
        rows
    };
    let rows = ROWS.get_or_init(write).await;
    let copy = format!("plans_{}", COPIES.fetch_add(1, Ordering::Relaxed));
    for tier in Tier::ALL {
        let (copy, rows) = (beside(&copy, tier), beside(rows, tier));
        let server = &cluster().await.server;
        let made = server.create_database_from_template(&copy, &rows).await;
        made.expect("a copy");
    }
    copy
}

async fn explain(admin: &mut PgConnection, database: &str, settings: &[&str]) {
    let explain = [
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_format = 'json'",
        "auto_explain.log_level = 'notice'",
    ];
    let mut sql = String::from("LOAD 'auto_explain';");
    for setting in explain.iter().chain(settings) {
        write!(
            sql,
            "ALTER ROLE gateway_login IN DATABASE {database} SET {setting};"
        )
        .expect("a String takes every write");
    }
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(admin)
        .await
        .expect("auto_explain comes with PostgreSQL");
}

async fn owner(admin: &mut PgConnection) -> (Uuid, Uuid) {
    let found =
        "SELECT tenant_id, user_id FROM tenant_users WHERE roles @> '{owner}' ORDER BY 1 LIMIT 1";
    sqlx::query_as(found)
        .fetch_one(admin)
        .await
        .expect("an owner")
}

/// A member of staff who may see everything.
async fn staff(admin: &mut PgConnection) -> Uuid {
    let appoint = "WITH role AS (INSERT INTO staff_roles (name) VALUES ('all') RETURNING id),
        permitted AS (INSERT INTO staff_role_permissions (role_id, permission_id) SELECT role.id, permissions.id FROM role, permissions)
        INSERT INTO staff_members (user_id, role_id) SELECT users.id, role.id FROM users, role
        WHERE NOT EXISTS (SELECT FROM staff_members s WHERE s.user_id = users.id) LIMIT 1 RETURNING user_id";
    sqlx::query_scalar(appoint)
        .fetch_one(admin)
        .await
        .expect("a member of staff")
}
