//! Objects as JSON, in one text for the level.
//!
//! The levels below are complete before a level is written, so that it copies their parts of text.

use async_graphql::Name;

use super::{Form, Values};
use crate::{
    Cell, JsonText,
    column::{Answer, Span},
    rows::Rows,
};

/// What a value takes on average; a guess, so that the text is seldom moved.
const VALUE: usize = 24;

pub(super) struct Objects {
    /// Each with what stands around it: `{"id":`, `,"name":`.
    keys: String,
    /// Where each of them ends.
    ends: Vec<usize>,
    json: JsonText,
    /// Where the object begins, and the comma before it.
    before: usize,
    start: usize,
}

impl Objects {
    /// `bytes` are there already of levels below.
    pub(super) fn new<'k>(keys: impl Iterator<Item = &'k Name>, rows: usize, bytes: usize) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for key in keys {
            text.push(if ends.is_empty() { '{' } else { ',' });
            // Names have no characters that would need escapes.
            text.push('"');
            text.push_str(key);
            text.push_str("\":");
            ends.push(text.len());
        }
        let row = text.len() + ends.len() * VALUE;
        Self {
            keys: text,
            ends,
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
        let begin = field.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.json.raw(&self.keys[begin..self.ends[field]]);
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
