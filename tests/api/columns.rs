//! Of a row only the columns are read that an operation selects, and what is not selected changes nothing
//! of what is.

use gateway_tests::{Client, Options, Wire, World, cluster};
use serde_json::Value;

use crate::isolation::schema::{Case, Schema};

/// The selections of an object that read one column each: scalars, and relations to one. A link says until when it is good, so
/// it is another one each second.
fn selections(schema: &Schema, object: &str) -> Vec<String> {
    let fields = schema.object(object).unwrap_or_default().iter();
    fields
        .filter(|field| field.arguments.is_empty() && field.name != "downloadUrl")
        .map(|field| match schema.object(&field.kind) {
            None => field.name.clone(),
            Some(_) => format!("{} {{ __typename }}", field.name),
        })
        .collect()
}

/// The name that a selection has in an answer.
fn key(selection: &str) -> &str {
    selection.split(' ').next().unwrap_or_default()
}

/// Each field selected by itself is what it is among all.
async fn compare(client: &Client, ask: impl Fn(&str) -> String, rows: &str, fields: &[String]) {
    let at = |answer: &Value| answer.pointer(rows).cloned().unwrap_or_default();
    let whole = at(&client.data(&ask(&fields.join(" "))).await);
    for field in fields {
        let alone = at(&client.data(&ask(field)).await);
        let expected = match &whole {
            Value::Array(rows) => rows.iter().map(|row| only(row, key(field))).collect(),
            row => only(row, key(field)),
        };
        assert_eq!(alone, expected, "{}", ask(field));
    }
}

/// A row's field, where the row stands in an edge with the edge's other fields.
fn only(row: &Value, key: &str) -> Value {
    let mut row = row.clone();
    let fields = match row.get_mut("node") {
        Some(node) => node.as_object_mut(),
        None => row.as_object_mut(),
    };
    if let Some(fields) = fields {
        fields.retain(|name, _| name == key);
    }
    row
}

#[tokio::test]
async fn a_field_is_the_same_by_itself_and_among_others() {
    let (world, schema) = (World::demo().await, Schema::served());
    let owner = world.owner("acme");
    let staff = world.staff(world.demo.as_ref().expect("a demo world").staff.id);
    for (field, _, node) in schema.lists() {
        let name = &field.name;
        let first = format!("{{ list: {name}(first: 5) {{ nodes {{ id }} }} }}");
        let own = owner.query(&first).await;
        let client = if own.code() == "FORBIDDEN" {
            &staff
        } else {
            &owner
        };
        let fields = selections(schema, &node);
        let rows = |of: &str| format!("{{ list: {name}(first: 5) {{ nodes {{ {of} }} }} }}");
        compare(client, rows, "/list/nodes", &fields).await;
        let edges = |of: &str| {
            format!("{{ list: {name}(last: 5) {{ edges {{ cursor node {{ {of} }} }} }} }}")
        };
        compare(client, edges, "/list/edges", &fields).await;
        let found = client.data(&first).await["list"]["nodes"][0]["id"].clone();
        for query in schema.queries() {
            let Some(Case::Row { .. }) = schema.case(query).filter(|_| query.kind == node) else {
                continue;
            };
            let one = |of: &str| format!("{{ one: {}(id: {found}) {{ {of} }} }}", query.name);
            compare(client, one, "/one", &fields).await;
        }
    }
}

#[tokio::test]
async fn a_row_that_was_read_in_part_is_read_again_for_more() {
    let world = World::demo().await;
    let acme = world.owner("acme");
    let steps =
        "steps(first: 2) { nodes { campaign { name status company { industry created } } } }";
    let whole = format!("{{ campaigns(first: 5) {{ nodes {{ company {{ name }} {steps} }} }} }}");
    let apart = [
        "{ campaigns(first: 5) { nodes { company { name } } } }".to_owned(),
        format!("{{ campaigns(first: 5) {{ nodes {{ {steps} }} }} }}"),
    ];
    let together = acme.data(&whole).await;
    for query in apart {
        let alone = acme.data(&query).await;
        let rows = alone["campaigns"]["nodes"].as_array().expect("rows");
        assert!(!rows.is_empty());
        for (place, row) in rows.iter().enumerate() {
            for (name, value) in row.as_object().expect("an object") {
                assert_eq!(&together["campaigns"]["nodes"][place][name], value);
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_selected_is_not_asked_of_the_database() {
    let (database, _) = cluster().await.demo().await;
    let wire = Wire::to_cluster().await;
    let world = World::demo_with(Options {
        database_url: Some(wire.url("gateway_login", &database)),
        ..Options::default()
    })
    .await;
    let acme = world.owner("acme");
    acme.data("{ templates(first: 2) { nodes { name steps(first: 1) { nodes { stepOrder } } } } }")
        .await;
    let sent: Vec<String> = wire
        .exchanges()
        .into_iter()
        .flat_map(|it| it.sent)
        .collect();
    let statement = |table: &str| {
        let from = format!("FROM \"{table}\"");
        let mut statements = sent.iter().filter(|sent| sent.starts_with("P "));
        statements
            .find(|sent| sent.contains(&from))
            .unwrap_or_else(|| panic!("{sent:?}"))
    };
    let templates = statement("templates");
    assert!(
        templates.contains("\"name\"") && !templates.contains("\"content\""),
        "{templates}"
    );
    let steps = statement("campaign_sequence_steps");
    assert!(!steps.contains("\"subject_override\""), "{steps}");
}
