//! Groups of lists: one statement for all parents that ask with the same filter and grouping.

use std::{collections::HashMap, marker::PhantomData, sync::Arc};

use async_graphql::{Context, Result};
use sea_orm::{DbErr, IdenStatic};
use tenant::{Row, TenantContext};

use super::{Batch, RawKey, pages::group};
use crate::{
    aggregate::{
        self, DimensionKind, Figures, GroupArguments, GroupRow, Grouping, KeyRow, KeyValue,
        MAX_GROUPS, Unit,
    },
    connection::{Counted, Selection, statement},
    session::Session,
    table::Listed,
};

/// The groups of the rows behind a connection.
pub(crate) fn groups<T: Listed>() -> Groups<T> {
    Groups(PhantomData)
}

/// See [`groups`].
pub(crate) struct Groups<T>(PhantomData<fn() -> T>);

impl<T: Listed> rows::Load<Selection<T>, GroupArguments<T>> for Groups<T> {
    type Value = Vec<Arc<GroupRow>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        selections: Vec<Selection<T>>,
        arguments: GroupArguments<T>,
    ) -> Result<Vec<Self::Value>> {
        let grouping = Arc::new(arguments.0);
        let keys: Vec<Key<T>> = selections
            .into_iter()
            .map(|selection| (Counted(selection), Arc::clone(&grouping)))
            .collect();
        let groups = Session::of(ctx)
            .loaders()
            .load::<AllGroups<T>>(&keys)
            .await?;
        let groups: Vec<Self::Value> = groups.into_iter().map(Option::unwrap_or_default).collect();
        let too_many = |groups: &Self::Value| groups.len() as u64 > MAX_GROUPS;
        if groups.iter().any(too_many) {
            return Err(Grouping::<T>::too_many().into());
        }
        Ok(groups)
    }
}

/// The batch: a list without rows has no groups and is left out.
struct AllGroups<T>(PhantomData<fn() -> T>);

type Key<T> = (Counted<T>, Arc<Grouping<T>>);

impl<T: Listed> Batch for AllGroups<T> {
    type Key = Key<T>;
    type Value = Vec<Arc<GroupRow>>;

    async fn load(
        context: &TenantContext,
        keys: &[Key<T>],
    ) -> Result<Vec<Option<Self::Value>>, DbErr> {
        let mut groups = vec![None; keys.len()];
        let asked = group(
            keys,
            |(counted, _)| &counted.0,
            |(counted, grouping)| (counted.0.page().filter_fingerprint(), grouping),
        );
        for group in asked {
            let (_, (_, grouping)) = group.keys[0];
            let parents = group.parents(|(counted, _)| &counted.0);
            let of = group
                .relation
                .map(|relation| (relation, parents.as_slice()));
            let statement = aggregate::statement::groups(group.page, grouping, of);
            let answer = context.on(T::TIER).rows(&statement).await?;
            let mut found = split(&answer, grouping, parents.first().copied())?;
            for (place, key) in &group.keys {
                groups[*place] = found.remove(&key.0.0.parent());
            }
        }
        Ok(groups)
    }
}

/// The groups of each parent, in the order of the answer.
type ByParent = HashMap<Option<RawKey>, Vec<Arc<GroupRow>>>;

fn split<T: Listed>(
    answer: &[Row],
    grouping: &Grouping<T>,
    like: Option<RawKey>,
) -> Result<ByParent, DbErr> {
    let mut by_parent = ByParent::new();
    for row in answer {
        let parent = like
            .map(|like| RawKey::read(row, statement::PARENT, like))
            .transpose()?;
        let group = GroupRow {
            key: Arc::new(key(row, grouping)?),
            figures: Arc::new(Figures::read::<T>(row, grouping.figures)?),
        };
        by_parent.entry(parent).or_default().push(Arc::new(group));
    }
    Ok(by_parent)
}

fn key<T: Listed>(row: &Row, grouping: &Grouping<T>) -> Result<KeyRow, DbErr> {
    let by = grouping.by.iter().enumerate();
    let values = by.map(|(place, by)| {
        let (declared, column) = (by.declared(), aggregate::statement::key(place));
        let value = match declared.kind {
            DimensionKind::Value(read) => KeyValue::Value(read(row, &column)?),
            DimensionKind::Row(read) => KeyValue::Row(read(row, &column)?),
            DimensionKind::Time => {
                KeyValue::Date(by.unit.unwrap_or(Unit::Day), row.named(&column)?)
            }
        };
        Ok((declared.column.as_str(), value))
    });
    values.collect::<Result<_, DbErr>>().map(KeyRow)
}
