//! Any amount of data.

use seed::Plan;

use crate::{Databases, ask, content, of_oltp, run};

fn small() -> Plan {
    Plan {
        tenants: 4,
        leads_per_tenant: 50,
        largest_tenant_leads: Some(3000),
        campaigns_per_tenant: 20,
        ..Plan::default()
    }
}

#[tokio::test]
async fn the_same_plan_gives_the_same_rows() {
    let databases = Databases::start().await;
    let mut found = Vec::new();
    for name in ["first", "second"] {
        let url = databases.migrated(name).await;
        seed::synthetic(&of_oltp(&url), &small())
            .await
            .expect("made");
        let mut content = content(&url).await;
        content.retain(|(table, ..)| table != "permissions");
        found.push(content);
    }
    assert_eq!(found[0], found[1]);
}

#[tokio::test]
async fn the_rows_are_as_many_as_planned() {
    let databases = Databases::start().await;
    let url = databases.migrated("data").await;
    let report = seed::synthetic(&of_oltp(&url), &small())
        .await
        .expect("made");
    let leads: Vec<(i64,)> = ask(
        &url,
        "SELECT count(*) FROM leads GROUP BY tenant_id ORDER BY tenant_id",
    )
    .await;
    assert_eq!(leads, [(3000,), (50,), (50,), (50,)]);
    let steps: Vec<(i64,)> = ask(&url, "SELECT count(*) FROM campaign_sequence_steps").await;
    assert_eq!(steps, [(4 * 20 * 5,)]);
    for (table, rows) in &report.rows {
        let counted: Vec<(i64,)> = ask(&url, &format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(counted[0].0 as u64, *rows, "{table}");
    }
    let owners: Vec<(String, String)> = ask(
        &url,
        "SELECT tenants.name, users.email FROM tenants
        JOIN tenant_users ON tenant_id = tenants.id JOIN users ON users.id = user_id
        WHERE 'owner' = ANY(roles) ORDER BY tenants.id",
    )
    .await;
    let reported = report
        .tenants
        .into_iter()
        .map(|tenant| (tenant.name, tenant.owner));
    assert_eq!(owners, reported.collect::<Vec<_>>());
}

/// A load leaves out the checks of foreign keys and drops indexes for a while.
#[tokio::test]
async fn a_large_load_leaves_the_schema_and_its_promises() {
    let databases = Databases::start().await;
    let url = databases.migrated("data").await;
    let before = indexes(&url).await;
    let plan = Plan {
        largest_tenant_leads: Some(120_000),
        ..small()
    };
    seed::synthetic(&of_oltp(&url), &plan).await.expect("made");
    seed::demo(&of_oltp(&url), chrono::Utc::now())
        .await
        .expect("made");
    assert_eq!(indexes(&url).await, before);

    let keys: Vec<(String, String)> = ask(
        &url,
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE contype = 'f' AND connamespace = 'public'::regnamespace",
    )
    .await;
    assert!(keys.len() > 30);
    for (table, key) in keys {
        // Adding a foreign key checks every row.
        run(
            &url,
            &format!("ALTER TABLE {table} ADD CONSTRAINT again {key}"),
        )
        .await;
        run(&url, &format!("ALTER TABLE {table} DROP CONSTRAINT again")).await;
    }
}

async fn indexes(url: &str) -> Vec<(String,)> {
    let sql = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1";
    ask(url, sql).await
}

#[tokio::test]
async fn another_seed_stands_beside_the_first_and_the_demo() {
    let databases = Databases::start().await;
    let url = databases.migrated("data").await;
    seed::demo(&of_oltp(&url), chrono::Utc::now())
        .await
        .expect("made");
    seed::synthetic(&of_oltp(&url), &small())
        .await
        .expect("made");
    let other = Plan { seed: 2, ..small() };
    seed::synthetic(&of_oltp(&url), &other).await.expect("made");
    let tenants: Vec<(i64,)> = ask(&url, "SELECT count(*) FROM tenants").await;
    assert_eq!(tenants, [(10,)]);
    // Keys that the database counts go on where the data ends.
    let next: Vec<(bool,)> = ask(
        &url,
        "SELECT nextval(pg_get_serial_sequence('folders', 'id')) = (SELECT max(id) + 1 FROM folders)",
    )
    .await;
    assert_eq!(next, [(true,)]);
}

#[tokio::test]
async fn a_plan_may_be_empty_of_anything() {
    let databases = Databases::start().await;
    let url = databases.migrated("data").await;
    let plan = Plan {
        tenants: 2,
        companies_per_tenant: 0,
        domains_per_tenant: 0,
        email_accounts_per_tenant: 0,
        leads_per_tenant: 0,
        templates_per_tenant: 0,
        campaigns_per_tenant: 3,
        steps_per_campaign: 0,
        ..Plan::default()
    };
    seed::synthetic(&of_oltp(&url), &plan).await.expect("made");
    let steps = Plan {
        steps_per_campaign: 4,
        seed: 2,
        ..plan
    };
    seed::synthetic(&of_oltp(&url), &steps).await.expect("made");
    let nothing = Plan { tenants: 0, ..plan };
    seed::synthetic(&of_oltp(&url), &nothing)
        .await
        .expect("made");
}

/// `cargo test -p seed --test data -- --ignored --nocapture two_million`
#[tokio::test]
#[ignore = "takes a minute and a gigabyte"]
async fn two_million_leads() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let server = embedded::Server::start(embedded::Options::durable(dir.path())).await;
    let databases = Databases {
        server: server.expect("it starts"),
        _dir: dir,
    };
    let url = databases.migrated("data").await;
    let plan = Plan {
        tenants: 200,
        leads_per_tenant: 5_000,
        largest_tenant_leads: Some(1_000_000),
        ..Plan::default()
    };
    let report = seed::synthetic(&of_oltp(&url), &plan).await.expect("made");
    // About a minute where nothing else runs.
    assert!(report.elapsed.as_secs() < 150, "{:?}", report.elapsed);
}
