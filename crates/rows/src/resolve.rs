//! A level: the rows of one object type that stand at the same place of a query.

use futures::future::{BoxFuture, join_all};

use crate::{
    Column, Object,
    asked::Asked,
    collect::{Selected, Selections, Set, collect},
    path::Path,
    rows::{Rows, RowsOf},
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
pub(crate) fn resolve<'a, T: Object>(
    rows: &'a [&'a T::Row],
    place: Place<'a>,
) -> BoxFuture<'a, Column> {
    Box::pin(async move { level(&RowsOf::<T>(rows), place).await })
}

async fn level(rows: &dyn Rows, place: Place<'_>) -> Column {
    if rows.count() == 0 {
        return Column::empty(place.execution.output());
    }
    let fields = match collect(rows.declaration(), place.execution, place.sets) {
        Ok(fields) => fields,
        Err(error) => return Column::failed(error, rows.count(), place.execution.output()),
    };
    let columns = columns(rows, place, &fields).await;
    write::objects(rows, place, &fields, columns)
}

/// Runs guards and batches of all fields concurrently; none for a field that is read from the row.
async fn columns(
    rows: &dyn Rows,
    place: Place<'_>,
    fields: &Selections<'_>,
) -> Vec<Option<Column>> {
    let paths: Vec<_> = fields
        .iter()
        .enumerate()
        .filter(|(_, (_, selected))| !selected.is_plain())
        .map(|(index, (key, selected))| (index, selected, place.path.field(key)))
        .collect();
    let mut columns: Vec<_> = fields.values().map(|_| None).collect();
    if let [(index, selected, path)] = &*paths {
        columns[*index] = column(rows, selected, path, place.execution).await;
        return columns;
    }
    let levels = paths
        .iter()
        .map(|(_, selected, path)| column(rows, selected, path, place.execution));
    for ((index, ..), column) in paths.iter().zip(join_all(levels).await) {
        columns[*index] = column;
    }
    columns
}

/// The guard of a field, then its batch if it has one.
pub(crate) async fn column(
    rows: &dyn Rows,
    selected: &Selected<'_>,
    path: &Path<'_>,
    execution: Execution<'_>,
) -> Option<Column> {
    let field = selected.field?;
    if let Some(check) = field.about.guard {
        let ctx = execution.context(path.node().copied(), selected.node);
        if let Err(error) = check(&ctx).await {
            let error = error.into_server_error(selected.node.pos);
            return Some(Column::failed(error, rows.count(), execution.output()));
        }
    }
    let asked = Asked {
        node: selected.node,
        sets: &selected.sets,
        object: rows.declaration(),
        field: field.about.name,
        path,
        execution,
    };
    Some(rows.batch(field.place, asked)?.await)
}
