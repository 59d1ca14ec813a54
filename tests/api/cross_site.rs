//! What a page of another site can make a browser send does nothing, and what pages may read is set.

use gateway::settings::Settings;
use gateway_tests::{Answer, Client, Options, World};
use reqwest::{
    Method,
    header::{self, HeaderMap},
};
use serde_json::json;

const MUTATION: &str =
    "mutation { createTag(input: {name: \"forged\", value: \"forged\"}) { tag { id } } }";
const PAGE: &str = "https://app.test";

async fn forged(world: &World) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM tags WHERE value = 'forged'");
    count.fetch_one(world.admin()).await.expect("a number")
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, code: &str, tried: &str) {
    assert_eq!(
        (answer.status, answer.code()),
        (status, code),
        "{tried}: {:#}",
        answer.body
    );
}

/// A form, and a script without leave, sends one of these types of content. Even with a token, which no
/// browser adds by itself, nothing of it is read.
#[tokio::test]
async fn a_form_changes_nothing() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let as_json = json!({ "query": MUTATION }).to_string();
    let as_form =
        reqwest::Url::parse_with_params("http://x/", [("query", MUTATION)]).expect("a URL");
    let as_form = as_form.query().expect("a query").to_owned();
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    // The second is how uploads are sent (graphql-multipart-request-spec).
    let as_parts = part("query", MUTATION) + "--x--\r\n";
    let as_upload = part("operations", &as_json) + &part("map", "{}") + "--x--\r\n";
    for (kind, body) in [
        ("text/plain", &as_json),
        ("text/plain;application/json", &as_json),
        ("text/plain; charset=utf-8", &as_json),
        ("application/x-www-form-urlencoded", &as_form),
        ("application/x-www-form-urlencoded", &as_json),
        ("multipart/form-data; boundary=x", &as_parts),
        ("multipart/form-data; boundary=x", &as_upload),
        ("", &as_json),
    ] {
        for client in [&owner, &world.anonymous()] {
            let request = client.request(Method::POST, "/graphql").body(body.clone());
            let request = request.header(header::CONTENT_TYPE, kind);
            let answer = client
                .send(request.header(header::ORIGIN, "https://evil.test"))
                .await;
            match client.token() {
                Some(_) => assert_refused(&answer, 415, "UNSUPPORTED_MEDIA_TYPE", kind),
                None => assert_refused(&answer, 401, "UNAUTHENTICATED", kind),
            }
        }
    }
    assert_eq!(forged(&world).await, 0);
    // The same is done when it comes as JSON.
    owner.data(MUTATION).await;
    assert_eq!(forged(&world).await, 1);
}

#[tokio::test]
async fn a_link_changes_nothing() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let link = reqwest::Url::parse_with_params("http://x/", [("query", MUTATION)]).expect("a URL");
    let path = format!("/graphql?{}", link.query().expect("a query"));
    for (name, value) in [
        ("accept", "*/*"),
        ("x-http-method-override", "POST"),
        ("x-method-override", "POST"),
    ] {
        let request = owner.request(Method::GET, &path).header(name, value);
        assert_refused(&owner.send(request).await, 405, "METHOD_NOT_ALLOWED", name);
    }
    // What is in the URL does not count where there is a body.
    let request = owner.request(Method::POST, &path).json(&json!({}));
    assert_refused(&owner.send(request).await, 400, "BAD_REQUEST", "both");
    assert_eq!(forged(&world).await, 0);
}

/// Whatever a browser adds by itself, nobody is signed in by it.
#[tokio::test]
async fn only_a_header_signs_in() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let token = owner.token().expect("a token");
    let anonymous = world.anonymous();
    let post = |path: &str| {
        anonymous
            .request(Method::POST, path)
            .json(&json!({ "query": "{ __typename }" }))
    };
    let cookie = |name: &str| format!("{name}={token}; {name}=Bearer%20{token}");
    for (tried, request) in [
        (
            "a cookie",
            post("/graphql").header(header::COOKIE, cookie("token")),
        ),
        (
            "a cookie",
            post("/graphql").header(header::COOKIE, cookie("authorization")),
        ),
        (
            "a cookie",
            post("/graphql").header(header::COOKIE, format!("Bearer {token}")),
        ),
        (
            "basic",
            post("/graphql").basic_auth("owner@acme.test", Some(token)),
        ),
        ("basic", post("/graphql").basic_auth(token, None::<&str>)),
        ("the URL", post(&format!("/graphql?access_token={token}"))),
        (
            "the URL",
            post(&format!("/graphql?authorization=Bearer%20{token}")),
        ),
        (
            "the body",
            anonymous
                .request(Method::POST, "/graphql")
                .json(&json!({ "query": "{ __typename }", "access_token": token })),
        ),
    ] {
        assert_refused(
            &anonymous.send(request).await,
            401,
            "UNAUTHENTICATED",
            tried,
        );
    }
    for answer in [
        owner.query("{ __typename }").await,
        anonymous.query("{ __typename }").await,
    ] {
        assert_eq!(answer.headers.get(header::SET_COOKIE), None);
    }
}

/// A browser's question before it sends what is no simple request.
async fn preflight(client: &Client, origin: &str) -> (u16, HeaderMap) {
    let request = client.request(Method::OPTIONS, "/graphql");
    let request = request
        .header(header::ORIGIN, origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        );
    let response = request.send().await.expect("an answer");
    (response.status().as_u16(), response.headers().clone())
}

async fn ask(client: &Client, origin: &str, query: &str) -> Answer {
    let request = client
        .request(Method::POST, "/graphql")
        .header(header::ORIGIN, origin);
    client.send(request.json(&json!({ "query": query }))).await
}

fn allowed(headers: &HeaderMap) -> Option<&str> {
    headers.get("access-control-allow-origin")?.to_str().ok()
}

async fn allowing(origins: Option<&str>) -> World {
    let origins = origins.map(|origins| origins.parse().expect("origins"));
    let settings = Settings {
        cors_origins: origins,
        ..Settings::default()
    };
    World::demo_with(Options {
        settings,
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn no_page_reads_anything_unless_it_is_set() {
    let world = allowing(None).await;
    let (status, headers) = preflight(&world.anonymous(), PAGE).await;
    assert_eq!((status, allowed(&headers)), (401, None));
    for client in [world.owner("acme"), world.anonymous()] {
        let answer = ask(&client, PAGE, "{ __typename }").await;
        assert_eq!(allowed(&answer.headers), None);
    }
}

#[tokio::test]
async fn the_pages_that_are_set_may_ask_and_read() {
    let world = allowing(Some("https://app.test, http://localhost:5173")).await;
    for origin in [PAGE, "http://localhost:5173"] {
        // Nobody has signed in yet.
        let (status, headers) = preflight(&world.anonymous(), origin).await;
        assert_eq!((status, allowed(&headers)), (200, Some(origin)));
        let said = |name: &str| headers[name].to_str().expect("ASCII").to_ascii_lowercase();
        assert_eq!(said("access-control-allow-methods"), "get,post,put,delete");
        assert_eq!(
            said("access-control-allow-headers"),
            "authorization,content-type,x-tenant-id,x-staff-reason,x-graphql-event-stream-token"
        );
        assert_eq!(said("access-control-max-age"), "7200");
        assert!(!headers.contains_key("access-control-allow-credentials"));
        let answer = ask(&world.owner("acme"), origin, "{ leads { totalCount } }").await;
        answer.data();
        // What is refused says why, too.
        let refused = ask(&world.anonymous(), origin, "{ __typename }").await;
        assert_refused(&refused, 401, "UNAUTHENTICATED", origin);
        for headers in [&answer.headers, &refused.headers] {
            assert_eq!(allowed(headers), Some(origin));
            assert_eq!(
                headers["access-control-expose-headers"],
                "x-request-id,server-timing,retry-after,ratelimit,ratelimit-policy"
            );
            assert!(!headers.contains_key("access-control-allow-credentials"));
            let vary = headers.get_all(header::VARY).iter();
            let vary: Vec<_> = vary.map(|value| value.to_str().expect("ASCII")).collect();
            assert!(vary.join(",").contains("origin"), "{vary:?}");
        }
    }
    for other in [
        "https://evil.test",
        "https://app.test.evil.test",
        "http://app.test",
        "https://app.test:8443",
        "null",
    ] {
        let (_, headers) = preflight(&world.anonymous(), other).await;
        assert_eq!(allowed(&headers), None, "{other}");
        let answer = ask(&world.owner("acme"), other, "{ __typename }").await;
        assert_eq!(allowed(&answer.headers), None, "{other}");
    }
}

#[tokio::test]
async fn all_pages_may_if_that_is_set_but_never_with_credentials() {
    let world = allowing(Some("*")).await;
    for origin in [PAGE, "null"] {
        let (status, headers) = preflight(&world.anonymous(), origin).await;
        assert_eq!((status, allowed(&headers)), (200, Some("*")));
        let answer = ask(&world.owner("acme"), origin, "{ __typename }").await;
        assert_eq!(allowed(&answer.headers), Some("*"));
        for headers in [&headers, &answer.headers] {
            assert!(!headers.contains_key("access-control-allow-credentials"));
        }
    }
}
