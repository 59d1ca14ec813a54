//! The arguments of a connection, checked: which rows, in which order, from where, how many.

use std::{
    cell::Cell,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use async_graphql::{InputType, Value};

use super::cursor::{self, Position};
use crate::{
    error::ClientError,
    filter::{Filter, MAX_FILTERS, Nesting},
    input::Path,
    order::{Order, OrderDirection},
    table::Listed,
};

/// Rows of a page when neither `first` nor `last` is given.
pub const DEFAULT_PAGE: u64 = 50;
/// Most rows of a page.
pub const MAX_PAGE: u64 = 200;

/// `first`, `after`, `last`, `before`, `filter` and `orderBy` as the client sent them.
pub(crate) struct PageInput<T: Listed> {
    pub(crate) first: Option<i32>,
    pub(crate) after: Option<String>,
    pub(crate) last: Option<i32>,
    pub(crate) before: Option<String>,
    pub(crate) filter: Option<T::Filter>,
    pub(crate) order: Option<T::Order>,
}

/// A page that can be asked of the database.
pub(crate) struct Page<T: Listed> {
    pub(crate) limit: u64,
    /// The page is counted from the end: `last`.
    pub(crate) backward: bool,
    pub(crate) after: Option<Position<T>>,
    pub(crate) before: Option<Position<T>>,
    pub(crate) condition: sea_orm::Condition,
    pub(crate) order: T::Order,
    /// Equal for equal pages: the same page asked for by two paths is loaded once.
    fingerprint: Fingerprint,
    /// Equal for equal filters: the count does not depend on the page.
    filter_fingerprint: Fingerprint,
    /// It has another condition beside its filter.
    is_narrowed: bool,
}

/// A text that is compared and hashed for every parent of a level; its own hash is taken once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    hash: u64,
    text: Arc<str>,
}

impl Fingerprint {
    fn new(text: String) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self {
            hash: hasher.finish(),
            text: text.into(),
        }
    }

    /// True for a list that nothing is left out of.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl Hash for Fingerprint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<T: Listed> Page<T> {
    /// Checks the arguments.
    pub(crate) fn new(input: PageInput<T>) -> Result<Self, ClientError> {
        let (limit, backward) = match (input.first, input.last) {
            (Some(_), Some(_)) => {
                return Err(ClientError::input("give `first` or `last`, not both"));
            }
            (Some(n), None) => (size("first", n)?, false),
            (None, Some(n)) => (size("last", n)?, true),
            (None, None) => (DEFAULT_PAGE, false),
        };
        let order = input.order.unwrap_or_default();
        let position = |cursor: &Option<String>| {
            cursor
                .as_deref()
                .map(|text| cursor::decode::<T>(text, &order))
                .transpose()
        };
        let (after, before) = (position(&input.after)?, position(&input.before)?);
        let filter_fingerprint = input
            .filter
            .as_ref()
            .map(|filter| text(filter.to_value()))
            .unwrap_or_default();
        let condition = input.filter.map_or_else(
            || Ok(sea_orm::Condition::all()),
            |filter| {
                filter.condition(Nesting::outermost(
                    &Cell::new(MAX_FILTERS),
                    Path::Argument("filter"),
                ))
            },
        )?;
        let fingerprint = format!(
            "{limit} {backward} {:?} {:?} {} {:?} {filter_fingerprint}",
            input.after,
            input.before,
            order.name(),
            order.direction()
        );
        Ok(Self {
            limit,
            backward,
            after,
            before,
            condition,
            order,
            fingerprint: Fingerprint::new(fingerprint),
            filter_fingerprint: Fingerprint::new(filter_fingerprint),
            is_narrowed: false,
        })
    }

    /// The same page of fewer rows: those for which the condition holds, too. Pages narrowed under
    /// one name share it.
    pub(crate) fn narrowed(mut self, name: &str, condition: sea_orm::Condition) -> Self {
        self.condition = self.condition.add(condition);
        self.is_narrowed = true;
        self.fingerprint = Fingerprint::new(format!("{name} {}", self.fingerprint));
        self.filter_fingerprint = Fingerprint::new(format!("{name} {}", self.filter_fingerprint));
        self
    }

    /// The direction in which the database reads: turned round for `last`.
    pub(crate) fn reading_direction(&self) -> OrderDirection {
        let direction = self.order.direction();
        if self.backward {
            direction.reversed()
        } else {
            direction
        }
    }

    /// The filter, if it is all that the rows have in common, and no long one: those are seldom asked for again.
    pub(crate) fn only_filter(&self) -> Option<&Fingerprint> {
        const LONG: usize = 256;
        let filter = &self.filter_fingerprint;
        (!self.is_narrowed && filter.text.len() <= LONG).then_some(filter)
    }

    pub(crate) fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    pub(crate) fn filter_fingerprint(&self) -> &Fingerprint {
        &self.filter_fingerprint
    }
}

/// A filter as text. It is written with all that it could say, which is null for what it does not.
fn text(mut filter: Value) -> String {
    remove_nulls(&mut filter);
    filter.to_string()
}

fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| *value != Value::Null);
            fields.values_mut().for_each(remove_nulls);
        }
        Value::List(items) => items.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}

fn size(argument: &str, n: i32) -> Result<u64, ClientError> {
    match u64::try_from(n) {
        Ok(n) if n <= MAX_PAGE => Ok(n),
        _ => Err(ClientError::input(format!(
            "`{argument}` must be from 0 to {MAX_PAGE}, not {n}; page on with `after` or `before`"
        ))),
    }
}
