//! What must be unique: who has a value already is not told.

use gateway_tests::Answer;
use serde_json::{Value, json};

use super::{
    arranged::{Arranged, Fresh, on_arranged},
    ask::{Call, error},
};
use crate::isolation::twins::{SUFFIX, one};

/// All that a client is told, without the value.
fn told(answer: &Answer, value: &str) -> (u16, String, u32) {
    (
        answer.status,
        answer.body.to_string().replace(value, "VALUE"),
        answer.statements(),
    )
}

async fn workspace(arranged: &Arranged, tenant: uuid::Uuid) -> String {
    let sql = format!(
        "SELECT workspace_name FROM companies WHERE tenant_id = '{tenant}' AND workspace_name IS NOT NULL ORDER BY 1 LIMIT 1"
    );
    one(&arranged.twins.world, &sql).await
}

#[test]
fn a_workspaces_name_is_taken_whoever_has_it() {
    on_arranged(async |arranged| {
        let own = workspace(arranged, arranged.twins.a).await;
        let foreign = workspace(arranged, arranged.twins.b).await;
        assert!(foreign.ends_with(SUFFIX), "{foreign}");
        let spare = json!({ "id": arranged.subjects.spare_company, "set": {} });
        let selected = json!({ "filter": { "name": { "eq": "Spare" } }, "set": {}, "atMost": 1 });
        for (name, input, pointer) in [
            ("createCompany", json!({ "name": "New" }), "/workspaceName"),
            ("updateCompany", spare, "/set/workspaceName"),
            ("updateCompanies", selected, "/set/workspaceName"),
        ] {
            let ask = async |value: &str| {
                let mut input = input.clone();
                let (parent, field) = pointer.rsplit_once('/').expect("a pointer");
                input.pointer_mut(parent).expect("a place")[field] = json!(value);
                Call::with(arranged.entry(name), input)
                    .send(&arranged.twins.owner())
                    .await
            };
            let (of_own, of_foreign) = (ask(&own).await, ask(&foreign).await);
            assert_eq!(told(&of_own, &own), told(&of_foreign, &foreign), "{name}");
            let (code, argument, message) = error(&of_own).unwrap_or_default();
            let path = format!("input{}", pointer.replace('/', "."));
            assert_eq!(
                (code, argument),
                ("ALREADY_EXISTS", path.as_str()),
                "{name}: {message}"
            );
            assert!(!message.contains(&own), "{message}");
        }
    });
}

#[tokio::test]
async fn addresses_and_domains_are_unique_within_the_tenant() {
    let fresh = Fresh::new().await;
    let owner = fresh.world.owner("acme");
    for (offset, (name, table, column, pointer)) in [
        ("createLead", "leads", "email", "/email"),
        ("updateLead", "leads", "email", "/set/email"),
        ("createDomain", "domains", "domain", "/domain"),
    ]
    .into_iter()
    .enumerate()
    {
        let entry = fresh.entry(name);
        let of = async |tenant: &str| -> String {
            let sql = format!(
                "SELECT {column} FROM {table} WHERE tenant_id = (SELECT id FROM tenants WHERE name = '{tenant}') \
                 ORDER BY id DESC OFFSET {offset} LIMIT 1"
            );
            one(&fresh.world, &sql).await
        };
        let (own, foreign) = (of("acme").await, of("globex").await);
        for taken in [own.clone(), format!(" {} ", own.to_uppercase())] {
            let answer = Call::with(entry, entry.with(pointer, json!(taken)))
                .send(&owner)
                .await;
            let (code, argument, _) = error(&answer).unwrap_or_default();
            let path = format!("input{}", pointer.replace('/', "."));
            assert_eq!(
                (code, argument),
                ("ALREADY_EXISTS", path.as_str()),
                "{name} {taken:?}: {:#}",
                answer.body
            );
        }
        let answer = Call::with(entry, entry.with(pointer, json!(foreign)))
            .send(&owner)
            .await;
        assert!(
            answer.body["errors"].is_null(),
            "{name}, what globex has: {:#}",
            answer.body
        );
    }
}

#[test]
fn an_accounts_address_is_unique_within_the_tenant() {
    on_arranged(async |arranged| {
        let sql = format!(
            "SELECT jsonb_build_array(domain_id, email) FROM email_accounts WHERE tenant_id = '{}' \
             AND email <> 'spare@acme.test' LIMIT 1",
            arranged.twins.a
        );
        let found: Value = one(&arranged.twins.world, &sql).await;
        let entry = arranged.entry("createEmailAccount");
        let mut input = entry.with("/domainId", found[0].clone());
        input["email"] = json!(found[1].as_str().expect("an address").to_uppercase());
        let answer = Call::with(entry, input).send(&arranged.twins.owner()).await;
        let (code, argument, _) = error(&answer).unwrap_or_default();
        assert_eq!(
            (code, argument),
            ("ALREADY_EXISTS", "input.email"),
            "{:#}",
            answer.body
        );
    });
}
