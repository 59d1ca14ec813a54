use std::sync::Arc;

use async_graphql::{Context, Positioned, ServerError, Value, parser::types::Field as FieldNode};
use futures::future::BoxFuture;

use crate::{
    Arguments, Column, FieldError, Load, Object, Relation, Scalar,
    collect::Selected,
    column::Cell,
    failure::Failure,
    field::Source,
    path::{Origin, Path},
    relation,
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
            let found = self.load(key, loader).await.into_iter();
            Column(found.map(shown::<S, _>).collect())
        })
    }

    /// The guard, then the batch if the field has one.
    pub(crate) async fn column(self) -> Option<Column> {
        let field = self.selected.field?;
        if let Some(check) = field.guard
            && let Err(error) = check(&self.context(self.selected.node)).await
        {
            let error = error.into_server_error(self.selected.node.pos);
            return Some(Column::failed(error, self.rows.len()));
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
            Err(error) => return not_found(error, self.rows.len()),
        };
        let keys: Vec<_> = self.rows.iter().map(|row| key(row)).collect();
        let has_key: Vec<_> = keys.iter().map(Option::is_some).collect();
        let keys: Vec<_> = keys.into_iter().flatten().collect();
        let asked = keys.len();
        let values = match self.answers(&ctx, keys, args, loader).await {
            Ok(values) => values.into_iter().map(|value| Ok(Some(value))).collect(),
            Err(error) => not_found(error, asked),
        };
        let mut values = values.into_iter();
        let found = |has_key| if has_key { values.next() } else { None };
        has_key
            .into_iter()
            .map(found)
            .map(|found| found.unwrap_or(Ok(None)))
            .collect()
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
        let mut cells = resolve::<R::Object>(&rows, place).await.into_iter();
        let cells = found.iter().map(|found| {
            let own = cells.by_ref().take(related::<R>(found).len());
            match found {
                Err(failure) => Err(failure.clone()),
                Ok(_) if R::LIST => relation::list(own),
                Ok(_) => relation::single(own),
            }
        });
        Column(cells.collect())
    }
}

/// What a load has for a row: none where the row has no key.
type Found<V> = Result<Option<V>, Failure>;

fn not_found<V>(error: ServerError, rows: usize) -> Vec<Found<V>> {
    let failure = Failure::from(error);
    (0..rows).map(|_| Err(failure.clone())).collect()
}

/// The rows at the other end of a relation.
fn related<R: Relation>(found: &Found<R::Value>) -> &[Arc<<R::Object as Object>::Row>] {
    match found {
        Ok(Some(value)) => R::rows(value),
        Ok(None) | Err(_) => &[],
    }
}

fn shown<S: Scalar<V>, V>(found: Found<V>) -> Cell {
    found.map(|value| value.as_ref().map_or(Value::Null, S::value))
}
