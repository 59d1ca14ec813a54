//! Where the rows of a level are written out, a row after the other, in the form of the operation.
//!
//! What stands here is the same for both forms: the order of fields, where nulls may be, how failures
//! go up. [`tree`] and [`json`] know what an object is made of.

mod json;
mod tree;

use std::cell::OnceCell;

use async_graphql::{PathSegment, ServerResult, Value};

use crate::{
    Cell, Column, FieldError, Object, Output,
    collect::{Selected, Selections},
    column::Answer,
    failure::Failure,
    field::Source,
    path::Path,
    resolve::Place,
    seam::Execution,
};

/// The objects of a level in the making, one after the other.
trait Form {
    /// A finished object.
    type Object;

    /// Begins the next object.
    fn begin(&mut self);

    /// Puts a field's value for the row; whether it is null. A failure leaves the place empty.
    fn put<T: Object>(
        &mut self,
        field: usize,
        values: &mut Values<T>,
        row: &T::Row,
    ) -> Answer<bool>;

    /// Puts null in the place that a failure has left empty.
    fn null(&mut self);

    /// Ends the object.
    fn end(&mut self) -> Self::Object;

    /// Takes the object back.
    fn abort(&mut self);
}

/// Where a field's values come from, while the rows are written.
enum Values<T: Object> {
    TypeName,
    Row(fn(&T::Row, Cell<'_>)),
    Column(Column),
}

/// An object for each row: its columns, and its answers of `columns` for the other fields.
pub(crate) fn objects<T: Object>(
    rows: &[&T::Row],
    place: Place<'_>,
    fields: &Selections<'_, T>,
    columns: Vec<Option<Column>>,
) -> Column {
    let keys = || fields.keys().copied();
    let bytes = columns.iter().flatten().map(Column::bytes).sum();
    let slots = fields
        .values()
        .zip(columns)
        .map(|(selected, column)| Slot::new(selected, column))
        .collect();
    match place.execution.output() {
        Output::Tree => {
            let mut writer = Writer::new(place, slots, tree::Objects::new(keys()));
            Column::tree(writer.all(rows))
        }
        Output::Json => {
            let objects = json::Objects::new(keys(), rows.len(), bytes);
            let mut writer = Writer::new(place, slots, objects);
            let spans = writer.all(rows);
            Column::json(spans, writer.form.finish())
        }
    }
}

/// The value of one field of a root, which has no row. `path` leads to the field itself.
pub(crate) fn root<T: Object<Row = ()>>(
    selected: &Selected<'_, T>,
    column: Option<Column>,
    execution: Execution<'_>,
    path: &Path<'_>,
) -> ServerResult<Value> {
    let mut slot = Slot::new(selected, column);
    let answer = match slot.values.of_root() {
        Ok(Value::Null) if !slot.nullable() => Err(slot.missing()),
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

struct Writer<'a, T: Object, F> {
    place: Place<'a>,
    slots: Vec<Slot<'a, T>>,
    form: F,
}

impl<'a, T: Object, F: Form> Writer<'a, T, F> {
    fn new(place: Place<'a>, slots: Vec<Slot<'a, T>>, form: F) -> Self {
        Self { place, slots, form }
    }

    fn all(&mut self, rows: &[&T::Row]) -> Vec<Answer<F::Object>> {
        let rows = rows.iter().enumerate();
        rows.map(|(index, row)| self.object(index, row)).collect()
    }

    fn object(&mut self, index: usize, row: &T::Row) -> Answer<F::Object> {
        self.form.begin();
        let mut failed = None;
        for (field, slot) in self.slots.iter_mut().enumerate() {
            if failed.is_some() {
                slot.pass();
                continue;
            }
            let failure = match self.form.put(field, &mut slot.values, row) {
                Ok(false) => continue,
                Ok(true) if slot.nullable() => continue,
                Ok(true) => slot.missing(),
                Err(failure) => failure,
            };
            let failure = slot.at(failure);
            if slot.nullable() {
                self.form.null();
                let path = self.place.path.of(index);
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
struct Slot<'a, T: Object> {
    selected: &'a Selected<'a, T>,
    values: Values<T>,
    nullable: OnceCell<bool>,
}

impl<T: Object> Values<T> {
    /// The value of a root, which has no row.
    fn of_root(&mut self) -> Answer<Value>
    where
        T: Object<Row = ()>,
    {
        let mut value = Value::Null;
        match self {
            Self::TypeName => value = Value::String(T::name().into_owned()),
            Self::Row(read) => read(&(), Cell::tree(&mut value)),
            Self::Column(column) => value = column.only()?,
        }
        Ok(value)
    }
}

impl<'a, T: Object> Slot<'a, T> {
    fn new(selected: &'a Selected<'a, T>, column: Option<Column>) -> Self {
        let values = match (column, selected.field.map(|field| &field.source)) {
            (Some(column), _) => Values::Column(column),
            (None, Some(Source::Column(read))) => Values::Row(*read),
            (None, Some(Source::Batch(_))) => Values::Column(Column::empty(Output::Tree)),
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

    fn missing(&self) -> Failure {
        let error = FieldError::Missing {
            object: T::name().into_owned(),
            field: self.selected.field.map_or("__typename", |field| field.name),
        };
        Failure::from(error.at(self.selected.node.pos))
    }

    /// Asked for nulls and failures only, and worked out once.
    fn nullable(&self) -> bool {
        *self
            .nullable
            .get_or_init(|| self.selected.field.is_some_and(|field| field.nullable()))
    }
}
