//! What is to be written into a row.

use async_graphql::MaybeUndefined;
use sea_orm::{ColumnTrait, ColumnType, EntityName, IdenStatic, Value, sea_query::StringLen};

use super::{Path, Stored};
use crate::{
    error::{ClientError, Code},
    table::{Column, Table},
};

/// The columns of a row of `T` that an input gives a value, each with the input's field.
pub(crate) struct Changes<T: Table> {
    values: Vec<(Column<T>, &'static str, Value)>,
}

/// A value of an input: left out, null, or there.
pub(crate) enum Given<V> {
    /// The column stays as it is, or gets its default.
    LeftOut,
    /// The column is emptied.
    Null,
    /// The column gets this.
    Value(V),
}

impl<V> From<MaybeUndefined<V>> for Given<V> {
    fn from(value: MaybeUndefined<V>) -> Self {
        match value {
            MaybeUndefined::Undefined => Self::LeftOut,
            MaybeUndefined::Null => Self::Null,
            MaybeUndefined::Value(value) => Self::Value(value),
        }
    }
}

impl<V> From<Option<V>> for Given<V> {
    /// A new row has nothing to empty: null is the same as nothing.
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::LeftOut, Self::Value)
    }
}

impl<T: Table> Changes<T> {
    /// No change.
    pub(crate) fn new() -> Self {
        Self { values: Vec::new() }
    }

    /// Adds the value of the input's `field`, which stands below `at`.
    ///
    /// # Errors
    /// For a value that means nothing, or that the column can not hold.
    pub(crate) fn give<V: Stored>(
        &mut self,
        at: &Path<'_>,
        field: &'static str,
        column: Column<T>,
        value: impl Into<Given<V>>,
    ) -> Result<(), ClientError> {
        let at = at.field(field);
        let value = match value.into() {
            Given::LeftOut => return Ok(()),
            Given::Null if column.def().is_null() => null(column),
            Given::Null => {
                let problem = "can not be null; leave it out to keep it as it is";
                return Err(ClientError::at(Code::BadUserInput, &at, problem));
            }
            Given::Value(value) => fitting(value.stored(&at)?, column, &at)?,
        };
        self.values.push((column, field, value));
        Ok(())
    }

    /// Adds a value of the gateway's own making.
    pub(crate) fn set(&mut self, column: Column<T>, value: impl Into<Value>) {
        self.values.push((column, "", value.into()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value that a column is to get.
    pub(crate) fn get(&self, column: Column<T>) -> Option<&Value> {
        let mut values = self.values.iter();
        values
            .find(|(given, ..)| given.as_str() == column.as_str())
            .map(|(.., value)| value)
    }

    /// Where the columns' values stand, for errors.
    pub(crate) fn written<'w>(&self, at: &'w Path<'w>) -> Written<'w> {
        let mut written = Written::rows::<T>(at);
        written.add(self, None);
        written
    }

    /// Columns and values.
    pub(crate) fn into_values(self) -> impl Iterator<Item = (Column<T>, Value)> {
        self.values
            .into_iter()
            .map(|(column, _, value)| (column, value))
    }
}

/// The name of a table in SQL.
fn table_name<T: Table>() -> &'static str {
    EntityName::table_name(&T::Entity::default())
}

/// What a statement wrote where, so that the name of a constraint leads to the input's field.
pub(crate) struct Written<'w> {
    table: &'static str,
    at: &'w Path<'w>,
    values: Vec<WrittenValue>,
}

struct WrittenValue {
    column: &'static str,
    /// The item of a list of rows.
    row: Option<usize>,
    field: &'static str,
    /// As PostgreSQL writes it, to tell which of several rows a constraint is about.
    text: String,
}

impl<'w> Written<'w> {
    /// A statement about rows as a whole.
    pub(crate) fn rows<T: Table>(at: &'w Path<'w>) -> Self {
        Self {
            table: table_name::<T>(),
            at,
            values: Vec::new(),
        }
    }

    /// A statement about rows of a table that is no object; `values` are columns and the fields below
    /// `at` that they were given in.
    pub(crate) fn columns(
        table: &'static str,
        at: &'w Path<'w>,
        values: &[(&'static str, &'static str)],
    ) -> Self {
        let value = |(column, field): &(&'static str, &'static str)| WrittenValue {
            column,
            row: None,
            field,
            text: String::new(),
        };
        Self {
            table,
            at,
            values: values.iter().map(value).collect(),
        }
    }

    /// Adds the values of a row.
    pub(crate) fn add<T: Table>(&mut self, changes: &Changes<T>, row: Option<usize>) {
        let values = changes
            .values
            .iter()
            .map(|(column, field, value)| WrittenValue {
                column: column.as_str(),
                row,
                field,
                text: value_text(value),
            });
        self.values.extend(values);
    }

    pub(crate) fn table(&self) -> &'static str {
        self.table
    }

    /// The path of the value that a constraint is about: `leads_tenant_id_email_key` is about the
    /// field written to `email`; the whole input if it names no column. `text` is the value that
    /// PostgreSQL complains of.
    pub(crate) fn path(&self, constraint: &str, text: Option<&str>) -> String {
        let name = constraint.strip_prefix(self.table).unwrap_or(constraint);
        let name = name.trim_end_matches("_fkey").trim_end_matches("_key");
        let column = name
            .trim_start_matches("_tenant_id")
            .trim_start_matches('_');
        let about = |value: &&WrittenValue| value.column == column && !value.field.is_empty();
        let mut values = self.values.iter().filter(about);
        let is_it = |value: &&WrittenValue| text.is_none_or(|text| text == value.text);
        let Some(value) = values.clone().find(is_it).or_else(|| values.next()) else {
            return self.at.to_string();
        };
        match value.row {
            Some(row) => self.at.item(row).field(value.field).to_string(),
            None => self.at.field(value.field).to_string(),
        }
    }
}

/// A value as PostgreSQL writes it in the detail of an error; "" for kinds that no key is made of.
fn value_text(value: &Value) -> String {
    match value {
        Value::Uuid(Some(uuid)) => uuid.to_string(),
        Value::BigInt(Some(number)) => number.to_string(),
        Value::String(Some(text)) => text.clone(),
        _ => String::new(),
    }
}

/// The null of a column's type.
fn null<C: ColumnTrait>(column: C) -> Value {
    match column.def().get_column_type() {
        ColumnType::Uuid => Value::Uuid(None),
        ColumnType::Integer => Value::Int(None),
        ColumnType::BigInteger => Value::BigInt(None),
        ColumnType::Boolean => Value::Bool(None),
        ColumnType::TimestampWithTimeZone => Value::ChronoDateTimeUtc(None),
        ColumnType::JsonBinary => Value::Json(None),
        _ => Value::String(None),
    }
}

/// Text no longer than its column, and not blank where there must be some.
fn fitting<C: ColumnTrait>(value: Value, column: C, at: &Path<'_>) -> Result<Value, ClientError> {
    let Value::String(Some(text)) = &value else {
        return Ok(value);
    };
    let (column, refused) = (column.def(), |problem: String| {
        Err(ClientError::at(Code::BadUserInput, at, problem))
    });
    if !column.is_null() && text.trim().is_empty() {
        return refused("may not be blank".to_owned());
    }
    let longest = match column.get_column_type() {
        ColumnType::String(StringLen::N(longest)) => *longest as usize,
        _ => LONGEST_TEXT,
    };
    let length = text.chars().count();
    if length > longest {
        return refused(format!(
            "is {length} characters long; {longest} are the most"
        ));
    }
    Ok(value)
}

/// Most characters of text whose column has no limit of its own.
const LONGEST_TEXT: usize = 200_000;

#[cfg(test)]
mod tests {
    use super::{Path, Written, WrittenValue};

    #[test]
    fn a_constraint_leads_to_the_field_that_was_written() {
        let input = Path::Argument("input");
        let value = |column, row, field, text: &str| WrittenValue {
            column,
            row,
            field,
            text: text.to_owned(),
        };
        let written = Written {
            table: "leads",
            at: &input,
            values: vec![
                value("email", None, "email", "a"),
                value("company_id", Some(0), "company", "1"),
                value("company_id", Some(1), "company", "2"),
            ],
        };
        let path = |constraint, text| written.path(constraint, text);
        assert_eq!(path("leads_tenant_id_email_key", None), "input.email");
        assert_eq!(path("leads_company_id_fkey", Some("2")), "input.1.company");
        assert_eq!(path("leads_something_key", None), "input");
    }
}
