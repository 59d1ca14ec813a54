//! A level: the rows of one object type that stand at the same place of a query.

use futures::future::join_all;

use crate::{
    Column, Level, Object,
    collect::{Selected, Selections, Set, collect},
    field::Source,
    path::Path,
    seam::Execution,
    write,
};

/// Where a level stands: in which operation, at which place of the response, with which selection.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) execution: Execution<'a>,
    pub(crate) path: &'a Path<'a>,
    pub(crate) sets: &'a [Set<'a>],
}

/// Resolves the selected fields of all `rows`; one answer for each row, an object each.
pub(crate) async fn resolve<T: Object>(rows: &[&T::Row], place: Place<'_>) -> Column {
    let output = place.execution.output();
    if rows.is_empty() {
        return Column::empty(output);
    }
    let fields = match collect::<T>(place.execution, place.sets) {
        Ok(fields) => fields,
        Err(error) => return Column::failed(error, rows.len(), output),
    };
    let columns = columns(rows, place, &fields).await;
    write::objects(rows, place, &fields, columns)
}

/// Runs guards and batches of all fields concurrently; none for a field that is read from the row.
async fn columns<T: Object>(
    rows: &[&T::Row],
    place: Place<'_>,
    fields: &Selections<'_, T>,
) -> Vec<Option<Column>> {
    let paths: Vec<_> = fields
        .iter()
        .enumerate()
        .filter(|(_, (_, selected))| !selected.is_plain())
        .map(|(index, (key, selected))| (index, selected, place.path.field(key)))
        .collect();
    let mut columns: Vec<_> = fields.values().map(|_| None).collect();
    let level = |selected, path| Level::<T>::new(rows, selected, path, place.execution).column();
    if let [(index, selected, path)] = &*paths {
        columns[*index] = level(*selected, path).await;
        return columns;
    }
    let levels = paths
        .iter()
        .map(|(_, selected, path)| level(*selected, path));
    for ((index, ..), column) in paths.iter().zip(join_all(levels).await) {
        columns[*index] = column;
    }
    columns
}

impl<T: Object> Selected<'_, T> {
    /// Whether the field needs no future.
    fn is_plain(&self) -> bool {
        self.field
            .is_none_or(|field| field.guard.is_none() && matches!(field.source, Source::Column(_)))
    }
}
