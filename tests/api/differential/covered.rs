//! What the random questions reach: every filter, every operator.

use std::collections::BTreeSet;

use gateway_tests::World;
use rand::{SeedableRng, rngs::StdRng};
use serde_json::Value;
use uuid::Uuid;

use super::{
    SEEDS,
    data::Random,
    filter::conditions,
    kind::{Kind, Relation, Sort, kind},
    kinds::KINDS,
};

/// A filter that the tests do not know of is one that they do not test.
#[tokio::test]
async fn the_tests_know_every_filter_and_every_order_of_their_tables() {
    let world = World::empty().await;
    let client = world.client(Uuid::nil(), Uuid::nil());
    for kind in KINDS {
        let known = kind
            .columns
            .iter()
            .map(|column| column.field)
            .chain(kind.left_out.iter().copied());
        let known = known
            .chain(kind.relations.iter().map(Relation::field))
            .chain(["and", "or", "not"]);
        let filter = format!("{}Filter", kind.object);
        assert_eq!(
            names(&world, &filter).await,
            known.map(str::to_owned).collect(),
            "{filter}"
        );
        let orders = client
            .data(&format!(
                "{{ __type(name: \"{}OrderField\") {{ enumValues {{ name }} }} }}",
                kind.object
            ))
            .await;
        let orders: BTreeSet<_> = orders["__type"]["enumValues"]
            .as_array()
            .expect("values")
            .iter()
            .map(name)
            .collect();
        assert_eq!(
            orders,
            kind.orders
                .iter()
                .map(|(order, _)| (*order).to_owned())
                .collect(),
            "{}",
            kind.object
        );
    }
    let inputs = [
        ("TextFilter", Sort::Text),
        ("IntFilter", Sort::Int),
        ("DateTimeFilter", Sort::Time),
    ];
    let more = [
        ("BooleanFilter", Sort::Bool),
        ("IdFilter", Sort::Id("")),
        ("LeadStatusFilter", Sort::Enum(&[])),
    ];
    for (input, sort) in inputs.into_iter().chain(more) {
        let known = sort
            .operators()
            .iter()
            .map(|operator| (*operator).to_owned())
            .collect();
        assert_eq!(names(&world, input).await, known, "{input}");
    }
}

async fn names(world: &World, input: &str) -> BTreeSet<String> {
    let client = world.client(Uuid::nil(), Uuid::nil());
    let data = client
        .data(&format!(
            "{{ __type(name: \"{input}\") {{ inputFields {{ name }} }} }}"
        ))
        .await;
    data["__type"]["inputFields"]
        .as_array()
        .expect("fields")
        .iter()
        .map(name)
        .collect()
}

fn name(value: &Value) -> String {
    value["name"].as_str().expect("a name").to_owned()
}

/// Otherwise a generator that stopped making a condition would go unnoticed.
#[tokio::test]
async fn the_random_filters_use_every_operator_of_every_column() {
    let random = Random::new(SEEDS[0]).await;
    let mut rng = StdRng::seed_from_u64(SEEDS[0]);
    let mut used = BTreeSet::new();
    let (mut few, mut some) = (0, 0);
    for kind in KINDS {
        for _ in 0..700 {
            let filter = random.data.filter(&mut rng, kind, 0);
            collect(kind, &filter, &mut used);
            let rows = random.data.rows(kind.object);
            let held = rows
                .iter()
                .filter(|row| random.data.holds(kind, row, &filter))
                .count();
            few += usize::from(held == 0 || held == rows.len());
            some += usize::from(held > 0 && held < rows.len());
        }
        for column in kind.columns {
            for operator in column.sort.operators() {
                assert!(
                    used.contains(&(kind.object, column.field.to_owned(), (*operator).to_owned())),
                    "{} {operator}",
                    column.field
                );
            }
        }
    }
    assert!(
        some * 2 > few,
        "{some} of {} filters tell rows apart",
        some + few
    );
}

fn collect(
    kind: &'static Kind,
    filter: &Value,
    used: &mut BTreeSet<(&'static str, String, String)>,
) {
    for (name, given) in conditions(filter) {
        let relation = kind
            .relations
            .iter()
            .find(|relation| relation.field() == name);
        match (name, relation) {
            ("and" | "or", _) => given
                .as_array()
                .expect("a list")
                .iter()
                .for_each(|filter| collect(kind, filter, used)),
            ("not", _) => collect(kind, given, used),
            (_, Some(Relation::One { to, .. })) => collect(self::kind(to), given, used),
            (_, Some(relation)) => {
                conditions(given).for_each(|(_, filter)| collect(relation.to(), filter, used))
            }
            (_, None) => used.extend(
                conditions(given)
                    .map(|(operator, _)| (kind.object, name.to_owned(), operator.to_owned())),
            ),
        }
    }
}
