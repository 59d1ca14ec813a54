//! Each limit by its setting.

use gateway::settings::Settings;
use gateway_tests::{Client, Options, World};

/// Somebody signed in to a gateway whose database nobody answers.
async fn client(settings: Settings) -> (World, Client) {
    let world = World::with(Options {
        settings,
        database_url: Some("postgres://nobody@127.0.0.1:1/none".to_owned()),
        ..Options::default()
    })
    .await;
    let client = world.client(uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
    (world, client)
}

fn none() -> Settings {
    Settings::default()
}

/// A document that just passes, one that is too large by one, the limit and its settings.
type Case = (&'static str, &'static str, &'static str, Settings);

fn cases() -> Vec<Case> {
    let fragments = "{ ...A ...A } fragment A on Query { __typename }";
    vec![
        (
            "bytes",
            "{ a: __typename }",
            "{ ab: __typename }",
            Settings {
                max_document_bytes: Some(17),
                ..none()
            },
        ),
        (
            "tokens",
            "{ a: __typename }",
            "{ a: __typename b }",
            Settings {
                max_tokens: Some(5),
                ..none()
            },
        ),
        (
            "depth",
            "{ __schema { queryType { name } } }",
            "{ __schema { queryType { fields { name } } } }",
            Settings {
                max_depth: Some(3),
                ..none()
            },
        ),
        (
            "aliases",
            "{ a: __typename __typename }",
            "{ a: __typename ...F } fragment F on Query { b: __typename }",
            Settings {
                max_aliases: Some(1),
                ..none()
            },
        ),
        (
            "rootFields",
            "{ a: __typename b: __typename }",
            "{ a: __typename b: __typename ... { c: __typename } }",
            Settings {
                max_root_fields: Some(2),
                ..none()
            },
        ),
        (
            "rootFields",
            "mutation { a: __typename b: __typename }",
            "mutation { a: __typename b: __typename c: __typename }",
            Settings {
                max_root_fields: Some(2),
                ..none()
            },
        ),
        (
            "directives",
            "{ a: __typename @skip(if: false) ...F } fragment F on Query { b: __typename }",
            "{ a: __typename @skip(if: false) ...F } fragment F on Query { b: __typename @skip(if: false) }",
            Settings {
                max_directives: Some(1),
                ..none()
            },
        ),
        (
            "fields",
            "{ __schema { queryType { name } } }",
            "{ __schema { queryType { name kind } } }",
            Settings {
                max_fields: Some(3),
                ..none()
            },
        ),
        (
            "fragments",
            "{ ...A } fragment A on Query { __typename }",
            fragments,
            Settings {
                max_fragments: Some(1),
                ..none()
            },
        ),
    ]
}

#[tokio::test]
async fn each_limit_is_a_setting_that_its_error_names() {
    for (limit, passes, too_large, settings) in cases() {
        let (_world, client) = client(settings).await;
        client.data(passes).await;
        let answer = client.query(too_large).await;
        let error = &answer.body["errors"][0];
        assert_eq!(
            (answer.code(), error["extensions"]["limit"].as_str()),
            ("DOCUMENT_TOO_LARGE", Some(limit)),
            "{error:#}"
        );
        assert!(error["extensions"]["allowed"].is_u64(), "{error:#}");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.contains(", or have GATEWAY_MAX_"), "{message}");
        // By the defaults it passes, or is wrong for another reason.
        let (_world, client) = self::client(none()).await;
        assert_ne!(client.query(too_large).await.code(), "DOCUMENT_TOO_LARGE");
    }
}

/// What GraphiQL asks first; with it as deep as any of its versions.
#[tokio::test]
async fn the_defaults_have_room_for_introspection() {
    let (_world, client) = client(none()).await;
    let data = client.data(INTROSPECTION).await;
    let types = data["__schema"]["types"].as_array().map_or(0, Vec::len);
    assert!(types > 100, "{types}");
}

const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind }
    subscriptionType { name kind } types { ...FullType } directives { name description isRepeatable locations
    args(includeDeprecated: true) { ...InputValue } } } }
  fragment FullType on __Type { kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue }
      type { ...TypeRef } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
  fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
  fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";
