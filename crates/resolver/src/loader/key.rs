//! Keys without their type, as loaders group and bind them.

use entity::id::TypedId;
use sea_orm::{
    DbErr, Value,
    sea_query::{ArrayType, Expr},
};
use tenant::Row;
use uuid::Uuid;

/// The key of a row, of whatever kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum RawKey {
    /// Most tables.
    Uuid(Uuid),
    /// Tables with identity keys.
    Int(i64),
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
        let kind = match keys.first() {
            Some(Self::Int(_)) => ArrayType::BigInt,
            Some(Self::Uuid(_)) | None => ArrayType::Uuid,
        };
        let values = keys.iter().map(|key| match key {
            Self::Uuid(uuid) => Value::Uuid(Some(*uuid)),
            Self::Int(number) => Value::BigInt(Some(*number)),
        });
        Expr::val(Value::Array(kind, Some(Box::new(values.collect()))))
    }

    /// Reads a key of the same kind as `like` from a column of an answer.
    pub(crate) fn read(row: &Row, column: &str, like: Self) -> Result<Self, DbErr> {
        match like {
            Self::Uuid(_) => row.named(column).map(Self::Uuid),
            Self::Int(_) => row.named(column).map(Self::Int),
        }
    }
}
