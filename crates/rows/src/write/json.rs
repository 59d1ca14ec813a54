//! Objects as JSON, in one text for the level.
//!
//! The levels below are complete before a level is written, so that it copies their parts of text, or takes the whole
//! text where it would add nothing to a part but a key.

use async_graphql::Name;

use super::{Form, Values};
use crate::{
    Cell, Column, JsonText,
    collect::Selections,
    column::{Answer, Span},
    rows::Rows,
};

/// What a value takes on average; a guess, so that the text is seldom moved.
const VALUE: usize = 24;

pub(super) struct Objects {
    /// Each with [what stands around it](begin_of).
    keys: Vec<String>,
    json: JsonText,
    /// Where the object begins, and the comma before it.
    before: usize,
    start: usize,
}

/// Objects of one field that stands as JSON below: they are that, with the key around it. The columns as they were if
/// it is not so.
pub(super) fn only_field(
    rows: &dyn Rows,
    fields: &Selections<'_>,
    mut columns: Vec<Option<Column>>,
) -> Result<Column, Vec<Option<Column>>> {
    if let [column] = &mut *columns
        && let Some(key) = fields.keys().next()
        && let Some(only) = column.take()
    {
        return match only.into_objects(&begin_of(0, key), rows.count()) {
            Ok(objects) => Ok(objects),
            Err(only) => Err(vec![Some(only)]),
        };
    }
    Err(columns)
}

/// The key with what stands around it, at its place among an object's fields: `{"id":`, `,"name":`.
fn begin_of(place: usize, key: &Name) -> String {
    let before = if place == 0 { '{' } else { ',' };
    // Names have no characters that would need escapes.
    format!("{before}\"{key}\":")
}

impl Objects {
    /// `bytes` are there already of levels below.
    pub(super) fn new<'k>(keys: impl Iterator<Item = &'k Name>, rows: usize, bytes: usize) -> Self {
        let begin = |(place, key): (usize, &Name)| begin_of(place, key);
        let keys: Vec<String> = keys.enumerate().map(begin).collect();
        let row: usize = keys.iter().map(|key| key.len() + VALUE).sum();
        Self {
            keys,
            json: JsonText::with_capacity(bytes + rows * (row + 2)),
            before: 0,
            start: 0,
        }
    }

    pub(super) fn finish(self) -> JsonText {
        self.json
    }
}

impl Form for Objects {
    type Object = Span;

    fn begin(&mut self) {
        self.before = self.json.len();
        if self.before > 0 {
            self.json.raw(",");
        }
        self.start = self.json.len();
    }

    fn put(
        &mut self,
        field: usize,
        values: &mut Values,
        rows: &dyn Rows,
        row: usize,
    ) -> Answer<bool> {
        self.json.raw(&self.keys[field]);
        let start = self.json.len();
        match values {
            Values::TypeName => self.json.plain(&rows.declaration().name()),
            Values::Row(place) => rows.show(*place, row, Cell::json(&mut self.json)),
            Values::Column(column) => column.write_next(&mut self.json)?,
        }
        Ok(self.json.is_null_from(start))
    }

    fn null(&mut self) {
        self.json.null();
    }

    fn end(&mut self) -> Span {
        if self.keys.is_empty() {
            self.json.raw("{");
        }
        self.json.raw("}");
        Span::One(self.start..self.json.len())
    }

    fn abort(&mut self) {
        self.json.truncate(self.before);
    }
}
