//! A field that is asked for by the rows of a level, once it does not matter any more of which object they
//! are: what is here is compiled for each relation, and not again for each object that has it.

use async_graphql::{Context, Positioned, ServerError, parser::types::Field as FieldNode};
use futures::future::BoxFuture;

use crate::{
    Arguments, Column, FieldError, Load, Relation, Scalar,
    collect::{Set, merged},
    failure::Failure,
    found::{Found, Groups, shown},
    path::Path,
    resolve::{Place, resolve},
    rows::Declaration,
    seam::Execution,
};

/// The keys that the rows of a level have.
pub(crate) struct Keys<K> {
    /// In the order of the rows that have one.
    keys: Vec<K>,
    /// For each row, whether it has one.
    has_key: Vec<bool>,
}

impl<K> Keys<K> {
    pub(crate) fn of(each: impl ExactSizeIterator<Item = Option<K>>) -> Self {
        let mut keys = Vec::with_capacity(each.len());
        let has_key = each
            .map(|key| {
                let has_key = key.is_some();
                keys.extend(key);
                has_key
            })
            .collect();
        Self { keys, has_key }
    }
}

/// The field, and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The first of the fields with the same response key.
    pub(crate) node: &'a Positioned<FieldNode>,
    /// The selection sets of all of them.
    pub(crate) sets: &'a [Set<'a>],
    /// The object that has it.
    pub(crate) object: Declaration,
    /// The field's name.
    pub(crate) field: &'static str,
    pub(crate) path: &'a Path<'a>,
    pub(crate) execution: Execution<'a>,
}

impl<'a> Asked<'a> {
    /// See [`Level::relation`](crate::Level::relation).
    pub(crate) fn relation<R, K, A, L>(self, keys: Keys<K>, loader: L) -> BoxFuture<'a, Column>
    where
        R: Relation,
        K: Send + 'static,
        A: Arguments + 'static,
        L: Load<K, A, Value = R::Value> + 'static,
    {
        Box::pin(async move {
            let found = self.load(keys, loader).await;
            self.next_level::<R>(found).await
        })
    }

    /// See [`Level::batched`](crate::Level::batched).
    pub(crate) fn batched<S, K, A, L>(self, keys: Keys<K>, loader: L) -> BoxFuture<'a, Column>
    where
        S: Scalar<L::Value>,
        K: Send + 'static,
        A: Arguments + 'static,
        L: Load<K, A> + 'static,
    {
        Box::pin(async move {
            let found = self.load(keys, loader).await;
            shown::<S, _>(found, self.execution.output())
        })
    }

    /// What is found for each row. A failed call fails only the rows that have a key.
    async fn load<K, A, L>(self, keys: Keys<K>, loader: L) -> Vec<Found<L::Value>>
    where
        A: Arguments,
        L: Load<K, A>,
    {
        // A loader looks ahead at all that is selected, not only at the first of several selections.
        let node = merged(self.node, self.sets);
        let ctx = self.execution.context(self.path.node().copied(), &node);
        let Keys { keys, has_key } = keys;
        let args = match A::parse(&ctx) {
            Ok(args) => args,
            Err(error) => return failed(&vec![true; has_key.len()], error),
        };
        // No call if there are no keys.
        if keys.is_empty() {
            return has_key.iter().map(|_| Ok(None)).collect();
        }
        match self.answers(&ctx, keys, args, loader).await {
            Ok(values) => {
                let mut values = values.into_iter();
                let found = |has_key| Ok(if has_key { values.next() } else { None });
                has_key.into_iter().map(found).collect()
            }
            Err(error) => failed(&has_key, error),
        }
    }

    /// As many values as keys.
    async fn answers<K, A, L>(
        self,
        ctx: &Context<'_>,
        keys: Vec<K>,
        args: A,
        loader: L,
    ) -> Result<Vec<L::Value>, ServerError>
    where
        L: Load<K, A>,
    {
        let asked = keys.len();
        let values = loader.load(ctx, keys, args).await;
        let values = values.map_err(|error| error.into_server_error(self.node.pos))?;
        if values.len() == asked {
            return Ok(values);
        }
        let error = FieldError::Miscounted {
            object: self.object.name().into_owned(),
            field: self.field,
            asked,
            answered: values.len(),
        };
        Err(error.at(self.node.pos))
    }

    /// Resolves the rows found for all rows of this level together, and gives each row its own.
    ///
    /// Boxed, so that it is compiled once for the rows found and not for each loader of them.
    fn next_level<R: Relation>(self, found: Vec<Found<R::Value>>) -> BoxFuture<'a, Column> {
        Box::pin(async move {
            let mut rows = Vec::with_capacity(found.len());
            let counts: Vec<_> = found
                .iter()
                .map(|found| {
                    let related = found.as_ref().map_err(Failure::clone)?;
                    let related = related.as_ref().map_or(&[][..], R::rows);
                    rows.extend(related.iter().map(|row| &**row));
                    Ok(related.len())
                })
                .collect();
            let groups = Groups::new(&counts, R::LIST);
            let path = Path::Rows {
                parent: self.path,
                origins: &groups.origins(),
            };
            let place = Place {
                execution: self.execution,
                path: &path,
                sets: self.sets,
            };
            groups.column(resolve::<R::Object>(&rows, place).await)
        })
    }
}

/// The failure, for each row that has a key.
fn failed<V>(has_key: &[bool], error: ServerError) -> Vec<Found<V>> {
    let failure = Failure::from(error);
    let found = |has_key: &bool| {
        if *has_key {
            Err(failure.clone())
        } else {
            Ok(None)
        }
    };
    has_key.iter().map(found).collect()
}
