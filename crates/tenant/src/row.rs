//! Rows of an answer.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use entity::columns::{BadColumn, ColumnSet, Columns, FromColumns};
use postgres_types::{FromSql, Type};
use sea_orm::{DbErr, ProxyRow, QueryResult, Value, sea_query::ArrayType};

/// A row, read by the place of its columns ([`Columns`]).
#[derive(Debug)]
pub struct Row(tokio_postgres::Row);

impl From<tokio_postgres::Row> for Row {
    fn from(row: tokio_postgres::Row) -> Self {
        Self(row)
    }
}

impl Columns for Row {
    fn column<'r, T: FromSql<'r>>(&'r self, place: usize) -> Result<T, BadColumn> {
        self.0
            .try_get(place)
            .map_err(|error| BadColumn::new(place, error))
    }
}

impl Row {
    /// The value of the column of that name.
    ///
    /// # Errors
    /// When there is no such column, or it holds another type, or a null where `T` has none.
    pub fn named<'r, T: FromSql<'r>>(&'r self, name: &str) -> Result<T, DbErr> {
        self.0
            .try_get(name)
            .map_err(|error| DbErr::Type(format!("column {name}: {}", with_cause(&error))))
    }

    /// All columns of a model, which stand from the place `first` on.
    ///
    /// # Errors
    /// When a column holds another type than the model's, or a null where that has none.
    pub fn read<M: FromColumns>(&self, first: usize) -> Result<M, DbErr> {
        self.read_selected(first, ColumnSet::ALL)
    }

    /// The selected columns of a model, which stand from the place `first` on.
    ///
    /// # Errors
    /// As of [`Self::read`].
    // Where it is called, or each row would be moved once more.
    #[inline]
    pub fn read_selected<M: FromColumns>(
        &self,
        first: usize,
        selected: ColumnSet,
    ) -> Result<M, DbErr> {
        M::from_columns(self, first, selected).map_err(|error| DbErr::Type(error.to_string()))
    }

    /// The value of the column at that place.
    ///
    /// # Errors
    /// As of [`Self::named`].
    pub fn at<'r, T: FromSql<'r>>(&'r self, place: usize) -> Result<T, DbErr> {
        self.column(place)
            .map_err(|error| DbErr::Type(error.to_string()))
    }
}

fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// For SeaORM's finders. Its reader of such rows knows columns by name, and takes a value of another
/// type for a null, so what we read ourselves is read from a [`Row`].
impl TryFrom<Row> for QueryResult {
    type Error = DbErr;

    fn try_from(row: Row) -> Result<Self, DbErr> {
        let mut values = BTreeMap::new();
        for (place, column) in row.0.columns().iter().enumerate() {
            let value = value(&row, place, column.type_())?;
            values.insert(column.name().to_owned(), value);
        }
        Ok(ProxyRow::new(values).into())
    }
}

fn value(row: &Row, place: usize, ty: &Type) -> Result<Value, DbErr> {
    Ok(match *ty {
        Type::BOOL => row.at::<Option<bool>>(place)?.into(),
        Type::INT2 => row.at::<Option<i16>>(place)?.into(),
        Type::INT4 => row.at::<Option<i32>>(place)?.into(),
        Type::INT8 => row.at::<Option<i64>>(place)?.into(),
        Type::FLOAT4 => row.at::<Option<f32>>(place)?.into(),
        Type::FLOAT8 => row.at::<Option<f64>>(place)?.into(),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => {
            row.at::<Option<String>>(place)?.into()
        }
        Type::BYTEA => row.at::<Option<Vec<u8>>>(place)?.into(),
        Type::UUID => row.at::<Option<uuid::Uuid>>(place)?.into(),
        Type::DATE => row.at::<Option<NaiveDate>>(place)?.into(),
        Type::TIMESTAMP => row.at::<Option<NaiveDateTime>>(place)?.into(),
        Type::TIMESTAMPTZ => row.at::<Option<DateTime<Utc>>>(place)?.into(),
        Type::JSON | Type::JSONB => row.at::<Option<sea_orm::JsonValue>>(place)?.into(),
        Type::TEXT_ARRAY => array(ArrayType::String, row.at::<Option<Vec<String>>>(place)?),
        Type::UUID_ARRAY => array(ArrayType::Uuid, row.at::<Option<Vec<uuid::Uuid>>>(place)?),
        Type::VOID => Value::String(None),
        _ => {
            let message = format!("column {place} is of type {ty}, which is not read here");
            return Err(DbErr::Type(message));
        }
    })
}

fn array<T: Into<Value>>(of: ArrayType, values: Option<Vec<T>>) -> Value {
    let values = values.map(|values| Box::new(values.into_iter().map(Into::into).collect()));
    Value::Array(of, values)
}
