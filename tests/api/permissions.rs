//! `docs/permissions.md` is true: every root field, tried as everybody.
//!
//! What is expected is read from the committed file, so that a right which is declared otherwise shows as
//! a change of it. That the file is what `gateway permissions` prints is tested with the command.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use entity::id::InvitationId;
use gateway_tests::{Answer, Client, EventStream, World};
use reqwest::header::HeaderName;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    isolation::{
        schema::{Case, Field, Schema},
        twins::{one, one_in},
    },
    writes::{
        arranged::Fresh,
        ask::{Call, error},
        entries::UNLIKE,
    },
};

const DOCUMENT: &str = include_str!("../../docs/permissions.md");

/// The cells of a root field, by whom they are about.
type Cells = BTreeMap<&'static str, &'static str>;

/// The root fields by the type of their root.
type Tables = BTreeMap<&'static str, BTreeMap<&'static str, Cells>>;

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables::new();
    let mut lines = DOCUMENT.lines().filter(|line| line.starts_with('|'));
    let mut head = Vec::new();
    while let Some(line) = lines.next() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if cells[0].starts_with('`') {
            let named = head[1..].iter().copied().zip(cells[1..].iter().copied());
            let table: &mut BTreeMap<_, _> = tables.entry(head[0]).or_default();
            table.insert(cells[0].trim_matches('`'), named.collect());
        } else {
            head = cells;
            // The line below it has no cells.
            lines.next();
        }
    }
    tables
});

/// Everybody of the table, signed in.
async fn everybody(fresh: &Fresh) -> Vec<(&'static str, Client)> {
    let mut people = Vec::new();
    for name in TABLES["Query"]["viewer"].keys() {
        let client = match *name {
            "key" => key(&fresh.world).await,
            "user in no tenant" => {
                let sql = "SELECT id FROM users WHERE email = 'owner@acme.test'";
                fresh.world.in_no_tenant(one(&fresh.world, sql).await)
            }
            "staff" => staff(&fresh.world),
            "staff in a tenant" => acting(&fresh.world).await,
            role => fresh.world.user("acme", &format!("{role}@acme.test")),
        };
        people.push((*name, client));
    }
    people
}

/// A tool with a key that has all rights of an owner.
async fn key(world: &World) -> Client {
    let make = "mutation { createApiKey(input: {name: \"All\", roles: [OWNER], readOnly: false}) { secret } }";
    let made = world.owner("acme").data(make).await;
    let secret = made["createApiKey"]["secret"].as_str().map(str::to_owned);
    world.with_token(secret)
}

fn staff(world: &World) -> Client {
    world.staff(world.demo.as_ref().expect("the demo").staff.id)
}

/// The same in a tenant, for a reason.
async fn acting(world: &World) -> Client {
    let acme: Uuid = one(world, "SELECT id FROM tenants WHERE name = 'acme'").await;
    let headers = [
        ("x-tenant-id", acme.to_string()),
        ("x-staff-reason", "a test".to_owned()),
    ];
    let headers = headers.map(|(name, value)| {
        let name = HeaderName::from_static(name);
        (name, value.parse().expect("a header's value"))
    });
    let http = reqwest::Client::builder().default_headers(headers.into_iter().collect());
    staff(world).over(http.build().expect("an HTTP client"))
}

/// The cell and the answer say the same.
#[track_caller]
fn assert_agreed(cell: &str, answer: &Answer, tried: &str) {
    let expected = match cell {
        "✓" => None,
        "" => Some("FORBIDDEN"),
        other => panic!("{tried}: what does `{other}` mean?"),
    };
    assert_eq!(
        error(answer).map(|(code, ..)| code),
        expected,
        "{tried}: {:#}",
        answer.body
    );
    assert_eq!(answer.status, 200, "{tried}: {:#}", answer.body);
}

/// How a root field of queries is tried; whose the row is makes no difference.
async fn query(fresh: &Fresh, field: &Field) -> String {
    let name = &field.name;
    match Schema::served().case(field) {
        Some(Case::List { .. }) => {
            format!("{{ it: {name}(first: 1) {{ totalCount nodes {{ id }} }} }}")
        }
        Some(Case::Row { table }) => {
            let stored = fresh.catalog.table(&table);
            let sql = format!("SELECT {}::text FROM {table} LIMIT 1", stored.key());
            let some: String = one_in(&fresh.world, stored.tier, &sql).await;
            format!("{{ it: {name}(id: \"{some}\") {{ id }} }}")
        }
        Some(Case::Own) => format!("{{ it: {name} {{ id }} }}"),
        None => match name.as_str() {
            "viewer" => "{ it: viewer { roles } }".to_owned(),
            "analytics" => "{ it: analytics { totals { sent } } }".to_owned(),
            "analyticsDownload" => {
                "{ it: analyticsDownload(kind: LEADS, from: \"2026-01-01\", to: \"2026-01-31\") { url } }".to_owned()
            }
            "topCampaigns" | "topEmailAccounts" | "topSteps" => {
                format!("{{ it: {name} {{ complete }} }}")
            }
            "dashboard" => "{ it: dashboard { leadsByStatus { count } } }".to_owned(),
            "deadLetters" => "{ it: deadLetters(first: 1) { totalCount nodes { id } } }".to_owned(),
            "jobQueues" => "{ it: jobQueues { name } }".to_owned(),
            "searchMessages" => {
                "{ it: searchMessages(query: \"overview\") { matches { rank } } }".to_owned()
            }
            "systemConfig" => "{ it: systemConfig { key } }".to_owned(),
            _ => panic!("how is `{name}` tried? Say so here"),
        },
    }
}

#[test]
fn every_root_field_is_in_the_table() {
    let schema = Schema::served();
    let sdl = resolver::sdl();
    let (_, roots) = sdl.split_once("schema {").expect("the roots are named");
    let (roots, _) = roots.split_once('}').expect("the end of the roots");
    let roots: Vec<&str> = roots
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(_, name)| name)
        .collect();
    assert!(roots.starts_with(&["Query", "Mutation"]), "{roots:?}");
    for root in roots {
        let served = schema.object(root).unwrap_or_default().iter();
        let served: BTreeSet<&str> = served.map(|field| field.name.as_str()).collect();
        let listed = TABLES.get(root).map(|table| table.keys().copied());
        let listed: BTreeSet<&str> = listed.into_iter().flatten().collect();
        let only =
            |some: &BTreeSet<_>, others| some.difference(others).copied().collect::<Vec<&str>>();
        assert!(
            served == listed,
            "of {root}, docs/permissions.md is without {:?}: declare whom they answer with `root!`, and list them in \
             `declared`; and it has {:?}, which are none",
            only(&served, &listed),
            only(&listed, &served)
        );
    }
}

#[tokio::test]
async fn a_query_answers_those_whom_the_table_says() {
    let fresh = Fresh::new().await;
    for (name, client) in everybody(&fresh).await {
        for field in Schema::served().queries() {
            if ["node", "nodes"].contains(&field.name.as_str()) {
                continue;
            }
            let query = query(&fresh, field).await;
            let cell = TABLES["Query"][&*field.name][name];
            assert_agreed(
                cell,
                &client.query(&query).await,
                &format!("{name}: {query}"),
            );
        }
    }
}

#[tokio::test]
async fn a_node_answers_whom_its_own_field_answers() {
    let fresh = Fresh::new().await;
    let people = everybody(&fresh).await;
    let mut tried = 0;
    for (field, _, node) in Schema::served().lists() {
        let (own, cells) = own_field(&node);
        let Some(id) = some_id(&people, &field.name, cells).await else {
            continue;
        };
        for (name, client) in &people {
            let nodes = ["node", "nodes"].map(|root| TABLES["Query"][root][name]);
            assert_eq!(nodes, ["as the object"; 2], "{name}");
            for query in [
                format!("{{ it: node(id: \"{id}\") {{ id }} }}"),
                format!("{{ it: nodes(ids: [\"{id}\"]) {{ id }} }}"),
            ] {
                let tried = format!("{name}, {own}: {query}");
                assert_agreed(cells[name], &client.query(&query).await, &tried);
            }
        }
        tried += 1;
    }
    assert!(tried > 20, "only {tried} kinds of objects");
}

/// The root field that finds such an object by its id.
fn own_field(object: &str) -> (&'static str, &'static Cells) {
    let is_own = |field: &&Field| {
        field.kind == object && matches!(Schema::served().case(field), Some(Case::Row { .. }))
    };
    let own = Schema::served().queries().iter().find(is_own);
    let own = own.unwrap_or_else(|| panic!("`{object}` has no field of its own"));
    (&own.name, &TABLES["Query"][&*own.name])
}

/// The id of one of a list's objects, as somebody who may sees it.
async fn some_id(people: &[(&str, Client)], list: &str, cells: &Cells) -> Option<String> {
    let reads = |name: &str| cells[name] == "✓";
    let reader = people
        .iter()
        .find(|(name, _)| reads(name) && *name == "owner")
        .or_else(|| people.iter().find(|(name, _)| reads(name)));
    let query = format!("{{ it: {list}(first: 1) {{ nodes {{ id }} }} }}");
    let answer = reader?.1.data(&query).await;
    answer["it"]["nodes"][0]["id"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn a_mutation_is_for_those_whom_the_table_says() {
    let fresh = Fresh::new().await;
    for (name, client) in everybody(&fresh).await {
        for entry in &fresh.entries {
            // What it answers has a tenant in it, who is for those in one; that staff resolve, `events::rows` shows.
            if (name, entry.name) == ("staff", "resolveSystemEvent") {
                continue;
            }
            let answer = Call::of(entry).try_out(&client).await;
            let cell = TABLES["Mutation"][entry.name][name];
            assert_agreed(cell, &answer, &format!("{name}: {}", entry.name));
        }
    }
}

/// A subscription is refused at once, or it listens.
#[tokio::test]
async fn a_subscription_is_for_those_whom_the_table_says() {
    let fresh = Fresh::new().await;
    let people = everybody(&fresh).await;
    let root = Schema::served()
        .object("Live")
        .expect("the root of subscriptions");
    for field in root {
        let arguments = match field.arguments.is_empty() {
            true => String::new(),
            false => format!("(id: \"{}\")", Uuid::now_v7()),
        };
        let query = format!("subscription {{ {}{arguments} {{ id }} }}", field.name);
        for (name, client) in &people {
            let mut stream = EventStream::subscribe(client, &query).await;
            let tried = format!("{name}: {query}");
            match TABLES["Live"][&*field.name][name] {
                "✓" => assert!(!stream.is_over(), "{tried}: {:?}", stream.next().await),
                _ => {
                    assert!(stream.is_over(), "{tried}");
                    let (_, answer) = stream.next().await.expect("an event");
                    let code = &answer["errors"][0]["extensions"]["code"];
                    assert_eq!(code, "FORBIDDEN", "{tried}: {answer}");
                }
            }
        }
    }
}

/// Those without an entry: an invitation that is none is not found by those who may accept one.
#[tokio::test]
async fn an_invitation_is_accepted_by_those_whom_the_table_says() {
    let unlike = ["acceptInvitation", "pauseQueue", "resumeQueue"];
    assert_eq!(UNLIKE.map(|(name, _)| name), unlike);
    let fresh = Fresh::new().await;
    let query = "mutation($input: AcceptInvitationInput!) { it: acceptInvitation(input: $input) { tenant { id } } }";
    let input = json!({ "input": { "id": InvitationId::new().to_string() } });
    for (name, client) in everybody(&fresh).await {
        let answer = client.query_with(query, input.clone()).await;
        let expected = match TABLES["Mutation"]["acceptInvitation"][name] {
            "✓" => "NOT_FOUND",
            _ => "FORBIDDEN",
        };
        assert_eq!(answer.code(), expected, "{name}: {:#}", answer.body);
        assert_eq!(answer.body["data"], Value::Null);
    }
}

/// Nor has a queue, which is paused and resumed by those who may, one after the other.
#[tokio::test]
async fn a_queue_is_paused_and_resumed_by_those_whom_the_table_says() {
    let fresh = Fresh::new().await;
    for (name, client) in everybody(&fresh).await {
        for field in ["pauseQueue", "resumeQueue"] {
            let query = format!(
                "mutation {{ it: {field}(input: {{name: \"billing\"}}) {{ queue {{ isActive }} }} }}"
            );
            let answer = client.query(&query).await;
            let cell = TABLES["Mutation"][field][name];
            assert_agreed(cell, &answer, &format!("{name}: {query}"));
        }
    }
}
