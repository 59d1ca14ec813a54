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
    about(&found["replied"], 50_000.0, "a quarter of the large tenant");
    assert_eq!(found["none"]["estimatedCount"], 0);
    // Two where counting would take long, one where it does not.
    assert_eq!(statements, 5);
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
