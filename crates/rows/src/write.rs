//! Where the rows of a level are written out: as a tree of values.
//!
//! This is the only file that knows the form of the output.

use std::cell::OnceCell;

use async_graphql::{Name, PathSegment, ServerResult, Value, indexmap::IndexMap};

use crate::{
    Column, FieldError, Object,
    collect::{Selected, Selections},
    column::Cell,
    failure::Failure,
    field::Source,
    path::Path,
    resolve::Place,
    seam::Execution,
};

/// An object for each row: its columns, and its cells of `columns` for the other fields.
pub(crate) fn objects<T: Object>(
    rows: &[&T::Row],
    place: Place<'_>,
    fields: &Selections<'_, T>,
    columns: Vec<Option<Column>>,
) -> Vec<Cell> {
    let name = T::name();
    // A copy of a map of nulls copies its hash table; no key is hashed for a row.
    let empty = fields
        .keys()
        .map(|key| ((*key).clone(), Value::Null))
        .collect();
    let fields = fields.values().zip(columns);
    let mut writer = Writer {
        place,
        empty,
        fields: fields
            .map(|(selected, column)| Slot::new(selected, column, &name))
            .collect(),
    };
    rows.iter()
        .enumerate()
        .map(|(index, row)| writer.object(index, row))
        .collect()
}

/// The value of one field of a root, which has no row. `path` leads to the field itself.
pub(crate) fn root<T: Object<Row = ()>>(
    selected: &Selected<'_, T>,
    column: Option<Column>,
    execution: Execution<'_>,
    path: &Path<'_>,
) -> ServerResult<Value> {
    let mut slot = Slot::new(selected, column, &T::name());
    let cell = match slot.next(&()) {
        Ok(Value::Null) if !slot.nullable() => Err(slot.missing()),
        cell => cell,
    };
    match cell.map_err(|failure| failure.into_error(path.of(0))) {
        Err(error) if slot.nullable() => {
            execution.report(error);
            Ok(Value::Null)
        }
        value => value,
    }
}

struct Writer<'a, T: Object> {
    place: Place<'a>,
    empty: IndexMap<Name, Value>,
    fields: Vec<Slot<'a, T>>,
}

impl<T: Object> Writer<'_, T> {
    fn object(&mut self, index: usize, row: &T::Row) -> Cell {
        let mut object = self.empty.clone();
        let mut failed = None;
        for (value, slot) in object.values_mut().zip(&mut self.fields) {
            // Taken also after a failure: the next row's cell comes behind it.
            let cell = slot.next(row);
            if failed.is_some() {
                continue;
            }
            match slot.settle(cell) {
                Ok(settled) => *value = settled,
                Err(failure) if slot.nullable() => {
                    let path = self.place.path.of(index);
                    self.place.execution.report(failure.into_error(path));
                }
                Err(failure) => failed = Some(failure),
            }
        }
        failed.map_or(Ok(Value::Object(object)), Err)
    }
}

/// A selected field while the rows are written.
struct Slot<'a, T: Object> {
    selected: &'a Selected<'a, T>,
    cells: Cells<T>,
    nullable: OnceCell<bool>,
}

enum Cells<T: Object> {
    TypeName(String),
    Row(fn(&T::Row) -> Value),
    Column(std::vec::IntoIter<Cell>),
}

impl<'a, T: Object> Slot<'a, T> {
    fn new(selected: &'a Selected<'a, T>, column: Option<Column>, object: &str) -> Self {
        let cells = match (column, selected.field.map(|field| &field.source)) {
            (Some(column), _) => Cells::Column(column.0.into_iter()),
            (None, Some(Source::Column(value))) => Cells::Row(*value),
            (None, Some(Source::Batch(_))) => Cells::Column(Vec::new().into_iter()),
            (None, None) => Cells::TypeName(object.to_owned()),
        };
        Self {
            selected,
            cells,
            nullable: OnceCell::new(),
        }
    }

    fn next(&mut self, row: &T::Row) -> Cell {
        match &mut self.cells {
            Cells::TypeName(name) => Ok(Value::String(name.clone())),
            Cells::Row(value) => Ok(value(row)),
            Cells::Column(cells) => cells.next().unwrap_or(Ok(Value::Null)),
        }
    }

    /// The cell with a null only where the field may be null, and its failure at this field.
    fn settle(&self, cell: Cell) -> Cell {
        match cell {
            Ok(Value::Null) if !self.nullable() => Err(self.missing()),
            Ok(value) => return Ok(value),
            Err(failure) => Err(failure),
        }
        .map_err(|failure: Failure| {
            let key = self.selected.node.node.response_key().node.to_string();
            failure.through(PathSegment::Field(key))
        })
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
