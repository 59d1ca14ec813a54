//! Documents that are made to hurt are refused before they do.

use std::fmt::Write;

use gateway_tests::World;

#[tokio::test]
async fn a_connection_takes_so_many_filters() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let filters = |count: usize| {
        format!(
            "{{ leads(filter: {{or: [{}]}}) {{ totalCount }} }}",
            "{},".repeat(count)
        )
    };
    owner.query(&filters(199)).await.data();
    for (count, code) in [
        (200, "BAD_USER_INPUT"),
        (4_000, "BAD_USER_INPUT"),
        (20_000, "DOCUMENT_TOO_LARGE"),
    ] {
        let answer = owner.query(&filters(count)).await;
        assert_eq!(
            (answer.code(), answer.statements()),
            (code, 0),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn fragments_that_double_are_refused_at_once() {
    let world = World::demo().await;
    let mut query = "{ ...F0 }".to_owned();
    for link in 0..60 {
        let next = link + 1;
        write!(
            query,
            " fragment F{link} on Query {{ ...F{next} ...F{next} }}"
        )
        .unwrap();
    }
    query.push_str(" fragment F60 on Query { __typename }");
    let answer = world.owner("acme").query(&query).await;
    assert_eq!(answer.code(), "DOCUMENT_TOO_LARGE", "{}", answer.body);
}

/// Without a limit the stack overflows, which ends the process and with it every tenant's requests.
#[tokio::test]
async fn brackets_are_nested_so_deep_and_no_deeper() {
    let world = World::demo().await;
    let analyst = world.user("acme", "analyst@acme.test");
    let nested = |open: &str, close: &str, depth: usize| {
        format!("{}{{}}{}", open.repeat(depth), close.repeat(depth))
    };
    for depth in [300, 2_000, 100_000] {
        for filter in [
            nested("{not:", "}", depth),
            format!("{{and: {}}}", nested("[", "]", depth)),
        ] {
            let query = format!("{{ leads(filter: {filter}) {{ totalCount }} }}");
            let answer = analyst.query(&query).await;
            assert_eq!(answer.code(), "DOCUMENT_TOO_LARGE", "{}", answer.body);
        }
    }
    let text = "{".repeat(5_000);
    let query = format!("{{ leads(filter: {{email: {{eq: \"{text}\"}}}}) {{ totalCount }} }}");
    assert_eq!(analyst.data(&query).await["leads"]["totalCount"], 0);
}

#[tokio::test]
async fn one_key_is_one_field_also_across_fragments() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    for query in [
        "{ x: leads(first: 1) { nodes { id } } ...F } fragment F on Query { x: companies(first: 1) { nodes { name } } }",
        "{ viewer { user { x: email ...F } } } fragment F on User { x: name }",
        "{ campaigns { nodes { steps(first: 1) { totalCount } ...F } } } fragment F on Campaign { steps(first: 2) { totalCount } }",
    ] {
        let answer = owner.query(query).await;
        assert_eq!(
            answer.code(),
            "GRAPHQL_VALIDATION_FAILED",
            "{query} {}",
            answer.body
        );
    }
    owner.data("{ x: leads(first: 1) { nodes { id } } ...F } fragment F on Query { x: leads(first: 1) { totalCount } }").await;
}

#[tokio::test]
async fn one_key_with_two_arguments_changes_nothing() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let read = "{ userPreferences { theme } }";
    let before = owner.data(read).await;
    let answer = owner
        .query(
            "mutation { updateUserPreferences(input: {theme: DARK}) { userPreferences { theme } } ...F } \
             fragment F on Mutation { updateUserPreferences(input: {theme: LIGHT}) { userPreferences { language } } }",
        )
        .await;
    assert_eq!(
        answer.code(),
        "GRAPHQL_VALIDATION_FAILED",
        "{}",
        answer.body
    );
    assert_eq!(owner.data(read).await, before);
}

#[tokio::test]
async fn moments_that_postgresql_does_not_know_are_refused() {
    let world = World::demo().await;
    let query = "{ leads(filter: {created: {gt: \"-004714-01-01T00:00:00Z\"}}) { totalCount } }";
    let answer = world.owner("acme").query(query).await;
    assert_eq!(answer.code(), "BAD_USER_INPUT", "{}", answer.body);
}

#[tokio::test]
async fn a_token_without_a_tenant_is_not_staffs() {
    use jsonwebtoken::{EncodingKey, Header, encode};
    let world = World::demo().await;
    let staff = world.demo.as_ref().unwrap().staff.id;
    let now = chrono::Utc::now().timestamp();
    let claims = |staff_claim: bool| {
        serde_json::json!({ "sub": staff, "iss": "tenant-gateway", "aud": "tenant-gateway",
            "iat": now, "nbf": now, "exp": now + 60, "staff": staff_claim })
    };
    let key = EncodingKey::from_secret(gateway_tests::KEY.as_bytes());
    for (said, code) in [(false, "FORBIDDEN"), (true, "")] {
        let token = encode(&Header::default(), &claims(said), &key).unwrap();
        let answer = world
            .with_token(Some(token))
            .query("{ staffMembers { totalCount } }")
            .await;
        assert_eq!(
            (answer.status, answer.code()),
            (200, code),
            "{}",
            answer.body
        );
    }
}
