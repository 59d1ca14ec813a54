//! Estimates: right for a tenant among others of quite another size, quicker than counting.

use gateway_tests::World;
use serde_json::{Value, json};

use super::{Tenant, run, tenant};

async fn leads(world: &World, tenant: &Tenant, many: u32) {
    let id = tenant.id;
    run(
        world,
        &format!(
            "INSERT INTO leads (tenant_id, email, status, created)
             SELECT '{id}', 'lead' || n || '@x.test', CASE WHEN n % 4 = 0 THEN 'replied' ELSE 'active' END, now() - n * interval '1 minute'
             FROM generate_series(1, {many}) n"
        ),
    )
    .await;
}

#[tokio::test]
async fn an_estimate_is_about_the_tenants_own_rows_however_many_others_have() {
    let world = World::empty().await;
    let (large, medium, small) = (
        tenant(&world).await,
        tenant(&world).await,
        tenant(&world).await,
    );
    leads(&world, &large, 200_000).await;
    leads(&world, &medium, 15_000).await;
    leads(&world, &small, 300).await;
    for _ in 0..20 {
        leads(&world, &tenant(&world).await, 300).await;
    }
    run(&world, "ANALYZE leads").await;
    let query = "{ all: leads { estimatedCount } replied: leads(filter: {status: {eq: REPLIED}}) { estimatedCount }
        none: leads(filter: {email: {eq: \"nobody@x.test\"}}) { estimatedCount } }";
    let ask = async |tenant: &Tenant| {
        let answer = tenant.client.query(query).await;
        (answer.data(), answer.statements())
    };
    let about = |estimate: &Value, rows: f64, what: &str| {
        let estimate = estimate["estimatedCount"].as_f64().unwrap_or_default();
        assert!(
            estimate > rows / 2.0 && estimate < rows * 2.0,
            "{what}: {estimate}, not {rows}"
        );
    };
    let (found, statements) = ask(&large).await;
    about(&found["all"], 200_000.0, "all of the large tenant");
    assert_eq!(
        found["replied"]["estimatedCount"], 50_000,
        "filtered, so counted"
    );
    assert_eq!(found["none"]["estimatedCount"], 0);
    // Two where the statistics are asked, one where rows are counted.
    assert_eq!(statements, 4);
    let (found, statements) = ask(&medium).await;
    about(&found["all"], 15_000.0, "all of the medium tenant");
    assert_eq!(found["replied"]["estimatedCount"], 3_750);
    assert_eq!(statements, 4);
    let (found, statements) = ask(&small).await;
    assert_eq!(
        found,
        json!({ "all": { "estimatedCount": 300 }, "replied": { "estimatedCount": 75 }, "none": { "estimatedCount": 0 } })
    );
    assert_eq!(statements, 3);
}

/// The statistics are about all tenants' rows, so a plan for a filter would tell what others have.
#[tokio::test]
async fn a_filter_learns_nothing_of_others_values() {
    let world = World::empty().await;
    let (own, other) = (tenant(&world).await, tenant(&world).await);
    leads(&world, &own, 12_000).await;
    let id = other.id;
    run(
        &world,
        &format!(
            "INSERT INTO leads (tenant_id, email, company)
             SELECT '{id}', 'secret' || n || '@x.test', 'SecretCorp' FROM generate_series(1, 6000) n"
        ),
    )
    .await;
    run(&world, "ANALYZE leads").await;
    for filter in [
        "{not: {email: {startsWith: \"secret\"}}}",
        "{or: [{status: {in: [ACTIVE, REPLIED]}}, {company: {eq: \"SecretCorp\"}}]}",
        "{email: {ne: \"secret17@x.test\"}}",
    ] {
        let query = format!("{{ leads(filter: {filter}) {{ estimatedCount }} }}");
        let found = own.client.data(&query).await;
        assert_eq!(found["leads"]["estimatedCount"], 12_000, "{filter}");
    }
}
