//! Costs by the schema that is served: what its directives say, and no list beside them.

use std::collections::HashSet;

use async_graphql::{
    Value as GraphqlValue, Variables,
    parser::parse_query,
    registry::{MetaType, MetaTypeName, Registry},
};
use serde_json::{Value, json};

use super::{Cost, Costs, Given, dearest, returned};
use crate::{DEFAULT_PAGE, MAX_PAGE, Schema, price, schema};

struct Reckoning {
    schema: Schema,
}

impl Reckoning {
    fn new() -> Self {
        Self { schema: schema() }
    }

    fn registry(&self) -> &Registry {
        self.schema.environment.registry()
    }

    fn with<T>(&self, document: &str, variables: Value, ask: impl Fn(&Cost, &Given<'_>) -> T) -> T {
        let document = parse_query(document).expect("a document");
        let costs = Costs::of(self.registry(), &document);
        let variables = Variables::from_json(variables);
        let cost = &costs.0[0];
        ask(cost, &cost.given(self.registry(), &variables))
    }

    fn estimate(&self, document: &str, variables: Value) -> u64 {
        self.with(document, variables, |cost, given| {
            cost.estimate(given.registry, given.variables)
        })
    }
}

fn of(document: &str) -> u64 {
    Reckoning::new().estimate(document, json!({}))
}

fn weight(weight: u32) -> u64 {
    u64::from(weight)
}

#[test]
fn the_unit_is_a_row() {
    assert_eq!(of("{ __typename __schema { types { name } } }"), 0);
    assert_eq!(of("{ lead(id: 1) { id email } }"), 1);
    assert_eq!(of("{ leads(first: 7) { nodes { id } } }"), 1 + 7);
    assert_eq!(
        of("{ leads(last: 7) { edges { node { id } } } }"),
        1 + 7 * 2
    );
    assert_eq!(
        of("{ leads { nodes { id } pageInfo { hasNextPage } } }"),
        2 + DEFAULT_PAGE
    );
    let nested =
        "{ campaigns(first: 3) { nodes { company { name } steps(first: 4) { nodes { id } } } } }";
    assert_eq!(of(nested), 1 + 3 * (1 + 1 + (1 + 4)));
    assert_eq!(of("{ nodes(ids: [1]) { id } }"), MAX_PAGE);
}

#[test]
fn work_that_shows_no_rows_is_weighed() {
    assert_eq!(of("{ leads { totalCount } }"), 1 + weight(price::COUNT));
    assert_eq!(
        of("{ leads { estimatedCount } }"),
        1 + weight(price::ESTIMATE)
    );
    let numbers = 1 + weight(price::NUMBERS) + 1;
    assert_eq!(of("{ leads { aggregates { count } } }"), numbers);
    assert_eq!(
        of("{ dashboard { leadsByStatus { count } } }"),
        1 + weight(price::NUMBERS) + 5
    );
    let groups = "{ leads { groups(by: [STATUS], first: 9) { aggregates { count } } } }";
    assert_eq!(of(groups), 1 + weight(price::NUMBERS) + 9 * 2);
    let write = "mutation { createTag(input: {name: \"a\"}) { tag { id } } }";
    assert_eq!(of(write), weight(price::WRITE) + 2);
}

#[test]
fn a_filter_weighs_more_with_related_rows_wherever_its_values_stand() {
    let filter = weight(price::FILTER);
    let related = weight(price::RELATED);
    let reckoning = Reckoning::new();
    let plain = json!({ "status": { "eq": "DRAFT" } });
    let one = json!({ "and": [{ "company": { "name": { "eq": "a" } } }, { "company": null }] });
    let two = json!({ "company": { "campaigns": { "some": {} } } });
    for (value, weight) in [
        (Value::Null, 0),
        (plain, filter),
        (one, filter + related),
        (two, filter + 2 * related),
    ] {
        let whole =
            "query($f: CampaignFilter) { campaigns(filter: $f, first: 1) { nodes { id } } }";
        let found = reckoning.estimate(whole, json!({ "f": value }));
        assert_eq!(found, 2 + weight, "{value}");
    }
    let literal =
        "{ campaigns(filter: {company: {campaigns: {some: {}}}}, first: 1) { nodes { id } } }";
    assert_eq!(of(literal), 2 + filter + 2 * related);
    let inside =
        "query($c: CompanyFilter) { campaigns(filter: {company: $c}, first: 1) { nodes { id } } }";
    assert_eq!(
        reckoning.estimate(inside, json!({ "c": {} })),
        2 + filter + related
    );
    assert_eq!(reckoning.estimate(inside, json!({})), 2 + filter);
}

#[test]
fn variables_say_how_many() {
    let reckoning = Reckoning::new();
    let document = "query($n: Int = 3, $m: Int) { leads(first: $n, last: $m) { nodes { id } } }";
    for (variables, rows) in [
        (json!({}), 3),
        (json!({ "n": 5 }), 5),
        (json!({ "n": 5, "m": 8 }), 8),
        (json!({ "n": -5 }), 0),
        (json!({ "n": 4_000_000_000_u64 }), crate::MAX_GROUPS),
        (json!({ "n": null }), DEFAULT_PAGE),
    ] {
        assert_eq!(
            reckoning.estimate(document, variables.clone()),
            1 + rows,
            "{variables}"
        );
    }
    let fixed = |document| reckoning.with(document, json!({}), |cost, _| cost.fixed.is_some());
    assert!(!fixed(document));
    assert!(fixed("query($id: ID!) { lead(id: $id) { email } }"));
    assert!(fixed(
        "query($after: String) { leads(after: $after) { nodes { email } } }"
    ));
}

#[test]
fn what_is_one_field_costs_once() {
    let once = of("{ leads(first: 5) { nodes { id email } } }");
    assert_eq!(
        of("{ leads(first: 5) { nodes { id } } leads(first: 5) { nodes { email } } }"),
        once
    );
    let fragments = "{ leads(first: 5) { ...A ...B ...A } } fragment A on LeadConnection { nodes { id } } \
        fragment B on LeadConnection { nodes { email } ...A }";
    assert_eq!(of(fragments), once);
    assert_eq!(
        of("{ a: leads(first: 5) { nodes { id } } b: leads(first: 5) { nodes { id } } }"),
        2 * once
    );
}

#[test]
fn of_the_types_that_something_may_be_the_dearest_counts() {
    let node = |selection: &str| of(&format!("{{ node(id: 1) {{ {selection} }} }}"));
    assert_eq!(node("id"), 1);
    let company = "... on Company { campaigns(first: 9) { nodes { id } } }";
    let campaign = "... on Campaign { company { id } }";
    assert_eq!(node(company), 1 + 1 + 9);
    assert_eq!(node(&format!("{company} {campaign}")), 1 + 1 + 9);
}

#[test]
fn the_dearest_field_is_named_by_its_path() {
    let document = "{ a: companies(first: 2) { nodes { id } } campaigns(first: 200) { totalCount \
        nodes { company { id } steps(first: 200) { nodes { id } } } } }";
    let found = Reckoning::new().with(document, json!({}), |cost, given| {
        dearest(&cost.items, given)
    });
    assert_eq!(
        found,
        Some(("campaigns.nodes.steps.nodes".to_owned(), 200 * 200))
    );
}

#[test]
fn numbers_beyond_all_bounds_are_the_largest() {
    let mut document = "id".to_owned();
    for _ in 0..8 {
        document = format!("campaigns(first: 1000) {{ nodes {{ company {{ {document} }} }} }}");
    }
    let document = format!("{{ {document} }}");
    assert_eq!(of(&document), u64::MAX);
}

#[test]
fn an_answer_costs_what_it_has() {
    let document =
        "{ campaigns(first: 50) { totalCount nodes { company { name } steps { nodes { id } } } } }";
    let answer = json!({ "campaigns": { "totalCount": 2, "nodes": [
        { "company": { "name": "a" }, "steps": { "nodes": [{ "id": 1 }, { "id": 2 }] } },
        { "company": null, "steps": { "nodes": [] } },
    ] } });
    let found = Reckoning::new().with(document, json!({}), |cost, given| {
        let Value::Object(answer) = &answer else {
            panic!("an object");
        };
        returned::fields(&cost.items, answer, given)
    });
    assert_eq!(found, 1 + weight(price::COUNT) + (1 + 1 + 1 + 2) + (1 + 1));
}

/// The lists, by type and field, whose size the field before them says.
fn sized(registry: &Registry) -> HashSet<(&str, &str)> {
    let mut sized = HashSet::new();
    let fields = registry.types.values().filter_map(MetaType::fields);
    for field in fields.flat_map(|fields| fields.values()) {
        let Some(of) = registry.concrete_type_by_name(&field.ty) else {
            continue;
        };
        for directive in &field.directive_invocations {
            let Some(GraphqlValue::List(names)) = directive.args.get("sizedFields") else {
                continue;
            };
            let names = names.iter().filter_map(|name| match name {
                GraphqlValue::String(name) => Some((of.name(), name.as_str())),
                _ => None,
            });
            sized.extend(names);
        }
    }
    sized
}

/// A list of objects whose size nobody knows would be taken for a short one.
#[test]
fn every_list_of_objects_has_a_size() {
    let reckoning = Reckoning::new();
    let registry = reckoning.registry();
    let objects = registry.types.values().filter(|found| {
        matches!(found, MetaType::Object { .. }) && !found.name().starts_with("__")
    });
    let sized = sized(registry);
    let mut checked = 0;
    for object in objects {
        for field in object
            .fields()
            .into_iter()
            .flat_map(|fields| fields.values())
        {
            let inner = registry.concrete_type_by_name(&field.ty);
            let is_list = MetaTypeName::create(&field.ty).is_list();
            let by_parent = sized.contains(&(object.name(), field.name.as_str()));
            if !is_list || by_parent || !inner.is_some_and(MetaType::is_composite) {
                continue;
            }
            checked += 1;
            let mut directives = field.directive_invocations.iter();
            assert!(
                field.name.starts_with("__")
                    || directives.any(|directive| directive.name == "listSize"),
                "{}.{}",
                object.name(),
                field.name
            );
        }
    }
    assert!(checked > 20, "{checked}");
}
