//! Objects as trees of values.

use async_graphql::{Name, Value, indexmap::IndexMap};

use super::{Form, Values};
use crate::{Cell, column::Answer, rows::Rows};

pub(super) struct Objects {
    empty: IndexMap<Name, Value>,
    object: IndexMap<Name, Value>,
}

impl Objects {
    pub(super) fn new<'k>(keys: impl Iterator<Item = &'k Name>) -> Self {
        Self {
            empty: keys.map(|key| (key.clone(), Value::Null)).collect(),
            object: IndexMap::new(),
        }
    }
}

impl Form for Objects {
    type Object = Value;

    fn begin(&mut self) {
        // A copy of a map of nulls copies its hash table; no key is hashed for a row.
        self.object = self.empty.clone();
    }

    fn put(
        &mut self,
        field: usize,
        values: &mut Values,
        rows: &dyn Rows,
        row: usize,
    ) -> Answer<bool> {
        let value = &mut self.object[field];
        match values {
            Values::TypeName => *value = Value::String(rows.declaration().name().into_owned()),
            Values::Row(place) => rows.show(*place, row, Cell::tree(value)),
            Values::Column(column) => *value = column.next_value()?,
        }
        Ok(matches!(value, Value::Null))
    }

    fn null(&mut self) {
        // It is there from the beginning.
    }

    fn end(&mut self) -> Value {
        Value::Object(std::mem::take(&mut self.object))
    }

    fn abort(&mut self) {
        self.object.clear();
    }
}
