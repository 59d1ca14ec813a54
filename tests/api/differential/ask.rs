//! Questions, as GraphQL.

use std::collections::BTreeMap;

use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};

use super::{
    data::Data,
    kind::{Kind, Relation},
    kinds::KINDS,
    numbers,
    row::Key,
};

/// A connection, asked for with all of its fields.
#[derive(Clone)]
pub struct Ask {
    pub kind: &'static Kind,
    /// Null for none.
    pub filter: Value,
    /// `None` for the kind's default.
    pub order: Option<Order>,
    pub size: Size,
    pub after: Option<Key>,
    pub before: Option<Key>,
    pub inside: Vec<Inside>,
}

/// What is asked of each node.
#[derive(Clone)]
pub enum Inside {
    /// A row that it refers to.
    One(&'static Relation, Vec<Inside>),
    /// A connection of its own.
    List(&'static Relation, Ask),
}

/// An order: the place in the kind's list, and the direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    pub by: usize,
    pub descending: bool,
}

/// How many rows.
#[derive(Clone, Copy, Debug)]
pub enum Size {
    Default,
    First(usize),
    Last(usize),
}

/// The cursors of all rows in all orders, as a first reading of everything gave them.
pub type Cursors = BTreeMap<(&'static str, Order, Key), String>;

impl Order {
    /// Every order of a kind.
    pub fn all(kind: &Kind) -> impl Iterator<Item = Self> {
        (0..kind.orders.len())
            .flat_map(|by| [false, true].map(|descending| Self { by, descending }))
    }
}

impl Ask {
    /// All rows of a kind in an order.
    pub fn all(kind: &'static Kind, order: Order) -> Self {
        let (filter, size) = (Value::Null, Size::First(200));
        Self {
            kind,
            filter,
            order: Some(order),
            size,
            after: None,
            before: None,
            inside: Vec::new(),
        }
    }

    /// Anything at all; `depth` counts the connections around it.
    pub fn random(data: &Data, rng: &mut StdRng, depth: u32) -> Self {
        let kind = KINDS.choose(rng).expect("kinds");
        Self::of(kind, data, rng, depth)
    }

    fn of(kind: &'static Kind, data: &Data, rng: &mut StdRng, depth: u32) -> Self {
        let small = *[0, 1, 2, 3, 5, 8, 13].choose(rng).expect("sizes");
        let size = match rng.random_range(0..10) {
            0 => Size::Default,
            1 => Size::First(200),
            2..=5 => Size::First(small),
            _ => Size::Last(small),
        };
        let position = |rng: &mut StdRng| {
            rng.random_bool(0.35)
                .then(|| data.any(rng, kind.object).key)
        };
        Self {
            kind,
            filter: if rng.random_bool(0.2) {
                Value::Null
            } else {
                data.filter(rng, kind, 0)
            },
            order: rng.random_bool(0.8).then(|| Order {
                by: rng.random_range(0..kind.orders.len()),
                descending: rng.random(),
            }),
            size,
            after: position(rng),
            before: position(rng),
            inside: inside(kind, data, rng, depth),
        }
    }

    /// The order that is in force.
    pub fn order(&self) -> Order {
        self.order.unwrap_or(Order {
            by: 0,
            descending: self.kind.descending,
        })
    }
}

fn inside(kind: &'static Kind, data: &Data, rng: &mut StdRng, depth: u32) -> Vec<Inside> {
    let relations = kind
        .relations
        .iter()
        .filter(|_| depth < 2 && rng.random_bool(0.5))
        .collect::<Vec<_>>();
    let each = relations.into_iter().map(|relation| match relation {
        Relation::One { .. } => Inside::One(relation, inside(relation.to(), data, rng, depth + 1)),
        _ => Inside::List(relation, Ask::of(relation.to(), data, rng, depth + 1)),
    });
    each.collect()
}

/// An operation in the making, with its variables.
#[derive(Default)]
pub struct Document {
    declared: Vec<String>,
    pub variables: Map<String, Value>,
    fields: Vec<String>,
}

impl Document {
    /// Adds a root field under the alias `q0`, `q1` …
    pub fn add(&mut self, ask: &Ask, cursors: &Cursors) {
        let (alias, list) = (self.fields.len(), self.list(ask, cursors));
        self.fields
            .push(format!("q{alias}: {}{list}", ask.kind.list));
    }

    /// The text of the operation.
    pub fn text(&self) -> String {
        format!(
            "query({}) {{\n  {}\n}}",
            self.declared.join(", "),
            self.fields.join("\n  ")
        )
    }

    fn list(&mut self, ask: &Ask, cursors: &Cursors) -> String {
        let object = ask.kind.object;
        let mut arguments = Vec::new();
        let mut argue = |name: &str, kind: &str, value: Value| {
            arguments.push(format!("{name}: {}", self.variable(kind, value)));
        };
        argue("filter", &format!("{object}Filter"), ask.filter.clone());
        if let Some(order) = ask.order {
            let direction = if order.descending { "DESC" } else { "ASC" };
            let given = json!({ "field": ask.kind.orders[order.by].0, "direction": direction });
            argue("orderBy", &format!("{object}Order"), given);
        }
        match ask.size {
            Size::Default => {}
            Size::First(size) => argue("first", "Int", json!(size)),
            Size::Last(size) => argue("last", "Int", json!(size)),
        }
        for (name, key) in [("after", ask.after), ("before", ask.before)] {
            if let Some(key) = key {
                argue(name, "String", json!(cursors[&(object, ask.order(), key)]));
            }
        }
        let inside = self.inside(&ask.inside, cursors);
        let numbers = numbers::asked(ask.kind);
        let arguments = arguments.join(", ");
        format!(
            "({arguments}) {{ totalCount estimatedCount {numbers} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} \
             edges {{ cursor node {{ id }} }} nodes {{ id{inside} }} }}"
        )
    }

    fn inside(&mut self, inside: &[Inside], cursors: &Cursors) -> String {
        let mut text = String::new();
        for inside in inside {
            text += &match inside {
                Inside::One(relation, inner) => format!(
                    " {} {{ id{} }}",
                    relation.field(),
                    self.inside(inner, cursors)
                ),
                Inside::List(relation, ask) => {
                    format!(" {}{}", relation.field(), self.list(ask, cursors))
                }
            };
        }
        text
    }

    fn variable(&mut self, kind: &str, value: Value) -> String {
        let name = format!("v{}", self.variables.len());
        self.declared.push(format!("${name}: {kind}"));
        self.variables.insert(name.clone(), value);
        format!("${name}")
    }
}
