//! `docs/permissions.md` is true: every root field, tried as everybody.
//!
//! What is expected is read from the committed file, so that a right which is declared otherwise shows as
//! a change of it. That the file is what `gateway permissions` prints is tested with the command.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use entity::id::InvitationId;
use gateway_tests::{Answer, Client};
use serde_json::{Value, json};

use crate::{
    isolation::{
        schema::{Case, Field, Schema},
        twins::one,
    },
    writes::{
        arranged::{Arranged, on_arranged},
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
fn everybody(arranged: &Arranged) -> Vec<(&'static str, Client)> {
    let world = &arranged.twins.world;
    let demo = world.demo.as_ref().expect("the demo");
    let names = TABLES["Query"]["viewer"].keys().copied();
    let client = |name| match name {
        "user in no tenant" => {
            let users = &demo.tenants[0].users;
            let owner = users.iter().find(|user| user.email == "owner@acme.test");
            world.in_no_tenant(owner.expect("the demo's owner").id)
        }
        "staff" => world.staff(demo.staff.id),
        role => arranged.of_role(role),
    };
    names.map(|name| (name, client(name))).collect()
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
async fn query(arranged: &Arranged, field: &Field) -> String {
    let name = &field.name;
    match Schema::served().case(field) {
        Some(Case::List { .. }) => {
            format!("{{ it: {name}(first: 1) {{ totalCount nodes {{ id }} }} }}")
        }
        Some(Case::Row { table }) => {
            let key = arranged.twins.catalog.table(&table).key();
            let sql = format!("SELECT {key}::text FROM {table} LIMIT 1");
            let some: String = one(&arranged.twins.world, &sql).await;
            format!("{{ it: {name}(id: \"{some}\") {{ id }} }}")
        }
        Some(Case::Own) => format!("{{ it: {name} {{ id }} }}"),
        None => match name.as_str() {
            "viewer" => "{ it: viewer { roles } }".to_owned(),
            "dashboard" => "{ it: dashboard { leadsByStatus { count } } }".to_owned(),
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

#[test]
fn a_query_answers_those_whom_the_table_says() {
    on_arranged(async |arranged| {
        for (name, client) in everybody(arranged) {
            for field in Schema::served().queries() {
                if ["node", "nodes"].contains(&field.name.as_str()) {
                    continue;
                }
                let query = query(arranged, field).await;
                let cell = TABLES["Query"][&*field.name][name];
                assert_agreed(
                    cell,
                    &client.query(&query).await,
                    &format!("{name}: {query}"),
                );
            }
        }
    });
}

#[test]
fn a_node_answers_whom_its_own_field_answers() {
    on_arranged(async |arranged| {
        let people = everybody(arranged);
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
    });
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

#[test]
fn a_mutation_is_for_those_whom_the_table_says() {
    on_arranged(async |arranged| {
        for (name, client) in everybody(arranged) {
            for entry in &arranged.entries {
                let answer = Call::of(entry).try_out(&client).await;
                let cell = TABLES["Mutation"][entry.name][name];
                assert_agreed(cell, &answer, &format!("{name}: {}", entry.name));
            }
        }
    });
}

/// Those without an entry: an invitation that is none is not found by those who may accept one.
#[test]
fn an_invitation_is_accepted_by_those_whom_the_table_says() {
    assert_eq!(UNLIKE.map(|(name, _)| name), ["acceptInvitation"]);
    on_arranged(async |arranged| {
        let query = "mutation($input: AcceptInvitationInput!) { it: acceptInvitation(input: $input) { tenant { id } } }";
        let input = json!({ "input": { "id": InvitationId::new().to_string() } });
        for (name, client) in everybody(arranged) {
            let answer = client.query_with(query, input.clone()).await;
            let expected = match TABLES["Mutation"]["acceptInvitation"][name] {
                "✓" => "NOT_FOUND",
                _ => "FORBIDDEN",
            };
            assert_eq!(answer.code(), expected, "{name}: {:#}", answer.body);
            assert_eq!(answer.body["data"], Value::Null);
        }
    });
}
