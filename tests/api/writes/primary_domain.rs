//! A tenant's main domain: changed by saying which, lost by nothing else.

use serde_json::{Value, json};

use super::{
    arranged::Fresh,
    ask::{Call, error},
};
use crate::isolation::twins::texts;

const PRIMARY: &str = "SELECT d.domain::text || ' ' || d.updated::text FROM domains d JOIN tenants t ON t.id = d.tenant_id \
    WHERE t.name = 'acme' AND d.is_primary";

async fn send(fresh: &Fresh, name: &str, input: Value) -> gateway_tests::Answer {
    let owner = fresh.world.owner("acme");
    Call::with(fresh.entry(name), input).send(&owner).await
}

#[tokio::test]
async fn a_change_of_many_can_not_say_it() {
    let fresh = Fresh::new().await;
    let before = texts(&fresh.world, PRIMARY).await;
    assert_eq!(before.len(), 1);
    for filter in [
        json!({ "isPrimary": { "eq": true } }),
        json!({ "domain": { "eq": "nobody.test" } }),
        json!({}),
    ] {
        let input = json!({ "filter": filter, "set": { "isPrimary": true }, "atMost": 100 });
        let answer = send(&fresh, "updateDomains", input).await;
        let (code, argument, _) = error(&answer).expect("an error");
        assert_eq!(
            (code, argument),
            ("BAD_USER_INPUT", "input.set.isPrimary"),
            "{}",
            answer.body
        );
        assert_eq!(texts(&fresh.world, PRIMARY).await, before);
    }
}

#[tokio::test]
async fn the_main_one_stays_it_when_it_is_said_again() {
    let fresh = Fresh::new().await;
    let owner = fresh.world.owner("acme");
    let read = "{ domains(filter: {isPrimary: {eq: true}}) { nodes { id updated } } }";
    let found = owner.data(read).await;
    let domain = &found["domains"]["nodes"][0];
    let input = json!({ "id": domain["id"], "expectedUpdated": domain["updated"], "set": { "isPrimary": true } });
    send(&fresh, "updateDomain", input).await.data();
    assert_eq!(texts(&fresh.world, PRIMARY).await.len(), 1);
}

#[tokio::test]
async fn a_domain_that_is_not_there_takes_it_from_none() {
    let fresh = Fresh::new().await;
    let before = texts(&fresh.world, PRIMARY).await;
    let input = json!({ "id": uuid::Uuid::now_v7(), "set": { "isPrimary": true } });
    let answer = send(&fresh, "updateDomain", input).await;
    assert_eq!(answer.code(), "NOT_FOUND");
    assert_eq!(texts(&fresh.world, PRIMARY).await, before);
}
