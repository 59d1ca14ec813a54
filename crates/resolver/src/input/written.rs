//! What a statement wrote where, for what keys refuse.

use sea_orm::{EntityName, IdenStatic, Value};

use super::{Changes, Path};
use crate::table::Table;

/// What a statement wrote where, so that the name of a constraint leads to the input's field.
pub(crate) struct Written<'w> {
    table: &'static str,
    at: &'w Path<'w>,
    values: Vec<WrittenValue>,
    /// The values were given to all rows that a filter selects.
    to_many: bool,
}

struct WrittenValue {
    column: &'static str,
    place: Place,
    field: &'static str,
    /// As PostgreSQL writes it, to tell which of several rows a constraint is about.
    text: String,
}

/// Where a field stands, or what stands in it.
#[derive(Clone, Copy)]
enum Place {
    /// In the input itself.
    Input,
    /// In an item of the list of rows that the input is.
    Row(usize),
    /// The value is an item of the field's list.
    Item(usize),
}

impl<'w> Written<'w> {
    /// A statement about rows as a whole.
    pub(crate) fn rows<T: Table>(at: &'w Path<'w>) -> Self {
        Self {
            table: EntityName::table_name(&T::Entity::default()),
            at,
            values: Vec::new(),
            to_many: false,
        }
    }

    /// A statement that writes a row of a table that is no object for each key; the keys are the items of
    /// `field` below `at`, and go into `column`.
    pub(crate) fn keys(
        table: &'static str,
        at: &'w Path<'w>,
        (column, field): (&'static str, &'static str),
        keys: &[i64],
    ) -> Self {
        let keys = keys.iter().enumerate();
        let value = |(index, key): (usize, &i64)| WrittenValue {
            column,
            place: Place::Item(index),
            field,
            text: key.to_string(),
        };
        Self {
            table,
            at,
            values: keys.map(value).collect(),
            to_many: false,
        }
    }

    /// Adds the values of a row.
    pub(crate) fn add<T: Table>(&mut self, changes: &Changes<T>, row: Option<usize>) {
        let values = changes.iter().map(|(column, field, value)| WrittenValue {
            column: column.as_str(),
            place: row.map_or(Place::Input, Place::Row),
            field,
            text: value_text(value),
        });
        self.values.extend(values);
    }

    /// The same values for all rows that a filter selects.
    #[must_use]
    pub(crate) fn given_to_many(self) -> Self {
        Self {
            to_many: true,
            ..self
        }
    }

    /// What is wrong with a value that must be unique, as it goes on after the value's path.
    pub(crate) fn not_unique(&self) -> &'static str {
        if self.to_many {
            "must be unique; it can be given to one row only, and may be taken"
        } else {
            "is taken; give another value"
        }
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
        match value.place {
            Place::Input => self.at.field(value.field).to_string(),
            Place::Row(row) => self.at.item(row).field(value.field).to_string(),
            Place::Item(item) => self.at.field(value.field).item(item).to_string(),
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

#[cfg(test)]
mod tests {
    use super::{Path, Place, Written, WrittenValue};

    #[test]
    fn a_constraint_leads_to_the_field_that_was_written() {
        let input = Path::Argument("input");
        let value = |column, place, field, text: &str| WrittenValue {
            column,
            place,
            field,
            text: text.to_owned(),
        };
        let written = Written {
            table: "leads",
            at: &input,
            values: vec![
                value("email", Place::Input, "email", "a"),
                value("company_id", Place::Row(0), "company", "1"),
                value("company_id", Place::Row(1), "company", "2"),
                value("tag_id", Place::Item(3), "tag_ids", "42"),
            ],
            to_many: false,
        };
        let path = |constraint, text| written.path(constraint, text);
        assert_eq!(path("leads_tenant_id_email_key", None), "input.email");
        assert_eq!(path("leads_company_id_fkey", Some("2")), "input.1.company");
        assert_eq!(path("leads_tag_id_fkey", Some("42")), "input.tagIds.3");
        assert_eq!(path("leads_something_key", None), "input");
    }
}
