//! Who may see the schema: by introspection, as a file, in what errors say.

mod wrong;

use std::collections::HashSet;

use gateway::settings::{Introspection, Settings};
use gateway_tests::{Answer, Client, Options, World};
use reqwest::Method;
use serde_json::{Value, json};

use wrong::WRONG;

const SCHEMA: &str = "{ __schema { queryType { name } types { name } } }";

async fn world(introspection: Introspection) -> World {
    World::demo_with(Options {
        settings: Settings {
            introspection: Some(introspection),
            ..Settings::default()
        },
        ..Options::default()
    })
    .await
}

/// Every kind of client, by name.
fn clients(world: &World) -> Vec<(&'static str, Client)> {
    let demo = world.demo.as_ref().expect("a demo world");
    let staff = demo.staff.id;
    let nobody = uuid::Uuid::now_v7();
    let user = demo.tenants[0].users[0].id;
    vec![
        ("owner", world.owner("acme")),
        ("admin", world.user("acme", "admin@acme.test")),
        ("member", world.user("acme", "member@acme.test")),
        ("analyst", world.user("acme", "analyst@acme.test")),
        ("a user in no tenant", world.in_no_tenant(user)),
        ("staff", world.staff(staff)),
        ("no staff", world.staff(nobody)),
        ("no member", world.client(demo.tenants[0].id, nobody)),
    ]
}

async fn file(client: &Client) -> Answer {
    client
        .send(client.request(Method::GET, "/schema.graphql"))
        .await
}

fn hidden(answer: &Answer) -> bool {
    let is_refused = answer.status == 403 && answer.code() == "FORBIDDEN";
    assert!(is_refused || answer.status == 200, "{}", answer.body);
    assert!(
        !is_refused || answer.body.get("data").is_none(),
        "{}",
        answer.body
    );
    is_refused
}

#[tokio::test]
async fn the_schema_is_shown_to_whom_the_setting_says() {
    let everyone = [
        "owner",
        "admin",
        "member",
        "analyst",
        "a user in no tenant",
        "staff",
        "no staff",
        "no member",
    ];
    for (setting, shown) in [
        (Introspection::Everyone, everyone.as_slice()),
        (Introspection::Admins, &["owner", "admin", "staff"]),
        (Introspection::Staff, &["staff"]),
        (Introspection::Nobody, &[]),
    ] {
        let world = world(setting).await;
        for (name, client) in clients(&world) {
            // Also once the answer is kept: those who may ask first.
            for query in [
                SCHEMA,
                "{ __type(name: \"Lead\") { name } }",
                "{ ...F } fragment F on Query { a: __schema { queryType { name } } }",
                "{ viewer { __typename } __type(name: \"Lead\") { name } }",
            ] {
                let answer = client.query(query).await;
                assert_eq!(
                    !hidden(&answer),
                    shown.contains(&name),
                    "{setting:?} {name} {query} {}",
                    answer.body
                );
            }
            // A type's name tells of an answer, not of the schema.
            assert_eq!(
                client.data("{ __typename }").await,
                json!({ "__typename": "Query" })
            );
            if setting != Introspection::Everyone {
                assert_eq!(
                    !hidden(&file(&client).await),
                    shown.contains(&name),
                    "{setting:?} {name}"
                );
            }
        }
        let anonymous = world.anonymous();
        assert_eq!(anonymous.query(SCHEMA).await.status, 401);
        let open = setting == Introspection::Everyone;
        assert_eq!(file(&anonymous).await.status, if open { 200 } else { 401 });
    }
}

#[tokio::test]
async fn staff_who_act_in_a_tenant_are_staff() {
    let world = world(Introspection::Staff).await;
    let demo = world.demo.as_ref().expect("a demo world");
    let tenant: entity::id::TenantId = demo.tenants[0].id.into();
    let staff = world.staff(demo.staff.id);
    let request = staff.request(Method::POST, "/graphql");
    let request = request
        .header("x-tenant-id", tenant.to_string())
        .header("x-staff-reason", "to look at the schema")
        .json(&json!({ "query": SCHEMA }));
    assert!(!hidden(&staff.send(request).await));
}

/// Where roles do not matter nobody is asked for them.
#[tokio::test]
async fn the_database_is_asked_only_where_roles_matter() {
    for (setting, status) in [
        (Introspection::Everyone, 200),
        (Introspection::Nobody, 403),
        (Introspection::Staff, 403),
        (Introspection::Admins, 503),
    ] {
        let world = World::with(Options {
            settings: Settings {
                introspection: Some(setting),
                ..Settings::default()
            },
            database_url: Some("postgres://nobody@127.0.0.1:1/none".to_owned()),
            ..Options::default()
        })
        .await;
        let client = world.client(uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
        assert_eq!(client.query(SCHEMA).await.status, status, "{setting:?}");
        let misspelt = client.query("{ leeds { totalCount } }").await;
        let message = misspelt.body["errors"][0]["message"].to_string();
        assert_eq!(message.contains("Did you mean"), status == 200, "{message}");
    }
}

#[tokio::test]
async fn suggestions_are_for_those_who_may_see_what_is_suggested() {
    let world = world(Introspection::Admins).await;
    for (name, client) in clients(&world).into_iter().take(4) {
        let answer = client.query("{ leeds { totalCount } }").await;
        let message = answer.body["errors"][0]["message"].to_string();
        let shown = ["owner", "admin"].contains(&name);
        assert_eq!(message.contains("leads"), shown, "{name}: {message}");
    }
}

/// Every name that the schema has, but those which are words of the messages as well.
fn names() -> HashSet<String> {
    let document = async_graphql::parser::parse_schema(resolver::sdl()).expect("the schema");
    let mut names = HashSet::new();
    for definition in document.definitions {
        use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        names.insert(definition.node.name.node.to_string());
        match definition.node.kind {
            TypeKind::Object(object) => names.extend(
                object
                    .fields
                    .iter()
                    .map(|field| field.node.name.node.to_string()),
            ),
            TypeKind::InputObject(input) => names.extend(
                input
                    .fields
                    .iter()
                    .map(|field| field.node.name.node.to_string()),
            ),
            TypeKind::Enum(values) => names.extend(
                values
                    .values
                    .iter()
                    .map(|value| value.node.value.node.to_string()),
            ),
            _ => {}
        }
    }
    for scalar in ["Int", "Float", "String", "Boolean", "ID"] {
        names.insert(scalar.to_owned());
    }
    names
}

fn words(text: &str) -> HashSet<&str> {
    text.split(|character: char| character != '_' && !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect()
}

/// What stands between quotes of either kind, and whatever begins with a capital inside a sentence.
fn named(message: &str) -> HashSet<&str> {
    let quoted = |quote: char| {
        let parts = message.split(quote).enumerate();
        parts
            .filter(|(index, _)| index % 2 == 1)
            .flat_map(|(_, part)| words(part))
            .collect::<HashSet<_>>()
    };
    let capitals = message.split_whitespace().skip(1).flat_map(words);
    let capitals = capitals.filter(|word| {
        word.starts_with(|first: char| first.is_ascii_uppercase())
            && word.contains(|letter: char| letter.is_ascii_lowercase())
    });
    quoted('"')
        .union(&quoted('`'))
        .copied()
        .chain(capitals)
        .collect()
}

#[tokio::test]
async fn who_may_not_see_the_schema_reads_no_name_that_was_not_sent() {
    let world = world(Introspection::Nobody).await;
    let (owner, names) = (world.owner("acme"), names());
    let open = World::demo().await;
    let mut told = 0;
    for (query, variables) in WRONG {
        let variables: Value = serde_json::from_str(variables).expect("JSON");
        let sent = format!("{query} {variables}");
        let sent = words(&sent);
        let unsent = |answer: &Answer| {
            let errors = answer.body["errors"].as_array().expect("errors").clone();
            let mut found = Vec::new();
            for error in errors {
                let message = error["message"].as_str().unwrap_or_default();
                // A media type is no name, even if there is a field `text`.
                let message = &*message.replace("text/event-stream", "");
                let path = error["extensions"]["argument"].as_str().unwrap_or_default();
                let said = named(message).into_iter().chain(words(path));
                found.extend(
                    said.filter(|word| names.contains(*word) && !sent.contains(word))
                        .map(|word| format!("{word}: {message}")),
                );
            }
            found
        };
        let answer = owner.query_with(query, variables.clone()).await;
        assert_eq!(unsent(&answer), Vec::<String>::new(), "{query}");
        told +=
            usize::from(!unsent(&open.owner("acme").query_with(query, variables).await).is_empty());
    }
    assert!(
        told > WRONG.len() / 3,
        "others are told of the schema in {told} of {}",
        WRONG.len()
    );
}
