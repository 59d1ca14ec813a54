//! What is of high risk is reported with the change, and recorded once.

use audit::{Entry, Log};
use entity::id::UserId;
use gateway_tests::{Client, Options, World};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{
    log,
    recording::{database, quiet, reported, work},
    tenant,
};

/// A demo of which nothing is recorded yet, and an owner in it.
async fn quiet_owner() -> (World, Client) {
    let world = quiet(Options::default()).await;
    let owner = world.owner("acme");
    (world, owner)
}

async fn one(world: &World, sql: &str) -> Uuid {
    let value = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(world.admin())
        .await;
    value.expect("an id")
}

#[tokio::test]
async fn what_is_of_high_risk_is_recorded_with_what_it_was_before() {
    let (world, owner) = quiet_owner().await;
    let acme = tenant(&world, "acme");
    let member = one(&world, &format!("SELECT m.user_id FROM tenant_users m JOIN users u ON u.id = m.user_id WHERE u.email = 'analyst@acme.test' AND m.tenant_id = '{acme}'")).await;
    let subscription = one(&world, &format!("SELECT id FROM subscriptions WHERE tenant_id = '{acme}' AND billing_contact_user_id IS NOT NULL LIMIT 1")).await;
    let calls = [
        format!("updateTenantUser(input: {{id: \"{member}\", roles: [ADMIN]}}) {{ tenantUser {{ id }} }}"),
        "createInvitation(input: {email: \"new@x.test\", roles: [OWNER]}) { invitation { id } }".to_owned(),
        "createApiKey(input: {name: \"a tool\", roles: [MEMBER]}) { apiKey { id } }".to_owned(),
        "updateTenantConfig(input: {theme: DARK, uiSettings: {timeZone: \"Asia/Tokyo\"}}) { tenantConfig { id } }".to_owned(),
        "updateTenantPolicy(input: {passwordMinLength: 31}) { tenantPolicy { id } }".to_owned(),
        "updateBillingDetails(input: {billingEmail: \"bills@x.test\"}) { tenantConfig { id } }".to_owned(),
        format!("updateSubscription(input: {{id: \"{subscription}\", set: {{billingContactId: null}}}}) {{ subscription {{ id }} }}"),
    ];
    let mut key = Value::Null;
    for call in &calls {
        let data = owner.data(&format!("mutation {{ {call} }}")).await;
        if data["createApiKey"].is_object() {
            key = data["createApiKey"]["apiKey"]["id"].clone();
        }
    }
    owner
        .data(&format!(
            "mutation {{ revokeApiKey(input: {{id: {key}}}) {{ apiKey {{ id }} }} }}"
        ))
        .await;
    owner
        .data(&format!(
            "mutation {{ removeTenantUser(input: {{id: \"{member}\"}}) {{ tenantUser {{ id }} }} }}"
        ))
        .await;
    let entries = work(&world, 9).await;
    let actions: Vec<&str> = entries
        .iter()
        .filter_map(|entry| entry["action"].as_str())
        .collect();
    assert_eq!(
        actions,
        [
            "member.changed",
            "invitation.created",
            "api_key.created",
            "tenant_config.changed",
            "tenant_policy.changed",
            "tenant_config.changed",
            "subscription.changed",
            "api_key.changed",
            "member.changed"
        ]
    );
    let user = world.demo.as_ref().expect("a demo").tenants[0]
        .users
        .iter()
        .find(|user| user.email == "owner@acme.test");
    for entry in &entries {
        assert_eq!(
            json!([entry["tenant_id"], entry["admin_user_id"]]),
            json!([acme, user.expect("the owner").id]),
            "{entry}"
        );
    }
    assert_eq!(
        json!([
            entries[0]["old_values"],
            entries[0]["new_values"],
            entries[0]["resource_type"]
        ]),
        json!([{"roles": ["analyst"]}, {"roles": ["admin"]}, "tenant_users"])
    );
    let id = entity::id::TenantUserId::from(member).to_string();
    assert_eq!(entries[0]["resource_id"], json!(id));
    assert_eq!(
        entries[1]["new_values"],
        json!({"email": "new@x.test", "roles": ["owner"]})
    );
    assert_eq!(
        json!([entries[2]["new_values"]["name"], entries[2]["resource_id"]]),
        json!(["a tool", key])
    );
    assert!(!entries[2].to_string().contains("gk_"), "{}", entries[2]);
    assert_eq!(
        entries[3]["new_values"]["ui_settings"]["time_zone"],
        "Asia/Tokyo"
    );
    assert_eq!(entries[4]["new_values"], json!({"password_min_length": 31}));
    assert_eq!(
        entries[5]["new_values"],
        json!({"billing_email": "bills@x.test"})
    );
    assert_eq!(
        entries[6]["new_values"],
        json!({"billing_contact_user_id": null})
    );
    let classes = [&entries[0], &entries[6]]
        .map(|entry| json!([entry["data_classification"], entry["retention_category"]]));
    assert_eq!(
        classes,
        [
            json!(["confidential", "audit"]),
            json!(["confidential", "legal"])
        ]
    );
    assert!(
        entries[7]["new_values"]["revoked"].is_string()
            && entries[7]["old_values"]["revoked"].is_null()
    );
    assert!(
        entries[8]["new_values"]["deleted"].is_string(),
        "{}",
        entries[8]
    );
}

#[tokio::test]
async fn what_changes_nothing_is_undone_or_is_of_low_risk_is_not_recorded() {
    let (world, owner) = quiet_owner().await;
    // Low: a member without rights over others.
    owner.data("mutation { createInvitation(input: {email: \"low@x.test\", roles: [MEMBER]}) { invitation { id } } }").await;
    owner
        .data("mutation { createTag(input: {name: \"t\", value: \"t\"}) { tag { id } } }")
        .await;
    owner
        .data("mutation { updateUserPreferences(input: {theme: DARK}) { userPreferences { id } } }")
        .await;
    owner.data("mutation { updateTenantPolicy(input: {passwordMinLength: 33}) { tenantPolicy { id } } }").await;
    assert_eq!(reported(&world).await, 1);
    owner.data("mutation { updateTenantPolicy(input: {passwordMinLength: 33}) { tenantPolicy { id } } }").await;
    assert_eq!(reported(&world).await, 1, "nothing changed");
    let undone = owner
        .query("mutation { updateTenantPolicy(input: {passwordMinLength: 34}) { tenantPolicy { id } } revokeApiKey(input: {id: \"key_01h455vb4pex5vsknk084sn02q\"}) { apiKey { id } } }")
        .await;
    assert!(undone.body["errors"].is_array(), "{}", undone.body);
    assert_eq!(reported(&world).await, 1, "the operation was undone");
}

#[tokio::test]
async fn staff_who_look_into_a_tenant_are_recorded() {
    let (world, _) = quiet_owner().await;
    let demo = world.demo.as_ref().expect("a demo world");
    let (staff, acme) = (world.staff(demo.staff.id), tenant(&world, "acme"));
    let request = staff
        .request(Method::POST, "/graphql")
        .header("x-tenant-id", acme.to_string())
        .header("x-staff-reason", "Ticket 7")
        .json(&json!({ "query": "{ leads(first: 1) { totalCount } }" }));
    let answer = staff.send(request).await;
    answer.data();
    let entries = work(&world, 1).await;
    let entry = &entries[0];
    let id = answer.headers["x-request-id"].to_str().expect("text");
    assert_eq!(
        json!([
            entry["action"],
            entry["tenant_id"],
            entry["admin_user_id"],
            entry["notes"],
            entry["new_values"]
        ]),
        json!(["staff.acted", acme, demo.staff.id, "Ticket 7", {"requestId": id}])
    );
    let reported: String = sqlx::query_scalar("SELECT to_jsonb(created) #>> '{}' FROM outbox")
        .fetch_one(world.admin())
        .await
        .expect("a time");
    assert_eq!(entry["happened"], json!(reported));
}

#[tokio::test]
async fn an_act_is_recorded_once_however_often_its_job_is_done() {
    let (world, _) = quiet_owner().await;
    let database = database(&world).await;
    let written = Log::new(database.clone());
    let entry = Entry::now(UserId::new(), "test.done", "tests");
    let (acme, id) = (tenant(&world, "acme"), Uuid::now_v7());
    for _ in 0..2 {
        written
            .record(acme.into(), id, entry.clone())
            .await
            .expect("an entry");
    }
    let both = [
        written.record(acme.into(), Uuid::now_v7(), entry.clone()),
        written.record(acme.into(), Uuid::now_v7(), entry),
    ];
    for done in futures::future::join_all(both).await {
        done.expect("an entry");
    }
    let found = log(&world).await;
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found.iter().any(|entry| entry["id"] == json!(id)));
    database.close().await;
}
