use async_graphql::{Context, Positioned, ServerError, parser::types::Field as FieldNode};
use futures::future::BoxFuture;

use crate::{
    Arguments, Column, FieldError, Load, Object, Relation, Scalar,
    collect::Selected,
    column::Cells,
    failure::Failure,
    field::Source,
    found::{Found, regroup, related, shown},
    path::{Origin, Path},
    resolve::{Place, resolve},
    seam::Execution,
};

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
        Self {
            rows,
            selected,
            path,
            execution,
        }
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
            let found = self.load(key, loader).await;
            self.next_level::<R>(&found).await
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
            let found = self.load(key, loader).await;
            shown::<S, _>(found, self.execution.output())
        })
    }

    /// The guard, then the batch if the field has one.
    pub(crate) async fn column(self) -> Option<Column> {
        let field = self.selected.field?;
        if let Some(check) = field.guard
            && let Err(error) = check(&self.context(self.selected.node)).await
        {
            let error = error.into_server_error(self.selected.node.pos);
            let output = self.execution.output();
            return Some(Column::failed(error, self.rows.len(), output));
        }
        match field.source {
            Source::Column(_) => None,
            Source::Batch(load) => Some(load(self).await),
        }
    }

    fn context<'b>(&'b self, node: &'b Positioned<FieldNode>) -> Context<'b> {
        self.execution.context(self.path.node().copied(), node)
    }

    /// What is found for each row. A failed call fails only the rows that have a key.
    async fn load<K, A, L>(&self, key: fn(&T::Row) -> Option<K>, loader: L) -> Vec<Found<L::Value>>
    where
        A: Arguments,
        L: Load<K, A>,
    {
        // A loader looks ahead at all that is selected, not only at the first of several selections.
        let node = self.selected.merged();
        let ctx = self.context(&node);
        let args = match A::parse(&ctx) {
            Ok(args) => args,
            Err(error) => {
                let failure = Failure::from(error);
                return self.rows.iter().map(|_| Err(failure.clone())).collect();
            }
        };
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
        match self.answers(&ctx, keys, args, loader).await {
            Ok(values) => {
                let mut values = values.into_iter();
                let found = |has_key| Ok(if has_key { values.next() } else { None });
                has_key.into_iter().map(found).collect()
            }
            Err(error) => {
                let failure = Failure::from(error);
                let found = |has_key| {
                    if has_key {
                        Err(failure.clone())
                    } else {
                        Ok(None)
                    }
                };
                has_key.into_iter().map(found).collect()
            }
        }
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
    async fn next_level<R: Relation>(&self, found: &[Found<R::Value>]) -> Column {
        let mut rows = Vec::with_capacity(found.len());
        let mut origins = Vec::with_capacity(found.len());
        for (row, found) in found.iter().enumerate() {
            for (index, related) in related::<R>(found).iter().enumerate() {
                rows.push(&**related);
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
        match resolve::<R::Object>(&rows, place).await.0 {
            Cells::Tree(answers) => Column::tree(regroup::<R, _>(answers, found)),
            Cells::Json { spans, json } => Column::json(regroup::<R, _>(spans, found), json),
        }
    }
}
