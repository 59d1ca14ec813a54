//! Filters: random ones as a client sends them, and what they mean.

use chrono::{DateTime, TimeDelta, Utc};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};

use super::{
    data::Data,
    draw,
    kind::{Column, Kind, Relation, Sort, kind},
    row::{Cell, Key, Row, written},
};

/// Filters inside filters, at most.
const DEEPEST: u32 = 3;

impl Data {
    /// A random filter.
    pub fn filter(&self, rng: &mut StdRng, kind: &Kind, depth: u32) -> Value {
        let mut filter = Map::new();
        // An empty one now and then: it lets everything through.
        for _ in 0..[0, 1, 1, 1, 2].choose(rng).copied().unwrap_or(1) {
            let (name, given) = self.condition(rng, kind, depth);
            filter.insert(name, given);
        }
        Value::Object(filter)
    }

    fn condition(&self, rng: &mut StdRng, kind: &Kind, depth: u32) -> (String, Value) {
        if depth >= DEEPEST || rng.random_bool(0.5) {
            let column = kind.columns.choose(rng).expect("columns");
            return (column.field.to_owned(), self.comparison(rng, column));
        }
        let depth = depth + 1;
        match (rng.random_range(0..5), kind.relations.choose(rng)) {
            (0, _) => ("and".to_owned(), self.filters(rng, kind, depth)),
            (1, _) => ("or".to_owned(), self.filters(rng, kind, depth)),
            (2, _) | (_, None) => ("not".to_owned(), self.filter(rng, kind, depth)),
            (_, Some(relation)) => (
                relation.field().to_owned(),
                self.related(rng, relation, depth),
            ),
        }
    }

    fn filters(&self, rng: &mut StdRng, kind: &Kind, depth: u32) -> Value {
        (0..rng.random_range(0..4))
            .map(|_| self.filter(rng, kind, depth))
            .collect()
    }

    fn related(&self, rng: &mut StdRng, relation: &Relation, depth: u32) -> Value {
        let mut inner = || self.filter(rng, relation.to(), depth);
        if matches!(relation, Relation::One { .. }) {
            return inner();
        }
        let (some, none) = (inner(), inner());
        match rng.random_range(0..8) {
            0 => json!({ "some": some, "none": none }),
            1 => json!({}),
            2..=4 => json!({ "some": some }),
            _ => json!({ "none": none }),
        }
    }

    fn comparison(&self, rng: &mut StdRng, column: &Column) -> Value {
        let mut operators = Map::new();
        for _ in 0..[1, 1, 1, 2].choose(rng).copied().unwrap_or(1) {
            let operator = *column.sort.operators().choose(rng).expect("operators");
            let value = match operator {
                // Null is as good as absent.
                _ if rng.random_bool(0.03) => Value::Null,
                "isNull" => json!(rng.random::<bool>()),
                "in" => (0..rng.random_range(0..4))
                    .map(|_| self.value(rng, column, operator))
                    .collect(),
                _ => self.value(rng, column, operator),
            };
            operators.insert(operator.to_owned(), value);
        }
        Value::Object(operators)
    }

    fn value(&self, rng: &mut StdRng, column: &Column, operator: &str) -> Value {
        match column.sort {
            Sort::Text => {
                let text = match column.sql {
                    "email" => format!("{}{}@x.test", draw::text(rng), rng.random_range(0..150)),
                    "workspace_name" => format!(
                        "{}{}{}",
                        draw::text(rng),
                        rng.random_range(0..30),
                        self.tenant
                    ),
                    _ => draw::text(rng),
                };
                json!(if operator == "startsWith" {
                    draw::prefix(rng, &text)
                } else {
                    text
                })
            }
            Sort::Int => json!(draw::number(rng)),
            Sort::Time => json!(written(
                draw::time(rng) + TimeDelta::microseconds(rng.random_range(-1..2))
            )),
            Sort::Bool => json!(rng.random::<bool>()),
            Sort::Enum(values) => json!(values.choose(rng).expect("values").to_uppercase()),
            Sort::Id("") => json!(draw::uuid(rng)),
            Sort::Id(object) => json!(self.id(rng, kind(object))),
        }
    }

    /// The id of some row, or of none, in one of its two forms.
    fn id(&self, rng: &mut StdRng, kind: &Kind) -> String {
        let key = match self.any(rng, kind.object).key {
            Key::Uuid(_) if rng.random_bool(0.1) => Key::Uuid(draw::uuid(rng)),
            key => key,
        };
        match key {
            Key::Uuid(uuid) if rng.random() => uuid.to_string(),
            Key::Int(number) if rng.random() => number.to_string(),
            key => (kind.show)(&key),
        }
    }

    /// What a filter means. SQL's third truth value needs no place here: a comparison with null is
    /// not true, and `not` holds of what is not true.
    pub fn holds(&self, kind: &Kind, row: &Row, filter: &Value) -> bool {
        conditions(filter).all(|(name, given)| match name {
            "and" => list(given)
                .iter()
                .all(|filter| self.holds(kind, row, filter)),
            "or" => list(given)
                .iter()
                .any(|filter| self.holds(kind, row, filter)),
            "not" => !self.holds(kind, row, given),
            name => match kind
                .relations
                .iter()
                .find(|relation| relation.field() == name)
            {
                Some(relation) => self.holds_of(relation, row, given),
                None => {
                    let column = kind
                        .columns
                        .iter()
                        .find(|column| column.field == name)
                        .expect("a column");
                    conditions(given).all(|(operator, value)| {
                        compare(column, row.cell(column.sql), operator, value)
                    })
                }
            },
        })
    }

    fn holds_of(&self, relation: &Relation, row: &Row, given: &Value) -> bool {
        let to = relation.to();
        if let Relation::One { column, .. } = relation {
            let other = row
                .reference(column)
                .and_then(|key| self.find(to.object, key));
            return other.is_some_and(|other| self.holds(to, other, given));
        }
        conditions(given).all(|(quantifier, filter)| {
            let found = self
                .related_to(relation, row)
                .any(|other| self.holds(to, other, filter));
            found == (quantifier == "some")
        })
    }

    /// The rows that a relation leads to, in no order.
    pub fn related_to<'d>(
        &'d self,
        relation: &'d Relation,
        row: &'d Row,
    ) -> impl Iterator<Item = &'d Row> {
        self.rows(relation.to().object)
            .iter()
            .filter(move |other| match relation {
                Relation::One { column, .. } => row.reference(column) == Some(other.key),
                Relation::Many { column, .. } => other.reference(column) == Some(row.key),
                Relation::Through { .. } => self.joined(row.key, other.key),
            })
    }
}

/// The conditions that are given: null is as good as absent.
pub fn conditions(filter: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let given = filter.as_object().into_iter().flatten();
    given
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.as_str(), value))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn compare(column: &Column, cell: &Cell, operator: &str, value: &Value) -> bool {
    if operator == "isNull" {
        return (*cell == Cell::Null) == value.as_bool().expect("yes or no");
    }
    if *cell == Cell::Null {
        return false;
    }
    let given = |value: &Value| read(column.sort, value);
    match (operator, cell) {
        ("in", _) => list(value).iter().any(|value| given(value) == *cell),
        ("startsWith", Cell::Text(text)) => text
            .as_bytes()
            .starts_with(value.as_str().expect("a text").as_bytes()),
        ("eq", _) => *cell == given(value),
        ("ne", _) => *cell != given(value),
        ("lt", _) => *cell < given(value),
        ("lte", _) => *cell <= given(value),
        ("gt", _) => *cell > given(value),
        ("gte", _) => *cell >= given(value),
        other => unreachable!("no such operator: {other:?}"),
    }
}

fn read(sort: Sort, value: &Value) -> Cell {
    match sort {
        Sort::Int => Cell::Int(value.as_i64().expect("a number")),
        Sort::Bool => Cell::Bool(value.as_bool().expect("yes or no")),
        Sort::Time => Cell::Time(
            value
                .as_str()
                .and_then(|text| text.parse::<DateTime<Utc>>().ok())
                .expect("a moment"),
        ),
        Sort::Text => Cell::Text(value.as_str().expect("a text").to_owned()),
        Sort::Enum(_) => Cell::Text(value.as_str().expect("a text").to_lowercase()),
        // A kind that has no rows here: no row refers to it.
        Sort::Id("") => Cell::Null,
        Sort::Id(object) => Cell::Key((kind(object).parse)(value.as_str().expect("an id"))),
    }
}
