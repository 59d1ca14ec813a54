//! Where the rows of a level are written out, a row after the other, in the form of the operation.
//!
//! What stands here is the same for both forms: the order of fields, where nulls may be, how failures
//! go up. [`tree`] and [`json`] know what an object is made of.

mod json;
mod tree;

use std::cell::OnceCell;

use async_graphql::{PathSegment, ServerResult, Value};

use crate::{
    Cell, Column, FieldError, Output,
    collect::{Selected, Selections},
    column::Answer,
    failure::Failure,
    path::Path,
    resolve::Place,
    rows::Rows,
    seam::Execution,
};

/// The objects of a level in the making, one after the other.
trait Form {
    /// A finished object.
    type Object;

    /// Begins the next object.
    fn begin(&mut self);

    /// Puts a field's value for the row; whether it is null. A failure leaves the place empty.
    fn put(
        &mut self,
        field: usize,
        values: &mut Values,
        rows: &dyn Rows,
        row: usize,
    ) -> Answer<bool>;

    /// Puts null in the place that a failure has left empty.
    fn null(&mut self);

    /// Ends the object.
    fn end(&mut self) -> Self::Object;

    /// Takes the object back.
    fn abort(&mut self);
}

/// Where a field's values come from, while the rows are written.
enum Values {
    TypeName,
    /// The row, which the field at this place reads.
    Row(usize),
    Column(Column),
}

/// An object for each row: its columns, and its answers of `columns` for the other fields.
pub(crate) fn objects(
    rows: &dyn Rows,
    place: Place<'_>,
    fields: &Selections<'_>,
    columns: Vec<Option<Column>>,
) -> Column {
    let columns = match json::only_field(rows, fields, columns) {
        Ok(objects) => return objects,
        Err(columns) => columns,
    };
    let keys = || fields.keys().copied();
    let bytes = columns.iter().flatten().map(Column::bytes).sum();
    let slots = fields
        .values()
        .zip(columns)
        .map(|(selected, column)| Slot::new(selected, column))
        .collect();
    match place.execution.output() {
        Output::Tree => {
            let mut writer = Writer::new(rows, place, slots, tree::Objects::new(keys()));
            Column::tree(writer.all())
        }
        Output::Json => {
            let objects = json::Objects::new(keys(), rows.count(), bytes);
            let mut writer = Writer::new(rows, place, slots, objects);
            let spans = writer.all();
            Column::json(spans, writer.form.finish())
        }
    }
}

/// The value of one field of a root, which has no row. `path` leads to the field itself.
pub(crate) fn root(
    rows: &dyn Rows,
    selected: &Selected<'_>,
    column: Option<Column>,
    execution: Execution<'_>,
    path: &Path<'_>,
) -> ServerResult<Value> {
    let mut slot = Slot::new(selected, column);
    let answer = match slot.values.of_root(rows) {
        Ok(Value::Null) if !slot.nullable() => Err(slot.missing(rows)),
        answer => answer,
    };
    match answer.map_err(|failure| failure.into_error(path.of(0))) {
        Err(error) if slot.nullable() => {
            execution.report(error);
            Ok(Value::Null)
        }
        value => value,
    }
}

struct Writer<'a, F> {
    rows: &'a dyn Rows,
    place: Place<'a>,
    slots: Vec<Slot<'a>>,
    form: F,
}

impl<'a, F: Form> Writer<'a, F> {
    fn new(rows: &'a dyn Rows, place: Place<'a>, slots: Vec<Slot<'a>>, form: F) -> Self {
        Self {
            rows,
            place,
            slots,
            form,
        }
    }

    fn all(&mut self) -> Vec<Answer<F::Object>> {
        (0..self.rows.count()).map(|row| self.object(row)).collect()
    }

    fn object(&mut self, row: usize) -> Answer<F::Object> {
        self.form.begin();
        let mut failed = None;
        for (field, slot) in self.slots.iter_mut().enumerate() {
            if failed.is_some() {
                slot.pass();
                continue;
            }
            let failure = match self.form.put(field, &mut slot.values, self.rows, row) {
                Ok(false) => continue,
                Ok(true) if slot.nullable() => continue,
                Ok(true) => slot.missing(self.rows),
                Err(failure) => failure,
            };
            let failure = slot.at(failure);
            if slot.nullable() {
                self.form.null();
                let path = self.place.path.of(row);
                self.place.execution.report(failure.into_error(path));
            } else {
                failed = Some(failure);
            }
        }
        if let Some(failure) = failed {
            self.form.abort();
            return Err(failure);
        }
        Ok(self.form.end())
    }
}

/// A selected field while the rows are written.
struct Slot<'a> {
    selected: &'a Selected<'a>,
    values: Values,
    nullable: OnceCell<bool>,
}

impl Values {
    /// The value of a root, which has no row.
    fn of_root(&mut self, rows: &dyn Rows) -> Answer<Value> {
        let mut value = Value::Null;
        match self {
            Self::TypeName => value = Value::String(rows.declaration().name().into_owned()),
            Self::Row(field) => rows.show(*field, 0, Cell::tree(&mut value)),
            Self::Column(column) => value = column.only()?,
        }
        Ok(value)
    }
}

impl<'a> Slot<'a> {
    fn new(selected: &'a Selected<'a>, column: Option<Column>) -> Self {
        let values = match (column, selected.field) {
            (Some(column), _) => Values::Column(column),
            (None, Some(field)) if field.about.is_column => Values::Row(field.place),
            (None, Some(_)) => Values::Column(Column::empty(Output::Tree)),
            (None, None) => Values::TypeName,
        };
        Self {
            selected,
            values,
            nullable: OnceCell::new(),
        }
    }

    /// Passes over a row that has failed already: the next row's answer stands behind it.
    fn pass(&mut self) {
        if let Values::Column(column) = &mut self.values {
            column.pass();
        }
    }

    /// The failure on its way through this field.
    fn at(&self, failure: Failure) -> Failure {
        let key = self.selected.node.node.response_key().node.to_string();
        failure.through(PathSegment::Field(key))
    }

    fn missing(&self, rows: &dyn Rows) -> Failure {
        let error = FieldError::Missing {
            object: rows.declaration().name().into_owned(),
            field: self.selected.name(),
        };
        Failure::from(error.at(self.selected.node.pos))
    }

    /// Asked for nulls and failures only, and worked out once.
    fn nullable(&self) -> bool {
        *self.nullable.get_or_init(|| {
            self.selected
                .field
                .is_some_and(|field| field.about.nullable())
        })
    }
}
