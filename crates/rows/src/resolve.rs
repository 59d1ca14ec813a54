//! A level: the rows of one object type that stand at the same place of a query.

use futures::future::{BoxFuture, join_all};

use crate::{
    Column, Level, Object,
    collect::{Selected, Selections, Set, collect},
    column::Cell,
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

/// Resolves the selected fields of all `rows`; one cell for each row, an object each.
pub(crate) fn resolve<'a, T: Object>(
    rows: &'a [&'a T::Row],
    place: Place<'a>,
) -> BoxFuture<'a, Vec<Cell>> {
    Box::pin(async move {
        if rows.is_empty() {
            return Vec::new();
        }
        let fields = match collect::<T>(place.execution, place.sets) {
            Ok(fields) => fields,
            Err(error) => return Column::failed(error, rows.len()).0,
        };
        let columns = columns(rows, place, &fields).await;
        write::objects(rows, place, &fields, columns)
    })
}

/// Runs guards and batches of all fields concurrently; none for a field that is read from the row.
async fn columns<T: Object>(
    rows: &[&T::Row],
    place: Place<'_>,
    fields: &Selections<'_, T>,
) -> Vec<Option<Column>> {
    if fields.values().all(Selected::is_plain) {
        return fields.values().map(|_| None).collect();
    }
    let paths: Vec<_> = fields.keys().map(|key| place.path.field(key)).collect();
    let levels = fields
        .values()
        .zip(&paths)
        .map(|(selected, path)| Level::new(rows, selected, path, place.execution).column());
    join_all(levels).await
}

impl<T: Object> Selected<'_, T> {
    /// Whether the field needs no future.
    fn is_plain(&self) -> bool {
        self.field
            .is_none_or(|field| field.guard.is_none() && matches!(field.source, Source::Column(_)))
    }
}
