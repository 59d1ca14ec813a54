//! The rows of one object type that stand at the same place of a query.

use async_graphql::{Context, ServerError};
use futures::future::{BoxFuture, join_all};

use crate::{
    Arguments, Column, FieldError, Load, Object, Relation, Scalar,
    collect::{Selected, Selections, Set, collect},
    column::Cell,
    field::Source,
    path::{Origin, Path},
    relation,
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
    let levels = fields.values().zip(&paths).map(|(selected, path)| {
        let execution = place.execution;
        Level {
            rows,
            selected,
            path,
            execution,
        }
        .column()
    });
    join_all(levels).await
}

impl<T: Object> Selected<'_, T> {
    /// Whether the field needs no future.
    fn is_plain(&self) -> bool {
        self.field
            .is_none_or(|field| field.guard.is_none() && matches!(field.source, Source::Column(_)))
    }
}

/// A selected field, and all rows of the level it is asked for.
///
/// Handed to the function of [`Field::relation`](crate::Field::relation) and
/// [`Field::batched`](crate::Field::batched), which calls one of the two methods.
pub struct Level<'a, T: Object> {
    rows: &'a [&'a T::Row],
    selected: &'a Selected<'a, T>,
    path: &'a Path<'a>,
    execution: Execution<'a>,
}

impl<'a, T: Object> Level<'a, T> {
    pub(crate) fn new(
        rows: &'a [&'a T::Row],
        selected: &'a Selected<'a, T>,
        path: &'a Path<'a>,
        execution: Execution<'a>,
    ) -> Self {
        Self { rows, selected, path, execution }
    }

    /// Loads the rows of a relation with one call, and resolves them as the next level.
    ///
    /// `key` gives a row's key, or none where the row has no related row. `A` are the field's
    /// arguments, `()` if it has none.
    pub fn relation<R, K, A, L>(
        self,
        key: fn(&T::Row) -> Option<K>,
        loader: L,
    ) -> BoxFuture<'a, Column>
    where
        R: Relation,
        K: Send + 'static,
        A: Arguments + 'static,
        L: Load<K, A, Value = R::Value> + 'static,
    {
        Box::pin(async move {
            match self.load(key, loader).await {
                Ok(values) => self.next_level::<R>(&values).await,
                Err(error) => Column::failed(error, self.rows.len()),
            }
        })
    }

    /// Loads a scalar with one call; null for a row without a key.
    pub fn batched<S, K, A, L>(
        self,
        key: fn(&T::Row) -> Option<K>,
        loader: L,
    ) -> BoxFuture<'a, Column>
    where
        S: Scalar<L::Value>,
        K: Send + 'static,
        A: Arguments + 'static,
        L: Load<K, A> + 'static,
    {
        Box::pin(async move {
            match self.load(key, loader).await {
                Ok(values) => Column(
                    values
                        .iter()
                        .map(|value| Ok(shown::<S, _>(value)))
                        .collect(),
                ),
                Err(error) => Column::failed(error, self.rows.len()),
            }
        })
    }

    /// The guard, then the batch if the field has one.
    pub(crate) async fn column(self) -> Option<Column> {
        let field = self.selected.field?;
        if let Some(check) = field.guard
            && let Err(error) = check(&self.context()).await
        {
            let error = error.into_server_error(self.selected.node.pos);
            return Some(Column::failed(error, self.rows.len()));
        }
        match field.source {
            Source::Column(_) => None,
            Source::Batch(load) => Some(load(self).await),
        }
    }

    fn context(&self) -> Context<'_> {
        self.execution
            .context(self.path.node().copied(), self.selected.node)
    }

    /// One value for each row, none where the row has no key.
    async fn load<K, A, L>(
        &self,
        key: fn(&T::Row) -> Option<K>,
        loader: L,
    ) -> Result<Vec<Option<L::Value>>, ServerError>
    where
        A: Arguments,
        L: Load<K, A>,
    {
        let ctx = self.context();
        let args = A::parse(&ctx)?;
        let mut keys = Vec::with_capacity(self.rows.len());
        let has_key: Vec<bool> = self
            .rows
            .iter()
            .map(|row| {
                let key = key(row);
                let has_key = key.is_some();
                keys.extend(key);
                has_key
            })
            .collect();
        let values = self.answers(&ctx, keys, args, loader).await?;
        let mut values = values.into_iter();
        Ok(has_key
            .into_iter()
            .map(|has_key| if has_key { values.next() } else { None })
            .collect())
    }

    /// As many values as keys; no call if there are none.
    async fn answers<K, A, L>(
        &self,
        ctx: &Context<'_>,
        keys: Vec<K>,
        args: A,
        loader: L,
    ) -> Result<Vec<L::Value>, ServerError>
    where
        L: Load<K, A>,
    {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let position = self.selected.node.pos;
        let asked = keys.len();
        let values = loader.load(ctx, keys, args).await;
        let values = values.map_err(|error| error.into_server_error(position))?;
        if values.len() == asked {
            return Ok(values);
        }
        let error = FieldError::Miscounted {
            object: T::name().into_owned(),
            field: self.selected.field.map_or("__typename", |field| field.name),
            asked,
            answered: values.len(),
        };
        Err(error.at(position))
    }

    /// Resolves the rows found for all rows of this level together, and gives each row its own.
    async fn next_level<R: Relation>(&self, values: &[Option<R::Value>]) -> Column {
        let mut rows = Vec::with_capacity(values.len());
        let mut origins = Vec::with_capacity(values.len());
        for (row, value) in values.iter().enumerate() {
            for (index, found) in found::<R>(value).iter().enumerate() {
                rows.push(&**found);
                let index = R::LIST.then_some(index);
                origins.push(Origin { row, index });
            }
        }
        let path = Path::Rows {
            parent: self.path,
            origins: &origins,
        };
        let place = Place {
            execution: self.execution,
            path: &path,
            sets: &self.selected.sets,
        };
        let mut cells = resolve::<R::Object>(&rows, place).await.into_iter();
        let cells = values.iter().map(|value| {
            let own = cells.by_ref().take(found::<R>(value).len());
            if R::LIST {
                relation::list(own)
            } else {
                relation::single(own)
            }
        });
        Column(cells.collect())
    }
}

type Rows<R> = [std::sync::Arc<<<R as Relation>::Object as Object>::Row>];

fn found<R: Relation>(value: &Option<R::Value>) -> &Rows<R> {
    value.as_ref().map_or(&[], R::rows)
}

fn shown<S: Scalar<V>, V>(value: &Option<V>) -> async_graphql::Value {
    value.as_ref().map_or(async_graphql::Value::Null, S::value)
}
