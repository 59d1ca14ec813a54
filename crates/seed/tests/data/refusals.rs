//! What is not done.

use chrono::Utc;
use seed::{Error, Plan};

use crate::{Databases, content, of_oltp};

#[tokio::test]
async fn a_plan_runs_once() {
    let databases = Databases::start().await;
    let url = databases.migrated("data").await;
    let plan = Plan {
        tenants: 2,
        ..Plan::default()
    };
    seed::synthetic(&of_oltp(&url), &plan).await.expect("made");
    let before = content(&url).await;

    let larger = Plan { tenants: 3, ..plan };
    let error = seed::synthetic(&of_oltp(&url), &larger)
        .await
        .expect_err("a refusal");
    assert!(
        matches!(error, Error::TenantsExist { count: 2, .. }),
        "{error}"
    );
    assert_eq!(content(&url).await, before);
}

#[tokio::test]
async fn a_role_under_row_level_security_is_refused() {
    let databases = Databases::start().await;
    databases.migrated("data").await;
    for role in ["gateway_migrator", "gateway_login"] {
        let url = databases.server.url(role, "data");
        let error = seed::demo(&of_oltp(&url), Utc::now())
            .await
            .expect_err("a refusal");
        assert!(matches!(error, Error::NotAdmin { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_database_without_the_schema_is_refused() {
    let databases = Databases::start().await;
    let url = databases.server.superuser_url("postgres");
    let error = seed::synthetic(&of_oltp(&url), &Plan::default())
        .await
        .expect_err("a refusal");
    assert!(
        matches!(error, Error::NoSchema { table: "tenants" }),
        "{error}"
    );
}

#[tokio::test]
async fn mailboxes_without_domains_are_refused() {
    let plan = Plan {
        domains_per_tenant: 0,
        ..Plan::default()
    };
    let error = seed::synthetic(&of_oltp("postgres:///nowhere"), &plan)
        .await
        .expect_err("a refusal");
    assert!(matches!(error, Error::Plan(_)), "{error}");
}
