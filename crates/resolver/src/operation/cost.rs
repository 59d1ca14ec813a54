//! What an operation costs: estimated from its document and variables before it is executed, counted in
//! its answer afterwards.
//!
//! The directives of the schema say what there is to count (`@cost`, `@listSize`; IBM's GraphQL Cost
//! Directives specification, draft of 2021), and no other list does. A field costs what it and its arguments
//! weigh, and for each object that it answers with 1 and what is selected of it; a list has as many items as its
//! slicing arguments say, or as it is assumed to have. So the unit is a row.
//!
//! What one response key is asked for in several places is one field, as it is executed; what `@skip` and
//! `@include` say is passed over, so an estimate is rather too high.
//!
//! A document that is known keeps its costs ([`Costs`]): a number for each operation, and where variables are
//! slicing arguments or filters, what has to be done with their values.

mod bill;
mod compile;
mod declared;
mod given;
mod returned;

use async_graphql::{
    ErrorExtensions, Name, Pos, ServerError, Value, Variables, indexmap::IndexMap,
    parser::types::ExecutableDocument, registry::Registry,
};

pub use bill::Bill;
pub(super) use given::Given;

use crate::{
    MAX_GROUPS,
    error::{Code, coded},
};
use given::Due;

/// What the operations of a document cost.
pub(super) struct Costs(Vec<Cost>);

/// What one operation costs.
struct Cost {
    operation: Option<Name>,
    /// The values of variables that are not given.
    defaults: IndexMap<Name, Value>,
    items: Vec<Item>,
    /// The whole, if no variable matters.
    fixed: Option<u64>,
}

/// A field, once for all of its selections.
struct Item {
    key: Name,
    /// What the field and its arguments weigh.
    once: u64,
    /// What arguments weigh whose values are variables.
    dues: Vec<Due>,
    size: Size,
    /// What each object of its answer weighs; nothing for scalars.
    each: u64,
    /// What is selected of each object, for each type that it may be of.
    inner: Vec<Vec<Item>>,
}

/// How many items a field has.
#[derive(Clone)]
enum Size {
    Fixed(u64),
    /// The largest of the variables' values and of `literal`, or `assumed` if there is none.
    Largest {
        variables: Vec<Name>,
        literal: Option<u64>,
        assumed: u64,
    },
}

impl Costs {
    /// Those of a document that passed validation.
    pub(super) fn of(registry: &Registry, document: &ExecutableDocument) -> Self {
        let operations = document.operations.iter();
        let costs = operations.map(|(name, operation)| {
            let mut cost = Cost {
                operation: name.cloned(),
                defaults: compile::defaults(&operation.node),
                items: compile::items(registry, document, &operation.node),
                fixed: None,
            };
            if cost.items.iter().all(Item::is_fixed) {
                let none = Variables::default();
                cost.fixed = Some(total(&cost.items, &cost.given(registry, &none)));
            }
            cost
        });
        Self(costs.collect())
    }

    fn cost(&self, operation: Option<&Name>) -> Option<&Cost> {
        let mut costs = self.0.iter();
        costs.find(|cost| cost.operation.as_ref() == operation)
    }

    /// What an operation costs at most, as far as that can be known.
    pub(super) fn estimate(
        &self,
        operation: Option<&Name>,
        registry: &Registry,
        variables: &Variables,
    ) -> u64 {
        let cost = self.cost(operation);
        cost.map_or(0, |cost| cost.estimate(registry, variables))
    }

    /// What the dearest of the operations costs if no variable has a value.
    pub(super) fn dearest(&self, registry: &Registry) -> u64 {
        let none = Variables::default();
        let costs = self.0.iter().map(|cost| cost.estimate(registry, &none));
        costs.max().unwrap_or_default()
    }

    /// Why an operation is not run that costs more than is allowed.
    pub(super) fn refusal(
        &self,
        operation: Option<&Name>,
        registry: &Registry,
        variables: &Variables,
        allowed: u64,
    ) -> ServerError {
        let estimated = self.estimate(operation, registry, variables);
        let dearest = self
            .cost(operation)
            .and_then(|cost| dearest(&cost.items, &cost.given(registry, variables)));
        let (field, share) = dearest.unwrap_or_default();
        let message = format!(
            "the operation may cost {estimated}, {allowed} is the most; {share} of it is `{field}`: ask for fewer rows \
             there (`first`), in several operations, or have GATEWAY_MAX_COST raised"
        );
        let error = coded(Code::CostExceeded, message).extend_with(|_, extensions| {
            extensions.set("estimated", estimated);
            extensions.set("limit", allowed);
            extensions.set("field", field.clone());
        });
        ServerError {
            // The field's path says where.
            locations: Vec::new(),
            ..error.into_server_error(Pos::default())
        }
    }

    /// An estimate of the bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let costs = self.0.iter();
        costs
            .map(|cost| size_of::<Cost>() + cost.items.iter().map(Item::bytes).sum::<usize>())
            .sum()
    }
}

impl Cost {
    fn estimate(&self, registry: &Registry, variables: &Variables) -> u64 {
        let reckoned = || total(&self.items, &self.given(registry, variables));
        self.fixed.unwrap_or_else(reckoned)
    }

    fn given<'v>(&'v self, registry: &'v Registry, variables: &'v Variables) -> Given<'v> {
        Given {
            registry,
            variables,
            defaults: &self.defaults,
        }
    }
}

impl Item {
    fn is_fixed(&self) -> bool {
        self.dues.is_empty()
            && matches!(self.size, Size::Fixed(_))
            && self.inner.iter().flatten().all(Self::is_fixed)
    }

    /// What the field weighs itself, with its arguments.
    fn once(&self, given: &Given<'_>) -> u64 {
        let dues = self.dues.iter();
        dues.fold(self.once, |once, due| {
            once.saturating_add(due.weight(given))
        })
    }

    /// What each object of its answer costs at most.
    fn each(&self, given: &Given<'_>) -> u64 {
        let alternatives = self.inner.iter().map(|items| total(items, given));
        self.each
            .saturating_add(alternatives.max().unwrap_or_default())
    }

    fn cost(&self, given: &Given<'_>) -> u64 {
        let objects = self.size.of(given).saturating_mul(self.each(given));
        self.once(given).saturating_add(objects)
    }

    fn bytes(&self) -> usize {
        let inner = self.inner.iter().flatten().map(Self::bytes);
        let dues = self.dues.iter().map(Due::bytes);
        2 * size_of::<Self>() + inner.sum::<usize>() + dues.sum::<usize>()
    }
}

impl Size {
    fn of(&self, given: &Given<'_>) -> u64 {
        match self {
            Self::Fixed(items) => *items,
            Self::Largest {
                variables,
                literal,
                assumed,
            } => {
                let values = variables.iter().filter_map(|name| given.get(name));
                let largest = values.filter_map(items).chain(*literal).max();
                largest.unwrap_or(*assumed)
            }
        }
    }
}

/// The number of a slicing argument. More than any list gives is refused by the field, which says why.
fn items(value: &Value) -> Option<u64> {
    let Value::Number(number) = value else {
        return None;
    };
    let items = number.as_u64().unwrap_or_default();
    Some(items.min(MAX_GROUPS))
}

fn total(items: &[Item], given: &Given<'_>) -> u64 {
    let items = items.iter();
    items.fold(0, |sum, item| sum.saturating_add(item.cost(given)))
}

/// The path of the field that most of the cost comes from, and how much that is.
fn dearest(items: &[Item], given: &Given<'_>) -> Option<(String, u64)> {
    let costs = items.iter().map(|item| (item, item.cost(given)));
    let (item, cost) = costs.max_by_key(|(_, cost)| *cost)?;
    let alternatives = item.inner.iter();
    let inner = alternatives
        .filter_map(|items| dearest(items, given))
        .max_by_key(|(_, cost)| *cost);
    let size = item.size.of(given);
    match inner.map(|(path, cost)| (path, cost.saturating_mul(size))) {
        Some((path, inner)) if inner > cost / 2 => Some((format!("{}.{path}", item.key), inner)),
        _ => Some((item.key.to_string(), cost)),
    }
}

#[cfg(test)]
mod tests;
