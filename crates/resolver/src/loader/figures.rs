//! Counts of lists: one statement for all parents that ask with the same filter.

use std::{collections::HashMap, marker::PhantomData};

use async_graphql::{Context, Result};
use sea_orm::{ConnectionTrait, DbErr};
use tenant::TenantContext;

use super::{Batch, RawKey, pages::group};
use crate::{
    connection::{Counted, Selection, statement},
    session::Session,
    table::Listed,
};

/// The number of rows behind a connection, whatever its page.
pub(crate) fn count<T: Listed>() -> Count<T> {
    Count(PhantomData)
}

/// See [`count`].
pub(crate) struct Count<T>(PhantomData<fn() -> T>);

impl<T: Listed> rows::Load<Selection<T>> for Count<T> {
    type Value = i64;

    async fn load(
        self,
        ctx: &Context<'_>,
        selections: Vec<Selection<T>>,
        (): (),
    ) -> Result<Vec<i64>> {
        let keys: Vec<Counted<T>> = selections.into_iter().map(Counted).collect();
        let counts = Session::of(ctx).loaders().load::<Counts<T>>(&keys).await?;
        Ok(counts.into_iter().map(Option::unwrap_or_default).collect())
    }
}

/// The batch: a parent without rows is left out, which counts as zero.
struct Counts<T>(PhantomData<fn() -> T>);

impl<T: Listed> Batch for Counts<T> {
    type Key = Counted<T>;
    type Value = i64;

    async fn load(
        context: &TenantContext,
        keys: &[Counted<T>],
    ) -> Result<HashMap<Counted<T>, i64>, DbErr> {
        let selections: Vec<Selection<T>> = keys.iter().map(|counted| counted.0.clone()).collect();
        let mut counts = HashMap::with_capacity(keys.len());
        for group in group(&selections, |selection| {
            selection.page().filter_fingerprint()
        }) {
            let asked: HashMap<Option<RawKey>, &Selection<T>> = group
                .selections
                .iter()
                .map(|selection| (selection.parent(), *selection))
                .collect();
            let parents: Vec<RawKey> = asked.keys().flatten().copied().collect();
            let count = match group.relation {
                None => statement::count(group.page),
                Some(relation) => statement::counts(group.page, relation, &parents),
            };
            for row in context.query_all(&count).await? {
                let number: i64 = row.try_get("", statement::COUNT)?;
                let parent = parents
                    .first()
                    .map(|like| RawKey::read(&row, statement::PARENT, *like))
                    .transpose()?;
                counts.extend(
                    asked
                        .get(&parent)
                        .map(|selection| (Counted((*selection).clone()), number)),
                );
            }
        }
        Ok(counts)
    }
}
