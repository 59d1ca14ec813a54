//! Requests of nobody.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use gateway_tests::{Answer, World};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::{Method, header};
use serde_json::{Value, json};
use uuid::Uuid;

use super::refused;

/// What a good token says, with some of it changed; null leaves it out.
fn claims(world: &World, changes: &Value) -> Value {
    let acme = &world.demo.as_ref().expect("a demo world").tenants[0];
    let now = Utc::now().timestamp();
    let mut claims = json!({
        "sub": acme.users[0].id, "tenant": acme.id, "iss": "tenant-gateway", "aud": "tenant-gateway",
        "iat": now, "nbf": now, "exp": now + 600,
    });
    for (name, value) in changes.as_object().expect("an object") {
        let claims = claims.as_object_mut().expect("an object");
        match value {
            Value::Null => claims.remove(name),
            value => claims.insert(name.clone(), value.clone()),
        };
    }
    claims
}

fn signed(world: &World, algorithm: Algorithm, changes: &Value) -> String {
    let key = EncodingKey::from_secret(world.secret().as_bytes());
    encode(&Header::new(algorithm), &claims(world, changes), &key).expect("a token")
}

async fn ask(world: &World, token: String) -> Answer {
    world
        .with_token(Some(token))
        .query("{ viewer { user { email } } }")
        .await
}

#[tokio::test]
async fn a_token_with_one_thing_wrong_is_no_token() {
    let world = World::demo().await;
    let good = signed(&world, Algorithm::HS256, &json!({}));
    assert_eq!(
        ask(&world, good).await.data(),
        json!({ "viewer": { "user": { "email": "owner@acme.test" } } })
    );
    let now = Utc::now().timestamp();
    for changes in [
        json!({ "exp": now - 60 }),
        json!({ "nbf": now + 60 }),
        json!({ "iss": "somebody" }),
        json!({ "aud": "somebody" }),
        json!({ "sub": "owner@acme.test" }),
        json!({ "tenant": "acme" }),
        json!({ "sub": null }),
        json!({ "iss": null }),
        json!({ "aud": null }),
        json!({ "exp": null }),
        json!({ "nbf": null }),
        json!({ "exp": "tomorrow" }),
        // Nobody is both.
        json!({ "staff": true }),
    ] {
        unauthenticated(
            &ask(&world, signed(&world, Algorithm::HS256, &changes)).await,
            &changes.to_string(),
        );
    }
}

/// Staff is said, never concluded from what is missing.
#[tokio::test]
async fn a_token_without_a_tenant_is_a_users_and_not_one_of_staff() {
    let world = World::demo().await;
    let staff = world.demo.as_ref().expect("a demo world").staff.id;
    for (said, permitted) in [
        (json!(false), false),
        (json!(null), false),
        (json!(true), true),
    ] {
        let changes = json!({ "tenant": null, "sub": staff, "staff": said });
        let client = world.with_token(Some(signed(&world, Algorithm::HS256, &changes)));
        let viewer = client
            .data("{ viewer { tenant { id } permissions } }")
            .await;
        let permissions = viewer["viewer"]["permissions"].as_array().expect("a list");
        assert_eq!(!permissions.is_empty(), permitted, "{changes}");
        let answer = client.query("{ vpsInstances { totalCount } }").await;
        assert_eq!(
            answer.code(),
            if permitted { "" } else { "FORBIDDEN" },
            "{changes}"
        );
    }
}

#[tokio::test]
async fn a_token_that_this_key_did_not_sign() {
    let world = World::demo().await;
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        unauthenticated(
            &ask(&world, signed(&world, algorithm, &json!({}))).await,
            "another algorithm",
        );
    }
    let other = EncodingKey::from_secret(b"another key, which is as long as a key must be");
    let forged = encode(
        &Header::new(Algorithm::HS256),
        &claims(&world, &json!({})),
        &other,
    )
    .expect("a token");
    unauthenticated(&ask(&world, forged).await, "another key");
    let encoded = |part: Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let body = encoded(claims(&world, &json!({})));
    for algorithm in ["none", "None", "NONE", "RS256", "what"] {
        let head = encoded(json!({ "alg": algorithm, "typ": "JWT" }));
        for signature in ["", "x"] {
            unauthenticated(
                &ask(&world, format!("{head}.{body}.{signature}")).await,
                algorithm,
            );
        }
        unauthenticated(&ask(&world, format!("{head}.{body}")).await, algorithm);
    }
    // Somebody else's words over a good signature.
    let good = signed(&world, Algorithm::HS256, &json!({}));
    let mut parts: Vec<&str> = good.split('.').collect();
    let other = encoded(claims(&world, &json!({ "sub": Uuid::now_v7() })));
    parts[1] = &other;
    unauthenticated(&ask(&world, parts.join(".")).await, "other words");
}

#[tokio::test]
async fn a_header_that_is_no_bearer_token() {
    let world = World::demo().await;
    let anonymous = world.anonymous();
    unauthenticated(&anonymous.query("{ __typename }").await, "no header");
    let good = signed(&world, Algorithm::HS256, &json!({}));
    for value in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer garbage".to_owned(),
        "Bearer a.b.c".to_owned(),
        good.clone(),
        format!("Basic {good}"),
        format!("Token {good}"),
        format!("Bearer {good} {good}"),
        format!("Bearer={good}"),
        "Bearer \u{fc}".to_owned(),
    ] {
        let request = anonymous
            .request(Method::POST, "/graphql")
            .header(header::AUTHORIZATION, &value);
        let answer = anonymous
            .send(request.json(&json!({ "query": "{ __typename }" })))
            .await;
        unauthenticated(&answer, &value);
    }
    // The scheme's name has no case (RFC 9110).
    let request = anonymous
        .request(Method::POST, "/graphql")
        .header(header::AUTHORIZATION, format!("bearer {good}"));
    assert_eq!(
        anonymous
            .send(request.json(&json!({ "query": "{ __typename }" })))
            .await
            .status,
        200
    );
    // Who asks is settled before anything is read: nobody learns of the schema or of their mistakes.
    unauthenticated(
        &anonymous.query("{ __schema { types { name } } }").await,
        "introspection",
    );
    unauthenticated(&anonymous.query("{").await, "a syntax error");
    unauthenticated(
        &anonymous
            .send(anonymous.request(Method::DELETE, "/graphql"))
            .await,
        "another method",
    );
}

#[tokio::test]
async fn a_good_token_of_no_member() {
    let world = World::demo().await;
    let demo = world.demo.clone().expect("a demo world");
    let (acme, globex) = (&demo.tenants[0], &demo.tenants[1]);
    let owner = acme.users[0].id;
    for (tenant, user) in [
        (globex.id, owner),
        (acme.id, Uuid::now_v7()),
        (Uuid::now_v7(), owner),
        (acme.id, demo.staff.id),
    ] {
        let answer = world
            .client(tenant, user)
            .query("{ leads { totalCount } }")
            .await;
        refused(&answer, 403, "FORBIDDEN");
        assert!(answer.body.get("data").is_none());
        assert!(answer.headers.get("www-authenticate").is_none());
    }
    refused(
        &world
            .staff(owner)
            .query("{ vpsInstances { totalCount } }")
            .await,
        403,
        "FORBIDDEN",
    );
}

#[track_caller]
fn unauthenticated(answer: &Answer, case: &str) {
    assert_eq!(answer.status, 401, "{case}: {}", answer.body);
    refused(answer, 401, "UNAUTHENTICATED");
    assert_eq!(answer.headers["www-authenticate"], "Bearer", "{case}");
    assert!(answer.body.get("data").is_none(), "{case}");
}
