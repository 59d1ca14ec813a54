//! Opaque cursors: where in which order a row stands.
//!
//! A cursor is the base64url text of a JSON array: the kind of row, the order's name and
//! direction, the order's value and the key. It holds values the client has already read, and it
//! grants nothing: a forged one only starts a page elsewhere among the same visible rows.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use entity::id::TypedId;
use sea_orm::{ColumnTrait, ColumnType, ModelTrait, Value};
use serde_json::{Value as Json, json};

use crate::{
    error::{ClientError, Code},
    filter::is_storable,
    order::{Order, OrderDirection},
    table::{Column, Listed},
};

/// A position in an order.
pub(crate) struct Position<T: Listed> {
    pub(crate) value: Value,
    pub(crate) key: T::Id,
}

/// The cursor of a row in an order.
pub(crate) fn encode<T: Listed>(row: &T::Row, order: &T::Order) -> String {
    let value = match row.get(order.column()) {
        Value::String(Some(text)) => json!(text),
        Value::Int(Some(number)) => json!(number),
        Value::BigInt(Some(number)) => json!(number),
        Value::ChronoDateTimeUtc(Some(time)) => json!(time.timestamp_micros()),
        other => unreachable!(
            "orders are offered over text, integer and time columns only, not {other:?}"
        ),
    };
    let parts = json!([
        T::Id::PREFIX,
        order.name(),
        direction(order.direction()),
        value,
        T::id(row).to_string()
    ]);
    URL_SAFE_NO_PAD.encode(parts.to_string())
}

/// Reads a cursor back.
///
/// # Errors
/// `INVALID_CURSOR` for what is no cursor, or one of another connection or order.
pub(crate) fn decode<T: Listed>(
    cursor: &str,
    order: &T::Order,
) -> Result<Position<T>, ClientError> {
    let invalid = || {
        ClientError::new(
            Code::InvalidCursor,
            "the cursor was not made by this connection; use `endCursor` or `startCursor` of its `pageInfo`",
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
    let (prefix, name, way, value, key): (String, String, String, Json, String) =
        serde_json::from_slice(&bytes).map_err(|_| invalid())?;
    if prefix != T::Id::PREFIX {
        return Err(invalid());
    }
    if name != order.name() || way != direction(order.direction()) {
        return Err(ClientError::new(
            Code::InvalidCursor,
            "the cursor belongs to another order; page on with the `orderBy` it was made with, or start without a cursor",
        ));
    }
    let value = typed::<T>(order.column(), value).ok_or_else(invalid)?;
    let key = key.parse().map_err(|_| invalid())?;
    Ok(Position { value, key })
}

/// The value as the column's type wants it.
fn typed<T: Listed>(column: Column<T>, value: Json) -> Option<Value> {
    match column.def().get_column_type() {
        ColumnType::Integer => Some(Value::Int(Some(i32::try_from(value.as_i64()?).ok()?))),
        ColumnType::BigInteger => Some(Value::BigInt(Some(value.as_i64()?))),
        ColumnType::TimestampWithTimeZone => Some(Value::ChronoDateTimeUtc(Some(
            DateTime::from_timestamp_micros(value.as_i64()?).filter(|time| is_storable(*time))?,
        ))),
        _ => match value {
            Json::String(text) if !text.contains('\0') => Some(Value::String(Some(text))),
            _ => None,
        },
    }
}

fn direction(direction: OrderDirection) -> &'static str {
    match direction {
        OrderDirection::Asc => "asc",
        OrderDirection::Desc => "desc",
    }
}
