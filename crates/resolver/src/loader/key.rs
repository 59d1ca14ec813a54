//! Keys without their type, as loaders group and bind them.

use std::hash::{Hash, Hasher};

use entity::id::TypedId;
use sea_orm::{
    DbErr, Value,
    sea_query::{ArrayType, Expr},
};
use tenant::Row;
use uuid::Uuid;

/// Elements that PostgreSQL's planner expects in an array that it does not know (`scalararraysel` and
/// `array_unnest_support` in its sources).
const EXPECTED: usize = 10;

/// The key of a row, of whatever kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RawKey {
    /// Most tables.
    Uuid(Uuid),
    /// Tables with identity keys.
    Int(i64),
}

/// In one piece: a level hashes each of its keys.
impl Hash for RawKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Uuid(uuid) => state.write_u128(uuid.as_u128()),
            Self::Int(number) => state.write_i64(*number),
        }
    }
}

impl RawKey {
    /// The key inside a typed id.
    pub(crate) fn of(id: impl TypedId) -> Self {
        match id.into_value() {
            Value::Uuid(Some(uuid)) => Self::Uuid(uuid),
            Value::BigInt(Some(number)) => Self::Int(number),
            other => unreachable!("a typed id is over a UUID or a 64-bit integer, not {other:?}"),
        }
    }

    /// All of one kind as one array parameter: one SQL text whatever their number.
    pub(crate) fn array(keys: &[Self]) -> Expr {
        Expr::val(Self::array_value(keys))
    }

    /// The same as a value, for a statement whose text is there already.
    pub(crate) fn array_value(keys: &[Self]) -> Value {
        let values = keys.iter().map(|key| key.value()).collect();
        Value::Array(Self::kind(keys), Some(Box::new(values)))
    }

    /// All of one kind as the array of `= ANY($1)`, where it does not matter how often one is in it.
    ///
    /// PostgreSQL plans a statement anew each time if it expects that to be worth it, and of fewer keys than
    /// [`EXPECTED`] it does, which takes it longer than finding the rows. So few are repeated.
    pub(crate) fn any(keys: &[Self]) -> Expr {
        Expr::val(Self::any_value(keys))
    }

    /// The same as a value, for a statement whose text is there already.
    pub(crate) fn any_value(keys: &[Self]) -> Value {
        let kind = Self::kind(keys);
        let repeated = keys.first().into_iter().cycle();
        let missing = EXPECTED.saturating_sub(keys.len());
        let keys = keys.iter().chain(repeated.take(missing));
        let values: Vec<Value> = keys.map(|key| key.value()).collect();
        Value::Array(kind, Some(Box::new(values)))
    }

    /// The same for a function that makes a row of each, such as `unnest`: the array is filled up with nulls,
    /// which nothing belongs to.
    pub(crate) fn each(keys: &[Self]) -> Expr {
        Expr::val(Self::each_value(keys))
    }

    /// The same as a value, for a statement whose text is there already.
    pub(crate) fn each_value(keys: &[Self]) -> Value {
        let kind = Self::kind(keys);
        let absent = match kind {
            ArrayType::BigInt => Value::BigInt(None),
            _ => Value::Uuid(None),
        };
        let mut values: Vec<Value> = keys.iter().map(|key| key.value()).collect();
        values.resize(values.len().max(EXPECTED), absent);
        Value::Array(kind, Some(Box::new(values)))
    }

    fn value(self) -> Value {
        match self {
            Self::Uuid(uuid) => Value::Uuid(Some(uuid)),
            Self::Int(number) => Value::BigInt(Some(number)),
        }
    }

    fn kind(keys: &[Self]) -> ArrayType {
        match keys.first() {
            Some(Self::Int(_)) => ArrayType::BigInt,
            Some(Self::Uuid(_)) | None => ArrayType::Uuid,
        }
    }

    /// Reads a key of the same kind as `like` from a column of an answer.
    pub(crate) fn read(row: &Row, column: &str, like: Self) -> Result<Self, DbErr> {
        match like {
            Self::Uuid(_) => row.named(column).map(Self::Uuid),
            Self::Int(_) => row.named(column).map(Self::Int),
        }
    }

    /// The same from a column whose place is known.
    pub(crate) fn at(row: &Row, place: usize, like: Self) -> Result<Self, DbErr> {
        match like {
            Self::Uuid(_) => row.at(place).map(Self::Uuid),
            Self::Int(_) => row.at(place).map(Self::Int),
        }
    }
}
