//! Counts and aggregates of lists: one statement for all parents that ask with the same filter.

use std::{collections::HashMap, marker::PhantomData, sync::Arc};

use async_graphql::{Context, Result};
use sea_orm::DbErr;
use tenant::TenantContext;

use super::{
    Batch, RawKey,
    pages::{Group, group},
};
use crate::{
    aggregate::{self, FigureSet, Figures},
    connection::{Counted, Selection, statement},
    session::Session,
    table::Listed,
};

/// The number of rows behind a connection, whatever its page.
pub(crate) fn count<T: Listed>() -> Count<T> {
    Count(PhantomData)
}

/// The aggregates of the rows behind a connection, as far as they are selected.
pub(crate) fn aggregates<T: Listed>() -> Aggregates<T> {
    Aggregates(PhantomData)
}

/// See [`count`].
pub(crate) struct Count<T>(PhantomData<fn() -> T>);

/// See [`aggregates`].
pub(crate) struct Aggregates<T>(PhantomData<fn() -> T>);

impl<T: Listed> rows::Load<Selection<T>> for Count<T> {
    type Value = i64;

    async fn load(
        self,
        ctx: &Context<'_>,
        selections: Vec<Selection<T>>,
        (): (),
    ) -> Result<Vec<i64>> {
        let figures = figures(ctx, selections, FigureSet::default()).await?;
        Ok(figures.iter().map(|figures| figures.count()).collect())
    }
}

impl<T: Listed> rows::Load<Selection<T>> for Aggregates<T> {
    type Value = Option<Arc<Figures>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        selections: Vec<Selection<T>>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        let asked = FigureSet::selected::<T>(&ctx.look_ahead());
        let figures = figures(ctx, selections, asked).await?;
        Ok(figures.into_iter().map(Some).collect())
    }
}

/// The figures of each list, the count always among them.
pub(super) async fn figures<T: Listed>(
    ctx: &Context<'_>,
    selections: Vec<Selection<T>>,
    asked: FigureSet,
) -> Result<Vec<Arc<Figures>>> {
    let keys: Vec<_> = selections
        .into_iter()
        .map(|selection| (Counted(selection), asked))
        .collect();
    let figures = Session::of(ctx)
        .loaders()
        .load::<AllFigures<T>>(&keys)
        .await?;
    Ok(figures.into_iter().map(Option::unwrap_or_default).collect())
}

/// The batch: what is asked of the same lists by several fields is one statement. A parent without
/// rows may be left out, which counts as zero.
struct AllFigures<T>(PhantomData<fn() -> T>);

type Key<T> = (Counted<T>, FigureSet);

impl<T: Listed> Batch for AllFigures<T> {
    type Key = Key<T>;
    type Value = Arc<Figures>;

    async fn load(
        context: &TenantContext,
        keys: &[Key<T>],
    ) -> Result<Vec<Option<Self::Value>>, DbErr> {
        let mut figures = vec![None; keys.len()];
        let groups = group(
            keys,
            |(counted, _)| &counted.0,
            |(counted, _)| counted.0.page().filter_fingerprint(),
        );
        for group in groups {
            let found = of_group(context, &group).await?;
            for (place, key) in &group.keys {
                figures[*place] = found.get(&key.0.0.parent()).cloned();
            }
        }
        Ok(figures)
    }
}

/// The figures of each parent, or of no parent if the list is a whole table.
async fn of_group<T: Listed>(
    context: &TenantContext,
    group: &Group<'_, Key<T>, T>,
) -> Result<HashMap<Option<RawKey>, Arc<Figures>>, DbErr> {
    let set = group
        .keys
        .iter()
        .fold(FigureSet::default(), |set, (_, (_, asked))| {
            set.union(*asked)
        });
    let parents = group.parents(|(counted, _)| &counted.0);
    let of = group
        .relation
        .map(|relation| (relation, parents.as_slice()));
    let statement = aggregate::statement::figures(group.page, set, of);
    let rows = context.on(T::TIER).rows_raw(&statement).await?;
    rows.iter()
        .map(|row| {
            let parent = parents
                .first()
                .map(|like| RawKey::read(row, statement::PARENT, *like))
                .transpose()?;
            Ok((parent, Arc::new(Figures::read::<T>(row, set)?)))
        })
        .collect()
}
