//! Filters: nothing of another tenant's rows can be found out by conditions.

use serde_json::{Map, Value, json};
use sqlx::AssertSqlSafe;

use super::{
    catalog::Table,
    ids::keys,
    schema::{Schema, snake},
    twins::{Twins, on_twins},
};

/// Asks a list once for each filter, in operations of ten.
async fn ask(twins: &Twins, field: &str, input: &str, filters: &[Value]) -> Vec<Value> {
    let mut answers = Vec::with_capacity(filters.len());
    for some in filters.chunks(10) {
        let places = 0..some.len();
        let variables: Vec<String> = places
            .clone()
            .map(|place| format!("$f{place}: {input}"))
            .collect();
        let lists: Vec<String> = places
            .clone()
            .map(|place| format!("l{place}: {field}(first: 200, filter: $f{place}) {{ totalCount nodes {{ id }} }}"))
            .collect();
        let query = format!("query({}) {{ {} }}", variables.join(", "), lists.join(" "));
        let values: Map<String, Value> = places
            .clone()
            .map(|place| (format!("f{place}"), some[place].clone()))
            .collect();
        let mut data = twins.owner().data_with(&query, Value::Object(values)).await;
        answers.extend(places.map(|place| data[format!("l{place}")].take()));
    }
    answers
}

/// The column that a filter's field is about, if it is about one.
fn column<'t>(table: &'t Table, field: &str) -> Option<&'t str> {
    let name = snake(field);
    let reference = name.strip_suffix("_id");
    let mut names = vec![name.clone()];
    names.extend(reference.map(str::to_owned));
    names.extend(reference.map(|name| format!("{name}_user_id")));
    names.push(format!("storage_{name}"));
    names.extend((name == "id").then(|| table.key().to_owned()));
    let (column, _) = names
        .iter()
        .find_map(|name| table.columns.iter().find(|(column, _)| column == name))?;
    Some(column)
}

/// A stored value as the filter's field takes it: an enum's value has another spelling.
fn shown(schema: &Schema, filter: &str, value: &Value) -> Value {
    let eq = schema
        .input(filter)
        .iter()
        .find(|operator| operator.name == "eq");
    let is_enum = eq.is_some_and(|eq| schema.values(&eq.kind).is_some());
    match value {
        Value::String(text) if is_enum => json!(text.to_uppercase()),
        Value::Number(number) if filter == "IdFilter" => json!(number.to_string()),
        value => value.clone(),
    }
}

/// The operators, what they mean in SQL, and whether they take a list.
const OPERATORS: [(&str, &str, bool); 6] = [
    ("eq", "=", false),
    ("in", "=", true),
    ("ne", "<>", false),
    ("lte", "<=", false),
    ("gt", ">", false),
    ("startsWith", "^@", false),
];

#[test]
fn a_value_of_a_foreign_row_finds_ones_own_rows_only() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let mut asked = 0;
        for (field, name, _) in schema.lists() {
            let table = twins.catalog.table(&name);
            let (Some(_), Some(hidden)) = (twins.visible(&name), twins.hidden(table)) else {
                continue;
            };
            let input = field.argument("filter");
            let (mut filters, mut expected) = (Vec::new(), Vec::new());
            for condition in schema.input(input) {
                let Some(column) = column(table, &condition.name) else {
                    continue;
                };
                let sql = format!(
                    "SELECT to_jsonb({column}), {column}::text FROM {name} WHERE {hidden} AND {column} IS NOT NULL ORDER BY {column} DESC LIMIT 1"
                );
                let value: Option<(Value, String)> = sqlx::query_as(AssertSqlSafe(sql))
                    .fetch_optional(twins.world.admin_of(table.tier))
                    .await
                    .expect("a value");
                let Some((value, stored)) = value else {
                    continue;
                };
                let (value, kind) = (
                    shown(schema, &condition.kind, &value),
                    table.column(column).unwrap_or_default(),
                );
                let offered = schema.input(&condition.kind);
                for (operator, sign, list) in OPERATORS
                    .iter()
                    .filter(|(name, ..)| offered.iter().any(|one| one.name == *name))
                {
                    let value = if *list { json!([value]) } else { value.clone() };
                    filters.push(json!({ &condition.name: { *operator: value } }));
                    let stored = stored.replace('\'', "''");
                    let condition = format!("{column} {sign} '{stored}'::{kind}");
                    expected.push(twins.visible_keys(&name, &condition).await);
                }
            }
            for ((answer, expected), filter) in ask(twins, &field.name, input, &filters)
                .await
                .iter()
                .zip(expected)
                .zip(&filters)
            {
                let (count, mut found) = (answer["totalCount"].as_u64(), keys(&answer["nodes"]));
                assert_eq!(
                    count,
                    Some(expected.len() as u64),
                    "{}(filter: {filter})",
                    field.name
                );
                found.sort_unstable();
                // A page ends at 200 rows; all that it has must be expected.
                assert!(
                    found.len() == expected.len().min(200),
                    "{}(filter: {filter})",
                    field.name
                );
                let foreign: Vec<_> = found
                    .iter()
                    .filter(|key| expected.binary_search(key).is_err())
                    .collect();
                assert!(
                    foreign.is_empty(),
                    "{}(filter: {filter}) finds {foreign:?}",
                    field.name
                );
                asked += 1;
            }
        }
        assert!(asked > 300, "only {asked} conditions were asked");
    });
}

/// A way from a list's rows over relations to other rows.
#[derive(Clone)]
struct Way {
    /// The relations' names, and whether each is a list.
    steps: Vec<(String, bool)>,
    /// The table at its end.
    table: String,
}

/// The ways that a filter offers, `depth` relations far.
fn ways(schema: &Schema, input: &str, table: &str, depth: usize) -> Vec<Way> {
    let mut found = vec![Way {
        steps: Vec::new(),
        table: table.to_owned(),
    }];
    for field in schema.input(input).iter().filter(|_| depth > 0) {
        let list = field.kind.strip_suffix("ListFilter");
        let object = list
            .or_else(|| field.kind.strip_suffix("Filter"))
            .unwrap_or_default();
        let Some(table) = schema
            .table(object)
            .filter(|_| !matches!(field.name.as_str(), "and" | "or" | "not"))
        else {
            continue;
        };
        for mut way in ways(schema, &format!("{object}Filter"), &table, depth - 1) {
            way.steps.insert(0, (field.name.clone(), list.is_some()));
            found.push(way);
        }
    }
    found
}

/// The filter that follows the way to rows of these keys.
fn follow(way: &Way, quantifier: &str, keys: &[String]) -> Value {
    let at_the_end = json!({ "id": { "in": keys } });
    way.steps
        .iter()
        .rev()
        .fold(at_the_end, |inner, (name, list)| match list {
            true => json!({ name: { quantifier: inner } }),
            false => json!({ name: inner }),
        })
}

#[test]
fn a_relation_to_a_foreign_row_is_one_to_an_unknown_row() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let mut asked = 0;
        for (field, name, _) in schema
            .lists()
            .filter(|(_, table, _)| twins.visible(table).is_some())
        {
            let input = field.argument("filter");
            let (mut foreign, mut unknown) = (Vec::new(), Vec::new());
            for way in ways(schema, input, &name, 2) {
                let hidden = twins.hidden_keys(&way.table).await;
                if hidden.is_empty() {
                    continue;
                }
                let nobody = [twins.unknown_key(&way.table)];
                for quantifier in ["some", "none"] {
                    foreign.push(follow(&way, quantifier, &hidden));
                    unknown.push(follow(&way, quantifier, &nobody));
                }
                foreign.push(json!({ "not": follow(&way, "some", &hidden) }));
                unknown.push(json!({ "not": follow(&way, "some", &nobody) }));
            }
            let (answers, reference) = (
                ask(twins, &field.name, input, &foreign).await,
                ask(twins, &field.name, input, &unknown).await,
            );
            for ((answer, reference), filter) in answers.iter().zip(&reference).zip(&foreign) {
                assert_eq!(
                    answer, reference,
                    "{}(filter: {filter}) against the same with an unknown id",
                    field.name
                );
                twins.foreign.assert_absent(answer, &field.name);
                asked += 1;
            }
        }
        assert!(asked > 200, "only {asked} relations were asked");
    });
}
